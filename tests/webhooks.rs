//! Webhooks as a payment provider sends them: each several times, from several connections, in no order, while backends
//! are killed. Each source is told once, and the ledger is what a recount of the told facts says.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use postgres::{Client, Error, Row};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::ledger::model::{ONE, Units, decimal, reward, share, units};
use crate::support::{Database, RaisedAtEnd, crowd, person, sqlstate};

const CONNECTIONS: usize = 8;
const DELIVERIES: usize = 3;
const PEOPLE: usize = 36;
const PURCHASES: usize = 1_000;
const REFUNDS: usize = 400;
/// So many are refunded whole, by a refund that names no amount.
const WHOLE: usize = 20;
/// Each has one code, of the same referrer.
const PROGRAMS: [(&str, &str); 4] = [
    ("PLAIN", r#"{"first_purchase_only": false, "referrer_percent": "7.5", "min_purchase": 5}"#),
    ("FIRST", r#"{"referee_reward": "3.3333"}"#),
    ("BUDGET", r#"{"first_purchase_only": false, "reward_budget": 300, "referee_percent": 1}"#),
    (
        "LIMITS",
        r#"{"first_purchase_only": false, "max_rewards_per_referrer": 12, "max_rewards_per_referee": 3,
            "tiers": [{"from": 5, "referrer_reward": 15}, {"from": 9, "referrer_reward": 20}]}"#,
    ),
];

struct Webhook {
    call: String,
    /// What was answered first, whichever delivery it was.
    answer: Mutex<Option<Vec<Option<String>>>>,
}

/// To be delivered again: nobody knows what has become of it, or a retry is asked for.
fn is_to_be_retried(error: &Error) -> bool {
    error.is_closed()
        || error.code().is_none()
        || ["57P01", "40001", "40P01"].contains(&sqlstate(error).as_str())
}

fn connect(database: &Database) -> Client {
    loop {
        match database.address.try_connect(&database.name) {
            Ok(client) => return client,
            Err(error) => assert!(is_to_be_retried(&error), "{} {error}", sqlstate(&error)),
        }
    }
}

/// The answer but for `repeated`, which a delivery whose connection was lost may have been before; and that.
fn deliver(
    database: &Database,
    client: &mut Client,
    webhook: &Webhook,
    lost: &AtomicUsize,
) -> bool {
    loop {
        match client.query_one(&webhook.call, &[]) {
            Ok(row) => {
                let answer: Vec<Option<String>> = row.get(0);
                let mut first = webhook.answer.lock().unwrap();
                assert_eq!(
                    *first.get_or_insert_with(|| answer.clone()),
                    answer,
                    "{}",
                    webhook.call
                );
                return row.get(1);
            }
            Err(error) if is_to_be_retried(&error) => {
                lost.fetch_add(1, Ordering::Relaxed);
                if client.is_closed() {
                    *client = connect(database);
                }
            }
            Err(error) => panic!("{}: {} {error}", webhook.call, sqlstate(&error)),
        }
    }
}

fn prepare(client: &mut Client, rng: &mut StdRng) -> Vec<Webhook> {
    client.batch_execute("SELECT referral_set_max_codes_per_user(100)").unwrap();
    for (key, attributes) in PROGRAMS {
        let owner = person(1_000);
        let make = format!(
            "SELECT FROM referral_create_program('{key}', '{attributes}');
             SELECT referral_create_code('{owner}', '{key}', max_uses => 100, beneficiary_uuid => '{owner}');
             SELECT referral_assign_program(uuid, '{key}') FROM referral_get_code_by_string('{key}')"
        );
        client.batch_execute(&make).unwrap();
    }
    for number in 1..=PEOPLE {
        let redeem = "SELECT usage_uuid FROM referral_use_code($1, $2)";
        // The last of each nine was referred by nobody.
        if !number.is_multiple_of(9) {
            let code = PROGRAMS[number % PROGRAMS.len()].0;
            client.query_one(redeem, &[&code, &person(number)]).unwrap();
        }
    }
    client
        .batch_execute("UPDATE phoenix_kit_referral_code_usage SET date_used = '2020-06-01'")
        .unwrap();
    let webhook = |columns: &str, call: String| Webhook {
        call: format!("SELECT ARRAY[{columns}], repeated FROM {call}"),
        answer: Mutex::new(None),
    };
    let mut webhooks = Vec::new();
    let mut amounts = Vec::new();
    for order in 0..PURCHASES {
        let amount: Units = rng.random_range(4 * ONE..=90 * ONE);
        amounts.push(amount);
        let (who, day) = (person(rng.random_range(1..=PEOPLE)), rng.random_range(0..400));
        webhooks.push(webhook(
            "reason, conversion_uuid::text, referrer_uuid::text, referrer_reward::text, referee_reward::text",
            format!(
                "referral_record_purchase('{who}', 'order {order}', {}, 'USD', occurred_at => timestamptz '2020-05-01' + interval '{day} days')",
                decimal(amount)
            ),
        ));
    }
    let columns = "conversion_uuid::text, status, referrer_taken::text, referee_taken::text";
    for refund in 0..REFUNDS {
        let order = rng.random_range(WHOLE..PURCHASES);
        // A part of what is left, so that in whatever order they come they fit.
        let part = amounts[order] / rng.random_range(2..5);
        amounts[order] -= part;
        let call = format!(
            "referral_record_refund('order {order}', 'refund {refund}', {})",
            decimal(part)
        );
        webhooks.push(webhook(columns, call));
    }
    for order in 0..WHOLE {
        webhooks.push(webhook(columns, format!("referral_record_refund('order {order}', 'all')")));
    }
    webhooks
}

/// Delivers each webhook several times, from all connections, while backends are killed.
fn load(database: &Database, webhooks: &[Webhook], rng: &mut StdRng) {
    let mut deliveries: Vec<usize> =
        (0..webhooks.len()).flat_map(|webhook| [webhook; DELIVERIES]).collect();
    deliveries.shuffle(rng);
    let (stop, lost) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let (stop, lost) = (&stop, &lost);
        let _stopped = RaisedAtEnd(stop);
        let clients: Vec<_> = deliveries
            .chunks(deliveries.len().div_ceil(CONNECTIONS))
            .map(|chunk| {
                scope.spawn(move || {
                    let mut client = connect(database);
                    for webhook in chunk {
                        deliver(database, &mut client, &webhooks[*webhook], lost);
                    }
                })
            })
            .collect();
        scope.spawn(move || {
            let mut judge = database.connect();
            judge.batch_execute("SET application_name = judge").unwrap();
            let kill = "
                SELECT pg_terminate_backend(pid) FROM (
                    SELECT pid FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                      AND backend_type = 'client backend' AND application_name <> 'judge'
                    ORDER BY random() LIMIT 1) AS one";
            while !stop.load(Ordering::Relaxed) {
                judge.batch_execute(kill).unwrap();
                thread::sleep(Duration::from_millis(10));
            }
        });
        clients.into_iter().for_each(|client| client.join().unwrap());
    });
    let lost = lost.into_inner();
    assert!(lost > 20, "only {lost} deliveries were lost");
}

