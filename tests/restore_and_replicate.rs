//! Restores, replicas and prepared transactions: rows arrive as they were, whatever the rules of today, and
//! what one transaction has claimed no other spends.

use std::path::PathBuf;
use std::process::Stdio;

use postgres::Client;
use uuid::Uuid;

use crate::support::{
    Database, add_code, assert_books_balance, await_that, bypass_triggers, person, run,
    scratch_folder, sqlstate,
};

const TABLES: [&str; 5] = [
    "phoenix_kit_referral_codes",
    "phoenix_kit_referral_code_usage",
    "phoenix_kit_settings",
    "referral_code_creators",
    "referral_check_attempts",
];

/// How many rows each table has, and a digest of them.
fn contents(client: &mut Client, tables: &[&str]) -> Vec<(i64, Option<String>)> {
    let digest = |table: &&str| {
        let digest = format!(
            "SELECT count(*), md5(string_agg(t::text, ';' ORDER BY t::text)) FROM {table} AS t"
        );
        let row = client.query_one(&digest, &[]).unwrap();
        (row.get(0), row.get(1))
    };
    tables.iter().map(digest).collect()
}

/// A host whose old rows break many of today's rules: expired, inactive and full codes, counters that drifted
/// or passed their cap, a cap above the system limit, lower case, creators over the limit of codes per user;
/// and a system that is switched off, so that no function would redeem.
fn unruly_host() -> Database {
    let database = Database::with_host();
    let mut client = database.connect();
    let uses = "
        SELECT FROM referral_use_code('REF100002', gen_random_uuid());
        SELECT FROM referral_create_code(gen_random_uuid(), 'MADE HERE');
        SELECT FROM referral_check_signup('REF100002', 'a client');
        SELECT referral_set_max_codes_per_user(2), referral_set_max_uses_per_code(3);
        SELECT referral_disable_system()";
    client.batch_execute(uses).unwrap();
    database
}

fn dump(database: &Database, options: &[&str]) -> PathBuf {
    let file = scratch_folder().join(&database.name).with_extension("dump");
    let mut dump = database.address.program("pg_dump");
    run(dump.args(["-Fc", "-f"]).arg(&file).args(options).arg(&database.name));
    file
}

