//! Java's numbers: their types, their text, their equality. Arithmetic lives in the evaluator.

use std::fmt;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::Decimal;
use super::double::double_text;

/// A `java.lang.Number`. Displays as its Java `toString()`. One with many digits borrows them: of the
/// [`Arena`](super::Arena), or of an [`OwnedNumber`].
#[derive(Debug, Clone, Copy)]
pub enum Number<'a> {
    /// `java.lang.Integer`.
    Integer(i32),
    /// `java.lang.Long`.
    Long(i64),
    /// `java.math.BigInteger`.
    BigInteger(&'a BigInt),
    /// `java.lang.Double`.
    Double(f64),
    /// `java.math.BigDecimal`.
    BigDecimal(&'a Decimal),
}

/// A number that owns its digits.
#[derive(Debug, Clone)]
pub enum OwnedNumber {
    /// One without digits to own.
    Short(Number<'static>),
    /// `java.math.BigInteger`.
    BigInteger(Box<BigInt>),
    /// `java.math.BigDecimal`.
    BigDecimal(Box<Decimal>),
}

impl OwnedNumber {
    /// Returns the number, which borrows the digits.
    #[must_use]
    pub fn number(&self) -> Number<'_> {
        match self {
            OwnedNumber::Short(number) => *number,
            OwnedNumber::BigInteger(value) => Number::BigInteger(value),
            OwnedNumber::BigDecimal(value) => Number::BigDecimal(value),
        }
    }

    /// Returns the smallest of Integer, Long and BigInteger that holds the decimal digits of `text` (`-?[0-9]+`),
    /// as JSON readers and templates do; nothing when it is something else. The caller bounds its length.
    #[must_use]
    pub fn parse_whole(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if let Ok(value) = text.parse::<i64>() {
            return Some(OwnedNumber::Short(Number::whole(value)));
        }
        text.parse().ok().map(|value| OwnedNumber::BigInteger(Box::new(value)))
    }
}

impl From<Number<'_>> for OwnedNumber {
    fn from(number: Number<'_>) -> Self {
        match number {
            Number::Integer(value) => OwnedNumber::Short(Number::Integer(value)),
            Number::Long(value) => OwnedNumber::Short(Number::Long(value)),
            Number::Double(value) => OwnedNumber::Short(Number::Double(value)),
            Number::BigInteger(value) => OwnedNumber::BigInteger(Box::new(value.clone())),
            Number::BigDecimal(value) => OwnedNumber::BigDecimal(Box::new(value.clone())),
        }
    }
}

impl Number<'_> {
    /// Returns the smaller of Integer and Long that holds `value`.
    #[must_use]
    pub fn whole(value: i64) -> Self {
        i32::try_from(value).map_or(Number::Long(value), Number::Integer)
    }

    /// Tells whether this is an Integer, Long or BigInteger.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match self {
            Number::Integer(_) | Number::Long(_) | Number::BigInteger(_) => true,
            Number::Double(_) | Number::BigDecimal(_) => false,
        }
    }

    /// Returns the nearest double: Java's `doubleValue()`.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match self {
            Number::Integer(value) => f64::from(*value),
            #[expect(clippy::cast_precision_loss, reason = "doubleValue() rounds")]
            Number::Long(value) => *value as f64,
            Number::BigInteger(value) => value.to_f64().unwrap_or(f64::NAN),
            Number::Double(value) => *value,
            Number::BigDecimal(value) => value.to_f64(),
        }
    }

    /// Returns the low 64 bits of the whole part: Java's `longValue()`.
    #[must_use]
    pub fn to_i64_wrapping(&self) -> i64 {
        match self {
            Number::Integer(value) => i64::from(*value),
            Number::Long(value) => *value,
            Number::BigInteger(value) => low_bits(value),
            // `as` saturates and makes NaN zero, as Java's cast does.
            #[expect(clippy::cast_possible_truncation, reason = "Java's (long) cast of a double")]
            Number::Double(value) => *value as i64,
            Number::BigDecimal(value) => low_bits(&value.whole()),
        }
    }

    /// Returns the low 32 bits of the whole part: Java's `intValue()`.
    #[must_use]
    pub fn to_i32_wrapping(&self) -> i32 {
        match self {
            Number::Integer(value) => *value,
            // `as` saturates and makes NaN zero, as Java's cast does.
            #[expect(clippy::cast_possible_truncation, reason = "Java's (int) cast of a double")]
            Number::Double(value) => *value as i32,
            #[expect(clippy::cast_possible_truncation, reason = "Java's (int) cast of a long")]
            Number::Long(_) | Number::BigInteger(_) | Number::BigDecimal(_) => {
                self.to_i64_wrapping() as i32
            }
        }
    }

    /// Java's `equals`: the same type and the same value (`1` and `1L` differ, `NaN` equals itself).
    #[must_use]
    pub fn java_equals(&self, other: &Number<'_>) -> bool {
        match (self, other) {
            (Number::Integer(a), Number::Integer(b)) => a == b,
            (Number::Long(a), Number::Long(b)) => a == b,
            (Number::BigInteger(a), Number::BigInteger(b)) => a == b,
            (Number::Double(a), Number::Double(b)) => a.to_bits() == b.to_bits(),
            (Number::BigDecimal(a), Number::BigDecimal(b)) => a == b,
            (
                Number::Integer(_)
                | Number::Long(_)
                | Number::BigInteger(_)
                | Number::Double(_)
                | Number::BigDecimal(_),
                _,
            ) => false,
        }
    }
}

impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Integer(value) => write!(f, "{value}"),
            Number::Long(value) => write!(f, "{value}"),
            Number::BigInteger(value) => write!(f, "{value}"),
            Number::Double(value) => f.write_str(&double_text(*value)),
            Number::BigDecimal(value) => write!(f, "{value}"),
        }
    }
}

impl fmt::Display for OwnedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

fn low_bits(value: &BigInt) -> i64 {
    let modulus = BigInt::from(1u8) << 64u32;
    let low = ((value % &modulus) + &modulus) % &modulus;
    #[expect(clippy::cast_possible_wrap, reason = "two's complement, as longValue() does")]
    low.to_u64().map_or(0, |bits| bits as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: Java language specification 5.1.3.
    #[test]
    fn wrapping_casts_keep_the_low_bits() {
        assert_eq!(Number::Long(4_294_967_297).to_i32_wrapping(), 1);
        assert_eq!(Number::Double(1e20).to_i32_wrapping(), i32::MAX);
        assert_eq!(Number::Double(f64::NAN).to_i64_wrapping(), 0);
        let big: BigInt = "-18446744073709551617".parse().unwrap();
        assert_eq!(Number::BigInteger(&big).to_i64_wrapping(), -1);
    }
}
