//! The two clocks.

use pgrx::prelude::*;
use pgrx::{FromDatum, IntoDatum, direct_function_call, pg_sys};

use crate::rules::time::{Span, Timestamp};

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

/// The moment so many spans after another, by the calendar of the session's time zone: months, then days, then
/// the rest, as Postgres adds an interval. None beyond the last year that Postgres knows.
pub fn after_spans(moment: Timestamp, span: Span, count: i32) -> Option<Timestamp> {
    let days = Span {
        months: span.months.checked_mul(count)?,
        days: span.days.checked_mul(count)?,
        microseconds: 0,
    };
    let day = PgTryBuilder::new(|| {
        let args = [moment.into_datum(), days.into_datum()];
        // SAFETY: the function takes a timestamptz and an interval.
        unsafe { direct_function_call::<Timestamp>(pg_sys::timestamptz_pl_interval, &args) }
    })
    .catch_when(PgSqlErrorCode::ERRCODE_DATETIME_FIELD_OVERFLOW, |_| None)
    .execute()?;
    let rest = i128::from(span.microseconds) * i128::from(count);
    i64::try_from(i128::from(day.0) + rest).ok().map(Timestamp)
}

/// The moment a span after another; `infinity` beyond the last year that Postgres knows.
pub fn after(moment: Timestamp, span: Span) -> Timestamp {
    after_spans(moment, span, 1).unwrap_or(Timestamp(i64::MAX))
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
