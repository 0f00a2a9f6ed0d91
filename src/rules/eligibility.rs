//! Which purchase is rewarded, and with how much: the one rule, for webhooks and for sales that carry a code.

use super::money::Money;
use super::program::Program;
use super::reward::{OwnTerms, Rate};
use super::state::State;
use super::time::Timestamp;

/// What comes of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Rewarded,
    /// It would be rewarded: a reviewer has the last word.
    PendingReview,
    NotReferred,
    ProgramNotActive,
    OutsideWindow,
    CurrencyMismatch,
    BelowMinimum,
    NotFirstPurchase,
    /// The buyer has been rewarded as often as the program allows.
    RefereeLimit,
    /// The referrer has: the buyer's side is granted all the same.
    ReferrerLimit,
    /// The program has not enough left for both sides.
    BudgetSpent,
}

pub const VERDICTS: [Verdict; 11] = [
    Verdict::Rewarded,
    Verdict::PendingReview,
    Verdict::NotReferred,
    Verdict::ProgramNotActive,
    Verdict::OutsideWindow,
    Verdict::CurrencyMismatch,
    Verdict::BelowMinimum,
    Verdict::NotFirstPurchase,
    Verdict::RefereeLimit,
    Verdict::ReferrerLimit,
    Verdict::BudgetSpent,
];

impl Verdict {
    /// The word that SQL shows, and the table holds.
    pub fn reason(self) -> &'static str {
        match self {
            Verdict::Rewarded => "rewarded",
            Verdict::PendingReview => "pending_review",
            Verdict::NotReferred => "not_referred",
            Verdict::ProgramNotActive => "program_not_active",
            Verdict::OutsideWindow => "outside_window",
            Verdict::CurrencyMismatch => "currency_mismatch",
            Verdict::BelowMinimum => "below_minimum",
            Verdict::NotFirstPurchase => "not_first_purchase",
            Verdict::RefereeLimit => "referee_limit",
            Verdict::ReferrerLimit => "referrer_limit",
            Verdict::BudgetSpent => "budget_spent",
        }
    }

    pub fn parse(reason: &str) -> Option<Self> {
        VERDICTS.into_iter().find(|verdict| verdict.reason() == reason)
    }

    /// The words of those that qualify.
    pub fn qualifying() -> Vec<&'static str> {
        VERDICTS.into_iter().filter(|verdict| verdict.qualifies()).map(Verdict::reason).collect()
    }

    /// Whether the purchase is one that the program rewards, now or after a review, at least on one side.
    pub fn qualifies(self) -> bool {
        matches!(self, Verdict::Rewarded | Verdict::PendingReview | Verdict::ReferrerLimit)
    }

    /// Whether what it promises is granted at once.
    pub fn grants(self) -> bool {
        matches!(self, Verdict::Rewarded | Verdict::ReferrerLimit)
    }
}

/// How the buyer came to the code.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// By redeeming it. That the code was deactivated, has expired or is used up since then takes nothing
    /// from whom it has brought; where it was deleted, the redemption went with it.
    Redemption {
        /// Where the program has an attribution window: when it closes for this redemption.
        window_ends: Option<Timestamp>,
    },
    /// The sale itself carries it. A cap of uses is none of a sale's business.
    Sale { code: State },
}

/// Who has led the buyer here.
#[derive(Clone, Copy, Debug)]
pub struct Referral<'p> {
    pub source: Source,
    /// The buyer's own code.
    pub own: bool,
    pub program: &'p Program,
    /// Those of the code's owner.
    pub terms: OwnTerms,
}

/// A purchase as it was told.
#[derive(Clone, Copy, Debug)]
pub struct Purchase<'p> {
    pub referral: Option<Referral<'p>>,
    /// Less what was refunded before it was told. None where it is not known yet.
    pub amount: Option<Money>,
    /// All of it was.
    pub is_refunded: bool,
    /// None: the program's.
    pub currency: Option<&'p str>,
    /// As of when it is judged.
    pub occurred_at: Timestamp,
}

/// What was before, as far as the program minds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// The buyer has bought before.
    pub purchased: bool,
    /// Conversions of the buyer that were rewarded, or wait for a review, and stand.
    pub of_referee: i64,
    /// Those of the referrer, within the limit's period,
    pub of_referrer: i64,
    /// and within a day.
    pub of_day: i64,
    /// Those of the referrer that were rewarded.
    pub standing: i64,
    /// What the program has granted, less what was taken back.
    pub granted: Money,
}

/// What a purchase comes to. Without a verdict that qualifies both rewards are nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub referrer_reward: Money,
    pub referee_reward: Money,
}

impl Judgement {
    pub fn refusal(verdict: Verdict) -> Self {
        Judgement { verdict, referrer_reward: Money::ZERO, referee_reward: Money::ZERO }
    }
}

