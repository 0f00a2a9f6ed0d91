//! Holds under load, with backends that are killed: what is counted is what was made and what is held, never over a
//! cap; and no use is lost to anybody for good.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, Error};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustix::process::{Pid, Signal, kill_process};
use uuid::Uuid;

use crate::support::{Database, RaisedAtEnd, Server, add_code, person, sqlstate};

const CLIENTS: usize = 20;
const USERS: usize = 60;
const CODES: [(&str, i32); 6] =
    [("ONE", 1), ("FEW", 4), ("MORE", 15), ("MANY", 40), ("SPRING A", 30), ("SPRING B", 30)];
/// Of the program that the last two are in.
const CAP: i32 = 12;

#[derive(Clone, Copy, Debug)]
enum Way {
    Hold,
    Confirm,
    Release,
    UseCode,
    UseCodes,
    Undo,
    Insert,
    Host,
}

const WAYS: [Way; 8] = [
    Way::Hold,
    Way::Confirm,
    Way::Release,
    Way::UseCode,
    Way::UseCodes,
    Way::Undo,
    Way::Insert,
    Way::Host,
];

/// The holds that were taken; some are made or gone by now.
type Holds = Mutex<Vec<Uuid>>;

fn some_hold(holds: &Holds, rng: &mut StdRng) -> Uuid {
    let holds = holds.lock().unwrap();
    let newest = holds.len().saturating_sub(50);
    holds.get(rng.random_range(newest..=holds.len())).copied().unwrap_or_default()
}

/// Whether something was written.
fn step(client: &mut Client, way: Way, holds: &Holds, rng: &mut StdRng) -> Result<bool, Error> {
    let (code, _) = CODES[rng.random_range(0..CODES.len())];
    let user = person(rng.random_range(1..=USERS));
    match way {
        Way::Hold => {
            let ttl = ["1 microsecond", "20 milliseconds", "1 second", "1 day"];
            let ttl = ttl[rng.random_range(0..ttl.len())];
            let ask = format!("SELECT hold_uuid FROM referral_try_hold_use($1, $2, '{ttl}')");
            let hold: Option<Uuid> = client.query_one(&ask, &[&code, &user])?.get(0);
            holds.lock().unwrap().extend(hold);
            Ok(hold.is_some())
        }
        Way::Confirm => {
            let ask = "SELECT usage_uuid = $1 FROM referral_confirm_hold($1)";
            let same: bool = client.query_one(ask, &[&some_hold(holds, rng)])?.get(0);
            assert!(same);
            Ok(same)
        }
        Way::Release => {
            let ask = "SELECT referral_release_hold($1)";
            Ok(client.query_one(ask, &[&some_hold(holds, rng)])?.get(0))
        }
        Way::UseCode => {
            let ask = "SELECT ok FROM referral_try_use_code($1, $2)";
            Ok(client.query_one(ask, &[&code, &user])?.get(0))
        }
        Way::UseCodes => {
            let users: Vec<Uuid> = (0..4).map(|_| person(rng.random_range(1..=USERS))).collect();
            let ask = "SELECT count(*) FILTER (WHERE ok) FROM referral_use_codes($1, $2)";
            Ok(client.query_one(ask, &[&code, &users])?.get::<_, i64>(0) > 0)
        }
        Way::Undo => {
            let ask = "
                SELECT referral_undo_use(uuid) FROM phoenix_kit_referral_code_usage
                ORDER BY random() LIMIT 1";
            Ok(client.query_opt(ask, &[])?.is_some_and(|row| row.get(0)))
        }
        Way::Insert => insert(client, code, user),
        Way::Host => {
            let mut transaction = client.transaction()?;
            let claim = "
                UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1
                WHERE code = $1 AND number_of_uses < max_uses";
            if transaction.execute(claim, &[&code])? == 0 {
                return Ok(false);
            }
            let insert = "
                INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
                SELECT uuid, $2 FROM phoenix_kit_referral_codes WHERE code = $1";
            transaction.execute(insert, &[&code, &user])?;
            transaction.commit()?;
            Ok(true)
        }
    }
}

fn insert(client: &mut Client, code: &str, user: Uuid) -> Result<bool, Error> {
    let insert = "
        INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
        SELECT uuid, $2 FROM phoenix_kit_referral_codes WHERE code = $1";
    Ok(client.execute(insert, &[&code, &user])? == 1)
}

/// Refusals are part of the load, a broken connection too.
fn is_expected(error: &Error, level: &str) -> bool {
    match error.code().map(|code| code.code()) {
        None | Some("57P01" | "57P02" | "57P03") => true,
        Some("RF004" | "RF005" | "RF015" | "23505" | "22023") => true,
        Some("40001") => level != "READ COMMITTED",
        _ => false,
    }
}

