//! Which program a code belongs to.

use super::program::DEFAULT_KEY;

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

#[cfg(test)]
mod tests {
    use super::*;

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
