//! Every statement of sql/ that the functions run reads by an index where that is promised, whatever the values are that
//! a plan was made for, and whether the tables have been analyzed or not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use postgres::{Client, NoTls};

use crate::support::{Database, project_file};

/// From so many rows on reading a whole table is noticed.
const BIG: i64 = 2_000;
/// What a step may read and throw away: so many rows at all, or so many for each that it keeps.
const FEW: f64 = 200.0;
const MOST_FOR_EACH: f64 = 10.0;

/// A statement that may read more.
struct Exception {
    file: &'static str,
    /// How it is planned then: part of what `planned` says.
    when: &'static str,
    #[allow(dead_code)] // For who reads this.
    why: &'static str,
}

const ALWAYS: &str = "";
const GENERIC: &str = "force_generic_plan";
const NOT_ANALYZED: &str = "not analyzed";

const WHOLE: &str = "a figure of whole tables, of which nothing is kept";
const FOR_ITS_VALUES: &str =
    "it is planned for what is asked each time, unless somebody forces generic plans";
const FIRST_CAP: &str = "a program's first cap or budget: all is counted once";

const EXCEPTIONS: &[Exception] = &[
    Exception { file: "codes/system_stats.sql", when: ALWAYS, why: WHOLE },
    Exception { file: "codes/top.sql", when: ALWAYS, why: WHOLE },
    Exception { file: "analytics/top_referrers.sql", when: ALWAYS, why: WHOLE },
    Exception { file: "analytics/program_report.sql", when: ALWAYS, why: WHOLE },
    Exception { file: "events/consumers.sql", when: ALWAYS, why: "it counts what waits for each" },
    Exception {
        file: "payouts/owed.sql",
        when: ALWAYS,
        why: "who is owed how much is summed up from all rewards and payouts",
    },
    Exception { file: "programs/count_uses.sql", when: ALWAYS, why: FIRST_CAP },
    Exception { file: "programs/count_codes.sql", when: ALWAYS, why: FIRST_CAP },
    Exception { file: "programs/changed_codes.sql", when: ALWAYS, why: FIRST_CAP },
    Exception { file: "programs/count_granted.sql", when: ALWAYS, why: FIRST_CAP },
    Exception {
        file: "conversions/prune_purchases.sql",
        when: ALWAYS,
        why: "housekeeping, over the table that it prunes",
    },
    Exception {
        file: "privacy/lock_events.sql",
        when: ALWAYS,
        why: "a name may stand anywhere in an event, and an index for that would be written with each; the outbox is pruned",
    },
    Exception {
        file: "privacy/check_attempts.sql",
        when: ALWAYS,
        why: "attempts are kept for minutes",
    },
    Exception {
        file: "usage/count_of_code.sql",
        when: "force_custom_plan, analyzed",
        why: "of a code that has two fifths of all usages",
    },
    Exception {
        file: "codes/assigned_of_each.sql",
        when: "force_custom_plan",
        why: "a hundred of 5,000 rows on sixty pages",
    },
    Exception {
        file: "events/delete.sql",
        when: "force_custom_plan, not analyzed",
        why: "a thousand of 20,000 rows",
    },
    Exception {
        file: "codes/find.sql",
        when: NOT_ANALYZED,
        why: "by metadata, of which Postgres knows nothing before ANALYZE",
    },
    Exception {
        file: "conversions/rewarded_of_referrer.sql",
        when: GENERIC,
        why: "a referrer's own conversions, of which some are the program's",
    },
    Exception { file: "conversions/list.sql", when: GENERIC, why: FOR_ITS_VALUES },
    Exception { file: "payouts/list.sql", when: GENERIC, why: FOR_ITS_VALUES },
];

/// What no call here comes to: it is for races, for old data, for stripes that are empty, or locks a table, which has no
/// plan.
const UNSEEN: &[&str] = &[
    "codes/codes_of_owner.sql",
    "codes/replace_code_of_owner.sql",
    "codes/stripes/add.sql",
    "codes/stripes/fullest.sql",
    "codes/stripes/lock_one.sql",
    "codes/stripes/touch.sql",
    "codes/stripes/try_lock_code.sql",
    "codes/stripes/waited_for.sql",
    "codes/taken_spellings.sql",
    "conversions/fill_in.sql",
    "conversions/judge_less.sql",
    "events/forget_acknowledged.sql",
    "events/keep_acknowledged.sql",
    "events/running.sql",
    "guards/spelling.sql",
    "payouts/by_uuid.sql",
    "programs/lock_codes.sql",
    "programs/lock_purchases.sql",
    "programs/stripes/add.sql",
    "programs/stripes/fullest.sql",
    "programs/stripes/lock_one.sql",
    "programs/stripes/try_lock_program.sql",
    "programs/stripes/uses_made.sql",
    "programs/stripes/waited_for.sql",
    "programs/terms.sql",
    "programs/terms_for_update.sql",
    "programs/terms_locked.sql",
    "redemption/lapse_holds.sql",
    "redemption/lapsed_codes.sql",
    "redemption/lock_idle_codes.sql",
    "redemption/take_uses.sql",
    "signup/user_exists.sql",
    "usage/code_of.sql",
    "usage/count_all_of_code.sql",
    "usage/expected.sql",
    "usage/insert_many_or_fail.sql",
    "usage/insert_or_fail.sql",
    "usage/totals_with_repeats.sql",
];

