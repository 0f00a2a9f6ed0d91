//! A code as somebody wants it: the values being set, and every rule they break.

use super::fields::{self, FieldError};
use super::time::Timestamp;

/// The values of a code that are being set. None is left as it is, or takes its default in a new code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    pub code: Option<String>,
    pub description: Option<String>,
    pub max_uses: Option<i32>,
    /// Some(None) takes the expiration away.
    pub expiration_date: Option<Option<Timestamp>>,
}

impl Draft {
    /// What differs from the code as it is: a rule applies only to a value that changes, so that an
    /// expired code, or one over a lowered limit, stays editable.
    pub fn changes(self, old: &Draft) -> Draft {
        Draft {
            code: self.code.filter(|new| Some(new) != old.code.as_ref()),
            description: self.description.filter(|new| Some(new) != old.description.as_ref()),
            max_uses: self.max_uses.filter(|new| Some(*new) != old.max_uses),
            expiration_date: self.expiration_date.filter(|new| Some(*new) != old.expiration_date),
        }
    }

    /// Every rule that a value breaks, in the order of the columns; whether the code is free is for
    /// the database to say. On success the code is in its normal form.
    pub fn check(&mut self, system_limit: i32, now: Timestamp) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut note = |result: Result<(), FieldError>| errors.extend(result.err());
        if let Some(code) = &mut self.code {
            note(fields::code(code).map(|normal| *code = normal));
        }
        if let Some(description) = &self.description {
            note(fields::description(description));
        }
        if let Some(max_uses) = self.max_uses {
            note(fields::max_uses(max_uses, system_limit));
        }
        if let Some(Some(expiration)) = self.expiration_date {
            note(fields::expiration_date(expiration, now));
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    #[test]
    fn every_broken_rule_is_told() {
        let mut draft = Draft {
            code: Some("x".into()),
            description: Some(String::new()),
            max_uses: Some(101),
            expiration_date: Some(Some(NOW)),
        };
        let columns: Vec<_> = draft.check(100, NOW).into_iter().map(|e| e.column).collect();
        assert_eq!(columns, ["code", "description", "max_uses", "expiration_date"]);
    }

    #[test]
    fn what_is_not_set_breaks_nothing() {
        assert!(Draft::default().check(1, NOW).is_empty());
        let mut draft = Draft { expiration_date: Some(None), ..Draft::default() };
        assert!(draft.check(1, NOW).is_empty());
    }

    #[test]
    fn what_does_not_change_breaks_nothing() {
        let old = Draft {
            code: Some("oldCode".into()),
            description: Some("x".into()),
            max_uses: Some(500),
            expiration_date: Some(Some(Timestamp(1))),
        };
        assert_eq!(old.clone().changes(&old), Draft::default());
        let mut raised = Draft { max_uses: Some(501), ..old.clone() }.changes(&old);
        assert_eq!(raised.check(100, NOW).len(), 1);
    }

    #[test]
    fn the_code_is_normalised() {
        let mut draft = Draft { code: Some(" spring ".into()), ..Draft::default() };
        assert!(draft.check(1, NOW).is_empty());
        assert_eq!(draft.code.as_deref(), Some("SPRING"));
    }
}
