//! Hot codes under load, their stripes made fewer and more, settled by edits and by hand, while backends are killed:
//! each code's cap is reached exactly, or that of the program of all, no use is stranded, none made twice.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use postgres::{Client, Error};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::support::{
    Database, RaisedAtEnd, add_code, assert_books_balance, crowd, person, sqlstate,
};

const CONNECTIONS: usize = 16;
const CAPS: [(&str, i32); 3] = [("HOT1", 2_000), ("HOT2", 1_500), ("HOT3", 37)];
/// What an operator does to a striped code, which never uses it up or switches it off for long.
const EDITS: [&str; 7] = [
    "SELECT referral_stripe_code($1, 16)",
    "SELECT referral_stripe_code($1, 2)",
    "SELECT referral_stripe_code($1)",
    "SELECT referral_unstripe_code($1)",
    "SELECT FROM referral_update_code($1, jsonb_build_object('description', gen_random_uuid()))",
    "UPDATE phoenix_kit_referral_codes SET description = gen_random_uuid() WHERE uuid = $1",
    "SELECT referral_undo_use(uuid) FROM (
         SELECT uuid FROM phoenix_kit_referral_code_usage WHERE code_uuid = $1 LIMIT 3) AS few",
];

/// Codes of one program, which has a cap; the last of them is never striped.
const PROGRAM: [&str; 3] = ["SPRING1", "SPRING2", "SPRING3"];
const PROGRAM_CAP: i32 = 3_000;
/// The same, and what is done to the program.
const PROGRAM_EDITS: [&str; 5] = [
    EDITS[0],
    EDITS[3],
    EDITS[6],
    "SELECT FROM referral_update_program('spring', jsonb_build_object('name', $1::uuid))",
    "SELECT referral_release_hold(hold_uuid) FROM referral_try_hold_use(
         (SELECT code FROM phoenix_kit_referral_codes WHERE uuid = $1), gen_random_uuid()) WHERE ok",
];

/// Killed, or told to try again because of it.
fn is_lost(error: &Error) -> bool {
    error.is_closed() || error.code().is_none() || sqlstate(error) == "57P01"
}

fn connect(database: &Database) -> Client {
    loop {
        match database.address.try_connect(&database.name) {
            Ok(client) => return client,
            Err(error) => assert!(is_lost(&error), "{} {error}", sqlstate(&error)),
        }
    }
}

/// Redeems until the code is used up, each time for somebody new; what a killed backend leaves in doubt is tried once
/// more. Every fifth is a host's own INSERT, or its UPDATE and INSERT.
fn redeem(
    database: &Database,
    codes: &[&str],
    rng: &mut StdRng,
    next: &AtomicUsize,
    finished: &AtomicBool,
) {
    let mut client = connect(database);
    let mut user = person(next.fetch_add(1, Ordering::Relaxed));
    let mut refused = vec![false; codes.len()];
    while !refused.iter().all(|refused| *refused) {
        let place = rng.random_range(0..codes.len());
        match redeem_once(&mut client, codes[place], user, rng.random_range(0..10)) {
            Ok(redeemed) => {
                // What is used up may be free again while codes are edited.
                refused[place] = !redeemed && finished.load(Ordering::Relaxed);
                user = person(next.fetch_add(1, Ordering::Relaxed));
            }
            Err(error) if is_lost(&error) => client = connect(database),
            Err(error) if sqlstate(&error) == "RF004" => refused[place] = false,
            Err(error) => panic!("{} {error}", sqlstate(&error)),
        }
    }
}

fn redeem_once(client: &mut Client, code: &str, user: Uuid, way: i32) -> Result<bool, Error> {
    let insert = "
        INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
        SELECT uuid, $2 FROM phoenix_kit_referral_codes WHERE code = $1
        ON CONFLICT DO NOTHING";
    match way {
        0 => Ok(client.execute(insert, &[&code, &user])? == 1),
        1 => {
            let mut transaction = client.transaction()?;
            let claim = "
                UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1
                WHERE code = $1 AND NOT EXISTS (
                    SELECT FROM phoenix_kit_referral_code_usage WHERE code_uuid = uuid AND used_by_uuid = $2)";
            let claimed = transaction.execute(claim, &[&code, &user])?;
            if claimed == 1 && transaction.execute(insert, &[&code, &user])? == 0 {
                return Ok(false);
            }
            transaction.commit()?;
            Ok(claimed == 1)
        }
        _ => {
            let redeem = "SELECT ok, reason FROM referral_try_use_code($1, $2)";
            let row = client.query_one(redeem, &[&code, &user])?;
            let reason: Option<&str> = row.get(1);
            assert!(
                matches!(reason, None | Some("usage_limit_reached" | "already_used")),
                "{reason:?}"
            );
            Ok(row.get(0))
        }
    }
}

fn operate(database: &Database, codes: &[Uuid], edits: &[&str], seconds: u64) {
    let mut rng = StdRng::seed_from_u64(0);
    let mut client = connect(database);
    let end = std::time::Instant::now() + Duration::from_secs(seconds);
    while std::time::Instant::now() < end {
        let edit = edits[rng.random_range(0..edits.len())];
        let code = codes[rng.random_range(0..codes.len())];
        match client.execute(edit, &[&code]) {
            Ok(_) => {}
            Err(error) if is_lost(&error) => client = connect(database),
            Err(error) => panic!("{edit}: {} {error}", sqlstate(&error)),
        }
        thread::sleep(Duration::from_millis(15));
    }
}

