//! `+ - * / %`: strings are joined, numbers computed in the smallest Java type that holds the result.

use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive, Zero};

use super::halt::Eval;
use super::render::Render;
use crate::error::{Exception, Failure};
use crate::limits::{INTEGER_BITS_MAX, Limit, LimitExceeded};
use crate::syntax::tree::{Math, Operand, Operator};
use crate::value::{Decimal, Heap, Number, Value};

/// The type an operation is done in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Long,
    Big,
    Double,
    Decimal,
}

impl Base {
    pub(super) fn of(left: &Number<'_>, right: &Number<'_>) -> Self {
        let is_big = |number: &Number<'_>| matches!(number, Number::BigInteger(_));
        let is_decimal = |number: &Number<'_>| matches!(number, Number::BigDecimal(_));
        let both_whole = left.is_whole() && right.is_whole();
        match () {
            () if both_whole && (is_big(left) || is_big(right)) => Base::Big,
            () if both_whole => Base::Long,
            () if is_big(left) || is_big(right) || is_decimal(left) || is_decimal(right) => {
                Base::Decimal
            }
            () => Base::Double,
        }
    }
}

impl<'a> Render<'a, '_> {
    /// Returns the result; null where an operand is no number, or zero divides.
    pub(super) fn math(&mut self, math: &'a Math) -> Eval<Value<'a>> {
        let left = self.value(&math.left.value)?;
        let right = self.value(&math.right.value)?;
        self.span = math.span;
        if let (Value::Number(a), Value::Number(b)) = (&left, &right) {
            return match compute(self.heap, math.operator, a, b) {
                Ok(result) => Ok(result.map_or(Value::Null, Value::Number)),
                Err(failure) => {
                    Err(self.fail(failure, math.span, &[("left", &left), ("right", &right)]))
                }
            };
        }
        let joins = math.operator == Operator::Add
            && (matches!(left, Value::String(_)) || matches!(right, Value::String(_)));
        if !joins {
            return Ok(Value::Null);
        }
        let left = self.joined(left, &math.left)?;
        let right = self.joined(right, &math.right)?;
        let mut text = String::with_capacity(left.len() + right.len());
        text.push_str(left);
        text.push_str(right);
        self.built(text)
    }

    /// Returns the text of an operand of a string `+`.
    fn joined(&mut self, value: Value<'a>, operand: &'a Operand) -> Eval<&'a str> {
        if value.is_null() {
            return Ok(operand.literal.as_deref().unwrap_or("null"));
        }
        let text = self.resolve(value)?;
        if text.is_null() {
            // AWS: Velocity 1.7 fails here on a `#define` block that may not render inside itself.
            let message = "a `#define` block that is inside itself has no text to join";
            let failure = Failure::exception(Exception::NullPointer, message);
            return Err(self.fail(failure, self.span, &[("operand", &value)]));
        }
        self.text_of(&text)
    }
}

fn compute<'a>(
    heap: &Heap<'a>,
    operator: Operator,
    left: &Number<'a>,
    right: &Number<'a>,
) -> Result<Option<Number<'a>>, Failure> {
    if matches!(operator, Operator::Divide | Operator::Modulo) && is_zero(right) {
        return Ok(None);
    }
    let result = match Base::of(left, right) {
        Base::Long => longs(heap, operator, left, right)?,
        Base::Big => bigs(heap, operator, &to_big(left), &to_big(right))?,
        Base::Double => Number::Double(doubles(operator, left.to_f64(), right.to_f64())),
        Base::Decimal => decimals(heap, operator, &to_decimal(left), &to_decimal(right))?,
    };
    Ok(Some(result))
}

fn longs<'a>(
    heap: &Heap<'a>,
    operator: Operator,
    left: &Number<'a>,
    right: &Number<'a>,
) -> Result<Number<'a>, Failure> {
    let (a, b) = (left.to_i64_wrapping(), right.to_i64_wrapping());
    let result = match operator {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        // Java wraps at the one division that overflows; the divisor is not zero.
        Operator::Divide => Some(a.wrapping_div(b)),
        Operator::Modulo => Some(a.wrapping_rem(b)),
    };
    let Some(result) = result else {
        let (a, b) = (BigInt::from(a), BigInt::from(b));
        let result = match operator {
            Operator::Add => a + b,
            Operator::Subtract => a - b,
            Operator::Multiply | Operator::Divide | Operator::Modulo => a * b,
        };
        return Ok(heap.big_integer(result)?);
    };
    let is_long = |number: &Number<'_>| matches!(number, Number::Long(_));
    Ok(if is_long(left) || is_long(right) { Number::Long(result) } else { Number::whole(result) })
}

fn bigs<'a>(
    heap: &Heap<'a>,
    operator: Operator,
    left: &BigInt,
    right: &BigInt,
) -> Result<Number<'a>, Failure> {
    let result = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Modulo if right.is_negative() => {
            return Err(Failure::exception(Exception::Arithmetic, "the modulus is negative"));
        }
        Operator::Modulo => ((left % right) + right) % right,
    };
    bounded(&result)?;
    Ok(heap.big_integer(result)?)
}

