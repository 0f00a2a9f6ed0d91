//! How long a use may be held.

use super::time::{Span, Timestamp};

/// The longest that a use is held.
pub const LONGEST: Span = Span { months: 12, days: 0, microseconds: 0 };

/// What is wrong with a hold from now on that expires then, the rest of a sentence that begins with the argument's
/// name. `latest`: when the longest would.
pub fn fault(now: Timestamp, expires_at: Timestamp, latest: Timestamp) -> Option<&'static str> {
    if expires_at <= now {
        Some("must be longer than nothing")
    } else if expires_at > latest {
        Some("must not be longer than a year")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_lasts_longer_than_nothing_and_no_longer_than_a_year() {
        let at = |expires_at| fault(Timestamp(100), Timestamp(expires_at), Timestamp(200));
        assert_eq!(at(101), None);
        assert_eq!(at(200), None);
        assert!(at(100).is_some_and(|fault| fault.contains("nothing")));
        assert!(at(i64::MIN).is_some_and(|fault| fault.contains("nothing")));
        assert!(at(201).is_some_and(|fault| fault.contains("year")));
        assert!(at(i64::MAX).is_some_and(|fault| fault.contains("year")));
    }
}
