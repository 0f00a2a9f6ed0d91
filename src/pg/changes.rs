//! Changes of relations, as far as this backend has been told of them.
//!
//! Whoever commits a change to a relation's definition sends an invalidation before it frees its locks. Some of
//! our triggers send the same for a change of rows, where backends keep what those rows say (`kept`).

use std::cell::Cell;

use pgrx::pg_sys;

/// Relations share a counter where their oids differ by a multiple of this: one that counts for another too makes
/// a fact be read once more, and nothing else.
const COUNTERS: usize = 64;

thread_local! {
    /// Grows with every change to any relation.
    static GENERATION: Cell<u64> = const { Cell::new(0) };
    static CHANGES: [Cell<u64>; COUNTERS] = const { [const { Cell::new(0) }; COUNTERS] };
}

/// How many changes to any relation there have been.
pub fn generation() -> u64 {
    GENERATION.get()
}

/// A number that differs once the relation has changed.
pub fn of(relation: pg_sys::Oid) -> u64 {
    CHANGES.with(|changes| changes[counter(relation)].get())
}

fn counter(relation: pg_sys::Oid) -> usize {
    relation.to_u32() as usize % COUNTERS
}

/// Takes in what others have committed by now: whoever has waited for a lock asks for facts anew after this.
pub fn take_in() {
    // SAFETY: runs the callbacks below, which only count.
    unsafe { pg_sys::AcceptInvalidationMessages() };
}

/// Tells every backend, when this transaction commits, that what it keeps of a relation may be wrong.
pub fn announce(relation: pg_sys::Oid) {
    // SAFETY: the relation is the one whose trigger runs; the transaction keeps the message, or drops it with a
    // savepoint.
    unsafe { pg_sys::CacheInvalidateRelcacheByRelid(relation) };
}

/// Asks to be told of every change; called once, as the library is loaded.
pub fn watch() {
    let nothing = pg_sys::Datum::from(0);
    // SAFETY: the callbacks have the signatures that Postgres wants and live as long as the library.
    unsafe {
        pg_sys::CacheRegisterRelcacheCallback(Some(relation_changed), nothing);
        // A schema that is renamed takes its tables along, and nothing says so of each.
        let schemas = pg_sys::SysCacheIdentifier::NAMESPACEOID as i32;
        pg_sys::CacheRegisterSyscacheCallback(schemas, Some(schema_changed), nothing);
    }
}

/// Called by Postgres in the middle of anything: it must only count.
unsafe extern "C-unwind" fn relation_changed(_: pg_sys::Datum, relation: pg_sys::Oid) {
    count(relation);
}

/// The same.
unsafe extern "C-unwind" fn schema_changed(_: pg_sys::Datum, _: i32, _: u32) {
    count(pg_sys::InvalidOid);
}

/// No relation stands for all of them.
fn count(relation: pg_sys::Oid) {
    let one_more = |cell: &Cell<u64>| cell.set(cell.get().wrapping_add(1));
    GENERATION.with(one_more);
    CHANGES.with(|changes| {
        if relation == pg_sys::InvalidOid {
            changes.iter().for_each(one_more);
        } else {
            one_more(&changes[counter(relation)]);
        }
    });
}
