//! What a person who signs up is told about a code: as little as possible, so that nobody learns which
//! codes exist.

use super::state::State;

/// The answer to a check of a code before signup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Welcome,
    Required,
    Unusable,
    TooManyAttempts,
}

impl Answer {
    /// Where no code was typed.
    pub fn without_code(required: bool) -> Self {
        if required { Answer::Required } else { Answer::Welcome }
    }

    /// Where a code was typed, `state` being that of the code it names, if any.
    pub fn to_code(state: Option<State>) -> Self {
        match state {
            Some(State::Active) => Answer::Welcome,
            Some(
                State::Inactive | State::Expired | State::ProgramNotActive | State::LimitReached,
            )
            | None => Answer::Unusable,
        }
    }

    pub fn is_ok(self) -> bool {
        self == Answer::Welcome
    }

    /// The sentence to show; None where all is well.
    pub fn message(self) -> Option<&'static str> {
        match self {
            Answer::Welcome => None,
            Answer::Required => Some("Referral code is required"),
            Answer::Unusable => Some("That code can't be used"),
            Answer::TooManyAttempts => Some("Too many attempts. Please try again shortly."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unusable_code_gets_the_same_answer() {
        let states =
            [State::Inactive, State::Expired, State::ProgramNotActive, State::LimitReached];
        for state in states.map(Some).into_iter().chain([None]) {
            assert_eq!(Answer::to_code(state).message(), Some("That code can't be used"));
        }
        assert!(Answer::to_code(Some(State::Active)).is_ok());
    }

    #[test]
    fn no_code_is_fine_unless_one_is_required() {
        assert!(Answer::without_code(false).is_ok());
        assert_eq!(Answer::without_code(true).message(), Some("Referral code is required"));
    }
}
