//! State that belongs to the running transaction and follows its savepoints.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;

use pgrx::{pg_guard, pg_sys};

/// Counts by key that a transaction gathers: undone by ROLLBACK TO, gone at the transaction's end.
pub struct Tally<K> {
    /// One layer a savepoint that has counts, outermost first.
    layers: RefCell<Vec<(i32, HashMap<K, i64>)>>,
}

impl<K: Eq + Hash> Tally<K> {
    pub const fn new() -> Self {
        Tally { layers: RefCell::new(Vec::new()) }
    }

    pub fn get(&self, key: &K) -> i64 {
        self.layers.borrow().iter().filter_map(|(_, counts)| counts.get(key)).sum()
    }

    /// Adds to the count of the innermost savepoint.
    pub fn add(&self, key: K, amount: i64) {
        // SAFETY: reads the depth of this backend's transaction.
        let level = unsafe { pg_sys::GetCurrentTransactionNestLevel() };
        let mut layers = self.layers.borrow_mut();
        if layers.last().is_none_or(|(deepest, _)| *deepest < level) {
            layers.push((level, HashMap::new()));
        }
        if let Some((_, counts)) = layers.last_mut() {
            *counts.entry(key).or_default() += amount;
        }
    }

    /// Takes one off a count that is more than `least`; false where it is not.
    pub fn take(&self, key: K, least: i64) -> bool {
        let more = self.get(&key) > least;
        if more {
            self.add(key, -1);
        }
        more
    }

    /// A savepoint ends: what it counted goes to the one around it, or nowhere.
    fn end_savepoint(&self, level: i32, keep: bool) {
        let mut layers = self.layers.borrow_mut();
        while layers.last().is_some_and(|(deepest, _)| *deepest >= level) {
            let Some((_, counts)) = layers.pop() else {
                return;
            };
            if !keep {
                continue;
            }
            match layers.last_mut() {
                Some((outer, outer_counts)) if *outer == level - 1 => {
                    for (key, amount) in counts {
                        *outer_counts.entry(key).or_default() += amount;
                    }
                }
                _ => {
                    layers.push((level - 1, counts));
                    return;
                }
            }
        }
    }

    fn clear(&self) {
        self.layers.borrow_mut().clear();
    }
}

/// How often a row is looked for anew that others change under the eyes of whoever wants to lock it.
pub const MOST_LOOKS: u32 = 10;

/// A row of a table, by the table's oid and the row's id.
pub type RowKey = (pg_sys::Oid, [u8; 16]);

thread_local! {
    static CLAIMS: Tally<RowKey> = const { Tally::new() };
    static EXCESSES: Tally<RowKey> = const { Tally::new() };
    static LOCKED: Tally<RowKey> = const { Tally::new() };
    static MOVED: Tally<RowKey> = const { Tally::new() };
    /// The row that an UPDATE is about to write, and the depth of the trigger that was told so.
    static LAST_TOLD: Cell<Option<(RowKey, i32)>> = const { Cell::new(None) };
    /// Grows when a transaction or a savepoint ends.
    static ENDS: Cell<u64> = const { Cell::new(0) };
    /// The trigger depth at which a statement of our own is running, or none.
    static OWN_WRITE: Cell<Option<i32>> = const { Cell::new(None) };
}

/// Uses that the host's own UPDATE has taken from a code's counter and no usage row has spent.
pub fn with_claims<T>(use_claims: impl FnOnce(&Tally<RowKey>) -> T) -> T {
    CLAIMS.with(use_claims)
}

/// Uses of a code's counter that no usage row explains, as far as they were counted.
pub fn with_excesses<T>(use_excesses: impl FnOnce(&Tally<RowKey>) -> T) -> T {
    EXCESSES.with(use_excesses)
}

/// Rows of a partitioned table that an UPDATE has moved to another partition, whose AFTER INSERT is still to come.
pub fn with_moved<T>(use_moved: impl FnOnce(&Tally<RowKey>) -> T) -> T {
    MOVED.with(use_moved)
}

/// An UPDATE is about to write the row. Where it takes the row to another partition, the INSERT there is next,
/// as all the triggers between the two are deeper.
pub fn note_update(row: RowKey) {
    LAST_TOLD.set(Some((row, trigger_depth())));
}

/// Whether the row that is about to be inserted is the one that was last about to be updated.
pub fn is_update_of(row: RowKey) -> bool {
    LAST_TOLD.get() == Some((row, trigger_depth()))
}

