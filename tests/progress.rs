//! Long work tells how far it is, by NOTICE, while it goes on.

use std::sync::{Arc, Mutex};

use postgres::{Client, Config, NoTls};

use crate::support::{Database, await_that};

type Heard = Arc<Mutex<Vec<String>>>;

/// A connection, and the notices that it hears.
fn listening(database: &Database) -> (Client, Heard) {
    let notices = Heard::default();
    let heard = Arc::clone(&notices);
    let mut config = Config::new();
    config.host_path(&database.address.folder).port(database.address.port);
    config.user("postgres").dbname(&database.name);
    config.notice_callback(move |notice| heard.lock().unwrap().push(notice.message().to_owned()));
    (config.connect(NoTls).unwrap(), notices)
}

/// Makes each statement of a kind on a table take so long.
fn slow(client: &mut Client, kind: &str, table: &str, seconds: f64) {
    let trigger = format!(
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END $$;
         CREATE TRIGGER dawdle AFTER {kind} ON {table} EXECUTE FUNCTION dawdle()"
    );
    client.batch_execute(&trigger).unwrap();
}

/// What the work tells, on a database that was prepared for it.
fn told(prepare: &str, kind: &str, table: &str, seconds: f64, work: &str) -> Vec<String> {
    let database = Database::with_setup();
    let (mut client, notices) = listening(&database);
    client.batch_execute(prepare).unwrap();
    slow(&mut client, kind, table, seconds);
    client.batch_execute(work).unwrap();
    await_that("a notice", || !notices.lock().unwrap().is_empty());
    notices.lock().unwrap().clone()
}

#[test]
fn long_work_tells_how_far_it_is() {
    const PERSON: &str = "00000000-0000-0000-0000-00000000000a";
    let codes = "phoenix_kit_referral_codes";
    let create = format!(
        "SELECT count(*) FROM referral_create_codes(5000, '{PERSON}', enforce_user_limit => false)"
    );
    let import = format!(
        "SELECT count(*) FROM referral_import_codes(
             (SELECT array_agg('PRINTED' || n) FROM generate_series(1, 5000) AS n), '{PERSON}')"
    );
    let events = "
        INSERT INTO referral_events (type, payload, created_at)
        SELECT 'code.created', '{}', now() - interval '1 year' FROM generate_series(1, 5000)";
    let forget = format!("SELECT referral_forget_user('{PERSON}')");
    let (create, import, prune, forget) = std::thread::scope(|scope| {
        let create = scope.spawn(|| told("", "INSERT", codes, 1.1, &create));
        let import = scope.spawn(|| told("", "INSERT", codes, 1.1, &import));
        let prune = scope.spawn(|| {
            let prune = "SELECT referral_prune_events('1 day')";
            told(events, "DELETE", "referral_events", 1.1, prune)
        });
        let forget =
            scope.spawn(|| told("", "UPDATE", "phoenix_kit_referral_code_usage", 3.1, &forget));
        let told = |thread: std::thread::ScopedJoinHandle<Vec<String>>| thread.join().unwrap();
        (told(create), told(import), told(prune), told(forget))
    });
    // Steps of a second and more: after three of them, or, on a busy machine, after fewer.
    let is_one_of = |told: &[String], work: &str, of: &str| {
        let [one] = told else { return false };
        let done = one.strip_prefix(&format!("{work}: ")).and_then(|rest| rest.split_once(of));
        done.is_some_and(|(done, rest)| ["1", "2", "3"].contains(&done) && rest.ends_with(" %)"))
    };
    assert!(is_one_of(&create, "creating codes", ",000 of 5,000 after "), "{create:?}");
    assert!(is_one_of(&import, "importing codes", ",000 of 5,000 after "), "{import:?}");
    let pruning = "pruning events, by their ids";
    assert!(is_one_of(&prune, pruning, ",000 of 5,000 after "), "{prune:?}");
    assert!(is_one_of(&forget, "forgetting a person, steps", " of 7 after "), "{forget:?}");
}

#[test]
fn short_work_tells_nothing() {
    let database = Database::with_setup();
    let (mut client, notices) = listening(&database);
    let work = "
        SELECT count(*) FROM referral_create_codes(3000, gen_random_uuid(), enforce_user_limit => false);
        SELECT referral_forget_user(gen_random_uuid());
        SELECT referral_prune_events('1 day')";
    client.batch_execute(work).unwrap();
    client.batch_execute("DO $$ BEGIN RAISE NOTICE 'the end'; END $$").unwrap();
    await_that("the end", || !notices.lock().unwrap().is_empty());
    assert_eq!(*notices.lock().unwrap(), ["the end"]);
}