/// A purchase as it was told, with what the ledger says of it.
struct Fact {
    source: String,
    referee: Uuid,
    is_before_redemption: bool,
    amount: Units,
    refunded: Units,
    refunded_before: Units,
    reason: String,
    promised: [Units; 2],
    granted: [Units; 2],
    taken_back: [Units; 2],
    status: Option<String>,
}

fn facts(client: &mut Client) -> Vec<Fact> {
    let facts = "
        SELECT s.source_ref, s.referee_uuid, s.occurred_at < '2020-06-01', s.reason, v.status, s.amount::text,
               (SELECT coalesce(sum(coalesce(f.amount, s.amount)), 0)::text
                FROM referral_refunds AS f WHERE f.source_ref = s.source_ref),
               s.refunded_before::text,
               coalesce(s.referrer_reward, 0)::text, coalesce(s.referee_reward, 0)::text,
               coalesce(sum(r.amount) FILTER (WHERE r.amount > 0 AND side = 'referrer'), 0)::text,
               coalesce(sum(r.amount) FILTER (WHERE r.amount > 0 AND side = 'referee'), 0)::text,
               coalesce(-sum(r.amount) FILTER (WHERE r.amount < 0 AND side = 'referrer'), 0)::text,
               coalesce(-sum(r.amount) FILTER (WHERE r.amount < 0 AND side = 'referee'), 0)::text
        FROM referral_purchases AS s
        LEFT JOIN referral_conversions AS v ON v.uuid = s.conversion_uuid
        LEFT JOIN referral_rewards AS r ON r.conversion_uuid = v.uuid
        GROUP BY s.source_type, s.source_ref, v.uuid";
    let read = |row: &Row| {
        let money = |column: usize| units(row.get::<_, &str>(column));
        Fact {
            source: row.get(0),
            referee: row.get(1),
            is_before_redemption: row.get(2),
            reason: row.get(3),
            status: row.get(4),
            amount: money(5),
            refunded: money(6),
            refunded_before: money(7),
            promised: [money(8), money(9)],
            granted: [money(10), money(11)],
            taken_back: [money(12), money(13)],
        }
    };
    client.query(facts, &[]).unwrap().iter().map(read).collect()
}

