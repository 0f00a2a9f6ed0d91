//! Reads only read: on a hot standby they work, on the primary they take no transaction id.

use std::collections::BTreeSet;

use postgres::Client;

use crate::support::{Database, Server, await_that, sqlstate};

/// Every function that is declared to read only, with arguments that find something.
const READS: [(&str, &str); 50] = [
    ("referral_version", ""),
    ("referral_get_code", "'00000000-0000-7000-8001-000000000001'"),
    ("referral_get_code_strict", "'00000000-0000-7000-8001-000000000001'"),
    ("referral_get_code_by_string", "'twin'"),
    ("referral_normalize_code", "' stra\u{df}e '"),
    ("referral_code_uses", "'00000000-0000-7000-8001-000000000005'"),
    ("referral_valid_for_use", "'00000000-0000-7000-8001-000000000002'"),
    ("referral_expired", "'00000000-0000-7000-8001-000000000007'"),
    ("referral_usage_limit_reached", "'00000000-0000-7000-8001-000000000001'"),
    ("referral_stats", "'00000000-0000-7000-8001-000000000005'"),
    ("referral_enabled", ""),
    ("referral_required", ""),
    ("referral_max_uses_per_code", ""),
    ("referral_max_codes_per_user", ""),
    ("referral_config", ""),
    ("referral_doctor", ""),
    ("referral_code_errors", "'{}'"),
    ("referral_list_codes", "3"),
    ("referral_list_valid_codes", "3"),
    ("referral_find_codes", "'{\"prefix\": \"ref\"}', 3"),
    ("referral_code_metadata", "'00000000-0000-7000-8001-000000000002'"),
    ("referral_top_codes", ""),
    ("referral_system_stats", ""),
    ("referral_count_user_codes", "'00000000-0000-7000-8003-000000000001'"),
    ("referral_validate_user_code_limit", "'00000000-0000-7000-8003-000000000001'"),
    ("referral_list_usage_for_code", "'00000000-0000-7000-8001-000000000005'"),
    (
        "referral_list_usage_for_user",
        "(SELECT used_by_uuid FROM phoenix_kit_referral_code_usage LIMIT 1)",
    ),
    ("referral_recent_usage", "3"),
    ("referral_user_used_code", "gen_random_uuid(), gen_random_uuid()"),
    ("referral_signup_use_exists", "gen_random_uuid()"),
    ("referral_grandfather_existing", ""),
    ("referral_get_program", "'default'"),
    ("referral_list_programs", ""),
    ("referral_resolve", "'REF100002'"),
    ("referral_validate_code", "'REF100002'"),
    ("referral_get_conversion", CONVERSION_UUID),
    ("referral_conversion_of", "'order 1'"),
    ("referral_list_conversions", "'{\"program\": \"default\"}'"),
    ("referral_list_for_referrer", REFERRER),
    ("referral_history", CONVERSION_UUID),
    ("referral_recent_conversions", ""),
    ("referral_balance", REFERRER),
    ("referral_list_payouts", ""),
    ("referral_user_stats", REFERRER),
    ("referral_top_referrers", ""),
    ("referral_program_report", ""),
    (
        "referral_usage_series",
        "'00000000-0000-7000-8001-000000000005', '1 day', '2024-01-01', '2024-02-01'",
    ),
    ("referral_tree", REFERRER),
    ("referral_upline", "'00000000-0000-7000-8004-000000000001'"),
    ("referral_consumers", ""),
];

/// The beneficiary of REF100002.
const REFERRER: &str = "'00000000-0000-7000-8003-000000000001'";

const CONVERSION_UUID: &str = "(SELECT uuid FROM referral_conversions)";

/// Somebody is referred by REF100002, and buys.
const CONVERSION: &str = "
    SELECT referral_use_code('REF100002', '00000000-0000-7000-8004-000000000001');
    SELECT referral_record_purchase('00000000-0000-7000-8004-000000000001', 'order 1', 20);
    SELECT referral_approve(uuid, gen_random_uuid()) FROM referral_conversions;
    SELECT referral_create_payout('00000000-0000-7000-8003-000000000001', 'payout 1', 'USD', 1);
    SELECT referral_hold_use('REF100002', '00000000-0000-7000-8004-000000000002');
    SELECT referral_set_code_metadata('00000000-0000-7000-8001-000000000002', '{\"tag\": 1}');
    SELECT FROM referral_poll_events('mailer')";