/// What pg_restore complained of, if anything.
fn restore(target: &Database, file: &PathBuf, options: &[&str]) -> String {
    let mut restore = target.address.program("pg_restore");
    restore.args(["--exit-on-error", "-d", &target.name]);
    let output = restore.args(options).arg(file).stdin(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn insert_usage(client: &mut Client, code: &str, user: Uuid) -> Result<u64, postgres::Error> {
    let insert = "
        INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
        SELECT uuid, $2 FROM phoenix_kit_referral_codes WHERE code = $1";
    client.execute(insert, &[&code, &user])
}

fn raise(client: &mut Client, code: &str) {
    let raise = "
        UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1
        WHERE code = $1 AND status = TRUE AND number_of_uses < max_uses";
    assert_eq!(client.execute(raise, &[&code]).unwrap(), 1);
}

/// The code's counter, and its usages.
fn uses(client: &mut Client, code: &str) -> (i32, i64) {
    let uses = "
        SELECT number_of_uses, (
               SELECT count(*) FROM phoenix_kit_referral_code_usage WHERE code_uuid = c.uuid)
        FROM phoenix_kit_referral_codes AS c WHERE code = $1";
    let row = client.query_one(uses, &[&code]).unwrap();
    (row.get(0), row.get(1))
}

/// The guards stand in this database and hold from now on.
fn assert_guarded(client: &mut Client) {
    let full = insert_usage(client, "REF100001", person(1)).unwrap_err();
    assert_eq!(sqlstate(&full), "RF004");
    let (counter, usages) = uses(client, "REF100002");
    insert_usage(client, "REF100002", person(1)).unwrap();
    assert_eq!(uses(client, "REF100002"), (counter + 1, usages + 1));
}

#[test]
fn a_restore_brings_rows_that_break_the_rules_and_then_the_guards() {
    let (source, target) = (unruly_host(), Database::empty());
    let file = dump(&source, &[]);
    assert_eq!(restore(&target, &file, &[]), "");
    let mut restored = target.connect();
    assert_eq!(contents(&mut restored, &TABLES), contents(&mut source.connect(), &TABLES));
    assert_guarded(&mut restored);
}

#[test]
fn a_restore_into_guarded_tables_is_let_in_with_triggers_disabled_and_held_without() {
    let (source, target) = (unruly_host(), Database::empty());
    let file = dump(&source, &["--schema-only"]);
    assert_eq!(restore(&target, &file, &[]), "");
    let mut restored = target.connect();
    let empty = contents(&mut restored, &TABLES);

    // Dumped alone, the data come in the order that the foreign key asks for.
    let file = dump(&source, &["--data-only"]);
    let complaint = restore(&target, &file, &["--single-transaction"]);
    // Two old codes that differ by case alone: the guard writes both in capitals.
    assert!(complaint.contains("Key (code)=(TWIN) already exists"), "{complaint}");
    assert_eq!(contents(&mut restored, &TABLES), empty);

    assert_eq!(restore(&target, &file, &["--disable-triggers"]), "");
    assert_eq!(contents(&mut restored, &TABLES), contents(&mut source.connect(), &TABLES));
    assert_guarded(&mut restored);
}

/// A replication slot and the subscription that uses it, both gone with this value.
struct Subscription<'a> {
    publisher: &'a Database,
    subscriber: &'a Database,
}

impl<'a> Subscription<'a> {
    /// On one server the subscription cannot make its own slot: it would wait for itself.
    fn new(publisher: &'a Database, subscriber: &'a Database, tables: &[&str]) -> Self {
        let slot = &publisher.name;
        let publish = format!("CREATE PUBLICATION host FOR TABLE {}", tables.join(", "));
        let mut client = publisher.connect();
        client.batch_execute(&publish).unwrap();
        let make = "SELECT pg_create_logical_replication_slot($1, 'pgoutput')";
        client.query(make, &[slot]).unwrap();
        let address = &publisher.address;
        let subscribe = format!(
            "CREATE SUBSCRIPTION host
             CONNECTION 'host={} port={} user=postgres dbname={}'
             PUBLICATION host WITH (create_slot = false, slot_name = '{slot}')",
            address.folder.display(),
            address.port,
            publisher.name
        );
        subscriber.connect().batch_execute(&subscribe).unwrap();
        Subscription { publisher, subscriber }
    }
}

impl Drop for Subscription<'_> {
    fn drop(&mut self) {
        let end = [
            "ALTER SUBSCRIPTION host DISABLE",
            "ALTER SUBSCRIPTION host SET (slot_name = NONE)",
            "DROP SUBSCRIPTION host",
        ];
        let mut client = self.subscriber.connect();
        for statement in end {
            if let Err(error) = client.batch_execute(statement) {
                eprintln!("{statement}: {error}");
            }
        }
        let drop = "
            SELECT pg_terminate_backend(active_pid), pg_sleep(0.2)
            FROM pg_replication_slots WHERE slot_name = $1 AND active";
        let mut client = self.publisher.connect();
        let name = &self.publisher.name;
        let dropped = client
            .query(drop, &[name])
            .and_then(|_| client.query("SELECT pg_drop_replication_slot($1)", &[name]));
        if let Err(error) = dropped {
            eprintln!("{name}: {error}");
        }
    }
}