impl Fact {
    /// None: nobody has referred the buyer.
    fn program(&self) -> Option<&'static str> {
        let number = self.referee.as_u128() as usize;
        let is_referred = !number.is_multiple_of(9) && !self.is_before_redemption;
        is_referred.then(|| PROGRAMS[number % PROGRAMS.len()].0)
    }

    fn is_rewarded(&self) -> bool {
        ["rewarded", "referrer_limit"].contains(&&*self.reason)
    }

    fn stands(&self) -> bool {
        self.is_rewarded() && self.status.as_deref() == Some("converted")
    }

    /// The rules by which no order of the webhooks matters.
    fn recount(&self) {
        let told = &self.source;
        let judged = self.amount - self.refunded_before;
        let least = if self.program() == Some("PLAIN") { 5 * ONE } else { 10 * ONE };
        let words: &[&str] = match self.program() {
            None => &["not_referred"],
            Some(_) if judged < least => &["below_minimum"],
            Some("FIRST") => &["rewarded", "not_first_purchase"],
            Some("BUDGET") => &["rewarded", "budget_spent"],
            Some("LIMITS") => &["rewarded", "referrer_limit", "referee_limit"],
            Some(_) => &["rewarded"],
        };
        assert!(words.contains(&&*self.reason), "{told}: {}", self.reason);
        let rate = |fixed, percent| reward(fixed, percent, judged, 2);
        let rewards = match self.program() {
            _ if !self.is_rewarded() => [0, 0],
            Some("PLAIN") => [rate(10 * ONE, 75_000), 10 * ONE],
            Some("FIRST") => [10 * ONE, 33_333],
            Some("BUDGET") => [10 * ONE, rate(10 * ONE, ONE)],
            _ if self.reason == "referrer_limit" => [0, 10 * ONE],
            _ => [self.promised[0], 10 * ONE],
        };
        assert!(
            [0, 10 * ONE, 15 * ONE, 20 * ONE].contains(&rewards[0])
                || self.program() == Some("PLAIN")
        );
        assert_eq!(self.promised, rewards, "promised for {told}");
        assert_eq!(self.granted, rewards, "granted for {told}");
        let since = self.refunded - self.refunded_before;
        let taken =
            rewards.map(|reward| if since > 0 { share(reward, since, judged, 2) } else { 0 });
        assert_eq!(self.taken_back, taken, "taken back for {told}");
        let status = if self.refunded == self.amount { "reversed" } else { "converted" };
        let status = self.is_rewarded().then_some(status);
        assert_eq!(self.status.as_deref(), status, "{told}");
    }
}

