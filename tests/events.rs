//! The outbox under load: each consumer gets every committed event, none of a transaction that was rolled
//! back, and neither workers, newcomers nor prunes stand in each other's way. A crash changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, Error, IsolationLevel};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::support::{Database, RaisedAtEnd, Server, await_that, sqlstate};

const WRITERS: usize = 6;
/// Transactions of one writer.
const TRANSACTIONS: usize = 120;
const CONSUMERS: [&str; 2] = ["mail", "audit"];
/// Workers of each consumer.
const WORKERS: usize = 2;
/// Consumers that come one after another while events are written and pruned.
const NEWCOMERS: usize = 20;
/// How many codes have been confirmed when the crash comes.
const LOAD: usize = 300;

const LEVELS: [IsolationLevel; 3] =
    [IsolationLevel::ReadCommitted, IsolationLevel::RepeatableRead, IsolationLevel::Serializable];

fn any_level(rng: &mut StdRng) -> IsolationLevel {
    LEVELS[rng.random_range(0..LEVELS.len())]
}

fn switched_on(database: &Database) -> Client {
    let mut client = database.connect();
    let on = "
        INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_events_enabled', 'true')";
    client.batch_execute(on).unwrap();
    client
}

/// With a snapshot for the whole transaction a race may end so; at READ COMMITTED nothing may go wrong, but for a
/// consumer's first poll, which gives up.
fn must_be_a_race(error: &Error, level: IsolationLevel) {
    let state = sqlstate(error);
    let race = state == "40001" && !matches!(level, IsolationLevel::ReadCommitted);
    assert!(race || state == "55P03", "{level:?}: {state} {error}");
}

const CREATE: &str = "SELECT code FROM referral_create_code(gen_random_uuid(), $1)";

/// One transaction: a few codes, some of them taken back by a savepoint; the codes it has committed.
fn write(client: &mut Client, name: &str, rng: &mut StdRng) -> Vec<String> {
    let level = any_level(rng);
    let mut body = || {
        let mut transaction = client.build_transaction().isolation_level(level).start()?;
        // The snapshot that the transaction keeps is from here.
        transaction.batch_execute("SELECT FROM phoenix_kit_settings")?;
        thread::sleep(Duration::from_micros(rng.random_range(0..3_000)));
        let mut written = Vec::new();
        for number in 0..rng.random_range(1..=3) {
            let code = format!("{name}-{number}");
            let mut savepoint = transaction.transaction()?;
            savepoint.query(CREATE, &[&code])?;
            if rng.random_bool(0.2) {
                savepoint.rollback()?;
            } else {
                savepoint.commit()?;
                written.push(code);
            }
        }
        if rng.random_bool(0.25) {
            transaction.rollback()?;
            return Ok(Vec::new());
        }
        transaction.commit().map(|()| written)
    };
    body().unwrap_or_else(|error| {
        must_be_a_race(&error, level);
        Vec::new()
    })
}

fn write_all(database: &Database, writer: usize, committed: &Mutex<BTreeSet<String>>) {
    let mut rng = StdRng::seed_from_u64(writer as u64);
    let mut client = database.connect();
    for number in 0..TRANSACTIONS {
        let written = write(&mut client, &format!("W{writer}-{number}"), &mut rng);
        committed.lock().unwrap().extend(written);
    }
}

const POLL: &str = "SELECT id, payload ->> 'code' FROM referral_poll_events($1, $2)";

