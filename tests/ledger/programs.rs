//! The programs whose conversions live at random, between them with every rule that money depends on.

use postgres::Client;
use uuid::Uuid;

use super::model::{ONE, Units, decimal};
use crate::support::person;

pub struct Program {
    pub key: &'static str,
    pub currency: &'static str,
    /// Of the referrer, of the referee, as are the two that follow.
    pub fixed: [Units; 2],
    /// Percents, in ten-thousandths as amounts are.
    pub percent: [Units; 2],
    pub most: [Option<Units>; 2],
    pub scale: u32,
    /// From the so-manieth on: the referrer's fixed part and percents.
    pub tiers: &'static [(usize, Units, Units)],
    pub min_purchase: Units,
    pub first_only: bool,
    pub held: bool,
    pub reviewed: bool,
    pub review_above: Option<Units>,
    pub per_day: Option<usize>,
    pub per_referee: Option<usize>,
    pub per_referrer: Option<usize>,
    /// In minutes, as is the next.
    pub period: Option<i64>,
    pub window: Option<i64>,
    pub budget: Option<Units>,
}

const PLAIN: Program = Program {
    key: "PLAIN",
    currency: "USD",
    fixed: [10 * ONE + 1, 5 * ONE],
    percent: [0, 0],
    most: [None, None],
    scale: 2,
    tiers: &[],
    min_purchase: 0,
    first_only: false,
    held: false,
    reviewed: false,
    review_above: None,
    per_day: None,
    per_referee: None,
    per_referrer: None,
    period: None,
    window: None,
    budget: None,
};

pub const DAY: i64 = 24 * 60;

pub const PROGRAMS: [Program; 8] = [
    PLAIN,
    Program {
        key: "SHARE",
        fixed: [ONE, 3_333],
        percent: [12 * ONE + 5_000, 3 * ONE + 3_333],
        most: [Some(5 * ONE), None],
        min_purchase: 5 * ONE,
        held: true,
        window: Some(200 * DAY),
        ..PLAIN
    },
    Program {
        key: "CHECKED",
        currency: "EUR",
        fixed: [7 * ONE, 0],
        percent: [0, 10 * ONE],
        scale: 0,
        held: true,
        reviewed: true,
        ..PLAIN
    },
    Program { key: "FIRST", fixed: [2 * ONE, 99_999], first_only: true, reviewed: true, ..PLAIN },
    Program {
        key: "LEAST",
        fixed: [0, 12 * ONE],
        min_purchase: 20 * ONE,
        first_only: true,
        ..PLAIN
    },
    Program {
        key: "TIERS",
        currency: "EUR",
        tiers: &[(3, 15 * ONE, 0), (5, 20 * ONE, ONE)],
        scale: 4,
        per_referee: Some(3),
        ..PLAIN
    },
    Program {
        key: "LIMITS",
        currency: "EUR",
        per_referrer: Some(2),
        period: Some(60 * DAY),
        review_above: Some(50 * ONE),
        ..PLAIN
    },
    Program {
        key: "BUDGET",
        fixed: [4 * ONE, 2 * ONE + 5_001],
        percent: [ONE, 0],
        per_day: Some(1),
        per_referrer: Some(6),
        budget: Some(25 * ONE),
        ..PLAIN
    },
];

/// Each program has a code of two of them.
pub const REFERRERS: usize = 3;
pub const CODES: usize = 2 * PROGRAMS.len();

pub fn referrer(number: usize) -> Uuid {
    person(1_000 + number % REFERRERS)
}

pub fn owner(code: usize) -> Uuid {
    referrer(code / 2 + code % 2)
}

pub fn name(code: usize) -> String {
    format!("{}{}", PROGRAMS[code / 2].key, code % 2)
}

fn json(amount: Option<Units>) -> String {
    amount.map_or("null".into(), |amount| format!("\"{}\"", decimal(amount)))
}

fn count(number: Option<usize>) -> String {
    number.map_or("null".into(), |number| number.to_string())
}

fn span(minutes: Option<i64>) -> String {
    minutes.map_or("null".into(), |minutes| format!("\"{minutes} minutes\""))
}

impl Program {
    fn attributes(&self) -> String {
        let tiers: Vec<String> = self
            .tiers
            .iter()
            .map(|(from, fixed, percent)| {
                let (fixed, percent) = (json(Some(*fixed)), json(Some(*percent)));
                format!(
                    r#"{{"from": {from}, "referrer_reward": {fixed}, "referrer_percent": {percent}}}"#
                )
            })
            .collect();
        let attributes = [
            ("currency", format!("\"{}\"", self.currency)),
            ("referrer_reward", json(Some(self.fixed[0]))),
            ("referee_reward", json(Some(self.fixed[1]))),
            ("referrer_percent", json(Some(self.percent[0]))),
            ("referee_percent", json(Some(self.percent[1]))),
            ("max_referrer_reward", json(self.most[0])),
            ("max_referee_reward", json(self.most[1])),
            ("reward_scale", self.scale.to_string()),
            ("tiers", format!("[{}]", tiers.join(", "))),
            ("min_purchase", json(Some(self.min_purchase))),
            ("first_purchase_only", self.first_only.to_string()),
            ("hold_period", span(Some(if self.held { 14 * DAY } else { 0 }))),
            ("requires_approval", self.reviewed.to_string()),
            ("review_above", json(self.review_above)),
            ("review_after_per_day", count(self.per_day)),
            ("max_rewards_per_referee", count(self.per_referee)),
            ("max_rewards_per_referrer", count(self.per_referrer)),
            ("limit_period", span(self.period)),
            ("attribution_window", span(self.window)),
            ("reward_budget", json(self.budget)),
        ];
        let attributes = attributes.map(|(key, value)| format!("\"{key}\": {value}"));
        format!("{{{}}}", attributes.join(", "))
    }
}

/// The programs, and two codes in each.
pub fn prepare(client: &mut Client) {
    client.batch_execute("SELECT referral_set_max_codes_per_user(100)").unwrap();
    for program in &PROGRAMS {
        let make = format!(
            "SELECT FROM referral_create_program('{}', '{}')",
            program.key,
            program.attributes()
        );
        client.batch_execute(&make).unwrap();
    }
    for code in 0..CODES {
        let (name, program, owner) = (name(code), PROGRAMS[code / 2].key, owner(code));
        let make = format!(
            "SELECT FROM referral_create_code('{owner}', '{name}', max_uses => 100, beneficiary_uuid => '{owner}');
             SELECT referral_assign_program(uuid, '{program}') FROM referral_get_code_by_string('{name}')"
        );
        client.batch_execute(&make).unwrap();
    }
}