#[test]
fn a_subscriber_gets_each_row_once_and_no_guard_fires() {
    let replicated = &TABLES[..2];
    let (publisher, subscriber) = (Database::with_setup(), Database::with_setup());
    let (mut here, mut there) = (publisher.connect(), subscriber.connect());
    // Before the subscription, which copies what is there.
    add_code(&publisher, "Old", 3);
    add_code(&publisher, "EVENT", 10);
    here.batch_execute("SELECT FROM referral_use_code('event', gen_random_uuid())").unwrap();
    // Where a guard would stop every row: the worker would never get past the first.
    let strict = "
        SELECT referral_disable_system(), referral_set_max_codes_per_user(1),
               referral_set_max_uses_per_code(1)";
    there.batch_execute(strict).unwrap();
    let own = contents(&mut there, &TABLES[2..]);
    let _subscription = Subscription::new(&publisher, &subscriber, replicated);

    raise(&mut here, "EVENT");
    here.batch_execute("BEGIN").unwrap();
    raise(&mut here, "EVENT");
    insert_usage(&mut here, "EVENT", person(1)).unwrap();
    here.batch_execute("COMMIT").unwrap();
    insert_usage(&mut here, "EVENT", person(2)).unwrap();
    insert_usage(&mut here, "Old", person(2)).unwrap();
    let writes = "
        SELECT FROM referral_try_use_code('old', gen_random_uuid());
        SELECT referral_undo_use(uuid) FROM phoenix_kit_referral_code_usage
        WHERE used_by_uuid = '00000000-0000-0000-0000-000000000002';
        SELECT FROM phoenix_kit_referral_codes AS c, generate_series(1, 3) AS number,
               LATERAL referral_create_code(c.created_by_uuid, 'MORE' || number, max_uses => 50)
        WHERE c.code = 'EVENT';
        UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses - 1
        WHERE code = 'EVENT'";
    here.batch_execute(writes).unwrap();

    assert_books_balance(&mut here, "public");
    let sent = contents(&mut here, replicated);
    assert_eq!((sent[0].0, sent[1].0), (5, 3));
    await_that("the subscriber has what was sent", || contents(&mut there, replicated) == sent);
    assert_books_balance(&mut there, "public");
    assert_eq!(contents(&mut there, &TABLES[2..]), own, "the worker wrote nothing of its own");

    // For those who write there themselves the guards stand as ever.
    let past =
        "UPDATE phoenix_kit_referral_codes SET number_of_uses = max_uses + 1 WHERE code = $1";
    let full = there.execute(past, &[&"EVENT"]).unwrap_err();
    assert_eq!(sqlstate(&full), "RF004");
}

fn prepare(client: &mut Client, name: &str) {
    client.batch_execute(&format!("PREPARE TRANSACTION '{name}'")).unwrap();
}

#[test]
fn a_prepared_redemption_is_whole_when_committed_and_gone_when_rolled_back() {
    let database = Database::with_setup();
    add_code(&database, "TWO", 2);
    let (mut first, mut second) = (database.connect(), database.connect());
    let name = |number: usize| format!("{}_{number}", database.name);

    first.batch_execute("BEGIN").unwrap();
    raise(&mut first, "TWO");
    insert_usage(&mut first, "TWO", person(1)).unwrap();
    prepare(&mut first, &name(1));
    // It holds the code's row, as any redemption that has not committed; the server knows nobody who does.
    second.batch_execute("SET lock_timeout = '100ms'").unwrap();
    let waits = insert_usage(&mut second, "TWO", person(2)).unwrap_err();
    assert_eq!(sqlstate(&waits), "55P03");
    // Somebody else may commit it.
    second.batch_execute(&format!("COMMIT PREPARED '{}'", name(1))).unwrap();
    assert_eq!(uses(&mut second, "TWO"), (1, 1));

    first.batch_execute("BEGIN").unwrap();
    insert_usage(&mut first, "TWO", person(2)).unwrap();
    prepare(&mut first, &name(2));
    first.batch_execute(&format!("ROLLBACK PREPARED '{}'", name(2))).unwrap();
    assert_eq!(uses(&mut first, "TWO"), (1, 1));

    insert_usage(&mut first, "TWO", person(3)).unwrap();
    let full = insert_usage(&mut second, "TWO", person(4)).unwrap_err();
    assert_eq!(sqlstate(&full), "RF004");
    assert_books_balance(&mut first, "public");
}

