//! Arguments that many functions take.

use pgrx::JsonB;
use serde_json::{Map, Value};

use super::error::{Error, Result, required};

/// A number of rows that a caller asks for; None for all.
pub fn max_rows(max_rows: Option<i32>) -> Result<usize> {
    max_rows.map_or(Ok(usize::MAX), |rows| {
        usize::try_from(rows).map_err(|_| Error::out_of_range("max_rows", "must not be negative"))
    })
}

/// The same, as LIMIT takes it.
pub fn limit(rows: Option<i32>) -> Result<Option<i64>> {
    max_rows(rows).map(|rows| i64::try_from(rows).ok())
}

/// The names and values of a JSON object.
pub fn object(json: Option<JsonB>, argument: &str) -> Result<Map<String, Value>> {
    match required(json, argument)?.0 {
        Value::Object(map) => Ok(map),
        _ => Err(Error::out_of_range(argument, "must be a JSON object of names and values")),
    }
}
