//! Functions and every way of writing by hand, mixed and under load: each code's counter tells its usages,
//! within the cap, one for each user; and nothing goes wrong but refusals and serialization failures.

use std::io::Write;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, Error};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::support::{
    Database, RaisedAtEnd, add_code, assert_books_balance, crowd, person, sqlstate,
};

const CONNECTIONS: usize = 60;
const CODES: usize = 16;
const USERS: usize = 300;
const MOST_STEPS: usize = 3;

/// A way of redeeming or of taking a redemption back.
#[derive(Clone, Copy, Debug)]
enum Way {
    UseCode,
    TryUseCode,
    UndoUse,
    /// PhoenixKit's: raise the counter, look for an earlier use, insert.
    Host,
    Insert,
    InsertMany,
    InsertOrNothing,
    Copy,
}

const WAYS: [Way; 8] = [
    Way::UseCode,
    Way::TryUseCode,
    Way::UndoUse,
    Way::Host,
    Way::Insert,
    Way::InsertMany,
    Way::InsertOrNothing,
    Way::Copy,
];

/// What a step left behind.
#[derive(PartialEq)]
enum Outcome {
    /// A use taken, or given back.
    Written,
    /// Nothing.
    Refused,
    /// A raised counter without a usage, which only a rollback puts right.
    HalfDone,
    /// An error.
    Failed,
}

struct Code {
    uuid: Uuid,
    text: String,
}

/// One step on the code at a place. Only `InsertMany` touches another code, the one after it.
fn step(
    client: &mut Client,
    way: Way,
    codes: &[Code],
    place: usize,
    rng: &mut StdRng,
) -> Result<Outcome, Error> {
    let code = &codes[place];
    let user = person(rng.random_range(1..=USERS));
    let written = match way {
        Way::UseCode => {
            let use_code = "SELECT usage_uuid FROM referral_use_code($1, $2)";
            client.query(use_code, &[&code.text, &user])?.len() == 1
        }
        Way::TryUseCode => {
            let try_use = "SELECT ok FROM referral_try_use_code($1, $2)";
            client.query_one(try_use, &[&code.text, &user])?.get(0)
        }
        Way::UndoUse => {
            let some_use = "
                SELECT uuid FROM phoenix_kit_referral_code_usage
                WHERE code_uuid = $1 ORDER BY random() LIMIT 1";
            match client.query_opt(some_use, &[&code.uuid])? {
                Some(usage) => {
                    let usage: Uuid = usage.get(0);
                    let undo = "SELECT referral_undo_use($1)";
                    client.query_one(undo, &[&usage])?.get(0)
                }
                None => false,
            }
        }
        Way::Host => return host_sequence(client, code, user),
        Way::Insert => insert(client, code, user, "")? == 1,
        Way::InsertOrNothing => insert(client, code, user, "ON CONFLICT DO NOTHING")? == 1,
        Way::InsertMany => {
            let codes: Vec<Uuid> = codes[place..].iter().take(2).map(|code| code.uuid).collect();
            let users = [user, person(rng.random_range(1..=USERS))];
            // In one order, as two statements that lock several codes in two would deadlock.
            let insert = "
                INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
                SELECT code.uuid, used_by.uuid
                FROM phoenix_kit_referral_codes AS code, unnest($2::uuid[]) AS used_by (uuid)
                WHERE code.uuid = ANY ($1)
                ORDER BY code.code";
            client.execute(insert, &[&codes, &users.as_slice()])? > 0
        }
        Way::Copy => {
            let copy = "COPY phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) FROM STDIN";
            let mut copy = client.copy_in(copy)?;
            writeln!(copy, "{}\t{user}", code.uuid).unwrap();
            copy.finish()? == 1
        }
    };
    Ok(if written { Outcome::Written } else { Outcome::Refused })
}

