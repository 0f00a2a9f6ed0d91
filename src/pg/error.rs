//! The one place where a Rust error becomes a Postgres error.

use std::borrow::Cow;
use std::ffi::{CString, c_char, c_int};

use pgrx::pg_sys;

use crate::rules::conversion::InvalidTransition;
use crate::rules::fields::{FieldError, Kind};
use crate::rules::generator::RecipeError;
use crate::rules::refusal::Refusal;
use crate::rules::written::Breach;

/// What a caller sees of an error that this extension raises.
#[derive(Debug)]
pub struct Error {
    sqlstate: &'static str,
    message: String,
    /// Goes out as DETAIL `reason=…`, for programs.
    reason: &'static str,
    hint: Option<Cow<'static, str>>,
    column: Option<Cow<'static, str>>,
    constraint: Option<&'static str>,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn new(sqlstate: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Error {
            sqlstate,
            message: message.into(),
            reason,
            hint: None,
            column: None,
            constraint: None,
        }
    }

    /// An argument that must not be NULL.
    pub fn null_argument(argument: &str) -> Self {
        Error::new("22004", "null_argument", format!("argument \"{argument}\" must not be null"))
    }

    /// An argument outside its range; `rule` completes the sentence that the argument's name begins.
    pub fn out_of_range(argument: &str, rule: impl std::fmt::Display) -> Self {
        Error::new("22023", "out_of_range", format!("argument \"{argument}\" {rule}"))
    }

    /// What should be impossible, such as a NULL in a NOT NULL column.
    pub fn internal(message: impl Into<String>) -> Self {
        Error::new("XX000", "internal_error", message)
    }

    /// A row that the transaction has seen, and yet could not write to.
    pub fn row_not_updated(row: &str) -> Self {
        Error::new("42501", "row_not_updated", format!("the {row}'s row could not be updated"))
            .with_hint("Row-level security or a trigger of the host's stands in the way.")
    }

    /// What others change again and again, under the eyes of whoever wants to lock it as it is.
    pub fn keeps_changing(reason: &'static str, what: &str) -> Self {
        Error::new("40001", reason, what).with_hint("Try again.")
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn with_hint(self, hint: impl Into<Cow<'static, str>>) -> Self {
        Error { hint: Some(hint.into()), ..self }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error {
            hint: refusal.hint().map(Cow::from),
            ..Error::new(refusal.sqlstate(), refusal.reason(), refusal.message())
        }
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        // The index PhoenixKit names is the one Ecto matches on to say "has already been taken".
        let (sqlstate, reason, constraint) = match error.kind {
            Kind::Invalid => ("23514", "invalid_field", None),
            Kind::Unknown => ("22023", "unknown_field", None),
            Kind::Taken => ("23505", "code_taken", Some("phoenix_kit_referral_codes_code_uidx")),
        };
        let message = format!("{} {}", error.column, error.message);
        Error { column: Some(error.column), constraint, ..Error::new(sqlstate, reason, message) }
    }
}

impl From<Breach> for Error {
    fn from(breach: Breach) -> Self {
        match breach {
            Breach::Field(error) => error.into(),
            Breach::Refused(refusal) => refusal.into(),
        }
    }
}

impl From<InvalidTransition> for Error {
    fn from(error: InvalidTransition) -> Self {
        Refusal::from(error).into()
    }
}

impl From<RecipeError> for Error {
    fn from(error: RecipeError) -> Self {
        Error::out_of_range(error.argument(), error)
    }
}

/// The value of an argument that must be given.
pub fn required<T>(value: Option<T>, argument: &str) -> Result<T> {
    value.ok_or_else(|| Error::null_argument(argument))
}

/// The first of the rules that are broken, as an error.
pub fn first(errors: Vec<FieldError>) -> Result<()> {
    errors.into_iter().next().map_or(Ok(()), |error| Err(error.into()))
}

/// Runs the body of an SQL function: gives its value, or raises its error.
pub fn answer<T>(body: impl FnOnce() -> Result<T>) -> T {
    match body() {
        Ok(value) => value,
        Err(error) => raise(error),
    }
}

/// Raises the error in Postgres; destructors run on the way out.
pub fn raise(error: Error) -> ! {
    let text = |text: &str| CString::new(text.replace('\0', "")).unwrap_or_default();
    let message = text(&error.message);
    let detail = text(&format!("reason={}", error.reason));
    let hint = error.hint.as_deref().map(text);
    let column = error.column.as_deref().map(text);
    let constraint = error.constraint.map(text);
    let sqlstate = packed(error.sqlstate);
    // The closure is left by a longjmp, so it may own nothing: raw pointers only.
    let pointer = |text: &Option<CString>| text.as_ref().map_or(std::ptr::null(), |t| t.as_ptr());
    let (hint, column, constraint) = (pointer(&hint), pointer(&column), pointer(&constraint));
    let (message, detail) = (message.as_ptr(), detail.as_ptr());
    // SAFETY: the functions are elog.c's, declared with its signatures and called in its order inside
    // the boundary that turns its longjmp into an unwind; every pointer outlives the call, because the
    // strings it points into live in this frame, which is unwound only afterwards.
    unsafe {
        pg_sys::ffi::pg_guard_ffi_boundary(|| {
            elog::errstart(pg_sys::PGERROR as c_int, std::ptr::null());
            elog::errcode(sqlstate);
            elog::errmsg(c"%s".as_ptr(), message);
            elog::errdetail(c"%s".as_ptr(), detail);
            if !hint.is_null() {
                elog::errhint(c"%s".as_ptr(), hint);
            }
            if !column.is_null() {
                elog::err_generic_string(c_int::from(b'c'), column);
            }
            if !constraint.is_null() {
                elog::err_generic_string(c_int::from(b'n'), constraint);
            }
            elog::errfinish(c"src/pg/error.rs".as_ptr(), line!() as c_int, c"raise".as_ptr());
        });
    }
    unreachable!("errfinish does not return from an ERROR")
}

/// MAKE_SQLSTATE: six bits a character, the first character lowest.
fn packed(sqlstate: &str) -> c_int {
    sqlstate
        .bytes()
        .rev()
        .fold(0, |packed, byte| (packed << 6) | c_int::from(byte.wrapping_sub(b'0') & 0x3f))
}

/// elog.c: pgrx binds no variadic function, and its own enum of SQLSTATEs is closed.
mod elog {
    use super::{c_char, c_int};

    unsafe extern "C-unwind" {
        pub fn errstart(level: c_int, domain: *const c_char) -> bool;
        pub fn errcode(sqlstate: c_int) -> c_int;
        pub fn errmsg(format: *const c_char, ...) -> c_int;
        pub fn errdetail(format: *const c_char, ...) -> c_int;
        pub fn errhint(format: *const c_char, ...) -> c_int;
        pub fn err_generic_string(field: c_int, text: *const c_char) -> c_int;
        pub fn errfinish(file: *const c_char, line: c_int, function: *const c_char);
    }
}
