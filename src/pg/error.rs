//! The one place where a Rust error becomes a Postgres error.

use std::borrow::Cow;
use std::ffi::{CString, c_char, c_int};

use pgrx::pg_sys;
use pgrx::pg_sys::panic::CaughtError;

use super::encoding;
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
    field: Option<Box<Field>>,
    constraint: Option<&'static str>,
}

/// The column that an error is about.
#[derive(Debug)]
struct Field {
    column: Cow<'static, str>,
    table: Option<String>,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn new(sqlstate: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Error {
            sqlstate,
            message: message.into(),
            reason,
            hint: None,
            field: None,
            constraint: None,
        }
    }

    /// An argument that must not be NULL.
    pub fn null_argument(argument: &str) -> Self {
        Error::new("22004", "null_argument", format!("argument \"{argument}\" must not be null"))
    }

    /// An array among whose elements, counted from 1, none may be NULL.
    pub fn null_element(argument: &str, place: usize) -> Self {
        let message = format!("argument \"{argument}\" must not be null in element {place}");
        Error::new("22004", "null_argument", message)
    }

    /// An argument outside its range; `rule` completes the sentence that the argument's name begins.
    pub fn out_of_range(argument: &str, rule: impl std::fmt::Display) -> Self {
        Error::new("22023", "out_of_range", format!("argument \"{argument}\" {rule}"))
    }

    /// A value of the tables that cannot be worked with; `rule` completes the sentence that its column begins.
    pub fn stored(sqlstate: &'static str, table: &str, column: &str, rule: &str) -> Self {
        let message = format!("column \"{column}\" of table \"{table}\" {rule}");
        let field = Field { column: column.to_owned().into(), table: Some(table.to_owned()) };
        Error { field: Some(field.into()), ..Error::new(sqlstate, "unreadable_value", message) }
            .with_hint("The value was written without the functions: UPDATE sets it right.")
    }

    /// A text that cannot be stored, as it is or in capitals; `argument` says which.
    pub fn not_in_encoding(argument: &str) -> Self {
        let message = format!("argument \"{argument}\" {}", FieldError::not_held(encoding::name()));
        Error::new("22021", "not_in_encoding", message)
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

    /// With another reason.
    pub fn because(self, reason: &'static str) -> Self {
        Error { reason, ..self }
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn with_hint(self, hint: impl Into<Cow<'static, str>>) -> Self {
        Error { hint: Some(hint.into()), ..self }
    }
}

/// Why a value cannot be read; the rule completes a sentence that begins with its name.
pub struct Unreadable {
    pub sqlstate: &'static str,
    pub rule: Cow<'static, str>,
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
            Kind::NotHeld => ("22021", "not_in_encoding", None),
            Kind::Taken => ("23505", "code_taken", Some("phoenix_kit_referral_codes_code_uidx")),
        };
        let message = format!("{} {}", error.column, error.message);
        let field = Field { column: error.column, table: None };
        Error { field: Some(field.into()), constraint, ..Error::new(sqlstate, reason, message) }
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
    let message = encoding::for_people(&error.message);
    let detail = encoding::for_people(&format!("reason={}", error.reason));
    let hint = error.hint.as_deref().map(encoding::for_people);
    let column = error.field.as_ref().map(|field| encoding::for_people(&field.column));
    let table = error.field.as_ref().and_then(|field| field.table.as_deref());
    let table = table.map(encoding::for_people);
    let constraint = error.constraint.map(encoding::for_people);
    let sqlstate = packed(error.sqlstate);
    // The closure is left by a longjmp, so it may own nothing: raw pointers only.
    let pointer = |text: &Option<CString>| text.as_ref().map_or(std::ptr::null(), |t| t.as_ptr());
    let (hint, column) = (pointer(&hint), pointer(&column));
    let (table, constraint) = (pointer(&table), pointer(&constraint));
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
            if !table.is_null() {
                elog::err_generic_string(c_int::from(b't'), table);
            }
            if !constraint.is_null() {
                elog::err_generic_string(c_int::from(b'n'), constraint);
            }
            elog::errfinish(c"src/pg/error.rs".as_ptr(), line!() as c_int, c"raise".as_ptr());
        });
    }
    unreachable!("errfinish does not return from an ERROR")
}

/// Whether Postgres says that a value is not what it should be: class 22, data exceptions.
pub(super) fn is_about_data(error: &CaughtError) -> bool {
    let (CaughtError::PostgresError(report) | CaughtError::ErrorReport(report)) = error else {
        return false;
    };
    const CLASS: c_int = 0xfff;
    report.sql_error_code() as c_int & CLASS == packed("22")
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
