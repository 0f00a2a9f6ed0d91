//! Facts that rarely change, kept by this backend instead of looked up at each call.
//!
//! A fact is kept for one table: a trigger of ours on it tells every backend of a change (`changes::announce`).
//! Where the trigger is missing, or row-level security shows different people different rows, the fact is read
//! each time.

use std::cell::RefCell;
use std::rc::Rc;

use pgrx::pg_sys;

use super::catalog;
use super::changes;
use super::kept::Fact;
use super::session::Session;
use super::tables::SETTINGS;

impl Session {
    /// The fact that `read` finds in the table, or what was kept of it. `read` must see all that is committed by
    /// now (`write_latest`): what an older snapshot shows may have been announced as changed already.
    pub fn keep<T: 'static>(&self, table: &str, read: impl FnOnce() -> T) -> Rc<T> {
        // SAFETY: reads a variable of this backend.
        let user = unsafe { pg_sys::GetUserId() };
        if let Some(kept) = self.tables.kept.find(user) {
            return kept;
        }
        let oid = self.tables.relation(table);
        let change = oid.map(changes::of);
        let value = Rc::new(read());
        if let (Some(table), Some(change)) = (oid, change)
            && catalog::announces_changes(table)
        {
            self.tables.kept.add(Fact::new(user, table, change, &value));
        }
        value
    }

    /// Whether a table of ours may have a row: a look at its file, until it has had one. Where the settings'
    /// changes are not announced it always may: the tables may be another node's.
    pub fn may_have_rows(&self, table: &'static str) -> bool {
        let files = self.keep(SETTINGS, || Files {
            are_here: self.tables.relation(SETTINGS).is_some_and(catalog::announces_changes),
            written: RefCell::default(),
        });
        if !files.are_here || files.written.borrow().contains(&table) {
            return true;
        }
        loop {
            let seen = changes::generation();
            if self.tables.table(table).is_none_or(catalog::may_have_rows) {
                files.written.borrow_mut().push(table);
                return true;
            }
            // A file that has just been replaced, as by VACUUM FULL, is empty too; by then that was announced.
            changes::take_in();
            if changes::generation() == seen {
                return false;
            }
        }
    }
}

/// What is known of the tables' files.
struct Files {
    are_here: bool,
    /// Tables that have had a row.
    written: RefCell<Vec<&'static str>>,
}
