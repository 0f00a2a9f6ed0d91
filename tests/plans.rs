//! What looks a code up reads a few rows, however many there are and whatever the statistics say: a plan that fitted the
//! table as it was, or as ANALYZE saw it in the middle of a transaction, would read all of it for every code.

use postgres::{Client, Transaction};

use crate::support::{Database, person};

mod statements;

const CODES: i32 = 4_000;
/// Of the table and its indexes, for each code that is written or looked up.
const MOST_ROWS: i64 = 10;

const ANALYZE: &str = "ANALYZE phoenix_kit_referral_codes";
const EMPTY: &str = "TRUNCATE phoenix_kit_referral_codes CASCADE";
/// As an operator may have it, with which the functions work too. Over so few codes already it is a level higher than the
/// unique index, as the functions' own is now and then; to look through the other then costs the planner less.
const WIDE_INDEX: &str = "
    DROP INDEX referral_codes_upper_code_idx;
    CREATE INDEX ON phoenix_kit_referral_codes (upper(code), description)";

type Step = fn(&mut Transaction);

const STEPS: [(&str, Step); 4] = [
    ("a bulk", create_many),
    ("rows by hand", insert_by_hand),
    ("codes one by one", create_one_by_one),
    ("unknown codes", look_up),
];

/// By this transaction, so far.
fn rows_read(client: &mut Transaction) -> i64 {
    rows_read_of(client, "phoenix_kit_referral_codes")
}

fn rows_read_of(client: &mut Transaction, table: &str) -> i64 {
    let read = "
        SELECT (pg_stat_get_xact_tuples_returned(indrelid) + sum(pg_stat_get_xact_tuples_returned(indexrelid)))::bigint
        FROM pg_index
        WHERE indrelid = $1::text::regclass
        GROUP BY indrelid";
    client.query_one(read, &[&table]).unwrap().get(0)
}

fn create_many(client: &mut Transaction) {
    let create = "
        SELECT count(*)
        FROM referral_create_codes($1, $2, description => repeat('é', 250), enforce_user_limit => false)";
    let created: i64 = client.query_one(create, &[&CODES, &person(1)]).unwrap().get(0);
    assert_eq!(created, i64::from(CODES));
}

fn insert_by_hand(client: &mut Transaction) {
    let insert = "
        INSERT INTO phoenix_kit_referral_codes (uuid, code, description, max_uses, created_by_uuid)
        SELECT gen_random_uuid(), 'HAND' || gen_random_uuid(), 'by hand', 1, gen_random_uuid()
        FROM generate_series(1, $1) AS number";
    client.execute(insert, &[&CODES]).unwrap();
}

fn create_one_by_one(client: &mut Transaction) {
    let create = "
        SELECT count(created.code)
        FROM generate_series(1, $1) AS number
        CROSS JOIN LATERAL referral_create_code(gen_random_uuid()) AS created";
    client.query_one(create, &[&CODES]).unwrap();
}

fn look_up(client: &mut Transaction) {
    let look = "
        SELECT count(found.uuid) + count(*) FILTER (WHERE tried.ok)
        FROM generate_series(1, $1) AS number
        CROSS JOIN LATERAL referral_try_use_code('NOBODY' || number, gen_random_uuid()) AS tried
        LEFT JOIN LATERAL referral_get_code_by_string('nobody' || number) AS found ON true";
    let found: i64 = client.query_one(look, &[&CODES]).unwrap().get(0);
    assert_eq!(found, 0);
}

/// What `then` reads for each code in a table that `first` has filled, in one transaction, with `between` amid it.
fn read_once_filled(
    client: &mut Client,
    first: impl FnOnce(&mut Transaction),
    between: impl FnOnce(),
    then: Step,
) -> i64 {
    let mut transaction = client.transaction().unwrap();
    first(&mut transaction);
    between();
    let before = rows_read(&mut transaction);
    then(&mut transaction);
    let read = rows_read(&mut transaction) - before;
    transaction.rollback().unwrap();
    read / i64::from(CODES)
}

#[test]
fn an_analyze_in_the_middle_has_nobody_read_the_table_for_each_code() {
    for prepare in ["", ANALYZE, WIDE_INDEX] {
        for (what, then) in STEPS {
            let database = Database::with_setup();
            let (mut client, mut other) = (database.connect(), database.connect());
            client.batch_execute(prepare).unwrap();
            let analyze = || other.batch_execute(ANALYZE).unwrap();
            let read = read_once_filled(&mut client, create_many, analyze, then);
            assert!(read <= MOST_ROWS, "{what} after {prepare:?}: {read} rows for each code");
        }
    }
}