fn assert_recounted(client: &mut Client) {
    let facts = facts(client);
    assert_eq!(facts.len(), PURCHASES, "sources");
    facts.iter().for_each(Fact::recount);
    let of = |key: &'static str| facts.iter().filter(move |fact| fact.program() == Some(key));
    let first = of("FIRST").filter(|fact| fact.is_rewarded());
    let standing = of("LIMITS").filter(|fact| fact.stands());
    for (facts, most) in [(first.collect::<Vec<_>>(), 1), (standing.collect(), 3)] {
        let mut of_person: HashMap<Uuid, usize> = HashMap::new();
        facts.iter().for_each(|fact| *of_person.entry(fact.referee).or_default() += 1);
        assert!(of_person.values().all(|count| *count <= most), "{of_person:?}");
    }
    let of_referrer = of("LIMITS").filter(|fact| fact.stands() && fact.promised[0] > 0).count();
    assert!(of_referrer <= 12, "{of_referrer} rewards of the referrer");
    for word in
        ["rewarded", "budget_spent", "referrer_limit", "referee_limit", "not_first_purchase"]
    {
        assert!(facts.iter().any(|fact| fact.reason == word), "nothing is {word}");
    }
    let left = |fact: &Fact| [0, 1].map(|side| fact.granted[side] - fact.taken_back[side]);
    let spent: Units = of("BUDGET").map(|fact| left(fact).iter().sum::<Units>()).sum();
    let told =
        "SELECT rewards_granted::text FROM referral_programs WHERE reward_budget IS NOT NULL";
    let told = units(client.query_one(told, &[]).unwrap().get(0));
    assert_eq!(told, spent, "rewards_granted");
    assert!(spent <= 300 * ONE, "{spent} is over the budget");
}

fn assert_nothing(client: &mut Client, what: &str, query: &str) {
    let found: Vec<String> =
        client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert!(found.is_empty(), "{what}: {found:?}");
}

#[test]
fn what_is_delivered_thrice_in_no_order_counts_once_whoever_is_killed() {
    let _crowd = crowd();
    let database = Database::with_setup();
    let mut judge = database.connect();
    judge.batch_execute("SET application_name = judge").unwrap();
    let mut rng = StdRng::seed_from_u64(12);
    let webhooks = prepare(&mut judge, &mut rng);
    load(&database, &webhooks, &mut rng);
    assert_recounted(&mut judge);
    for webhook in &webhooks {
        let lost = AtomicUsize::new(0);
        assert!(deliver(&database, &mut judge, webhook, &lost), "{}", webhook.call);
    }
    assert_recounted(&mut judge);
    let strays = "
        SELECT source_ref FROM referral_conversions AS v
        WHERE NOT EXISTS (SELECT FROM referral_purchases AS s WHERE s.conversion_uuid = v.uuid)";
    assert_nothing(&mut judge, "conversions without a source", strays);
    let strays = "
        SELECT uuid::text FROM referral_rewards AS r
        WHERE NOT EXISTS (SELECT FROM referral_conversions AS v WHERE v.uuid = r.conversion_uuid)";
    assert_nothing(&mut judge, "rewards without a conversion", strays);
    let refunds = "SELECT count(*) FROM referral_refunds";
    let refunds: i64 = judge.query_one(refunds, &[]).unwrap().get(0);
    assert_eq!(refunds, (REFUNDS + WHOLE) as i64, "refunds");
    let errors =
        "SELECT subject || ': ' || finding FROM referral_doctor() WHERE severity = 'error'";
    assert_nothing(&mut judge, "the doctor's errors", errors);
}
