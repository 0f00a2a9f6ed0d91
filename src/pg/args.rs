//! Arguments that many functions take.

use std::borrow::Cow;
use std::ffi::CStr;

use serde_json::{Map, Value};

use super::error::{Error, Result, required};
use super::json::Json;
use super::texts::{self, Text};
use crate::rules::program::{CURRENCY_RULE, is_currency};

/// The longest word for what an owner is.
const OWNER_TYPE_CHARS: usize = 64;

/// A text that must be given.
pub fn text<'a>(text: Option<Text<'a>>, argument: &str) -> Result<Cow<'a, str>> {
    required(text, argument)?.read(argument)
}

/// A text that may be left out.
pub fn optional_text<'a>(text: Option<Text<'a>>, argument: &str) -> Result<Option<Cow<'a, str>>> {
    text.map(|text| text.read(argument)).transpose()
}

/// A name, as of a schema or a column.
pub fn name(name: &CStr, argument: &str) -> Result<String> {
    texts::from_server(name, &format!("argument \"{argument}\""))
}

/// The caller's own name of something, which must be given.
pub fn reference<'a>(
    reference: Option<Text<'a>>,
    argument: &str,
    most_chars: usize,
) -> Result<Cow<'a, str>> {
    let reference = text(reference, argument)?;
    if reference.trim().is_empty() || reference.chars().nth(most_chars).is_some() {
        return Err(Error::out_of_range(argument, format!("must be 1 to {most_chars} characters")));
    }
    Ok(reference)
}

/// What the owner of a code is: user, or a word of the application's.
pub fn owner_type(owner_type: Option<Text>) -> Result<String> {
    let owner_type = text(owner_type, "owner_type")?;
    let owner_type = owner_type.trim();
    if owner_type.is_empty() || owner_type.chars().nth(OWNER_TYPE_CHARS).is_some() {
        return Err(Error::out_of_range("owner_type", "must be 1 to 64 characters"));
    }
    Ok(owner_type.to_owned())
}

/// A currency, which must be given.
pub fn currency(currency: Option<Text>, argument: &str) -> Result<String> {
    let currency = text(currency, argument)?.trim().to_uppercase();
    if is_currency(&currency) {
        Ok(currency)
    } else {
        Err(Error::out_of_range(argument, CURRENCY_RULE))
    }
}

/// A number of rows that a caller asks for; None for all.
pub fn max_rows(max_rows: Option<i32>) -> Result<usize> {
    at_most(max_rows, "max_rows")
}

fn at_most(rows: Option<i32>, argument: &str) -> Result<usize> {
    rows.map_or(Ok(usize::MAX), |rows| {
        usize::try_from(rows).map_err(|_| Error::out_of_range(argument, "must not be negative"))
    })
}

/// The same, as LIMIT takes it.
pub fn limit(rows: Option<i32>) -> Result<Option<i64>> {
    limit_named(rows, "max_rows")
}

/// The same where the argument has another name.
pub fn limit_named(rows: Option<i32>, argument: &str) -> Result<Option<i64>> {
    at_most(rows, argument).map(|rows| i64::try_from(rows).ok())
}

/// The names and values of a JSON object.
pub fn object(json: Option<Json>, argument: &str) -> Result<Map<String, Value>> {
    match required(json, argument)?.read(argument)? {
        Value::Object(map) => Ok(map),
        _ => Err(Error::out_of_range(argument, "must be a JSON object of names and values")),
    }
}