/// One poll, in a transaction that may be rolled back; what it got if it was committed.
fn poll(client: &mut Client, consumer: &str, rng: &mut StdRng) -> Vec<(i64, String)> {
    let level = any_level(rng);
    let mut body = || {
        let mut transaction = client.build_transaction().isolation_level(level).start()?;
        let rows = transaction.query(POLL, &[&consumer, &rng.random_range(1..30)])?;
        let events: Vec<(i64, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert!(events.is_sorted_by(|one, next| one.0 < next.0), "in order: {events:?}");
        thread::sleep(Duration::from_micros(rng.random_range(0..3_000)));
        if rng.random_bool(0.2) {
            return transaction.rollback().map(|()| Vec::new());
        }
        transaction.commit().map(|()| events)
    };
    body().unwrap_or_else(|error| {
        must_be_a_race(&error, level);
        Vec::new()
    })
}

/// Acknowledges, in a transaction that may be rolled back or fail: then the events come again.
fn acknowledge(client: &mut Client, consumer: &str, events: &[(i64, String)], rng: &mut StdRng) {
    let level = any_level(rng);
    let mut ids: Vec<i64> = events.iter().map(|event| event.0).collect();
    if rng.random_bool(0.5) {
        ids.reverse();
    }
    let mut body = || {
        let mut transaction = client.build_transaction().isolation_level(level).start()?;
        transaction.query("SELECT referral_ack_events($1, $2)", &[&consumer, &ids])?;
        if rng.random_bool(0.1) { transaction.rollback() } else { transaction.commit() }
    };
    if let Err(error) = body() {
        must_be_a_race(&error, level);
    }
}

/// What each consumer has received.
type Received = Mutex<BTreeMap<&'static str, BTreeSet<String>>>;

/// Polls and acknowledges, or forgets to, until nothing is left.
fn work(
    database: &Database,
    consumer: &'static str,
    seed: u64,
    done: &AtomicBool,
    received: &Received,
) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut client = database.connect();
    // Consumers come while events are being written.
    thread::sleep(Duration::from_millis(rng.random_range(0..400)));
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        assert!(Instant::now() < end, "{consumer} never gets to the end");
        let events = poll(&mut client, consumer, &mut rng);
        let codes = events.iter().map(|event| event.1.clone());
        received.lock().unwrap().entry(consumer).or_default().extend(codes);
        if !events.is_empty() && rng.random_bool(0.8) {
            acknowledge(&mut client, consumer, &events, &mut rng);
        }
        if events.is_empty()
            && done.load(Ordering::Relaxed)
            && !has_deliveries(&mut client, consumer)
        {
            return;
        }
    }
}

fn has_deliveries(client: &mut Client, consumer: &str) -> bool {
    let left = "
        SELECT EXISTS (SELECT FROM referral_event_deliveries WHERE consumer = $1 AND leased_until < 'infinity')
            OR NOT EXISTS (SELECT FROM referral_event_consumers WHERE consumer = $1 AND filled_to IS NULL)";
    client.query_one(left, &[&consumer]).unwrap().get(0)
}

/// As if time had passed: every lease that no transaction holds has run out.
fn expire_leases(client: &mut Client) {
    let expire = "
        UPDATE referral_event_deliveries AS d SET leased_until = '-infinity'
        FROM (SELECT consumer, event_id FROM referral_event_deliveries
              WHERE leased_until > clock_timestamp() AND leased_until < 'infinity' FOR UPDATE SKIP LOCKED) AS leased
        WHERE (d.consumer, d.event_id) = (leased.consumer, leased.event_id)";
    client.batch_execute(expire).unwrap();
}

#[test]
fn each_consumer_gets_every_committed_event_and_no_other() {
    let database = Database::with_setup();
    switched_on(&database);
    let (committed, received) = (Mutex::default(), Received::default());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let (database, committed, received, done) = (&database, &committed, &received, &done);
        let _done = RaisedAtEnd(done);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| scope.spawn(move || write_all(database, writer, committed)))
            .collect();
        let workers: Vec<_> = (0..CONSUMERS.len() * WORKERS)
            .map(|number| {
                let consumer = CONSUMERS[number % CONSUMERS.len()];
                let seed = 1_000 + number as u64;
                scope.spawn(move || work(database, consumer, seed, done, received))
            })
            .collect();
        let mut clock = database.connect();
        while !workers.iter().all(|worker| worker.is_finished()) {
            let written = writers.iter().all(|writer| writer.is_finished());
            done.store(written, Ordering::Relaxed);
            expire_leases(&mut clock);
            thread::sleep(Duration::from_millis(20));
        }
    });

    let committed = committed.into_inner().unwrap();
    println!("{} codes committed", committed.len());
    assert!(committed.len() > WRITERS * TRANSACTIONS / 2);
    for (consumer, received) in received.into_inner().unwrap() {
        let missed: Vec<_> = committed.difference(&received).collect();
        let untrue: Vec<_> = received.difference(&committed).collect();
        assert!(missed.is_empty(), "{consumer} missed {missed:?}");
        assert!(untrue.is_empty(), "{consumer} was told of {untrue:?}");
    }
}

