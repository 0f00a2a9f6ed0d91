//! However many race, at every isolation level: every free use is won, none twice, and nothing goes
//! wrong but serialization failures.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, IsolationLevel};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use crate::support::{
    Database, RaisedAtEnd, add_code, assert_books_balance, crowd, person, sqlstate,
};

const CONNECTIONS: usize = 200;
const HOT_CODES: usize = 2;
const COLD_CODES: usize = 40;
const MOST_SECONDS: u64 = 60;

/// A code, as it is stored, and its free uses.
fn codes() -> Vec<(String, usize)> {
    let hot = (0..HOT_CODES).map(|number| (format!("HOT{number}"), 30));
    let cold = (0..COLD_CODES).map(|number| {
        let mixed_case = number % 7 == 0;
        let name = if mixed_case { "Cold" } else { "COLD" };
        (format!("{name}{number}"), 1 + number % 4)
    });
    hot.chain(cold).collect()
}

/// Who asks for what: more users than uses, each of them twice, in no order.
fn asks(codes: &[(String, usize)], rng: &mut StdRng) -> Vec<(String, usize)> {
    let mut asks = Vec::new();
    for (code, uses) in codes {
        for user in 0..2 * uses + 3 {
            let ask = (code.clone(), user);
            asks.extend([ask.clone(), ask]);
        }
    }
    asks.shuffle(rng);
    asks
}

/// Asks until there is an answer; true where the use was won and committed.
fn redeem(
    client: &mut Client,
    level: IsolationLevel,
    ask: &(String, usize),
    rng: &mut StdRng,
) -> bool {
    let try_use = "SELECT ok, reason FROM referral_try_use_code($1, $2)";
    let deadline = Instant::now() + Duration::from_secs(MOST_SECONDS);
    let mut rollbacks = 0;
    loop {
        assert!(Instant::now() < deadline, "no answer for {ask:?}");
        let mut transaction = client.build_transaction().isolation_level(level).start().unwrap();
        let asked = transaction.query_one(try_use, &[&ask.0, &person(ask.1)]);
        let answer = asked.and_then(|row| {
            let (won, reason): (bool, Option<String>) = (row.get(0), row.get(1));
            if won && rollbacks < 2 && rng.random_bool(0.25) {
                rollbacks += 1;
                return transaction.rollback().map(|()| None);
            }
            transaction.commit().map(|()| Some((won, reason)))
        });
        match answer {
            Ok(None) => {}
            Ok(Some((won, reason))) => {
                let expected = [Some("usage_limit_reached"), Some("already_used")];
                assert!(won || expected.contains(&reason.as_deref()), "{ask:?}: {reason:?}");
                return won;
            }
            Err(error) if sqlstate(&error) == "40001" => {
                thread::sleep(Duration::from_micros(rng.random_range(0..2_000)));
            }
            Err(error) => panic!("{ask:?}: {} {error}", sqlstate(&error)),
        }
    }
}

fn race(level: IsolationLevel) {
    let _crowd = crowd();
    let database = Database::with_setup();
    let mut judge = database.connect();
    let codes = codes();
    for (code, uses) in &codes {
        add_code(&database, code, *uses as i32);
    }
    let asks = asks(&codes, &mut StdRng::seed_from_u64(1));
    let (next, start) = (AtomicUsize::new(0), Barrier::new(CONNECTIONS));
    let won: Mutex<HashMap<&str, usize>> = Mutex::default();

    thread::scope(|scope| {
        for number in 0..CONNECTIONS {
            let (database, asks, next, start, won) = (&database, &asks, &next, &start, &won);
            scope.spawn(move || {
                let mut rng = StdRng::seed_from_u64(number as u64);
                let mut client = database.connect();
                start.wait();
                while let Some(ask) = asks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if redeem(&mut client, level, ask, &mut rng) {
                        *won.lock().unwrap().entry(&ask.0).or_default() += 1;
                    }
                }
            });
        }
    });

    let won = won.into_inner().unwrap();
    for (code, uses) in &codes {
        assert_eq!(won.get(code.as_str()), Some(uses), "uses won of {code}");
    }
    let full = "SELECT count(*) FROM phoenix_kit_referral_codes WHERE number_of_uses = max_uses";
    let full: i64 = judge.query_one(full, &[]).unwrap().get(0);
    assert_eq!(full, codes.len() as i64);
    assert_books_balance(&mut judge, "public");
}

#[test]
fn every_free_use_is_won_once_at_read_committed() {
    race(IsolationLevel::ReadCommitted);
}

#[test]
fn every_free_use_is_won_once_at_repeatable_read() {
    race(IsolationLevel::RepeatableRead);
}

