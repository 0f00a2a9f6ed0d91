//! Many payouts in one statement: one for each person who has so much, once for each batch_ref.

use std::borrow::Cow;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::events::tell::Events;
use crate::payouts::create::positive;
use crate::payouts::row::{COLUMNS, CreatedColumns, Payout, unseen};
use crate::payouts::{balance, payees};
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::{reports, statements};
use crate::pg::texts::Text;
use crate::rules::event::EventType;
use crate::rules::money::Money;
use crate::rules::refusal::Refusal;

statements! {
    ADD_BATCH = "payouts/add_batch.sql";
    BATCH = "payouts/batch.sql";
}

statements! {
    p.* = COLUMNS;
    OF_BATCH = "payouts/of_batch.sql";
    INSERT_MANY = "payouts/insert_many.sql";
}

reports! {
    OWED = "payouts/owed.sql";
}

/// Leaves room for a user's id behind it in a payout_ref.
const BATCH_REF_CHARS: usize = 200;
/// Payouts of one batch: they are held in memory together.
const MOST_ROWS: i32 = 100_000;

/// A batch, as the caller asks for it.
struct Batch<'a> {
    currency: String,
    batch_ref: Cow<'a, str>,
    least: Money,
    rows: i32,
}

/// Each person's amount.
type Amounts = Vec<(Uuid, Money)>;

impl Batch<'_> {
    /// Writes down that the batch was asked for; false where it was before. Who comes second waits for the first.
    fn is_new(&self, session: &Session) -> bool {
        let args = [
            self.batch_ref.as_ref().into(),
            self.currency.as_str().into(),
            self.least.into(),
            self.rows.into(),
            clock::now().into(),
        ];
        session.write(&ADD_BATCH, &args).count() > 0
    }

    /// What the first call has created, in the same order.
    fn repeats(&self, session: &Session) -> Result<Vec<CreatedColumns>> {
        let batch = session.write(&BATCH, &[self.batch_ref.as_ref().into()]);
        let batch = batch.first().ok_or_else(unseen)?;
        let first: (String, Money, i32) = (batch.need(1), batch.need(2), batch.need(3));
        if first != (self.currency.clone(), self.least, self.rows) {
            return Err(Refusal::BatchConflict.into());
        }
        let created = session.write(&OF_BATCH, &[self.batch_ref.as_ref().into()]);
        Ok(created.iter().map(|row| Payout::read(row).into_created(true)).collect())
    }

    /// Whom the batch pays, and what: those who seem to have so much are locked, and asked again.
    fn amounts(&self, session: &Session) -> Amounts {
        let args = [
            self.currency.as_str().into(),
            clock::now().into(),
            self.least.into(),
            i64::from(self.rows).into(),
        ];
        let owed: Vec<Uuid> =
            session.write_latest(&OWED, &args).iter().map(|row| row.need(1)).collect();
        if owed.is_empty() {
            return Amounts::new();
        }
        payees::lock(session, owed.clone(), &self.currency);
        let balances = balance::of_each_locked(session, owed, &self.currency);
        let payable =
            balances.filter_map(|(user, balance)| Some((user, balance.payable(None).ok()?)));
        payable.filter(|(_, amount)| *amount >= self.least).collect()
    }

    fn create(&self, session: &Session) -> Result<Vec<CreatedColumns>> {
        if !self.is_new(session) {
            return self.repeats(session);
        }
        let amounts = self.amounts(session);
        let count = amounts.len();
        let (users, amounts): (Vec<Uuid>, Vec<Money>) = amounts.into_iter().unzip();
        let refs: Vec<String> =
            users.iter().map(|user| format!("{}:{user}", self.batch_ref)).collect();
        let uuids: Vec<Uuid> = users.iter().map(|_| ids::new_uuid()).collect();
        let args = [
            uuids.into(),
            users.into(),
            refs.into(),
            amounts.into(),
            self.batch_ref.as_ref().into(),
            self.currency.as_str().into(),
            clock::now().into(),
        ];
        let created = session.write(&INSERT_MANY, &args);
        if created.count() < count {
            // Somebody has created a payout by hand whose payout_ref is the batch's.
            return Err(Refusal::PayoutConflict.into());
        }
        let created: Vec<Payout> = created.iter().map(Payout::read).collect();
        let payloads = || created.iter().map(Payout::payload).collect();
        Events::read(session).tell_each(session, EventType::PayoutCreated, payloads);
        Ok(created.into_iter().map(|payout| payout.into_created(false)).collect())
    }
}

#[pg_extern(sql = false)]
fn referral_create_payouts(
    currency: Option<Text>,
    batch_ref: Option<Text>,
    min_amount: Option<AnyNumeric>,
    max_rows: Option<i32>,
) -> RowSet<'static, CreatedColumns> {
    answer(|| {
        let batch = Batch {
            currency: args::currency(currency, "currency")?,
            batch_ref: args::reference(batch_ref, "batch_ref", BATCH_REF_CHARS)?,
            least: positive(required(min_amount, "min_amount")?, "min_amount")?,
            rows: required(max_rows, "max_rows")?,
        };
        if !(1..=MOST_ROWS).contains(&batch.rows) {
            return Err(Error::out_of_range("max_rows", format!("must be from 1 to {MOST_ROWS}")));
        }
        batch.create(&Session::open()).map(RowSet::new)
    })
}
