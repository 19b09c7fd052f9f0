//! `java.math.BigDecimal`, which JSON numbers with more digits than a double keeps are.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::arguments::{Answer, answer, double, int, long};
use super::number::compare;
use crate::error::{Exception, Failure};
use crate::limits::{DECIMAL_ZEROS_MAX, INTEGER_BITS_MAX, Limit, LimitExceeded};
use crate::value::{Argument, Decimal, Heap, Number, Value};

/// Java's rounding modes, by their numbers, as far as a remainder is left.
const ROUND_MODES: i32 = 8;

pub(super) fn call<'a>(
    heap: &Heap<'a>,
    own: &'a Decimal,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    match arguments {
        [] => alone(heap, own, method),
        [other] => match (&other.value, int(other)) {
            (Value::Number(Number::BigDecimal(other)), _) => with_other(heap, own, other, method),
            (_, Some(scale)) if method == "setScale" => set_scale(heap, own, scale, 7),
            (_, Some(places)) if method == "movePointLeft" => moved(heap, own, i64::from(places)),
            (_, Some(places)) if method == "movePointRight" => moved(heap, own, -i64::from(places)),
            _ if method == "valueOf" => value_of(heap, other),
            _ => Ok(None),
        },
        [first, second] => match (method, int(first), int(second)) {
            ("setScale", Some(_), Some(mode)) if !(0..ROUND_MODES).contains(&mode) => Err(
                Failure::exception(Exception::IllegalArgument, "there is no such rounding mode"),
            ),
            ("setScale", Some(scale), Some(mode)) => set_scale(heap, own, scale, mode),
            ("valueOf", _, Some(scale)) => match long(first) {
                Some(unscaled) => decimal(heap, BigInt::from(unscaled), i64::from(scale)),
                None => Ok(None),
            },
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn alone<'a>(heap: &Heap<'a>, own: &'a Decimal, method: &str) -> Answer<'a> {
    let scale = i64::from(own.scale);
    match method {
        "negate" => decimal(heap, -&own.unscaled, scale),
        "abs" => decimal(heap, own.unscaled.abs(), scale),
        "plus" => answer(Number::BigDecimal(own)),
        "signum" => answer(own.unscaled.signum().to_i32().unwrap_or(0)),
        "scale" => answer(own.scale),
        "precision" => answer(digits(&own.unscaled)),
        "ulp" => decimal(heap, BigInt::from(1u8), scale),
        "unscaledValue" => big_integer(heap, own.unscaled.clone()),
        "toBigInteger" => {
            check_zeros(-scale)?;
            big_integer(heap, own.whole())
        }
        "toPlainString" => answer(heap.text(plain(own)?)?),
        "stripTrailingZeros" => stripped(heap, own),
        _ => Ok(None),
    }
}

fn with_other<'a>(
    heap: &Heap<'a>,
    own: &'a Decimal,
    other: &'a Decimal,
    method: &str,
) -> Answer<'a> {
    let order = || compare(&Number::BigDecimal(own), &Number::BigDecimal(other));
    match method {
        "add" | "subtract" => {
            let Some((a, b, scale)) = own.aligned(other) else { return Err(too_long()) };
            decimal(heap, if method == "add" { a + b } else { a - b }, i64::from(scale))
        }
        "multiply" => {
            let scale = i64::from(own.scale) + i64::from(other.scale);
            decimal(heap, &own.unscaled * &other.unscaled, scale)
        }
        "max" | "min" => {
            let keeps = if method == "max" {
                order() != Ordering::Less
            } else {
                order() != Ordering::Greater
            };
            answer(Number::BigDecimal(if keeps { own } else { other }))
        }
        _ => Ok(None),
    }
}

fn value_of<'a>(heap: &Heap<'a>, argument: &Argument<'a>) -> Answer<'a> {
    if let Some(whole) = long(argument) {
        return decimal(heap, BigInt::from(whole), 0);
    }
    let Some(value) = double(argument) else { return Ok(None) };
    match Decimal::parse(&crate::value::double_text(value)) {
        Some(value) => answer(heap.big_decimal(value)?),
        None => Err(Failure::exception(Exception::NumberFormat, "it is no finite number")),
    }
}

