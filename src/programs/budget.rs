//! The budget that a program may set on its rewards: what is granted less what is taken back, counted under the lock of
//! the program's row.

use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::tables::{PROGRAMS, PURCHASES};
use crate::programs::row::{self, COLUMNS, StoredProgram};
use crate::rules::money::Money;

statements! {
    p.* = COLUMNS;
    BY_KEY_LOCKED = "programs/by_key_locked.sql";
}

statements! {
    SPEND = "programs/spend.sql";
    LOCK_PURCHASES = "programs/lock_purchases.sql";
    COUNT_GRANTED = "programs/count_granted.sql";
}

/// What whoever grants or takes back begins with, before the program is read: whoever gives a program a budget waits for
/// it, and it for them.
pub fn enter(session: &Session) {
    session.lock_for_writing(PURCHASES);
}

/// The program as it is by now, its row locked until the transaction ends.
pub fn lock(session: &Session, key: &str) -> Option<StoredProgram> {
    session.lock_rows(PROGRAMS, &BY_KEY_LOCKED, &[key.into()]).first().map(StoredProgram::read)
}

/// Locks the program before any source or conversion of it, if it has a budget that is to be spent or refilled.
pub fn lock_if_any(session: &Session, key: &str) {
    let stored = row::newest(session, key);
    if stored.is_some_and(|stored| stored.program.limits.budget.is_some()) {
        lock(session, key);
    }
}

/// Counts what is granted or, below zero, taken back; nothing where the program has no budget, or one of another currency
/// by now. Its row is locked.
pub fn spend(session: &Session, key: &str, currency: &str, amount: Money) {
    if amount != Money::ZERO {
        session.write(&SPEND, &[key.into(), currency.into(), amount.into()]);
    }
}

/// What a program has granted when it is given a budget. None goes uncounted: grants under way are waited for, and new
/// ones wait until the transaction ends.
pub fn count_granted(session: &Session, key: &str, currency: &str) -> Money {
    session.write(&LOCK_PURCHASES, &[]);
    let args = [key.into(), currency.into()];
    session.write_latest(&COUNT_GRANTED, &args).first().map_or(Money::ZERO, |row| row.need(1))
}