/// What is known of the events of one consumer.
#[derive(Default)]
struct Progress {
    received: BTreeSet<String>,
    acknowledged: BTreeSet<i64>,
}

/// Polls and acknowledges, each by a statement of its own, on connections that are killed now and then. What was known
/// to be acknowledged when a poll began does not come with it.
fn work_under_kills(
    database: &Database,
    consumer: &str,
    seed: u64,
    done: &AtomicBool,
    progress: &Mutex<Progress>,
) {
    let mut rng = StdRng::seed_from_u64(seed);
    let end = Instant::now() + Duration::from_secs(60);
    // A connection that is killed before it has a name to be killed by is one more.
    let connect = || {
        loop {
            let mut client = database.connect();
            if client.batch_execute("SET application_name = 'worker'").is_ok() {
                return client;
            }
        }
    };
    let mut client = connect();
    loop {
        assert!(Instant::now() < end, "{consumer} never gets to the end");
        let acknowledged = progress.lock().unwrap().acknowledged.clone();
        let polled = client.query(POLL, &[&consumer, &rng.random_range(1..200)]);
        let rows = match polled {
            Ok(rows) => rows,
            Err(error) => {
                let state = error.code().map(|state| state.code());
                assert!(matches!(state, None | Some("57P01" | "55P03")), "{error}");
                if state != Some("55P03") {
                    client = connect();
                }
                continue;
            }
        };
        let ids: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        assert!(ids.is_sorted(), "in order: {ids:?}");
        let again: Vec<_> = ids.iter().filter(|id| acknowledged.contains(id)).collect();
        assert!(again.is_empty(), "{consumer} gets {again:?} once more");
        progress.lock().unwrap().received.extend(rows.iter().map(|row| row.get::<_, String>(1)));
        if ids.is_empty() && done.load(Ordering::Relaxed) {
            let mut judge = database.connect();
            if !has_deliveries(&mut judge, consumer) {
                return;
            }
        }
        if !ids.is_empty() && rng.random_bool(0.8) {
            match client.query("SELECT referral_ack_events($1, $2)", &[&consumer, &ids]) {
                Ok(_) => progress.lock().unwrap().acknowledged.extend(ids),
                Err(error) => {
                    let state = error.code().map(|state| state.code());
                    assert!(matches!(state, None | Some("57P01")), "{error}");
                    client = connect();
                }
            }
        }
    }
}

/// Consumers and when they come, in milliseconds; each with so many workers.
const GUESTS: [(&str, u64); 4] = [("first", 0), ("second", 150), ("third", 300), ("fourth", 450)];
/// Events that are there before anybody polls.
const OLD_EVENTS: usize = 5_000;

