//! How a payout has ended: it has arrived, or it has failed and is back in the balance.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::events::tell::Events;
use crate::payouts::row::{COLUMNS, Payout};
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::returns::Record;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::tables::PAYOUTS;
use crate::pg::texts::Text;
use crate::rules::money::Money;
use crate::rules::payout::Outcome;
use crate::rules::refusal::Refusal;
use crate::rules::time::Timestamp;

statements! {
    p.* = COLUMNS;
    BY_REF_LOCKED = "payouts/by_ref_locked.sql";
    SETTLE = "payouts/settle.sql";
}

/// A payout's columns, and whether it had been told before.
type SettledColumns = (
    Uuid,
    Uuid,
    String,
    Option<String>,
    String,
    Money,
    &'static str,
    Timestamp,
    Option<Timestamp>,
    Option<String>,
    bool,
);

fn columns(payout: Payout, repeated: bool) -> SettledColumns {
    let (uuid, user, payout_ref, batch, currency, amount, status, created, settled, reason) =
        payout.into_columns();
    (uuid, user, payout_ref, batch, currency, amount, status, created, settled, reason, repeated)
}

fn settle(
    session: &Session,
    payout_ref: &str,
    outcome: Outcome,
    reason: Option<&str>,
) -> Result<SettledColumns> {
    let found = session.lock_rows(PAYOUTS, &BY_REF_LOCKED, &[payout_ref.into()]);
    let payout = found.first().map(Payout::read);
    let payout = payout.ok_or_else(|| Error::out_of_range("payout_ref", "names no payout"))?;
    let Some(status) = payout.status.after(outcome).map_err(Refusal::from)? else {
        return Ok(columns(payout, true));
    };
    let args = [payout.uuid.into(), status.name().into(), clock::now().into(), reason.into()];
    let settled = session.write(&SETTLE, &args).first().map(Payout::read);
    let settled = settled.ok_or_else(|| Error::row_not_updated("payout"))?;
    Events::read(session).tell(session, settled.event(), || settled.payload());
    Ok(columns(settled, false))
}

#[pg_extern(sql = false)]
fn referral_settle_payout(
    payout_ref: Option<Text>,
    paid: Option<bool>,
    reason: Option<Text>,
) -> Record<SettledColumns> {
    answer(|| {
        let payout_ref = args::text(payout_ref, "payout_ref")?;
        let outcome = if required(paid, "paid")? { Outcome::Paid } else { Outcome::Failed };
        let reason = args::optional_text(reason, "reason")?;
        settle(&Session::open(), &payout_ref, outcome, reason.as_deref()).map(Record)
    })
}
