//! Numbers of conditions: whole or decimal, compared without loss.

use crate::limits::NUMBER_DIGITS_MAX;

/// A number times 10 to the power of [`NUMBER_DIGITS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(i128);

impl Number {
    /// Returns the number that a text writes, with digits and at most one point and sign.
    pub(crate) fn parse(text: &str) -> Option<Number> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |s: &str| {
            (1..=NUMBER_DIGITS_MAX).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit())
        };
        if !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let scaled: i128 = format!("{whole}{fraction:0<NUMBER_DIGITS_MAX$}").parse().ok()?;
        Some(Number(if text.starts_with('-') { -scaled } else { scaled }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_without_loss() {
        let number = |text| Number::parse(text).unwrap();
        assert!(number("9007199254740993") > number("9007199254740992"));
        assert!(number("0.1") < number("0.10000000000000001"));
        assert_eq!(number("10"), number("+010.0"));
        assert!(number("-2") < number("-1.5"));
        assert_eq!(number("-0"), number("0"));
    }

    #[test]
    fn what_is_no_number_is_none() {
        let long = "1".repeat(NUMBER_DIGITS_MAX + 1);
        for text in ["", "-", ".5", "5.", "1e3", "0x1", " 1", "1_000", "NaN", "--1", &long] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
        assert!(Number::parse(&"9".repeat(NUMBER_DIGITS_MAX)).is_some());
    }
}
