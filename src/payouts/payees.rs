//! Payees: the people whom payouts go to, one at a time for each currency.

use pgrx::datum::Uuid;

use crate::pg::clock;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::tables::PAYOUTS;

statements! {
    LOCK = "payouts/lock_payees.sql";
}

/// Keeps other sessions from creating payouts for the people in that currency until this transaction ends. Each is
/// named once; they are locked in their order. The table of payouts, which is written next, comes before them.
pub fn lock(session: &Session, users: Vec<Uuid>, currency: &str) {
    session.lock_rows(PAYOUTS, &LOCK, &[users.into(), currency.into(), clock::now().into()]);
}
