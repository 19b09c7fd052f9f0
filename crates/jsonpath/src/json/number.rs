//! Numbers: which literal is one, and which Java type it has.

use std::sync::Arc;

use vestibule_vtl::value::{Decimal, Number, Value};

use super::error::{ParseError, ParseProblem};
use super::scan::{Scanner, Stop};
use crate::limits::NUMBER_BYTES_MAX;

/// Longest literal with a point or exponent that is a double, in characters. A longer one keeps all
/// its digits.
const DOUBLE_BYTES_MAX: usize = 18;

/// Reads what starts with a digit or `-`: a number, or a string when something else follows.
pub(super) fn read<'a>(scanner: &mut Scanner<'a>, stop: Stop) -> Result<Value<'a>, ParseError> {
    let start = scanner.position();
    scanner.advance();
    scanner.skip_digits();
    let mut is_whole = true;
    if scanner.peek() == Some(b'.') {
        is_whole = false;
        scanner.advance();
        scanner.skip_digits();
    }
    if matches!(scanner.peek(), Some(b'e' | b'E')) {
        is_whole = false;
        scanner.advance();
        if !matches!(scanner.peek(), Some(b'+' | b'-' | b'0'..=b'9')) {
            scanner.skip_bare(stop);
            return Ok(Value::from(scanner.trimmed_since(start)));
        }
        scanner.advance();
        scanner.skip_digits();
    }
    scanner.skip_controls();
    if !scanner.ends_number(stop) {
        scanner.skip_bare(stop);
        return Ok(Value::from(scanner.trimmed_since(start)));
    }
    let text = scanner.trimmed_since(start);
    if text.len() > NUMBER_BYTES_MAX {
        return Err(ParseError::new(start, ParseProblem::NumberTooLong));
    }
    let number = if is_whole { whole(text) } else { fraction(text) };
    let refused = || ParseError::new(start, ParseProblem::Number(text.to_owned()));
    number.map(Value::Number).ok_or_else(refused)
}

fn whole(text: &str) -> Option<Number> {
    // AWS: a minus sign alone is 0.
    if text == "-" { Some(Number::Integer(0)) } else { Number::parse_whole(text) }
}

fn fraction(text: &str) -> Option<Number> {
    if text.len() > DOUBLE_BYTES_MAX {
        return Decimal::parse(text).map(|decimal| Number::BigDecimal(Arc::new(decimal)));
    }
    text.parse().ok().map(Number::Double)
}
