//! PhoenixKit over guarded tables: what it sends to create, edit, toggle, delete and use codes gives the same
//! results and the same errors as without the extension, save where a limit would have been broken.
//!
//! The statements are those that Ecto makes of PhoenixKitReferrals: ids are UUIDv7 of the app's making, times
//! are whole seconds, an INSERT names the fields that are not nil and an UPDATE those that change.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use postgres::types::ToSql;
use postgres::{Client, Row};
use uuid::Uuid;

use crate::support::{Database, person, project_file, run};

mod import;
mod seeds;

const CODE_COLUMNS: &str = r#"p0."uuid", p0."code", p0."description", p0."status", p0."number_of_uses", p0."max_uses", p0."created_by_uuid", p0."beneficiary_uuid", p0."date_created", p0."expiration_date""#;

/// A small host of today, with the extension over it or without. In `tidy` data nobody has used a code
/// twice, so that setup can make its unique index.
fn host(tidy: bool, guarded: bool) -> Database {
    let database = Database::empty();
    let folder = project_file("tests/support/host");
    for file in ["tables.sql", "rows.sql"] {
        let duplicates = format!("duplicates={}", u8::from(!tidy));
        let mut psql = database.address.program("psql");
        psql.args(["-qX", "--set", "codes=1000", "--set", "usages=3000"]);
        psql.args(["--set", &duplicates, "-d", &database.name, "-f"]);
        run(psql.arg(folder.join(file)));
    }
    if guarded {
        let setup = "CREATE EXTENSION referrals; SELECT FROM referral_setup()";
        database.connect().batch_execute(setup).unwrap();
    }
    database
}

/// The host's code of that number, see tests/support/host/rows.sql.
fn host_code(number: u64) -> Uuid {
    Uuid::from_u128(0x0000_0000_0000_7000_8001_0000_0000_0000 + u128::from(number))
}

/// An id as the app makes one, the same in every replay.
fn app_uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// A moment of the replay, in whole seconds.
fn seconds_from(start: SystemTime, seconds: i64) -> SystemTime {
    let whole = start.duration_since(UNIX_EPOCH).unwrap().as_secs();
    let moment = whole.checked_add_signed(seconds).unwrap();
    UNIX_EPOCH + Duration::from_secs(moment)
}

/// PhoenixKit over one database, and all that the database told it.
struct App {
    client: Client,
    start: SystemTime,
    told: Vec<String>,
    /// What the errors said beside the names that Ecto matches on.
    messages: Vec<String>,
}

type Parameters<'a> = [&'a (dyn ToSql + Sync)];

impl App {
    fn new(database: &Database, start: SystemTime) -> Self {
        App { client: database.connect(), start, told: Vec::new(), messages: Vec::new() }
    }

    fn now(&self) -> SystemTime {
        seconds_from(self.start, 0)
    }

    fn tell<T>(
        &mut self,
        result: Result<T, postgres::Error>,
        told: impl Fn(&T) -> String,
    ) -> Option<T> {
        match result {
            Ok(value) => {
                self.told.push(told(&value));
                Some(value)
            }
            Err(error) => {
                let error = error.as_db_error().unwrap_or_else(|| panic!("{error}"));
                let constraint = error.constraint().unwrap_or("no constraint");
                self.told.push(format!("{} {constraint}", error.code().code()));
                let detail = error.detail().unwrap_or_default();
                self.messages.push(format!("{}: {detail}", error.message()));
                None
            }
        }
    }

    /// Rows written; None after an error.
    fn write(&mut self, sql: &str, parameters: &Parameters) -> Option<u64> {
        let written = self.client.execute(sql, parameters);
        self.tell(written, |rows| format!("{rows} written"))
    }

    fn read(&mut self, sql: &str, parameters: &Parameters) -> Vec<Row> {
        let rows = self.client.query(sql, parameters);
        let rows = self.tell(rows, |rows| format!("{} read", rows.len()));
        rows.unwrap_or_default()
    }

    fn control(&mut self, sql: &str) {
        let done = self.client.batch_execute(sql);
        self.tell(done, |()| sql.to_owned());
    }

    /// get_code/1
    fn get(&mut self, code: Uuid) -> Option<Row> {
        let get = format!(
            r#"SELECT {CODE_COLUMNS} FROM "phoenix_kit_referral_codes" AS p0 WHERE (p0."uuid" = $1)"#
        );
        let found = self.read(&get, &[&code]).pop();
        let seen = found.as_ref().map(|row| {
            let (text, uses, cap): (String, i32, i32) = (row.get(1), row.get(4), row.get(5));
            format!("{text}: {uses} of {cap}, status {}", row.get::<_, bool>(3))
        });
        self.told.extend(seen);
        found
    }

