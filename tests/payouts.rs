//! Payouts under load: connections create payouts one by one and in batches, ask for each again, settle them and sell
//! beside it, at every isolation level, while backends are killed: nobody is paid twice, and every balance is what its rows
//! say.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use postgres::{Client, Error, IsolationLevel, Transaction};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustix::process::{Pid, Signal, kill_process};
use uuid::Uuid;

use crate::support::{Database, RaisedAtEnd, Server, await_that, crowd, person, sqlstate};

const CLIENTS: usize = 12;
const OWNERS: usize = 4;
/// Payouts that are asked for one by one, each several times, and batches.
const SINGLES: usize = 400;
const BATCHES: usize = 60;
/// Transactions that are committed between two times that backends are killed.
const LOAD: usize = 150;
const KILLS: usize = 6;

const LEVELS: [IsolationLevel; 3] =
    [IsolationLevel::ReadCommitted, IsolationLevel::RepeatableRead, IsolationLevel::Serializable];

/// Of every other owner rewards are taken back: their balance may fall below zero.
fn is_refunded(owner: usize) -> bool {
    owner.is_multiple_of(2)
}

/// Whether a payout arrives, whoever tells of it.
fn arrives(payout_ref: &str) -> bool {
    !payout_ref.bytes().map(usize::from).sum::<usize>().is_multiple_of(3)
}

/// What a payout that was created is: its id, whose it is, how much.
type Created = (Uuid, Uuid, String);

/// What clients were told of payouts, by what they asked for.
#[derive(Default)]
struct Told {
    singles: HashMap<String, Created>,
    batches: HashMap<String, Vec<Created>>,
    settled: HashMap<String, String>,
}

/// What a transaction was told, once it is committed.
enum Answer {
    Nothing,
    Single(String, Created),
    Batch(String, Vec<Created>),
    Settled(String, String),
}

impl Told {
    /// The same question has the same answer, however often and by whomever it is asked.
    fn hear(&mut self, answer: Answer) {
        fn once<T: Clone + PartialEq + std::fmt::Debug>(
            known: &mut HashMap<String, T>,
            name: String,
            told: T,
        ) {
            let first = known.entry(name.clone()).or_insert(told.clone());
            assert_eq!(*first, told, "{name} was told otherwise before");
        }
        match answer {
            Answer::Nothing => {}
            Answer::Single(name, told) => once(&mut self.singles, name, told),
            Answer::Batch(name, told) => once(&mut self.batches, name, told),
            Answer::Settled(name, told) => once(&mut self.settled, name, told),
        }
    }
}

fn created(row: &postgres::Row) -> Created {
    (row.get(0), row.get(1), row.get(2))
}

