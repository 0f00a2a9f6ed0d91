//! Refunds, as the webhook tells of them: each side gives back its reward's share of the purchase.

use std::borrow::Cow;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::conversions::decisions::Entry;
use crate::conversions::purchase::keeps_changing;
use crate::conversions::rewards::{Most, Taken, take_back};
use crate::conversions::row::Conversion;
use crate::conversions::told::{Known, Reference, Told, unseen};
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer};
use crate::pg::result::{Row, Rows};
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::statement::{columns, statements};
use crate::pg::texts::Text;
use crate::pg::transaction::MOST_LOOKS;
use crate::pg::values;
use crate::programs::budget;
use crate::rules::conversion::{Deed, Status};
use crate::rules::money::Money;
use crate::rules::refusal::Refusal;
use crate::rules::reward::taken_back;
use crate::settings::Switches;

columns! {
    f: amount, conversion_uuid, status, referrer_taken, referee_taken
}

statements! {
    f.* = COLUMNS;
    REFUND = "conversions/refund.sql";
}

statements! {
    INSERT_REFUND = "conversions/insert_refund.sql";
}

/// The longest name of a refund.
pub const REF_CHARS: usize = 255;

/// A refund as the caller tells of it.
struct Refund<'a> {
    reference: Reference<'a>,
    refund_ref: Cow<'a, str>,
    /// None: all that is left.
    amount: Option<Money>,
    reason: Option<Cow<'a, str>>,
}

/// What came of a refund, or of a reversal by hand.
#[derive(Clone, Default)]
pub struct Outcome {
    pub conversion: Option<Uuid>,
    pub status: Option<String>,
    pub taken: Taken,
}

/// conversion_uuid, status, referrer_taken, referee_taken, repeated
type RefundColumns = (Option<Uuid>, Option<String>, Money, Money, bool);

impl Outcome {
    fn read(row: Row) -> Self {
        Outcome {
            conversion: row.get(at::conversion_uuid),
            status: row.get(at::status),
            taken: Taken {
                referrer: row.need(at::referrer_taken),
                referee: row.need(at::referee_taken),
                ..Taken::default()
            },
        }
    }

    /// Writes it down under its name, so that a repeat is one.
    pub fn write(
        &self,
        session: &Session,
        reference: &Reference,
        refund_ref: &str,
        amount: Option<Money>,
        reason: Option<&str>,
    ) {
        let [source_type, source_ref] = reference.args();
        let args = [
            source_type,
            source_ref,
            refund_ref.into(),
            amount.into(),
            reason.into(),
            clock::now().into(),
            self.conversion.into(),
            self.status.as_deref().into(),
            self.taken.referrer.into(),
            self.taken.referee.into(),
        ];
        session.write(&INSERT_REFUND, &args);
    }

    fn into_columns(self, repeated: bool) -> RefundColumns {
        let Outcome { conversion, status, taken } = self;
        (conversion, status, taken.referrer, taken.referee, repeated)
    }
}

#[pg_extern(sql = false)]
fn referral_record_refund(
    source_ref: Option<Text>,
    refund_ref: Option<Text>,
    amount: Option<AnyNumeric>,
    source_type: Option<Text>,
    reason: Option<Text>,
) -> Record<RefundColumns> {
    answer(|| {
        let amount = amount.map(|amount| values::amount(amount, "amount")).transpose()?;
        if amount.is_some_and(|amount| !amount.is_positive()) {
            return Err(Error::out_of_range("amount", "must be greater than 0"));
        }
        let refund = Refund {
            reference: Reference::new(source_ref, source_type)?,
            refund_ref: args::reference(refund_ref, "refund_ref", REF_CHARS)?,
            amount,
            reason: args::optional_text(reason, "reason")?,
        };
        let session = Session::open();
        for _ in 0..MOST_LOOKS {
            if let Some((outcome, repeated)) = refund.record(&session)? {
                return Ok(Record(outcome.into_columns(repeated)));
            }
        }
        Err(keeps_changing())
    })
}

/// The refund or reversal that was told under that name. The source's row is locked.
pub fn find<'s>(session: &'s Session, reference: &Reference, refund_ref: &str) -> Rows<'s> {
    let [source_type, source_ref] = reference.args();
    session.write(&REFUND, &[source_type, source_ref, refund_ref.into()])
}

