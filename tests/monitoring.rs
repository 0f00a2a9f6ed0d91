//! examples/monitoring: each query of the collector runs on a set-up database, under a role that may only read, and gives
//! what its metric says; the dashboard shows these metrics and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use postgres::types::Type;
use postgres::{Client, Row};
use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::{Database, await_that, project_file};

fn text(name: &str) -> String {
    fs::read_to_string(project_file("examples/monitoring").join(name)).unwrap()
}

fn yaml(name: &str) -> Yaml {
    YamlLoader::load_from_str(&text(name)).unwrap().remove(0)
}

/// A metric of the collector.
struct Metric {
    name: String,
    kind: String,
    keys: Vec<String>,
    value: String,
    query: String,
}

fn metrics() -> Vec<Metric> {
    let collector = yaml("referrals.collector.yml");
    let word = |yaml: &Yaml| yaml.as_str().unwrap().to_owned();
    let metric = |metric: &Yaml| {
        let known = ["metric_name", "type", "help", "key_labels", "values", "query"];
        let keys = metric.as_hash().unwrap().keys();
        keys.for_each(|key| assert!(known.contains(&key.as_str().unwrap()), "{key:?}"));
        assert!(!word(&metric["help"]).is_empty());
        let labels = metric["key_labels"].as_vec().cloned().unwrap_or_default();
        let [value] = metric["values"].as_vec().unwrap().as_slice() else {
            panic!("{metric:?}: one value")
        };
        Metric {
            name: word(&metric["metric_name"]),
            kind: word(&metric["type"]),
            keys: labels.iter().map(word).collect(),
            value: word(value),
            query: word(&metric["query"]),
        }
    };
    collector["metrics"].as_vec().unwrap().iter().map(metric).collect()
}

/// Something for each query to find.
fn fill(client: &mut Client) {
    let story = r#"
        SET track_functions = 'all';
        INSERT INTO phoenix_kit_settings (key, value, module)
        VALUES ('referral_events_enabled', 'true', 'referral_codes');
        SELECT count(*) FROM referral_poll_events('mailer');
        SELECT FROM referral_create_program('paid', '{"referrer_reward": 5}');
        SELECT FROM referral_code_for('00000000-0000-0000-0000-00000000000a', 'paid');
        SELECT FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'HELD');
        SELECT FROM referral_hold_use('HELD', '00000000-0000-0000-0000-00000000000b');
        SELECT FROM referral_try_use_code(
            (SELECT code FROM referral_code_for('00000000-0000-0000-0000-00000000000a', 'paid')),
            '00000000-0000-0000-0000-00000000000b');
        SELECT FROM referral_record_purchase('00000000-0000-0000-0000-00000000000b', 'order-1', 100);
        SELECT FROM referral_create_payout('00000000-0000-0000-0000-00000000000a', 'payout-1', 'USD')"#;
    client.batch_execute(story).unwrap();
}

