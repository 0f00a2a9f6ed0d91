//! Values of JSON that set a column: each reader names the column in its error.

use serde_json::Value;
use uuid::Uuid;

use super::fields::FieldError;
use super::money::Money;
use super::time::Span;

/// How deep JSON may be nested: `{}` is one level, `{"a": []}` two.
pub const MOST_LEVELS: usize = 64;

/// Whether JSON, which is sound otherwise, is nested deeper than so many levels.
pub fn is_deeper_than(json: &str, levels: usize) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                if depth > levels {
                    return true;
                }
            }
            b'}' | b']' if !in_text => depth -= 1,
            _ => {}
        }
    }
    false
}

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

/// A length of time: text that `parse` can read, or a bare number, of seconds, which Postgres reads from text as such.
pub fn span(
    column: &'static str,
    value: &Value,
    parse: impl Fn(&str) -> Option<Span>,
) -> Result<Span, FieldError> {
    let span = match value {
        Value::Number(number) => parse(&number.to_string()),
        value => value.as_str().and_then(parse),
    };
    let span = span.ok_or_else(|| {
        let message = "must be a length of time such as '14 days', '1 month' or '36:00:00', or a number of seconds";
        FieldError::invalid(column, message)
    })?;
    if span.is_usual() {
        Ok(span)
    } else {
        Err(FieldError::invalid(column, "must be from 0 to 100 years, without a negative part"))
    }
}

/// The same; null takes the value away.
pub fn optional_span(
    column: &'static str,
    value: &Value,
    parse: impl Fn(&str) -> Option<Span>,
) -> Result<Option<Span>, FieldError> {
    if value.is_null() { Ok(None) } else { span(column, value, parse).map(Some) }
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

/// The same; null takes the value away.
pub fn optional_money(column: &'static str, value: &Value) -> Result<Option<Money>, FieldError> {
    if value.is_null() { Ok(None) } else { money(column, value).map(Some) }
}

/// The same for a whole number.
pub fn optional_integer(column: &'static str, value: &Value) -> Result<Option<i32>, FieldError> {
    if value.is_null() { Ok(None) } else { integer(column, value).map(Some) }
}

/// Sets a column to what was read.
pub fn put<T>(place: &mut T, value: Result<T, FieldError>) -> Result<(), FieldError> {
    *place = value?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted_outside_of_texts() {
        for (json, levels) in [
            ("1", 0),
            ("{}", 1),
            (r#"{"a": []}"#, 2),
            (r#"[[], [], [{}]]"#, 3),
            (r#""[[[[""#, 0),
            (r#"["\"[[[", "\\", []]"#, 2),
        ] {
            assert!(!is_deeper_than(json, levels), "{json}");
            assert!(levels == 0 || is_deeper_than(json, levels - 1), "{json}");
        }
        assert!(is_deeper_than(&"[".repeat(1_000_000), MOST_LEVELS));
    }
}