#[test]
fn consumers_who_come_midway_get_every_event_until_acknowledged_and_nobody_waits_for_them() {
    let database = Database::with_setup();
    let mut judge = switched_on(&database);
    let old = format!(
        "INSERT INTO referral_events (type, payload, created_at)
         SELECT 'test', jsonb_build_object('code', 'OLD-' || n), now() FROM generate_series(1, {OLD_EVENTS}) AS n"
    );
    judge.batch_execute(&old).unwrap();
    let committed: Mutex<BTreeSet<String>> =
        Mutex::new((1..=OLD_EVENTS).map(|n| format!("OLD-{n}")).collect());
    let progress: Vec<Mutex<Progress>> = GUESTS.iter().map(|_| Mutex::default()).collect();
    let (done, waited, kills) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        let (database, committed, done, waited, kills) =
            (&database, &committed, &done, &waited, &kills);
        let _done = RaisedAtEnd(done);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| scope.spawn(move || write_all(database, writer, committed)))
            .collect();
        let mut workers = Vec::new();
        for (number, ((consumer, after), progress)) in GUESTS.iter().zip(&progress).enumerate() {
            for worker in 0..WORKERS {
                let seed = 5_000 + (number * WORKERS + worker) as u64;
                workers.push(scope.spawn(move || {
                    thread::sleep(Duration::from_millis(*after));
                    work_under_kills(database, consumer, seed, done, progress);
                }));
            }
        }
        let mut clock = database.connect();
        let mut rng = StdRng::seed_from_u64(6_000);
        while !workers.iter().all(|worker| worker.is_finished()) {
            let written = writers.iter().all(|writer| writer.is_finished());
            done.store(written, Ordering::Relaxed);
            expire_leases(&mut clock);
            let waiting = "
                SELECT count(*) FROM pg_locks
                WHERE NOT granted AND locktype = 'relation' AND relation IN
                      ('referral_events'::regclass, 'referral_event_consumers'::regclass)";
            let waiting: i64 = clock.query_one(waiting, &[]).unwrap().get(0);
            waited.fetch_add(waiting as usize, Ordering::Relaxed);
            if !written && rng.random_bool(0.3) {
                let kill = "
                    SELECT count(pg_terminate_backend(pid)) FROM (
                        SELECT pid FROM pg_stat_activity
                        WHERE application_name = 'worker' AND datname = current_database()
                        ORDER BY random() LIMIT 1) AS victim";
                let killed: i64 = clock.query_one(kill, &[]).unwrap().get(0);
                kills.fetch_add(killed as usize, Ordering::Relaxed);
            }
            thread::sleep(Duration::from_millis(10));
        }
    });

    let committed = committed.into_inner().unwrap();
    println!("{} events, {kills:?} kills", committed.len());
    assert!(kills.into_inner() > 5);
    assert_eq!(waited.into_inner(), 0, "somebody waited for the tables");
    for ((consumer, _), progress) in GUESTS.iter().zip(progress) {
        let Progress { received, .. } = progress.into_inner().unwrap();
        let missed: Vec<_> = committed.difference(&received).collect();
        let untrue: Vec<_> = received.difference(&committed).collect();
        assert!(missed.is_empty(), "{consumer} missed {} of them: {missed:?}", missed.len());
        assert!(untrue.is_empty(), "{consumer} was told of {untrue:?}");
    }
    let left = "SELECT sum(pending)::bigint FROM referral_consumers()";
    assert_eq!(judge.query_one(left, &[]).unwrap().get::<_, i64>(0), 0);
}

/// How many events one prune has deleted.
fn prune(client: &mut Client, rng: &mut StdRng) -> usize {
    let level = any_level(rng);
    let prune = format!("SELECT referral_prune_events('{} ms')", rng.random_range(0..50));
    let mut body = || {
        let mut transaction = client.build_transaction().isolation_level(level).start()?;
        let pruned: i64 = transaction.query_one(&prune, &[])?.get(0);
        transaction.commit().map(|()| pruned as usize)
    };
    body().unwrap_or_else(|error| {
        must_be_a_race(&error, level);
        0
    })
}

