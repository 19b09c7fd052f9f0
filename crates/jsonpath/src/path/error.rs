//! Why a path expression does not compile: the place, the cause, the remedy.

use std::fmt;

use crate::limits::{PATH_BYTES_MAX, PATH_STEPS_MAX};

/// A path expression that Jayway JsonPath refuses, or that is past a limit of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathError {
    /// Where in the expression, as an offset in bytes.
    pub position: usize,
    /// What is wrong there.
    pub problem: PathProblem,
}

/// What is wrong with a path expression. Strings are parts of the expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathProblem {
    /// There is nothing but blanks.
    Empty,
    /// It is longer than [`PATH_BYTES_MAX`].
    TooLong,
    /// It has more steps than [`PATH_STEPS_MAX`].
    TooManySteps,
    /// It ends with `..`.
    EndsWithScan,
    /// It ends with `.`.
    EndsWithDot,
    /// `$` or `@` is followed by something else than `.` or `[`.
    Separator,
    /// A blank stands outside of brackets.
    Blank,
    /// A bracket is never closed.
    Unclosed,
    /// What the brackets hold is no name, index, slice, wildcard or filter.
    Brackets(String),
    /// An index that is no 32-bit number.
    Index(String),
    /// A function other than `length` and `size` in `[(@.length - 1)]`.
    Function(String),
    /// A filter that is not `[?(...)]`, or whose brackets do not match.
    Filter(String),
    /// `&&` or `||` without a condition on both sides.
    Operand,
    /// A condition that is neither a path alone nor a comparison.
    Condition(String),
    /// A condition whose path may have several answers.
    Indefinite(String),
    /// `!` on the right of a comparison.
    Negation,
    /// A quoted string or regular expression that is not closed.
    Literal(String),
    /// A regular expression that does not compile, and why.
    Regex(String),
}

impl PathError {
    pub(super) fn new(position: usize, problem: PathProblem) -> Self {
        Self { position, problem }
    }

    /// Returns how to put it right.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.problem {
            PathProblem::Empty => "use `$` for the whole document",
            PathProblem::TooLong | PathProblem::TooManySteps => {
                "read a part of the document first, then a part of that"
            }
            PathProblem::EndsWithScan => "name what to look for: `$..name`, or `$..*` for all",
            PathProblem::EndsWithDot => "name a member after the dot, or leave the dot out",
            PathProblem::Separator => "write `$.name` or `$['name']`",
            PathProblem::Blank => "put names with blanks in brackets and quotes: `$['my name']`",
            PathProblem::Unclosed => "close the bracket with `]`",
            PathProblem::Brackets(_) => {
                "quote names with single quotes: `['name']`; other forms are `[0]`, `[0,1]`, `[0:2]`, \
                 `[*]` and `[?(@.name == 'x')]`"
            }
            PathProblem::Index(_) => "use a number from -2147483648 to 2147483647",
            PathProblem::Function(_) => "only `[(@.length - 1)]` and `[(@.size() - 1)]` are known",
            PathProblem::Filter(_) => "write filters as `[?(@.name == 'x')]`",
            PathProblem::Operand => "write a condition on both sides of `&&` and `||`",
            PathProblem::Condition(_) => {
                "compare with ==, !=, <, <=, >, >= or =~; `in`, `nin`, `size`, `contains` and `empty` \
                 are not part of this dialect"
            }
            PathProblem::Indefinite(_) => {
                "paths in conditions may not use `..`, `*`, slices or filters"
            }
            PathProblem::Negation => {
                "write `!` only before a path that stands alone: `[?(!@.name)]`"
            }
            PathProblem::Literal(_) => "close strings with `'` and regular expressions with `/`",
            PathProblem::Regex(_) => "regular expressions are Java's, between slashes: `/a.*/i`",
        }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            PathProblem::Empty => f.write_str("the path is empty"),
            PathProblem::TooLong => write!(f, "the path is longer than {PATH_BYTES_MAX} bytes"),
            PathProblem::TooManySteps => {
                write!(f, "the path has more than {PATH_STEPS_MAX} steps")
            }
            PathProblem::EndsWithScan => f.write_str("the path ends with `..`"),
            PathProblem::EndsWithDot => f.write_str("the path ends with `.`"),
            PathProblem::Separator => {
                f.write_str("expected `.` or `[` after the start of the path")
            }
            PathProblem::Blank => f.write_str("a blank stands outside of brackets"),
            PathProblem::Unclosed => f.write_str("a bracket is not closed"),
            PathProblem::Brackets(text) => write!(f, "`{text}` selects nothing that is known"),
            PathProblem::Index(text) => write!(f, "`{text}` is not an index"),
            PathProblem::Function(text) => write!(f, "unknown function `@.{text}`"),
            PathProblem::Filter(text) => write!(f, "`{text}` is not a filter"),
            PathProblem::Operand => f.write_str("a condition is missing"),
            PathProblem::Condition(text) => write!(f, "`{text}` is not a condition"),
            PathProblem::Indefinite(text) => {
                write!(f, "the path `{text}` in a condition may have several answers")
            }
            PathProblem::Negation => {
                f.write_str("`!` stands before the right side of a comparison")
            }
            PathProblem::Literal(text) => write!(f, "`{text}` is not closed"),
            PathProblem::Regex(cause) => write!(f, "the regular expression is refused: {cause}"),
        }?;
        write!(f, " at byte {}", self.position)
    }
}

impl std::error::Error for PathError {}
