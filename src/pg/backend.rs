//! This backend among the others.

use pgrx::pg_sys;

/// One of so many places, from 0: as long as there are fewer backends, no other has it at the moment.
pub fn place_among(places: i32) -> i32 {
    number().rem_euclid(places.max(1))
}

/// A small number that no other backend has at the moment.
fn number() -> i32 {
    // SAFETY: reads a variable of this backend.
    unsafe {
        #[cfg(any(feature = "pg14", feature = "pg15", feature = "pg16"))]
        return pg_sys::MyBackendId;
        #[cfg(not(any(feature = "pg14", feature = "pg15", feature = "pg16")))]
        return pg_sys::MyProcNumber;
    }
}

/// Whether somebody waits for what this transaction has written or locked.
pub fn is_waited_for() -> bool {
    // SAFETY: reads a variable of this backend.
    let transaction = unsafe { pg_sys::GetCurrentTransactionIdIfAny() };
    if transaction == pg_sys::InvalidTransactionId {
        return false;
    }
    // As SET_LOCKTAG_TRANSACTION has it.
    let tag = pg_sys::LOCKTAG {
        locktag_field1: transaction.into_inner(),
        locktag_field2: 0,
        locktag_field3: 0,
        locktag_field4: 0,
        locktag_type: pg_sys::LockTagType::LOCKTAG_TRANSACTION as u8,
        locktag_lockmethodid: pg_sys::DEFAULT_LOCKMETHOD as u8,
    };
    // SAFETY: a running transaction holds the exclusive lock of its own id.
    unsafe { pg_sys::LockHasWaiters(&tag, pg_sys::ExclusiveLock as i32, false) }
}