/// Does one thing, chosen at random.
fn act(
    transaction: &mut Transaction,
    rng: &mut StdRng,
    sales: &AtomicUsize,
) -> Result<Answer, Error> {
    match rng.random_range(0..11) {
        0..=2 => {
            let owner = rng.random_range(0..OWNERS);
            // One in three is told again.
            let sale = sales.fetch_add(usize::from(rng.random_bool(0.7)), Ordering::Relaxed);
            let sell = "SELECT FROM referral_attribute_sale($1, $2, $3, amount => 50)";
            let source = format!("sale {owner} {sale}");
            transaction.query(sell, &[&format!("OWNER{owner}"), &person(9), &source])?;
            Ok(Answer::Nothing)
        }
        3 => {
            let owner = rng.random_range(0..OWNERS / 2) * 2;
            let refund = "
                SELECT FROM referral_conversions AS v, referral_reverse(v.uuid, 'refund', 7)
                WHERE v.uuid = (SELECT uuid FROM referral_conversions
                                WHERE code = $1 AND status = 'converted' ORDER BY random() LIMIT 1)";
            let mut savepoint = transaction.transaction()?;
            match savepoint.query(refund, &[&format!("OWNER{owner}")]) {
                Ok(_) => savepoint.commit()?,
                // Nothing is left of it since it was chosen.
                Err(error) if sqlstate(&error) == "RF012" => savepoint.rollback()?,
                Err(error) => return Err(error),
            }
            Ok(Answer::Nothing)
        }
        4..=6 => {
            let number = rng.random_range(0..SINGLES);
            let (name, owner) = (format!("single {number}"), number % OWNERS);
            let amount = if number % 3 == 0 { "NULL" } else { "3.5" };
            let create = format!(
                "SELECT payout_uuid, user_uuid, amount::text
                 FROM referral_create_payout($1, $2, 'USD', {amount})"
            );
            let row = transaction.query_one(&create, &[&person(100 + owner), &name])?;
            Ok(Answer::Single(name, created(&row)))
        }
        7 => {
            let number = rng.random_range(0..BATCHES);
            let (name, rows) = (format!("batch {number}"), 2 + number as i32 % OWNERS as i32);
            let create = "SELECT payout_uuid, user_uuid, amount::text
                          FROM referral_create_payouts('USD', $1, 0.01, $2)";
            let rows = transaction.query(create, &[&name, &rows])?;
            Ok(Answer::Batch(name, rows.iter().map(created).collect()))
        }
        8 => {
            // Of whom nothing is taken back, nothing can be missing, at no moment.
            let owner = rng.random_range(0..OWNERS / 2) * 2 + 1;
            let balance = "SELECT available >= 0 FROM referral_balance($1)";
            for row in transaction.query(balance, &[&person(100 + owner)])? {
                assert!(row.get::<_, bool>(0), "owner {owner} was paid what was not there");
            }
            Ok(Answer::Nothing)
        }
        _ => {
            let some =
                "SELECT payout_ref FROM referral_list_payouts('{}', 200) ORDER BY random() LIMIT 1";
            let Some(row) = transaction.query_opt(some, &[])? else { return Ok(Answer::Nothing) };
            let name: String = row.get(0);
            let settle = "SELECT status FROM referral_settle_payout($1, $2)";
            let status = transaction.query_one(settle, &[&name, &arrives(&name)])?.get(0);
            Ok(Answer::Settled(name, status))
        }
    }
}

/// A transaction that does something, and is committed or not; the answer counts once it is.
fn try_once(
    client: &mut Client,
    rng: &mut StdRng,
    sales: &AtomicUsize,
) -> Result<Option<Answer>, Error> {
    let level = LEVELS[rng.random_range(0..LEVELS.len())];
    let mut transaction = client.build_transaction().isolation_level(level).start()?;
    let answer = act(&mut transaction, rng, sales)?;
    // Others meet it half done.
    let pause = f64::from(rng.random_range(0..8)) / 1_000.0;
    transaction.execute("SELECT pg_sleep($1)", &[&pause])?;
    if rng.random_bool(0.1) {
        return transaction.rollback().map(|()| None);
    }
    transaction.commit().map(|()| Some(answer))
}

/// Works until it is to stop; a connection that breaks is made anew.
fn work(
    database: &Database,
    seed: u64,
    sales: &AtomicUsize,
    told: &Mutex<Told>,
    committed: &AtomicUsize,
    stop: &AtomicBool,
) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut client = None;
    while !stop.load(Ordering::Relaxed) {
        let Some(open) = &mut client else {
            client = database.address.try_connect(&database.name).ok();
            thread::sleep(Duration::from_millis(5));
            continue;
        };
        match try_once(open, &mut rng, sales) {
            Ok(None) => {}
            Ok(Some(answer)) => {
                told.lock().unwrap().hear(answer);
                committed.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => match &*sqlstate(&error) {
                // Tried again later, or not there to be paid.
                "40001" | "RF016" => {}
                "57P01" | "57P02" | "57P03" => client = None,
                _ if error.code().is_none() => client = None,
                other => panic!("{other}: {error}"),
            },
        }
    }
}

