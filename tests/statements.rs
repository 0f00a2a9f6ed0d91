//! What redemptions run is plain enough for an engine that spreads tables over nodes and plans SQL anew, such as Citus:
//! one table a statement, no subquery in an INSERT, and in what is written no function that two nodes could answer
//! differently.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use postgres::{Client, Config, NoTls};

use crate::support::{Database, project_file};

/// Reads that go through a program's codes, over tables that are on one node in any case: none of them is made where no
/// code of the program was redeemed by the same person before, and no hold has expired.
const OF_A_PROGRAM: [&str; 4] = [
    "programs/other_use.sql",
    "programs/other_uses.sql",
    "programs/lapsed.sql",
    "redemption/lapsed_codes.sql",
];

/// The rooms whose statements a redemption may run, by the paths of their files.
const ROOMS: [&str; 15] = [
    "redemption/batch",
    "redemption/claim",
    "redemption/held",
    "redemption/striped",
    "usage",
    "settings",
    "codes/assigned",
    "codes/read",
    "codes/reserves",
    "codes/stripes",
    "programs/cap",
    "programs/referees",
    "programs/stripes",
    "programs/terms",
    "events/tell",
];

/// Statements of these rooms that no redemption runs over such tables: a cap counted anew, reports, what guards ask, the
/// catalogs.
const NOT_HOT: [&str; 10] = [
    "codes/system_stats.sql",
    "programs/count_leases.sql",
    "programs/count_uses.sql",
    "programs/count_uses_of_codes.sql",
    "programs/lock_codes.sql",
    "programs/stripes/most_of_codes.sql",
    "programs/stripes/uses_made.sql",
    "usage/expected.sql",
    "usage/is_unique.sql",
    "usage/totals_with_repeats.sql",
];

