//! Everything at once, each in a transaction of its own: redeemed and undone by function and by hand, codes
//! edited and assigned, caps set and taken away, bought, reviewed and reversed, events polled, people forgotten.
//! No two of them wait for each other in a ring, and nothing goes wrong but refusals.
//!
//! DEADLOCK_SECONDS: how long, 8 by default.

use std::env;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use postgres::types::ToSql;
use postgres::{Client, Error};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::support::{Database, RaisedAtEnd, assert_books_balance, crowd, person, sqlstate};

const CONNECTIONS: usize = 24;
/// Few, so that they meet: who redeem, create, are beneficiaries and are forgotten.
const PEOPLE: usize = 5;
const CODES: usize = 30;
const PROGRAMS: [&str; 3] = ["default", "autumn", "spring"];

fn some_person(rng: &mut StdRng) -> Uuid {
    person(rng.random_range(1..=PEOPLE))
}

/// What is done, and the statement with what it takes.
type Deed = (&'static str, fn(&mut Client, &mut StdRng, &[Uuid]) -> Result<u64, Error>);

fn run(client: &mut Client, sql: &str, args: &[&(dyn ToSql + Sync)]) -> Result<u64, Error> {
    client.execute(sql, args)
}

fn some_code(rng: &mut StdRng, codes: &[Uuid]) -> Uuid {
    codes[rng.random_range(0..codes.len())]
}

const DEEDS: [Deed; 24] = [
    ("redeem", |client, rng, codes| {
        let redeem = "
            SELECT u.ok FROM phoenix_kit_referral_codes AS c, referral_try_use_code(c.code, $2) AS u
            WHERE c.uuid = $1";
        run(client, redeem, &[&some_code(rng, codes), &some_person(rng)])
    }),
    ("insert a usage", |client, rng, codes| {
        let insert = "
            INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES ($1, $2)
            ON CONFLICT DO NOTHING";
        run(client, insert, &[&some_code(rng, codes), &some_person(rng)])
    }),
    ("undo", |client, rng, codes| {
        let undo = "
            SELECT referral_undo_use(uuid) FROM (
                SELECT uuid FROM phoenix_kit_referral_code_usage WHERE code_uuid = $1 LIMIT 1) AS u";
        run(client, undo, &[&some_code(rng, codes)])
    }),
    ("another beneficiary", |client, rng, codes| {
        let somebody = some_person(rng);
        let beneficiary = rng.random_bool(0.7).then_some(somebody);
        let change = "SELECT FROM referral_update_code($1, jsonb_build_object('beneficiary_uuid', $2::uuid))";
        run(client, change, &[&some_code(rng, codes), &beneficiary])
    }),
    ("another creator", |client, rng, codes| {
        let change =
            "SELECT FROM referral_update_code($1, jsonb_build_object('created_by_uuid', $2::uuid))";
        run(client, change, &[&some_code(rng, codes), &some_person(rng)])
    }),
    ("another beneficiary by hand", |client, rng, codes| {
        let change = "UPDATE phoenix_kit_referral_codes SET beneficiary_uuid = $2 WHERE uuid = $1";
        run(client, change, &[&some_code(rng, codes), &some_person(rng)])
    }),
    ("assign", |client, rng, codes| {
        let program = PROGRAMS[rng.random_range(0..PROGRAMS.len())];
        run(client, "SELECT referral_assign_program($1, $2)", &[&some_code(rng, codes), &program])
    }),
    ("set a cap", |client, rng, _| {
        let program = PROGRAMS[rng.random_range(0..PROGRAMS.len())];
        let change = "SELECT FROM referral_update_program($1, '{\"max_uses_total\": 100000}')";
        run(client, change, &[&program])
    }),
    ("take a cap away", |client, rng, _| {
        let program = PROGRAMS[rng.random_range(0..PROGRAMS.len())];
        let change = "SELECT FROM referral_update_program($1, '{\"max_uses_total\": null}')";
        run(client, change, &[&program])
    }),
    ("create", |client, rng, _| {
        let delete = "
            WITH made AS MATERIALIZED (SELECT uuid FROM referral_create_code($1, beneficiary_uuid => $2))
            SELECT count(*) FROM made";
        run(client, delete, &[&some_person(rng), &some_person(rng)])
    }),
    ("own code", |client, rng, _| {
        let program = PROGRAMS[rng.random_range(0..PROGRAMS.len())];
        run(client, "SELECT FROM referral_code_for($1, $2)", &[&some_person(rng), &program])
    }),
    ("buy", |client, rng, _| {
        let order = format!("order {}", rng.random_range(0..50_000));
        let buy = "SELECT FROM referral_record_purchase($1, $2, 50, 'USD')";
        run(client, buy, &[&some_person(rng), &order])
    }),
    ("sell with a code", |client, rng, codes| {
        let order = format!("sale {}", rng.random_range(0..50_000));
        let sell = "
            SELECT FROM phoenix_kit_referral_codes AS c, referral_attribute_sale(c.code, $2, $3, amount => 20)
            WHERE c.uuid = $1";
        run(client, sell, &[&some_code(rng, codes), &some_person(rng), &order])
    }),
    ("approve", |client, rng, _| decide(client, rng, "referral_approve(uuid, gen_random_uuid())")),
    ("reject", |client, rng, _| decide(client, rng, "referral_reject(uuid, gen_random_uuid())")),
    ("reverse", |client, rng, _| decide(client, rng, "referral_reverse(uuid, 'refunded', 0.5)")),
    ("poll", |client, _, _| {
        let poll =
            "SELECT referral_ack_events('crm', array_agg(id)) FROM referral_poll_events('crm', 20)";
        run(client, poll, &[])
    }),
    ("forget", |client, rng, _| {
        run(client, "SELECT referral_forget_user($1)", &[&some_person(rng)])
    }),
    ("redeem for many", |client, rng, codes| {
        let redeem = "
            SELECT count(u.ok) FROM phoenix_kit_referral_codes AS c, referral_use_codes(c.code, $2) AS u
            WHERE c.uuid = $1";
        let people = [some_person(rng), some_person(rng), some_person(rng)];
        run(client, redeem, &[&some_code(rng, codes), &people.as_slice()])
    }),
    ("hold", |client, rng, codes| {
        let ttl = ["1 microsecond", "1 minute"][rng.random_range(0..2)];
        let hold = format!(
            "SELECT h.ok FROM phoenix_kit_referral_codes AS c, referral_try_hold_use(c.code, $2, '{ttl}') AS h
             WHERE c.uuid = $1"
        );
        run(client, &hold, &[&some_code(rng, codes), &some_person(rng)])
    }),
    ("confirm a hold", |client, rng, codes| {
        let confirm = "
            SELECT referral_confirm_hold(hold_uuid) FROM (
                SELECT hold_uuid FROM referral_holds WHERE code_uuid = $1 LIMIT 1) AS h";
        run(client, confirm, &[&some_code(rng, codes)])
    }),
    ("give a hold back", |client, rng, codes| {
        let release = "
            SELECT referral_release_hold(hold_uuid) FROM (
                SELECT hold_uuid FROM referral_holds WHERE code_uuid = $1 LIMIT 1) AS h";
        run(client, release, &[&some_code(rng, codes)])
    }),
    ("give it stripes", |client, rng, codes| {
        let stripe = "SELECT referral_stripe_code($1, $2)";
        run(client, stripe, &[&some_code(rng, codes), &rng.random_range(1..=8i32)])
    }),
    ("take its stripes", |client, rng, codes| {
        run(client, "SELECT referral_unstripe_code($1)", &[&some_code(rng, codes)])
    }),
];

/// redeem, another beneficiary, another creator, assign, set a cap, take it away, buy, forget, redeem for many, hold
const OFTEN: [usize; 15] = [0, 0, 3, 4, 6, 7, 8, 11, 17, 17, 17, 17, 18, 19, 19];

fn decide(client: &mut Client, rng: &mut StdRng, call: &str) -> Result<u64, Error> {
    let decide = format!(
        "SELECT {call} FROM (
             SELECT uuid FROM referral_conversions ORDER BY converted_at DESC LIMIT 1 OFFSET $1) AS v"
    );
    run(client, &decide, &[&rng.random_range(0..20i64)])
}