/// Kills a backend that works: politely, or so that the server itself goes down and recovers.
fn kill_one(server: &Server, database: &Database, politely: bool) {
    let mut judge = server.address.connect("postgres");
    let busy = "SELECT pid FROM pg_stat_activity
                WHERE datname = $1 AND backend_type = 'client backend' ORDER BY random() LIMIT 1";
    let Some(row) = judge.query_opt(busy, &[&database.name]).unwrap() else { return };
    let pid: i32 = row.get(0);
    if politely {
        judge.execute("SELECT pg_terminate_backend($1)", &[&pid]).unwrap();
    } else {
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        await_that("the server has noticed", || judge.is_valid(Duration::from_secs(1)).is_err());
        server.await_recovery();
    }
}

/// By each owner, in ten-thousandths: what was earned, what is available, what payouts have taken.
fn books(client: &mut Client) -> BTreeMap<usize, (i64, i64, i64)> {
    let mut books = BTreeMap::new();
    for owner in 0..OWNERS {
        let balance = "
            SELECT earned = available + held + pending + paid,
                   earned = (SELECT sum(amount) FROM referral_rewards WHERE user_uuid = $1),
                   pending = (SELECT coalesce(sum(amount), 0) FROM referral_payouts
                              WHERE user_uuid = $1 AND status = 'pending'),
                   paid = (SELECT coalesce(sum(amount), 0) FROM referral_payouts
                           WHERE user_uuid = $1 AND status = 'paid'),
                   (earned * 10000)::bigint, (available * 10000)::bigint, ((pending + paid) * 10000)::bigint
            FROM referral_balance($1)";
        let row = client.query_one(balance, &[&person(100 + owner)]).unwrap();
        let exact: Vec<bool> = (0..4).map(|place| row.get(place)).collect();
        assert_eq!(exact, [true; 4], "the balance of owner {owner}");
        books.insert(owner, (row.get(4), row.get(5), row.get(6)));
    }
    books
}

fn assert_what_was_told_is_kept(client: &mut Client, told: &Told) {
    let batches = told.batches.values().flatten();
    let created: Vec<&Created> = told.singles.values().chain(batches).collect();
    assert!(created.len() > 20, "too little was created: {}", created.len());
    for (uuid, user, amount) in created {
        let kept = "SELECT user_uuid, amount::text FROM referral_payouts WHERE payout_uuid = $1";
        let row = client.query_one(kept, &[uuid]).unwrap();
        assert_eq!((row.get::<_, Uuid>(0), row.get::<_, &str>(1)), (*user, &**amount));
    }
    for (name, status) in &told.settled {
        let kept = "SELECT status FROM referral_payouts WHERE payout_ref = $1";
        assert_eq!(client.query_one(kept, &[name]).unwrap().get::<_, &str>(0), status);
    }
    // A batch is as it was told, with nobody in it of whom nothing was told.
    for (name, told) in &told.batches {
        let kept = "SELECT count(*) FROM referral_payouts WHERE batch_ref = $1";
        assert_eq!(client.query_one(kept, &[name]).unwrap().get::<_, i64>(0), told.len() as i64);
    }
}

