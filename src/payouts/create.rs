//! One payout: what is available, or a part of it, once for each payout_ref.

use std::borrow::Cow;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::events::tell::Events;
use crate::payouts::row::{COLUMNS, CreatedColumns, PAYOUT_REF_CHARS, Payout, unseen};
use crate::payouts::{balance, payees};
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::returns::Record;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::pg::values;
use crate::rules::money::Money;
use crate::rules::refusal::Refusal;

statements! {
    p.* = COLUMNS;
    BY_REF = "payouts/by_ref.sql";
    INSERT = "payouts/insert.sql";
}

/// A payout, as the caller asks for it.
struct Wanted<'a> {
    user: Uuid,
    payout_ref: Cow<'a, str>,
    currency: String,
    /// None: all that is available.
    amount: Option<Money>,
}

/// An amount that somebody asks for.
pub fn positive(amount: AnyNumeric, argument: &str) -> Result<Money> {
    let amount = values::amount(amount, argument)?;
    if amount.is_positive() {
        Ok(amount)
    } else {
        Err(Error::out_of_range(argument, "must be positive"))
    }
}

impl Wanted<'_> {
    fn created(&self, session: &Session) -> Option<Payout> {
        let found = session.write(&BY_REF, &[self.payout_ref.as_ref().into()]);
        found.first().map(Payout::read)
    }

    /// A repeat gives what was created; the same payout_ref with other contents is no repeat.
    fn repeats(&self, created: Payout) -> Result<CreatedColumns> {
        let differs = self.user != created.user_uuid
            || self.currency != created.currency
            || self.amount.is_some_and(|amount| amount != created.amount);
        if differs { Err(Refusal::PayoutConflict.into()) } else { Ok(created.into_created(true)) }
    }

    fn create(&self, session: &Session) -> Result<CreatedColumns> {
        if let Some(created) = self.created(session) {
            return self.repeats(created);
        }
        payees::lock(session, vec![self.user], &self.currency);
        if let Some(created) = self.created(session) {
            // Another session was asked for the same, and has committed while this one waited.
            return self.repeats(created);
        }
        let balance = balance::of_locked(session, self.user, &self.currency);
        let amount = balance.payable(self.amount).map_err(Refusal::from)?;
        let args = [
            ids::new_uuid().into(),
            self.user.into(),
            self.payout_ref.as_ref().into(),
            self.currency.as_str().into(),
            amount.into(),
            clock::now().into(),
        ];
        let Some(payout) = session.write(&INSERT, &args).first().map(Payout::read) else {
            return self.repeats(self.created(session).ok_or_else(unseen)?);
        };
        Events::read(session).tell(session, payout.event(), || payout.payload());
        Ok(payout.into_created(false))
    }
}

#[pg_extern(sql = false)]
fn referral_create_payout(
    user_uuid: Option<Uuid>,
    payout_ref: Option<Text>,
    currency: Option<Text>,
    amount: Option<AnyNumeric>,
) -> Record<CreatedColumns> {
    answer(|| {
        let wanted = Wanted {
            user: required(user_uuid, "user_uuid")?,
            payout_ref: args::reference(payout_ref, "payout_ref", PAYOUT_REF_CHARS)?,
            currency: args::currency(currency, "currency")?,
            amount: amount.map(|amount| positive(amount, "amount")).transpose()?,
        };
        wanted.create(&Session::open()).map(Record)
    })
}
