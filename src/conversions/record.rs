//! A sale as it is told, judged, and written down: what is known of its source, and where it is one that a program
//! rewards a conversion.
//!
//! Locks, behind the code's: the referee, the program where a limit is shared or tiers are to be counted, the source, the
//! conversion.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::conversions::rewards;
use crate::conversions::row::{COLUMNS, Conversion};
use crate::conversions::told::{Known, Reference, Told};
use crate::events::Events;
use crate::pg::clock;
use crate::pg::error::{Error, Result, required};
use crate::pg::ids;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::pg::values;
use crate::programs::row as programs;
use crate::programs::{budget, own_terms, referees};
use crate::rules::conversion::{STATUSES, Status};
use crate::rules::eligibility::{Judgement, Past, Purchase, Referral, Source, Verdict};
use crate::rules::money::Money;
use crate::rules::program::{CURRENCY_RULE, Program, is_currency};
use crate::rules::refusal::Refusal;
use crate::rules::state::State;
use crate::rules::time::{Span, Timestamp};

statements! {
    v.* = COLUMNS;
    INSERT = "conversions/insert.sql";
    COMPLETE = "conversions/complete.sql";
}

statements! {
    BOUGHT_BEFORE = "conversions/bought_before.sql";
    PURCHASED_BEFORE = "conversions/purchased_before.sql";
    REWARDED_OF_REFEREE = "conversions/rewarded_of_referee.sql";
    REWARDED_OF_REFERRER = "conversions/rewarded_of_referrer.sql";
}

/// What a referrer's pace is counted over.
const DAY: Span = Span { months: 0, days: 1, microseconds: 0 };

/// A sale, as the caller tells of it.
pub struct Sale<'a> {
    pub reference: Reference<'a>,
    pub referee: Uuid,
    pub amount: Option<Money>,
    pub currency: Option<String>,
    pub occurred_at: Timestamp,
    /// Whether it is the person's first purchase, where the caller knows.
    pub first_purchase: Option<bool>,
    /// The code that it carries, in capitals.
    pub code: Option<String>,
}

impl<'a> Sale<'a> {
    pub fn new(
        referee: Option<Uuid>,
        reference: Reference<'a>,
        amount: Option<AnyNumeric>,
        currency: Option<Text>,
        occurred_at: Option<TimestampWithTimeZone>,
    ) -> Result<Self> {
        let now = clock::now();
        Ok(Sale {
            referee: required(referee, "referee_uuid")?,
            reference,
            amount: amount.map(|amount| values::amount(amount, "amount")).transpose()?,
            currency: currency.map(self::currency).transpose()?,
            occurred_at: occurred_at.map_or(now, |at| Timestamp::from(at).min(now)),
            first_purchase: None,
            code: None,
        })
    }

    /// Whether it brings what was missing of what was told.
    pub fn completes(&self, told: &Told) -> bool {
        told.amount.is_none() && (self.amount.is_some() || self.currency != told.currency)
    }

    /// A repeat gives what was recorded; the same source with other contents is no repeat.
    pub fn must_repeat(&self, told: &Told) -> Result<()> {
        let differs = (self.referee != told.referee && !told.is_forgotten)
            || differ(self.amount.as_ref(), told.amount.as_ref())
            || differ(self.currency.as_ref(), told.currency.as_ref());
        if differs { Err(Refusal::IdempotencyConflict.into()) } else { Ok(()) }
    }

    fn purchase<'p>(&'p self, referral: Referral<'p>, refunded: &Refunded) -> Purchase<'p> {
        Purchase {
            referral: Some(referral),
            amount: self.amount.map(|amount| (amount - refunded.amount).max(Money::ZERO)),
            is_refunded: refunded.is_all(self.amount),
            currency: self.currency.as_deref(),
            occurred_at: self.occurred_at,
        }
    }
}

fn differ<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one != other)
}

fn currency(text: Text) -> Result<String> {
    let currency = text.read("currency")?.trim().to_uppercase();
    if is_currency(&currency) {
        Ok(currency)
    } else {
        Err(Error::out_of_range("currency", CURRENCY_RULE))
    }
}

/// What was refunded before a purchase was told.
#[derive(Clone, Copy, Default)]
pub struct Refunded {
    pub amount: Money,
    pub everything: bool,
}

impl Refunded {
    pub fn of(known: Option<&Known>) -> Self {
        known.map_or(Refunded::default(), |known| Refunded {
            amount: known.refunded,
            everything: known.is_refunded,
        })
    }

