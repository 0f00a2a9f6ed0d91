//! What was told of a purchase or sale, by its reference: the row that makes a repeat a repeat.

use std::borrow::Cow;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::conversions::row::Conversion;
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, required};
use crate::pg::result::Row;
use crate::pg::session::Session;
use crate::pg::statement::{Parameter, columns, statements};
use crate::pg::tables::PURCHASES;
use crate::pg::texts::Text;
use crate::pg::values;
use crate::rules::eligibility::{Judgement, Purchase, Referral, Verdict};
use crate::rules::money::Money;
use crate::rules::refusal::Refusal;
use crate::rules::time::Timestamp;

columns! {
    s: referee_uuid, amount, currency, occurred_at, code, program, reason, conversion_uuid, referrer_uuid,
    referrer_reward, referee_reward, refunded, refunded_before, is_refunded, is_forgotten
}

statements! {
    s.* = COLUMNS;
    SOURCE = "conversions/source.sql";
    SOURCE_LOCKED = "conversions/source_locked.sql";
}

statements! {
    TELL = "conversions/tell.sql";
    TELL_REFUNDED = "conversions/tell_refunded.sql";
    AWAIT_PURCHASE = "conversions/await_purchase.sql";
    REFUND_SOURCE = "conversions/refund_source.sql";
    JUDGE_LESS = "conversions/judge_less.sql";
}

/// The longest name of a source, and of its type.
const SOURCE_CHARS: usize = 255;