#[test]
fn nobody_is_paid_twice_whoever_asks_however_often_and_whatever_is_killed() {
    let _crowd = crowd();
    let server = Server::new("payouts_killed");
    let database = Database::with_setup_at(server.address.clone());
    let prepare = format!(
        r#"SELECT referral_create_program('earning', '{{"first_purchase_only": false, "referee_reward": 0}}');
           SELECT referral_create_code(owner, 'OWNER' || number, beneficiary_uuid => owner)
           FROM generate_series(0, {OWNERS} - 1) AS number,
                CAST(lpad(to_hex(100 + number), 32, '0') AS uuid) AS owner;
           SELECT referral_assign_program(uuid, 'earning') FROM phoenix_kit_referral_codes"#
    );
    database.connect().batch_execute(&prepare).unwrap();
    let (sales, committed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (told, stop) = (Mutex::new(Told::default()), AtomicBool::new(false));

    thread::scope(|scope| {
        let (database, sales, committed, told, stop) =
            (&database, &sales, &committed, &told, &stop);
        let _stopped = RaisedAtEnd(stop);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|seed| {
                scope.spawn(move || work(database, seed as u64, sales, told, committed, stop))
            })
            .collect();
        for kill in 1..=KILLS {
            await_that("there is load", || {
                assert!(clients.iter().all(|client| !client.is_finished()), "a client has failed");
                committed.load(Ordering::Relaxed) > kill * LOAD
            });
            kill_one(&server, database, kill % 3 != 0);
        }
    });

    let mut judge = database.connect();
    let told = told.into_inner().unwrap();
    assert_what_was_told_is_kept(&mut judge, &told);
    for (owner, (_, available, _)) in books(&mut judge) {
        assert!(is_refunded(owner) || available >= 0, "owner {owner} was paid too much");
    }
    // What is under way arrives, and the rest is paid: then everybody has exactly what they have earned.
    let finish = "
        SELECT FROM referral_payouts AS p, referral_settle_payout(p.payout_ref, true) WHERE p.status = 'pending';
        SELECT FROM referral_create_payouts('USD', 'the last');
        SELECT FROM referral_payouts AS p, referral_settle_payout(p.payout_ref, true) WHERE p.status = 'pending'";
    judge.batch_execute(finish).unwrap();
    let mut total = 0;
    for (owner, (earned, available, taken)) in books(&mut judge) {
        if !is_refunded(owner) || available >= 0 {
            assert_eq!((taken, available), (earned, 0), "owner {owner}");
        }
        total += taken;
    }
    println!(
        "{} committed, {} sales, {} payouts and {} batches told, {total} ten-thousandths paid",
        committed.into_inner(),
        sales.into_inner(),
        told.singles.len(),
        told.batches.len(),
    );
}

/// Of both tables and their indexes, by this transaction so far.
fn rows_read(transaction: &mut Transaction) -> i64 {
    let read = "
        SELECT sum(pg_stat_get_xact_tuples_returned(oid))::bigint FROM pg_class
        WHERE relname ~ '^referral_(rewards|payouts)' AND relkind IN ('r', 'i')";
    transaction.query_one(read, &[]).unwrap().get(0)
}

#[test]
fn what_is_asked_of_one_person_reads_a_few_rows_however_many_there_are() {
    let database = Database::with_setup();
    let mut client = database.connect();
    let fill = "
        SET session_replication_role = replica;
        INSERT INTO referral_rewards (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at)
        SELECT gen_random_uuid(), gen_random_uuid(), 'default', 'referrer', lpad(to_hex(number % 2000), 32, '0')::uuid,
               10, 'USD', now(), now() - interval '1 hour'
        FROM generate_series(1, 10000) AS number;
        INSERT INTO referral_payouts (payout_uuid, user_uuid, payout_ref, currency, amount, status, created_at, settled_at)
        SELECT gen_random_uuid(), lpad(to_hex(number % 2000), 32, '0')::uuid, 'payout ' || number, 'USD',
               5, CASE WHEN number % 5000 = 0 THEN 'failed' ELSE 'paid' END, now() - number * interval '1 second', now()
        FROM generate_series(1, 10000) AS number;
        RESET session_replication_role;
        ANALYZE referral_rewards, referral_payouts";
    client.batch_execute(fill).unwrap();
    for ask in [
        "SELECT * FROM referral_balance($1)",
        "SELECT * FROM referral_create_payout($1, 'new', 'USD')",
        "SELECT * FROM referral_settle_payout('payout ' || right($1::uuid::text, 1), true)",
        "SELECT * FROM referral_list_payouts(jsonb_build_object('user_uuid', $1::uuid))",
        "SELECT * FROM referral_list_payouts('{\"status\": \"failed\"}') WHERE user_uuid <> $1",
        "SELECT * FROM referral_list_payouts('{}', 10) WHERE user_uuid <> $1",
    ] {
        let mut transaction = client.transaction().unwrap();
        let before = rows_read(&mut transaction);
        let found = transaction.query(ask, &[&person(7)]).unwrap();
        let read = rows_read(&mut transaction) - before;
        assert!(!found.is_empty() && read <= 60, "{ask}: {} found, {read} read", found.len());
        transaction.rollback().unwrap();
    }
}