/// A host with something for every read to find.
fn host() -> Database {
    let database = Database::with_host();
    database.connect().batch_execute(CONVERSION).unwrap();
    database
}

const WRITES: [&str; 12] = [
    "referral_use_code('REF100002', gen_random_uuid())",
    "referral_try_use_code('REF100002', gen_random_uuid())",
    "referral_use_codes('REF100002', ARRAY[gen_random_uuid()])",
    "referral_hold_use('REF100002', gen_random_uuid())",
    "referral_confirm_hold((SELECT hold_uuid FROM referral_holds))",
    "referral_release_hold((SELECT hold_uuid FROM referral_holds))",
    "referral_undo_use('00000000-0000-7000-8002-000000000001')",
    "referral_create_code(gen_random_uuid())",
    "referral_enable_system()",
    "referral_disable_system()",
    "referral_set_required(true)",
    "referral_set_max_codes_per_user(3)",
];

/// The rows that a read gives, as text.
fn answer(client: &mut Client, (function, arguments): (&str, &str)) -> Vec<String> {
    let ask = format!("SELECT t::text FROM {function}({arguments}) AS t");
    let rows = client.query(&ask, &[]);
    let rows = rows.unwrap_or_else(|error| panic!("{function}: {error}"));
    rows.iter().map(|row| row.get(0)).collect()
}

/// A test that leaves out a function promises nothing about it.
fn assert_all_reads_are_listed(client: &mut Client) {
    let declared = "
        SELECT proname::text
        FROM pg_extension AS e
        JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
        JOIN pg_proc AS p ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
        WHERE extname = 'referrals' AND provolatile <> 'v'";
    let declared: BTreeSet<String> =
        client.query(declared, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    let listed: BTreeSet<String> = READS.iter().map(|(function, _)| (*function).into()).collect();
    assert_eq!(listed, declared);
}

#[test]
fn reads_take_no_transaction_id() {
    let database = host();
    let mut client = database.connect();
    assert_all_reads_are_listed(&mut client);
    for read in READS {
        let mut transaction = database.connect();
        transaction.batch_execute("BEGIN").unwrap();
        assert!(!answer(&mut transaction, read).is_empty(), "{read:?} found nothing");
        let id = "SELECT pg_current_xact_id_if_assigned()::text";
        let id: Option<String> = transaction.query_one(id, &[]).unwrap().get(0);
        assert_eq!(id, None, "{read:?} took a transaction id");
    }
}

#[test]
fn reads_work_on_a_hot_standby_and_writes_say_that_it_is_one() {
    let database = host();
    let mut primary = database.connect();
    let standby = Server::standby("standby");

    // What is written after the backup arrives as well.
    let write = "SELECT referral_set_max_codes_per_user(7)";
    primary.batch_execute(write).unwrap();
    let written: String =
        primary.query_one("SELECT pg_current_wal_lsn()::text", &[]).unwrap().get(0);
    let mut client = standby.address.connect(&database.name);
    let replayed = format!("SELECT pg_last_wal_replay_lsn() >= '{written}'");
    await_that("the standby has caught up", || client.query_one(&replayed, &[]).unwrap().get(0));

    for read in READS {
        let (here, there) = (answer(&mut primary, read), answer(&mut client, read));
        assert_eq!(here, there, "{read:?}");
    }
    for draw in ["referral_generate_code", "referral_generate_unique_code"] {
        assert_eq!(answer(&mut client, (draw, ""))[0].len(), 5, "{draw}");
    }
    for write in WRITES {
        let answer = client.batch_execute(&format!("SELECT {write}"));
        assert_eq!(answer.map_err(|error| sqlstate(&error)), Err("25006".into()), "{write}");
    }
}