#[test]
fn every_free_use_is_won_once_at_serializable() {
    race(IsolationLevel::Serializable);
}

/// Creations, each committed on its own; how many were made.
fn create(client: &mut Client, level: IsolationLevel, creator: usize, wanted: usize) -> usize {
    let mut made = 0;
    for _ in 0..wanted {
        loop {
            let mut transaction =
                client.build_transaction().isolation_level(level).start().unwrap();
            let create = "SELECT code FROM referral_create_code($1)";
            let asked = transaction.query_one(create, &[&person(creator)]);
            match asked.and_then(|_| transaction.commit()) {
                Ok(()) => made += 1,
                Err(error) if sqlstate(&error) == "40001" => continue,
                Err(error) if sqlstate(&error) == "RF008" => {}
                Err(error) => panic!("{} {error}", sqlstate(&error)),
            }
            break;
        }
    }
    made
}

#[test]
fn nobody_creates_past_the_limit_and_everybody_up_to_it() {
    const CREATORS: usize = 4;
    const LIMIT: usize = 5;
    let _crowd = crowd();
    let levels = [
        IsolationLevel::ReadCommitted,
        IsolationLevel::RepeatableRead,
        IsolationLevel::Serializable,
    ];
    for level in levels {
        let database = Database::with_setup();
        let limit = format!("SELECT referral_set_max_codes_per_user({LIMIT})");
        database.connect().batch_execute(&limit).unwrap();
        let (start, made) = (Barrier::new(10 * CREATORS), AtomicUsize::new(0));
        thread::scope(|scope| {
            for number in 0..10 * CREATORS {
                let (database, start, made) = (&database, &start, &made);
                scope.spawn(move || {
                    let mut client = database.connect();
                    start.wait();
                    let count = create(&mut client, level, number % CREATORS, LIMIT);
                    made.fetch_add(count, Ordering::Relaxed);
                });
            }
        });
        let counts = "
            SELECT count(*) FROM phoenix_kit_referral_codes GROUP BY created_by_uuid";
        let counts = database.connect().query(counts, &[]).unwrap();
        let counts: Vec<i64> = counts.iter().map(|row| row.get(0)).collect();
        assert_eq!(counts, [LIMIT as i64; CREATORS], "{level:?}");
        assert_eq!(made.into_inner(), LIMIT * CREATORS, "{level:?}");
    }
}

/// Answers to redemptions by new users until `stop`, each of which must be an answer.
fn redeem_until(client: &mut Client, code: &str, next_user: &AtomicUsize, stop: &AtomicBool) {
    let mut won = 0;
    while !stop.load(Ordering::Relaxed) {
        let user = person(next_user.fetch_add(1, Ordering::Relaxed));
        let ask = "SELECT ok FROM referral_try_use_code($1, $2)";
        match client.query_one(ask, &[&code, &user]) {
            Ok(row) => won += usize::from(row.get::<_, bool>(0)),
            Err(error) => panic!("{code}: {} {error}", sqlstate(&error)),
        }
    }
    assert!(won > 0, "{code} was never won");
}

#[test]
fn what_is_switched_on_and_off_is_won_or_refused_and_never_an_error() {
    let _crowd = crowd();
    let database = Database::with_setup();
    for code in ["FLIP", "Flop"] {
        add_code(&database, code, i32::MAX);
    }
    let switches = [
        "UPDATE phoenix_kit_referral_codes SET status = NOT status",
        "SELECT referral_disable_system(); SELECT referral_enable_system()",
    ];
    let (next_user, stop) = (AtomicUsize::new(1), AtomicBool::new(false));
    thread::scope(|scope| {
        let (database, next_user, stop) = (&database, &next_user, &stop);
        let _stopped = RaisedAtEnd(stop);
        let switches = switches.map(|switch| {
            scope.spawn(move || {
                let mut client = database.connect();
                while !stop.load(Ordering::Relaxed) {
                    for step in switch.split(';') {
                        client.batch_execute(step).unwrap();
                    }
                }
            })
        });
        let clients: Vec<_> = (0..20)
            .map(|number| {
                scope.spawn(move || {
                    let code = ["flip", "flop"][number % 2];
                    redeem_until(&mut database.connect(), code, next_user, stop);
                })
            })
            .collect();
        // Stopped early where somebody has met an error.
        let end = Instant::now() + Duration::from_secs(2);
        while Instant::now() < end && !clients.iter().any(|client| client.is_finished()) {
            thread::sleep(Duration::from_millis(10));
        }
        stop.store(true, Ordering::Relaxed);
        for switch in switches {
            switch.join().unwrap();
        }
    });
    assert_books_balance(&mut database.connect(), "public");
}