    fn is_all(&self, amount: Option<Money>) -> bool {
        let covers = amount.is_some_and(|amount| amount.is_positive() && self.amount >= amount);
        self.everything || covers
    }

    /// What of a purchase that is so large.
    pub fn of_amount(&self, amount: Option<Money>) -> Money {
        match amount {
            Some(amount) if self.everything => amount,
            Some(amount) => self.amount.min(amount),
            None => self.amount,
        }
    }
}

/// A code that leads to somebody.
pub struct Leading {
    pub code_uuid: Uuid,
    pub code: String,
    pub referrer: Uuid,
    pub owner_type: String,
    pub program: Program,
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
    pub fn judge(&mut self, session: &Session, sale: &Sale, refunded: Refunded) -> Judgement {
        let judgement = sale.purchase(self.referral(session), &refunded).judge(&Past::default());
        if !judgement.verdict.qualifies() && judgement.verdict != Verdict::BudgetSpent {
            return judgement;
        }
        referees::lock(session, &self.program.key, sale.referee);
        let mut granted = Money::ZERO;
        let is_counted =
            self.program.limits.are_shared() || self.program.rewards.tiers.highest() > 0;
        if is_counted && let Some(locked) = budget::lock(session, &self.program.key) {
            self.program = locked.program;
            granted = locked.rewards_granted;
        }
        let past = Past { granted, ..self.past(session, sale) };
        sale.purchase(self.referral(session), &refunded).judge(&past)
    }

    /// What was before, as far as the program minds; all that is committed by now.
    fn past(&self, session: &Session, sale: &Sale) -> Past {
        let Program { limits, rewards, first_purchase_only, .. } = &self.program;
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
        let args = [
            sale.referee.into(),
            self.program.key.as_str().into(),
            Verdict::qualifying().into(),
            names(Status::stands).into(),
            most.into(),
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
        ];
        session.write_latest(&REWARDED_OF_REFERRER, &args).first().map_or(0, |row| row.need(1))
    }

