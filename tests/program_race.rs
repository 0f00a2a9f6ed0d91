//! Programs under load: however many race, at every isolation level, a webhook is rewarded once, the cap over
//! all codes is reached and never passed, a person gets one code; and a crash loses no reward.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, Error, IsolationLevel, Transaction};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::support::{
    Database, RaisedAtEnd, Server, assert_books_balance, await_that, bypass_triggers, crowd,
    person, sqlstate,
};

const MOST_SECONDS: u64 = 60;

/// How many sessions are told of the same purchase at the same moment.
const DELIVERIES: usize = 10;
const PURCHASES: usize = 40;

const CODES: usize = 20;
const CAP: i32 = 50;
const USERS: usize = 300;
const CONNECTIONS: usize = 80;

const OWNERS: usize = 12;
const ASKERS: usize = 40;

/// Of the crash.
const CLIENTS: usize = 16;
const LOAD: usize = 200;
const ORDERS: usize = 20_000;

/// Runs a transaction until it is neither refused a place in the order of transactions nor rolled back on
/// purpose, which happens at random; the server's other errors are the caller's.
fn retried<T>(
    client: &mut Client,
    level: IsolationLevel,
    rng: &mut StdRng,
    mut run: impl FnMut(&mut Transaction) -> Result<T, Error>,
) -> Result<T, Error> {
    let deadline = Instant::now() + Duration::from_secs(MOST_SECONDS);
    let mut rollbacks = 0;
    loop {
        assert!(Instant::now() < deadline, "no answer");
        let mut transaction = client.build_transaction().isolation_level(level).start()?;
        let answer = match run(&mut transaction) {
            Ok(_) if rollbacks < 2 && rng.random_bool(0.2) => {
                rollbacks += 1;
                transaction.rollback()?;
                continue;
            }
            Ok(answer) => transaction.commit().map(|()| answer),
            Err(error) => Err(error),
        };
        match answer {
            Err(error) if sqlstate(&error) == "40001" => {
                thread::sleep(Duration::from_micros(rng.random_range(0..2_000)));
            }
            answer => return answer,
        }
    }
}

/// A code with a beneficiary, and users from 1 on who have redeemed it.
fn add_referred(client: &mut Client, users: usize) {
    bypass_triggers(client);
    let insert = "
        WITH code AS (
            INSERT INTO phoenix_kit_referral_codes
                   (code, description, max_uses, number_of_uses, created_by_uuid, beneficiary_uuid)
            VALUES ('REFERRED', 'for a test', $1, $1, $2, $2)
            RETURNING uuid)
        INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
        SELECT uuid, lpad(to_hex(number), 32, '0')::uuid
        FROM code, generate_series(1, $1) AS number";
    client.execute(insert, &[&(users as i32), &person(1_000_000)]).unwrap();
}

/// Tells of the purchase of a user, whose only one it is; the word that comes back.
fn deliver(client: &mut impl postgres::GenericClient, user: usize) -> Result<String, Error> {
    let record = "
        SELECT reason || CASE WHEN repeated THEN ', repeated' ELSE '' END
        FROM referral_record_purchase($1, $2, 50)";
    client.query_one(record, &[&person(user), &format!("order {user}")]).map(|row| row.get(0))
}

/// Every conversion is rewarded, and has exactly its two rewards. How many there are.
fn count_rewarded(client: &mut Client) -> usize {
    let rewards = "
        SELECT v.source_ref, v.reason, count(r.uuid), count(DISTINCT r.side), coalesce(sum(r.amount), 0) = 20
        FROM referral_conversions AS v
        LEFT JOIN referral_rewards AS r ON r.conversion_uuid = v.uuid
        GROUP BY v.uuid";
    let rows = client.query(rewards, &[]).unwrap();
    for row in &rows {
        let (source, reason): (&str, &str) = (row.get(0), row.get(1));
        let (rows, sides, exact): (i64, i64, bool) = (row.get(2), row.get(3), row.get(4));
        assert_eq!((reason, rows, sides, exact), ("rewarded", 2, 2, true), "{source}");
    }
    rows.len()
}