/// Refusals are part of the load, and so is what asks to be tried again where a row changes under the eyes of a
/// call. A deadlock is not.
fn is_expected(error: &Error) -> bool {
    let state = sqlstate(error);
    state.starts_with("RF")
        || state == "40001"
        || ["22023", "22004", "55000"].contains(&state.as_str())
}

#[test]
fn no_two_wait_for_each_other_in_a_ring() {
    let seconds = env::var("DEADLOCK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(8);
    let _crowd = crowd();
    let database = Database::with_setup();
    let mut judge = database.connect();
    judge
        .batch_execute(
            "INSERT INTO phoenix_kit_settings (key, value)
             VALUES ('referral_events_enabled', 'true'), ('referral_allow_self_referral', 'true'),
                    ('max_number_of_uses_per_code', '1000000'), ('max_number_of_codes_per_user', '1000000');
             SELECT referral_create_program(key, '{\"first_purchase_only\": false}')
               FROM unnest(ARRAY['autumn', 'spring']) AS key;
             SELECT count(*) FROM referral_poll_events('crm')",
        )
        .unwrap();
    let create =
        "SELECT uuid FROM referral_create_code($1, 'RING' || $2::text, max_uses => 1000000)";
    let codes: Vec<Uuid> = (1..=CODES)
        .map(|number| {
            let row = judge.query_one(create, &[&person(number), &number.to_string()]).unwrap();
            row.get(0)
        })
        .collect();

    let counts: [AtomicUsize; DEEDS.len()] = Default::default();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let (database, codes, counts, stop) = (&database, &codes, &counts, &stop);
        let _stopped = RaisedAtEnd(stop);
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|number| {
                scope.spawn(move || {
                    let mut rng = StdRng::seed_from_u64(number as u64);
                    let mut client = database.connect();
                    client.batch_execute("SET lock_timeout = '30s'").unwrap();
                    while !stop.load(Ordering::Relaxed) {
                        // Those that lock most are done most.
                        let often = rng.random_bool(0.6);
                        let place = match OFTEN[rng.random_range(0..OFTEN.len())] {
                            place if often => place,
                            _ => rng.random_range(0..DEEDS.len()),
                        };
                        let (name, deed) = DEEDS[place];
                        match deed(&mut client, &mut rng, codes) {
                            Ok(_) => {
                                counts[place].fetch_add(1, Ordering::Relaxed);
                            }
                            Err(error) => {
                                let told = format!("{name}: {} {error:?}", sqlstate(&error));
                                assert!(is_expected(&error), "{told}");
                            }
                        }
                    }
                })
            })
            .collect();
        let end = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < end && !clients.iter().any(|client| client.is_finished()) {
            thread::sleep(Duration::from_millis(10));
        }
    });

    for ((name, _), count) in DEEDS.iter().zip(&counts) {
        let count = count.load(Ordering::Relaxed);
        println!("{name}: {count}");
        assert!(count > 0, "never done: {name}");
    }
    let together = "SELECT count(referral_unstripe_code(uuid)) FROM phoenix_kit_referral_codes";
    judge.execute(together, &[]).unwrap();
    let all_back = "SELECT count(referral_release_hold(hold_uuid)) FROM referral_holds";
    judge.execute(all_back, &[]).unwrap();
    assert_books_balance(&mut judge, "public");
    let wrong = "SELECT finding FROM referral_doctor() WHERE severity = 'error'";
    let wrong: Vec<String> =
        judge.query(wrong, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
