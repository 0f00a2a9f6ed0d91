//! Setup is the migration: whatever a released version has made, or somebody has broken, it brings to what
//! a fresh database has, and no row is lost.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use postgres::{Client, NoTls};

use crate::support::{Database, await_that, project_file, run, sqlstate};

/// Everything that setup makes, an object a line.
const CATALOG: &str = "
    WITH relation AS (
        SELECT c.* FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r')
    SELECT format('column %s.%s %s%s default %s identity %s comment %s',
                  r.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  CASE WHEN a.attnotnull THEN ' not null' END, pg_get_expr(d.adbin, d.adrelid),
                  a.attidentity, col_description(r.oid, a.attnum))
    FROM relation AS r JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS d ON d.adrelid = r.oid AND d.adnum = a.attnum
    UNION ALL
    SELECT format('table %s comment %s', relname, obj_description(oid, 'pg_class')) FROM relation
    UNION ALL
    SELECT format('constraint %s on %s %s', k.conname, r.relname, pg_get_constraintdef(k.oid))
    FROM relation AS r JOIN pg_constraint AS k ON k.conrelid = r.oid AND k.contype <> 'n'
    UNION ALL
    SELECT format('index %s valid %s', pg_get_indexdef(i.indexrelid), i.indisvalid)
    FROM relation AS r JOIN pg_index AS i ON i.indrelid = r.oid
    UNION ALL
    SELECT format('trigger %s fires %s', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM relation AS r JOIN pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT format('grant %s on %s to %s', a.privilege_type, r.relname, a.grantee::regrole)
    FROM relation AS r, aclexplode(coalesce(r.relacl, acldefault('r', r.relowner))) AS a
    UNION ALL
    SELECT format('grant %s on %s.%s to %s', a.privilege_type, r.relname, c.attname, a.grantee::regrole)
    FROM relation AS r JOIN pg_attribute AS c ON c.attrelid = r.oid, aclexplode(c.attacl) AS a
    ORDER BY 1";

fn catalog(client: &mut Client) -> Vec<String> {
    client.query(CATALOG, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

fn assert_fresh(client: &mut Client, after: &str) {
    let fresh = Database::with_setup();
    let (wanted, found) = (catalog(&mut fresh.connect()), catalog(client));
    assert!(wanted.len() > 100, "the catalog was not read");
    let missing: Vec<_> = wanted.iter().filter(|line| !found.contains(line)).collect();
    let extra: Vec<_> = found.iter().filter(|line| !wanted.contains(line)).collect();
    assert!(missing.is_empty() && extra.is_empty(), "after {after}: {missing:#?}, {extra:#?}");
}

/// Object and action of each line that setup reports, but for what it kept.
fn setup(client: &mut Client) -> Vec<(String, String)> {
    let setup = "SELECT object, action FROM referral_setup() WHERE action <> 'kept'";
    client.query(setup, &[]).unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The columns of each table.
fn columns(client: &mut Client) -> BTreeMap<String, String> {
    let tables = "SELECT relname::text, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
                  FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
                  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                  GROUP BY relname";
    let tables = client.query(tables, &[]).unwrap();
    tables.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// How many rows each table has, and a digest of what they say in these columns.
fn contents(
    client: &mut Client,
    columns: &BTreeMap<String, String>,
) -> BTreeMap<String, (i64, String)> {
    let digest = |(table, columns): (&String, &String)| {
        let digest = format!(
            "SELECT count(*), md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), ''))
             FROM (SELECT {columns} FROM {table}) AS t"
        );
        let row = client.query_one(&digest, &[]).unwrap();
        (table.clone(), (row.get(0), row.get(1)))
    };
    columns.iter().map(digest).collect()
}

/// What released versions have made.
fn releases() -> Vec<PathBuf> {
    let folder = project_file("tests/upgrade");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_release = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with(|first: char| first.is_ascii_digit()) && name.ends_with(".sql")
    };
    files.filter(is_release).collect()
}

/// How a database comes to this version.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Its dump is restored where this version is installed.
    Dump,
    /// It stays, and its extension is updated.
    Update,
}

fn restored(release: &Path, way: Way) -> Database {
    let database = Database::empty();
    let mut client = database.connect();
    if let Way::Update = way {
        let version = release.file_stem().unwrap().to_string_lossy();
        client.batch_execute(&format!("CREATE EXTENSION referrals VERSION '{version}'")).unwrap();
    }
    let mut restore = database.address.program("psql");
    restore.args(["-qX", "-o", "/dev/null", "--set", "ON_ERROR_STOP=1", "-f"]);
    run(restore.arg(release).arg(&database.name));
    if let Way::Update = way {
        client.batch_execute("ALTER EXTENSION referrals UPDATE").unwrap();
    }
    database
}

#[test]
fn what_any_release_made_becomes_what_this_one_makes_and_no_row_is_lost() {
    let releases = releases();
    assert!(!releases.is_empty());
    for (release, way) in releases.iter().flat_map(|r| [(r, Way::Dump), (r, Way::Update)]) {
        let database = restored(release, way);
        let mut client = database.connect();
        let columns = columns(&mut client);
        let before = contents(&mut client, &columns);
        assert_eq!(before.len(), 13, "the tables that 0.1.0 makes");
        assert!(before.values().all(|(rows, _)| *rows > 0), "{before:#?}");

        assert!(!setup(&mut client).is_empty());
        assert_fresh(&mut client, &format!("{} by {way:?}", release.display()));
        assert_eq!(contents(&mut client, &columns), before);
        assert_eq!(setup(&mut client), [], "the second time there is nothing to do");

        let findings = client
            .query("SELECT finding FROM referral_doctor() WHERE severity <> 'info'", &[])
            .unwrap();
        let findings: Vec<String> = findings.iter().map(|row| row.get(0)).collect();
        assert_eq!(findings, [] as [&str; 0]);
        let redeem = "SELECT number_of_uses FROM referral_use_code('WELCOME', gen_random_uuid())";
        assert_eq!(client.query_one(redeem, &[]).unwrap().get::<_, i32>(0), 3);
        let buy = "SELECT rewarded, reason FROM referral_record_purchase(
                       '00000000-0000-7000-8000-000000000002', 'order-9', 40)";
        let bought = client.query_one(buy, &[]).unwrap();
        assert_eq!((bought.get(0), bought.get(1)), (true, "rewarded"));
    }
}

#[test]
fn what_is_broken_on_purpose_is_mended() {
    let breakages = [
        "DROP TABLE referral_rewards",
        "DROP TABLE referral_event_deliveries, referral_code_creators",
        "ALTER TABLE referral_conversions DROP COLUMN approvals",
        "ALTER TABLE referral_conversions DROP COLUMN program",
        "ALTER TABLE referral_rewards DROP CONSTRAINT referral_rewards_amount_check",
        "ALTER TABLE referral_rewards DROP CONSTRAINT referral_rewards_conversion_fkey",
        "ALTER TABLE referral_conversions DROP CONSTRAINT referral_conversions_status_check;
         ALTER TABLE referral_conversions
             ADD CONSTRAINT referral_conversions_status_check CHECK (status <> '') NOT VALID",
        "ALTER TABLE referral_conversions DROP CONSTRAINT referral_conversions_source_key",
        "DROP INDEX referral_rewards_grant_uidx",
        "DROP INDEX referral_events_created_at_idx;
         CREATE INDEX referral_events_created_at_idx ON referral_events (type)",
        "ALTER TABLE referral_events ALTER COLUMN created_at SET DEFAULT now()",
        "ALTER TABLE referral_events ALTER COLUMN payload DROP NOT NULL",
        "ALTER TABLE referral_conversions ALTER COLUMN amount SET NOT NULL",
        "ALTER TABLE referral_events ALTER COLUMN id DROP IDENTITY",
        "GRANT SELECT (code_uuid, program) ON referral_code_programs TO PUBLIC",
        "GRANT SELECT (key, status, starts_at, ends_at, one_code_per_referee, max_uses_total,
                       number_of_uses) ON referral_programs TO PUBLIC",
        "COMMENT ON TABLE referral_rewards IS NULL",
        "COMMENT ON COLUMN referral_rewards.amount IS 'something else'",
        "DROP TRIGGER referral_guard_usage ON phoenix_kit_referral_code_usage",
        "ALTER TABLE phoenix_kit_referral_code_usage DISABLE TRIGGER referral_guard_usage",
        "ALTER TABLE phoenix_kit_referral_codes DISABLE TRIGGER USER",
        "ALTER TABLE referral_rewards ENABLE ALWAYS TRIGGER referral_guard_ledger",
        "DROP TRIGGER referral_guard_usage ON phoenix_kit_referral_code_usage;
         CREATE TRIGGER referral_guard_usage BEFORE INSERT ON phoenix_kit_referral_code_usage
         FOR EACH ROW EXECUTE FUNCTION referral_guard_usage_lock()",
        "DROP INDEX referral_usage_newest_idx",
        "DROP TRIGGER referral_fact_changed ON phoenix_kit_settings",
        "ALTER TABLE referral_programs ENABLE TRIGGER referral_fact_changed",
        "ALTER TABLE referral_stripes DISABLE TRIGGER referral_facts_truncated",
    ];
    let database = Database::with_setup();
    let mut client = database.connect();
    assert_fresh(&mut client, "setup");
    for breakage in breakages {
        let before = catalog(&mut client);
        client.batch_execute(breakage).unwrap();
        assert_ne!(catalog(&mut client), before, "{breakage} breaks nothing");
        let report = setup(&mut client);
        let told = report.iter().all(|(_, action)| action == "created" || action == "changed");
        assert!(told && !report.is_empty(), "{breakage}: {report:?}");
        assert_fresh(&mut client, breakage);
        assert_eq!(setup(&mut client), [], "twice after {breakage}");
    }
}

#[test]
fn numbers_that_are_taken_are_not_given_again() {
    let database = restored(&releases()[0], Way::Dump);
    let mut client = database.connect();
    client.batch_execute("ALTER TABLE referral_events ALTER COLUMN id DROP IDENTITY").unwrap();
    setup(&mut client);
    let newest = "SELECT max(id) FROM referral_events";
    let before: i64 = client.query_one(newest, &[]).unwrap().get(0);
    client.batch_execute("SELECT FROM referral_create_code(gen_random_uuid())").unwrap();
    assert_eq!(client.query_one(newest, &[]).unwrap().get::<_, i64>(0), before + 1);
}

#[test]
fn rights_that_a_table_needs_are_completed_for_its_writers_and_nobody_becomes_one() {
    let database = Database::empty();
    let mut client = database.connect();
    let (writer, checkout) =
        (format!("writer_{}", database.name), format!("few_{}", database.name));
    let roles = format!(
        "CREATE EXTENSION referrals;
         SELECT FROM referral_setup();
         CREATE ROLE {writer};
         GRANT SELECT, INSERT ON phoenix_kit_referral_code_usage TO {writer};
         DROP TABLE referral_referees;
         SELECT FROM referral_setup();
         CREATE ROLE {checkout};
         GRANT SELECT, INSERT ON phoenix_kit_referral_code_usage TO {checkout};
         GRANT SELECT ON referral_referees TO {checkout};
         REVOKE UPDATE ON referral_referees FROM {writer}"
    );
    client.batch_execute(&roles).unwrap();
    // Who came later may read what a redemption reads, and write nothing.
    let changed = [
        "programs",
        "code_programs",
        "referees",
        "stripes",
        "program_stripes",
        "holds",
        "event_consumers",
    ]
    .map(|table| (format!("table public.referral_{table}"), "changed".to_owned()));
    assert_eq!(setup(&mut client), changed);
    let may = |client: &mut Client, role: &str, privilege: &str| -> bool {
        let sql = "SELECT has_table_privilege($1::text::name, 'referral_referees', $2)";
        client.query_one(sql, &[&role, &privilege]).unwrap().get(0)
    };
    assert!(may(&mut client, &writer, "UPDATE"));
    assert!(!may(&mut client, &checkout, "INSERT"));
    let drop = format!("DROP OWNED BY {writer}, {checkout}; DROP ROLE {writer}, {checkout}");
    client.batch_execute(&drop).unwrap();
}

/// What 0.1.0's setup gave to who may insert into usage, and codes.
const RIGHTS_OF_0_1_0: &str = "
    GRANT SELECT, INSERT, UPDATE ON referral_code_creators TO {codes};
    GRANT SELECT, INSERT, UPDATE, DELETE ON referral_check_attempts TO {usage};
    GRANT SELECT, UPDATE (number_of_uses) ON referral_programs TO {usage};
    GRANT SELECT, INSERT, UPDATE ON referral_programs TO {codes};
    GRANT SELECT ON referral_code_programs TO {usage};
    GRANT SELECT, INSERT, UPDATE, DELETE ON referral_code_programs TO {codes};
    GRANT SELECT, INSERT, UPDATE ON referral_referees, referral_conversions TO {usage};
    GRANT SELECT, INSERT ON referral_rewards TO {usage};
    GRANT SELECT, INSERT, UPDATE, DELETE ON referral_events, referral_event_deliveries TO {usage};
    GRANT SELECT, INSERT ON referral_events, referral_event_deliveries TO {codes};
    GRANT SELECT, INSERT ON referral_event_consumers TO {usage};
    GRANT SELECT ON referral_event_consumers TO {codes};";

#[test]
fn rights_that_0_1_0_gave_are_taken_to_what_is_due_and_an_operators_are_left() {
    let database = restored(&releases()[0], Way::Dump);
    let mut client = database.connect();
    let role = |name: &str| format!("{name}_{}", database.name);
    let (app, usage, more, sales) = (role("app"), role("usage"), role("more"), role("sales"));
    let roles = format!("{app}, {usage}, {more}, {sales}");
    let make = format!(
        "CREATE ROLE {app}; CREATE ROLE {usage}; CREATE ROLE {more}; CREATE ROLE {sales};
         GRANT SELECT, INSERT, UPDATE ON phoenix_kit_referral_codes TO {app};
         GRANT SELECT, INSERT ON phoenix_kit_referral_code_usage TO {app}, {usage}, {more};
         GRANT DELETE ON referral_conversions TO {more};
         GRANT SELECT, INSERT, UPDATE ON referral_conversions TO {sales}"
    );
    client.batch_execute(&make).unwrap();
    let given = RIGHTS_OF_0_1_0
        .replace("{codes}", &app)
        .replace("{usage}", &format!("{app}, {usage}, {more}"));
    client.batch_execute(&given).unwrap();
    let notes =
        "SELECT note FROM referral_setup() WHERE object = 'table public.referral_conversions'";
    let note: String = client.query_one(notes, &[]).unwrap().get(0);
    for told in [
        format!("INSERT, SELECT, UPDATE taken from {app}"),
        format!("INSERT, SELECT, UPDATE taken from {usage}"),
        format!(
            "left to {more}, since they are not what 0.1.0 gave: DELETE, INSERT, SELECT, UPDATE"
        ),
    ] {
        assert!(note.contains(&told), "{told}: {note}");
    }
    assert!(!note.contains(&sales), "{note}");
    let may = |client: &mut Client, role: &str, table: &str, privilege: &str| -> bool {
        let sql = "SELECT has_any_column_privilege($1::text::name, $2::text, $3)";
        client.query_one(sql, &[&role, &table, &privilege]).unwrap().get(0)
    };
    for (role, table, privilege, wanted) in [
        (&app, "referral_programs", "INSERT", false),
        (&app, "referral_programs", "SELECT", true),
        (&app, "referral_code_programs", "UPDATE", false),
        (&app, "referral_code_creators", "UPDATE", true),
        (&app, "referral_events", "UPDATE", false),
        (&app, "referral_events", "INSERT", true),
        (&usage, "referral_rewards", "INSERT", false),
        (&usage, "referral_check_attempts", "INSERT", false),
        (&usage, "referral_referees", "UPDATE", true),
        (&usage, "referral_programs", "UPDATE", true),
        (&more, "referral_conversions", "UPDATE", true),
        (&sales, "referral_conversions", "UPDATE", true),
    ] {
        let found = may(&mut client, role, table, privilege);
        assert_eq!(found, wanted, "{role}: {privilege} on {table}");
    }
    // What an operator gives from now on is the operator's, even if it is the same.
    let again = RIGHTS_OF_0_1_0.replace("{codes}", &app).replace("{usage}", &usage);
    client.batch_execute(&again).unwrap();
    assert_eq!(setup(&mut client), []);
    client.batch_execute(&format!("DROP OWNED BY {roles}; DROP ROLE {roles}")).unwrap();
}

#[test]
fn a_table_that_only_bears_the_name_is_refused_and_nothing_changes() {
    let foreign = [
        "CREATE TABLE referral_rewards (id int)",
        "CREATE TABLE referral_rewards (uuid uuid PRIMARY KEY, amount int)",
        "CREATE TABLE referral_rewards (
             uuid uuid CONSTRAINT referral_rewards_pkey PRIMARY KEY, amount integer)",
        "CREATE VIEW referral_rewards AS SELECT 1 AS uuid",
        "CREATE TABLE referral_events (
             id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT referral_events_pkey PRIMARY KEY);
         INSERT INTO referral_events DEFAULT VALUES",
    ];
    for foreign in foreign {
        let database = Database::empty();
        let mut client = database.connect();
        client.batch_execute("CREATE EXTENSION referrals").unwrap();
        client.batch_execute(foreign).unwrap();
        let before = catalog(&mut client);
        let error = client.query("SELECT * FROM referral_setup()", &[]).unwrap_err();
        assert_eq!(sqlstate(&error), "42P16", "{foreign}");
        let named = error.as_db_error().unwrap().message().contains("referral_");
        assert!(named, "{error}");
        assert_eq!(catalog(&mut client), before);
    }
}