fn insert(client: &mut Client, code: &Code, user: Uuid, or_else: &str) -> Result<u64, Error> {
    let insert = format!(
        "INSERT INTO phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid)
         VALUES ($1, $2, $3) {or_else}"
    );
    client.execute(&insert, &[&Uuid::now_v7(), &code.uuid, &user])
}

fn host_sequence(client: &mut Client, code: &Code, user: Uuid) -> Result<Outcome, Error> {
    let claim = "
        UPDATE phoenix_kit_referral_codes
        SET number_of_uses = number_of_uses + 1
        WHERE uuid = $1 AND status = TRUE AND number_of_uses < max_uses
          AND (expiration_date IS NULL OR expiration_date > now())";
    if client.execute(claim, &[&code.uuid])? == 0 {
        return Ok(Outcome::Refused);
    }
    let used = "
        SELECT TRUE FROM phoenix_kit_referral_code_usage
        WHERE used_by_uuid = $1 AND code_uuid = $2 LIMIT 1";
    if client.query_opt(used, &[&user, &code.uuid])?.is_some() {
        return Ok(Outcome::HalfDone);
    }
    insert(client, code, user, "")?;
    Ok(Outcome::Written)
}

/// Refusals and a repeat are part of the load; serialization failures are where there are snapshots.
fn must_be_expected(error: &Error, way: &str, level: &str) {
    let constraint = error.as_db_error().and_then(|error| error.constraint());
    let expected = match sqlstate(error).as_str() {
        "RF001" | "RF002" | "RF003" | "RF004" | "RF005" | "RF006" | "RF007" => true,
        "23505" => constraint == Some("referral_usage_code_user_uidx"),
        "40001" => level != "READ COMMITTED",
        _ => false,
    };
    assert!(expected, "{way} at {level}: {} {error}", sqlstate(error));
}

/// One transaction of some steps, on codes in their order; which ways of writing it committed.
fn transaction(
    client: &mut Client,
    level: &str,
    codes: &[Code],
    most_steps: usize,
    rng: &mut StdRng,
) -> Vec<Way> {
    let mut written = Vec::new();
    let mut place = rng.random_range(0..codes.len());
    let begin = format!("BEGIN ISOLATION LEVEL {level}");
    client.batch_execute(&begin).unwrap();
    for _ in 0..rng.random_range(1..=most_steps) {
        let way = WAYS[rng.random_range(0..WAYS.len())];
        let saved = rng.random_bool(0.5);
        if saved {
            client.batch_execute("SAVEPOINT step").unwrap();
        }
        let outcome = step(client, way, codes, place, rng);
        if let Err(error) = &outcome {
            must_be_expected(error, &format!("{way:?}"), level);
            let again = sqlstate(error) == "40001";
            if again || !saved {
                client.batch_execute("ROLLBACK").unwrap();
                return Vec::new();
            }
        }
        let outcome = outcome.unwrap_or(Outcome::Failed);
        let whole = matches!(outcome, Outcome::Written | Outcome::Refused);
        if !whole && !saved {
            client.batch_execute("ROLLBACK").unwrap();
            return Vec::new();
        }
        let kept = whole && (!saved || rng.random_bool(0.7));
        if saved {
            let end = if kept { "RELEASE" } else { "ROLLBACK TO" };
            client.batch_execute(&format!("{end} step")).unwrap();
        }
        if kept && outcome == Outcome::Written {
            written.push(way);
        }
        if matches!(way, Way::InsertMany) {
            place += 1;
        }
        // Often the same code once more.
        place = (place + rng.random_range(0..2)).min(codes.len() - 1);
    }
    if rng.random_bool(0.15) {
        client.batch_execute("ROLLBACK").unwrap();
        return Vec::new();
    }
    if let Err(error) = client.batch_execute("COMMIT") {
        must_be_expected(&error, "COMMIT", level);
        return Vec::new();
    }
    written
}

