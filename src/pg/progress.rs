//! What takes long says so before it begins, and how far it is.

use pgrx::prelude::*;

use super::catalog;
use super::clock;
use super::session::Session;
use crate::rules::progress::{Pace, grouped};

/// From either on a table is one over which a step may take long.
const MANY_ROWS: i64 = 10_000;
const MANY_BYTES: i64 = 8 << 20;

/// Tells the client by NOTICE what is about to be done over a table, where that may take long.
pub fn announce(session: &Session, table: &str, step: &str) {
    let Some(oid) = session.tables.relation(table) else { return };
    let Some(size) = catalog::size(session, oid) else { return };
    if size.rows < MANY_ROWS && size.bytes < MANY_BYTES {
        return;
    }
    let table = session.tables.qualify(&format!("host.{table}"));
    let rows = match usize::try_from(size.rows) {
        Ok(rows) if rows > 0 => format!(", some {} rows", grouped(rows)),
        _ => String::new(),
    };
    notice!("{step} over {table}: {}{rows}", size.bytes_text);
}

/// Work of many steps, under way.
pub struct Progress {
    /// "creating codes"
    work: &'static str,
    pace: Pace,
}

impl Progress {
    pub fn begin(work: &'static str) -> Self {
        Progress { work, pace: Pace::from(clock::now()) }
    }

    /// Between two steps: lets the work be cancelled, and tells the client by NOTICE how far it is, every few seconds.
    /// A look at the clock, so a step may be short, but no single row.
    pub fn at(&mut self, done: usize, total: usize) {
        check_for_interrupts!();
        if let Some(told) = self.pace.tell(clock::now(), done, total) {
            notice!("{}: {told}", self.work);
        }
    }
}