/// Stable, so that Postgres's labels do not tell, and the clock of the node that is asked.
const CLOCKS: [&str; 5] =
    ["now", "transaction_timestamp", "statement_timestamp", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP"];

fn without_comments(sql: &str) -> String {
    let lines = sql.lines().filter(|line| !line.trim_start().starts_with("--"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Words and single signs, as far as they are needed here: strings are one word.
fn tokens(sql: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' {
            rest[1..].find('\'').map_or(rest.len(), |end| end + 2)
        } else {
            let in_word = |c: char| c.is_alphanumeric() || "_.$".contains(c);
            let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            end.max(first.len_utf8())
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}

/// What an engine that spreads tables over nodes would not take of a statement of `schema.`, or would be slow at.
fn faults(sql: &str, schema: &str, volatile: &BTreeSet<String>) -> Vec<String> {
    let tokens = tokens(&without_comments(sql));
    let mut faults = Vec::new();
    let first = tokens.first().map(String::as_str).unwrap_or_default();
    let tables: BTreeSet<&str> =
        tokens.iter().filter_map(|token| token.strip_prefix(schema)).collect();
    if tables.len() > 1 {
        faults.push(format!("{} tables", tables.len()));
    }
    if !matches!(first, "SELECT" | "INSERT" | "UPDATE" | "DELETE") {
        faults.push(format!("begins with {first}"));
    }
    if first == "SELECT" {
        return faults;
    }
    // INSERT … SELECT of what is told is no subquery: one in brackets is.
    if tokens.windows(2).any(|pair| pair[0] == "(" && pair[1] == "SELECT") {
        faults.push("a subquery".into());
    }
    let called = tokens.windows(2).filter(|pair| pair[1] == "(").map(|pair| pair[0].as_str());
    let keywords = tokens.iter().map(String::as_str).filter(|token| token.ends_with("TIMESTAMP"));
    let named = called.chain(keywords).map(|name| name.trim_start_matches("pg_catalog."));
    let two_answers = |name: &&str| volatile.contains(*name) || CLOCKS.contains(name);
    faults.extend(named.filter(two_answers).map(|name| format!("calls {name}")));
    faults
}

/// What the server is told of a file.
fn as_run(file: &str) -> String {
    let sql = fs::read_to_string(project_file("sql").join(file)).unwrap();
    without_comments(&sql).replace("host.", "public.")
}

/// The names of Postgres's own functions that are labelled so.
fn volatile(client: &mut Client) -> BTreeSet<String> {
    let names = "
        SELECT DISTINCT proname::text FROM pg_proc
        WHERE provolatile = 'v' AND pronamespace = 'pg_catalog'::regnamespace";
    client.query(names, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// The files of sql/ that a file of src/ names.
fn named_in(source: &str) -> Vec<String> {
    let parts = source.split('"').skip(1).step_by(2);
    parts.filter(|part| part.ends_with(".sql")).map(str::to_owned).collect()
}

fn files_below(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path.to_string_lossy().into_owned());
        }
    }
}

#[test]
fn the_statements_of_a_redemption_are_plain() {
    let database = Database::empty();
    let volatile = volatile(&mut database.connect());
    let mut broken = Vec::new();
    let mut judged = 0;
    for room in ROOMS {
        let source = fs::read_to_string(project_file(&format!("src/{room}.rs"))).unwrap();
        for file in named_in(&source) {
            if NOT_HOT.contains(&&*file) || OF_A_PROGRAM.contains(&&*file) {
                continue;
            }
            let sql = fs::read_to_string(project_file("sql").join(&file)).unwrap();
            let faults = faults(&sql, "host.", &volatile);
            broken.extend(faults.iter().map(|fault| format!("{file}: {fault}")));
            judged += 1;
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(judged > 50, "{judged} statements were found");
}

/// Also those that no redemption runs: an INSERT with a subquery is refused whoever runs it.
#[test]
fn nothing_that_is_inserted_is_asked_for_within() {
    let database = Database::empty();
    let volatile = volatile(&mut database.connect());
    let mut files = Vec::new();
    files_below(&project_file("sql"), &mut files);
    let mut broken = Vec::new();
    let mut judged = 0;
    for file in files.iter().filter(|file| !file.contains("/sql/setup/")) {
        let sql = without_comments(&fs::read_to_string(file).unwrap());
        if !sql.starts_with("INSERT") {
            continue;
        }
        let faults = faults(&sql, "host.", &volatile);
        let within = faults.iter().filter(|fault| *fault == "a subquery");
        broken.extend(within.map(|fault| format!("{file}: {fault}")));
        judged += 1;
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(judged > 20, "{judged} statements were found");
}

/// What a function runs, in the order in which it does: as auto_explain tells the client.
struct Told {
    client: Client,
    texts: Arc<Mutex<Vec<String>>>,
}

impl Told {
    fn by(database: &Database) -> Self {
        let texts = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&texts);
        let mut config = Config::new();
        config.host_path(&database.address.folder).port(database.address.port);
        config.user("postgres").dbname(&database.name);
        config.notice_callback(move |notice| {
            if let Some((_, told)) = notice.message().split_once("Query Text: ") {
                // The plan follows, its first line with a cost.
                let text = told.lines().take_while(|line| !line.contains("  (cost="));
                kept.lock().unwrap().push(text.collect::<Vec<_>>().join("\n"));
            }
        });
        let mut client = config.connect(NoTls).unwrap();
        client
            .batch_execute(
                "LOAD 'auto_explain';
                 SET auto_explain.log_nested_statements = on;
                 SET auto_explain.log_level = notice;
                 SET auto_explain.log_min_duration = 0",
            )
            .unwrap();
        Told { client, texts }
    }

    /// The statements that a call runs.
    fn of(&mut self, call: &str) -> Vec<String> {
        self.texts.lock().unwrap().clear();
        self.client.batch_execute(call).unwrap();
        let texts = std::mem::take(&mut *self.texts.lock().unwrap());
        // The call itself, and what the foreign key asks.
        let is_ours = |text: &String| text != call && !text.contains("FROM ONLY");
        texts.into_iter().filter(is_ours).collect()
    }
}

const CODES: &str = "
    SELECT referral_create_code(gen_random_uuid(), 'PLAIN', max_uses => 50);
    SELECT referral_create_program('spring', '{\"max_uses_total\": 90}');
    SELECT referral_assign_program(uuid, 'spring') FROM referral_create_code(gen_random_uuid(), 'MEMBER', max_uses => 50);
    SELECT referral_assign_program(uuid, 'spring') FROM referral_create_code(gen_random_uuid(), 'STRIPED', max_uses => 50);
    SELECT referral_stripe_code(uuid, 2) FROM referral_get_code_by_string('STRIPED');
    INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_events_enabled', 'true');
    SELECT referral_poll_events('mail');
    SELECT referral_hold_use('PLAIN', gen_random_uuid())";

/// All that a redemption can meet.
fn calls() -> Vec<String> {
    let person = "'00000000-0000-0000-0000-00000000000b'";
    let mut calls = Vec::new();
    for code in ["PLAIN", "member", "STRIPED"] {
        let call = |text: &str| text.replace("CODE", code).replace("PERSON", person);
        calls.extend(
            [
                "SELECT * FROM referral_try_use_code('CODE', gen_random_uuid())",
                "SELECT * FROM referral_try_use_code('CODE', PERSON)",
                "SELECT * FROM referral_try_use_code('CODE', PERSON)",
                "SELECT * FROM referral_use_code('CODE', gen_random_uuid())",
                "SELECT * FROM referral_use_codes('CODE', ARRAY[gen_random_uuid(), gen_random_uuid()])",
                "SELECT referral_undo_use(usage_uuid) FROM referral_use_code('CODE', gen_random_uuid())",
                "SELECT referral_release_hold(hold_uuid) FROM referral_hold_use('CODE', gen_random_uuid())",
                "SELECT * FROM referral_hold_use('CODE', gen_random_uuid()) AS h, referral_confirm_hold(h.hold_uuid)",
            ]
            .map(call),
        );
    }
    calls
}

/// With guards and without, as over distributed tables: there no fact is kept, so that each is read.
#[test]
fn what_redemptions_run_is_plain() {
    for guards in [true, false] {
        let database = Database::empty();
        let mut client = database.connect();
        let volatile = volatile(&mut client);
        let setup =
            format!("CREATE EXTENSION referrals; SELECT FROM referral_setup(guards => {guards})");
        client.batch_execute(&setup).unwrap();
        client.batch_execute(CODES).unwrap();
        let mut told = Told::by(&database);
        let mut broken = BTreeMap::new();
        let mut judged = 0;
        let of_a_program = OF_A_PROGRAM.map(as_run);
        for call in calls() {
            for text in told.of(&call) {
                let of_a_program = of_a_program.contains(&text);
                judged += 1;
                let faults = faults(&text, "public.", &volatile);
                if !faults.is_empty() && !of_a_program {
                    broken.insert(text, (call.clone(), faults));
                }
            }
        }
        assert!(broken.is_empty(), "guards => {guards}: {broken:#?}");
        assert!(judged > 100, "{judged} statements were told");
    }
}

#[test]
fn a_statement_that_is_not_plain_is_found_out() {
    let volatile = BTreeSet::from(["clock_timestamp".to_owned(), "gen_random_uuid".to_owned()]);
    let found = |sql: &str| faults(sql, "host.", &volatile).join(", ");
    for plain in [
        "-- Why (SELECT now()).\nUPDATE host.a AS a\n   SET b = greatest(a.b, $1)\n WHERE a.c OPERATOR(pg_catalog.=) $2\nRETURNING a.b",
        "INSERT INTO host.a (b)\nSELECT new.b\n  FROM pg_catalog.unnest($1) AS new (b)\n    ON CONFLICT DO NOTHING",
        "DELETE FROM host.a AS a\n WHERE a.b OPERATOR(pg_catalog.=) 'now('",
        "SELECT a.b\n  FROM host.a AS a\n   FOR NO KEY UPDATE",
    ] {
        assert_eq!(found(plain), "", "{plain}");
    }
    for (sql, fault) in [
        (
            "INSERT INTO host.a (b) VALUES ($1) RETURNING (SELECT c FROM host.d)",
            "2 tables, a subquery",
        ),
        ("INSERT INTO host.a (b) SELECT d.b FROM host.d AS d", "2 tables"),
        ("UPDATE host.a AS a SET b = pg_catalog.clock_timestamp()", "calls clock_timestamp"),
        ("UPDATE host.a AS a SET b = now() WHERE a.b IS NULL", "calls now"),
        ("DELETE FROM host.a AS a WHERE a.b < CURRENT_TIMESTAMP", "calls CURRENT_TIMESTAMP"),
        (
            "UPDATE host.a AS a SET b = 1 RETURNING pg_catalog.gen_random_uuid()",
            "calls gen_random_uuid",
        ),
        ("SELECT 1 FROM host.a AS a JOIN host.b AS b ON true", "2 tables"),
        ("WITH taken AS (UPDATE host.a AS a SET b = 1) SELECT 1", "begins with WITH"),
    ] {
        assert_eq!(found(sql), fault, "{sql}");
    }
}
