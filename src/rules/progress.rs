//! How far long work is: when that is told, and in which words.

use super::time::Timestamp;

/// So long nothing is told.
const QUIET_SECONDS: i64 = 3;

/// When work began, and when it was last told how far it is.
pub struct Pace {
    began: Timestamp,
    told: Timestamp,
}

impl Pace {
    pub fn from(now: Timestamp) -> Self {
        Pace { began: now, told: now }
    }

    /// How far the work is, where that has not been told for a while.
    pub fn tell(&mut self, now: Timestamp, done: usize, total: usize) -> Option<String> {
        if now < self.told.after_seconds(QUIET_SECONDS) {
            return None;
        }
        self.told = now;
        let seconds = (now.0 - self.began.0) / 1_000_000;
        let percent = done as u128 * 100 / total.max(1) as u128;
        Some(format!(
            "{} of {} after {} s ({percent} %)",
            grouped(done),
            grouped(total),
            grouped(seconds as usize)
        ))
    }
}

/// 1234567 as 1,234,567.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let numbers = [7, 100, 1_000, 12_345, 123_456, 1_234_567];
        let texts = ["7", "100", "1,000", "12,345", "123,456", "1,234,567"];
        assert_eq!(numbers.map(grouped), texts);
    }

    #[test]
    fn long_work_is_told_of_every_three_seconds_and_short_work_not_at_all() {
        let began = Timestamp(700_000_000_000_000);
        let mut pace = Pace::from(began);
        let mut told = Vec::new();
        for second in 0..=8 {
            told.extend(pace.tell(began.after_seconds(second), second as usize * 500, 8_000));
        }
        assert_eq!(told, ["1,500 of 8,000 after 3 s (18 %)", "3,000 of 8,000 after 6 s (37 %)"]);
    }

    #[test]
    fn a_clock_that_is_set_back_and_work_of_nothing_do_no_harm() {
        let mut pace = Pace::from(Timestamp(i64::MAX));
        assert_eq!(pace.tell(Timestamp(0), 1, 2), None);
        let mut pace = Pace::from(Timestamp(0));
        let told = pace.tell(Timestamp(5_000_000), 0, 0);
        assert_eq!(told.as_deref(), Some("0 of 0 after 5 s (0 %)"));
    }
}
