//! Why a render failed: where in the template, in which expression, on which values.

use std::fmt;

use crate::limits::{Limit, LimitExceeded};
use crate::syntax::Span;

/// A render that failed. On AWS the request is answered with status 500 and what was rendered so far is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderError {
    /// The part of the template that failed.
    pub span: Span,
    /// What kind of failure it is.
    pub kind: RenderErrorKind,
    /// What went wrong: lower case, no final period, the template's words in backticks. Holds no values.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The text of the template at `span`.
    pub expression: String,
    /// The values involved, cut to [`SHOWN_CHARACTERS_MAX`](crate::limits::SHOWN_CHARACTERS_MAX) characters each. They are the
    /// request's data: the embedding program decides who may see them.
    pub values: Vec<ShownValue>,
}

/// A value that took part in a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownValue {
    /// Its part in the failure: `object`, `argument 1`.
    pub role: String,
    /// How it prints.
    pub text: String,
}

/// What kind of failure ended a render.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenderErrorKind {
    /// What Java would have thrown.
    Exception(Exception),
    /// An object of the embedding program refused a call.
    Host,
    /// A directive that cannot work on API Gateway was reached.
    Directive,
    /// A limit of the render was passed.
    Limit(Limit),
}

/// The Java exceptions that a template can cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exception {
    /// `IndexOutOfBoundsException` and those for strings and arrays.
    IndexOutOfBounds,
    /// `NumberFormatException`.
    NumberFormat,
    /// `PatternSyntaxException`.
    PatternSyntax,
    /// `IllegalArgumentException`.
    IllegalArgument,
    /// `IllegalStateException`.
    IllegalState,
    /// `ConcurrentModificationException`: a list or map was changed while a loop ran over it.
    ConcurrentModification,
    /// `NoSuchElementException`.
    NoSuchElement,
    /// `ArithmeticException`.
    Arithmetic,
    /// `ClassCastException`.
    ClassCast,
    /// `NullPointerException`.
    NullPointer,
    /// `UnsupportedOperationException`.
    UnsupportedOperation,
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RenderError {}

/// Why a call failed, before it is known where.
#[derive(Debug)]
pub(crate) enum Failure {
    Exception(Exception, String),
    Limit(LimitExceeded),
    /// `$foreach.stop()`: not a failure but the end of the loop with this number.
    StopLoop(u32),
}

impl From<LimitExceeded> for Failure {
    fn from(limit: LimitExceeded) -> Self {
        Failure::Limit(limit)
    }
}

impl Failure {
    pub(crate) fn exception(exception: Exception, message: impl Into<String>) -> Self {
        Failure::Exception(exception, message.into())
    }

    /// An index that is not in a container or text of `length`.
    pub(crate) fn index(index: i64, length: usize) -> Self {
        let message = format!("index {index} is out of range for length {length}");
        Failure::Exception(Exception::IndexOutOfBounds, message)
    }

    pub(crate) fn null(method: &str) -> Self {
        Failure::Exception(Exception::NullPointer, format!("`{method}` was given null"))
    }
}
