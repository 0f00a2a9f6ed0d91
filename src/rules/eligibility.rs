//! Which purchase is rewarded: the one rule, for webhooks and for sales that carry a code.

use super::money::Money;
use super::program::Program;
use super::state::State;
use super::time::Timestamp;

/// What comes of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Rewarded,
    /// It would be rewarded: a reviewer has the last word.
    PendingReview,
    NotReferred,
    BelowMinimum,
    NotFirstPurchase,
    CurrencyMismatch,
    OutsideWindow,
    ProgramNotActive,
}

impl Verdict {
    /// The word that SQL shows, and the table holds.
    pub fn reason(self) -> &'static str {
        match self {
            Verdict::Rewarded => "rewarded",
            Verdict::PendingReview => "pending_review",
            Verdict::NotReferred => "not_referred",
            Verdict::BelowMinimum => "below_minimum",
            Verdict::NotFirstPurchase => "not_first_purchase",
            Verdict::CurrencyMismatch => "currency_mismatch",
            Verdict::OutsideWindow => "outside_window",
            Verdict::ProgramNotActive => "program_not_active",
        }
    }

    /// Whether the purchase is one that the program rewards, now or after a review.
    pub fn qualifies(self) -> bool {
        matches!(self, Verdict::Rewarded | Verdict::PendingReview)
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
}

/// All that decides whether a purchase is rewarded, read at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Purchase<'p> {
    /// None where the buyer came by no code, or by one that is deleted or has no beneficiary.
    pub referral: Option<Referral<'p>>,
    /// None where the caller does not say: no minimum is met then.
    pub amount: Option<Money>,
    /// None where the caller does not say: the program's own.
    pub currency: Option<&'p str>,
    /// The buyer has made a purchase before that the program rewards.
    pub purchased_before: bool,
}

impl Purchase<'_> {
    pub fn judge(&self, now: Timestamp) -> Verdict {
        let Some(referral) = &self.referral else {
            return Verdict::NotReferred;
        };
        let Referral { source, own, program } = *referral;
        let refers = match source {
            Source::Redemption { .. } => true,
            Source::Sale {
                code: State::Active | State::ProgramNotActive | State::LimitReached,
            } => true,
            Source::Sale { code: State::Inactive | State::Expired } => false,
        };
        let window_is_over = match source {
            Source::Redemption { window_ends } => window_ends.is_some_and(|ends| ends <= now),
            Source::Sale { .. } => false,
        };
        let other_currency = self.currency.is_some_and(|currency| currency != program.currency);
        if own || !refers {
            Verdict::NotReferred
        } else if !program.is_active(now) {
            Verdict::ProgramNotActive
        } else if window_is_over {
            Verdict::OutsideWindow
        } else if other_currency {
            Verdict::CurrencyMismatch
        } else if self.amount.unwrap_or(Money::ZERO) < program.min_purchase {
            Verdict::BelowMinimum
        } else if program.first_purchase_only && self.purchased_before {
            Verdict::NotFirstPurchase
        } else if program.requires_approval {
            Verdict::PendingReview
        } else {
            Verdict::Rewarded
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::Status;
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);
    const MOMENTS: [Option<Timestamp>; 4] =
        [None, Some(Timestamp(999)), Some(NOW), Some(Timestamp(1_001))];

    fn sources() -> Vec<Option<Source>> {
        let redemptions = MOMENTS.map(|window_ends| Some(Source::Redemption { window_ends }));
        let states = [State::Active, State::Inactive, State::Expired, State::LimitReached];
        let sales = states.map(|code| Some(Source::Sale { code }));
        [None].into_iter().chain(redemptions).chain(sales).collect()
    }

    fn programs() -> Vec<Program> {
        let mut programs = Vec::new();
        for status in [Status::Active, Status::Paused, Status::Ended] {
            for starts_at in MOMENTS {
                for ends_at in MOMENTS {
                    for flags in 0..8 {
                        programs.push(Program {
                            status,
                            starts_at,
                            ends_at,
                            first_purchase_only: flags & 1 != 0,
                            requires_approval: flags & 2 != 0,
                            min_purchase: if flags & 4 != 0 {
                                Money::whole(10)
                            } else {
                                Money::ZERO
                            },
                            ..Program::new("x")
                        });
                    }
                }
            }
        }
        programs
    }

    /// The rules a second time, as a list: the first that is broken decides.
    fn expected(purchase: &Purchase) -> Verdict {
        let Some(Referral { source, own, program }) = purchase.referral else {
            return Verdict::NotReferred;
        };
        let window = match source {
            Source::Redemption { window_ends: Some(ends) } => ends.0,
            _ => i64::MAX,
        };
        let dead = matches!(source, Source::Sale { code: State::Inactive | State::Expired });
        let minimum = program.min_purchase;
        let rules = [
            (own, Verdict::NotReferred),
            (dead, Verdict::NotReferred),
            (program.status != Status::Active, Verdict::ProgramNotActive),
            (program.starts_at.is_some_and(|at| at.0 > 1_000), Verdict::ProgramNotActive),
            (program.ends_at.is_some_and(|at| at.0 <= 1_000), Verdict::ProgramNotActive),
            (window <= 1_000, Verdict::OutsideWindow),
            (purchase.currency == Some("EUR"), Verdict::CurrencyMismatch),
            (purchase.amount.is_none() && minimum.is_positive(), Verdict::BelowMinimum),
            (purchase.amount.is_some_and(|amount| amount < minimum), Verdict::BelowMinimum),
            (purchase.purchased_before && program.first_purchase_only, Verdict::NotFirstPurchase),
            (program.requires_approval, Verdict::PendingReview),
        ];
        rules.into_iter().find(|rule| rule.0).map_or(Verdict::Rewarded, |rule| rule.1)
    }

    #[test]
    fn every_purchase_is_judged_as_the_rules_say() {
        let amounts = [None, Some("9.9999"), Some("10"), Some("0")]
            .map(|amount| amount.map(|amount| Money::parse(amount).unwrap()));
        let mut judged = std::collections::HashMap::new();
        for program in &programs() {
            for source in sources() {
                for own in [false, true] {
                    for amount in amounts {
                        for currency in [None, Some("USD"), Some("EUR")] {
                            for purchased_before in [false, true] {
                                let referral =
                                    source.map(|source| Referral { source, own, program });
                                let purchase =
                                    Purchase { referral, amount, currency, purchased_before };
                                let verdict = purchase.judge(NOW);
                                assert_eq!(verdict, expected(&purchase), "{purchase:?}");
                                *judged.entry(verdict.reason()).or_insert(0) += 1;
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(judged.len(), 8, "each verdict occurs: {judged:?}");
    }
}
