//! What a conversion gives each side: a fixed part and a share of the amount, at most so much, rounded half to even;
//! and what of it a refund takes back.

use serde_json::{Map, Value, json};

use super::fields::FieldError;
use super::json::{integer, money, optional_money, put};
use super::money::{Money, ratio};

/// The most digits behind the point that a reward may be rounded to.
pub const MOST_SCALE: i32 = 4;

/// What one side is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub fixed: Money,
    /// Hundredths of the amount, with up to four decimals.
    pub percent: Money,
    /// The most that one conversion gives.
    pub most: Option<Money>,
}

impl Rate {
    /// The reward of a purchase; of one whose amount is not known the fixed part. Without a percentage there is nothing
    /// to round: the fixed part is given as it was set.
    pub fn of(&self, amount: Option<Money>, scale: i32) -> Money {
        let reward = match amount.filter(|_| self.needs_amount()) {
            Some(amount) => self.fixed.plus_percent(self.percent, amount, scale),
            None => self.fixed,
        };
        self.most.map_or(reward, |most| most.min(reward))
    }

    /// Whether the amount makes a difference.
    pub fn needs_amount(&self) -> bool {
        self.percent.is_positive()
    }
}

/// What a program gives, as it says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Rewards {
    pub referrer: Rate,
    pub referee: Rate,
    /// To how many decimals a reward is rounded.
    pub scale: i32,
    pub tiers: Tiers,
}

impl Default for Rewards {
    fn default() -> Self {
        let rate = Rate { fixed: Money::whole(10), percent: Money::ZERO, most: None };
        Rewards { referrer: rate, referee: rate, scale: 2, tiers: Tiers::default() }
    }
}

/// What one owner's codes give instead of what the program does; None: as the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnTerms {
    pub referrer: OwnRate,
    pub referee: OwnRate,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnRate {
    pub fixed: Option<Money>,
    pub percent: Option<Money>,
    pub most: Option<Money>,
}

impl OwnRate {
    fn over(self, rate: Rate) -> Rate {
        Rate {
            fixed: self.fixed.unwrap_or(rate.fixed),
            percent: self.percent.unwrap_or(rate.percent),
            most: self.most.or(rate.most),
        }
    }
}

impl Rewards {
    /// What the referrer gets, and the referee, for the conversion that follows so many of the referrer's that were
    /// rewarded and stand. An owner's own terms go before a tier.
    pub fn rates(&self, own: OwnTerms, standing: i64) -> (Rate, Rate) {
        let tier = self.tiers.of(standing + 1);
        let of_tier = tier.map_or(self.referrer, |tier| Rate {
            fixed: tier.referrer_reward.unwrap_or(self.referrer.fixed),
            percent: tier.referrer_percent.unwrap_or(self.referrer.percent),
            most: self.referrer.most,
        });
        (own.referrer.over(of_tier), own.referee.over(self.referee))
    }

    /// Sets the attribute that JSON names; None where it is none of these.
    pub fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), FieldError>> {
        let set = match key {
            "referrer_reward" => put(&mut self.referrer.fixed, money("referrer_reward", value)),
            "referee_reward" => put(&mut self.referee.fixed, money("referee_reward", value)),
            "referrer_percent" => put(&mut self.referrer.percent, money("referrer_percent", value)),
            "referee_percent" => put(&mut self.referee.percent, money("referee_percent", value)),
            "max_referrer_reward" => {
                put(&mut self.referrer.most, optional_money("max_referrer_reward", value))
            }
            "max_referee_reward" => {
                put(&mut self.referee.most, optional_money("max_referee_reward", value))
            }
            "reward_scale" => put(&mut self.scale, integer("reward_scale", value)),
            "tiers" => put(&mut self.tiers, Tiers::read(value)),
            _ => return None,
        };
        Some(set)
    }

    pub fn faults(&self) -> Vec<FieldError> {
        let own = OwnTerms::of(self);
        let mut faults = own.faults();
        if !(0..=MOST_SCALE).contains(&self.scale) {
            faults.push(FieldError::invalid("reward_scale", "must be from 0 to 4"));
        }
        faults
    }
}

impl OwnTerms {
    /// As if they were an owner's.
    fn of(rewards: &Rewards) -> Self {
        let own = |rate: Rate| OwnRate {
            fixed: Some(rate.fixed),
            percent: Some(rate.percent),
            most: rate.most,
        };
        OwnTerms { referrer: own(rewards.referrer), referee: own(rewards.referee) }
    }