/// What the application calls a purchase or sale.
pub struct Reference<'a> {
    pub source_type: String,
    pub source_ref: Cow<'a, str>,
}

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
        let occurred_at = occurred_at.map_or(now, |at| Timestamp::from(at).min(now));
        if !occurred_at.is_finite() {
            return Err(Error::out_of_range("occurred_at", "must be finite"));
        }
        Ok(Sale {
            referee: required(referee, "referee_uuid")?,
            reference,
            amount: amount.map(|amount| values::amount(amount, "amount")).transpose()?,
            currency: currency
                .map(|currency| args::currency(Some(currency), "currency"))
                .transpose()?,
            occurred_at,
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

    /// As it is judged.
    pub fn purchase<'p>(&'p self, referral: Referral<'p>, refunded: &Refunded) -> Purchase<'p> {
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

/// What is known of a source.
#[derive(Clone)]
pub struct Known {
    pub refunded: Money,
    /// All of it was refunded, whatever it comes to.
    pub is_refunded: bool,
    /// None: only refunds are known.
    pub told: Option<Told>,
}

/// A purchase or sale that was told, with its verdict.
#[derive(Clone)]
pub struct Told {
    pub referee: Uuid,
    pub amount: Option<Money>,
    pub currency: Option<String>,
    pub occurred_at: Timestamp,
    /// The code that the sale carried.
    pub code: Option<String>,
    pub program: Option<String>,
    pub judgement: Judgement,
    pub conversion: Option<Uuid>,
    pub referrer: Option<Uuid>,
    /// What was refunded before it was judged.
    pub refunded_before: Money,
    /// The buyer was forgotten: a repeat is known by its reference alone.
    pub is_forgotten: bool,
}

impl<'a> Reference<'a> {
    /// Of a conversion. An older release has stored types as they were written.
    pub fn of(conversion: &'a Conversion) -> Self {
        Reference {
            source_ref: conversion.source_ref.as_str().into(),
            source_type: conversion.source_type.trim().to_lowercase(),
        }
    }

    pub fn new(source_ref: Option<Text<'a>>, source_type: Option<Text<'a>>) -> Result<Self> {
        Ok(Reference {
            source_ref: args::reference(source_ref, "source_ref", SOURCE_CHARS)?,
            source_type: args::reference(source_type, "source_type", SOURCE_CHARS)?
                .trim()
                .to_lowercase(),
        })
    }

    pub fn args(&self) -> [Parameter<'_>; 2] {
        [self.source_type.as_str().into(), self.source_ref.as_ref().into()]
    }

    /// As things are now.
    pub fn known(&self, session: &Session) -> Option<Known> {
        session.write(&SOURCE, &self.args()).first().map(Known::read)
    }

    /// The same, its row locked until the transaction ends.
    pub fn lock(&self, session: &Session) -> Option<Known> {
        session.lock_rows(PURCHASES, &SOURCE_LOCKED, &self.args()).first().map(Known::read)
    }

    /// The same for a refund, which may come before its purchase.
    pub fn lock_or_await(&self, session: &Session) -> Result<Known> {
        session.write(&AWAIT_PURCHASE, &self.args());
        self.lock(session).ok_or_else(unseen)
    }

    /// Tells it, unless it is known; false where it is.
    pub fn tell(&self, session: &Session, told: &Told) -> bool {
        session.write(&TELL, &self.values(told)).count() > 0
    }

    /// Tells what was missing, its row locked, and what of it was refunded by then.
    pub fn complete(&self, session: &Session, told: &Told, refunded: Money) -> Result<()> {
        let mut values = self.values(told);
        values.extend([told.refunded_before.into(), refunded.into()]);
        let written = session.write(&TELL_REFUNDED, &values);
        if written.count() > 0 { Ok(()) } else { Err(Error::row_not_updated("purchase")) }
    }

    /// From now on it is rewarded less all that was refunded by now. Its row is locked.
    pub fn judge_less(&self, session: &Session) {
        session.write(&JUDGE_LESS, &self.args());
    }

    pub fn refund(&self, session: &Session, refunded: Money, is_refunded: bool) -> Result<()> {
        let [source_type, source_ref] = self.args();
        let args = [source_type, source_ref, refunded.into(), is_refunded.into()];
        let written = session.write(&REFUND_SOURCE, &args);
        if written.count() > 0 { Ok(()) } else { Err(Error::row_not_updated("purchase")) }
    }

    fn values<'p>(&'p self, told: &'p Told) -> Vec<Parameter<'p>> {
        let Judgement { verdict, referrer_reward, referee_reward } = told.judgement;
        let promised = |reward: Money| verdict.qualifies().then_some(reward);
        let [source_type, source_ref] = self.args();
        vec![
            source_type,
            source_ref,
            told.referee.into(),
            told.amount.into(),
            told.currency.as_deref().into(),
            told.occurred_at.into(),
            clock::now().into(),
            told.code.as_deref().into(),
            told.program.as_deref().into(),
            verdict.reason().into(),
            told.conversion.into(),
            told.referrer.into(),
            promised(referrer_reward).into(),
            promised(referee_reward).into(),
        ]
    }
}

impl Known {
    fn read(row: Row) -> Self {
        Known {
            refunded: row.need(at::refunded),
            is_refunded: row.need(at::is_refunded),
            told: row.get(at::referee_uuid).map(|referee| Told::read(row, referee)),
        }
    }
}

impl Told {
    fn read(row: Row, referee: Uuid) -> Self {
        let reason: String = row.need(at::reason);
        let promised = |column| row.get(column).unwrap_or_default();
        Told {
            referee,
            amount: row.get(at::amount),
            currency: row.get(at::currency),
            occurred_at: row.need(at::occurred_at),
            code: row.get(at::code),
            program: row.get(at::program),
            judgement: Judgement {
                // The functions write no other word.
                verdict: Verdict::parse(&reason).unwrap_or(Verdict::NotReferred),
                referrer_reward: promised(at::referrer_reward),
                referee_reward: promised(at::referee_reward),
            },
            conversion: row.get(at::conversion_uuid),
            referrer: row.get(at::referrer_uuid),
            refunded_before: row.need(at::refunded_before),
            is_forgotten: row.need(at::is_forgotten),
        }
    }

    /// What it is rewarded for: the amount, less what was refunded before.
    pub fn judged_amount(&self) -> Option<Money> {
        self.amount.map(|amount| amount - self.refunded_before)
    }
}

/// The source was taken when it was to be told, and yet cannot be seen.
pub fn unseen() -> Error {
    Error::new("42501", "purchase_not_visible", "the source was told by a row that cannot be read")
        .with_hint("Row-level security hides rows of referral_purchases from the caller.")
}