impl Purchase<'_> {
    /// The first rule that is broken decides; the order is the contract's (DESIGN, section 5).
    pub fn judge(&self, past: &Past) -> Judgement {
        let Some(referral) = &self.referral else {
            return Judgement::refusal(Verdict::NotReferred);
        };
        let Referral { source, own, program, terms } = *referral;
        let refers = match source {
            Source::Redemption { .. } => true,
            Source::Sale { code: State::Inactive | State::Expired } => false,
            Source::Sale { .. } => true,
        };
        let at = self.occurred_at;
        let window_is_over = match source {
            Source::Redemption { window_ends } => window_ends.is_some_and(|ends| ends <= at),
            Source::Sale { .. } => false,
        };
        let limits = &program.limits;
        let (referrer, referee) = program.rewards.rates(terms, past.standing);
        let other_currency = self.currency.is_some_and(|currency| currency != program.currency);
        let reached = |count: i64, most: Option<i32>| most.is_some_and(|most| count >= most.into());
        let broken = [
            (own || !refers, Verdict::NotReferred),
            (!program.is_active(at), Verdict::ProgramNotActive),
            (window_is_over, Verdict::OutsideWindow),
            (other_currency, Verdict::CurrencyMismatch),
            (!self.is_enough(program, referrer, referee), Verdict::BelowMinimum),
            (program.first_purchase_only && past.purchased, Verdict::NotFirstPurchase),
            (reached(past.of_referee, limits.per_referee), Verdict::RefereeLimit),
        ];
        if let Some((_, verdict)) = broken.into_iter().find(|(is_broken, _)| *is_broken) {
            return Judgement::refusal(verdict);
        }
        let is_limited = reached(past.of_referrer, limits.per_referrer);
        let scale = program.rewards.scale;
        let referrer_reward =
            if is_limited { Money::ZERO } else { referrer.of(self.amount, scale) };
        let referee_reward = referee.of(self.amount, scale);
        let needs_review = limits.requires_approval
            || limits.review_above.is_some_and(|most| self.amount > Some(most))
            || reached(past.of_day, limits.review_after_per_day);
        let promised = |verdict| Judgement { verdict, referrer_reward, referee_reward };
        let granted = past.granted + referrer_reward + referee_reward;
        if limits.budget.is_some_and(|budget| granted > budget) {
            Judgement::refusal(Verdict::BudgetSpent)
        } else if needs_review {
            promised(Verdict::PendingReview)
        } else if is_limited {
            promised(Verdict::ReferrerLimit)
        } else {
            promised(Verdict::Rewarded)
        }
    }

    /// Whether the amount, as far as it is known, reaches the minimum, and says all that the rewards depend on.
    fn is_enough(&self, program: &Program, referrer: Rate, referee: Rate) -> bool {
        match self.amount {
            _ if self.is_refunded => false,
            Some(amount) => amount >= program.min_purchase,
            None => {
                let matters = referrer.needs_amount()
                    || referee.needs_amount()
                    || program.limits.review_above.is_some();
                !program.min_purchase.is_positive() && !matters
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::super::program::Status;
    use super::super::reward::{Rewards, Tiers};
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_000);

    fn moment() -> impl Strategy<Value = Option<Timestamp>> {
        prop::sample::select(vec![None, Some(999), Some(1_000), Some(1_001)])
            .prop_map(|at: Option<i64>| at.map(Timestamp))
    }

    fn amount() -> impl Strategy<Value = Option<Money>> {
        prop::sample::select(vec![None, Some("0"), Some("9.9999"), Some("10"), Some("250")])
            .prop_map(|amount| amount.map(|amount| Money::parse(amount).unwrap()))
    }

    fn few() -> impl Strategy<Value = Option<i32>> {
        prop::option::weighted(0.3, 1..3)
    }

    prop_compose! {
        fn limits()(
            per_referee in few(), per_referrer in few(), review_after_per_day in few(),
            budget in prop::option::weighted(0.3, 0..60), requires_approval in prop::bool::weighted(0.2),
            review_above in prop::option::weighted(0.2, 0..300),
        ) -> Limits {
            Limits {
                per_referee, per_referrer, period: None, budget: budget.map(Money::whole), requires_approval,
                review_above: review_above.map(Money::whole), review_after_per_day,
            }
        }
    }

    prop_compose! {
        fn program()(
            status in prop::sample::select(vec![Status::Active, Status::Active, Status::Active, Status::Paused]),
            starts_at in moment(), ends_at in moment(), first_purchase_only: bool, has_minimum: bool,
            percent in prop::sample::select(vec![0, 0, 10]), limits in limits(),
        ) -> Program {
            let mut rewards = Rewards {
                tiers: Tiers::read(&json!([{ "from": 3, "referrer_reward": 25 }])).unwrap(),
                ..Rewards::default()
            };
            rewards.referrer.percent = Money::whole(percent);
            Program {
                status, starts_at, ends_at, first_purchase_only, limits, rewards,
                min_purchase: Money::whole(if has_minimum { 10 } else { 0 }),
                ..Program::new("x")
            }
        }
    }

    fn source() -> impl Strategy<Value = Source> {
        let states = vec![State::Active, State::Inactive, State::Expired, State::LimitReached];
        prop_oneof![
            moment().prop_map(|window_ends| Source::Redemption { window_ends }),
            prop::sample::select(states).prop_map(|code| Source::Sale { code }),
        ]
    }

    prop_compose! {
        fn past()(
            purchased in prop::bool::weighted(0.3), of_referee in 0..3i64, of_referrer in 0..3i64, of_day in 0..3i64,
            standing in 0..4i64, granted in 0..50i32,
        ) -> Past {
            Past { purchased, of_referee, of_referrer, of_day, standing, granted: Money::whole(granted) }
        }
    }

    /// The rules a second time, one question after the other.
    fn told_again(purchase: &Purchase, past: &Past) -> (Verdict, Money, Money) {
        let none = |verdict| (verdict, Money::ZERO, Money::ZERO);
        let Some(Referral { source, own, program, .. }) = purchase.referral else {
            return none(Verdict::NotReferred);
        };
        if own || matches!(source, Source::Sale { code: State::Inactive | State::Expired }) {
            return none(Verdict::NotReferred);
        }
        let runs = program.status == Status::Active
            && program.starts_at.is_none_or(|at| at.0 <= 1_000)
            && program.ends_at.is_none_or(|at| at.0 > 1_000);
        if !runs {
            return none(Verdict::ProgramNotActive);
        }
        if matches!(source, Source::Redemption { window_ends: Some(ends) } if ends.0 <= 1_000) {
            return none(Verdict::OutsideWindow);
        }
        if purchase.currency == Some("EUR") {
            return none(Verdict::CurrencyMismatch);
        }
        let percent = program.rewards.referrer.percent;
        let unknown = purchase.amount.is_none()
            && (percent.is_positive() || program.limits.review_above.is_some());
        let short = purchase.amount.unwrap_or(Money::ZERO) < program.min_purchase;
        if short || unknown || purchase.is_refunded {
            return none(Verdict::BelowMinimum);
        }
        if program.first_purchase_only && past.purchased {
            return none(Verdict::NotFirstPurchase);
        }
        let limits = program.limits;
        if limits.per_referee.is_some_and(|most| past.of_referee >= i64::from(most)) {
            return none(Verdict::RefereeLimit);
        }
        let limited = limits.per_referrer.is_some_and(|most| past.of_referrer >= i64::from(most));
        let fixed = if past.standing >= 2 { Money::whole(25) } else { Money::whole(10) };
        let tenth =
            purchase.amount.map_or(Money::ZERO, |amount| match amount.to_string().as_str() {
                "250.0000" => Money::whole(25),
                "10.0000" => Money::whole(1),
                // 0.99999, to two decimals.
                "9.9999" => Money::whole(1),
                _ => Money::ZERO,
            });
        let share = if percent.is_positive() { tenth } else { Money::ZERO };
        let referrer = if limited { Money::ZERO } else { fixed + share };
        let referee = Money::whole(10);
        if limits.budget.is_some_and(|budget| budget < past.granted + referrer + referee) {
            return none(Verdict::BudgetSpent);
        }
        let large =
            limits.review_above.zip(purchase.amount).is_some_and(|(most, amount)| amount > most);
        let quick = limits.review_after_per_day.is_some_and(|most| past.of_day >= i64::from(most));
        if limits.requires_approval || large || quick {
            return (Verdict::PendingReview, referrer, referee);
        }
        (if limited { Verdict::ReferrerLimit } else { Verdict::Rewarded }, referrer, referee)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn every_purchase_is_judged_as_the_rules_say(
            program in program(), source in prop::option::weighted(0.95, source()), own in prop::bool::weighted(0.1),
            amount in amount(), is_refunded in prop::bool::weighted(0.1), past in past(),
            currency in prop::sample::select(vec![None, Some("USD"), Some("EUR")]),
        ) {
            let terms = OwnTerms::default();
            let referral = source.map(|source| Referral { source, own, program: &program, terms });
            let purchase = Purchase { referral, amount, is_refunded, currency, occurred_at: NOW };
            let Judgement { verdict, referrer_reward, referee_reward } = purchase.judge(&past);
            prop_assert_eq!((verdict, referrer_reward, referee_reward), told_again(&purchase, &past));
        }
    }

    #[test]
    fn a_verdict_is_read_as_it_is_written() {
        for verdict in VERDICTS {
            assert_eq!(Verdict::parse(verdict.reason()), Some(verdict));
        }
        assert_eq!(Verdict::parse("Rewarded"), None);
    }
}