fn load(
    database: &Database,
    number: usize,
    holds: &Holds,
    written: &[AtomicUsize; WAYS.len()],
    stop: &AtomicBool,
) {
    let level = ["READ COMMITTED", "READ COMMITTED", "REPEATABLE READ"][number % 3];
    let mut rng = StdRng::seed_from_u64(number as u64);
    while !stop.load(Ordering::Relaxed) {
        let Ok(mut client) = database.address.try_connect(&database.name) else {
            // The server recovers from a crash.
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        let begin = format!("SET default_transaction_isolation = '{level}'");
        if client.batch_execute(&begin).is_err() {
            continue;
        }
        while !stop.load(Ordering::Relaxed) && !client.is_closed() {
            let way = WAYS[rng.random_range(0..WAYS.len())];
            match step(&mut client, way, holds, &mut rng) {
                Ok(true) => _ = written[way as usize].fetch_add(1, Ordering::Relaxed),
                Ok(false) => {}
                Err(error) => {
                    let state = sqlstate(&error);
                    assert!(is_expected(&error, level), "{way:?} at {level}: {state} {error}");
                }
            }
        }
    }
}

/// Backends are ended in the midst of what they do; one is killed, and takes the others with it.
fn kill(database: &Database, seconds: u64) {
    let (start, mut crashed) = (Instant::now(), false);
    while start.elapsed() < Duration::from_secs(seconds) {
        thread::sleep(Duration::from_millis(150));
        let Ok(mut judge) = database.address.try_connect(&database.name) else { continue };
        let busy = "
            SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1";
        let Ok(Some(row)) = judge.query_opt(busy, &[]) else { continue };
        let pid: i32 = row.get(0);
        if !crashed && start.elapsed() > Duration::from_secs(seconds / 2) {
            crashed = true;
            kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        } else {
            _ = judge.query("SELECT pg_terminate_backend($1)", &[&pid]);
        }
    }
}

/// What is counted is made or held, of each code and of the program, within their caps.
fn assert_hold_books_balance(client: &mut Client) {
    let books = "
        SELECT code, number_of_uses::bigint, max_uses::bigint,
               (SELECT count(*) FROM phoenix_kit_referral_code_usage AS u WHERE u.code_uuid = c.uuid)
               + (SELECT count(*) FROM referral_holds AS h WHERE h.code_uuid = c.uuid AND h.is_counted)
          FROM phoenix_kit_referral_codes AS c
        UNION ALL
        SELECT p.key, p.number_of_uses, p.max_uses_total, sum(c.number_of_uses)
          FROM referral_programs AS p, referral_code_programs AS m, phoenix_kit_referral_codes AS c
         WHERE p.key = 'spring' AND m.program = p.key AND c.uuid = m.code_uuid
         GROUP BY p.key";
    for row in client.query(books, &[]).unwrap() {
        let (name, counter, cap, explained): (String, i64, i64, i64) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        assert_eq!(counter, explained, "{name}: counter, and what explains it");
        assert!(counter <= cap, "{name}: {counter} of {cap}");
    }
    let twice = "
        SELECT count(*) FROM phoenix_kit_referral_code_usage GROUP BY code_uuid, used_by_uuid HAVING count(*) > 1";
    assert!(client.query(twice, &[]).unwrap().is_empty(), "a use twice");
    let findings = "SELECT finding FROM referral_doctor() WHERE severity <> 'info'";
    let findings: Vec<String> =
        client.query(findings, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn what_is_counted_is_made_or_held_whatever_is_killed() {
    let server = Server::new("holds");
    let database = Database::with_setup_at(server.address.clone());
    for (code, max_uses) in CODES {
        add_code(&database, code, max_uses);
    }
    let mut judge = database.connect();
    let program = format!(
        "SELECT referral_create_program('spring', '{{\"max_uses_total\": {CAP}}}');
         SELECT referral_assign_program(uuid, 'spring') FROM phoenix_kit_referral_codes WHERE code LIKE 'SPRING%'"
    );
    judge.batch_execute(&program).unwrap();
    let (holds, stop) = (Mutex::default(), AtomicBool::new(false));
    let written: [AtomicUsize; WAYS.len()] = Default::default();
    thread::scope(|scope| {
        let (database, holds, written, stop) = (&database, &holds, &written, &stop);
        let _stopped = RaisedAtEnd(stop);
        for number in 0..CLIENTS {
            scope.spawn(move || load(database, number, holds, written, stop));
        }
        kill(database, 10);
        stop.store(true, Ordering::Relaxed);
    });
    server.await_recovery();
    for way in WAYS {
        let count = written[way as usize].load(Ordering::Relaxed);
        println!("{way:?}: {count}");
        assert!(count > 0, "{way:?} never wrote anything");
    }
    let mut judge = database.connect();
    assert_hold_books_balance(&mut judge);

    // Everything that is held expires; nothing of it is lost to those who come then.
    judge.batch_execute("UPDATE referral_holds SET expires_at = now()").unwrap();
    let strangers: Vec<Uuid> = (0..50).map(|number| person(1_000 + number)).collect();
    for (code, _) in CODES {
        let ask = "SELECT count(*) FROM referral_use_codes($1, $2)";
        judge.query_one(ask, &[&code, &strangers]).unwrap();
    }
    assert_hold_books_balance(&mut judge);
    let used = "
        SELECT code, (SELECT count(*) FROM phoenix_kit_referral_code_usage AS u WHERE u.code_uuid = c.uuid)
          FROM phoenix_kit_referral_codes AS c ORDER BY code";
    let used: Vec<(String, i64)> =
        judge.query(used, &[]).unwrap().iter().map(|row| (row.get(0), row.get(1))).collect();
    for (code, max_uses) in &CODES[..4] {
        assert!(used.contains(&((*code).into(), i64::from(*max_uses))), "{code}: {used:?}");
    }
    let of_program = used.iter().filter(|(code, _)| code.starts_with("SPRING"));
    assert_eq!(of_program.map(|(_, uses)| uses).sum::<i64>(), i64::from(CAP), "{used:?}");
}