fn deliver_many_times(level: IsolationLevel) {
    let _crowd = crowd();
    let database = Database::with_setup();
    let mut judge = database.connect();
    add_referred(&mut judge, PURCHASES);
    let together = Barrier::new(DELIVERIES);
    let words: Mutex<HashMap<(usize, String), usize>> = Mutex::default();

    thread::scope(|scope| {
        for number in 0..DELIVERIES {
            let (database, together, words) = (&database, &together, &words);
            scope.spawn(move || {
                let mut rng = StdRng::seed_from_u64(number as u64);
                let mut client = database.connect();
                for user in 1..=PURCHASES {
                    together.wait();
                    let word = retried(&mut client, level, &mut rng, |t| deliver(t, user));
                    let word = word.unwrap_or_else(|error| sqlstate(&error));
                    *words.lock().unwrap().entry((user, word)).or_default() += 1;
                }
            });
        }
    });

    let words = words.into_inner().unwrap();
    for user in 1..=PURCHASES {
        let of_user: Vec<_> = words.iter().filter(|((of, _), _)| *of == user).collect();
        let count = |word: &str| words.get(&(user, word.to_owned())).copied();
        assert_eq!(count("rewarded"), Some(1), "{of_user:?}");
        assert_eq!(count("rewarded, repeated"), Some(DELIVERIES - 1), "{of_user:?}");
    }
    assert_eq!(count_rewarded(&mut judge), PURCHASES);
}

#[test]
fn a_webhook_is_rewarded_once_at_read_committed() {
    deliver_many_times(IsolationLevel::ReadCommitted);
}

#[test]
fn a_webhook_is_rewarded_once_at_repeatable_read() {
    deliver_many_times(IsolationLevel::RepeatableRead);
}

#[test]
fn a_webhook_is_rewarded_once_at_serializable() {
    deliver_many_times(IsolationLevel::Serializable);
}

/// A user redeems a code, by function or by hand; true where that was allowed.
fn redeem(
    transaction: &mut Transaction,
    code: &str,
    user: usize,
    hand: bool,
) -> Result<bool, Error> {
    if !hand {
        let redeem = "SELECT ok FROM referral_try_use_code($1, $2)";
        return transaction.query_one(redeem, &[&code, &person(user)]).map(|row| row.get(0));
    }
    let insert = "
        INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
        SELECT uuid, $2 FROM phoenix_kit_referral_codes WHERE code = $1";
    let mut savepoint = transaction.transaction()?;
    match savepoint.execute(insert, &[&code, &person(user)]) {
        Ok(_) => savepoint.commit().map(|()| true),
        // The program's cap, one code a referee, and the same code twice.
        Err(error) if ["RF004", "RF005", "RF015", "23505"].contains(&&*sqlstate(&error)) => {
            savepoint.rollback().map(|()| false)
        }
        Err(error) => Err(error),
    }
}

fn race_for_the_cap(level: IsolationLevel) {
    let _crowd = crowd();
    let database = Database::with_setup();
    let mut judge = database.connect();
    let prepare = format!(
        r#"SELECT referral_set_max_codes_per_user(1000);
           SELECT referral_create_program('capped', '{{"max_uses_total": {CAP}}}');
           SELECT referral_create_code('{owner}', 'CODE' || number, max_uses => 30, beneficiary_uuid => '{owner}')
           FROM generate_series(1, {CODES}) AS number;
           SELECT referral_assign_program(uuid, 'capped') FROM phoenix_kit_referral_codes"#,
        owner = person(1_000_000),
    );
    judge.batch_execute(&prepare).unwrap();
    let mut asks: Vec<(usize, usize)> =
        (1..=USERS).flat_map(|user| [(user, user % CODES), (user, user * 7 % CODES)]).collect();
    asks.shuffle(&mut StdRng::seed_from_u64(1));
    let (next, start) = (AtomicUsize::new(0), Barrier::new(CONNECTIONS));
    let won: Mutex<Vec<usize>> = Mutex::default();

    thread::scope(|scope| {
        for number in 0..CONNECTIONS {
            let (database, asks, next, start, won) = (&database, &asks, &next, &start, &won);
            scope.spawn(move || {
                let mut rng = StdRng::seed_from_u64(number as u64);
                let mut client = database.connect();
                start.wait();
                while let Some((user, code)) = asks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (code, hand) = (format!("CODE{}", code + 1), rng.random_bool(0.3));
                    let run = |t: &mut Transaction| redeem(t, &code, *user, hand);
                    match retried(&mut client, level, &mut rng, run) {
                        Ok(true) => won.lock().unwrap().push(*user),
                        Ok(false) => {}
                        Err(error) => panic!("{user} {code}: {} {error}", sqlstate(&error)),
                    }
                }
            });
        }
    });

    let won = won.into_inner().unwrap();
    assert_eq!(won.len(), CAP as usize, "uses won");
    assert_eq!(won.iter().collect::<HashSet<_>>().len(), won.len(), "each user at most one");
    let books = "
        SELECT number_of_uses, (SELECT count(*) FROM phoenix_kit_referral_code_usage)
        FROM referral_programs WHERE key = 'capped'";
    let books = judge.query_one(books, &[]).unwrap();
    assert_eq!((books.get(0), books.get(1)), (CAP, i64::from(CAP)), "counter and usages");
    assert_books_balance(&mut judge, "public");
}