#[test]
fn each_query_of_the_collector_gives_its_metric() {
    let database = Database::with_setup();
    fill(&mut database.connect());
    let mut owner = database.connect();
    let monitor = format!("monitor_of_{}", database.name);
    let role = format!(
        "CREATE ROLE {monitor} IN ROLE pg_monitor, pg_read_all_data;
         SET ROLE {monitor}; SET default_transaction_read_only = on"
    );
    owner.batch_execute(&role).unwrap();

    // One has the code, one waits for that, one waits behind.
    let mut waiting = Vec::new();
    for user in ['1', '2', '3'] {
        let mut client = database.connect();
        let redeem = format!(
            "SELECT FROM referral_use_code('HELD', '00000000-0000-0000-0000-00000000000{user}')"
        );
        if waiting.is_empty() {
            client.batch_execute(&format!("BEGIN; {redeem}")).unwrap();
            waiting.push((Some(client), None));
        } else {
            let thread = std::thread::spawn(move || client.batch_execute(&redeem).unwrap());
            waiting.push((None, Some(thread)));
        }
    }

    let metrics = metrics();
    let of = |name: &str| metrics.iter().find(|metric| metric.name == name).unwrap();
    // The statistics are told when a session ends, or a while later.
    for name in ["referrals_function_calls_total", "referrals_usage_rows_inserted_total"] {
        let is_told = |row: &Row| row.get::<_, f64>(of(name).value.as_str()) > 0.0;
        await_that(name, || owner.query(&of(name).query, &[]).unwrap().iter().any(is_told));
    }
    let waiters = &of("referrals_code_waiters").query;
    let two = |row: &Row| row.get::<_, f64>("waiters") == 2.0;
    await_that("two wait", || owner.query(waiters, &[]).unwrap().iter().any(two));

    let mut found: BTreeMap<&str, Vec<(Vec<String>, f64)>> = BTreeMap::new();
    for metric in &metrics {
        assert!(["gauge", "counter"].contains(&metric.kind.as_str()), "{}", metric.name);
        assert_eq!(metric.kind == "counter", metric.name.ends_with("_total"), "{}", metric.name);
        let rows =
            owner.query(&metric.query, &[]).unwrap_or_else(|e| panic!("{}: {e}", metric.name));
        assert!(!rows.is_empty(), "{} finds nothing", metric.name);
        for row in rows {
            let columns: BTreeSet<&str> =
                row.columns().iter().map(|column| column.name()).collect();
            let wanted = metric.keys.iter().chain([&metric.value]).map(String::as_str).collect();
            assert_eq!(columns, wanted, "{}", metric.name);
            let typed = row.columns().iter().all(|column| {
                let is_value = column.name() == metric.value;
                *column.type_() == if is_value { Type::FLOAT8 } else { Type::TEXT }
            });
            assert!(typed, "{}: {:?}", metric.name, row.columns());
            let keys = metric.keys.iter().map(|key| row.get(key.as_str())).collect();
            found.entry(&metric.name).or_default().push((keys, row.get(metric.value.as_str())));
        }
    }
    let one =
        |value: f64, keys: &[&str]| vec![(keys.iter().map(|key| key.to_string()).collect(), value)];
    assert_eq!(found["referrals_redemptions_last_minute"], one(1.0, &[]));
    assert_eq!(found["referrals_code_waiters"], one(2.0, &["HELD"]));
    assert_eq!(found["referrals_held_uses"], one(1.0, &[]));
    assert_eq!(found["referrals_ledger_amount"], one(15.0, &["USD", "granted"]));
    assert_eq!(found["referrals_payouts_amount"], one(5.0, &["USD", "pending"]));
    assert_eq!(found["referrals_conversions_waiting"], one(0.0, &[]));
    assert_eq!(found["referrals_purchases"].len(), 1);
    let [(ref consumer, waiting_events)] = found["referrals_outbox_waiting"][..] else { panic!() };
    assert_eq!(consumer, &["mailer"]);
    assert!(waiting_events >= 4.0, "{waiting_events}");

    for (first, thread) in waiting {
        drop(first);
        if let Some(thread) = thread {
            thread.join().unwrap();
        }
    }
    drop(owner);
    database.connect().batch_execute(&format!("DROP ROLE {monitor}")).unwrap();
}

#[test]
fn the_exporter_is_told_of_the_collector() {
    let exporter = yaml("sql_exporter.yml");
    let collector = yaml("referrals.collector.yml")["collector_name"].as_str().unwrap().to_owned();
    assert_eq!(exporter["target"]["collectors"][0].as_str(), Some(collector.as_str()));
    let file = exporter["collector_files"][0].as_str().unwrap();
    assert!(project_file("examples/monitoring").join(file).is_file());
}

/// The names of metrics in a PromQL expression.
fn names(expression: &str) -> impl Iterator<Item = &str> {
    let words = expression.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("referrals_"))
}

#[test]
fn the_dashboard_shows_the_metrics_and_no_others() {
    let dashboard: Value = serde_json::from_str(&text("dashboard.json")).unwrap();
    let made: BTreeSet<String> = metrics().into_iter().map(|metric| metric.name).collect();
    let mut shown = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(
            ids.insert(panel["id"].as_u64().unwrap()),
            "{}: its id is another's",
            panel["title"]
        );
        assert_eq!(panel["datasource"]["uid"], "${datasource}");
        let place = &panel["gridPos"];
        assert!(["x", "y", "w", "h"].iter().all(|key| place[key].is_u64()), "{place}");
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            assert_eq!(expression.matches('(').count(), expression.matches(')').count());
            let before = shown.len();
            shown.extend(names(expression).map(str::to_owned));
            assert!(before < shown.len(), "{expression} shows nothing new");
        }
    }
    for variable in dashboard["templating"]["list"].as_array().unwrap() {
        let query = variable["query"].as_str().unwrap();
        names(query).for_each(|name| assert!(made.contains(name), "{query}"));
    }
    assert_eq!(shown, made);
}