#[test]
fn an_outdated_schema_works_right_after_setup_without_reconnecting() {
    let database = Database::with_setup();
    let mut client = database.connect();
    client.batch_execute("ALTER TABLE referral_conversions DROP COLUMN approvals").unwrap();
    // Another backend: the one that did it has looked at the tables already.
    let mut client = database.connect();
    for _ in 0..2 {
        let error = client.query("SELECT referral_enabled()", &[]).unwrap_err();
        assert_eq!(sqlstate(&error), "55000");
    }
    setup(&mut client);
    client.query("SELECT referral_enabled()", &[]).unwrap();
}

#[test]
fn long_steps_say_so_before_they_begin_and_short_ones_do_not() {
    let database = Database::with_setup();
    let notices = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&notices);
    let mut config = postgres::Config::new();
    config.host_path(&database.address.folder).port(database.address.port);
    config.user("postgres").dbname(&database.name);
    config.notice_callback(move |notice| heard.lock().unwrap().push(notice.message().to_owned()));
    let mut client = config.connect(NoTls).unwrap();
    let drop = "DROP INDEX referral_usage_code_user_uidx, phoenix_kit_referral_codes_code_uidx";
    client.batch_execute(drop).unwrap();
    setup(&mut client);
    assert_eq!(*notices.lock().unwrap(), [] as [String; 0]);

    let many = format!(
        "{drop};
         SET session_replication_role = replica;
         INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
         SELECT gen_random_uuid(), gen_random_uuid() FROM generate_series(1, 12345);
         ANALYZE phoenix_kit_referral_code_usage"
    );
    client.batch_execute(&many).unwrap();
    setup(&mut client);
    await_that("two notices", || notices.lock().unwrap().len() == 2);
    let heard = notices.lock().unwrap();
    let table = "over public.phoenix_kit_referral_code_usage: ";
    let is_of = |notice: &String, step: &str| {
        notice.starts_with(&format!("{step} index referral_usage_code_user_uidx {table}"))
            && notice.ends_with("kB, some 12,345 rows")
    };
    assert!(is_of(&heard[0], "counting duplicates for"), "{heard:?}");
    assert!(is_of(&heard[1], "building"), "{heard:?}");
}

