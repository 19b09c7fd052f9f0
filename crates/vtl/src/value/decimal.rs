//! `java.math.BigDecimal`: an unscaled integer and a scale, with Java's text.

use std::fmt;

use num_bigint::{BigInt, Sign};
use num_traits::{ToPrimitive, Zero};

use crate::limits::DECIMAL_ZEROS_MAX;

/// A decimal number: `unscaled * 10^-scale`. Equal when both parts are equal, as in Java (`1.0` is not `1.00`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    /// The digits.
    pub unscaled: BigInt,
    /// How many of them stand behind the point; negative: zeros that follow them.
    pub scale: i32,
}

impl Decimal {
    /// Reads `-?digits[.digits][e[+-]digits]`, keeping every digit, as `new BigDecimal(text)` does. Nothing when the text
    /// is something else. The caller bounds its length.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let (sign, whole) = match whole.strip_prefix(['-', '+']) {
            Some(digits) => (if whole.starts_with('-') { "-" } else { "" }, digits),
            None => ("", whole),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
            return None;
        }
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let unscaled = format!("{sign}{whole}{fraction}").parse().ok()?;
        Some(Self { unscaled, scale })
    }

    /// Returns the nearest double.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        format!("{}e{}", self.unscaled, -i64::from(self.scale)).parse().unwrap_or(f64::NAN)
    }

    /// Returns both numbers' digits at the larger of the two scales, and that scale; nothing when that takes more than
    /// [`DECIMAL_ZEROS_MAX`] zeros.
    #[must_use]
    pub fn aligned(&self, other: &Self) -> Option<(BigInt, BigInt, i32)> {
        let scale = self.scale.max(other.scale);
        let at = |decimal: &Self| {
            let zeros = u32::try_from(i64::from(scale) - i64::from(decimal.scale)).ok()?;
            let fits = zeros as usize <= DECIMAL_ZEROS_MAX;
            fits.then(|| &decimal.unscaled * BigInt::from(10u8).pow(zeros))
        };
        Some((at(self)?, at(other)?, scale))
    }

    /// Returns the whole part, cut towards zero. Numbers beyond 10^10000 give zero: their low bits are.
    #[must_use]
    pub fn whole(&self) -> BigInt {
        let ten = BigInt::from(10u8);
        let places = self.scale.unsigned_abs();
        if self.scale > 0 {
            if u64::from(places) > self.unscaled.bits() / 3 + 1 {
                return BigInt::zero();
            }
            return &self.unscaled / ten.pow(places);
        }
        if places as usize > DECIMAL_ZEROS_MAX {
            return BigInt::zero();
        }
        &self.unscaled * ten.pow(places)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.unscaled.sign() == Sign::Minus { "-" } else { "" };
        let digits = self.unscaled.magnitude().to_string();
        let scale = i64::from(self.scale);
        let length = digits.len().to_i64().unwrap_or(i64::MAX);
        let adjusted = length - 1 - scale;
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        if scale > 0 && adjusted >= -6 {
            let point = usize::try_from(length - scale).unwrap_or(0);
            if point == 0 {
                let zeros = "0".repeat(usize::try_from(scale - length).unwrap_or(0));
                return write!(f, "{sign}0.{zeros}{digits}");
            }
            let (whole, fraction) = digits.split_at(point);
            return write!(f, "{sign}{whole}.{fraction}");
        }
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{sign}{first}{point}{rest}E{adjusted:+}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: Java 17, new BigDecimal(text).toString().
    #[test]
    fn decimals_print_as_java_prints_them() {
        let cases = [
            ("1.10000000000000000", "1.10000000000000000"),
            ("1.00000000000000000e5", "100000.000000000000"),
            ("0.00000010", "1.0E-7"),
            ("-0.001", "-0.001"),
            ("12e3", "1.2E+4"),
            ("1e2", "1E+2"),
            ("123", "123"),
            (".5", "0.5"),
        ];
        for (text, printed) in cases {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), printed, "{text}");
        }
        assert_eq!(Decimal::parse("1x"), None);
        assert_eq!(Decimal::parse("."), None);
    }
}
