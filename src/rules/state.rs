//! The state of a code: whether it can be used, judged from its own row, its program and the clock.

use super::time::Timestamp;

/// The columns of a code that decide its state.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub status: bool,
    /// The counter, which holds reserves too.
    pub number_of_uses: i32,
    pub max_uses: i32,
    /// None never expires.
    pub expiration_date: Option<Timestamp>,
    pub reserves: Reserves,
}

/// What a code's counter holds that is no use made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reserves {
    /// By stripes, for whoever comes.
    pub leased: i32,
    /// For somebody, by a hold that stands.
    pub held: i32,
    /// By a hold that has expired: free, but still counted.
    pub lapsed: i32,
}

/// What a code is good for at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    Inactive,
    Expired,
    ProgramNotActive,
    LimitReached,
}

/// What a program says of each of its codes, whoever comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub active: bool,
    /// All codes of the program together have had as many uses as it allows.
    pub used_up: bool,
}

/// Every state.
pub const STATES: [State; 5] =
    [State::Active, State::Inactive, State::Expired, State::ProgramNotActive, State::LimitReached];

impl Limits {
    /// By the code's own row alone, judged in the order inactive, expired, limit reached.
    /// A code expires at its expiration date, not after it.
    pub fn state(&self, now: Timestamp) -> State {
        if !self.status {
            State::Inactive
        } else if self.expired(now) {
            State::Expired
        } else if self.limit_reached() {
            State::LimitReached
        } else {
            State::Active
        }
    }

    pub fn expired(&self, now: Timestamp) -> bool {
        self.expiration_date.is_some_and(|expiration| expiration <= now)
    }

    pub fn limit_reached(&self) -> bool {
        self.taken() >= self.max_uses
    }

    /// Uses still free; none for a code that an older system let run over its cap.
    pub fn remaining_uses(&self) -> i32 {
        self.max_uses.saturating_sub(self.taken()).max(0)
    }

    /// Uses that the counter has not given away, to whomever.
    pub fn free(&self) -> i32 {
        self.max_uses.saturating_sub(self.number_of_uses).max(0)
    }

    /// Uses really made. The counter is never less, unless somebody has set it by hand.
    pub fn uses_made(&self) -> i32 {
        self.taken().saturating_sub(self.reserves.held)
    }

    /// Uses that nobody else can have: made, or held for somebody.
    fn taken(&self) -> i32 {
        let Reserves { leased, lapsed, .. } = self.reserves;
        self.number_of_uses.saturating_sub(leased).saturating_sub(lapsed)
    }
}

impl State {
    /// The state of a code that is in such a program: inactive, expired, program not active and limit reached are
    /// judged in this order (DESIGN, section 2).
    pub fn within(self, program: Option<Standing>) -> State {
        match (self, program) {
            (State::Active | State::LimitReached, Some(Standing { active: false, .. })) => {
                State::ProgramNotActive
            }
            (State::Active, Some(Standing { used_up: true, .. })) => State::LimitReached,
            (own, _) => own,
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        STATES.into_iter().find(|state| state.name() == name)
    }

    /// The word that SQL shows.
    pub fn name(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Inactive => "inactive",
            State::Expired => "expired",
            State::ProgramNotActive => "program_not_active",
            State::LimitReached => "limit_reached",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn limits(status: bool, uses: i32, max: i32, expires: Option<i64>) -> Limits {
        Limits {
            status,
            number_of_uses: uses,
            max_uses: max,
            expiration_date: expires.map(Timestamp),
            reserves: Reserves::default(),
        }
    }

    #[test]
    fn what_is_leased_or_has_lapsed_is_free_and_what_is_held_is_not() {
        let reserves = Reserves { leased: 2, held: 3, lapsed: 1 };
        let counted = |uses| Limits { reserves, ..limits(true, uses, 9, None) };
        assert_eq!(counted(9).remaining_uses(), 3);
        assert_eq!(counted(9).uses_made(), 3);
        assert_eq!(counted(9).state(NOW), State::Active);
        assert_eq!(counted(12).state(NOW), State::LimitReached);
    }

    #[test]
    fn states_are_judged_in_their_order() {
        assert_eq!(limits(false, 9, 9, Some(1)).state(NOW), State::Inactive);
        assert_eq!(limits(true, 9, 9, Some(1)).state(NOW), State::Expired);
        assert_eq!(limits(true, 9, 9, None).state(NOW), State::LimitReached);
        assert_eq!(limits(true, 8, 9, Some(1_001)).state(NOW), State::Active);
    }

    #[test]
    fn a_program_that_rests_speaks_before_the_cap_and_behind_the_code() {
        let program = |active, used_up| Some(Standing { active, used_up });
        assert_eq!(State::Active.within(None), State::Active);
        for own in STATES {
            assert_eq!(own.within(program(true, false)), own);
        }
        assert_eq!(State::Active.within(program(true, true)), State::LimitReached);
        for used_up in [false, true] {
            assert_eq!(State::Active.within(program(false, used_up)), State::ProgramNotActive);
            assert_eq!(
                State::LimitReached.within(program(false, used_up)),
                State::ProgramNotActive
            );
            assert_eq!(State::Inactive.within(program(false, used_up)), State::Inactive);
            assert_eq!(State::Expired.within(program(false, used_up)), State::Expired);
        }
    }

    #[test]
    fn a_state_is_known_by_its_name() {
        for state in STATES {
            assert_eq!(State::parse(state.name()), Some(state));
        }
        assert_eq!(State::parse("ACTIVE"), None);
    }

    #[test]
    fn a_code_expires_at_its_date() {
        assert!(limits(true, 0, 1, Some(1_000)).expired(NOW));
        assert!(!limits(true, 0, 1, Some(1_001)).expired(NOW));
        assert!(!limits(true, 0, 1, Some(i64::MAX)).expired(NOW));
    }

    #[test]
    fn remaining_uses_are_never_negative() {
        assert_eq!(limits(true, 12, 9, None).remaining_uses(), 0);
        assert_eq!(limits(true, -1, i32::MAX, None).remaining_uses(), i32::MAX);
    }
}