fn doubles(operator: Operator, left: f64, right: f64) -> f64 {
    match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Modulo => left % right,
    }
}

fn decimals<'a>(
    heap: &Heap<'a>,
    operator: Operator,
    left: &Decimal,
    right: &Decimal,
) -> Result<Number<'a>, Failure> {
    let result = match operator {
        Operator::Add | Operator::Subtract => {
            let (a, b, scale) = left.aligned(right).ok_or(TOO_LONG)?;
            let unscaled = if operator == Operator::Add { a + b } else { a - b };
            Decimal { unscaled, scale }
        }
        Operator::Multiply => Decimal {
            unscaled: &left.unscaled * &right.unscaled,
            scale: left.scale.saturating_add(right.scale),
        },
        Operator::Divide => divide(left, right)?,
        Operator::Modulo => {
            let message = "the remainder of decimals with more than 18 characters is not defined";
            return Err(Failure::exception(Exception::Arithmetic, message));
        }
    };
    bounded(&result.unscaled)?;
    Ok(heap.big_decimal(result)?)
}

/// Divides to the scale of `left`, half rounded towards zero.
fn divide(left: &Decimal, right: &Decimal) -> Result<Decimal, Failure> {
    let (numerator, denominator) = match u32::try_from(right.scale) {
        Ok(scale) => (&left.unscaled * power(scale)?, right.unscaled.clone()),
        Err(_) => {
            let scale = right.scale.unsigned_abs();
            (left.unscaled.clone(), &right.unscaled * power(scale)?)
        }
    };
    let quotient = &numerator / &denominator;
    let remainder = &numerator % &denominator;
    let rounds = remainder.abs() * 2u8 > denominator.abs();
    let negative = (numerator.sign() == Sign::Minus) != (denominator.sign() == Sign::Minus);
    let step = match (rounds, negative) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => -1,
    };
    Ok(Decimal { unscaled: quotient + step, scale: left.scale })
}

const TOO_LONG: Failure =
    Failure::Limit(LimitExceeded { limit: Limit::IntegerBits, max: INTEGER_BITS_MAX });

fn power(places: u32) -> Result<BigInt, Failure> {
    if u64::from(places) * 4 > INTEGER_BITS_MAX {
        return Err(TOO_LONG);
    }
    Ok(BigInt::from(10u8).pow(places))
}

fn bounded(value: &BigInt) -> Result<(), Failure> {
    if value.bits() > INTEGER_BITS_MAX { Err(TOO_LONG) } else { Ok(()) }
}

fn is_zero(number: &Number<'_>) -> bool {
    match number {
        Number::Integer(value) => *value == 0,
        Number::Long(value) => *value == 0,
        Number::BigInteger(value) => value.is_zero(),
        Number::Double(value) => *value == 0.0,
        Number::BigDecimal(value) => value.unscaled.is_zero(),
    }
}

/// Returns a whole number as a BigInteger.
pub(super) fn to_big(number: &Number<'_>) -> BigInt {
    match number {
        Number::BigInteger(value) => (*value).clone(),
        Number::BigDecimal(value) => value.whole(),
        Number::Integer(_) | Number::Long(_) | Number::Double(_) => {
            BigInt::from(number.to_i64_wrapping())
        }
    }
}

/// Returns a number as a BigDecimal; all but BigInteger and BigDecimal through their double, digit for digit.
pub(super) fn to_decimal(number: &Number<'_>) -> Decimal {
    match number {
        Number::BigDecimal(value) => (*value).clone(),
        Number::BigInteger(value) => Decimal { unscaled: (*value).clone(), scale: 0 },
        Number::Integer(_) | Number::Long(_) | Number::Double(_) => {
            double_to_decimal(number.to_f64())
        }
    }
}

/// Returns the exact decimal value of a double: Java's `new BigDecimal(double)`. Zero for what is no number.
fn double_to_decimal(value: f64) -> Decimal {
    let bits = value.to_bits();
    let exponent = (bits >> 52) & 0x7ff;
    let fraction = bits & 0x000f_ffff_ffff_ffff;
    if exponent == 0x7ff {
        return Decimal { unscaled: BigInt::zero(), scale: 0 };
    }
    let (mut significand, mut power) = match exponent {
        0 => (fraction, -1074i64),
        _ => (fraction | 0x0010_0000_0000_0000, exponent.to_i64().unwrap_or(0) - 1075),
    };
    if significand == 0 {
        return Decimal { unscaled: BigInt::zero(), scale: 0 };
    }
    let zeros = significand.trailing_zeros();
    significand >>= zeros;
    power += i64::from(zeros);
    let magnitude = BigInt::from(significand);
    let signed = if value < 0.0 { -magnitude } else { magnitude };
    let places = u32::try_from(power.unsigned_abs()).unwrap_or(0);
    if power >= 0 {
        return Decimal { unscaled: signed << places, scale: 0 };
    }
    let scale = i32::try_from(places).unwrap_or(0);
    Decimal { unscaled: signed * BigInt::from(5u8).pow(places), scale }
}
