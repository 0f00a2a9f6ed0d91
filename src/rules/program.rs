//! A program: what its codes are like, who is rewarded for what, and how much.

use serde_json::{Map, Value};

use super::fields::FieldError;
use super::generator::{DEFAULT_ALPHABET, Generator, RecipeError};
use super::json::{boolean, integer, money, optional, optional_span, read, span, text};
use super::limits::Limits;
use super::money::Money;
use super::reward::Rewards;
use super::time::{Span, Timestamp};
use super::{code, fields};

/// The program that codes with a beneficiary belong to when they were never assigned to one.
pub const DEFAULT_KEY: &str = "default";

const KEY_CHARS: usize = 64;
const NAME_CHARS: usize = 255;
const CURRENCY_CHARS: usize = 3;

/// What a currency that is none should be.
pub const CURRENCY_RULE: &str = "must be three capital letters, such as EUR";

/// Whether a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Active,
    Paused,
    Ended,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Paused => "paused",
            Status::Ended => "ended",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Status::Active, Status::Paused, Status::Ended].into_iter().find(|s| s.name() == name)
    }
}

/// When a program runs.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub status: Status,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
}

impl Run {
    /// From starts_at on, up to ends_at, while the status is active.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.status == Status::Active
            && self.starts_at.is_none_or(|starts| starts <= now)
            && self.ends_at.is_none_or(|ends| ends > now)
    }

    /// Whether it runs, or is still to begin: codes are made for people before starts_at too.
    pub fn gives_codes(&self, now: Timestamp) -> bool {
        Run { starts_at: None, ..*self }.is_active(now)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    pub key: String,
    pub name: String,
    pub status: Status,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub code_length: i32,
    pub code_alphabet: String,
    pub code_prefix: String,
    pub max_uses_per_code: i32,
    /// Over all codes of the program.
    pub max_uses_total: Option<i32>,
    pub codes_expire_after: Option<Span>,
    pub rewards: Rewards,
    pub limits: Limits,
    pub currency: String,
    pub min_purchase: Money,
    pub first_purchase_only: bool,
    pub one_code_per_referee: bool,
    /// How long after the redemption a purchase counts.
    pub attribution_window: Option<Span>,
    /// How long a reward is held before it is available.
    pub hold_period: Span,
    pub metadata: Value,
}

/// Reads moments and spans from text, as the session's settings have it.
pub struct Readers<'a> {
    pub time: &'a dyn Fn(&str) -> Option<Timestamp>,
    pub span: &'a dyn Fn(&str) -> Option<Span>,
}

impl Program {
    /// With the contract's defaults (DESIGN, section 5).
    pub fn new(key: &str) -> Self {
        Program {
            key: key.to_owned(),
            name: key.to_owned(),
            status: Status::Active,
            starts_at: None,
            ends_at: None,
            code_length: 8,
            code_alphabet: DEFAULT_ALPHABET.to_owned(),
            code_prefix: String::new(),
            max_uses_per_code: 10,
            max_uses_total: None,
            codes_expire_after: None,
            rewards: Rewards::default(),
            limits: Limits::default(),
            currency: "USD".to_owned(),
            min_purchase: Money::whole(10),
            first_purchase_only: true,
            one_code_per_referee: true,
            attribution_window: None,
            hold_period: Span::ZERO,
            metadata: Value::Object(Map::new()),
        }
    }

    fn run(&self) -> Run {
        let Program { status, starts_at, ends_at, .. } = *self;
        Run { status, starts_at, ends_at }
    }

    pub fn is_active(&self, now: Timestamp) -> bool {
        self.run().is_active(now)
    }

    pub fn gives_codes(&self, now: Timestamp) -> bool {
        self.run().gives_codes(now)
    }

    /// From when on a code lives that is made now: one that is made early lives no shorter for it.
    pub fn code_lives_from(&self, now: Timestamp) -> Timestamp {
        self.starts_at.map_or(now, |starts| starts.max(now))
    }

    /// The recipe for the program's codes.
    pub fn generator(&self) -> Result<Generator, FieldError> {
        let fault = |error: RecipeError| {
            let column = match error.argument() {
                "alphabet" => "code_alphabet",
                "prefix" => "code_prefix",
                _ => "code_length",
            };
            FieldError::invalid(column, error.to_string())
        };
        let generator = Generator::new(self.code_length, &self.code_alphabet, &self.code_prefix);
        let generator = generator.map_err(fault)?;
        generator.must_hold(1).map_err(fault).map(|()| generator)
    }

