//! What a code that a host's own writer has written, past the functions, is held to.

use super::fields::{self, FieldError};
use super::judge::Judge;
use super::refusal::Refusal;

/// The columns of a code that a limit is about.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    pub number_of_uses: i32,
    pub max_uses: i32,
}

/// What stands against a code as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    Field(FieldError),
    Refused(Refusal),
}

impl From<FieldError> for Breach {
    fn from(error: FieldError) -> Self {
        Breach::Field(error)
    }
}

impl Counts {
    /// The use of a code only rises up to its cap, and the count never falls below nothing. What an older
    /// system has let run over, or below, stays as it is; so does what comes from there.
    pub fn hold_uses(self, old: Option<Counts>, judge: Judge) -> Result<(), Breach> {
        let Counts { number_of_uses, max_uses } = self;
        let before = old.map(|old| old.number_of_uses);
        if before.is_none_or(|before| number_of_uses < before) {
            fields::number_of_uses(number_of_uses)?;
        }
        let is_raised = before.is_none_or(|before| number_of_uses > before);
        if is_raised && number_of_uses > max_uses && !judge.is_history() {
            return Err(Breach::Refused(Refusal::UsageLimitReached));
        }
        Ok(())
    }

    /// A cap is positive and, where it is new or raised, within the system's limit; not so one that was set
    /// when the limit was another.
    pub fn hold_cap(
        self,
        old: Option<Counts>,
        judge: Judge,
        system_limit: i32,
    ) -> Result<(), FieldError> {
        let before = old.map(|old| old.max_uses);
        if before == Some(self.max_uses) {
            return Ok(());
        }
        let is_raised = before.is_none_or(|before| self.max_uses > before);
        match is_raised && !judge.is_history() {
            true => fields::max_uses(self.max_uses, system_limit),
            false => fields::max_uses_positive(self.max_uses),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::time::Timestamp;
    use super::*;

    const LIMIT: i32 = 100;
    const HISTORY: Judge = Judge::History(Timestamp(0));

    fn counts(number_of_uses: i32, max_uses: i32) -> Counts {
        Counts { number_of_uses, max_uses }
    }

    #[test]
    fn a_count_rises_to_the_cap_and_never_falls_below_nothing() {
        let hold = |old, new: Counts| new.hold_uses(old, Judge::Limits);
        let refused = Err(Breach::Refused(Refusal::UsageLimitReached));
        assert!(hold(None, counts(2, 2)).is_ok());
        assert_eq!(hold(None, counts(3, 2)), refused);
        assert!(hold(Some(counts(1, 2)), counts(2, 2)).is_ok());
        assert_eq!(hold(Some(counts(2, 2)), counts(3, 2)), refused);
        // What is over the cap may come down, and what is below nothing come up.
        assert!(hold(Some(counts(9, 2)), counts(8, 2)).is_ok());
        assert!(hold(Some(counts(-3, 2)), counts(-2, 2)).is_ok());
        assert!(matches!(hold(Some(counts(0, 2)), counts(-1, 2)), Err(Breach::Field(_))));
        assert!(matches!(hold(None, counts(-1, 2)), Err(Breach::Field(_))));
        assert!(counts(3, 2).hold_uses(None, HISTORY).is_ok());
        assert!(counts(-1, 2).hold_uses(None, HISTORY).is_err());
    }

    #[test]
    fn a_cap_is_held_to_the_limit_where_it_is_new_or_raised() {
        let hold = |old, new: i32| counts(0, new).hold_cap(old, Judge::Limits, LIMIT);
        assert!(hold(None, 100).is_ok());
        assert!(hold(None, 101).is_err());
        assert!(hold(None, 0).is_err());
        assert!(hold(Some(counts(0, 500)), 500).is_ok());
        assert!(hold(Some(counts(0, 500)), 400).is_ok());
        assert!(hold(Some(counts(0, 500)), 501).is_err());
        assert!(hold(Some(counts(0, 500)), 0).is_err());
        assert!(hold(Some(counts(0, 0)), 0).is_ok());
        assert!(counts(0, 500).hold_cap(None, HISTORY, LIMIT).is_ok());
        assert!(counts(0, 0).hold_cap(None, HISTORY, LIMIT).is_err());
    }
}
