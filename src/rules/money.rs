//! Amounts of money: exact decimals, as numeric(20,4) holds them, never floats.

use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

/// How many digits an amount has after the point.
pub const DECIMALS: usize = 4;
const UNIT: i128 = 10_i128.pow(DECIMALS as u32);

/// The digits of numeric(20,4) before the point.
const WHOLE_DIGITS: u32 = 16;

/// An amount, in ten-thousandths of the currency's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(i128);

/// Why a text is no amount; completes a sentence that the argument's name begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    NotANumber,
    TooPrecise,
    TooLarge,
}

impl MoneyError {
    pub fn rule(self) -> &'static str {
        match self {
            MoneyError::NotANumber => "must be a finite number",
            MoneyError::TooPrecise => "must not have more than 4 digits after the point",
            MoneyError::TooLarge => "must not have more than 16 digits before the point",
        }
    }
}

impl Money {
    pub const ZERO: Money = Money(0);

    /// A whole number of the currency's unit.
    pub const fn whole(amount: i32) -> Self {
        Money(amount as i128 * UNIT)
    }

    /// Reads a plain decimal: digits, at most one point, and a sign.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let sum = Money::parse_sum(text)?;
        if sum.is_storable() { Ok(sum) } else { Err(MoneyError::TooLarge) }
    }

    /// Whether numeric(20,4) can hold it.
    pub fn is_storable(self) -> bool {
        self.0.abs() < 10_i128.pow(WHOLE_DIGITS) * UNIT
    }

    /// The same for a sum of amounts, which may be longer than one amount.
    pub fn parse_sum(text: &str) -> Result<Self, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if digits.is_empty() || digits == "." || !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::NotANumber);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > DECIMALS {
            return Err(MoneyError::TooPrecise);
        }
        // Padded to the last decimal, so that the digits are the number of units.
        let units = format!("0{whole}{fraction:0<DECIMALS$}");
        let units: i128 = units.parse().map_err(|_| MoneyError::TooLarge)?;
        Ok(Money(if negative { -units } else { units }))
    }

    /// How many units of its last decimal it comes to, where 64 bits can hold them.
    pub fn units(self) -> Option<i64> {
        self.0.try_into().ok()
    }

    /// With so many hundredths of an amount, in all rounded half to even to so many decimals. None of the three is
    /// negative.
    pub fn plus_percent(self, percent: Money, amount: Money, decimals: i32) -> Money {
        // A unit of a percent of a unit: hundredths, of which ten-thousandths, of ten-thousandths.
        const PARTS: i128 = 100 * UNIT;
        let (parts, step) = (self.0 * PARTS + amount.0 * percent.0, step(decimals));
        Money(half_to_even(0, parts, step * PARTS) * step)
    }

    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub fn is_positive(self) -> bool {
        self.0 > 0
    }
}

/// `amount` times `part` through `whole`, rounded half to even to so many decimals. None of them is negative, and the
/// whole is more than nothing.
pub fn ratio(amount: Money, part: Money, whole: Money, decimals: i32) -> Money {
    let step = step(decimals);
    let (quotient, rest) = multiply_and_divide(amount.0, part.0, whole.0 * step);
    Money(half_to_even(quotient, rest, whole.0 * step) * step)
}

/// The units of the last of so many decimals.
fn step(decimals: i32) -> i128 {
    let cut = DECIMALS as i32 - decimals.clamp(0, DECIMALS as i32);
    10_i128.pow(cut as u32)
}

/// The whole number next to `quotient` and `rest` through `divisor`; the even one where two are as near.
fn half_to_even(quotient: i128, rest: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (quotient + rest / divisor, rest % divisor);
    let is_up = match (rest * 2).cmp(&divisor) {
        Ordering::Less => false,
        Ordering::Equal => quotient % 2 != 0,
        Ordering::Greater => true,
    };
    quotient + i128::from(is_up)
}

/// `a` times `b` through `divisor`, and the rest: bit by bit, as the product may be longer than 128 bits.
fn multiply_and_divide(a: i128, b: i128, divisor: i128) -> (i128, i128) {
    let (whole, part) = (a / divisor, a % divisor);
    let (mut quotient, mut rest) = (0, 0);
    for bit in (0..i128::BITS - b.leading_zeros()).rev() {
        (quotient, rest) = (quotient * 2, rest * 2);
        if b >> bit & 1 == 1 {
            (quotient, rest) = (quotient + whole, rest + part);
        }
        (quotient, rest) = (quotient + rest / divisor, rest % divisor);
    }
    (quotient, rest)
}

/// With all four decimals: `10.0000`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (self.0.abs() / UNIT, self.0.abs() % UNIT);
        write!(f, "{sign}{whole}.{fraction:0DECIMALS$}")
    }
}

impl Add for Money {
    type Output = Money;

    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Money;

    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Money;

    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(Money::parse("10").unwrap(), Money::whole(10));
        assert_eq!(Money::parse("10.00000").unwrap(), Money::whole(10));
        assert_eq!(Money::parse("0.1").unwrap() + Money::parse("0.2").unwrap(), Money(3_000));
        assert_eq!(Money::parse("-.5").unwrap().to_string(), "-0.5000");
        assert_eq!(
            Money::parse("9999999999999999.9999").unwrap().to_string(),
            "9999999999999999.9999"
        );
    }

    #[test]
    fn what_cannot_be_stored_is_refused() {
        for text in ["", "-", ".", "1.2.3", "1e3", "NaN", "Infinity", "ten", "--1", "+1", " 1"] {
            assert_eq!(Money::parse(text), Err(MoneyError::NotANumber), "{text}");
        }
        assert_eq!(Money::parse("0.00001"), Err(MoneyError::TooPrecise));
        assert_eq!(Money::parse("10000000000000000"), Err(MoneyError::TooLarge));
        assert_eq!(Money::parse(&"9".repeat(100)), Err(MoneyError::TooLarge));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(units in -10_i128.pow(19)..10_i128.pow(19)) {
            prop_assert_eq!(Money::parse(&Money(units).to_string()), Ok(Money(units)));
        }
    }
}
