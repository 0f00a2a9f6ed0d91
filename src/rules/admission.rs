//! Whether a program admits a redemption of one of its codes: the one rule, for redemption, the dry run and
//! the guards.

use super::judge::Judge;
use super::program::Run;
use super::state::Standing;
use super::time::Timestamp;

/// What a program's row says of it.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub run: Run,
    pub one_code_per_referee: bool,
    /// What all codes of the program may be used together; None: as often as the codes allow.
    pub max_uses_total: Option<i32>,
    /// Counted only while there is a cap.
    pub number_of_uses: i32,
}

/// How a redemption stands to the code's program; what it says of each is judged in this order, between the
/// rules for the code itself (see `Redemption::refusal`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Or nobody asks.
    pub active: bool,
    /// The user has redeemed another code of the program, which allows each user one.
    pub already_referred: bool,
    /// All codes of the program together have had as many uses as it allows.
    pub used_up: bool,
}

impl Terms {
    /// What the program says of each of its codes, whoever comes.
    pub fn standing(&self, judge: Judge, now: Timestamp) -> Standing {
        Standing {
            active: !judge.knows_every_rule() || self.run.is_active(now),
            used_up: !self.has_room(1),
        }
    }

    /// `asks_for_one_code`: whether the rule of one code for each user holds for this code, see
    /// `Membership`. `has_other_use` is asked only where that matters.
    pub fn admission(
        &self,
        judge: Judge,
        now: Timestamp,
        asks_for_one_code: bool,
        has_other_use: impl FnOnce() -> bool,
    ) -> Admission {
        let Standing { active, used_up } = self.standing(judge, now);
        let one_code = self.one_code_per_referee && asks_for_one_code;
        Admission { active, already_referred: active && one_code && has_other_use(), used_up }
    }

    /// Whether its codes may be used so many times more.
    pub fn has_room(&self, uses: i32) -> bool {
        let used = i64::from(self.number_of_uses) + i64::from(uses);
        self.max_uses_total.is_none_or(|most| used <= i64::from(most))
    }

    /// What is left of the cap.
    pub fn left(&self) -> i32 {
        self.max_uses_total.map_or(i32::MAX, |most| most.saturating_sub(self.number_of_uses))
    }

    pub fn is_capped(&self) -> bool {
        self.max_uses_total.is_some()
    }
}

impl Admission {
    /// What of it is true for everybody.
    pub fn standing(&self) -> Standing {
        Standing { active: self.active, used_up: self.used_up }
    }

    /// Whether nothing but the number of uses may speak against it.
    pub fn is_open(&self) -> bool {
        self.active && !self.already_referred
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::Status;
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp(1_000);
    const ALL: Judge = Judge::Everything;

    fn terms(status: Status, one_code_per_referee: bool, cap: Option<i32>, uses: i32) -> Terms {
        Terms {
            run: Run { status, starts_at: None, ends_at: None },
            one_code_per_referee,
            max_uses_total: cap,
            number_of_uses: uses,
        }
    }

    fn grants(admission: Admission) -> bool {
        admission.is_open() && !admission.used_up
    }

    #[test]
    fn another_use_is_looked_for_only_where_it_matters() {
        let never = || -> bool { panic!("looked for") };
        assert!(grants(terms(Status::Active, false, None, 0).admission(ALL, NOW, true, never)));
        assert!(grants(terms(Status::Active, true, None, 0).admission(ALL, NOW, false, never)));
        assert!(!grants(terms(Status::Paused, true, None, 0).admission(ALL, NOW, true, never)));
    }

    #[test]
    fn of_a_paused_program_the_limits_still_hold() {
        let paused = terms(Status::Paused, true, Some(2), 1);
        assert!(grants(paused.admission(Judge::Limits, NOW, true, || false)));
        assert!(!grants(paused.admission(Judge::Limits, NOW, true, || true)));
        let full = terms(Status::Paused, true, Some(2), 2);
        assert!(!grants(full.admission(Judge::Limits, NOW, true, || false)));
    }

    proptest! {
        #[test]
        fn a_program_admits_exactly_when_it_runs_knows_no_other_use_and_has_one_left(
            paused: bool, one_code: bool, asks: bool, other_use: bool, cap in prop::option::of(1..4i32), uses in 0..5i32,
        ) {
            let status = if paused { Status::Paused } else { Status::Active };
            let admission = terms(status, one_code, cap, uses).admission(ALL, NOW, asks, || other_use);
            let full = cap.is_some_and(|cap| uses >= cap);
            prop_assert_eq!(grants(admission), !paused && !(one_code && asks && other_use) && !full);
        }
    }
}