    /// Reads all keys; the errors name each that is unknown, or whose value is of no use.
    pub fn read(json: &Map<String, Value>) -> (Self, Vec<FieldError>) {
        let mut own = OwnTerms::default();
        let mut errors: Vec<FieldError> =
            json.iter().filter_map(|(key, value)| own.set(key, value).err()).collect();
        errors.extend(own.faults());
        (own, errors)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), FieldError> {
        let (place, column) = match key {
            "referrer_reward" => (&mut self.referrer.fixed, "referrer_reward"),
            "referee_reward" => (&mut self.referee.fixed, "referee_reward"),
            "referrer_percent" => (&mut self.referrer.percent, "referrer_percent"),
            "referee_percent" => (&mut self.referee.percent, "referee_percent"),
            "max_referrer_reward" => (&mut self.referrer.most, "max_referrer_reward"),
            "max_referee_reward" => (&mut self.referee.most, "max_referee_reward"),
            unknown => {
                let message = "is none of an owner's terms".into();
                return Err(FieldError { message, ..FieldError::unknown(unknown) });
            }
        };
        put(place, optional_money(column, value))
    }

    fn faults(&self) -> Vec<FieldError> {
        let OwnTerms { referrer, referee } = self;
        let negative = "must not be negative";
        let mut faults = Vec::new();
        for (column, amount) in [
            ("referrer_reward", referrer.fixed),
            ("referee_reward", referee.fixed),
            ("referrer_percent", referrer.percent),
            ("referee_percent", referee.percent),
            ("max_referrer_reward", referrer.most),
            ("max_referee_reward", referee.most),
        ] {
            if amount.is_some_and(Money::is_negative) {
                faults.push(FieldError::invalid(column, negative));
            } else if column.ends_with("percent") && amount > Some(Money::whole(100)) {
                faults.push(FieldError::invalid(column, "must be at most 100"));
            }
        }
        faults
    }
}

/// What a referrer gets who has brought so many: by the number from which it holds, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiers(Vec<Tier>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The first of a referrer's conversions for which it holds.
    pub from: i32,
    /// None: as the program.
    pub referrer_reward: Option<Money>,
    pub referrer_percent: Option<Money>,
}

/// Tiers are read and written whole.
const MOST_TIERS: usize = 100;

impl Tiers {
    /// The tier of a referrer's so-manieth conversion.
    fn of(&self, number: i64) -> Option<&Tier> {
        self.0.iter().rfind(|tier| i64::from(tier.from) <= number)
    }

    /// How many conversions it takes to reach the last: more make no difference.
    pub fn highest(&self) -> i32 {
        self.0.last().map_or(0, |tier| tier.from)
    }

    /// Reads an array of tiers.
    pub fn read(json: &Value) -> Result<Self, FieldError> {
        let invalid = |rule: &str| FieldError::invalid("tiers", rule.to_owned());
        let tiers = json.as_array().filter(|tiers| tiers.len() <= MOST_TIERS);
        let tiers = tiers.ok_or_else(|| invalid("must be an array of at most 100 tiers"))?;
        let mut tiers = tiers.iter().map(Tier::read).collect::<Result<Vec<_>, _>>()?;
        tiers.sort_by_key(|tier| tier.from);
        if tiers.windows(2).any(|pair| pair[0].from == pair[1].from) {
            return Err(invalid("must not name one \"from\" twice"));
        }
        Ok(Tiers(tiers))
    }

    pub fn to_json(&self) -> Value {
        self.0.iter().map(|tier| tier.as_json()).collect()
    }
}

impl Tier {
    fn read(json: &Value) -> Result<Self, FieldError> {
        let invalid = |rule: &str| FieldError::invalid("tiers", rule.to_owned());
        let of = "must be objects of \"from\", \"referrer_reward\" and \"referrer_percent\"";
        let object = json.as_object().ok_or_else(|| invalid(of))?;
        let mut tier = Tier { from: 0, referrer_reward: None, referrer_percent: None };
        for (key, value) in object {
            match key.as_str() {
                "from" => tier.from = integer("tiers", value)?,
                "referrer_reward" => tier.referrer_reward = optional_money("tiers", value)?,
                "referrer_percent" => tier.referrer_percent = optional_money("tiers", value)?,
                _ => return Err(invalid(of)),
            }
        }
        let negative = |amount: Option<Money>| amount.is_some_and(Money::is_negative);
        if tier.from < 1 {
            Err(invalid("must each have a \"from\" of at least 1"))
        } else if negative(tier.referrer_reward) || negative(tier.referrer_percent) {
            Err(invalid("must not be negative"))
        } else if tier.referrer_percent > Some(Money::whole(100)) {
            Err(invalid("must have a percentage of at most 100"))
        } else {
            Ok(tier)
        }
    }