/// The plans of the first codes are kept, and nothing tells of the table's growth.
#[test]
fn a_table_that_had_been_emptied_is_not_read_for_each_code() {
    for (what, step) in STEPS {
        let database = Database::with_setup();
        let mut client = database.connect();
        client.batch_execute(&format!("{EMPTY}; {ANALYZE}")).unwrap();
        let fill = |transaction: &mut Transaction| {
            step(transaction);
            insert_by_hand(transaction);
        };
        let read = read_once_filled(&mut client, fill, || (), step);
        assert!(read <= MOST_ROWS, "{what}: {read} rows for each code");
    }
}

const MANY: i32 = 20_000;

/// Codes that few of fit a filter, spread over all, and the rows that finding them reads.
fn rows_found(client: &mut Client, filter: &str, rows: &str) -> (i64, i64) {
    let mut transaction = client.transaction().unwrap();
    let before = rows_read(&mut transaction);
    let find = format!("SELECT count(*) FROM referral_find_codes('{filter}', {rows})");
    let found = transaction.query_one(&find, &[]).unwrap().get(0);
    let read = rows_read(&mut transaction) - before;
    transaction.rollback().unwrap();
    (found, read)
}

#[test]
fn codes_are_found_by_an_index_where_the_filter_allows() {
    let database = Database::with_options("LC_COLLATE 'C' LC_CTYPE 'C'");
    let mut client = database.connect();
    let fill = format!(
        r#"CREATE EXTENSION referrals;
           SELECT FROM referral_setup();
           SELECT FROM referral_create_program('spring');
           INSERT INTO phoenix_kit_referral_codes
               (uuid, code, description, status, max_uses, created_by_uuid, beneficiary_uuid, date_created)
           SELECT md5('code' || n)::uuid, CASE WHEN n % 4000 = 0 THEN 'RARE' ELSE 'MANY' END || n, 'x', true, 9,
                  md5('creator' || n % 4000)::uuid, md5('owner' || n % 4000)::uuid, now() - n * interval '1 second'
           FROM generate_series(1, {MANY}) AS n;
           INSERT INTO referral_code_programs (code_uuid, program, owner_type)
           SELECT md5('code' || n * 4000)::uuid, 'spring', 'user' FROM generate_series(1, {MANY} / 4000) AS n;
           INSERT INTO referral_code_metadata
           SELECT md5('code' || n)::uuid, jsonb_build_object('campaign', n % 4000)
           FROM generate_series(1, {MANY}) AS n;
           ANALYZE"#
    );
    client.batch_execute(&fill).unwrap();
    let by_id = |key: &str, who: &str| {
        let id = format!("SELECT md5('{who}')::uuid::text");
        let id: String = database.connect().query_one(&id, &[]).unwrap().get(0);
        format!(r#"{{"{key}": "{id}"}}"#)
    };
    for filter in [
        r#"{"prefix": "rare"}"#.to_owned(),
        by_id("created_by_uuid", "creator7"),
        by_id("beneficiary_uuid", "owner7"),
        r#"{"program": "spring"}"#.to_owned(),
        r#"{"metadata": {"campaign": 7}}"#.to_owned(),
    ] {
        for rows in ["100", "NULL"] {
            let (found, read) = rows_found(&mut client, &filter, rows);
            assert_eq!(found, 5, "{filter}");
            assert!(read <= 100, "{filter}, {rows} rows: {read} rows read");
        }
    }
    // A page of many comes from the newest on.
    for filter in
        ["{}", r#"{"state": "active"}"#, r#"{"program": "default"}"#, r#"{"prefix": "many"}"#]
    {
        let (found, read) = rows_found(&mut client, filter, "10");
        assert_eq!(found, 10, "{filter}");
        assert!(read <= 1_000, "{filter}: {read} rows read");
    }
}

/// The reviewer's queues are short, and their conversions spread over all.
#[test]
fn conversions_to_be_decided_on_and_those_of_a_rare_status_are_found_by_an_index() {
    let database = Database::with_setup();
    let mut client = database.connect();
    let approver = person(7);
    let chain = |approver: &str| {
        format!(
            r#"jsonb_build_array(jsonb_build_object('id', 'one', 'quorum', 1,
                                                    'approvers', jsonb_build_array({approver}), 'decisions', '[]'::jsonb))"#
        )
    };
    let (own, others) = (chain(&format!("'{approver}'")), chain("gen_random_uuid()"));
    let fill = format!(
        "INSERT INTO referral_conversions
             (uuid, program, code_uuid, code, referrer_uuid, owner_type, referee_uuid, source_type, source_ref, status,
              reason, referrer_reward, referee_reward, reward_currency, converted_at, approvals)
         SELECT gen_random_uuid(), 'default', gen_random_uuid(), 'CODE', gen_random_uuid(), 'user', gen_random_uuid(),
                'order', n, CASE n % 4000 WHEN 1 THEN 'rejected' WHEN 2 THEN 'reversed' WHEN 3 THEN 'approved' ELSE 'converted' END,
                CASE n % 4000 WHEN 4 THEN 'pending_review' ELSE 'rewarded' END, 10, 10, 'USD', now() - n * interval '1 second',
                CASE WHEN n % 4000 = 7 THEN {own} WHEN n % 40 = 7 THEN {others} END
         FROM generate_series(1, {MANY}) AS n;
         ANALYZE referral_conversions"
    );
    client.batch_execute(&fill).unwrap();
    let by_approver = format!(r#"{{"approver_uuid": "{approver}"}}"#);
    let filters = [
        &by_approver,
        r#"{"status": "rejected"}"#,
        r#"{"status": "reversed"}"#,
        r#"{"status": "approved"}"#,
        r#"{"waiting": true, "reason": "pending_review"}"#,
    ];
    for filter in filters {
        let mut transaction = client.transaction().unwrap();
        let before = rows_read_of(&mut transaction, "referral_conversions");
        let list = "SELECT count(*) FROM referral_list_conversions($1::text::jsonb)";
        let found: i64 = transaction.query_one(list, &[&filter]).unwrap().get(0);
        let read = rows_read_of(&mut transaction, "referral_conversions") - before;
        assert_eq!(found, 5, "{filter}");
        // What waits is read from its newest on, whatever it waits for.
        let most = if filter.contains("waiting") { 1_100 } else { 50 };
        assert!(read <= most, "{filter}: {read} rows read");
        transaction.rollback().unwrap();
    }
}

/// How often a table of ours, and its indexes, have been gone to by this transaction.
fn scans(client: &mut Transaction, table: &str) -> i64 {
    let scans = "
        SELECT (pg_stat_get_xact_numscans($1::text::regclass)
                + coalesce(sum(pg_stat_get_xact_numscans(indexrelid)), 0))::bigint
        FROM pg_index WHERE indrelid = $1::text::regclass";
    client.query_one(scans, &[&table]).unwrap().get(0)
}

#[test]
fn a_list_asks_for_a_program_once_and_for_none_where_no_code_is_in_one() {
    let database = Database::with_setup();
    let mut client = database.connect();
    let fill = "
        SELECT FROM referral_create_codes(1000, gen_random_uuid(), enforce_user_limit => false);
        SELECT FROM referral_create_program('spring')";
    client.batch_execute(fill).unwrap();
    let lists =
        ["referral_list_codes()", "referral_list_valid_codes()", "referral_find_codes('{}', NULL)"];
    let mut asked = |list: &str| {
        let mut transaction = client.transaction().unwrap();
        // Whether there are rows at all is read before, and what the backend keeps.
        let count = format!("SELECT count(*) FROM {list}");
        transaction.query_one(&count, &[]).unwrap();
        let tables = ["referral_code_programs", "referral_programs"];
        let before = tables.map(|table| scans(&mut transaction, table));
        let listed: i64 = transaction.query_one(&count, &[]).unwrap().get(0);
        assert!(listed >= 1_000, "{list}");
        let after = tables.map(|table| scans(&mut transaction, table));
        (after[0] - before[0], after[1] - before[1])
    };
    for list in lists {
        assert_eq!(asked(list), (0, 0), "{list}");
    }
    let more = "
        SELECT FROM referral_create_codes(1000, gen_random_uuid(), beneficiary_uuid => gen_random_uuid(),
                                          enforce_user_limit => false);
        SELECT FROM referral_create_codes(1000, gen_random_uuid(), enforce_user_limit => false, program => 'spring')";
    database.connect().batch_execute(more).unwrap();
    for list in lists {
        assert_eq!(asked(list).1, 2, "{list}");
    }
}
