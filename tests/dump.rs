//! The data are the user's: a dump carries them over, and DROP EXTENSION leaves them.

use postgres::Client;

use crate::support::{Database, add_code, assert_books_balance, run, scratch_folder};

const TABLES: [&str; 4] = [
    "phoenix_kit_referral_codes",
    "phoenix_kit_referral_code_usage",
    "phoenix_kit_settings",
    "referral_code_creators",
];

/// How many rows each table has, and a digest of them.
fn contents(client: &mut Client) -> Vec<(i64, String)> {
    let digest = |table: &&str| {
        let digest = format!(
            "SELECT count(*), md5(string_agg(t::text, ';' ORDER BY t::text)) FROM {table} AS t"
        );
        let row = client.query_one(&digest, &[]).unwrap();
        (row.get(0), row.get(1))
    };
    TABLES.iter().map(digest).collect()
}

fn works(client: &mut Client) {
    let mut transaction = client.transaction().unwrap();
    let redeem = "SELECT number_of_uses FROM referral_use_code('REF100002', gen_random_uuid())";
    let uses: i32 = transaction.query_one(redeem, &[]).unwrap().get(0);
    assert_eq!(uses, 4, "two of the host's, one before the dump, this one");
    let stats = "SELECT total_uses FROM referral_stats('00000000-0000-7000-8001-000000000002')";
    assert_eq!(transaction.query_one(stats, &[]).unwrap().get::<_, i64>(0), 4);
    let create = "SELECT state FROM referral_create_code(gen_random_uuid())";
    assert_eq!(transaction.query_one(create, &[]).unwrap().get::<_, String>(0), "active");
    transaction.rollback().unwrap();
}

/// A host with a redemption and a creation of the extension's beside its own rows.
fn used_host() -> Database {
    let database = Database::with_host();
    let uses = "
        SELECT FROM referral_use_code('REF100002', gen_random_uuid());
        SELECT FROM referral_create_code(gen_random_uuid(), 'MADE HERE')";
    database.connect().batch_execute(uses).unwrap();
    database
}

fn restored_dump_of(source: &Database) -> Database {
    let target = Database::empty();
    let file = scratch_folder().join(&source.name).with_extension("sql");
    let mut dump = source.address.program("pg_dump");
    run(dump.arg("-f").arg(&file).arg(&source.name));
    let mut restore = target.address.program("psql");
    restore.args(["-qX", "--set", "ON_ERROR_STOP=1", "-f"]);
    run(restore.arg(&file).arg(&target.name));
    target
}

#[test]
fn a_restored_dump_has_every_row_and_works() {
    let source = used_host();
    let target = restored_dump_of(&source);
    let (mut before, mut after) = (source.connect(), target.connect());
    assert_eq!(contents(&mut before), contents(&mut after));
    works(&mut after);
    let setup =
        "SELECT object FROM referral_setup() WHERE action NOT IN ('kept', 'skipped', 'adopted')";
    assert_eq!(after.query(setup, &[]).unwrap().len(), 0, "setup finds all there");
}

#[test]
fn drop_extension_leaves_the_data_and_a_second_creation_finds_them() {
    let database = used_host();
    let mut client = database.connect();
    let before = contents(&mut client);
    works(&mut client);
    client.batch_execute("SELECT FROM referral_detach(); DROP EXTENSION referrals").unwrap();
    assert_eq!(contents(&mut client), before);
    client.batch_execute("CREATE EXTENSION referrals").unwrap();
    works(&mut client);
    assert_eq!(contents(&mut client), before);
}

#[test]
fn a_restored_code_has_its_stripes_and_every_use_that_they_have_leased() {
    let source = Database::with_setup();
    add_code(&source, "HOT", 40);
    let uses = "
        SELECT referral_stripe_code(uuid, 4) FROM phoenix_kit_referral_codes;
        SELECT count(*) FROM generate_series(1, 5) AS n,
               referral_use_code('HOT', lpad(n::text, 32, '0')::uuid)";
    source.connect().batch_execute(uses).unwrap();
    let target = restored_dump_of(&source);
    let mut client = target.connect();
    let leased = "SELECT count(*), sum(uses_left) FROM referral_stripes";
    let leased = client.query_one(leased, &[]).unwrap();
    assert_eq!(leased.get::<_, i64>(0), 4);
    assert!(leased.get::<_, i64>(1) > 0);
    let rest = "
        SELECT count(*) FILTER (WHERE ok) FROM generate_series(6, 50) AS n,
               referral_try_use_code('HOT', lpad(n::text, 32, '0')::uuid)";
    assert_eq!(client.query_one(rest, &[]).unwrap().get::<_, i64>(0), 35);
    assert_books_balance(&mut client, "public");
}
