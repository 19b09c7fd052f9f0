//! Why a regular expression is refused, and why a match is given up.

use std::fmt;

use crate::limits::{REGEX_BYTES_MAX, REGEX_COMPILED_BYTES_MAX};

/// A regular expression that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegexError {
    /// Java refuses it too. What is wrong.
    Syntax(String),
    /// Java knows it, the engines here do not. What it is.
    Unsupported(String),
    /// It is longer than [`REGEX_BYTES_MAX`].
    TooLong,
    /// Its compiled form is larger than [`REGEX_COMPILED_BYTES_MAX`], or would be: it repeats a part more than
    /// [`REGEX_REPEATS_MAX`](crate::limits::REGEX_REPEATS_MAX) times.
    TooLarge,
}

/// A match that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchError {
    /// It takes more steps than this many.
    Backtracks(u64),
    /// The form of the expression that this text needs cannot be compiled.
    Refused(RegexError),
}

impl RegexError {
    pub(super) fn syntax(message: impl Into<String>) -> Self {
        RegexError::Syntax(message.into())
    }

    /// Refuses `construct`, which Java knows.
    pub(super) fn unsupported(construct: impl Into<String>) -> Self {
        RegexError::Unsupported(construct.into())
    }
}

impl fmt::Display for RegexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegexError::Syntax(message) => f.write_str(message),
            RegexError::Unsupported(construct) => write!(f, "`{construct}` is not supported"),
            RegexError::TooLong => write!(f, "it is longer than {REGEX_BYTES_MAX} bytes"),
            RegexError::TooLarge => {
                write!(f, "it takes more than {REGEX_COMPILED_BYTES_MAX} bytes once compiled")
            }
        }
    }
}

impl std::error::Error for RegexError {}

impl fmt::Display for MatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MatchError::Backtracks(max) => {
                write!(f, "it takes more than {max} steps for one text")
            }
            MatchError::Refused(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MatchError {}

impl From<RegexError> for MatchError {
    fn from(error: RegexError) -> Self {
        MatchError::Refused(error)
    }
}
