//! Why something is refused: the codes, reasons and messages of the contract, and the order of judging.

use super::admission::Admission;
use super::conversion::InvalidTransition;
use super::judge::{Counted, Judge};
use super::money::Money;
use super::payout::{InsufficientBalance, Outcome, Settled};
use super::state::{Limits, State};
use super::time::Timestamp;

/// A refusal: part of normal use, told to the caller by SQLSTATE and reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    CodeNotFound,
    CodeInactive,
    CodeExpired,
    UsageLimitReached,
    AlreadyUsed,
    SelfReferral,
    SystemDisabled,
    /// The creator holds as many codes as the setting allows.
    UserCodeLimitReached {
        limit: i32,
    },
    NoUniqueCode {
        attempts: u32,
    },
    /// A user was registered without redeeming a code.
    ReferralRequired,
    /// A conversion is not where the action could take it from.
    InvalidTransition(InvalidTransition),
    /// The conversion has a chain of approvals: no single person decides on it.
    ApprovalByChain,
    /// Rewards have been granted: it is too late for a chain of approvals.
    ApprovalsTooLate,
    /// The chain of approvals has decisions in it already.
    ApprovalsBegun,
    /// The approver has spoken in the step whose turn it is.
    DecidedInStep,
    /// No chain of approvals was asked for.
    NoApprovals,
    /// The code's program is paused, ended, or outside its dates.
    ProgramNotActive,
    /// A source was recorded before, with other contents.
    IdempotencyConflict,
    /// The user has redeemed another code of the program.
    AlreadyReferred,
    /// The payout was told to have ended the other way.
    PayoutSettled(Outcome),
    /// A payout of that reference was created before, with other contents.
    PayoutConflict,
    /// The same of a batch of payouts.
    BatchConflict,
    /// There is less than the payout would take.
    InsufficientBalance {
        available: Money,
    },
}

impl From<InvalidTransition> for Refusal {
    fn from(error: InvalidTransition) -> Self {
        Refusal::InvalidTransition(error)
    }
}

impl From<Settled> for Refusal {
    fn from(Settled(outcome): Settled) -> Self {
        Refusal::PayoutSettled(outcome)
    }
}

impl From<InsufficientBalance> for Refusal {
    fn from(InsufficientBalance { available }: InsufficientBalance) -> Self {
        Refusal::InsufficientBalance { available }
    }
}

impl Refusal {
    /// Why a program refuses a redemption that its code allows; None where it does not.
    pub fn of_program(admission: Admission) -> Option<Self> {
        if !admission.active {
            Some(Refusal::ProgramNotActive)
        } else if admission.already_referred {
            Some(Refusal::AlreadyReferred)
        } else {
            admission.used_up.then_some(Refusal::UsageLimitReached)
        }
    }

