//! The numbers' static methods, which Velocity calls on any number of the type: `$Integer.parseInt($text)`.

use num_bigint::BigInt;

use super::arguments::{Answer, answer, double, int, long};
use super::number::compare_doubles;
use super::{big_decimal, bits};
use crate::error::{Exception, Failure};
use crate::limits::INTEGER_BITS_MAX;
use crate::value::{Argument, Heap, Number, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    number: &Number<'a>,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match number {
        Number::Integer(_) => match whole(heap, &INTEGER, method, arguments)? {
            None => bits::call(heap, 32, method, arguments),
            found => Ok(found),
        },
        Number::Long(_) => match whole(heap, &LONG, method, arguments)? {
            None => bits::call(heap, 64, method, arguments),
            found => Ok(found),
        },
        Number::Double(_) => floating(heap, method, arguments),
        Number::BigInteger(_) => match (method, arguments) {
            ("valueOf", [value]) => match long(value) {
                Some(value) => answer(heap.big_integer(BigInt::from(value))?),
                None => Ok(None),
            },
            ("toString", [radix]) => match int(radix) {
                Some(radix) => {
                    let Number::BigInteger(value) = number else { return Ok(None) };
                    let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix));
                    answer(heap.text(value.to_str_radix(radix.unwrap_or(10)))?)
                }
                None => Ok(None),
            },
            _ => Ok(None),
        },
        Number::BigDecimal(own) => big_decimal::call(heap, own, method, arguments),
    }
}

/// What Integer and Long differ in.
struct Whole {
    parse: &'static str,
    least: i64,
    most: i64,
    bits: u64,
    value: fn(i64) -> Number<'static>,
}

const INTEGER: Whole = Whole {
    parse: "parseInt",
    least: i32::MIN as i64,
    most: i32::MAX as i64,
    bits: 0xffff_ffff,
    value: Number::whole,
};

const LONG: Whole = Whole {
    parse: "parseLong",
    least: i64::MIN,
    most: i64::MAX,
    bits: u64::MAX,
    value: Number::Long,
};

impl Whole {
    /// A parameter of this type.
    fn argument(&self, argument: &Argument<'_>) -> Option<i64> {
        long(argument).filter(|_| self.bits == u64::MAX || int(argument).is_some())
    }

    fn answer<'a>(&self, value: i64) -> Answer<'a> {
        answer((self.value)(value))
    }
}

fn whole<'a>(
    heap: &mut Heap<'a>,
    class: &Whole,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match arguments {
        [argument] => match &argument.value {
            Value::String(text) if method == class.parse || method == "valueOf" => {
                class.answer(parse(class, text, 10)?)
            }
            Value::String(text) if method == "decode" => class.answer(decode(class, text)?),
            Value::Null if method == class.parse || method == "valueOf" => {
                Err(Failure::exception(Exception::NumberFormat, "null is no number"))
            }
            _ => match class.argument(argument) {
                Some(value) => of_one(heap, class, method, value),
                None => Ok(None),
            },
        },
        [text, radix] => match (&text.value, int(radix)) {
            (Value::String(text), Some(radix)) if method == class.parse || method == "valueOf" => {
                class.answer(parse(class, text, radix)?)
            }
            _ => match (class.argument(text), long(radix)) {
                (Some(_), Some(_)) if method == "toString" && int(radix).is_none() => Ok(None),
                (Some(_), Some(_)) if class.argument(radix).is_none() => Ok(None),
                (Some(a), Some(b)) => of_two(heap, class, method, a, b),
                _ => Ok(None),
            },
        },
        _ => Ok(None),
    }
}

fn of_one<'a>(heap: &mut Heap<'a>, class: &Whole, method: &str, value: i64) -> Answer<'a> {
    #[expect(clippy::cast_sign_loss, reason = "the bits of the number")]
    let bits = value as u64 & class.bits;
    let text = match method {
        "valueOf" => return class.answer(value),
        "hashCode" => return answer(heap.java_hash(&Value::Number((class.value)(value)))?),
        "toString" => value.to_string(),
        "toHexString" => format!("{bits:x}"),
        "toOctalString" => format!("{bits:o}"),
        "toBinaryString" => format!("{bits:b}"),
        "bitCount" => return answer(i32::try_from(bits.count_ones()).unwrap_or(0)),
        "signum" => return answer(i32::try_from(value.signum()).unwrap_or(0)),
        _ => return Ok(None),
    };
    answer(heap.text(text)?)
}

fn of_two<'a>(heap: &mut Heap<'a>, class: &Whole, method: &str, a: i64, b: i64) -> Answer<'a> {
    match method {
        "max" => class.answer(a.max(b)),
        "min" => class.answer(a.min(b)),
        "sum" if class.bits == u64::MAX => class.answer(a.wrapping_add(b)),
        #[expect(clippy::cast_possible_truncation, reason = "Integer.sum wraps")]
        "sum" => answer(a.wrapping_add(b) as i32),
        "compare" => answer(a.cmp(&b) as i32),
        "toString" => {
            let radix = u32::try_from(b).ok().filter(|radix| (2..=36).contains(radix));
            answer(heap.text(BigInt::from(a).to_str_radix(radix.unwrap_or(10)))?)
        }
        _ => Ok(None),
    }
}

