//! Values of the rules as Postgres has them: money is numeric, a span of time is interval.

use std::str::FromStr;

use pgrx::prelude::*;
use pgrx::{FromDatum, IntoDatum, direct_function_call, pg_sys};

use super::error::{Error, Result, raise};
use crate::rules::money::Money;
use crate::rules::time::{Span, Timestamp};

/// An argument of type numeric as an amount of money that is not negative.
pub fn amount(value: AnyNumeric, argument: &str) -> Result<Money> {
    let amount = Money::parse(&value.to_string());
    let amount = amount.map_err(|error| Error::out_of_range(argument, error.rule()))?;
    if amount.is_negative() {
        return Err(Error::out_of_range(argument, "must not be negative"));
    }
    Ok(amount)
}

impl IntoDatum for Money {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        match AnyNumeric::try_from(self.to_string().as_str()) {
            Ok(numeric) => numeric.into_datum(),
            Err(error) => raise(Error::internal(format!("an amount is no numeric: {error}"))),
        }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::NUMERICOID
    }
}

impl FromDatum for Money {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        oid: pg_sys::Oid,
    ) -> Option<Self> {
        // SAFETY: as the caller promises for a datum of type numeric.
        let numeric = unsafe { AnyNumeric::from_polymorphic_datum(datum, is_null, oid) }?;
        match Money::parse_sum(&numeric.to_string()) {
            Ok(money) => Some(money),
            Err(error) => raise(Error::internal(format!("a stored amount {}", error.rule()))),
        }
    }
}

impl From<Interval> for Span {
    fn from(interval: Interval) -> Self {
        Span { months: interval.months(), days: interval.days(), microseconds: interval.micros() }
    }
}

impl IntoDatum for Span {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        match Interval::new(self.months, self.days, self.microseconds) {
            Ok(interval) => interval.into_datum(),
            Err(error) => raise(Error::internal(format!("a span is no interval: {error}"))),
        }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::INTERVALOID
    }
}

impl FromDatum for Span {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        oid: pg_sys::Oid,
    ) -> Option<Self> {
        // SAFETY: as the caller promises for a datum of type interval.
        unsafe { Interval::from_polymorphic_datum(datum, is_null, oid) }.map(Span::from)
    }
}

/// Reads a moment from text, as the session's settings have it; None where it cannot be read.
pub fn read_time(text: &str) -> Option<Timestamp> {
    TimestampWithTimeZone::from_str(text).ok().map(Timestamp::from)
}

/// Reads an interval from text, as the session's settings have it; None where it cannot be read.
pub fn read_span(text: &str) -> Option<Span> {
    let text = std::ffi::CString::new(text).ok()?;
    PgTryBuilder::new(|| {
        let args =
            [text.as_c_str().into_datum(), pg_sys::InvalidOid.into_datum(), (-1).into_datum()];
        // SAFETY: interval_in takes a C string, an oid and a type modifier.
        unsafe { direct_function_call::<Interval>(pg_sys::interval_in, &args) }.map(Span::from)
    })
    .catch_when(PgSqlErrorCode::ERRCODE_INVALID_DATETIME_FORMAT, |_| None)
    .catch_when(PgSqlErrorCode::ERRCODE_DATETIME_FIELD_OVERFLOW, |_| None)
    .catch_when(PgSqlErrorCode::ERRCODE_INTERVAL_FIELD_OVERFLOW, |_| None)
    .execute()
}
