//! `java.lang.Number` and the numbers' own methods. What takes no number of its own is in `number_statics`.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::arguments::{Answer, answer, comparable, int};
use super::number_statics;
use crate::error::{Exception, Failure};
use crate::limits::{INTEGER_BITS_MAX, Limit, LimitExceeded};
use crate::value::{Argument, Heap, Number, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    number: &Number<'a>,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    if let ("compareTo", [other]) = (method, arguments) {
        return compare_to(number, &other.value);
    }
    let own = match arguments {
        [] => converted(number, method),
        _ => None,
    };
    if own.is_some() {
        return Ok(own);
    }
    if let Number::BigInteger(value) = number
        && let found @ Some(_) = big_integer(heap, value, method, arguments)?
    {
        return Ok(found);
    }
    number_statics::call(heap, number, method, arguments)
}

fn compare_to<'a>(number: &Number<'a>, other: &Value<'a>) -> Answer<'a> {
    match other {
        Value::Number(other) if std::mem::discriminant(number) == std::mem::discriminant(other) => {
            answer(compare(number, other) as i32)
        }
        Value::Null => Err(Failure::null("compareTo")),
        Value::Boolean(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            comparable("compareTo")
        }
    }
}

/// Orders two numbers of one type as their `compareTo`: NaN above all, `-0.0` below `0.0`.
pub(super) fn compare(a: &Number<'_>, b: &Number) -> Ordering {
    match (a, b) {
        (Number::BigInteger(a), Number::BigInteger(b)) => a.cmp(b),
        (Number::BigDecimal(a), Number::BigDecimal(b)) => match a.aligned(b) {
            Some((a, b, _)) => a.cmp(&b),
            None => a.to_f64().total_cmp(&b.to_f64()),
        },
        (Number::Double(a), Number::Double(b)) => compare_doubles(*a, *b),
        _ => a.to_i64_wrapping().cmp(&b.to_i64_wrapping()),
    }
}

pub(super) fn compare_doubles(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).filter(|ordering| ordering.is_ne()).unwrap_or_else(|| a.total_cmp(&b))
}

fn converted<'a>(number: &Number<'a>, method: &str) -> Option<Value<'a>> {
    let is_double = matches!(number, Number::Double(_));
    Some(match method {
        "intValue" => number.to_i32_wrapping().into(),
        "longValue" => Number::Long(number.to_i64_wrapping()).into(),
        "doubleValue" => number.to_f64().into(),
        #[expect(clippy::cast_possible_truncation, reason = "floatValue() rounds")]
        "floatValue" => {
            // A Float prints digits of its own; this double is the one that prints the same.
            let float = number.to_f64() as f32;
            crate::value::float_text(float).parse::<f64>().unwrap_or(f64::from(float)).into()
        }
        #[expect(clippy::cast_possible_truncation, reason = "byteValue() keeps the low bits")]
        "byteValue" => i32::from(number.to_i32_wrapping() as i8).into(),
        #[expect(clippy::cast_possible_truncation, reason = "shortValue() keeps the low bits")]
        "shortValue" => i32::from(number.to_i32_wrapping() as i16).into(),
        "isNaN" if is_double => number.to_f64().is_nan().into(),
        "isInfinite" if is_double => number.to_f64().is_infinite().into(),
        _ => return None,
    })
}

