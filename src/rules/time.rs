//! Moments, as Postgres counts them.

/// A moment: microseconds since 2000-01-01 00:00 UTC, as `timestamptz` stores it.
/// `infinity` and `-infinity` are the largest and the smallest value, so ordering holds for them too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment so many seconds later.
    pub fn after_seconds(self, seconds: i64) -> Self {
        Timestamp(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The minute of the clock that the moment is in.
    pub fn minute(self) -> Self {
        const MINUTE_MICROSECONDS: i64 = 60_000_000;
        Timestamp(self.0 - self.0.rem_euclid(MINUTE_MICROSECONDS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_begins_at_its_full_number_also_before_2000() {
        assert_eq!(Timestamp(60_000_001).minute(), Timestamp(60_000_000));
        assert_eq!(Timestamp(-1).minute(), Timestamp(-60_000_000));
    }
}
