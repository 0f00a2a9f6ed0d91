//! Moments, as Postgres counts them.

/// A moment: microseconds since 2000-01-01 00:00 UTC, as `timestamptz` stores it.
/// `infinity` and `-infinity` are the largest and the smallest value, so ordering holds for them too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub fn is_finite(self) -> bool {
        self.0 != i64::MIN && self.0 != i64::MAX
    }

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

/// A length of time, as `interval` holds it: months and days differ in length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub months: i32,
    pub days: i32,
    pub microseconds: i64,
}

impl Span {
    pub const ZERO: Span = Span { months: 0, days: 0, microseconds: 0 };

    /// Whether it leads nowhere but forward, however its parts are added, and comes to an end. From 17 on Postgres has
    /// intervals without one.
    pub fn is_forward(self) -> bool {
        const ENDLESS: Span = Span { months: i32::MAX, days: i32::MAX, microseconds: i64::MAX };
        self.months >= 0 && self.days >= 0 && self.microseconds >= 0 && self != ENDLESS
    }

    /// From nothing to a hundred years, so that a moment and a span are always a moment again.
    pub fn is_usual(self) -> bool {
        const DAY_MICROSECONDS: i64 = 86_400_000_000;
        (0..=1_200).contains(&self.months)
            && (0..=36_525).contains(&self.days)
            && (0..=36_525 * DAY_MICROSECONDS).contains(&self.microseconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_span_is_neither_negative_nor_endless() {
        assert!(Span::ZERO.is_usual());
        assert!(Span { months: 1_200, days: 36_525, microseconds: 1 }.is_usual());
        assert!(!Span { months: 2, days: -1, microseconds: 0 }.is_usual());
        assert!(!Span { months: i32::MAX, days: i32::MAX, microseconds: i64::MAX }.is_usual());
    }

    #[test]
    fn a_span_forward_has_no_part_that_leads_back() {
        assert!(Span::ZERO.is_forward());
        assert!(Span { months: i32::MAX, days: 0, microseconds: 1 }.is_forward());
        assert!(!Span { months: 1, days: -1, microseconds: 0 }.is_forward());
        assert!(!Span { months: 0, days: 1, microseconds: -1 }.is_forward());
        assert!(!Span { months: i32::MIN, days: i32::MIN, microseconds: i64::MIN }.is_forward());
        assert!(!Span { months: i32::MAX, days: i32::MAX, microseconds: i64::MAX }.is_forward());
    }

    #[test]
    fn a_minute_begins_at_its_full_number_also_before_2000() {
        assert_eq!(Timestamp(60_000_001).minute(), Timestamp(60_000_000));
        assert_eq!(Timestamp(-1).minute(), Timestamp(-60_000_000));
    }
}