/// The same number with another scale, rounded by Java's mode of this number; 7 allows no rounding.
fn set_scale<'a>(heap: &Heap<'a>, own: &Decimal, scale: i32, mode: i32) -> Answer<'a> {
    let more = i64::from(scale) - i64::from(own.scale);
    check_zeros(more.abs())?;
    let power = BigInt::from(10u8).pow(u32::try_from(more.unsigned_abs()).unwrap_or(0));
    if more >= 0 {
        return decimal(heap, &own.unscaled * power, i64::from(scale));
    }
    let (quotient, rest) = (&own.unscaled / &power, &own.unscaled % &power);
    if rest.is_zero() {
        return decimal(heap, quotient, i64::from(scale));
    }
    let half = (rest.abs() * 2u8).cmp(&power);
    let is_odd = quotient.bit(0);
    let is_negative = own.unscaled.is_negative();
    let rounds_away = match mode {
        0 => true,
        1 => false,
        2 => !is_negative,
        3 => is_negative,
        4 => half != Ordering::Less,
        5 => half == Ordering::Greater,
        6 => half == Ordering::Greater || (half == Ordering::Equal && is_odd),
        _ => {
            let message = "the digits do not fit without rounding";
            return Err(Failure::exception(Exception::Arithmetic, message));
        }
    };
    let away = if is_negative { -1 } else { 1 };
    decimal(heap, if rounds_away { quotient + away } else { quotient }, i64::from(scale))
}

fn moved<'a>(heap: &Heap<'a>, own: &'a Decimal, left: i64) -> Answer<'a> {
    if left == 0 {
        return answer(Number::BigDecimal(own));
    }
    let scale = i64::from(own.scale) + left;
    if scale >= 0 {
        return decimal(heap, own.unscaled.clone(), scale);
    }
    check_zeros(-scale)?;
    let zeros = u32::try_from(-scale).unwrap_or(0);
    decimal(heap, &own.unscaled * BigInt::from(10u8).pow(zeros), 0)
}

fn stripped<'a>(heap: &Heap<'a>, own: &Decimal) -> Answer<'a> {
    if own.unscaled.is_zero() {
        return decimal(heap, BigInt::zero(), 0);
    }
    let text = own.unscaled.to_string();
    let kept = text.trim_end_matches('0');
    let zeros = i64::try_from(text.len() - kept.len()).unwrap_or(0);
    decimal(heap, kept.parse().unwrap_or_default(), i64::from(own.scale) - zeros)
}

/// Java's `toPlainString`: no exponent.
fn plain(own: &Decimal) -> Result<String, Failure> {
    check_zeros(i64::from(own.scale).abs())?;
    let sign = if own.unscaled.is_negative() { "-" } else { "" };
    let digits = own.unscaled.magnitude().to_string();
    let Ok(places) = usize::try_from(own.scale) else {
        let zeros = if own.unscaled.is_zero() { 0 } else { own.scale.unsigned_abs() as usize };
        return Ok(format!("{sign}{digits}{}", "0".repeat(zeros)));
    };
    if places == 0 {
        return Ok(format!("{sign}{digits}"));
    }
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at_checked(digits.len() - places).unwrap_or(("0", ""));
    Ok(format!("{sign}{whole}.{fraction}"))
}

fn digits(value: &BigInt) -> i32 {
    i32::try_from(value.magnitude().to_string().len()).unwrap_or(i32::MAX)
}

fn decimal<'a>(heap: &Heap<'a>, unscaled: BigInt, scale: i64) -> Answer<'a> {
    if unscaled.bits() > INTEGER_BITS_MAX {
        return Err(too_long());
    }
    match i32::try_from(scale) {
        Ok(scale) => answer(heap.big_decimal(Decimal { unscaled, scale })?),
        Err(_) => Err(Failure::exception(Exception::Arithmetic, "the scale is out of range")),
    }
}

fn big_integer<'a>(heap: &Heap<'a>, value: BigInt) -> Answer<'a> {
    if value.bits() > INTEGER_BITS_MAX {
        return Err(too_long());
    }
    answer(heap.big_integer(value)?)
}

fn check_zeros(zeros: i64) -> Result<(), Failure> {
    match usize::try_from(zeros) {
        Ok(zeros) if zeros > DECIMAL_ZEROS_MAX => Err(too_long()),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn too_long() -> Failure {
    Failure::Limit(LimitExceeded { limit: Limit::IntegerBits, max: INTEGER_BITS_MAX })
}