/// The folders whose statements functions run.
const FOLDERS: [&str; 12] = [
    "analytics",
    "codes",
    "conversions",
    "events",
    "guards",
    "payouts",
    "privacy",
    "programs",
    "redemption",
    "signup",
    "tree",
    "usage",
];

/// A step of a plan that reads a table.
#[derive(Debug)]
struct Step {
    /// As EXPLAIN calls it.
    what: String,
    table: String,
    kept: f64,
    removed: f64,
    by_condition: bool,
}

impl Step {
    /// What is wrong with it over tables of which some are big.
    fn fault(&self, big: &BTreeSet<String>) -> Option<String> {
        let (read, kept) = (self.kept + self.removed, self.kept);
        if !big.contains(&self.table) || read <= FEW {
            return None;
        }
        if self.what.contains("Seq Scan") {
            return Some(format!("reads all of {}", self.table));
        }
        if self.removed > MOST_FOR_EACH * kept.max(1.0) {
            return Some(format!("throws {} of {read} rows of {} away", self.removed, self.table));
        }
        let whole = self.what.contains("Index") && !self.by_condition && read > BIG as f64;
        whole
            .then(|| format!("reads {read} rows of an index of {} without a condition", self.table))
    }
}

/// A number behind a word of a line.
fn number(line: &str, word: &str) -> Option<f64> {
    let rest = &line[line.rfind(word)? + word.len()..];
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse().ok()
}

/// The steps of a plan as auto_explain prints it.
fn steps(plan: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut loops = 0.0;
    // A line of a step that reads no table, so that what follows is not taken for the one before.
    let mut reads = false;
    for line in plan.lines().map(str::trim) {
        if line.contains("(cost=") {
            let what = line.trim_start_matches("->").trim();
            let actual = line.split_once("(actual").map_or("", |(_, actual)| actual);
            loops = number(actual, "loops=").unwrap_or(0.0);
            let kept = number(actual, "rows=").unwrap_or(0.0) * loops;
            let head = what.split("(cost=").next().unwrap_or_default();
            let table = head.split_once(" on ").map(|(_, table)| table.split_whitespace().next());
            reads = table.is_some();
            if let Some(Some(table)) = table {
                let table = table.trim_start_matches("public.").to_owned();
                let what = head.trim().to_owned();
                steps.push(Step { what, table, kept, removed: 0.0, by_condition: false });
            }
        } else if let Some(step) = steps.last_mut().filter(|_| reads) {
            if line.starts_with("Index Cond") || line.starts_with("Recheck Cond") {
                step.by_condition = true;
            } else if line.starts_with("Rows Removed by") {
                step.removed += number(line, ": ").unwrap_or(0.0) * loops;
            }
        }
    }
    steps
}

/// The text of each statement, in the parts between its placeholders.
fn texts() -> BTreeMap<String, Vec<String>> {
    let mut texts = BTreeMap::new();
    let mut folders: Vec<PathBuf> =
        FOLDERS.iter().map(|name| project_file("sql").join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().filter(|line| !line.starts_with("--"));
            let text = lines.collect::<Vec<_>>().join("\n").replace("host.", "public.");
            texts.insert(name(&path), parts(&text));
        }
    }
    texts
}

fn name(path: &Path) -> String {
    path.strip_prefix(project_file("sql")).unwrap().display().to_string()
}

/// `SELECT c.*\n  FROM x` as `SELECT ` and `\n  FROM x`.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<&str> = text.trim().split(".*").collect();
    let last = parts.pop().unwrap_or_default();
    // What is before a placeholder ends with an alias of one letter.
    let before = parts.iter().map(|part| &part[..part.len() - 1]);
    before.chain([last]).map(str::to_owned).collect()
}

