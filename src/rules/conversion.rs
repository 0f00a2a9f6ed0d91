//! A conversion's life: recorded, then approved or rejected by a reviewer, or taken back.

/// Where a conversion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Converted,
    Approved,
    Rejected,
    Reversed,
}

/// What may be done to a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Approve,
    Reject,
    Reverse,
    /// To ask for a chain of approvals.
    RequireApprovals,
    /// To approve or reject as one of the chain's approvers.
    Decide,
    /// To take back a part of what was granted.
    ReversePart,
}

/// What was done about a conversion: the history's word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// By one person, or by the last quorum of a chain.
    Approved,
    /// By one person, or by one approver of a chain.
    Rejected,
    /// Whole, or what was left of it.
    Reversed,
    ReversedPart,
    /// Money of the purchase was given back.
    Refunded,
    ApprovalsRequired,
    /// By one approver of a chain, in a step.
    StepApproved,
    StepRejected,
}

/// A conversion is not where the action could take it from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTransition {
    pub from: Status,
    pub action: Action,
}

pub const STATUSES: [Status; 4] =
    [Status::Converted, Status::Approved, Status::Rejected, Status::Reversed];

/// What a word for a status must be; completes a sentence that begins with its name.
pub const STATUS_RULE: &str = "must be converted, approved, rejected or reversed";

impl Status {
    /// The word that the table holds.
    pub fn name(self) -> &'static str {
        match self {
            Status::Converted => "converted",
            Status::Approved => "approved",
            Status::Rejected => "rejected",
            Status::Reversed => "reversed",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        STATUSES.into_iter().find(|status| status.name() == name)
    }

    /// Whether the conversion counts: nobody has refused it or taken it back.
    pub fn stands(self) -> bool {
        match self {
            Status::Converted | Status::Approved => true,
            Status::Rejected | Status::Reversed => false,
        }
    }

    /// The status after an action; None where it stays as it is. What is not listed here is refused.
    pub fn after(self, action: Action) -> Result<Option<Status>, InvalidTransition> {
        use Action::*;
        use Status::*;
        match (self, action) {
            (Converted, Approve) => Ok(Some(Approved)),
            (Converted, Reject) => Ok(Some(Rejected)),
            (Converted | Approved, Reverse) => Ok(Some(Reversed)),
            (Converted, RequireApprovals | Decide) => Ok(None),
            (Converted | Approved, ReversePart) => Ok(None),
            (Approved | Rejected | Reversed, Approve | Reject | RequireApprovals | Decide)
            | (Rejected | Reversed, Reverse | ReversePart) => {
                Err(InvalidTransition { from: self, action })
            }
        }
    }
}

impl Deed {
    /// The word that the table holds.
    pub fn name(self) -> &'static str {
        match self {
            Deed::Approved => "approved",
            Deed::Rejected => "rejected",
            Deed::Reversed => "reversed",
            Deed::ReversedPart => "reversed_part",
            Deed::Refunded => "refunded",
            Deed::ApprovalsRequired => "approvals_required",
            Deed::StepApproved => "step_approved",
            Deed::StepRejected => "step_rejected",
        }
    }
}

impl Action {
    /// Completes "cannot be …".
    pub fn participle(self) -> &'static str {
        match self {
            Action::Approve => "approved",
            Action::Reject => "rejected",
            Action::Reverse => "reversed",
            Action::RequireApprovals => "given a chain of approvals",
            Action::Decide => "decided on",
            Action::ReversePart => "reversed in part",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contract's (DESIGN, section 5), written down a second time: everything else is refused.
    #[test]
    fn every_transition_is_allowed_or_refused_as_the_contract_says() {
        use Action::*;
        use Status::*;
        let allowed = [
            (Converted, Approve, Some(Approved)),
            (Converted, Reject, Some(Rejected)),
            (Converted, Reverse, Some(Reversed)),
            (Approved, Reverse, Some(Reversed)),
            (Converted, RequireApprovals, None),
            (Converted, Decide, None),
            (Converted, ReversePart, None),
            (Approved, ReversePart, None),
        ];
        for from in STATUSES {
            for action in [Approve, Reject, Reverse, RequireApprovals, Decide, ReversePart] {
                let expected = allowed.iter().find(|rule| (rule.0, rule.1) == (from, action));
                let refused = InvalidTransition { from, action };
                let expected = expected.map_or(Err(refused), |rule| Ok(rule.2));
                assert_eq!(from.after(action), expected, "{from:?} {action:?}");
            }
        }
    }

    #[test]
    fn a_status_is_read_as_it_is_written() {
        for status in STATUSES {
            assert_eq!(Status::parse(status.name()), Some(status));
        }
        assert_eq!(Status::parse("Converted"), None);
    }
}
