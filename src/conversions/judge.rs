//! A sale judged: under the locks of all that others could change at the same moment.

use std::rc::Rc;

use pgrx::datum::Uuid;

use crate::conversions::told::{Refunded, Sale};
use crate::pg::error::{Error, Result};
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::programs::{budget, own_terms, referees};
use crate::rules::conversion::{STATUSES, Status};
use crate::rules::eligibility::{Judgement, Past, Referral, Source, Verdict};
use crate::rules::money::Money;
use crate::rules::program::Program;
use crate::rules::time::Span;

statements! {
    TOLD_BEFORE = "conversions/told_before.sql";
    BOUGHT_BEFORE = "conversions/bought_before.sql";
    PURCHASED_BEFORE = "conversions/purchased_before.sql";
    REWARDED_OF_REFEREE = "conversions/rewarded_of_referee.sql";
    REWARDED_OF_REFERRER = "conversions/rewarded_of_referrer.sql";
}

/// What a referrer's pace is counted over.
const DAY: Span = Span { months: 0, days: 1, microseconds: 0 };

/// A code that leads to somebody.
pub struct Leading {
    pub code_uuid: Uuid,
    pub code: String,
    pub referrer: Uuid,
    pub owner_type: String,
    pub program: Rc<Program>,
    pub source: Source,
    /// The buyer's own code.
    pub own: bool,
}

impl Leading {
    fn referral(&self, session: &Session) -> Referral<'_> {
        let terms =
            own_terms::of(session, self.referrer, &self.program.key, &self.owner_type, View::Now);
        Referral { source: self.source, own: self.own, program: &self.program, terms }
    }

    /// Judges the sale: under the referee's lock, and the program's, where it matters what was before, so that of two
    /// first purchases at the same moment one is the first. The program is as it is by then.
    pub fn judge(
        &mut self,
        session: &Session,
        sale: &Sale,
        refunded: Refunded,
    ) -> Result<Judgement> {
        let judgement = sale.purchase(self.referral(session), &refunded).judge(&Past::default());
        if !judgement.verdict.qualifies() && judgement.verdict != Verdict::BudgetSpent {
            return Ok(judgement);
        }
        match self.source {
            Source::Redemption { .. } => {
                referees::lock_known(session, &self.program.key, sale.referee)
            }
            Source::Sale { .. } => referees::lock(session, &self.program.key, sale.referee),
        }
        let mut granted = Money::ZERO;
        let is_counted =
            self.program.limits.are_shared() || self.program.rewards.tiers.highest() > 0;
        if is_counted && let Some(locked) = budget::lock(session, &self.program.key) {
            self.program = Rc::new(locked.program);
            granted = locked.rewards_granted;
        }
        let past = Past { granted, ..self.past(session, sale) };
        let judgement = sale.purchase(self.referral(session), &refunded).judge(&past);
        let Judgement { referrer_reward, referee_reward, .. } = judgement;
        if referrer_reward.is_storable() && referee_reward.is_storable() {
            return Ok(judgement);
        }
        Err(Error::out_of_range("amount", "is too much for the program's rewards to be stored"))
    }

    /// What was before, as far as the program minds; all that is committed by now.
    fn past(&self, session: &Session, sale: &Sale) -> Past {
        let Program { limits, rewards, first_purchase_only, .. } = &*self.program;
        let tiers = rewards.tiers.highest();
        let counted = |most: Option<i32>, period, statuses, is_granted| {
            let count = |most| {
                self.count_of_referrer(session, sale, i64::from(most), period, statuses, is_granted)
            };
            most.map_or(0, count)
        };
        Past {
            purchased: *first_purchase_only && self.has_purchased(session, sale),
            of_referee: limits
                .per_referee
                .map_or(0, |most| self.count_of_referee(session, sale, i64::from(most))),
            of_referrer: counted(limits.per_referrer, limits.period, Status::stands, false),
            of_day: counted(limits.review_after_per_day, Some(DAY), |_| true, false),
            standing: counted((tiers > 0).then_some(tiers), None, Status::stands, true),
            granted: Money::ZERO,
        }
    }

    /// How many conversions of the buyer the program has rewarded, or will after a review.
    fn count_of_referee(&self, session: &Session, sale: &Sale, most: i64) -> i64 {
        let [source_type, source_ref] = sale.reference.args();
        let args = [
            sale.referee.into(),
            self.program.key.as_str().into(),
            Verdict::qualifying().into(),
            names(Status::stands).into(),
            most.into(),
            source_type,
            source_ref,
        ];
        session.write_latest(&REWARDED_OF_REFEREE, &args).first().map_or(0, |row| row.need(1))
    }

    /// For how many conversions it has rewarded the referrer.
    fn count_of_referrer(
        &self,
        session: &Session,
        sale: &Sale,
        most: i64,
        period: Option<Span>,
        statuses: fn(Status) -> bool,
        is_granted: bool,
    ) -> i64 {
        let [source_type, source_ref] = sale.reference.args();
        let args = [
            self.referrer.into(),
            self.owner_type.as_str().into(),
            self.program.key.as_str().into(),
            Verdict::qualifying().into(),
            names(statuses).into(),
            sale.occurred_at.into(),
            period.into(),
            most.into(),
            is_granted.into(),
            source_type,
            source_ref,
        ];
        session.write_latest(&REWARDED_OF_REFERRER, &args).first().map_or(0, |row| row.need(1))
    }

    /// Whether the buyer has bought before.
    fn has_purchased(&self, session: &Session, sale: &Sale) -> bool {
        let [source_type, source_ref] = sale.reference.args();
        // Of every conversion there is a purchase.
        let args = [sale.referee.into(), source_type, source_ref];
        if session.write_latest(&TOLD_BEFORE, &args).count() == 0 {
            return sale.first_purchase == Some(false);
        }
        let [source_type, source_ref] = sale.reference.args();
        let args = [
            sale.referee.into(),
            self.program.key.as_str().into(),
            Verdict::qualifying().into(),
            source_type,
            source_ref,
        ];
        if session.write_latest(&PURCHASED_BEFORE, &args).count() > 0 {
            return true;
        }
        if let Some(is_first) = sale.first_purchase {
            return !is_first;
        }
        let [source_type, source_ref] = sale.reference.args();
        let args = [
            sale.referee.into(),
            sale.occurred_at.into(),
            self.program.min_purchase.into(),
            self.program.currency.as_str().into(),
            source_type,
            source_ref,
        ];
        session.write_latest(&BOUGHT_BEFORE, &args).count() > 0
    }
}

fn names(of: fn(Status) -> bool) -> Vec<&'static str> {
    STATUSES.into_iter().filter(|status| of(*status)).map(Status::name).collect()
}
