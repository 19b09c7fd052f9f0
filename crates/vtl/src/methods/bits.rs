//! The static methods of Integer and Long that see a number as bits or without a sign.

use super::arguments::{Answer, answer, int, long};
use crate::error::{Exception, Failure};
use crate::value::{Argument, Heap, Number, Value};

/// The members of Integer (`bits` is 32) or Long (64).
pub(super) fn call<'a>(
    heap: &Heap<'a>,
    bits: u32,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    let own = |argument: &Argument<'a>| {
        if bits == 32 { int(argument).map(i64::from) } else { long(argument) }
    };
    match arguments {
        [value] => match (&value.value, own(value)) {
            (Value::String(text), _) if method == parse_name(bits) => parse(bits, text, 10),
            (_, Some(value)) => of_one(heap, bits, method, value),
            _ => Ok(None),
        },
        [first, second] => match (&first.value, own(first), int(second), own(second)) {
            (Value::String(text), _, Some(radix), _) if method == parse_name(bits) => {
                parse(bits, text, radix)
            }
            (_, Some(value), Some(by), _) if method == "rotateLeft" => rotated(bits, value, by),
            (_, Some(value), Some(by), _) if method == "rotateRight" => {
                rotated(bits, value, by.wrapping_neg())
            }
            (_, Some(value), Some(radix), _) if method == "toUnsignedString" => {
                let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix));
                let digits = num_bigint::BigUint::from(unsigned(bits, value));
                answer(heap.text(digits.to_str_radix(radix.unwrap_or(10)))?)
            }
            (_, Some(a), _, Some(b)) => of_two(bits, method, a, b),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn parse_name(bits: u32) -> &'static str {
    if bits == 32 { "parseUnsignedInt" } else { "parseUnsignedLong" }
}

/// The bits of a number, as one without a sign.
#[expect(clippy::cast_sign_loss, reason = "the bits of the number")]
#[expect(clippy::cast_possible_truncation, reason = "an Integer has 32 bits")]
fn unsigned(bits: u32, value: i64) -> u64 {
    if bits == 32 { u64::from(value as u32) } else { value as u64 }
}

/// The number that has these bits.
#[expect(clippy::cast_possible_wrap, reason = "the bits of the number")]
#[expect(clippy::cast_possible_truncation, reason = "an Integer has 32 bits")]
fn signed<'a>(bits: u32, value: u64) -> Answer<'a> {
    answer(if bits == 32 { Number::Integer(value as i32) } else { Number::Long(value as i64) })
}

fn of_one<'a>(heap: &Heap<'a>, bits: u32, method: &str, value: i64) -> Answer<'a> {
    let own = unsigned(bits, value);
    let unused = 64 - bits;
    let counted = match method {
        "numberOfLeadingZeros" => own.leading_zeros() - unused,
        "numberOfTrailingZeros" => own.trailing_zeros().min(bits),
        "reverse" => return signed(bits, own.reverse_bits() >> unused),
        "reverseBytes" => return signed(bits, own.swap_bytes() >> unused),
        "highestOneBit" => return signed(bits, own.checked_ilog2().map_or(0, |bit| 1 << bit)),
        "lowestOneBit" => return signed(bits, own & own.wrapping_neg()),
        "toUnsignedLong" if bits == 32 => return signed(64, own),
        "toUnsignedString" => return answer(heap.text(own.to_string())?),
        _ => return Ok(None),
    };
    answer(i32::try_from(counted).unwrap_or(i32::MAX))
}

fn of_two<'a>(bits: u32, method: &str, a: i64, b: i64) -> Answer<'a> {
    let (a, b) = (unsigned(bits, a), unsigned(bits, b));
    let result = match method {
        "compareUnsigned" => return answer(a.cmp(&b) as i32),
        "divideUnsigned" => a.checked_div(b),
        "remainderUnsigned" => a.checked_rem(b),
        _ => return Ok(None),
    };
    match result {
        Some(result) => signed(bits, result),
        None => Err(Failure::exception(Exception::Arithmetic, "division by zero")),
    }
}

fn rotated<'a>(bits: u32, value: i64, left: i32) -> Answer<'a> {
    let own = unsigned(bits, value);
    let left = left.rem_euclid(if bits == 32 { 32 } else { 64 }).unsigned_abs();
    if bits == 64 {
        return signed(bits, own.rotate_left(left));
    }
    signed(bits, (own << left) | (own >> (32 - left)))
}

fn parse<'a>(bits: u32, text: &str, radix: i32) -> Answer<'a> {
    let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix));
    let parsed = radix.and_then(|radix| u64::from_str_radix(text, radix).ok());
    match parsed.filter(|value| bits == 64 || *value <= u64::from(u32::MAX)) {
        Some(value) => signed(bits, value),
        None => {
            let message = "the text is no integer without a sign, or too large for one";
            Err(Failure::exception(Exception::NumberFormat, message))
        }
    }
}
