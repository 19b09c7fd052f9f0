//! How Jayway JsonPath orders two sides of a condition.
//!
//! The expected side may be text that stands for a number, a boolean or null; numbers compare by
//! value, whatever their types.

use std::borrow::Cow;
use std::cmp::Ordering;

use vestibule_vtl::regex::Regex;
use vestibule_vtl::value::Value;

/// One side of a condition.
#[derive(Debug)]
pub(super) enum Side<'o, 'a> {
    /// What a path led to.
    Value(Value<'a>),
    /// A literal.
    Text(&'o str),
    /// A regular expression, which orders against nothing.
    Pattern(&'o Regex),
}

/// The outcome of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Order(Ordering),
    /// The types do not compare: the condition is false, whatever the operator.
    Incomparable,
    /// A number was compared with text that is none: the whole read finds nothing.
    NotANumber,
}

/// What decides how a side compares.
enum Class<'s> {
    Text(Cow<'s, str>),
    Number(Cow<'s, str>),
    Boolean(bool),
    Other,
}

impl Side<'_, '_> {
    /// Tells whether this is null itself; the text `null` is not.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Side::Value(Value::Null))
    }

    /// Tells whether this counts as null when compared.
    fn is_nullish(&self) -> bool {
        match self {
            Side::Value(value) => value.is_null() || value.as_str() == Some("null"),
            Side::Text(text) => *text == "null",
            Side::Pattern(_) => false,
        }
    }

    fn class(&self) -> Class<'_> {
        match self {
            Side::Text(text) => Class::Text(Cow::Borrowed(text)),
            Side::Value(Value::String(text)) => Class::Text(Cow::Borrowed(text)),
            Side::Value(Value::Number(number)) => Class::Number(Cow::Owned(number.to_string())),
            Side::Value(Value::Boolean(value)) => Class::Boolean(*value),
            Side::Value(Value::Null | Value::Object(_)) | Side::Pattern(_) => Class::Other,
        }
    }
}

/// Compares `expected` with `actual`.
pub(super) fn compare(expected: &Side<'_, '_>, actual: &Side<'_, '_>) -> Verdict {
    if let (Side::Value(Value::Object(a)), Side::Value(Value::Object(b))) = (expected, actual)
        && a == b
    {
        return Verdict::Order(Ordering::Equal);
    }
    match (expected.is_nullish(), actual.is_nullish()) {
        (true, true) => return Verdict::Order(Ordering::Equal),
        (true, false) => return Verdict::Order(Ordering::Less),
        (false, true) => return Verdict::Order(Ordering::Greater),
        (false, false) => {}
    }
    match (expected.class(), actual.class()) {
        (Class::Text(expected), Class::Text(actual)) => Verdict::Order(texts(&expected, &actual)),
        (Class::Number(expected) | Class::Text(expected), Class::Number(actual)) => {
            match (Magnitude::parse(&expected), Magnitude::parse(&actual)) {
                (Some(expected), Some(actual)) => Verdict::Order(expected.compare(&actual)),
                _ => Verdict::NotANumber,
            }
        }
        (Class::Text(expected), Class::Boolean(actual)) => {
            Verdict::Order(expected.eq_ignore_ascii_case("true").cmp(&actual))
        }
        (Class::Boolean(expected), Class::Boolean(actual)) => Verdict::Order(expected.cmp(&actual)),
        (Class::Text(_), Class::Other)
        | (Class::Number(_) | Class::Boolean(_), Class::Text(_) | Class::Other)
        | (Class::Number(_), Class::Boolean(_))
        | (Class::Boolean(_), Class::Number(_))
        | (Class::Other, _) => Verdict::Incomparable,
    }
}

/// Compares UTF-16 units, as Java does. `\'` in the expected text stands for a quote.
fn texts(expected: &str, actual: &str) -> Ordering {
    if expected.contains("\\'") {
        return expected.replace("\\'", "'").encode_utf16().cmp(actual.encode_utf16());
    }
    expected.encode_utf16().cmp(actual.encode_utf16())
}

/// A decimal number as its significant digits and where the point stands, so that huge exponents
/// cost nothing.
#[derive(Debug)]
struct Magnitude {
    is_negative: bool,
    /// Without zeros in front and behind; empty for zero.
    digits: Vec<u8>,
    /// The power of ten that stands before the first digit: 0.123 has 0.
    exponent: i64,
}

impl Magnitude {
    /// Reads what Java's `new BigDecimal(text)` reads.
    fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, i64::from(exponent.parse::<i32>().ok()?)),
            None => (text, 0),
        };
        let is_negative = number.starts_with('-');
        let number = number.strip_prefix(['-', '+']).unwrap_or(number);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let all = whole.bytes().chain(fraction.bytes());
        let zeros = all.clone().take_while(|digit| *digit == b'0').count();
        let mut digits: Vec<u8> = all.skip(zeros).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()?;
        Some(Self {
            is_negative: is_negative && !digits.is_empty(),
            digits,
            exponent: point + exponent,
        })
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.compare_sizes(other),
            (true, true) => other.compare_sizes(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }

    fn compare_sizes(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (false, false) => {
                self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits))
            }
            (is_zero, other_is_zero) => other_is_zero.cmp(&is_zero),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(a: &str, b: &str) -> Ordering {
        Magnitude::parse(a).unwrap().compare(&Magnitude::parse(b).unwrap())
    }

    // Source: Java 17, BigDecimal.compareTo.
    #[test]
    fn decimals_compare_by_value() {
        let rising = [
            "-1e9",
            "-2",
            "-1.5",
            "-1.0",
            "-0.001",
            "0",
            "1e-9",
            "0.5",
            "1",
            "1.25",
            "9",
            "10",
            "1e2000000000",
        ];
        for (a, left) in rising.iter().enumerate() {
            for (b, right) in rising.iter().enumerate() {
                assert_eq!(order(left, right), a.cmp(&b), "{left} {right}");
            }
        }
        assert_eq!(order("1.0", "1"), Ordering::Equal);
        assert_eq!(order("-0", "0.000"), Ordering::Equal);
        assert_eq!(order("100", "1E2"), Ordering::Equal);
        assert_eq!(order("+7", "007.0"), Ordering::Equal);
    }

    // Source: Java 17, NumberFormatException of new BigDecimal(text).
    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in
            ["", "-", ".", "e5", "1e", "1 ", "0x1", "Infinity", "NaN", "1e99999999999", "--1"]
        {
            assert!(Magnitude::parse(text).is_none(), "{text}");
        }
    }
}
