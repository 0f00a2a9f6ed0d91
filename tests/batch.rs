//! Many users of one code in one statement get what each would have got from a call of their own, in the same order.

use std::collections::BTreeMap;

use postgres::{Client, Transaction};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::support::{Database, bypass_triggers, person};

const SITUATIONS: usize = 400;
const USERS: usize = 8;

/// The users' answers: ok, reason, and which of the uses of this call it names, or an older one.
type Answers = Vec<(bool, Option<String>, Option<Uuid>)>;

/// The same answer, a usage told by the place of who got it or, where it was there before, by its id.
type Placed = (bool, Option<String>, Option<Result<usize, Uuid>>);

/// Programs with each of their rules, and codes of theirs; some users have redeemed one of each already.
fn prepare(client: &mut Client) {
    let programs = "
        SELECT referral_create_program('one', '{}');
        SELECT referral_create_program('capped', '{\"max_uses_total\": 6}');
        SELECT referral_create_program('any', '{\"one_code_per_referee\": false, \"max_uses_total\": 4}');
        SELECT referral_create_program('paused', '{\"status\": \"paused\"}');
        SELECT referral_create_code('00000000-0000-0000-0000-0000000000ff', 'OTHER ' || key)
          FROM referral_list_programs();
        SELECT referral_assign_program(c.uuid, p.key)
          FROM referral_list_programs() AS p, referral_get_code_by_string('OTHER ' || p.key) AS c;";
    client.batch_execute(programs).unwrap();
    for (code, user) in [("OTHER one", 1), ("OTHER one", 2), ("OTHER capped", 2), ("OTHER any", 3)]
    {
        let ask = "SELECT ok FROM referral_try_use_code($1, $2)";
        assert!(client.query_one(ask, &[&code, &person(user)]).unwrap().get::<_, bool>(0));
    }
}

