//! Why a text is no JSON, not even to json-smart's permissive mode.

use std::fmt;

use vestibule_vtl::LimitExceeded;

use crate::limits::{JSON_BYTES_MAX, JSON_DEPTH_MAX, NUMBER_BYTES_MAX};

/// A text that was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Where in the text, as an offset in bytes.
    pub position: usize,
    /// What is wrong there.
    pub problem: ParseProblem,
}

/// What is wrong with a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseProblem {
    /// It ends too early.
    End,
    /// A string that starts here has no end.
    OpenString,
    /// A character that cannot stand here.
    Character(char),
    /// `\u` or `\x` without four or two hexadecimal digits.
    Escape,
    /// A literal that starts as a decimal number and is none: `1e+`, `-.`.
    Number(String),
    /// It is longer than [`JSON_BYTES_MAX`].
    TooLong,
    /// Arrays and objects nest deeper than [`JSON_DEPTH_MAX`].
    TooDeep,
    /// A number literal is longer than [`NUMBER_BYTES_MAX`].
    NumberTooLong,
    /// The heap is full.
    Limit(LimitExceeded),
}

/// What reading gives; the refusal is boxed so that an answer is small.
pub(super) type Parsed<T> = Result<T, Box<ParseError>>;

impl ParseError {
    #[cold]
    pub(super) fn new(position: usize, problem: ParseProblem) -> Box<Self> {
        Box::new(Self { position, problem })
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            ParseProblem::End => f.write_str("the JSON text ends too early"),
            ParseProblem::OpenString => f.write_str("a string is not closed"),
            ParseProblem::Character(character) => write!(f, "unexpected `{character}`"),
            ParseProblem::Escape => {
                f.write_str("`\\u` takes four hexadecimal digits and `\\x` takes two")
            }
            ParseProblem::Number(text) => write!(f, "`{text}` is not a number"),
            ParseProblem::TooLong => {
                write!(f, "the JSON text is longer than {JSON_BYTES_MAX} bytes")
            }
            ParseProblem::TooDeep => {
                write!(f, "arrays and objects nest deeper than {JSON_DEPTH_MAX} levels")
            }
            ParseProblem::NumberTooLong => {
                write!(f, "a number is longer than {NUMBER_BYTES_MAX} bytes")
            }
            ParseProblem::Limit(limit) => limit.fmt(f),
        }?;
        write!(f, " at byte {}", self.position)
    }
}

impl std::error::Error for ParseError {}