impl Refund<'_> {
    /// None where the purchase was told meanwhile, of a program whose row comes before the source's.
    fn record(&self, session: &Session) -> Result<Option<(Outcome, bool)>> {
        budget::enter(session);
        let program = |known: Option<&Known>| {
            known.and_then(|known| known.told.as_ref()).and_then(|told| told.program.clone())
        };
        let before = program(self.reference.known(session).as_ref());
        if let Some(key) = &before {
            budget::lock_if_any(session, key);
        }
        let known = self.reference.lock_or_await(session)?;
        if program(Some(&known)) != before {
            return Ok(None);
        }
        let told = find(session, &self.reference, &self.refund_ref);
        if let Some(row) = told.first() {
            let told: Option<Money> = row.get(at::amount);
            let differs = self.amount.zip(told).is_some_and(|(now, then)| now != then);
            if differs {
                return Err(Refusal::IdempotencyConflict.into());
            }
            return Ok(Some((Outcome::read(row), true)));
        }
        let amount = self.fitting(&known)?;
        let refunded = known.refunded + amount.unwrap_or(Money::ZERO);
        if !refunded.is_storable() {
            let rule = "is too much beside what was refunded before";
            return Err(Error::out_of_range("amount", rule));
        }
        let is_all = match known.told.as_ref().and_then(|told| told.amount) {
            Some(told) => refunded >= told,
            None => known.is_refunded || self.amount.is_none(),
        };
        self.reference.refund(session, refunded, is_all)?;
        let outcome = match &known.told {
            Some(told) => self.take(session, told, known.refunded, refunded, is_all)?,
            None => Outcome::default(),
        };
        let reason = self.reason.as_deref();
        outcome.write(session, &self.reference, &self.refund_ref, amount, reason);
        Ok(Some((outcome, false)))
    }

    /// The amount, which must be left of the purchase; None where it is all of an amount that is not known.
    fn fitting(&self, known: &Known) -> Result<Option<Money>> {
        let told = known.told.as_ref().and_then(|told| told.amount);
        let Some(told) = told else { return Ok(self.amount) };
        let left = told - known.refunded;
        match self.amount {
            Some(amount) if amount > left => {
                let rule = format!("must be at most the {left} that is left of the purchase");
                Err(Error::out_of_range("amount", rule))
            }
            Some(amount) => Ok(Some(amount)),
            None => Ok(Some(left)),
        }
    }

    /// Takes back from the conversion, if the purchase has come to one.
    fn take(
        &self,
        session: &Session,
        told: &Told,
        before: Money,
        refunded: Money,
        is_all: bool,
    ) -> Result<Outcome> {
        let Some(uuid) = told.conversion else { return Ok(Outcome::default()) };
        let conversion = Conversion::lock(session, uuid).ok_or_else(unseen)?;
        let events = Events::new(Switches::read(session, View::Now).events);
        let reason = self.reason.as_deref().unwrap_or("refund");
        let most = match told.judged_amount() {
            _ if is_all => Most::All,
            Some(amount) if amount.is_positive() => {
                let share = |reward| {
                    let taken = |refunded: Money| {
                        let refunded = (refunded - told.refunded_before).max(Money::ZERO);
                        taken_back(reward, amount, refunded, conversion.reward_scale)
                    };
                    taken(refunded) - taken(before)
                };
                Most::Sides {
                    referrer: share(conversion.referrer_reward),
                    referee: share(conversion.referee_reward),
                }
            }
            _ => Most::Each(Money::ZERO),
        };
        let taken = take_back(session, &conversion, most, reason, events);
        let refunded = Entry {
            deed: Deed::Refunded,
            by: None,
            step: None,
            amount: Some(refunded - before),
            reason: self.reason.as_deref(),
        };
        refunded.write(session, uuid, clock::now());
        let conversion = if is_all && conversion.status.stands() {
            conversion.reverse(session, reason, events)?
        } else {
            conversion
        };
        Ok(Outcome {
            conversion: Some(uuid),
            status: Some(Status::name(conversion.status).to_owned()),
            taken,
        })
    }
}