#[test]
fn a_prune_leaves_no_delivery_without_its_event() {
    let database = Database::with_setup();
    let mut judge = switched_on(&database);
    let (committed, pruned) = (Mutex::default(), AtomicUsize::new(0));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let (database, committed, pruned, done) = (&database, &committed, &pruned, &done);
        let _done = RaisedAtEnd(done);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| scope.spawn(move || write_all(database, writer, committed)))
            .collect();
        scope.spawn(move || {
            let mut rng = StdRng::seed_from_u64(2_000);
            let mut client = database.connect();
            for number in (0..NEWCOMERS).cycle() {
                if done.load(Ordering::Relaxed) {
                    return;
                }
                let consumer = format!("newcomer {number}");
                let events = poll(&mut client, &consumer, &mut rng);
                acknowledge(&mut client, &consumer, &events, &mut rng);
                thread::sleep(Duration::from_millis(10));
            }
        });
        for seed in [3_000, 3_001] {
            scope.spawn(move || {
                let mut rng = StdRng::seed_from_u64(seed);
                let mut client = database.connect();
                while !done.load(Ordering::Relaxed) {
                    pruned.fetch_add(prune(&mut client, &mut rng), Ordering::Relaxed);
                }
            });
        }
        while !writers.iter().all(|writer| writer.is_finished()) {
            thread::sleep(Duration::from_millis(10));
        }
        done.store(true, Ordering::Relaxed);
    });

    let orphans = "
        SELECT count(*) FROM referral_event_deliveries AS d
        WHERE NOT EXISTS (SELECT FROM referral_events AS e WHERE e.id = d.event_id)";
    assert_eq!(judge.query_one(orphans, &[]).unwrap().get::<_, i64>(0), 0);
    let kept = "SELECT count(*) FROM referral_events";
    let kept: i64 = judge.query_one(kept, &[]).unwrap().get(0);
    let (written, pruned) = (committed.into_inner().unwrap().len(), pruned.into_inner());
    println!("{written} written, {pruned} pruned");
    assert_eq!(pruned + kept as usize, written);
    assert!(pruned > 0);
}

#[test]
fn a_killed_server_keeps_the_events_of_what_was_committed_and_no_other() {
    let server = Server::new("events_crash");
    let database = Database::with_setup_at(server.address.clone());
    let mut rng = StdRng::seed_from_u64(4_000);
    let mut client = switched_on(&database);
    for consumer in CONSUMERS {
        client.query(POLL, &[&consumer, &1]).unwrap();
    }
    let (confirmed, stop) = (Mutex::new(BTreeSet::new()), AtomicBool::new(false));
    thread::scope(|scope| {
        let (confirmed, stop) = (&confirmed, &stop);
        let _stopped = RaisedAtEnd(stop);
        for writer in 0..WRITERS {
            let mut client = database.connect();
            scope.spawn(move || {
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let code = format!("W{writer}-{number}");
                    match client.query(CREATE, &[&code]) {
                        Ok(_) => confirmed.lock().unwrap().insert(code),
                        // Told by a server that is going down, or by a broken connection.
                        Err(error) => {
                            let state = error.code().map(|state| state.code());
                            assert!(matches!(state, None | Some("57P01" | "57P02")), "{error}");
                            return;
                        }
                    };
                }
            });
        }
        await_that("there is load", || confirmed.lock().unwrap().len() > LOAD);
        server.crash();
        server.start();
    });
    server.await_recovery();

    let mut client = database.connect();
    let codes = "SELECT code FROM phoenix_kit_referral_codes";
    let codes: BTreeSet<String> =
        client.query(codes, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    let confirmed = confirmed.into_inner().unwrap();
    assert!(confirmed.is_subset(&codes), "confirmed codes kept");
    for consumer in CONSUMERS {
        let mut received = BTreeSet::new();
        while received.len() < codes.len() {
            let events = client.query(POLL, &[&consumer, &rng.random_range(1..100)]).unwrap();
            assert!(!events.is_empty(), "{consumer} got {} of {}", received.len(), codes.len());
            received.extend(events.iter().map(|row| row.get::<_, String>(1)));
        }
        assert_eq!(received, codes, "what {consumer} was told");
        assert!(client.query(POLL, &[&consumer, &100]).unwrap().is_empty());
    }
}