#[test]
fn a_programs_cap_is_reached_exactly_at_read_committed() {
    race_for_the_cap(IsolationLevel::ReadCommitted);
}

#[test]
fn a_programs_cap_is_reached_exactly_at_repeatable_read() {
    race_for_the_cap(IsolationLevel::RepeatableRead);
}

#[test]
fn a_programs_cap_is_reached_exactly_at_serializable() {
    race_for_the_cap(IsolationLevel::Serializable);
}

fn ask_for_codes(level: IsolationLevel) {
    let _crowd = crowd();
    let database = Database::with_setup();
    let start = Barrier::new(ASKERS);
    let codes: Mutex<HashMap<usize, HashSet<Result<Uuid, String>>>> = Mutex::default();

    thread::scope(|scope| {
        for number in 0..ASKERS {
            let (database, start, codes) = (&database, &start, &codes);
            scope.spawn(move || {
                let mut rng = StdRng::seed_from_u64(number as u64);
                let mut client = database.connect();
                for owner in 1..=OWNERS {
                    start.wait();
                    let ask = "SELECT uuid FROM referral_code_for($1)";
                    let code = retried(&mut client, level, &mut rng, |t| {
                        t.query_one(ask, &[&person(owner)]).map(|row| row.get(0))
                    });
                    // Told at the end: a panic here would leave the others waiting at the barrier.
                    let code = code.map_err(|error| sqlstate(&error));
                    codes.lock().unwrap().entry(owner).or_default().insert(code);
                }
            });
        }
    });

    let codes = codes.into_inner().unwrap();
    let is_one = |codes: &HashSet<_>| codes.len() == 1 && codes.iter().all(Result::is_ok);
    assert!(codes.values().all(is_one), "one code each: {codes:?}");
    let made = "SELECT count(*) FROM phoenix_kit_referral_codes";
    let made: i64 = database.connect().query_one(made, &[]).unwrap().get(0);
    assert_eq!(made, OWNERS as i64, "codes made");
}

#[test]
fn a_person_gets_one_code_at_read_committed() {
    ask_for_codes(IsolationLevel::ReadCommitted);
}

#[test]
fn a_person_gets_one_code_at_repeatable_read() {
    ask_for_codes(IsolationLevel::RepeatableRead);
}

#[test]
fn a_person_gets_one_code_at_serializable() {
    ask_for_codes(IsolationLevel::Serializable);
}

#[test]
fn a_crash_leaves_no_purchase_half_rewarded_and_repeats_complete_it() {
    let _crowd = crowd();
    let server = Server::new("killed_with_purchases");
    let database = Database::with_setup_at(server.address.clone());
    add_referred(&mut database.connect(), ORDERS);
    let (next, confirmed) = (AtomicUsize::new(1), Mutex::new(Vec::new()));
    let stop = AtomicBool::new(false);

    thread::scope(|scope| {
        let (next, confirmed, stop) = (&next, &confirmed, &stop);
        let _stopped = RaisedAtEnd(stop);
        for _ in 0..CLIENTS {
            let mut client = database.connect();
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let user = next.fetch_add(1, Ordering::Relaxed);
                    match deliver(&mut client, user) {
                        Ok(word) => {
                            assert_eq!(word, "rewarded", "{user}");
                            confirmed.lock().unwrap().push(user);
                        }
                        Err(error) => {
                            // Told by a server that is going down, or by a broken connection.
                            let state = error.code().map(|state| state.code());
                            assert!(matches!(state, None | Some("57P01" | "57P02")), "{error}");
                            return;
                        }
                    }
                }
            });
        }
        await_that("there is load", || confirmed.lock().unwrap().len() > LOAD);
        server.crash();
    });
    server.start();
    server.await_recovery();

    let mut client = database.connect();
    let (kept, confirmed) = (count_rewarded(&mut client), confirmed.into_inner().unwrap());
    assert!(kept >= confirmed.len(), "{kept} of {} confirmed are kept", confirmed.len());
    let told = next.load(Ordering::Relaxed);
    assert!(told < ORDERS, "too few orders for this machine");
    let mut lost = 0;
    for user in 1..told {
        let word = deliver(&mut client, user).unwrap();
        assert!(
            word == "rewarded, repeated" || word == "rewarded" && !confirmed.contains(&user),
            "{user}: {word}"
        );
        lost += usize::from(word == "rewarded");
    }
    assert_eq!(count_rewarded(&mut client), told - 1);
    assert_eq!(kept + lost, told - 1, "what was kept is repeated, what was lost is rewarded");
}
