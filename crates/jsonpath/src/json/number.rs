//! Numbers: which literal is one, and which Java type it has.

use vestibule_vtl::LimitExceeded;
use vestibule_vtl::value::{Decimal, Heap, Number, Value};

use super::error::{ParseError, ParseProblem, Parsed};
use super::scan::{Scanner, Stop};
use crate::limits::NUMBER_BYTES_MAX;

/// Longest literal with a point or exponent that is a double, in characters. A longer one keeps all
/// its digits.
const DOUBLE_BYTES_MAX: usize = 18;

/// Reads what starts with a digit or `-`: a number, or a string when something else follows.
pub(super) fn read<'a>(
    scanner: &mut Scanner<'a>,
    heap: &Heap<'a>,
    stop: Stop,
) -> Parsed<Value<'a>> {
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
    let number = if is_whole { whole(heap, text) } else { fraction(heap, text) };
    match number {
        Ok(Some(number)) => Ok(Value::Number(number)),
        Ok(None) => Err(ParseError::new(start, ParseProblem::Number(text.to_owned()))),
        Err(limit) => Err(scanner.error(ParseProblem::Limit(limit))),
    }
}

fn whole<'a>(heap: &Heap<'a>, text: &str) -> Result<Option<Number<'a>>, LimitExceeded> {
    // AWS: a minus sign alone is 0.
    if text == "-" {
        return Ok(Some(Number::Integer(0)));
    }
    if let Ok(value) = text.parse::<i64>() {
        return Ok(Some(Number::whole(value)));
    }
    text.parse().ok().map(|value| heap.whole(value)).transpose()
}

fn fraction<'a>(heap: &Heap<'a>, text: &str) -> Result<Option<Number<'a>>, LimitExceeded> {
    if text.len() > DOUBLE_BYTES_MAX {
        return Decimal::parse(text).map(|decimal| heap.big_decimal(decimal)).transpose();
    }
    Ok(text.parse().ok().map(Number::Double))
}
