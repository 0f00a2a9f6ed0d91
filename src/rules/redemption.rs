//! A redemption judged: the rules for it, in the order of the contract.

use super::admission::Admission;
use super::judge::{Counted, Judge};
use super::refusal::Refusal;
use super::state::{Limits, State};
use super::time::Timestamp;

/// All that decides a redemption, read at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Redemption {
    pub judge: Judge,
    pub counted: Counted,
    pub system_enabled: bool,
    /// None where no such code exists.
    pub code: Option<Limits>,
    pub already_used: bool,
    pub is_beneficiary: bool,
    pub self_referral_allowed: bool,
    /// None where the code belongs to no program.
    pub program: Option<Admission>,
}

impl Redemption {
    /// The first refusal in the contract's order (DESIGN, section 3), or None where the code may be used.
    /// What a program says stands beside its like: not active after expired, already referred after
    /// self-referral, and its cap with the code's own. The limits are judged in the same order, without the
    /// rest.
    ///
    /// `sql/redemption/claim.sql` states the same as one condition, for the path where nothing is
    /// refused; the test `claim_agrees_with_the_rules` holds the two together.
    pub fn refusal(&self, now: Timestamp) -> Option<Refusal> {
        let every_rule = self.judge.knows_every_rule();
        if every_rule && !self.system_enabled {
            return Some(Refusal::SystemDisabled);
        }
        let Some(limits) = self.code else {
            return Some(Refusal::CodeNotFound);
        };
        if self.already_used {
            return Some(Refusal::AlreadyUsed);
        }
        let own_code = every_rule && self.is_beneficiary && !self.self_referral_allowed;
        let status = limits.status || self.judge.is_history();
        let state = Limits { status, ..limits }.state(self.judge.moment(now));
        let state = state.within(self.program.as_ref().map(Admission::standing));
        let says = |rule: fn(&Admission) -> bool| self.program.as_ref().is_some_and(rule);
        match state {
            State::Inactive => Some(Refusal::CodeInactive),
            State::Expired => Some(Refusal::CodeExpired),
            State::ProgramNotActive => Some(Refusal::ProgramNotActive),
            State::LimitReached | State::Active => {
                if own_code {
                    Some(Refusal::SelfReferral)
                } else if says(|program| program.already_referred) {
                    Some(Refusal::AlreadyReferred)
                } else if limits.limit_reached() && !self.counted.in_code()
                    || says(|program| program.used_up) && !self.counted.in_program()
                {
                    Some(Refusal::UsageLimitReached)
                } else {
                    None
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::Reserves;
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp(1_000);
    const NO_RESERVES: Reserves = Reserves { leased: 0, held: 0, lapsed: 0 };

    const FREE: Redemption = Redemption {
        judge: Judge::Everything,
        counted: Counted::Nowhere,
        system_enabled: true,
        code: Some(Limits {
            status: true,
            number_of_uses: 0,
            max_uses: 1,
            expiration_date: None,
            reserves: NO_RESERVES,
        }),
        already_used: false,
        is_beneficiary: false,
        self_referral_allowed: false,
        program: None,
    };

    /// Each step breaks one more rule, from the last judged to the first: the newest must win.
    #[test]
    fn refusals_are_judged_in_the_contracts_order() {
        let mut redemption = FREE;
        let mut limits = FREE.code.unwrap();
        let mut program = Admission { active: true, already_referred: false, used_up: false };
        redemption.program = Some(program);
        assert_eq!(redemption.refusal(NOW), None);
        program.used_up = true;
        redemption.program = Some(program);
        assert_eq!(redemption.refusal(NOW), Some(Refusal::UsageLimitReached));
        limits.number_of_uses = 1;
        redemption.code = Some(limits);
        assert_eq!(redemption.refusal(NOW), Some(Refusal::UsageLimitReached));
        program.already_referred = true;
        redemption.program = Some(program);
        assert_eq!(redemption.refusal(NOW), Some(Refusal::AlreadyReferred));
        redemption.is_beneficiary = true;
        assert_eq!(redemption.refusal(NOW), Some(Refusal::SelfReferral));
        program.active = false;
        redemption.program = Some(program);
        assert_eq!(redemption.refusal(NOW), Some(Refusal::ProgramNotActive));
        limits.expiration_date = Some(NOW);
        redemption.code = Some(limits);
        assert_eq!(redemption.refusal(NOW), Some(Refusal::CodeExpired));
        limits.status = false;
        redemption.code = Some(limits);
        assert_eq!(redemption.refusal(NOW), Some(Refusal::CodeInactive));
        redemption.already_used = true;
        assert_eq!(redemption.refusal(NOW), Some(Refusal::AlreadyUsed));
        redemption.code = None;
        assert_eq!(redemption.refusal(NOW), Some(Refusal::CodeNotFound));
        redemption.system_enabled = false;
        assert_eq!(redemption.refusal(NOW), Some(Refusal::SystemDisabled));
    }

    #[test]
    fn the_setting_allows_self_referral() {
        let own = Redemption { is_beneficiary: true, ..FREE };
        assert_eq!(own.refusal(NOW), Some(Refusal::SelfReferral));
        assert_eq!(Redemption { self_referral_allowed: true, ..own }.refusal(NOW), None);
    }

    /// Breaks every rule but the limits.
    const UNKNOWN_TO_THE_HOST: Redemption =
        Redemption { system_enabled: false, is_beneficiary: true, ..FREE };

    /// Nor a pause, see `Terms::admission`.
    #[test]
    fn limits_alone_know_no_switch_and_no_beneficiary() {
        let by = |judge| Redemption { judge, ..UNKNOWN_TO_THE_HOST }.refusal(NOW);
        assert_eq!(by(Judge::Everything), Some(Refusal::SystemDisabled));
        assert_eq!(by(Judge::Limits), None);
        assert_eq!(by(Judge::History(Timestamp(1))), None);
    }

    #[test]
    fn history_is_judged_as_of_its_own_date() {
        let mut limits = FREE.code.unwrap();
        limits.status = false;
        limits.expiration_date = Some(Timestamp(500));
        let at = |judge| Redemption { judge, code: Some(limits), ..FREE }.refusal(NOW);
        assert_eq!(at(Judge::Limits), Some(Refusal::CodeInactive));
        assert_eq!(at(Judge::History(Timestamp(499))), None);
        assert_eq!(at(Judge::History(Timestamp(500))), Some(Refusal::CodeExpired));
    }

    #[test]
    fn what_is_counted_is_not_counted_again() {
        let limits = Limits { number_of_uses: 5, max_uses: 1, ..FREE.code.unwrap() };
        let full = Admission { active: true, already_referred: false, used_up: true };
        let by = |counted, program| {
            let code = Some(limits);
            Redemption { judge: Judge::Limits, counted, code, program, ..FREE }.refusal(NOW)
        };
        assert_eq!(by(Counted::Nowhere, None), Some(Refusal::UsageLimitReached));
        assert_eq!(by(Counted::InCode, None), None);
        assert_eq!(by(Counted::InCode, Some(full)), Some(Refusal::UsageLimitReached));
        assert_eq!(by(Counted::InCodeAndProgram, Some(full)), None);
    }

    proptest! {
        #[test]
        fn a_code_is_free_exactly_when_every_rule_holds(
            system_enabled: bool, already_used: bool, is_beneficiary: bool, self_referral_allowed: bool,
            status: bool, number_of_uses in 0..3i32, max_uses in 1..3i32, expires in prop::option::of(998..1_003i64),
            program in prop::option::of((any::<bool>(), any::<bool>(), any::<bool>())),
        ) {
            let expiration_date = expires.map(Timestamp);
            let code = Some(Limits { status, number_of_uses, max_uses, expiration_date, reserves: NO_RESERVES });
            let program = program.map(|(active, already_referred, used_up)| Admission { active, already_referred, used_up });
            let (judge, counted) = (Judge::Everything, Counted::Nowhere);
            let redemption = Redemption { judge, counted, system_enabled, code, already_used, is_beneficiary, self_referral_allowed, program };
            let free = system_enabled && !already_used && status && number_of_uses < max_uses
                && expires.is_none_or(|expires| expires > NOW.0)
                && (!is_beneficiary || self_referral_allowed)
                && program.is_none_or(|program| program.active && !program.already_referred && !program.used_up);
            prop_assert_eq!(redemption.refusal(NOW).is_none(), free);
        }

        #[test]
        fn somebody_new_is_refused_as_the_state_of_the_code_says(
            status: bool, number_of_uses in 0..3i32, max_uses in 1..3i32, expires in prop::option::of(998..1_003i64),
            program in prop::option::of((any::<bool>(), any::<bool>())),
        ) {
            let expiration_date = expires.map(Timestamp);
            let limits = Limits { status, number_of_uses, max_uses, expiration_date, reserves: NO_RESERVES };
            let program = program.map(|(active, used_up)| Admission { active, already_referred: false, used_up });
            let state = limits.state(NOW).within(program.as_ref().map(Admission::standing));
            let refusal = Redemption { code: Some(limits), program, ..FREE }.refusal(NOW);
            prop_assert_eq!(refusal, match state {
                State::Active => None,
                State::Inactive => Some(Refusal::CodeInactive),
                State::Expired => Some(Refusal::CodeExpired),
                State::ProgramNotActive => Some(Refusal::ProgramNotActive),
                State::LimitReached => Some(Refusal::UsageLimitReached),
            });
        }
    }
}
