//! What a Java parameter takes, and what an answer is.

use crate::error::{Exception, Failure};
use crate::value::{Argument, Number, Value};

/// The outcome of a call: a value, no such member, or an exception.
pub(super) type Answer<'a> = Result<Option<Value<'a>>, Failure>;

/// Wraps a value a member returned.
pub(super) fn answer<'a>(value: impl Into<Value<'a>>) -> Answer<'a> {
    Ok(Some(value.into()))
}

/// What a `void` member returns: to Velocity the empty string, on which a chain goes on.
pub(super) const VOID: Option<Value<'static>> = Some(Value::EMPTY);

/// A parameter of type `int`.
pub(super) fn int(argument: &Argument<'_>) -> Option<i32> {
    match argument.value {
        Value::Number(Number::Integer(value)) => Some(value),
        _ => None,
    }
}

/// A parameter of type `long`.
pub(super) fn long(argument: &Argument<'_>) -> Option<i64> {
    match argument.value {
        Value::Number(Number::Integer(value)) => Some(i64::from(value)),
        Value::Number(Number::Long(value)) => Some(value),
        _ => None,
    }
}

/// A parameter of type `double`.
pub(super) fn double(argument: &Argument<'_>) -> Option<f64> {
    match &argument.value {
        Value::Number(number @ (Number::Integer(_) | Number::Long(_) | Number::Double(_))) => {
            Some(number.to_f64())
        }
        _ => None,
    }
}

/// A parameter of type `String` or `CharSequence` that must not be null.
///
/// # Errors
/// It is null.
pub(super) fn string<'a>(
    argument: &Argument<'a>,
    method: &str,
) -> Result<Option<&'a str>, Failure> {
    match &argument.value {
        Value::String(text) => Ok(Some(text)),
        Value::Null => Err(Failure::null(method)),
        Value::Boolean(_) | Value::Number(_) | Value::Object(_) => Ok(None),
    }
}

/// Two parameters of type `String` or `CharSequence` that must not be null.
///
/// # Errors
/// One is null, and the other is none of another type.
pub(super) fn strings<'a>(
    [first, second]: [&Argument<'a>; 2],
    method: &str,
) -> Result<Option<[&'a str; 2]>, Failure> {
    match (&first.value, &second.value) {
        (Value::String(first), Value::String(second)) => Ok(Some([first, second])),
        (Value::String(_) | Value::Null, Value::String(_) | Value::Null) => {
            Err(Failure::null(method))
        }
        _ => Ok(None),
    }
}

/// `compareTo` was given a value of another class.
pub(super) fn comparable<'a>(method: &str) -> Answer<'a> {
    let message = format!("`{method}` was given a value of another class");
    Err(Failure::exception(Exception::ClassCast, message))
}

/// Returns an index as Java checks it: from 0 up to `length`, which is allowed when `inclusive`.
pub(super) fn index(index: i32, length: usize, inclusive: bool) -> Result<usize, Failure> {
    match usize::try_from(index) {
        Ok(at) if at < length || (inclusive && at == length) => Ok(at),
        Ok(_) | Err(_) => Err(Failure::index(i64::from(index), length)),
    }
}

/// Returns a count as Java's `int`.
pub(super) fn count<'a>(count: usize) -> Value<'a> {
    Value::from(i32::try_from(count).unwrap_or(i32::MAX))
}