    fn as_json(&self) -> Value {
        let mut json = json!({ "from": self.from });
        for (key, amount) in
            [("referrer_reward", self.referrer_reward), ("referrer_percent", self.referrer_percent)]
        {
            if let Some(amount) = amount {
                json[key] = amount.to_string().into();
            }
        }
        json
    }
}

/// What refunds of so much in all have taken of a reward, which stands for a purchase of `amount`.
pub fn taken_back(reward: Money, amount: Money, refunded: Money, scale: i32) -> Money {
    if refunded >= amount { reward } else { ratio(reward, refunded, amount, scale) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn rate(fixed: &str, percent: &str, most: Option<&str>) -> Rate {
        Rate { fixed: money(fixed), percent: money(percent), most: most.map(money) }
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        for (percent, amount, scale, reward) in [
            ("10", "0.25", 2, "0.02"),
            ("10", "0.35", 2, "0.04"),
            ("10", "0.2501", 2, "0.03"),
            ("12.5", "100", 0, "12"),
            ("13.5", "100", 0, "14"),
            ("0.0001", "0.0050", 4, "0"),
            ("33.3333", "100", 4, "33.3333"),
        ] {
            let reward = money(reward);
            assert_eq!(
                rate("0", percent, None).of(Some(money(amount)), scale),
                reward,
                "{percent} of {amount}"
            );
        }
    }

    #[test]
    fn no_conversion_gives_more_than_the_maximum() {
        let rate = rate("5", "10", Some("12.345"));
        assert_eq!(rate.of(Some(money("50")), 2), money("10"));
        assert_eq!(rate.of(Some(money("500")), 2), money("12.345"));
        assert_eq!(rate.of(None, 2), money("5"));
    }

    /// Digit by digit, as one would on paper: the whole steps below, then the nearer of two neighbours.
    fn on_paper(numerator: i128, denominator: i128) -> i128 {
        let below = numerator.div_euclid(denominator);
        let (down, up) = (numerator - below * denominator, (below + 1) * denominator - numerator);
        if down < up || (down == up && below % 2 == 0) { below } else { below + 1 }
    }

    proptest! {
        #[test]
        fn a_reward_is_what_comes_out_on_paper(
            fixed in 0..10_000_000i128, percent in prop_oneof![Just(0i128), 0..1_000_000i128], amount in 0..10_000_000_000i128, scale in 0..=4i32,
        ) {
            let units = |number: i128| Money::parse(&format!("{}.{:04}", number / 10_000, number % 10_000)).unwrap();
            let rate = Rate { fixed: units(fixed), percent: units(percent), most: None };
            let step = 10i128.pow((4 - scale) as u32);
            let steps = on_paper(fixed * 1_000_000 + amount * percent, 1_000_000 * step);
            let expected = if percent == 0 { fixed } else { steps * step };
            prop_assert_eq!(rate.of(Some(units(amount)), scale), units(expected));
        }

        /// However a purchase is refunded, in whatever parts, all of it takes back all of the reward, and no part takes
        /// more than is left.
        #[test]
        fn all_refunds_of_a_purchase_take_back_exactly_all(
            reward in 0..1_000_000i32, parts in prop::collection::vec(1..100_000i32, 1..20), scale in 0..=4i32,
        ) {
            let (reward, amount) = (Money::whole(reward), Money::whole(parts.iter().sum()));
            let (mut refunded, mut taken) = (Money::ZERO, Money::ZERO);
            for part in parts {
                refunded = refunded + Money::whole(part);
                let now = taken_back(reward, amount, refunded, scale);
                prop_assert!(now >= taken && now <= reward);
                taken = now;
            }
            prop_assert_eq!(taken, reward);
        }

        #[test]
        fn a_share_of_the_largest_amounts_is_exact(share in 0..=1_000i32) {
            let most = money("9999999999999999.9999");
            prop_assert_eq!(ratio(most, most, most, 4), most);
            let part = ratio(most, Money::whole(share), Money::whole(1_000), 4);
            let rest = ratio(most, Money::whole(1_000 - share), Money::whole(1_000), 4);
            prop_assert!((part + rest - most) <= money("0.0001") && (most - part - rest) <= money("0.0001"));
        }
    }
}