/// Whether this is the first time in this transaction that the row is to be locked: an UPDATE that
/// locks it once more for each row of a long INSERT would walk past all its own dead versions.
pub fn first_lock(row: RowKey) -> bool {
    LOCKED.with(|locked| {
        let first = locked.get(&row) == 0;
        if first {
            locked.add(row, 1);
        }
        first
    })
}

/// A number that differs once a transaction or a savepoint has ended: what was seen before may not be so any more.
pub fn ends() -> u64 {
    ENDS.get()
}

/// Whether the transaction sees all its statements through one snapshot: REPEATABLE READ or above.
pub fn has_one_snapshot() -> bool {
    // SAFETY: reads a variable of this backend.
    unsafe { pg_sys::XactIsoLevel >= pg_sys::XACT_REPEATABLE_READ as i32 }
}

/// While it lives, the statement that runs is known to be the extension's own.
pub struct OwnWrite {
    outer: Option<i32>,
}

impl OwnWrite {
    pub fn begin() -> Self {
        OwnWrite { outer: OWN_WRITE.replace(Some(trigger_depth())) }
    }

    /// Whether the statement that runs is the extension's own, and not one that a trigger of the host's
    /// runs in its turn.
    pub fn is_running() -> bool {
        OWN_WRITE.get().is_some_and(|depth| depth == trigger_depth())
    }

    /// The same, asked by a trigger that the statement has fired.
    pub fn has_fired() -> bool {
        OWN_WRITE.get().is_some_and(|depth| depth + 1 == trigger_depth())
    }
}

impl Drop for OwnWrite {
    fn drop(&mut self) {
        OWN_WRITE.set(self.outer);
    }
}

/// Whether the trigger that runs was fired by another's statement.
pub fn is_nested() -> bool {
    trigger_depth() > 1
}

fn trigger_depth() -> i32 {
    // SAFETY: pg_trigger_depth reads nothing of its call but the result's null flag, which a zeroed
    // frame of no arguments has.
    unsafe {
        let mut call: pg_sys::FunctionCallInfoBaseData = std::mem::zeroed();
        pg_sys::pg_trigger_depth(&mut call).value() as i32
    }
}

/// Asks to be told when transactions and savepoints end; called once, as the library is loaded.
/// Hooks registered from within a transaction would outlive PREPARE TRANSACTION.
pub fn watch_ends() {
    // SAFETY: the callbacks have the signatures Postgres wants and live as long as the library.
    unsafe {
        pg_sys::RegisterXactCallback(Some(transaction_event), std::ptr::null_mut());
        pg_sys::RegisterSubXactCallback(Some(savepoint_event), std::ptr::null_mut());
    }
}

#[pg_guard]
extern "C-unwind" fn transaction_event(
    event: pg_sys::XactEvent::Type,
    _argument: *mut std::ffi::c_void,
) {
    use pg_sys::XactEvent::{XACT_EVENT_ABORT, XACT_EVENT_COMMIT, XACT_EVENT_PREPARE};
    if matches!(event, XACT_EVENT_COMMIT | XACT_EVENT_ABORT | XACT_EVENT_PREPARE) {
        for tally in [&CLAIMS, &EXCESSES, &LOCKED, &MOVED] {
            tally.with(Tally::clear);
        }
        ENDS.set(ENDS.get().wrapping_add(1));
        LAST_TOLD.set(None);
        OWN_WRITE.set(None);
    }
}

#[pg_guard]
extern "C-unwind" fn savepoint_event(
    event: pg_sys::SubXactEvent::Type,
    _savepoint: pg_sys::SubTransactionId,
    _parent: pg_sys::SubTransactionId,
    _argument: *mut std::ffi::c_void,
) {
    use pg_sys::SubXactEvent::{SUBXACT_EVENT_ABORT_SUB, SUBXACT_EVENT_COMMIT_SUB};
    let keep = event == SUBXACT_EVENT_COMMIT_SUB;
    if keep || event == SUBXACT_EVENT_ABORT_SUB {
        // SAFETY: the savepoint that ends is still the innermost.
        let level = unsafe { pg_sys::GetCurrentTransactionNestLevel() };
        for tally in [&CLAIMS, &EXCESSES, &LOCKED, &MOVED] {
            tally.with(|tally| tally.end_savepoint(level, keep));
        }
        ENDS.set(ENDS.get().wrapping_add(1));
        LAST_TOLD.set(None);
    }
}
