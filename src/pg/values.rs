//! Values at the border: what a column may be read as, and what a parameter or a result is sent as. Money is numeric, a
//! span of time is interval, text is in the database's encoding.

use std::borrow::Cow;

use pgrx::datum::Uuid;
use pgrx::prelude::*;
use pgrx::{FromDatum, IntoDatum, direct_function_call, pg_sys};
use serde_json::Value;

use super::encoding;
use super::error::{Error, Result, Unreadable, is_about_data, raise};
use super::json::{self, AsStored, Written};
use super::texts::Encoded;
use crate::rules::money::{DECIMALS, Money};
use crate::rules::time::{Span, Timestamp};

/// What a column can be read as.
pub trait FromServer: Sized {
    /// Whether a column of that type can be.
    fn accepts(kind: pg_sys::Oid) -> bool;

    /// # Safety
    /// The datum is of a type that is accepted, and not NULL.
    unsafe fn from_server(datum: pg_sys::Datum) -> std::result::Result<Self, Unreadable>;
}

/// What a parameter of a statement or a result of a function can be.
pub trait IntoServer {
    type Sent: IntoDatum;

    fn into_server(self) -> Self::Sent;
}

/// Values that pgrx knows how to read and send.
macro_rules! as_they_are {
    ($($kind:ty),+) => {
        $(
            impl FromServer for $kind {
                fn accepts(kind: pg_sys::Oid) -> bool {
                    <$kind>::is_compatible_with(kind)
                }

                unsafe fn from_server(
                    datum: pg_sys::Datum,
                ) -> std::result::Result<Self, Unreadable> {
                    // SAFETY: as the caller promises.
                    let value = unsafe { <$kind>::from_datum(datum, false) };
                    value.ok_or(Unreadable { sqlstate: "22000", rule: "cannot be read".into() })
                }
            }

            impl IntoServer for $kind {
                type Sent = $kind;

                fn into_server(self) -> $kind {
                    self
                }
            }
        )+
    };
}

as_they_are!(bool, i32, i64, pg_sys::Oid, Uuid, Timestamp, Span, AnyNumeric, Interval);

impl FromServer for String {
    fn accepts(kind: pg_sys::Oid) -> bool {
        Encoded::is_compatible_with(kind)
    }

    unsafe fn from_server(datum: pg_sys::Datum) -> std::result::Result<Self, Unreadable> {
        // SAFETY: a text is read like a bytea.
        let bytes = unsafe { <&[u8]>::from_datum(datum, false) }.unwrap_or_default();
        let text = encoding::decode(bytes).map(Cow::into_owned);
        text.ok_or_else(|| Unreadable { sqlstate: "22021", rule: encoding::no_text().into() })
    }
}

impl FromServer for Vec<String> {
    fn accepts(kind: pg_sys::Oid) -> bool {
        Vec::<Encoded>::is_compatible_with(kind)
    }

    unsafe fn from_server(datum: pg_sys::Datum) -> std::result::Result<Self, Unreadable> {
        // SAFETY: an array of texts, whose elements are read as texts are.
        let elements = unsafe { Array::<&[u8]>::from_datum(datum, false) };
        let texts = elements.iter().flat_map(Array::iter).flatten().map(|bytes| {
            let text = encoding::decode(bytes).map(Cow::into_owned);
            text.ok_or_else(|| Unreadable { sqlstate: "22021", rule: encoding::no_text().into() })
        });
        texts.collect()
    }
}

impl FromServer for Vec<Uuid> {
    fn accepts(kind: pg_sys::Oid) -> bool {
        Vec::<Uuid>::is_compatible_with(kind)
    }

    unsafe fn from_server(datum: pg_sys::Datum) -> std::result::Result<Self, Unreadable> {
        // SAFETY: as the caller promises.
        let elements = unsafe { Array::<Uuid>::from_datum(datum, false) };
        Ok(elements.iter().flat_map(Array::iter).flatten().collect())
    }
}

impl FromServer for Value {
    fn accepts(kind: pg_sys::Oid) -> bool {
        kind == pg_sys::JSONBOID
    }

    unsafe fn from_server(datum: pg_sys::Datum) -> std::result::Result<Self, Unreadable> {
        // SAFETY: as the caller promises.
        unsafe { json::value_of(datum) }
    }
}

impl FromServer for AsStored {
    fn accepts(kind: pg_sys::Oid) -> bool {
        kind == pg_sys::JSONBOID
    }

    unsafe fn from_server(datum: pg_sys::Datum) -> std::result::Result<Self, Unreadable> {
        // SAFETY: as the caller promises.
        Ok(unsafe { AsStored::copy(datum) })
    }
}

