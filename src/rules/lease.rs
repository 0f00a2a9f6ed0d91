//! Leases: how many uses a stripe of a hot code takes at once from what is left of the cap.

/// The stripes that a code may have.
pub const MOST_STRIPES: i32 = 1_024;

/// All stripes together take the fourth part of what is left, each time: large leases are rare, and most of what is
/// left stays with the code, for whoever knows nothing of stripes and for stripes that are asked more often.
const SHARE: i32 = 4;

/// A host that reads the counter sees leases as uses: however large a cap, a stripe takes no more.
const LARGEST: i32 = 10_000;

/// What each of so many stripes gets where all get as much, of `left` uses; perhaps nothing.
pub fn first(left: i32, stripes: i32) -> i32 {
    (left / (SHARE * stripes.clamp(1, MOST_STRIPES))).clamp(0, LARGEST)
}

/// What one stripe takes of `left` uses: more the more there is, one near the cap, nothing where nothing is left.
pub fn size(left: i32, stripes: i32) -> i32 {
    if left > 0 { first(left, stripes).max(1) } else { 0 }
}

/// Whether a stripe that has so many uses should look for more before it is empty.
pub fn is_low(uses_left: i32, left: i32, stripes: i32) -> bool {
    left > 0 && uses_left <= size(left, stripes) / 2
}

/// How many of a stripe's uses go back to the counter where it has none and some are needed: half of them, so that
/// the stripe does not come back for them at once, and at least what is needed if it has as many.
pub fn returned(uses_left: i32, needed: i32) -> i32 {
    (uses_left - uses_left / 2).max(needed).min(uses_left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn leases_shrink_to_one_near_the_cap() {
        assert_eq!(size(i32::MAX, 64), LARGEST);
        assert_eq!(size(2_560, 64), 10);
        assert_eq!(size(511, 64), 1);
        assert_eq!(size(1, 64), 1);
        assert_eq!(size(0, 64), 0);
        assert_eq!(size(-5, 64), 0);
        assert_eq!(first(255, 64), 0);
    }

    proptest! {
        #[test]
        fn a_lease_grows_with_what_is_left_and_never_takes_more(
            left in 0..i32::MAX, more in 0..i32::MAX, stripes in 1..=MOST_STRIPES,
        ) {
            prop_assert!(size(left, stripes) <= left);
            prop_assert!(size(left, stripes) <= size(left.saturating_add(more), stripes));
            prop_assert!(i64::from(first(left, stripes)) * i64::from(stripes) <= i64::from(left));
        }

        /// Stripes that lease in turn, whichever comes, take all there is and nothing more.
        #[test]
        fn leases_add_up_to_the_cap(cap in 0..1_000_000i32, stripes in 1..=MOST_STRIPES) {
            let mut left = cap;
            let mut leases = 0;
            while size(left, stripes) > 0 {
                left -= size(left, stripes);
                leases += 1;
            }
            prop_assert_eq!(left, 0);
            prop_assert!(leases <= cap);
        }

        #[test]
        fn what_is_returned_is_enough_or_all(uses_left in 0..i32::MAX, needed in 1..100i32) {
            let returned = returned(uses_left, needed);
            prop_assert!(returned <= uses_left);
            prop_assert!(returned >= needed.min(uses_left));
        }
    }
}