#[test]
fn what_a_prepared_transaction_left_unspent_the_next_one_does_not_spend() {
    let database = Database::with_setup();
    add_code(&database, "MANY", 9);
    let (mut client, mut other) = (database.connect(), database.connect());
    let name = |number: usize| format!("{}_{number}", database.name);
    // In one message, as a driver's preparation of it would be a transaction that comes between.
    let insert = |client: &mut Client, user: usize| {
        let insert = format!(
            "INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
             SELECT uuid, '{}' FROM phoenix_kit_referral_codes WHERE code = 'MANY'",
            person(user)
        );
        client.batch_execute(&insert).unwrap();
    };

    client.batch_execute("BEGIN; SAVEPOINT a").unwrap();
    raise(&mut client, "MANY");
    client.batch_execute("SAVEPOINT b").unwrap();
    raise(&mut client, "MANY");
    prepare(&mut client, &name(1));
    other.batch_execute(&format!("ROLLBACK PREPARED '{}'", name(1))).unwrap();
    insert(&mut client, 1);
    assert_eq!(uses(&mut client, "MANY"), (1, 1));

    client.batch_execute("BEGIN").unwrap();
    raise(&mut client, "MANY");
    prepare(&mut client, &name(2));
    other.batch_execute(&format!("COMMIT PREPARED '{}'", name(2))).unwrap();
    insert(&mut client, 2);
    assert_eq!(uses(&mut client, "MANY"), (3, 2), "the host's own raise has no usage");

    // The same after a commit and a rollback.
    raise(&mut client, "MANY");
    insert(&mut client, 3);
    assert_eq!(uses(&mut client, "MANY"), (5, 3));
    client.batch_execute("BEGIN").unwrap();
    raise(&mut client, "MANY");
    client.batch_execute("ROLLBACK").unwrap();
    insert(&mut client, 4);
    assert_eq!(uses(&mut client, "MANY"), (6, 4));
}

#[test]
fn a_registration_without_a_redemption_cannot_be_prepared() {
    let database = Database::with_setup();
    add_code(&database, "JOIN", 9);
    let mut client = database.connect();
    let required = "
        CREATE TABLE users (uuid uuid PRIMARY KEY);
        SELECT referral_require_at_signup('users'), referral_set_required(true)";
    client.batch_execute(required).unwrap();
    let register = "INSERT INTO users VALUES ($1)";
    let name = &database.name;

    client.batch_execute("BEGIN").unwrap();
    client.execute(register, &[&person(1)]).unwrap();
    let prepare = format!("PREPARE TRANSACTION '{name}'");
    let refused = client.batch_execute(&prepare).unwrap_err();
    assert_eq!(sqlstate(&refused), "RF011");

    client.batch_execute("BEGIN").unwrap();
    client.execute(register, &[&person(1)]).unwrap();
    insert_usage(&mut client, "JOIN", person(1)).unwrap();
    client.batch_execute(&prepare).unwrap();
    client.batch_execute(&format!("COMMIT PREPARED '{name}'")).unwrap();
    let users = "SELECT count(*) FROM users";
    assert_eq!(client.query_one(users, &[]).unwrap().get::<_, i64>(0), 1);
    assert_books_balance(&mut client, "public");
}

#[test]
fn a_session_that_replays_as_a_replica_moves_no_counter() {
    let database = Database::with_setup();
    add_code(&database, "ONE", 1);
    let mut client = database.connect();
    bypass_triggers(&mut client);
    insert_usage(&mut client, "ONE", person(1)).unwrap();
    insert_usage(&mut client, "ONE", person(2)).unwrap();
    assert_eq!(uses(&mut client, "ONE"), (0, 2));
    // Nor does what it raises there count as a claim once it writes for itself again.
    client.batch_execute("BEGIN").unwrap();
    raise(&mut client, "ONE");
    client.batch_execute("SET LOCAL session_replication_role = origin").unwrap();
    let full = insert_usage(&mut client, "ONE", person(3)).unwrap_err();
    assert_eq!(sqlstate(&full), "RF004");
    client.batch_execute("ROLLBACK").unwrap();
}