impl FromServer for Money {
    fn accepts(kind: pg_sys::Oid) -> bool {
        kind == pg_sys::NUMERICOID
    }

    unsafe fn from_server(datum: pg_sys::Datum) -> std::result::Result<Self, Unreadable> {
        // SAFETY: as the caller promises.
        let numeric = unsafe { AnyNumeric::from_datum(datum, false) };
        let text = numeric.map(|numeric| numeric.to_string()).unwrap_or_default();
        Money::parse_sum(&text)
            .map_err(|error| Unreadable { sqlstate: "22003", rule: error.rule().into() })
    }
}

macro_rules! sent_as {
    ($($kind:ty => $sent:ty: $send:expr;)+) => {
        $(
            impl IntoServer for $kind {
                type Sent = $sent;

                fn into_server(self) -> $sent {
                    let send: fn($kind) -> $sent = $send;
                    send(self)
                }
            }
        )+
    };
}

sent_as! {
    String => Encoded<'static>: |text| Encoded(text.into());
    Value => Written: Written;
    AsStored => AsStored: |json| json;
    Money => Money: |money| money;
}

impl<'a> IntoServer for &'a str {
    type Sent = Encoded<'a>;

    fn into_server(self) -> Encoded<'a> {
        Encoded(self.into())
    }
}

impl<T: IntoServer> IntoServer for Option<T> {
    type Sent = Option<T::Sent>;

    fn into_server(self) -> Self::Sent {
        self.map(T::into_server)
    }
}

impl<T: IntoServer> IntoServer for Vec<T> {
    type Sent = Vec<T::Sent>;

    fn into_server(self) -> Self::Sent {
        self.into_iter().map(T::into_server).collect()
    }
}

impl<'a> IntoServer for &'a [&'a str] {
    type Sent = Vec<Encoded<'a>>;

    fn into_server(self) -> Self::Sent {
        self.iter().map(|text| text.into_server()).collect()
    }
}

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
        if let Some(units) = self.units() {
            // SAFETY: makes a numeric in the current memory context.
            let numeric = unsafe { pg_sys::int64_div_fast_to_numeric(units, DECIMALS as i32) };
            return Some(numeric.into());
        }
        match AnyNumeric::try_from(self.to_string().as_str()) {
            Ok(numeric) => numeric.into_datum(),
            Err(error) => raise(Error::internal(format!("an amount is no numeric: {error}"))),
        }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::NUMERICOID
    }
}

impl From<Interval> for Span {
    fn from(interval: Interval) -> Self {
        Span { months: interval.months(), days: interval.days(), microseconds: interval.micros() }
    }
}

/// As Postgres has it, whatever it says: pgrx's own type refuses parts that point both ways.
impl IntoDatum for Span {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        let Span { months, days, microseconds } = self;
        // SAFETY: the allocation is as large as what is written to it.
        unsafe {
            let interval = pg_sys::palloc(size_of::<pg_sys::Interval>()).cast::<pg_sys::Interval>();
            interval.write(pg_sys::Interval { time: microseconds, day: days, month: months });
            Some(interval.into())
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

/// Runs an input function of Postgres's; None where it cannot read its text. Other errors pass.
fn try_input<T>(read: impl FnOnce() -> Option<T> + std::panic::UnwindSafe) -> Option<T> {
    PgTryBuilder::new(read)
        .catch_others(|error| if is_about_data(&error) { None } else { error.rethrow() })
        .execute()
}

/// Reads a moment from text, as the session's settings have it; None where it cannot be read.
pub fn read_time(text: &str) -> Option<Timestamp> {
    let text = std::ffi::CString::new(text).ok()?;
    try_input(|| {
        let args =
            [text.as_c_str().into_datum(), pg_sys::InvalidOid.into_datum(), (-1).into_datum()];
        // SAFETY: timestamptz_in takes a C string, an oid and a type modifier.
        unsafe { direct_function_call::<Timestamp>(pg_sys::timestamptz_in, &args) }
    })
}

/// Reads an interval from text, as the session's settings have it; None where it cannot be read.
pub fn read_span(text: &str) -> Option<Span> {
    let text = std::ffi::CString::new(text).ok()?;
    try_input(|| {
        let args =
            [text.as_c_str().into_datum(), pg_sys::InvalidOid.into_datum(), (-1).into_datum()];
        // SAFETY: interval_in takes a C string, an oid and a type modifier.
        unsafe { direct_function_call::<Span>(pg_sys::interval_in, &args) }
    })
}
