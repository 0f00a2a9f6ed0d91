//! Transactions that are writing events, seen by the locks that they have, and waited for without a lock of one's own:
//! nobody queues behind who only looks.

use std::thread;
use std::time::{Duration, Instant};

use pgrx::prelude::*;

use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::tables::EVENTS;

statements! {
    WRITERS = "events/writers.sql";
    RUNNING = "events/running.sql";
}

/// The longest that a first poll waits for others.
const PATIENCE: Duration = Duration::from_millis(100);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// The ids of the transactions, but for this one, that have written events and not ended.
///
/// One that has an event's id, or has looked which consumers there are, is among them: the table's lock and the
/// transaction's id come first.
pub fn running(session: &Session) -> Vec<String> {
    let events = session.tables.relation(EVENTS);
    session.write(&WRITERS, &[events.into()]).iter().map(|row| row.need(1)).collect()
}

/// Those of them that have not ended by now: of the others all is visible to the next statement.
pub fn still_running(session: &Session, transactions: &[String]) -> Vec<String> {
    if transactions.is_empty() {
        return Vec::new();
    }
    let running = session.write(&RUNNING, &[transactions.to_vec().into()]);
    running.iter().map(|row| row.need(1)).collect()
}

/// Waits for a moment until something is so; whether it is.
pub fn wait_until(mut is_so: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + PATIENCE;
    loop {
        check_for_interrupts!();
        if is_so() {
            return true;
        }
        if Instant::now() + PAUSE > end {
            return false;
        }
        thread::sleep(PAUSE);
    }
}