    /// Whether the buyer has bought before.
    fn has_purchased(&self, session: &Session, sale: &Sale) -> bool {
        let key = self.program.key.as_str();
        let args = [sale.referee.into(), key.into(), Verdict::qualifying().into()];
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

/// Writes down what was told of the sale and, where the verdict asks for one, its conversion, and grants its rewards
/// where nobody has to review them. None where the source is known by now.
pub fn record(
    session: &Session,
    sale: &Sale,
    leading: Option<(&Leading, Judgement)>,
    refunded: Refunded,
    events: Events,
) -> Result<Option<(Told, Option<Conversion>)>> {
    let judgement = leading.map_or(Judgement::refusal(Verdict::NotReferred), |(_, judged)| judged);
    let leading = leading.map(|(leading, _)| leading);
    // A sale that carries a code is attributed, rewarded or not.
    let converts = sale.code.is_some() || judgement.verdict.qualifies();
    let conversion = leading.filter(|_| converts).map(|_| ids::new_uuid());
    let of_program = |leading: &Leading| leading.program.currency.clone();
    let currency =
        sale.currency.clone().or_else(|| leading.filter(|_| sale.amount.is_some()).map(of_program));
    let told = Told {
        referee: sale.referee,
        amount: sale.amount,
        currency,
        occurred_at: sale.occurred_at,
        code: sale.code.clone(),
        program: leading.map(|leading| leading.program.key.clone()),
        judgement,
        conversion,
        referrer: leading
            .filter(|_| judgement.verdict != Verdict::NotReferred)
            .map(|leading| leading.referrer),
        refunded_before: refunded.of_amount(sale.amount),
        is_forgotten: false,
    };
    if refunded.amount.is_positive() || refunded.everything {
        let known = sale.reference.lock(session);
        let Some(known) = known.filter(|known| known.told.is_none()) else { return Ok(None) };
        if known.refunded != refunded.amount || known.is_refunded != refunded.everything {
            return Ok(None);
        }
        sale.reference.complete(session, &told)?;
    } else if !sale.reference.tell(session, &told) {
        return Ok(None);
    }
    let conversion = match (leading, conversion) {
        (Some(leading), Some(uuid)) => Some(convert(session, sale, leading, uuid, &told, events)?),
        _ => None,
    };
    Ok(Some((told, conversion)))
}

fn convert(
    session: &Session,
    sale: &Sale,
    leading: &Leading,
    uuid: Uuid,
    told: &Told,
    events: Events,
) -> Result<Conversion> {
    let Judgement { verdict, referrer_reward, referee_reward } = told.judgement;
    let program = &leading.program;
    let [source_type, source_ref] = sale.reference.args();
    let args = [
        uuid.into(),
        program.key.as_str().into(),
        leading.code_uuid.into(),
        leading.code.as_str().into(),
        leading.referrer.into(),
        leading.owner_type.as_str().into(),
        sale.referee.into(),
        source_type,
        source_ref,
        told.amount.into(),
        told.currency.as_deref().into(),
        verdict.reason().into(),
        referrer_reward.into(),
        referee_reward.into(),
        program.currency.as_str().into(),
        sale.occurred_at.into(),
        verdict.grants().then(clock::now).into(),
        program.hold_period.into(),
        program.rewards.scale.into(),
    ];
    let written = session.write(&INSERT, &args).first().map(Conversion::read);
    // A conversion of a release that told no sources, whose type was written in another case.
    let conversion = written.ok_or(Refusal::IdempotencyConflict)?;
    conversion.tell(session, events);
    if verdict.grants() {
        rewards::grant(session, &conversion, program, events);
    }
    Ok(conversion)
}

/// Judges a sale of which something was missing, now that it is told.
pub fn complete(
    session: &Session,
    sale: &Sale,
    told: &Told,
    conversion: Conversion,
    events: Events,
) -> Result<Option<(Told, Conversion)>> {
    let program = programs::newest(session, &conversion.program);
    let program = program.ok_or_else(|| programs::unknown("program"))?.program;
    let mut leading = Leading {
        code_uuid: conversion.code_uuid,
        code: conversion.code.clone(),
        referrer: conversion.referrer_uuid,
        owner_type: conversion.owner_type.clone(),
        program,
        source: Source::Sale { code: State::Active },
        own: false,
    };
    let sale = Sale {
        reference: Reference {
            source_type: sale.reference.source_type.clone(),
            source_ref: sale.reference.source_ref.clone(),
        },
        currency: sale.currency.clone().or_else(|| told.currency.clone()),
        occurred_at: told.occurred_at,
        code: told.code.clone(),
        ..*sale
    };
    let refunded = Refunded::of(sale.reference.known(session).as_ref());
    let judgement = leading.judge(session, &sale, refunded);
    let Some(known) = sale.reference.lock(session) else { return Ok(None) };
    let is_same = known.refunded == refunded.amount
        && known.is_refunded == refunded.everything
        && known.told.as_ref().is_some_and(|told| told.amount.is_none());
    let locked = Conversion::lock(session, conversion.uuid);
    let Some(conversion) = locked.filter(|_| is_same) else { return Ok(None) };
    let is_open = conversion.status.stands() && conversion.granted_at.is_none();
    // Whoever has approved it before it was known what it comes to has approved it.
    let judgement = match judgement.verdict {
        _ if !is_open || sale.amount.is_none() => told.judgement,
        Verdict::PendingReview if conversion.status == Status::Approved => {
            Judgement { verdict: Verdict::Rewarded, ..judgement }
        }
        _ => judgement,
    };
    let grants = is_open && judgement.verdict.grants() && sale.amount.is_some();
    let program = &leading.program;
    let told = Told {
        amount: sale.amount,
        currency: sale.currency.clone().or_else(|| sale.amount.map(|_| program.currency.clone())),
        judgement,
        refunded_before: refunded.of_amount(sale.amount),
        ..told.clone()
    };
    sale.reference.complete(session, &told)?;
    let args = [
        conversion.uuid.into(),
        told.amount.into(),
        told.currency.as_deref().into(),
        judgement.verdict.reason().into(),
        judgement.referrer_reward.into(),
        judgement.referee_reward.into(),
        program.currency.as_str().into(),
        (if grants { Some(clock::now()) } else { conversion.granted_at }).into(),
        program.hold_period.into(),
        program.rewards.scale.into(),
    ];
    let written = session.write(&COMPLETE, &args).first().map(Conversion::read);
    let conversion = written.ok_or_else(|| Error::row_not_updated("conversion"))?;
    if grants {
        rewards::grant(session, &conversion, program, events);
    }
    Ok(Some((told, conversion)))
}