    /// The five characters that drivers match on.
    pub fn sqlstate(self) -> &'static str {
        match self {
            Refusal::CodeNotFound => "RF001",
            Refusal::CodeInactive => "RF002",
            Refusal::CodeExpired => "RF003",
            Refusal::UsageLimitReached => "RF004",
            Refusal::AlreadyUsed => "RF005",
            Refusal::SelfReferral => "RF006",
            Refusal::SystemDisabled => "RF007",
            Refusal::UserCodeLimitReached { .. } => "RF008",
            Refusal::NoUniqueCode { .. } => "RF010",
            Refusal::ReferralRequired => "RF011",
            Refusal::InvalidTransition(_)
            | Refusal::ApprovalByChain
            | Refusal::ApprovalsTooLate
            | Refusal::ApprovalsBegun
            | Refusal::DecidedInStep
            | Refusal::NoApprovals
            | Refusal::PayoutSettled(_) => "RF012",
            Refusal::ProgramNotActive => "RF013",
            Refusal::IdempotencyConflict | Refusal::PayoutConflict | Refusal::BatchConflict => {
                "RF014"
            }
            Refusal::AlreadyReferred => "RF015",
            Refusal::InsufficientBalance { .. } => "RF016",
        }
    }

    /// The word that `referral_try_use_code` gives, and the DETAIL of every error carries.
    pub fn reason(self) -> &'static str {
        match self {
            Refusal::CodeNotFound => "code_not_found",
            Refusal::CodeInactive => "code_inactive",
            Refusal::CodeExpired => "code_expired",
            Refusal::UsageLimitReached => "usage_limit_reached",
            Refusal::AlreadyUsed => "already_used",
            Refusal::SelfReferral => "self_referral",
            Refusal::SystemDisabled => "system_disabled",
            Refusal::UserCodeLimitReached { .. } => "user_code_limit_reached",
            Refusal::NoUniqueCode { .. } => "no_unique_code",
            Refusal::ReferralRequired => "referral_required",
            Refusal::InvalidTransition(_)
            | Refusal::ApprovalByChain
            | Refusal::ApprovalsTooLate
            | Refusal::ApprovalsBegun
            | Refusal::DecidedInStep
            | Refusal::NoApprovals
            | Refusal::PayoutSettled(_) => "invalid_transition",
            Refusal::ProgramNotActive => "program_not_active",
            Refusal::IdempotencyConflict | Refusal::PayoutConflict | Refusal::BatchConflict => {
                "idempotency_conflict"
            }
            Refusal::AlreadyReferred => "already_referred",
            Refusal::InsufficientBalance { .. } => "insufficient_balance",
        }
    }

    /// A sentence fit to show to the person who typed the code.
    pub fn message(self) -> String {
        match self {
            Refusal::CodeNotFound => "Referral code not found".into(),
            Refusal::CodeInactive => "Referral code is not active".into(),
            Refusal::CodeExpired => "Referral code has expired".into(),
            Refusal::UsageLimitReached => "Referral code has reached maximum uses".into(),
            Refusal::AlreadyUsed => "Referral code has already been used by this user".into(),
            Refusal::SelfReferral => "Cannot use your own referral code".into(),
            Refusal::SystemDisabled => "Referral codes are switched off".into(),
            Refusal::UserCodeLimitReached { limit } => {
                format!("You have reached the maximum limit of {limit} referral codes")
            }
            Refusal::NoUniqueCode { attempts } => {
                format!("No unused referral code was found in {attempts} attempts")
            }
            Refusal::ReferralRequired => "Referral code is required".into(),
            Refusal::InvalidTransition(InvalidTransition { from, action }) => {
                format!("A conversion that is {} cannot be {}", from.name(), action.participle())
            }
            Refusal::ApprovalByChain => {
                "The conversion is decided by its chain of approvals".into()
            }
            Refusal::ApprovalsTooLate => {
                "A conversion whose rewards have been granted cannot be given a chain of approvals"
                    .into()
            }
            Refusal::ApprovalsBegun => "Decisions have been made in the chain of approvals".into(),
            Refusal::DecidedInStep => {
                "The approver has already decided in this step of the chain of approvals".into()
            }
            Refusal::NoApprovals => "The conversion has no chain of approvals".into(),
            Refusal::ProgramNotActive => "The referral program is not active".into(),
            Refusal::IdempotencyConflict => {
                "This source has been recorded before with other contents".into()
            }
            Refusal::AlreadyReferred => {
                "Another referral code of this program has already been used by this user".into()
            }
            Refusal::PayoutSettled(Outcome::Paid) => {
                "A payout that has been paid cannot fail".into()
            }
            Refusal::PayoutSettled(Outcome::Failed) => {
                "A payout that has failed cannot be paid".into()
            }
            Refusal::PayoutConflict => {
                "This payout has been created before with other contents".into()
            }
            Refusal::BatchConflict => {
                "This batch of payouts has been created before with other contents".into()
            }
            Refusal::InsufficientBalance { available } if available.is_positive() => {
                format!("Only {available} is available to be paid out")
            }
            Refusal::InsufficientBalance { .. } => "Nothing is available to be paid out".into(),
        }
    }

    /// What the caller or the operator can do about it; None where nothing can be done.
    pub fn hint(self) -> Option<&'static str> {
        match self {
            Refusal::CodeNotFound => Some("Check the spelling of the code."),
            Refusal::CodeInactive => {
                Some("Set status to true in phoenix_kit_referral_codes to let it be used again.")
            }
            Refusal::CodeExpired => Some("Set a later expiration_date to let it be used again."),
            Refusal::UsageLimitReached => Some(
                "Raise max_uses of the code, or max_uses_total of its program, to let it be used again.",
            ),
            Refusal::AlreadyUsed => {
                Some("A user may use a code once; referral_try_use_code() returns the earlier use.")
            }
            Refusal::SelfReferral => Some(
                "The value 'true' of referral_allow_self_referral in phoenix_kit_settings allows it.",
            ),
            Refusal::SystemDisabled => Some("SELECT referral_enable_system() switches them on."),
            Refusal::UserCodeLimitReached { .. } => {
                Some("Delete one of the codes, or raise the setting max_number_of_codes_per_user.")
            }
            Refusal::NoUniqueCode { .. } => {
                Some("Use longer codes: nearly all of this length are taken.")
            }
            Refusal::ReferralRequired => Some(
                "Redeem a code for the new user in the transaction that inserts the user, or switch \
                 the setting off: SELECT referral_set_required(false).",
            ),
            Refusal::InvalidTransition(_) | Refusal::ApprovalsBegun => None,
            Refusal::ApprovalsTooLate => Some(
                "The program's attribute requires_approval keeps rewards back until a conversion is approved.",
            ),
            Refusal::DecidedInStep => Some("Whoever else is an approver of the step decides next."),
            Refusal::ApprovalByChain => Some("referral_decide() records a decision in it."),
            Refusal::NoApprovals => {
                Some("referral_require_approvals() asks for one; referral_approve() needs none.")
            }
            Refusal::ProgramNotActive => {
                Some("referral_get_program() shows the program's status, starts_at and ends_at.")
            }
            Refusal::IdempotencyConflict => Some(
                "Give each sale a source_ref of its own; a repeat must have the same code, referee, \
                 amount and currency.",
            ),
            Refusal::AlreadyReferred => {
                Some("The program's attribute one_code_per_referee, set to false, would allow it.")
            }
            Refusal::PayoutSettled(Outcome::Paid) => None,
            Refusal::PayoutSettled(Outcome::Failed) => {
                Some("Its amount went back into the balance: create another payout.")
            }
            Refusal::PayoutConflict => Some(
                "Give each payout a payout_ref of its own; a repeat must have the same user, currency and amount.",
            ),
            Refusal::BatchConflict => Some(
                "Give each batch a batch_ref of its own; a repeat must have the same currency, min_amount and max_rows.",
            ),
            Refusal::InsufficientBalance { .. } => {
                Some("referral_balance() shows what is available, held, pending and paid.")
            }
        }
    }
}

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