/// Every function as it is defined, with what is said of it.
const FUNCTIONS: &str = "
    SELECT pg_get_functiondef(p.oid) || coalesce(obj_description(p.oid, 'pg_proc'), 'no comment')
           || coalesce(p.proacl::text, '')
    FROM pg_proc AS p JOIN pg_depend AS d ON d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'referrals'
    ORDER BY p.oid::regprocedure::text";

#[test]
fn an_updated_extension_is_the_same_as_a_new_one() {
    let functions = |client: &mut Client| -> Vec<String> {
        client.query(FUNCTIONS, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    let fresh = Database::with_setup();
    let wanted = functions(&mut fresh.connect());
    assert!(wanted.len() > 80);
    let versions = "SELECT version FROM pg_available_extension_versions WHERE name = 'referrals'
                    AND version <> (SELECT default_version FROM pg_available_extensions
                                    WHERE name = 'referrals')";
    let versions = fresh.connect().query(versions, &[]).unwrap();
    assert!(!versions.is_empty(), "no released version's script is installed");
    for row in versions {
        let database = Database::empty();
        let mut client = database.connect();
        let version: &str = row.get(0);
        let update = format!(
            "CREATE EXTENSION referrals VERSION '{version}'; ALTER EXTENSION referrals UPDATE"
        );
        client.batch_execute(&update).unwrap();
        assert_eq!(functions(&mut client), wanted, "from {version}");
        setup(&mut client);
        assert_fresh(&mut client, version);
    }
}

#[test]
fn scripts_older_than_the_library_say_that_the_extension_is_to_be_updated() {
    let database = Database::empty();
    let mut client = database.connect();
    client.batch_execute("CREATE EXTENSION referrals VERSION '0.1.0'").unwrap();
    let error = client.query("SELECT * FROM referral_setup()", &[]).unwrap_err();
    assert_eq!(sqlstate(&error), "55000");
    assert_eq!(error.as_db_error().unwrap().detail(), Some("reason=extension_outdated"));
}