/// Whether the query is the text, with something in the place of each placeholder.
fn is_of(query: &str, parts: &[String]) -> bool {
    let Some((first, others)) = parts.split_first() else { return false };
    let Some(mut rest) = query.trim_start().strip_prefix(first.as_str()) else { return false };
    for part in others {
        let Some(at) = rest.find(part.as_str()) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty() || parts.last().is_some_and(String::is_empty)
}

/// Each plan that a session was told of: the text of the query and the plan.
type Told = Arc<Mutex<Vec<(String, String)>>>;

fn session(database: &Database) -> (Client, Told) {
    let told = Told::default();
    let heard = Arc::clone(&told);
    let mut config = postgres::Config::new();
    config.host_path(&database.address.folder).port(database.address.port);
    config.user("postgres").dbname(&database.name);
    config.notice_callback(move |notice| {
        let Some((_, text)) = notice.message().split_once("Query Text: ") else { return };
        let at = text.match_indices('\n').find(|(at, _)| {
            text[at + 1..].lines().next().is_some_and(|line| line.contains("(cost="))
        });
        if let Some((at, _)) = at {
            heard.lock().unwrap().push((text[..at].to_owned(), text[at + 1..].to_owned()));
        }
    });
    let mut client = config.connect(NoTls).unwrap();
    let explain = "
        LOAD 'auto_explain';
        SET auto_explain.log_min_duration = 0;
        SET auto_explain.log_nested_statements = on;
        SET auto_explain.log_analyze = on;
        SET auto_explain.log_timing = off;
        SET auto_explain.log_level = notice;
        SET max_parallel_workers_per_gather = 0;
        SET jit = off";
    client.batch_execute(explain).unwrap();
    (client, told)
}

/// What is planned for the values of each call, where nobody forces generic plans: forced to one that fits every filter,
/// it joins all with all.
const NEVER_GENERIC: &str = "referral_find_codes";

/// Runs every call of calls.sql that the mode allows.
fn call_all(client: &mut Client, mode: &str) {
    let calls = include_str!("calls.sql");
    for paragraph in calls.split("\n\n") {
        let mut transaction = client.transaction().unwrap();
        let mut kept: Vec<(String, String)> = Vec::new();
        let skipped = |line: &str| {
            line.starts_with("--")
                || line.is_empty()
                || mode == GENERIC && line.contains(NEVER_GENERIC)
        };
        for call in paragraph.lines().filter(|line| !skipped(line)) {
            let filled = kept.iter().fold(call.to_owned(), |call, (name, value)| {
                call.replace(&format!(":{name}"), &format!("'{value}'"))
            });
            let query = filled.trim_end_matches("\\gset").trim().trim_end_matches(';');
            let rows = transaction
                .simple_query(query)
                .unwrap_or_else(|error| panic!("{query}: {error:?}"));
            if call.ends_with("\\gset") {
                let Some(postgres::SimpleQueryMessage::Row(row)) =
                    rows.iter().find(|row| matches!(row, postgres::SimpleQueryMessage::Row(_)))
                else {
                    panic!("{query} gives no row");
                };
                kept = row
                    .columns()
                    .iter()
                    .enumerate()
                    .map(|(place, column)| {
                        (column.name().to_owned(), row.get(place).unwrap_or_default().to_owned())
                    })
                    .collect();
            }
        }
        transaction.rollback().unwrap();
    }
}

/// The tables that are big.
fn big(client: &mut Client) -> BTreeSet<String> {
    let tables = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    let tables: Vec<String> =
        client.query(tables, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    let mut rows = |table: &String| -> i64 {
        client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).unwrap().get(0)
    };
    tables.into_iter().filter(|table| rows(table) >= BIG).collect()
}

#[test]
fn every_statement_reads_by_an_index_where_that_is_promised() {
    let texts = texts();
    let database = Database::with_setup();
    database.connect().batch_execute(include_str!("rows.sql")).unwrap();
    let big = big(&mut database.connect());
    assert!(big.len() > 12, "{big:?}");

    let mut files: HashMap<String, Option<&String>> = HashMap::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut faults: BTreeMap<String, String> = BTreeMap::new();
    for (prepare, prepared) in [("", "not analyzed"), ("ANALYZE", "analyzed")] {
        database.connect().batch_execute(prepare).unwrap();
        for mode in ["force_generic_plan", "force_custom_plan"] {
            let (mut client, told) = session(&database);
            client.batch_execute(&format!("SET plan_cache_mode = {mode}")).unwrap();
            call_all(&mut client, mode);
            for (query, plan) in told.lock().unwrap().iter() {
                let of =
                    || texts.iter().find(|(_, parts)| is_of(query, parts)).map(|(file, _)| file);
                let file = *files.entry(query.clone()).or_insert_with(of);
                let Some(file) = file else { continue };
                seen.insert(file);
                let planned = format!("{mode}, {prepared}");
                let excused = |e: &Exception| e.file == *file && planned.contains(e.when);
                if EXCEPTIONS.iter().any(excused) {
                    continue;
                }
                for fault in steps(plan).iter().filter_map(|step| step.fault(&big)) {
                    let what = format!("{file}, {planned}: {fault}");
                    faults.entry(what).or_insert_with(|| plan.clone());
                }
            }
        }
    }
    let unseen = texts.keys().map(String::as_str).filter(|file| !seen.contains(file));
    let unseen: Vec<&str> = unseen.filter(|file| !UNSEEN.contains(file)).collect();
    let told: Vec<String> = faults.iter().map(|(what, plan)| format!("{what}\n{plan}")).collect();
    assert!(told.is_empty() && unseen.is_empty(), "{}\nnever run: {unseen:?}", told.join("\n\n"));
}
