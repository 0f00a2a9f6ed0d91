//! Values of JSON that set a column: each reader names the column in its error.

use serde_json::Value;
use uuid::Uuid;

use super::fields::FieldError;
use super::money::Money;

fn invalid(column: &'static str) -> FieldError {
    FieldError::invalid(column, "is invalid")
}

/// The value of a column that cannot be null.
pub fn given<'v>(column: &'static str, value: &'v Value) -> Result<&'v Value, FieldError> {
    if value.is_null() { Err(FieldError::invalid(column, "can't be blank")) } else { Ok(value) }
}

/// A text that `parse` can read.
pub fn read<T>(
    column: &'static str,
    value: &Value,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, FieldError> {
    value.as_str().and_then(parse).ok_or_else(|| invalid(column))
}

/// The same; null takes the value away.
pub fn optional<T>(
    column: &'static str,
    value: &Value,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, FieldError> {
    if value.is_null() { Ok(None) } else { read(column, value, parse).map(Some) }
}

/// A span may be a bare number, of seconds: the text that Postgres reads as such.
pub fn seconds(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        other => other.clone(),
    }
}

pub fn text(column: &'static str, value: &Value) -> Result<String, FieldError> {
    read(column, value, |text| Some(text.to_owned()))
}

pub fn uuid(text: &str) -> Option<Uuid> {
    text.parse().ok()
}

pub fn integer(column: &'static str, value: &Value) -> Result<i32, FieldError> {
    let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
    number.ok_or_else(|| invalid(column))
}

pub fn boolean(column: &'static str, value: &Value) -> Result<bool, FieldError> {
    value.as_bool().ok_or_else(|| invalid(column))
}

/// A JSON number, or a text with one; taken as it is written, never through a float.
pub fn money(column: &'static str, value: &Value) -> Result<Money, FieldError> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return Err(invalid(column)),
    };
    Money::parse(&text).map_err(|error| FieldError::invalid(column, error.rule()))
}
