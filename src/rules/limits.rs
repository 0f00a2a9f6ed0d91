//! What bounds the rewards of a program, and what sends a conversion to a review.

use serde_json::Value;

use super::fields::FieldError;
use super::json::{boolean, optional_integer, optional_money, optional_span, put};
use super::money::Money;
use super::time::Span;

/// None: no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Rewarded purchases of one person.
    pub per_referee: Option<i32>,
    /// Rewarded conversions of one referrer, within the period; for ever where there is none.
    pub per_referrer: Option<i32>,
    pub period: Option<Span>,
    /// Grants less reversals, over the whole program.
    pub budget: Option<Money>,
    /// Every conversion waits for a review.
    pub requires_approval: bool,
    /// So does that of a larger amount,
    pub review_above: Option<Money>,
    /// and a referrer's that follows so many within a day.
    pub review_after_per_day: Option<i32>,
}

impl Limits {
    /// Sets the attribute that JSON names; None where it is none of these.
    pub fn set(
        &mut self,
        key: &str,
        value: &Value,
        length: impl Fn(&str) -> Option<Span>,
    ) -> Option<Result<(), FieldError>> {
        let set = match key {
            "max_rewards_per_referee" => {
                put(&mut self.per_referee, optional_integer("max_rewards_per_referee", value))
            }
            "max_rewards_per_referrer" => {
                put(&mut self.per_referrer, optional_integer("max_rewards_per_referrer", value))
            }
            "limit_period" => put(&mut self.period, optional_span("limit_period", value, length)),
            "reward_budget" => put(&mut self.budget, optional_money("reward_budget", value)),
            "requires_approval" => {
                put(&mut self.requires_approval, boolean("requires_approval", value))
            }
            "review_above" => put(&mut self.review_above, optional_money("review_above", value)),
            "review_after_per_day" => {
                put(&mut self.review_after_per_day, optional_integer("review_after_per_day", value))
            }
            _ => return None,
        };
        Some(set)
    }

    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut rule = |holds: bool, column: &'static str, message: &str| {
            if !holds {
                faults.push(FieldError::invalid(column, message));
            }
        };
        let positive = |number: Option<i32>| number.is_none_or(|number| number > 0);
        let above = "must be greater than 0";
        rule(positive(self.per_referee), "max_rewards_per_referee", above);
        rule(positive(self.per_referrer), "max_rewards_per_referrer", above);
        rule(self.period != Some(Span::ZERO), "limit_period", "must be longer than nothing");
        let not_negative = |amount: Option<Money>| !amount.is_some_and(Money::is_negative);
        let below = "must not be negative";
        rule(not_negative(self.budget), "reward_budget", below);
        rule(not_negative(self.review_above), "review_above", below);
        let per_day = self.review_after_per_day.is_none_or(|number| number >= 0);
        rule(per_day, "review_after_per_day", below);
        faults
    }

    /// Whether a limit depends on what others are granted at the same moment.
    pub fn are_shared(&self) -> bool {
        self.per_referrer.is_some() || self.budget.is_some() || self.review_after_per_day.is_some()
    }
}
