//! Objects that the embedding program hands to a template: `$input`, `$util` and the like.

use std::fmt;
use std::ops::Range;

use super::{Heap, Value};
use crate::limits::LimitExceeded;
use crate::template::LiteralId;

/// An object of the embedding program.
///
/// A host is borrowed for the life of the heap, so it keeps state of its own in cells. What it makes for the template
/// (maps, lists, text) it makes in the `heap` it is given. Members it does not know are the empty string, as for any
/// object; assigning to its members does nothing.
pub trait Host<'a>: fmt::Debug {
    /// Returns the property `name` (`$host.name`), or nothing when there is none.
    ///
    /// # Errors
    /// What makes the render fail.
    fn property(&self, heap: &mut Heap<'a>, name: &str) -> Result<Option<Value<'a>>, HostError>;

    /// Calls `method` (`$host.method(arguments)`), or returns nothing when there is none that takes these arguments.
    /// A null result is `Some(Value::Null)`; to the template both are the empty string.
    ///
    /// # Errors
    /// What makes the render fail.
    fn call(
        &self,
        heap: &mut Heap<'a>,
        method: &str,
        arguments: &[Argument<'a>],
    ) -> Result<Option<Value<'a>>, HostError>;

    /// Tells whether its methods take whatever they are given as text, so that a `#define` block is rendered for them.
    /// Default: no.
    fn takes_text(&self) -> bool {
        false
    }

    /// How the object itself prints. Default: the empty string.
    fn text(&self) -> &'a str {
        ""
    }
}

/// One argument of a method call.
#[derive(Debug, Clone, Copy)]
pub struct Argument<'a> {
    /// Its value. An undefined reference is the empty string; a bare word is null.
    pub value: Value<'a>,
    /// Which literal of the template it is, when it is a string without interpolation: see
    /// [`Template::literals`](crate::Template::literals).
    pub literal: Option<LiteralId>,
}

/// Why a host refused a call. It makes the render fail at that call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostError {
    /// The call failed.
    Failed {
        /// What went wrong: lower case, no final period.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// An argument is wrong. The render error points into it when it is a literal.
    Argument {
        /// Which argument, from 0.
        index: usize,
        /// The bytes of its text that are wrong; nothing for the whole.
        at: Option<Range<usize>>,
        /// What went wrong: lower case, no final period.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// A limit of the render was passed.
    Limit(LimitExceeded),
}

impl HostError {
    /// A failed call, without advice.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Self {
        HostError::Failed { message: message.into(), help: None }
    }
}

impl From<LimitExceeded> for HostError {
    fn from(limit: LimitExceeded) -> Self {
        HostError::Limit(limit)
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostError::Failed { message, .. } | HostError::Argument { message, .. } => {
                f.write_str(message)
            }
            HostError::Limit(limit) => limit.fmt(f),
        }
    }
}

impl std::error::Error for HostError {}