    /// Sets the attributes that JSON names; the errors name each key that is unknown, or whose value is
    /// of no use.
    pub fn set(&mut self, json: &Map<String, Value>, readers: &Readers) -> Vec<FieldError> {
        json.iter().filter_map(|(key, value)| self.set_one(key, value, readers).err()).collect()
    }

    fn set_one(&mut self, key: &str, value: &Value, readers: &Readers) -> Result<(), FieldError> {
        let length = |text: &str| (readers.span)(text);
        let time = |text: &str| (readers.time)(text);
        match key {
            "name" => self.name = text("name", value)?,
            "status" => self.status = read("status", value, Status::parse)?,
            "starts_at" => self.starts_at = optional("starts_at", value, time)?,
            "ends_at" => self.ends_at = optional("ends_at", value, time)?,
            "code_length" => self.code_length = integer("code_length", value)?,
            "code_alphabet" => self.code_alphabet = text("code_alphabet", value)?,
            "code_prefix" => {
                let prefix =
                    if value.is_null() { String::new() } else { text("code_prefix", value)? };
                self.code_prefix = code::normalize(&prefix);
            }
            "max_uses_per_code" => self.max_uses_per_code = integer("max_uses_per_code", value)?,
            "max_uses_total" => {
                self.max_uses_total = match value {
                    Value::Null => None,
                    value => Some(integer("max_uses_total", value)?),
                };
            }
            "codes_expire_after" => {
                self.codes_expire_after = optional_span("codes_expire_after", value, length)?;
            }
            "currency" => self.currency = text("currency", value)?.trim().to_uppercase(),
            "min_purchase" => self.min_purchase = money("min_purchase", value)?,
            "first_purchase_only" => {
                self.first_purchase_only = boolean("first_purchase_only", value)?;
            }
            "one_code_per_referee" => {
                self.one_code_per_referee = boolean("one_code_per_referee", value)?;
            }
            "attribution_window" => {
                self.attribution_window = optional_span("attribution_window", value, length)?;
            }
            "hold_period" => self.hold_period = span("hold_period", value, length)?,
            "metadata" if value.is_object() => self.metadata = value.clone(),
            "metadata" => return Err(FieldError::invalid("metadata", "must be a JSON object")),
            other => {
                let set = self.rewards.set(other, value);
                if let Some(set) = set.or_else(|| self.limits.set(other, value, length)) {
                    return set;
                }
                let message = "is no attribute of a program".into();
                return Err(FieldError { message, ..FieldError::unknown(other) });
            }
        }
        Ok(())
    }

    /// Every rule that the program breaks; `system_limit` is what no code may have more uses than.
    pub fn faults(&self, system_limit: i32) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut rule = |holds: bool, column: &'static str, message: &str| {
            if !holds {
                faults.push(FieldError::invalid(column, message));
            }
        };
        let key = self.key.chars().count();
        rule(!self.key.trim().is_empty(), "key", "can't be blank");
        rule(key <= KEY_CHARS, "key", "should be at most 64 character(s)");
        rule(self.key.trim() == self.key, "key", "cannot begin or end with a space");
        rule(!self.key.chars().any(char::is_control), "key", "cannot contain control characters");
        rule(!self.name.trim().is_empty(), "name", "can't be blank");
        rule(self.name.chars().count() <= NAME_CHARS, "name", "should be at most 255 character(s)");
        let ordered = match (self.starts_at, self.ends_at) {
            (Some(starts), Some(ends)) => starts < ends,
            _ => true,
        };
        rule(ordered, "ends_at", "must be after starts_at");
        let stored_as_drawn = code::normalize(&self.code_alphabet) == self.code_alphabet;
        rule(stored_as_drawn, "code_alphabet", "must be upper case, as codes are stored");
        rule(
            self.max_uses_total.is_none_or(|most| most > 0),
            "max_uses_total",
            "must be greater than 0",
        );
        rule(!self.min_purchase.is_negative(), "min_purchase", "must not be negative");
        rule(is_currency(&self.currency), "currency", CURRENCY_RULE);
        let expires = self.codes_expire_after != Some(Span::ZERO);
        rule(expires, "codes_expire_after", "must be longer than nothing");
        if let Err(error) = fields::max_uses(self.max_uses_per_code, system_limit) {
            faults.push(FieldError::invalid("max_uses_per_code", error.message));
        }
        faults.extend(self.generator().err());
        faults.extend(self.rewards.faults());
        faults.extend(self.limits.faults());
        faults
    }
}