/// Makes a code as luck has it, used by some; gives how it is typed.
fn some_code(client: &mut Client, number: usize, rng: &mut StdRng) -> String {
    let mut pick = |some: &[&'static str]| some[rng.random_range(0..some.len())];
    let code = format!("{}{number}", pick(&["CODE", "Code"]));
    let status = pick(&["true", "true", "true", "false"]);
    let expires =
        pick(&["NULL", "NULL", "now() + interval '1 hour'", "now() - interval '1 second'"]);
    let beneficiary =
        pick(&["NULL", "'00000000-0000-0000-0000-000000000004'", "gen_random_uuid()"]);
    let program = pick(&["", "", "default", "one", "capped", "any", "paused"]);
    let max_uses = rng.random_range(1..=USERS as i32);
    let insert = format!(
        "INSERT INTO phoenix_kit_referral_codes
         (uuid, code, description, status, max_uses, created_by_uuid, beneficiary_uuid, expiration_date)
         VALUES (gen_random_uuid(), $1, '', true, $2, gen_random_uuid(), {beneficiary}, NULL)
         RETURNING uuid"
    );
    let mut host = client.transaction().unwrap();
    host.batch_execute("SET LOCAL session_replication_role = replica").unwrap();
    let uuid: Uuid = host.query_one(&insert, &[&code, &max_uses]).unwrap().get(0);
    host.commit().unwrap();
    if !program.is_empty() {
        client.execute("SELECT referral_assign_program($1, $2)", &[&uuid, &program]).unwrap();
    }
    for _ in 0..rng.random_range(0..3) {
        let user = person(rng.random_range(1..=USERS));
        client.execute("SELECT referral_try_use_code($1, $2)", &[&code, &user]).unwrap();
    }
    // Some hold a use, and some of these have come too late.
    for _ in 0..rng.random_range(0..4) {
        let user = person(rng.random_range(1..=USERS));
        let ttl = ["1 hour", "1 microsecond", "1 microsecond"][rng.random_range(0..3)];
        let hold = format!("SELECT FROM referral_try_hold_use($1, $2, '{ttl}')");
        client.execute(&hold, &[&code, &user]).unwrap();
    }
    let change = format!(
        "UPDATE phoenix_kit_referral_codes SET status = {status}, expiration_date = {expires} WHERE uuid = $1"
    );
    client.execute(&change, &[&uuid]).unwrap();
    code.to_lowercase()
}

fn one_by_one(client: &mut Transaction, code: &str, users: &[Uuid]) -> Answers {
    let ask = "SELECT ok, reason, usage_uuid FROM referral_try_use_code($1, $2)";
    let answer = |user: &Uuid| client.query_one(ask, &[&code, user]).unwrap();
    users.iter().map(answer).map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

fn together(client: &mut Transaction, code: &str, users: &[Uuid]) -> Answers {
    let ask = "SELECT ok, reason, usage_uuid, user_uuid FROM referral_use_codes($1, $2)";
    let rows = client.query(ask, &[&code, &users]).unwrap();
    let named: Vec<Uuid> = rows.iter().map(|row| row.get(3)).collect();
    assert_eq!(named, users);
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// New ids are told by the place of the user who got them, as each run draws its own.
fn with_places(answers: Answers) -> Vec<Placed> {
    let new = answers.iter().enumerate().filter(|(_, (ok, ..))| *ok);
    let places: BTreeMap<Uuid, usize> =
        new.map(|(place, (_, _, usage))| (usage.unwrap(), place)).collect();
    let told = |usage: Uuid| places.get(&usage).copied().ok_or(usage);
    answers.into_iter().map(|(ok, reason, usage)| (ok, reason, usage.map(told))).collect()
}

/// What is used, held and free, and who has used and holds what. How many uses expired holds still have counted is
/// nobody's business.
fn books(client: &mut Transaction, code: &str) -> Vec<String> {
    let books = "
        SELECT concat_ws(' ', code, used, held, free,
               (SELECT string_agg(used_by_uuid::text, ',' ORDER BY used_by_uuid)
                  FROM phoenix_kit_referral_code_usage WHERE code_uuid = c.uuid),
               (SELECT string_agg(user_uuid::text, ',' ORDER BY user_uuid)
                  FROM referral_holds WHERE code_uuid = c.uuid))
          FROM phoenix_kit_referral_codes AS c, referral_code_uses(c.uuid)
         WHERE upper(code) = upper($1)
        UNION ALL
        SELECT concat_ws(' ', key, p.number_of_uses - count(h.hold_uuid))
          FROM referral_programs AS p
          LEFT JOIN referral_code_programs AS m ON m.program = p.key AND p.max_uses_total IS NOT NULL
          LEFT JOIN referral_holds AS h ON h.code_uuid = m.code_uuid AND is_counted AND expires_at < now()
         GROUP BY p.key
        ORDER BY 1";
    client.query(books, &[&code]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// A counter tells what is used and what holds have it count.
fn assert_counters_tell_the_rows(client: &mut Client) {
    let wrong = "
        SELECT code FROM phoenix_kit_referral_codes AS c
         WHERE number_of_uses > max_uses OR number_of_uses <>
               (SELECT count(*) FROM phoenix_kit_referral_code_usage WHERE code_uuid = c.uuid)
               + (SELECT count(*) FROM referral_holds WHERE code_uuid = c.uuid AND is_counted)";
    let wrong: Vec<String> =
        client.query(wrong, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

fn batches_agree(database: &Database) {
    let mut client = database.connect();
    prepare(&mut client);
    let mut rng = StdRng::seed_from_u64(11);
    let mut told = BTreeMap::new();
    for number in 0..SITUATIONS {
        let code = some_code(&mut client, number, &mut rng);
        let users: Vec<Uuid> =
            (0..rng.random_range(0..12)).map(|_| person(rng.random_range(1..=USERS))).collect();
        let about = format!("{code} {users:?}");

        let mut singly = client.transaction().unwrap();
        let expected = with_places(one_by_one(&mut singly, &code, &users));
        let expected_books = books(&mut singly, &code);
        singly.rollback().unwrap();

        let mut batch = client.transaction().unwrap();
        let answers = with_places(together(&mut batch, &code, &users));
        assert_eq!(answers, expected, "{about}");
        assert_eq!(books(&mut batch, &code), expected_books, "{about}");
        // Now and then it stands, so that programs fill up.
        if rng.random_bool(0.05) {
            batch.commit().unwrap();
        } else {
            batch.rollback().unwrap();
        }
        for (ok, reason, _) in answers {
            *told.entry(if ok { "ok".into() } else { reason.unwrap() }).or_insert(0) += 1;
        }
    }
    println!("{told:?}");
    let reasons = [
        "ok",
        "already_used",
        "code_inactive",
        "code_expired",
        "program_not_active",
        "self_referral",
        "already_referred",
        "usage_limit_reached",
    ];
    for reason in reasons {
        assert!(told.contains_key(reason), "{reason} was never told");
    }
    assert_counters_tell_the_rows(&mut client);
}

#[test]
fn a_batch_answers_as_calls_of_one_user_each() {
    batches_agree(&Database::with_setup());
}

#[test]
fn so_it_does_where_no_unique_index_keeps_repeats_away() {
    let database = Database::with_setup();
    let drop = "DROP INDEX referral_usage_code_user_uidx";
    database.connect().batch_execute(drop).unwrap();
    batches_agree(&database);
}

/// By a writer without guards, between the batch's look and its write: that use stands, and the batch gives its
/// own back.
#[test]
fn a_use_that_somebody_writes_without_the_lock_is_found() {
    let database = Database::with_setup();
    let mut client = database.connect();
    let code = "SELECT uuid FROM referral_create_code(gen_random_uuid(), 'RACE', max_uses => 5)";
    let code: Uuid = client.query_one(code, &[]).unwrap().get(0);
    let usage = Uuid::now_v7();
    let mut host = database.connect();
    bypass_triggers(&mut host);
    let mut writer = host.transaction().unwrap();
    let insert = "
        INSERT INTO phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid) VALUES ($1, $2, $3)";
    writer.execute(insert, &[&usage, &code, &person(2)]).unwrap();
    let batch = std::thread::spawn(move || {
        let users = [person(1), person(2), person(2), person(3)];
        let ask = "SELECT ok, reason, usage_uuid FROM referral_use_codes('RACE', $1)";
        let rows = client.query(ask, &[&users.as_slice()]).unwrap();
        rows.iter().map(|row| (row.get(0), row.get(2))).collect::<Vec<(bool, Option<Uuid>)>>()
    });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let mut judge = database.connect();
    crate::support::await_that("the batch waits", || {
        judge.query_one(waits, &[]).unwrap().get::<_, i64>(0) == 1
    });
    writer.commit().unwrap();
    let answers = batch.join().unwrap();
    let ok: Vec<bool> = answers.iter().map(|(ok, _)| *ok).collect();
    assert_eq!(ok, [true, false, false, true]);
    assert_eq!((answers[1].1, answers[2].1), (Some(usage), Some(usage)));
    let count = "SELECT number_of_uses FROM referral_get_code_by_string('RACE')";
    assert_eq!(judge.query_one(count, &[]).unwrap().get::<_, i32>(0), 2);
}

/// Their people are locked in one order, whichever they come in.
#[test]
fn batches_that_name_the_same_people_in_other_orders_never_deadlock() {
    const CODES: usize = 4;
    let database = Database::with_setup();
    let mut client = database.connect();
    client.batch_execute("SELECT referral_create_program('spring')").unwrap();
    for number in 0..CODES {
        let assign = "
            SELECT referral_assign_program(uuid, 'spring')
              FROM referral_create_code(gen_random_uuid(), $1, max_uses => 100)";
        client.execute(assign, &[&format!("CODE{number}")]).unwrap();
    }
    let end = std::time::Instant::now() + std::time::Duration::from_secs(3);
    std::thread::scope(|scope| {
        for number in 0..CODES {
            let mut client = database.connect();
            scope.spawn(move || {
                let mut rng = StdRng::seed_from_u64(number as u64);
                let mut users: Vec<Uuid> = (1..=60).map(person).collect();
                while std::time::Instant::now() < end {
                    for place in 1..users.len() {
                        users.swap(place, rng.random_range(0..=place));
                    }
                    let ask = "SELECT count(*) FILTER (WHERE ok) FROM referral_use_codes($1, $2)";
                    let mut batch = client.transaction().unwrap();
                    let code = format!("CODE{number}");
                    let ok: i64 = batch.query_one(ask, &[&code, &users]).unwrap().get(0);
                    assert_eq!(ok, 60);
                    batch.rollback().unwrap();
                }
            });
        }
    });
}