/// Redeems the codes until they are used up, of which the striped ones are edited meanwhile, and kills backends.
fn load(database: &Database, codes: &[&str], striped: &[Uuid], edits: &[&str]) {
    let (next, finished, stop) =
        (AtomicUsize::new(1), AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        let (next, finished, stop) = (&next, &finished, &stop);
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|number| {
                scope.spawn(move || {
                    let mut rng = StdRng::seed_from_u64(number as u64);
                    redeem(database, codes, &mut rng, next, finished);
                })
            })
            .collect();
        scope.spawn(move || {
            let mut client = database.connect();
            client.batch_execute("SET application_name = judge").unwrap();
            let kill = "
                SELECT pg_terminate_backend(pid) FROM (
                    SELECT pid FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                      AND backend_type = 'client backend' AND application_name <> 'judge'
                    ORDER BY random() LIMIT 1) AS one";
            while !stop.load(Ordering::Relaxed) {
                client.batch_execute(kill).unwrap();
                thread::sleep(Duration::from_millis(20));
            }
        });
        let _stopped = RaisedAtEnd(stop);
        {
            let _finished = RaisedAtEnd(finished);
            operate(database, striped, edits, 8);
            // For the end, so that stripes and not counters serve the last uses.
            let mut client = connect(database);
            for code in striped {
                while let Err(error) = client.execute("SELECT referral_stripe_code($1, 8)", &[code])
                {
                    assert!(is_lost(&error), "{error}");
                    client = connect(database);
                }
            }
        }
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
}

fn assert_doctor_is_content(judge: &mut Client) {
    let found = "SELECT subject || ': ' || finding FROM referral_doctor() WHERE severity <> 'info'";
    let found: Vec<String> =
        judge.query(found, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_cap_of_a_hot_code_is_reached_exactly_whoever_is_killed() {
    let _crowd = crowd();
    let database = Database::with_setup();
    for (code, cap) in CAPS {
        add_code(&database, code, cap);
    }
    let mut judge = database.connect();
    judge.batch_execute("SET application_name = judge").unwrap();
    let all = "SELECT uuid FROM phoenix_kit_referral_codes ORDER BY code";
    let codes: Vec<Uuid> = judge.query(all, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    for code in &codes {
        judge.execute("SELECT referral_stripe_code($1)", &[code]).unwrap();
    }
    load(&database, &CAPS.map(|(code, _)| code), &codes, &EDITS);
    assert_books_balance(&mut judge, "public");
    for (code, cap) in CAPS {
        let uses = "
            SELECT number_of_uses, remaining_uses, state FROM referral_get_code_by_string($1)";
        let row = judge.query_one(uses, &[&code]).unwrap();
        let told: (i32, i32, &str) = (row.get(0), row.get(1), row.get(2));
        assert_eq!(told, (cap, 0, "limit_reached"), "{code}");
    }
    let left = "SELECT coalesce(sum(uses_left), 0) FROM referral_stripes";
    assert_eq!(judge.query_one(left, &[]).unwrap().get::<_, i64>(0), 0);
    assert_doctor_is_content(&mut judge);
}

#[test]
fn the_cap_of_a_program_of_hot_codes_is_reached_exactly_whoever_is_killed() {
    let _crowd = crowd();
    let database = Database::with_setup();
    let mut judge = database.connect();
    judge.batch_execute("SET application_name = judge").unwrap();
    let program = format!(
        "SELECT FROM referral_create_program('spring', '{{\"max_uses_total\": {PROGRAM_CAP}, \"one_code_per_referee\": false}}')"
    );
    judge.batch_execute(&program).unwrap();
    for code in PROGRAM {
        add_code(&database, code, 10 * PROGRAM_CAP);
    }
    let assigned = "
        SELECT uuid, referral_assign_program(uuid, 'spring')::text FROM phoenix_kit_referral_codes ORDER BY code";
    let codes: Vec<Uuid> =
        judge.query(assigned, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    let striped = &codes[..2];
    for code in striped {
        judge.execute("SELECT referral_stripe_code($1)", &[code]).unwrap();
    }
    load(&database, &PROGRAM, striped, &PROGRAM_EDITS);
    let usages = "SELECT count(*) FROM phoenix_kit_referral_code_usage";
    assert_eq!(judge.query_one(usages, &[]).unwrap().get::<_, i64>(0), i64::from(PROGRAM_CAP));
    let told = "SELECT number_of_uses FROM referral_get_program('spring')";
    assert_eq!(judge.query_one(told, &[]).unwrap().get::<_, i32>(0), PROGRAM_CAP);
    let left = "
        SELECT count(*), coalesce(sum(uses_left), 0) FROM referral_program_stripes";
    let left = judge.query_one(left, &[]).unwrap();
    assert_eq!((left.get(0), left.get(1)), (8i64, 0i64));
    assert_doctor_is_content(&mut judge);
    // What the codes' own stripes have leased goes back, and the program's stripes go with them.
    for code in striped {
        judge.execute("SELECT referral_unstripe_code($1)", &[code]).unwrap();
    }
    assert_books_balance(&mut judge, "public");
    let stripes = "SELECT count(*) FROM referral_program_stripes";
    assert_eq!(judge.query_one(stripes, &[]).unwrap().get::<_, i64>(0), 0);
}
