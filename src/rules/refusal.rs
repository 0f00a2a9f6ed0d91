//! Why something is refused: the codes, reasons and messages of the contract.

use super::admission::Admission;
use super::conversion::InvalidTransition;
use super::money::Money;
use super::payout::{InsufficientBalance, Outcome, Settled};

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
