//! The history of conversions: what was decided, refunded and reversed. No row is ever changed.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::pg::error::{answer, required};
use crate::pg::ids;
use crate::pg::result::Row;
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::rules::conversion::Deed;
use crate::rules::money::Money;
use crate::rules::time::Timestamp;

statements! {
    INSERT = "conversions/insert_decision.sql";
    HISTORY = "conversions/history.sql";
}

/// A row of referral_decisions on its way in.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    pub deed: Deed,
    /// Who decided, where somebody was named.
    pub by: Option<Uuid>,
    /// Of a chain of approvals, by its id.
    pub step: Option<&'a str>,
    /// Of a refund, or of a reversal that was asked for by an amount.
    pub amount: Option<Money>,
    pub reason: Option<&'a str>,
}

impl Entry<'_> {
    /// The conversion's row is locked, so that the history is in the order in which things were done.
    pub fn write(&self, session: &Session, conversion: Uuid, at: Timestamp) {
        let args = [
            ids::new_uuid().into(),
            conversion.into(),
            at.into(),
            self.deed.name().into(),
            self.by.into(),
            self.step.into(),
            self.amount.into(),
            self.reason.into(),
        ];
        session.write(&INSERT, &args);
    }
}

/// at, action, by_uuid, step, amount, reason
type HistoryColumns =
    (Timestamp, String, Option<Uuid>, Option<String>, Option<Money>, Option<String>);

#[pg_extern(sql = false)]
fn referral_history(conversion_uuid: Option<Uuid>) -> RowSet<'static, HistoryColumns> {
    answer(|| {
        let args = [required(conversion_uuid, "conversion_uuid")?.into()];
        let read =
            |row: Row| (row.need(1), row.need(2), row.get(3), row.get(4), row.get(5), row.get(6));
        Ok(RowSet::new(Session::open().stream(&HISTORY, &args, read)))
    })
}
