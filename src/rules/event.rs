//! What events tell, and how long they are leased.

use super::time::{Span, Timestamp};

/// The longest lease.
pub const LONGEST_LEASE: Span = Span { months: 0, days: 1, microseconds: 0 };

/// What is wrong with a lease from now on until then, the rest of a sentence that begins with the argument's name.
/// `latest`: until when the longest would be.
pub fn lease_fault(now: Timestamp, until: Timestamp, latest: Timestamp) -> Option<&'static str> {
    if until <= now {
        Some("must be longer than nothing")
    } else if until > latest {
        Some("must not be longer than a day")
    } else {
        None
    }
}

/// A type of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    CodeCreated,
    CodeUpdated,
    CodeActivated,
    CodeDeactivated,
    CodeDeleted,
    CodeUsed,
    CodeUseUndone,
    ConversionConverted,
    ConversionApproved,
    ConversionRejected,
    ConversionReversed,
    RewardGranted,
    RewardReversed,
}

impl EventType {
    /// The word that SQL shows.
    pub fn name(self) -> &'static str {
        match self {
            EventType::CodeCreated => "code.created",
            EventType::CodeUpdated => "code.updated",
            EventType::CodeActivated => "code.activated",
            EventType::CodeDeactivated => "code.deactivated",
            EventType::CodeDeleted => "code.deleted",
            EventType::CodeUsed => "code.used",
            EventType::CodeUseUndone => "code.use_undone",
            EventType::ConversionConverted => "conversion.converted",
            EventType::ConversionApproved => "conversion.approved",
            EventType::ConversionRejected => "conversion.rejected",
            EventType::ConversionReversed => "conversion.reversed",
            EventType::RewardGranted => "reward.granted",
            EventType::RewardReversed => "reward.reversed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_lasts_longer_than_nothing_and_no_longer_than_a_day() {
        let at = |until| lease_fault(Timestamp(100), Timestamp(until), Timestamp(200));
        assert_eq!(at(101), None);
        assert_eq!(at(200), None);
        assert!(at(100).is_some_and(|fault| fault.contains("nothing")));
        assert!(at(i64::MIN).is_some_and(|fault| fault.contains("nothing")));
        assert!(at(201).is_some_and(|fault| fault.contains("day")));
        assert!(at(i64::MAX).is_some_and(|fault| fault.contains("day")));
    }
}