/// A code as ISO 4217 has them.
pub fn is_currency(text: &str) -> bool {
    text.len() == CURRENCY_CHARS && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::super::reward::{Rate, Tiers};
    use super::*;
    use serde_json::json;

    const LIMIT: i32 = 100;
    const NEGATIVE: &str = "must be from 0 to 100 years, without a negative part";
    const NO_SPAN: &str = "must be a length of time such as '14 days', '1 month' or '36:00:00', or a number of seconds";

    fn set(json: Value) -> (Program, Vec<String>) {
        let time = |text: &str| text.parse().ok().map(Timestamp);
        let span = |text: &str| text.parse().ok().map(|days| Span { days, ..Span::ZERO });
        let readers = Readers { time: &time, span: &span };
        let mut program = Program::new("spring");
        let mut errors = program.set(json.as_object().unwrap(), &readers);
        errors.extend(program.faults(LIMIT));
        let told = errors.iter().map(|e| format!("{} {}", e.column, e.message)).collect();
        (program, told)
    }

    #[test]
    fn a_new_program_breaks_no_rule() {
        assert_eq!(set(json!({})), (Program::new("spring"), vec![]));
    }

    #[test]
    fn every_attribute_is_read() {
        let (program, errors) = set(json!({
            "name": "Spring", "status": "paused", "starts_at": "1", "ends_at": "2", "code_length": 6,
            "code_alphabet": "AB", "code_prefix": " sp-", "max_uses_per_code": 3, "max_uses_total": 9,
            "codes_expire_after": "30", "referrer_reward": 12.5, "referee_reward": "0.0001",
            "currency": " eur", "min_purchase": 0, "first_purchase_only": false,
            "one_code_per_referee": false, "attribution_window": "90", "hold_period": "14",
            "requires_approval": true, "metadata": { "campaign": 7 }, "referrer_percent": 2.5,
            "referee_percent": "0.0001", "max_referrer_reward": 50, "max_referee_reward": null, "reward_scale": 0,
            "tiers": [{ "from": 5, "referrer_reward": 15 }, { "from": 2, "referrer_percent": "7" }],
            "max_rewards_per_referee": 12, "max_rewards_per_referrer": 100, "limit_period": "30",
            "reward_budget": "1000", "review_above": 500, "review_after_per_day": 20,
        }));
        assert!(errors.is_empty(), "{errors:?}");
        let days = |days| Span { days, ..Span::ZERO };
        let expected = Program {
            key: "spring".into(),
            name: "Spring".into(),
            status: Status::Paused,
            starts_at: Some(Timestamp(1)),
            ends_at: Some(Timestamp(2)),
            code_length: 6,
            code_alphabet: "AB".into(),
            code_prefix: "SP-".into(),
            max_uses_per_code: 3,
            max_uses_total: Some(9),
            codes_expire_after: Some(days(30)),
            rewards: Rewards {
                referrer: Rate {
                    fixed: Money::parse("12.5").unwrap(),
                    percent: Money::parse("2.5").unwrap(),
                    most: Some(Money::whole(50)),
                },
                referee: Rate {
                    fixed: Money::parse("0.0001").unwrap(),
                    percent: Money::parse("0.0001").unwrap(),
                    most: None,
                },
                scale: 0,
                tiers: Tiers::read(&json!([
                    { "from": 2, "referrer_percent": 7 },
                    { "from": 5, "referrer_reward": "15.0000" },
                ]))
                .unwrap(),
            },
            limits: Limits {
                per_referee: Some(12),
                per_referrer: Some(100),
                period: Some(days(30)),
                budget: Some(Money::whole(1_000)),
                requires_approval: true,
                review_above: Some(Money::whole(500)),
                review_after_per_day: Some(20),
            },
            currency: "EUR".into(),
            min_purchase: Money::ZERO,
            first_purchase_only: false,
            one_code_per_referee: false,
            attribution_window: Some(days(90)),
            hold_period: days(14),
            metadata: json!({ "campaign": 7 }),
        };
        assert_eq!(program, expected);
    }

    #[test]
    fn codes_are_made_before_a_program_begins_and_not_once_it_is_over() {
        let (mut program, _) = set(json!({ "starts_at": "5", "ends_at": "9" }));
        for (now, active, gives) in
            [(4, false, true), (5, true, true), (8, true, true), (9, false, false)]
        {
            let now = Timestamp(now);
            assert_eq!((program.is_active(now), program.gives_codes(now)), (active, gives));
        }
        assert_eq!(program.code_lives_from(Timestamp(4)), Timestamp(5));
        assert_eq!(program.code_lives_from(Timestamp(6)), Timestamp(6));
        for status in [Status::Paused, Status::Ended] {
            program.status = status;
            assert!(!program.gives_codes(Timestamp(4)));
        }
    }

    #[test]
    fn a_span_may_be_a_bare_number() {
        let (program, errors) = set(json!({ "hold_period": 0, "attribution_window": 7 }));
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(program.hold_period, Span::ZERO);
        assert_eq!(program.attribution_window.map(|span| span.days), Some(7));
        assert_eq!(set(json!({ "hold_period": -1 })).1, [format!("hold_period {NEGATIVE}")]);
    }

    #[test]
    fn null_takes_away_what_may_be_absent() {
        let json = json!({
            "starts_at": null, "ends_at": null, "max_uses_total": null, "codes_expire_after": null,
            "attribution_window": null, "code_prefix": null,
        });
        assert_eq!(set(json), (Program::new("spring"), vec![]));
    }

    #[test]
    fn faults_are_named() {
        let fault = |json: Value| set(json).1.join("; ");
        assert_eq!(fault(json!({ "colour": 1 })), "colour is no attribute of a program");
        assert_eq!(fault(json!({ "status": "on" })), "status is invalid");
        for value in [json!(null), json!("soon"), json!([1]), json!(true)] {
            assert_eq!(fault(json!({ "hold_period": value })), format!("hold_period {NO_SPAN}"));
        }
        assert_eq!(fault(json!({ "hold_period": "-1" })), format!("hold_period {NEGATIVE}"));
        assert_eq!(
            fault(json!({ "attribution_window": "soon" })),
            format!("attribution_window {NO_SPAN}")
        );
        assert_eq!(fault(json!({ "max_uses_total": 0 })), "max_uses_total must be greater than 0");
        assert_eq!(fault(json!({ "max_uses_per_code": 1.5 })), "max_uses_per_code is invalid");
        assert_eq!(
            fault(json!({ "max_uses_per_code": 101 })),
            "max_uses_per_code cannot exceed system limit of 100"
        );
        assert_eq!(fault(json!({ "referrer_reward": -1 })), "referrer_reward must not be negative");
        assert_eq!(
            fault(json!({ "min_purchase": 0.00001 })),
            "min_purchase must not have more than 4 digits after the point"
        );
        for currency in ["€", "EU", "EURO", "E1R", "", "ÄÖÜ"] {
            assert_eq!(fault(json!({ "currency": currency })), format!("currency {CURRENCY_RULE}"));
        }
        assert_eq!(
            fault(json!({ "code_alphabet": "ab" })),
            "code_alphabet must be upper case, as codes are stored"
        );
        assert!(fault(json!({ "code_alphabet": "A" })).starts_with("code_alphabet must be 2 to"));
        assert!(fault(json!({ "code_length": 2 })).starts_with("code_length and prefix together"));
        assert_eq!(
            fault(json!({ "starts_at": "2", "ends_at": "2" })),
            "ends_at must be after starts_at"
        );
        assert_eq!(fault(json!({ "metadata": [] })), "metadata must be a JSON object");
    }

    #[test]
    fn money_in_json_is_never_a_float() {
        let json: Value =
            serde_json::from_str(r#"{"referrer_reward": 1234567890123456.7891}"#).unwrap();
        assert_eq!(set(json).0.rewards.referrer.fixed.to_string(), "1234567890123456.7891");
    }
}
