//! `java.lang.Number` and the numbers' own methods. What takes no number of its own is in `number_statics`.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use super::arguments::{Answer, answer, comparable, int};
use super::number_statics;
use crate::error::{Exception, Failure};
use crate::limits::{INTEGER_BITS_MAX, Limit, LimitExceeded};
use crate::value::{Argument, Heap, Number, Value};

pub(super) fn call<'a>(
    heap: &mut Heap<'a>,
    number: &Number,
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
        && let found @ Some(_) = big_integer(value, method, arguments)?
    {
        return Ok(found);
    }
    number_statics::call(heap, number, method, arguments)
}

fn compare_to<'a>(number: &Number, other: &Value<'a>) -> Answer<'a> {
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
pub(super) fn compare(a: &Number, b: &Number) -> Ordering {
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

fn converted<'a>(number: &Number, method: &str) -> Option<Value<'a>> {
    let is_double = matches!(number, Number::Double(_));
    Some(match method {
        "intValue" => number.to_i32_wrapping().into(),
        "longValue" => Number::Long(number.to_i64_wrapping()).into(),
        "doubleValue" => number.to_f64().into(),
        #[expect(clippy::cast_possible_truncation, reason = "floatValue() rounds")]
        "floatValue" => {
            // A Float prints the shortest digits of its own; this double is the one that prints the same.
            let float = number.to_f64() as f32;
            float.to_string().parse::<f64>().unwrap_or(f64::from(float)).into()
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

fn big_integer<'a>(value: &BigInt, method: &str, arguments: &[Argument<'a>]) -> Answer<'a> {
    let other = match arguments.first().map(|argument| &argument.value) {
        Some(Value::Number(Number::BigInteger(other))) => Some(other.as_ref()),
        _ => None,
    };
    let result = match (method, arguments, other) {
        ("negate", [], _) => -value,
        ("abs", [], _) => value.abs(),
        ("signum", [], _) => return answer(value.signum().to_i32().unwrap_or(0)),
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
    answer(Number::BigInteger(Arc::new(result)))
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
