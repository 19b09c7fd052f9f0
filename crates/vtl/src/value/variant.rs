//! The value itself: null, a scalar, or a handle to an object of the heap.

use super::{Handle, Number};

/// One Java value. Copies of a handle are the same object.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// Java's `null`. A reference to it is the empty string.
    Null,
    /// `java.lang.Boolean`.
    Boolean(bool),
    /// A `java.lang.Number`.
    Number(Number<'a>),
    /// `java.lang.String`: of the template, a body or a context, or built in the [`Arena`](super::Arena).
    String(&'a str),
    /// Anything else: a map, list, array, set, entry, iterator, character or host object.
    Object(Handle),
}

impl<'a> Value<'a> {
    /// The empty string, which an undefined reference is.
    pub const EMPTY: Value<'static> = Value::String("");

    /// Tells whether this is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Returns the characters of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        match self {
            Value::String(text) => Some(text),
            Value::Null | Value::Boolean(_) | Value::Number(_) | Value::Object(_) => None,
        }
    }

    /// Tells whether this is a string of these characters.
    #[must_use]
    #[inline]
    pub fn is_string(&self, characters: &str) -> bool {
        match self {
            // Most keys of a map differ in their length or first letter.
            Value::String(text) => {
                text.len() == characters.len()
                    && text.as_bytes().first() == characters.as_bytes().first()
                    && *text == characters
            }
            Value::Null | Value::Boolean(_) | Value::Number(_) | Value::Object(_) => false,
        }
    }

    /// Returns the truth of a boolean; other values have none.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Boolean(value) => Some(*value),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
        }
    }

    /// Returns the number.
    #[must_use]
    pub fn as_number(&self) -> Option<Number<'a>> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Null | Value::Boolean(_) | Value::String(_) | Value::Object(_) => None,
        }
    }

    /// Returns the handle of an object.
    #[must_use]
    pub fn as_handle(&self) -> Option<Handle> {
        match self {
            Value::Object(handle) => Some(*handle),
            Value::Null | Value::Boolean(_) | Value::Number(_) | Value::String(_) => None,
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::String(text)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Boolean(value)
    }
}

impl From<i32> for Value<'_> {
    fn from(value: i32) -> Self {
        Value::Number(Number::Integer(value))
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Value::Number(Number::Double(value))
    }
}

impl<'a> From<Number<'a>> for Value<'a> {
    fn from(number: Number<'a>) -> Self {
        Value::Number(number)
    }
}

impl From<Handle> for Value<'_> {
    fn from(handle: Handle) -> Self {
        Value::Object(handle)
    }
}
