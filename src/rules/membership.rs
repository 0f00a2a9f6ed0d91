//! Which program a code belongs to, and whose code it is there.

use super::program::DEFAULT_KEY;
use super::state::{Limits, State};
use super::time::Timestamp;

/// A code's place in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub program: String,
    /// Whether somebody has put it there. A code that merely has a beneficiary belongs to the default
    /// program too, but its redemption is not refused for the sake of one code for each user: it may be
    /// older than any program.
    pub assigned: bool,
}

impl Membership {
    /// In the program that the code is assigned to or, with a beneficiary, in the default one.
    pub fn of(assigned: Option<String>, has_beneficiary: bool) -> Option<Self> {
        match assigned {
            Some(program) => Some(Membership { program, assigned: true }),
            None if has_beneficiary => {
                Some(Membership { program: DEFAULT_KEY.to_owned(), assigned: false })
            }
            None => None,
        }
    }
}

/// Whether a person's code in a program is followed by another: where it leads to somebody else by now, or nobody,
/// and where it has expired or is used up. One that was switched off is not: somebody meant it to be.
pub fn is_followed(limits: &Limits, leads_to_owner: bool, now: Timestamp) -> bool {
    !leads_to_owner || matches!(limits.state(now), State::Expired | State::LimitReached)
}

#[cfg(test)]
mod tests {
    use super::super::state::Reserves;
    use super::*;

    #[test]
    fn a_dead_code_is_followed_and_one_that_was_switched_off_is_not() {
        let limits = |status, uses, expires: i64| Limits {
            status,
            number_of_uses: uses,
            max_uses: 2,
            expiration_date: Some(Timestamp(expires)),
            reserves: Reserves::default(),
        };
        let followed = |limits: Limits| is_followed(&limits, true, Timestamp(10));
        assert!(!followed(limits(true, 1, 11)));
        assert!(followed(limits(true, 2, 11)));
        assert!(followed(limits(true, 1, 10)));
        assert!(!followed(limits(false, 2, 10)));
        assert!(is_followed(&limits(true, 1, 11), false, Timestamp(10)));
        assert!(is_followed(&limits(false, 1, 11), false, Timestamp(10)));
    }

    #[test]
    fn a_code_is_where_it_was_put_or_by_its_beneficiary_in_the_default_program() {
        let assigned = Membership { program: "spring".into(), assigned: true };
        let by_default = Membership { program: DEFAULT_KEY.into(), assigned: false };
        assert_eq!(Membership::of(Some("spring".into()), false), Some(assigned.clone()));
        assert_eq!(Membership::of(Some("spring".into()), true), Some(assigned));
        assert_eq!(Membership::of(None, true), Some(by_default));
        assert_eq!(Membership::of(None, false), None);
    }
}
