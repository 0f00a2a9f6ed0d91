//! Moments, as Postgres counts them.

/// A moment: microseconds since 2000-01-01 00:00 UTC, as `timestamptz` stores it.
/// `infinity` and `-infinity` are the largest and the smallest value, so ordering holds for them too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);
