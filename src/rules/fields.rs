//! The rules for each column of a code, with Ecto's wording, so that one message serves every writer.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::code::{self, COLUMN_CHARS};
use super::letters;
use super::time::Timestamp;

/// How many characters a new code may have, as a person counts them.
pub const CODE_LETTERS: RangeInclusive<usize> = 3..=50;

/// How many characters a description may have, as its column counts them: a person counts no more.
pub const DESCRIPTION_CHARS: RangeInclusive<usize> = 1..=255;

/// How much of an unknown name is told.
const NAME_CHARS: usize = 64;

/// A column whose value breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub column: Cow<'static, str>,
    pub message: String,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Invalid,
    Unknown,
    /// The database's encoding has no letter for it.
    NotHeld,
    /// Another row holds the value already.
    Taken,
}

impl FieldError {
    pub fn invalid(column: &'static str, message: impl Into<String>) -> Self {
        FieldError { column: column.into(), message: message.into(), kind: Kind::Invalid }
    }

    /// A name that is no column of a code, or none that a caller may set.
    pub fn unknown(name: &str) -> Self {
        // Enough to know it by: a name may be as long as its author likes.
        let name: String = match name {
            "" => "\"\"".into(),
            name => name.chars().take(NAME_CHARS).collect(),
        };
        FieldError {
            column: name.into(),
            message: "is no column that can be set".into(),
            kind: Kind::Unknown,
        }
    }

    /// A text with a character that the database cannot store, as it is or in capitals.
    pub fn not_in_encoding(column: &'static str, encoding: &str) -> Self {
        let message = FieldError::not_held(encoding);
        FieldError { message, kind: Kind::NotHeld, ..FieldError::invalid(column, "") }
    }

    pub fn not_held(encoding: &str) -> String {
        format!("has a character that the database's encoding {encoding} cannot hold in capitals")
    }

    /// The code is held by another row.
    pub fn taken() -> Self {
        FieldError {
            column: "code".into(),
            message: "has already been taken".into(),
            kind: Kind::Taken,
        }
    }
}

/// The normal form of a code, if it may be stored. Whether it is free is for the database to say.
pub fn code(text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::invalid("code", "can't be blank"));
    }
    // Measured before it is upper-cased too, so that a megabyte of text is not copied to be refused.
    let longest = *CODE_LETTERS.end();
    if letters::count(text, longest) > longest || !fits_the_column(text) {
        return Err(at_most("code", &CODE_LETTERS));
    }
    if letters::any_invisible(text) {
        let message = "cannot contain control or invisible characters";
        return Err(FieldError::invalid("code", message));
    }
    let normal = code::normalize(text);
    match letters::count(&normal, longest) {
        letters if letters < *CODE_LETTERS.start() => Err(at_least("code", &CODE_LETTERS)),
        letters if letters > longest || !fits_the_column(&normal) => {
            Err(at_most("code", &CODE_LETTERS))
        }
        _ => Ok(normal),
    }
}

/// Letters of many parts each may be too many for the column, few as they look.
fn fits_the_column(text: &str) -> bool {
    text.chars().nth(COLUMN_CHARS).is_none()
}

pub fn description(text: &str) -> Result<(), FieldError> {
    let longest = *DESCRIPTION_CHARS.end();
    if text.trim().is_empty() {
        Err(FieldError::invalid("description", "can't be blank"))
    } else if text.chars().take(longest + 1).count() > longest {
        Err(at_most("description", &DESCRIPTION_CHARS))
    } else {
        Ok(())
    }
}

/// `system_limit` is the setting max_number_of_uses_per_code.
pub fn max_uses(max_uses: i32, system_limit: i32) -> Result<(), FieldError> {
    max_uses_positive(max_uses)?;
    if max_uses > system_limit {
        let message = format!("cannot exceed system limit of {system_limit}");
        Err(FieldError::invalid("max_uses", message))
    } else {
        Ok(())
    }
}

pub fn max_uses_positive(max_uses: i32) -> Result<(), FieldError> {
    if max_uses > 0 {
        Ok(())
    } else {
        Err(FieldError::invalid("max_uses", "must be greater than 0"))
    }
}

pub fn number_of_uses(uses: i32) -> Result<(), FieldError> {
    if uses >= 0 {
        Ok(())
    } else {
        Err(FieldError::invalid("number_of_uses", "must be greater than or equal to 0"))
    }
}

pub fn expiration_date(expiration: Timestamp, now: Timestamp) -> Result<(), FieldError> {
    if expiration > now {
        Ok(())
    } else {
        Err(FieldError::invalid("expiration_date", "must be in the future"))
    }
}

fn at_least(column: &'static str, chars: &RangeInclusive<usize>) -> FieldError {
    let message = format!("should be at least {} character(s)", chars.start());
    FieldError::invalid(column, message)
}

fn at_most(column: &'static str, chars: &RangeInclusive<usize>) -> FieldError {
    let message = format!("should be at most {} character(s)", chars.end());
    FieldError::invalid(column, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T>(result: Result<T, FieldError>) -> Option<String> {
        result.err().map(|error| format!("{} {}", error.column, error.message))
    }

    #[test]
    fn codes_are_normalised_and_measured() {
        assert_eq!(code("  welcome ").unwrap(), "WELCOME");
        // Two letters typed, three stored: the stored form counts.
        assert_eq!(code("aß").unwrap(), "ASS");
        assert_eq!(message(code("")).unwrap(), "code can't be blank");
        assert_eq!(message(code("   ")).unwrap(), "code can't be blank");
        assert_eq!(message(code("ab")).unwrap(), "code should be at least 3 character(s)");
        let long = "code should be at most 50 character(s)";
        assert_eq!(message(code(&"x".repeat(51))).unwrap(), long);
        assert_eq!(message(code(&"x".repeat(1 << 20))).unwrap(), long);
        let invisible = "code cannot contain control or invisible characters";
        assert_eq!(message(code("AB\u{7}C")).unwrap(), invisible);
        assert_eq!(message(code("AB\u{200b}C")).unwrap(), invisible);
        assert_eq!(code("ABC\n").unwrap(), "ABC");
        assert!(code(&"x".repeat(50)).is_ok());
    }

    #[test]
    fn a_code_is_measured_in_letters_and_fits_its_column() {
        assert!(code(&"e\u{301}".repeat(50)).is_ok());
        assert!(code(&"e\u{301}".repeat(51)).is_err());
        let short = "code should be at least 3 character(s)";
        assert_eq!(message(code("e\u{301}e\u{301}")).unwrap(), short);
        let many_parts = format!("ABC{}", "\u{301}".repeat(253));
        assert!(code(&many_parts).is_err());
        assert!(code(&format!("A{}BC", "\u{301}".repeat(1 << 20))).is_err());
    }

    #[test]
    fn limits_name_the_system_limit() {
        assert_eq!(max_uses(100, 100), Ok(()));
        assert_eq!(
            message(max_uses(101, 100)).unwrap(),
            "max_uses cannot exceed system limit of 100"
        );
        assert_eq!(message(max_uses(0, 100)).unwrap(), "max_uses must be greater than 0");
    }

    #[test]
    fn an_expiration_lies_in_the_future() {
        assert!(expiration_date(Timestamp(2), Timestamp(1)).is_ok());
        assert!(expiration_date(Timestamp(1), Timestamp(1)).is_err());
    }

    #[test]
    fn descriptions_are_1_to_255_characters() {
        assert!(description("x").is_ok());
        assert!(description(&"é".repeat(255)).is_ok());
        assert!(description(&"é".repeat(256)).is_err());
        assert!(description(" ").is_err());
    }
}
