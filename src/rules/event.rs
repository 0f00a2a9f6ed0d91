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
    PayoutCreated,
    PayoutPaid,
    PayoutFailed,
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
            EventType::PayoutCreated => "payout.created",
            EventType::PayoutPaid => "payout.paid",
            EventType::PayoutFailed => "payout.failed",
        }
    }
}

/// Events that a statement is told of together, and the longest range that they are in: it looks at each of that.
const RUN: usize = 128;
const RANGE: u64 = 512;

/// The ids in runs, each in its order and behind the one before, without repeats.
pub fn runs(ids: &[i64]) -> Vec<Vec<i64>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut runs: Vec<Vec<i64>> = Vec::new();
    for id in ids {
        let is_near = |run: &&mut Vec<i64>| {
            run.len() < RUN && run.first().is_some_and(|first| id.abs_diff(*first) < RANGE)
        };
        match runs.last_mut().filter(is_near) {
            Some(run) => run.push(id),
            None => runs.push(vec![id]),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_short_near_and_in_order_and_hold_each_id_once() {
        let far = [i64::MAX, i64::MIN, 5_000, 7, 5_511, 5_512];
        let ids: Vec<i64> = (1..1_000).chain(far).rev().collect();
        let runs = runs(&ids);
        let all: Vec<i64> = runs.iter().flatten().copied().collect();
        assert!(all.is_sorted_by(|one, next| one < next));
        assert_eq!(all.len(), 999 + 5);
        for run in &runs {
            assert!((1..=RUN).contains(&run.len()));
            assert!(run[run.len() - 1].abs_diff(run[0]) < RANGE);
        }
        assert_eq!(runs.len(), 1 + 8 + 2 + 1);
        assert!(super::runs(&[]).is_empty());
    }

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