/// Codes are switched off and on, one at a time, and so is the system.
fn operate(client: &mut Client, stop: &AtomicBool) {
    let toggle = "
        UPDATE phoenix_kit_referral_codes SET status = NOT status
        WHERE code = (SELECT code FROM phoenix_kit_referral_codes ORDER BY random() LIMIT 1)";
    let mut rounds = 0;
    while !stop.load(Ordering::Relaxed) {
        client.batch_execute(toggle).unwrap();
        rounds += 1;
        if rounds % 20 == 0 {
            client.batch_execute("SELECT referral_disable_system()").unwrap();
            thread::sleep(Duration::from_millis(5));
            client.batch_execute("SELECT referral_enable_system()").unwrap();
        }
        thread::sleep(Duration::from_millis(25));
    }
}

/// With stripes each transaction takes one step: of several on one code, one may wait for a use of a stripe that
/// another has, who waits for the code.
fn run(level: &str, seconds: u64, stripes: i32) {
    let _crowd = crowd();
    let database = Database::with_setup();
    for number in 0..CODES {
        // Few uses and many; the order of the texts is the order of locking.
        add_code(&database, &format!("LOAD{number:02}"), 1 << (number % 9));
    }
    let mut judge = database.connect();
    let own = "
        UPDATE phoenix_kit_referral_codes SET beneficiary_uuid = $1 WHERE code LIKE '%7'";
    judge.execute(own, &[&person(1)]).unwrap();
    let codes = "SELECT uuid, code FROM phoenix_kit_referral_codes ORDER BY code";
    let codes: Vec<Code> = judge
        .query(codes, &[])
        .unwrap()
        .iter()
        .map(|row| Code { uuid: row.get(0), text: row.get(1) })
        .collect();

    let stripe = "SELECT count(referral_stripe_code(uuid, $1)) FROM phoenix_kit_referral_codes";
    if stripes > 0 {
        judge.execute(stripe, &[&stripes]).unwrap();
    }
    let most_steps = if stripes > 0 { 1 } else { MOST_STEPS };

    let counts: [AtomicUsize; WAYS.len()] = Default::default();
    let (start, stop) = (Barrier::new(CONNECTIONS), AtomicBool::new(false));
    thread::scope(|scope| {
        let (database, codes, counts) = (&database, &codes, &counts);
        let (start, stop) = (&start, &stop);
        let _stopped = RaisedAtEnd(stop);
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|number| {
                scope.spawn(move || {
                    let mut rng = StdRng::seed_from_u64(number as u64);
                    let mut client = database.connect();
                    // Who waits so long waits in vain.
                    client.batch_execute("SET lock_timeout = '30s'").unwrap();
                    start.wait();
                    while !stop.load(Ordering::Relaxed) {
                        for way in transaction(&mut client, level, codes, most_steps, &mut rng) {
                            counts[way as usize].fetch_add(1, Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        let operator = scope.spawn(move || operate(&mut database.connect(), stop));
        // Stopped early where somebody has met an error.
        let end = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < end && !clients.iter().any(|client| client.is_finished()) {
            thread::sleep(Duration::from_millis(10));
        }
        stop.store(true, Ordering::Relaxed);
        operator.join().unwrap();
    });

    for way in WAYS {
        let count = counts[way as usize].load(Ordering::Relaxed);
        println!("{way:?}: {count} committed");
        assert!(count > 0, "{way:?} was never committed");
    }
    let together = "SELECT count(referral_unstripe_code(uuid)) FROM phoenix_kit_referral_codes";
    judge.execute(together, &[]).unwrap();
    assert_books_balance(&mut judge, "public");
    let used = "SELECT count(*) FROM phoenix_kit_referral_code_usage";
    assert!(judge.query_one(used, &[]).unwrap().get::<_, i64>(0) > 0);
}

#[test]
fn the_books_are_kept_by_whoever_writes() {
    run("READ COMMITTED", 9, 0);
    run("REPEATABLE READ", 6, 0);
    run("READ COMMITTED", 6, 4);
    run("REPEATABLE READ", 4, 4);
}
