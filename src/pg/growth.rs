//! Tables that grow under the plans which are kept for them.
//!
//! While a table has a page or two, reading all of it is the best plan, and over one that was analyzed empty nothing else
//! is ever planned. Postgres plans anew what it is told to, as by ANALYZE; of growth nothing tells, and one transaction
//! may fill a table.

use std::cell::Cell;

use pgrx::pg_sys;

use super::changes;

/// From so many pages on an index that serves costs less than reading the whole table, also where no row is counted on.
const MANY_PAGES: u32 = 64;

/// What is known of a table's size.
pub struct Growth {
    pub table: &'static str,
    /// The fewest pages that it had when a plan may have been made which is still kept.
    pages: Cell<u32>,
    /// Of the relation cache, at the last look: only a table that has changed can have become smaller.
    generation: Cell<Option<u64>>,
}

impl Growth {
    pub const fn of(table: &'static str) -> Self {
        Growth { table, pages: Cell::new(MANY_PAGES), generation: Cell::new(None) }
    }

    /// To be called before a kept plan is used: has all of them made anew where the table has doubled.
    pub fn look(&self, table: impl FnOnce(&'static str) -> Option<pg_sys::Oid>) {
        let generation = Some(changes::generation());
        if self.pages.get() >= MANY_PAGES && self.generation.get() == generation {
            return;
        }
        self.generation.set(generation);
        let (before, now) =
            (self.pages.get(), table(self.table).and_then(pages).unwrap_or(MANY_PAGES));
        if now > 2 * before + 1 {
            // SAFETY: marks plans, which whoever runs one now goes on to hold.
            unsafe { pg_sys::ResetPlanCache() };
            self.pages.set(now);
        } else {
            self.pages.set(now.min(before));
        }
    }
}

/// The pages of a table; None where it has no file of its own, as a partitioned one, or is gone.
pub fn pages(table: pg_sys::Oid) -> Option<u32> {
    // SAFETY: no lock is needed to look at the size of a file; a table that is gone has none, and one that goes in
    // this moment is an error as it is to any reader.
    unsafe {
        let relation = pg_sys::RelationIdGetRelation(table);
        if relation.is_null() {
            return None;
        }
        let has_file = (*(*relation).rd_rel).relkind as u8 == pg_sys::RELKIND_RELATION;
        let pages = has_file.then(|| {
            pg_sys::RelationGetNumberOfBlocksInFork(relation, pg_sys::ForkNumber::MAIN_FORKNUM)
        });
        pg_sys::RelationClose(relation);
        pages
    }
}
