//! The two clocks.

use pgrx::prelude::*;
use pgrx::{FromDatum, IntoDatum, pg_sys};

use crate::rules::time::Timestamp;

/// The wall clock, read now: what a claim is judged by.
pub fn now() -> Timestamp {
    // SAFETY: reads the system clock, touches nothing.
    Timestamp(unsafe { pg_sys::GetCurrentTimestamp() })
}

/// When the client's statement began: the same through the whole statement, which is what lets the
/// read functions be STABLE.
pub fn statement_start() -> Timestamp {
    // SAFETY: reads a variable of this backend.
    Timestamp(unsafe { pg_sys::GetCurrentStatementStartTimestamp() })
}

/// A moment as ISO 8601 has it.
pub fn text(time: Timestamp) -> String {
    TimestampWithTimeZone::try_from(time.0)
        .map_or_else(|_| time.0.to_string(), |time| time.to_iso_string())
}

impl From<TimestampWithTimeZone> for Timestamp {
    fn from(time: TimestampWithTimeZone) -> Self {
        Timestamp(time.into_inner())
    }
}

impl IntoDatum for Timestamp {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        Some(self.0.into())
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::TIMESTAMPTZOID
    }
}

impl FromDatum for Timestamp {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        _: pg_sys::Oid,
    ) -> Option<Self> {
        (!is_null).then(|| Timestamp(datum.value() as i64))
    }
}