fn big_integer<'a>(
    heap: &Heap<'a>,
    value: &BigInt,
    method: &str,
    arguments: &[Argument<'a>],
) -> Answer<'a> {
    let other = match arguments.first().map(|argument| &argument.value) {
        Some(Value::Number(Number::BigInteger(other))) => Some(*other),
        _ => None,
    };
    let result = match (method, arguments, other) {
        ("negate", [], _) => -value,
        ("abs", [], _) => value.abs(),
        ("signum", [], _) => return answer(value.signum().to_i32().unwrap_or(0)),
        ("bitCount", [], _) => {
            let positive = if value.is_negative() { !value } else { value.clone() };
            let ones: u32 = positive.iter_u32_digits().map(u32::count_ones).sum();
            return answer(i32::try_from(ones).unwrap_or(i32::MAX));
        }
        ("getLowestSetBit", [], _) => {
            let bit = value.trailing_zeros().map_or(-1, |bit| i32::try_from(bit).unwrap_or(-1));
            return answer(bit);
        }
        ("intValueExact", [], _) => return exact(value.to_i32()),
        ("longValueExact", [], _) => return exact(value.to_i64().map(Number::Long)),
        ("byteValueExact", [], _) => return exact(value.to_i8().map(i32::from)),
        ("shortValueExact", [], _) => return exact(value.to_i16().map(i32::from)),
        ("sqrt", [], _) if value.is_negative() => return exact::<i32>(None),
        ("sqrt", [], _) => value.sqrt(),
        ("not", [], _) => !value,
        ("and", [_], Some(other)) => value & other,
        ("or", [_], Some(other)) => value | other,
        ("xor", [_], Some(other)) => value ^ other,
        ("andNot", [_], Some(other)) => value & !other,
        ("testBit" | "setBit" | "clearBit" | "flipBit", [bit], None) => match int(bit) {
            Some(bit) => return of_bit(heap, value, bit, method),
            None => return Ok(None),
        },
        ("shiftLeft", [by], None) | ("shiftRight", [by], None) => match int(by).map(i64::from) {
            Some(by) => shifted(value, if method == "shiftLeft" { by } else { -by })?,
            None => return Ok(None),
        },
        ("bitLength", [], _) => return answer(i32::try_from(value.bits()).unwrap_or(i32::MAX)),
        ("add", [_], Some(other)) => value + other,
        ("subtract", [_], Some(other)) => value - other,
        ("multiply", [_], Some(other)) => value * other,
        ("max", [_], Some(other)) => value.max(other).clone(),
        ("min", [_], Some(other)) => value.min(other).clone(),
        ("gcd", [_], Some(other)) => gcd(value.abs(), other.abs()),
        ("divide" | "remainder" | "mod", [_], Some(other)) => divide(value, other, method)?,
        ("pow", [exponent], None) => match int(exponent) {
            Some(exponent) => power(value, exponent)?,
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    if result.bits() > INTEGER_BITS_MAX {
        return Err(too_long());
    }
    answer(heap.big_integer(result)?)
}

/// A value that had to fit; nothing when it does not.
fn exact<'a, T: Into<Value<'a>>>(value: Option<T>) -> Answer<'a> {
    match value {
        Some(value) => answer(value),
        None => Err(Failure::exception(Exception::Arithmetic, "the number does not fit")),
    }
}

fn of_bit<'a>(heap: &Heap<'a>, value: &BigInt, bit: i32, method: &str) -> Answer<'a> {
    let Ok(bit) = u64::try_from(bit) else {
        return Err(Failure::exception(Exception::Arithmetic, "the place of the bit is negative"));
    };
    let is_set = value.bit(bit);
    if method == "testBit" {
        return answer(is_set);
    }
    if bit > INTEGER_BITS_MAX {
        return Err(too_long());
    }
    let mut changed = value.clone();
    changed.set_bit(bit, method == "setBit" || (method == "flipBit" && !is_set));
    answer(heap.big_integer(changed)?)
}

fn shifted(value: &BigInt, left: i64) -> Result<BigInt, Failure> {
    let by = left.unsigned_abs();
    if left < 0 {
        return Ok(value >> by.min(INTEGER_BITS_MAX + 1));
    }
    if value.is_zero() {
        return Ok(BigInt::zero());
    }
    if by > INTEGER_BITS_MAX {
        return Err(too_long());
    }
    Ok(value << by)
}

fn divide(value: &BigInt, by: &BigInt, method: &str) -> Result<BigInt, Failure> {
    if by.is_zero() {
        return Err(Failure::exception(Exception::Arithmetic, "division by zero"));
    }
    match method {
        "divide" => Ok(value / by),
        "remainder" => Ok(value % by),
        _ if by.is_negative() => {
            Err(Failure::exception(Exception::Arithmetic, "the modulus is negative"))
        }
        _ => Ok(((value % by) + by) % by),
    }
}

fn power(value: &BigInt, exponent: i32) -> Result<BigInt, Failure> {
    let Ok(exponent) = u32::try_from(exponent) else {
        return Err(Failure::exception(Exception::Arithmetic, "the exponent is negative"));
    };
    if value.bits().saturating_mul(u64::from(exponent)) > INTEGER_BITS_MAX {
        return Err(too_long());
    }
    Ok(value.pow(exponent))
}

fn gcd(a: BigInt, b: BigInt) -> BigInt {
    let (mut a, mut b) = (a, b);
    while !b.is_zero() {
        let rest = &a % &b;
        a = std::mem::replace(&mut b, rest);
    }
    a
}

fn too_long() -> Failure {
    Failure::Limit(LimitExceeded { limit: Limit::IntegerBits, max: INTEGER_BITS_MAX })
}
