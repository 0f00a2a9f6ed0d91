//! What a person has: the ledger's sums, and what payouts have taken of them.

use std::collections::BTreeMap;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::pg::clock;
use crate::pg::error::{answer, required};
use crate::pg::result::Rows;
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::rules::money::Money;
use crate::rules::payout::Balance;

statements! {
    EARNED = "payouts/earned.sql";
    TAKEN = "payouts/taken.sql";
    EARNED_BY_EACH = "payouts/earned_by_each.sql";
    TAKEN_BY_EACH = "payouts/taken_by_each.sql";
}

/// By currency.
fn balances(earned: &Rows, taken: &Rows) -> BTreeMap<String, Balance> {
    let mut balances: BTreeMap<String, Balance> = BTreeMap::new();
    for row in earned.iter() {
        let balance = balances.entry(row.need(1)).or_default();
        (balance.released, balance.held, balance.reversed) =
            (row.need(2), row.need(3), row.need(4));
    }
    for row in taken.iter() {
        let balance = balances.entry(row.need(1)).or_default();
        (balance.pending, balance.paid) = (row.need(2), row.need(3));
    }
    balances
}

/// What is left to a person by now, also of what was committed since the transaction began: what was taken back is not
/// paid. The person is locked, so that what payouts have taken only gets less.
pub fn of_locked(session: &Session, user: Uuid, currency: &str) -> Balance {
    let earned = session.write_latest(&EARNED, &[user.into(), clock::now().into()]);
    let taken = session.write_latest(&TAKEN, &[user.into()]);
    balances(&earned, &taken).remove(currency).unwrap_or_default()
}

/// The same of many who are locked, in their order; of what is still held it knows nothing.
pub fn of_each_locked(
    session: &Session,
    users: Vec<Uuid>,
    currency: &str,
) -> impl Iterator<Item = (Uuid, Balance)> {
    let args = [users.clone().into(), currency.into(), clock::now().into()];
    let earned = session.write_latest(&EARNED_BY_EACH, &args);
    let taken = session.write_latest(&TAKEN_BY_EACH, &[users.into(), currency.into()]);
    let mut balances: BTreeMap<Uuid, Balance> = BTreeMap::new();
    for row in earned.iter() {
        balances.entry(row.need(1)).or_default().released = row.need(2);
    }
    for row in taken.iter() {
        let balance = balances.entry(row.need(1)).or_default();
        (balance.pending, balance.paid) = (row.need(2), row.need(3));
    }
    balances.into_iter()
}

/// What a person has in each currency, as the calling query sees it.
pub fn shown(session: &Session, user: Uuid) -> BTreeMap<String, Balance> {
    let earned = session.read(&EARNED, &[user.into(), clock::statement_start().into()]);
    balances(&earned, &session.read(&TAKEN, &[user.into()]))
}

/// currency, earned, available, held, pending, paid, reversed
type BalanceColumns = (String, Money, Money, Money, Money, Money, Money);

#[pg_extern(sql = false)]
fn referral_balance_with_payouts(user_uuid: Option<Uuid>) -> RowSet<'static, BalanceColumns> {
    answer(|| {
        let user = required(user_uuid, "user_uuid")?;
        let columns = |(currency, balance): (String, Balance)| {
            let Balance { held, reversed, pending, paid, .. } = balance;
            (currency, balance.earned(), balance.available(), held, pending, paid, reversed)
        };
        Ok(RowSet::new(shown(&Session::open(), user).into_iter().map(columns)))
    })
}