    /// get_code_by_string/1, whose argument it normalises itself.
    fn get_by_string(&mut self, text: &str) -> Option<Uuid> {
        let get = format!(
            r#"SELECT {CODE_COLUMNS} FROM "phoenix_kit_referral_codes" AS p0 WHERE (upper(p0."code") = $1) ORDER BY p0."date_created" LIMIT 1"#
        );
        let normal = text.trim().to_uppercase();
        self.read(&get, &[&normal]).pop().map(|row| row.get(0))
    }

    fn count_user_codes(&mut self, user: Uuid) -> i64 {
        let count = r#"SELECT count(p0."uuid") FROM "phoenix_kit_referral_codes" AS p0 WHERE (p0."created_by_uuid" = $1)"#;
        let count = self.read(count, &[&user])[0].get(0);
        self.told.push(format!("{count} codes"));
        count
    }

    /// The INSERT of create_code/1, past the changeset's own checks.
    fn insert_code(&mut self, new: &NewCode) -> Option<u64> {
        let mut columns = vec![
            "code",
            "status",
            "description",
            "number_of_uses",
            "max_uses",
            "created_by_uuid",
            "date_created",
        ];
        let (status, uses, now) = (true, 0, self.now());
        let mut values: Vec<&(dyn ToSql + Sync)> =
            vec![&new.code, &status, &new.description, &uses, &new.max_uses, &new.creator, &now];
        if let Some(beneficiary) = &new.beneficiary {
            columns.push("beneficiary_uuid");
            values.push(beneficiary);
        }
        if let Some(expiration) = &new.expiration {
            columns.push("expiration_date");
            values.push(expiration);
        }
        columns.push("uuid");
        values.push(&new.uuid);
        let places: Vec<String> = (1..=values.len()).map(|place| format!("${place}")).collect();
        let insert = format!(
            r#"INSERT INTO "phoenix_kit_referral_codes" ("{}") VALUES ({})"#,
            columns.join(r#"",""#),
            places.join(",")
        );
        self.write(&insert, &values)
    }

    /// The UPDATE of update_code/2.
    fn update_code(&mut self, code: Uuid, changes: &[(&str, &(dyn ToSql + Sync))]) -> Option<u64> {
        let mut values: Vec<&(dyn ToSql + Sync)> =
            changes.iter().map(|(_, value)| *value).collect();
        let set: Vec<String> = (1..)
            .zip(changes)
            .map(|(place, (column, _))| format!(r#""{column}" = ${place}"#))
            .collect();
        values.push(&code);
        let update = format!(
            r#"UPDATE "phoenix_kit_referral_codes" SET {} WHERE "uuid" = ${}"#,
            set.join(", "),
            values.len()
        );
        self.write(&update, &values)
    }

    fn delete_code(&mut self, code: Uuid) -> Option<u64> {
        let delete = r#"DELETE FROM "phoenix_kit_referral_codes" WHERE "uuid" = $1"#;
        self.write(delete, &[&code])
    }

    /// claim_use/1
    fn claim(&mut self, code: Uuid) -> bool {
        let claim = r#"UPDATE "phoenix_kit_referral_codes" AS p0 SET "number_of_uses" = p0."number_of_uses" + 1 WHERE (p0."uuid" = $1) AND (p0."status" = TRUE) AND (p0."number_of_uses" < p0."max_uses") AND ((p0."expiration_date" IS NULL) OR (p0."expiration_date" > $2))"#;
        let now = self.now();
        self.write(claim, &[&code, &now]) == Some(1)
    }

    /// The INSERT of use_code/2, without its claim.
    fn insert_usage(&mut self, usage: Uuid, code: Uuid, user: Uuid) -> Option<u64> {
        let insert = r#"INSERT INTO "phoenix_kit_referral_code_usage" ("used_by_uuid","date_used","code_uuid","uuid") VALUES ($1,$2,$3,$4)"#;
        let now = self.now();
        self.write(insert, &[&user, &now, &code, &usage])
    }

    /// What use_code/2 sends within its transaction; false where it rolls back.
    fn record_usage(&mut self, usage: Uuid, code: Uuid, user: Uuid) -> bool {
        if !self.claim(code) {
            self.get(code);
            return false;
        }
        let used = r#"SELECT TRUE FROM "phoenix_kit_referral_code_usage" AS p0 WHERE ((p0."used_by_uuid" = $1) AND (p0."code_uuid" = $2)) LIMIT 1"#;
        self.read(used, &[&user, &code]).is_empty()
            && self.insert_usage(usage, code, user).is_some()
    }

    /// use_code/2, from the look-up on.
    fn use_code(&mut self, usage: Uuid, text: &str, user: Uuid) {
        let Some(code) = self.get_by_string(text) else {
            return;
        };
        self.control("begin");
        let kept = self.record_usage(usage, code, user);
        self.control(if kept { "commit" } else { "rollback" });
        self.get(code);
    }
}

struct NewCode {
    uuid: Uuid,
    code: String,
    description: String,
    max_uses: i32,
    creator: Uuid,
    beneficiary: Option<Uuid>,
    expiration: Option<SystemTime>,
}

impl NewCode {
    fn new(number: u128, code: &str) -> Self {
        NewCode {
            uuid: app_uuid(number),
            code: code.to_owned(),
            description: "Welcome promotion".to_owned(),
            max_uses: 2,
            creator: person(1),
            beneficiary: None,
            expiration: None,
        }
    }
}

fn create(app: &mut App) {
    app.count_user_codes(person(1));
    assert_eq!(app.get_by_string("welcome"), None);
    app.insert_code(&NewCode::new(1, "WELCOME"));
    app.insert_code(&NewCode {
        beneficiary: Some(person(2)),
        expiration: Some(seconds_from(app.start, 3600)),
        max_uses: 100,
        ..NewCode::new(2, "FÜR ÄLTERE")
    });
    app.insert_code(&NewCode::new(3, "ABC"));
    app.insert_code(&NewCode::new(4, &"X".repeat(50)));
    app.count_user_codes(person(1));
    // Two admins took the same code at once: Ecto knows the index by its name.
    app.insert_code(&NewCode::new(5, "WELCOME"));
    app.insert_code(&NewCode::new(1, "SAME ID"));
    for number in 1..=5 {
        app.get(app_uuid(number));
    }
}

fn edit(app: &mut App) {
    let code = app_uuid(1);
    app.get(code);
    app.update_code(code, &[("description", &"Changed"), ("max_uses", &3)]);
    app.update_code(code, &[("code", &"HELLO")]);
    app.update_code(code, &[("code", &"WELCOME")]);
    let (later, never) = (seconds_from(app.start, 7200), None::<SystemTime>);
    app.update_code(code, &[("expiration_date", &later)]);
    app.update_code(code, &[("expiration_date", &never), ("beneficiary_uuid", &person(3))]);
    app.update_code(code, &[("beneficiary_uuid", &None::<Uuid>)]);
    app.update_code(code, &[("created_by_uuid", &person(4))]);
    app.update_code(code, &[("created_by_uuid", &person(1))]);
    // Taken, and none of the form's.
    app.update_code(code, &[("code", &"ABC")]);
    app.update_code(app_uuid(99), &[("description", &"Nowhere")]);
    app.get(code);
    // Expired, over a lowered limit, used more often than it may be, in lower case, one of two twins: all
    // stay editable.
    for number in [7, 50, 21, 1000, 4, 5] {
        let description = format!("Old code {number}");
        app.update_code(host_code(number), &[("description", &description)]);
        app.get(host_code(number));
    }
    app.update_code(host_code(50), &[("max_uses", &99)]);
    app.update_code(host_code(7), &[("expiration_date", &later), ("status", &true)]);
    app.update_code(host_code(1000), &[("code", &"NORMAL NOW")]);
    app.update_code(host_code(21), &[("max_uses", &10)]);
}

fn toggle(app: &mut App) {
    for code in [app_uuid(1), host_code(3), host_code(27), host_code(41)] {
        for _ in 0..2 {
            let status = app.get(code).is_some_and(|row| row.get(3));
            app.update_code(code, &[("status", &!status)]);
        }
        app.get(code);
    }
}

fn use_codes(app: &mut App) {
    let mut usage = 1000;
    let mut use_code = |app: &mut App, text: &str, user: usize| {
        usage += 1;
        app.use_code(app_uuid(usage), text, person(user));
    };
    // To the limit and over it, once more by one user, and as people type it.
    use_code(app, "ABC", 10);
    use_code(app, " abc ", 10);
    use_code(app, "Abc", 11);
    use_code(app, "ABC", 12);
    use_code(app, "ABC", 10);
    use_code(app, "NOSUCHCODE", 10);
    // Inactive, expired, at the limit, over it; with counters that drifted; two that differ by case alone.
    for number in [23, 47, 41, 22, 24] {
        use_code(app, &format!("REF{}", 100_000 + number), 10);
    }
    use_code(app, "twin", 10);
    use_code(app, "twin", 10);
    // Another app's transaction around it, of which one part is taken back.
    app.control("begin");
    app.control("savepoint a");
    app.record_usage(app_uuid(2001), app_uuid(1), person(20));
    app.control("rollback to savepoint a");
    app.record_usage(app_uuid(2002), app_uuid(1), person(20));
    app.control("savepoint b");
    app.record_usage(app_uuid(2003), app_uuid(1), person(21));
    app.control("release savepoint b");
    app.control("commit");
    app.get(app_uuid(1));
    // Deleted while somebody was about to use it.
    app.insert_code(&NewCode::new(6, "SHORTLIVED"));
    app.delete_code(app_uuid(6));
    app.control("begin");
    app.record_usage(app_uuid(2004), app_uuid(6), person(20));
    app.control("rollback");
    // Ecto knows this one by the foreign key's name.
    app.insert_usage(app_uuid(2005), app_uuid(6), person(20));
}

fn delete(app: &mut App) {
    let usages = r#"SELECT p0."uuid" FROM "phoenix_kit_referral_code_usage" AS p0 WHERE (p0."code_uuid" = $1) ORDER BY p0."date_used" DESC"#;
    for code in [app_uuid(3), app_uuid(3), host_code(100), host_code(21)] {
        app.read(usages, &[&code]);
        app.delete_code(code);
        app.read(usages, &[&code]);
        app.get(code);
    }
}

/// Every row of the host's tables.
fn contents(app: &mut App) -> Vec<String> {
    let contents = "
        SELECT to_jsonb(t)::text FROM (TABLE phoenix_kit_referral_codes ORDER BY uuid) AS t
        UNION ALL
        SELECT to_jsonb(t)::text FROM (TABLE phoenix_kit_referral_code_usage ORDER BY uuid) AS t
        UNION ALL
        SELECT key || value FROM (TABLE phoenix_kit_settings ORDER BY key) AS t";
    let rows = app.client.query(contents, &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

type Replay = fn(&mut App);

const REPLAYS: [(&str, Replay); 5] = [
    ("create", create),
    ("edit", edit),
    ("toggle", toggle),
    ("use", use_codes),
    ("delete", delete),
];

/// Replays the same with guards and without, one after another, and compares all that was told and written.
fn replay_alike(tidy: bool, replays: &[(&str, Replay)]) {
    let (without, with) = (host(tidy, false), host(tidy, true));
    let start = SystemTime::now();
    let mut bare = App::new(&without, start);
    let mut guarded = App::new(&with, start);
    assert_eq!(contents(&mut bare), contents(&mut guarded), "before");
    for (name, replay) in replays {
        for app in [&mut bare, &mut guarded] {
            app.told.clear();
            replay(app);
        }
        assert_eq!(bare.told, guarded.told, "told in: {name}");
        assert_eq!(bare.messages, guarded.messages, "messages in: {name}");
        assert_eq!(contents(&mut bare), contents(&mut guarded), "after: {name}");
    }
}

#[test]
fn phoenix_kit_meets_the_same_results_and_errors() {
    replay_alike(true, &REPLAYS);
}

#[test]
fn phoenix_kit_meets_the_same_over_old_data_with_duplicates() {
    replay_alike(false, &REPLAYS);
}

/// What PhoenixKit would have done past a limit: how, what it was told without guards, and what with them.
/// Each is rolled back.
type Breach = (&'static str, fn(&mut App), &'static str, &'static str);

/// Held always.
const BREACHES: [Breach; 8] = [
    (
        "more uses than the system limit, which was lowered meanwhile",
        |app| {
            app.insert_code(&NewCode { max_uses: 101, ..NewCode::new(100, "MUCH") });
        },
        "1 written",
        "23514 no constraint",
    ),
    (
        "a code that differs from an old one by case alone, inserted past the app's own look",
        |app| {
            app.insert_code(&NewCode::new(100, "REF101000"));
        },
        "1 written",
        "23505 phoenix_kit_referral_codes_code_uidx",
    ),
    (
        "a raise past the cap, without the condition of the app's own UPDATE",
        |app| {
            let raise = "UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = $1";
            app.write(raise, &[&host_code(41)]);
        },
        "1 written",
        "RF004 no constraint",
    ),
    (
        "a counter below nothing",
        |app| {
            let lower = "UPDATE phoenix_kit_referral_codes SET number_of_uses = -1 WHERE uuid = $1";
            app.write(lower, &[&host_code(2)]);
        },
        "1 written",
        "23514 no constraint",
    ),
    (
        "a use of a full code, inserted past the app's own claim",
        |app| {
            app.insert_usage(app_uuid(3000), host_code(41), person(10));
        },
        "1 written",
        "RF004 no constraint",
    ),
    (
        "a use of an inactive code, inserted past the app's own claim",
        |app| {
            app.insert_usage(app_uuid(3000), host_code(23), person(10));
        },
        "1 written",
        "RF002 no constraint",
    ),
    (
        "a use of an expired code, inserted past the app's own claim",
        |app| {
            app.insert_usage(app_uuid(3000), host_code(47), person(10));
        },
        "1 written",
        "RF003 no constraint",
    ),
    (
        "a second use by one user, inserted past the app's own look",
        |app| {
            app.claim(host_code(2));
            app.insert_usage(app_uuid(3000), host_code(2), person(10));
            app.claim(host_code(2));
            app.told.clear();
            app.insert_usage(app_uuid(3001), host_code(2), person(10));
        },
        "1 written",
        "23505 referral_usage_code_user_uidx",
    ),
];

/// Held where the settings `referral_guard_user_limit` and `referral_guards_judge_all` are true.
const BREACHES_WHERE_WANTED: [Breach; 6] = [
    (
        "an eleventh code, made while the tenth was being made",
        |app| {
            for number in 0..10 {
                app.insert_code(&NewCode::new(100 + number, &format!("MANY{number}")));
            }
            app.told.clear();
            app.insert_code(&NewCode::new(110, "MANY10"));
        },
        "1 written",
        "RF008 no constraint",
    ),
    (
        "a code that had expired by the time it was written",
        |app| {
            app.insert_code(&NewCode {
                expiration: Some(seconds_from(app.start, -1)),
                ..NewCode::new(100, "LATE")
            });
        },
        "1 written",
        "23514 no constraint",
    ),
    (
        "an edit to a date that is over",
        |app| {
            let over = seconds_from(app.start, -1);
            app.update_code(host_code(2), &[("expiration_date", &over)]);
        },
        "1 written",
        "23514 no constraint",
    ),
    // PhoenixKit knows no rule about the beneficiary.
    (
        "the beneficiary's own use of a code",
        |app| {
            app.update_code(host_code(2), &[("beneficiary_uuid", &person(10))]);
            app.claim(host_code(2));
            app.told.clear();
            app.insert_usage(app_uuid(3000), host_code(2), person(10));
        },
        "1 written",
        "RF006 no constraint",
    ),
    // use_code/2 leaves it to its callers to ask whether the system is on.
    (
        "a use while the system is off",
        |app| {
            let off = r#"UPDATE "phoenix_kit_settings" SET "value" = $1 WHERE "key" = 'referral_codes_enabled'"#;
            app.write(off, &[&"false"]);
            app.claim(host_code(2));
            app.told.clear();
            app.insert_usage(app_uuid(3000), host_code(2), person(10));
        },
        "1 written",
        "RF007 no constraint",
    ),
    (
        "a code that is too long for the app's own form",
        |app| {
            app.insert_code(&NewCode::new(100, &"X".repeat(51)));
        },
        "1 written",
        "23514 no constraint",
    ),
];

fn refused(breaches: &[Breach], settings: &str) {
    let (without, with) = (host(true, false), host(true, true));
    with.connect().batch_execute(settings).unwrap();
    let start = SystemTime::now();
    for &(name, breach, told_without, told_with) in breaches {
        for (database, expected) in [(&without, told_without), (&with, told_with)] {
            let mut app = App::new(database, start);
            app.control("begin");
            app.told.clear();
            breach(&mut app);
            assert_eq!(app.told, [expected], "{name}");
            app.control("rollback");
        }
    }
}

#[test]
fn where_a_limit_would_have_been_broken_the_guards_refuse() {
    refused(&BREACHES, "");
}

#[test]
fn where_the_settings_want_it_they_refuse_what_the_functions_would() {
    let settings = "
        INSERT INTO phoenix_kit_settings (key, value)
        VALUES ('referral_guards_judge_all', 'true'), ('referral_guard_user_limit', 'true')";
    refused(&BREACHES, settings);
    refused(&BREACHES_WHERE_WANTED, settings);
}

#[test]
fn unless_the_settings_want_it_they_refuse_nothing_else() {
    for (name, breach, told, _) in BREACHES_WHERE_WANTED {
        refused(&[(name, breach, told, told)], "");
    }
}

#[test]
fn old_duplicates_do_not_let_a_user_in_twice() {
    let with = host(false, true);
    let mut app = App::new(&with, SystemTime::now());
    app.use_code(app_uuid(3000), "REF100002", person(10));
    app.told.clear();
    app.insert_usage(app_uuid(3001), host_code(2), person(10));
    assert_eq!(app.told, ["RF005 no constraint"], "there is no unique index to name");
}