fn floating<'a>(heap: &mut Heap<'a>, method: &str, arguments: &[Argument<'a>]) -> Answer<'a> {
    match arguments {
        [argument] => match (&argument.value, double(argument)) {
            (Value::String(text), _) if matches!(method, "parseDouble" | "valueOf") => {
                answer(parse_double(text)?)
            }
            (Value::Null, _) if matches!(method, "parseDouble" | "valueOf") => {
                Err(Failure::null(method))
            }
            (_, Some(value)) => match method {
                "valueOf" => answer(value),
                "toString" => answer(heap.text(crate::value::double_text(value))?),
                "toHexString" => answer(heap.text(hexadecimal(value))?),
                "hashCode" => answer(heap.java_hash(&Value::from(value))?),
                "isNaN" => answer(value.is_nan()),
                "isInfinite" => answer(value.is_infinite()),
                "doubleToRawLongBits" | "doubleToLongBits" => {
                    #[expect(clippy::cast_possible_wrap, reason = "the bits of the number")]
                    let bits = value.to_bits() as i64;
                    answer(Number::Long(bits))
                }
                "longBitsToDouble" => {
                    #[expect(clippy::cast_sign_loss, reason = "the bits of the number")]
                    let bits = long(argument).map(|bits| f64::from_bits(bits as u64));
                    Ok(bits.map(Value::from))
                }
                "isFinite" => answer(value.is_finite()),
                _ => Ok(None),
            },
            _ => Ok(None),
        },
        [a, b] => match (double(a), double(b)) {
            (Some(a), Some(b)) => match method {
                "max" => answer(if compare_doubles(a, b).is_ge() { a } else { b }),
                "min" => answer(if compare_doubles(a, b).is_le() { a } else { b }),
                "sum" => answer(a + b),
                "compare" => answer(compare_doubles(a, b) as i32),
                _ => Ok(None),
            },
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// Java's `Double.toHexString`.
fn hexadecimal(value: f64) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if !value.is_finite() {
        return crate::value::double_text(value);
    }
    let bits = value.to_bits();
    let fraction = format!("{:013x}", bits & 0x000f_ffff_ffff_ffff);
    let fraction = match fraction.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    match (bits >> 52) & 0x7ff {
        0 if value == 0.0 => format!("{sign}0x0.0p0"),
        0 => format!("{sign}0x0.{fraction}p-1022"),
        exponent => format!("{sign}0x1.{fraction}p{}", i128::from(exponent) - 1023),
    }
}

fn parse(class: &Whole, text: &str, radix: i32) -> Result<i64, Failure> {
    let radix = match u32::try_from(radix) {
        Ok(radix @ 2..=36) => radix,
        Ok(_) | Err(_) => {
            let message = format!("radix {radix} is not between 2 and 36");
            return Err(Failure::exception(Exception::NumberFormat, message));
        }
    };
    i64::from_str_radix(text, radix)
        .ok()
        .filter(|value| (class.least..=class.most).contains(value))
        .ok_or_else(|| not_a_number("the text is no integer, or too large for one"))
}

/// `0x`, `0X`, `#` and a leading `0` choose the radix.
fn decode(class: &Whole, text: &str) -> Result<i64, Failure> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let hexadecimal = ["0x", "0X", "#"].into_iter().find_map(|prefix| digits.strip_prefix(prefix));
    let (digits, radix) = match (hexadecimal, digits.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16),
        (None, Some(octal)) if !octal.is_empty() => (octal, 8),
        (None, _) => (digits, 10),
    };
    if digits.starts_with(['+', '-']) {
        return Err(not_a_number("the sign stands in the wrong place"));
    }
    parse(class, &format!("{sign}{digits}"), radix)
}

/// Java's `Double.parseDouble`: blanks around, a suffix `d` or `f`, `NaN` and `Infinity`. No hexadecimal form.
fn parse_double(text: &str) -> Result<f64, Failure> {
    const NO_DOUBLE: &str = "the text is no floating point number";
    let trimmed = text.trim_matches(|character| character <= ' ');
    let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    if matches!(unsigned, "NaN" | "Infinity") {
        return trimmed.parse().map_err(|_| not_a_number(NO_DOUBLE));
    }
    let digits = trimmed.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(trimmed);
    let is_number =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    if digits.len() as u64 > INTEGER_BITS_MAX || !digits.bytes().all(is_number) {
        return Err(not_a_number(NO_DOUBLE));
    }
    digits.parse().map_err(|_| not_a_number(NO_DOUBLE))
}

fn not_a_number(message: &str) -> Failure {
    Failure::exception(Exception::NumberFormat, message)
}
