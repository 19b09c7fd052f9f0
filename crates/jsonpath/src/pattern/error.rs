//! Why a regular expression is refused.

use std::fmt;

use crate::limits::REGEX_COMPILED_BYTES_MAX;

/// A regular expression that Java refuses, or that this program does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RegexError {
    /// It ends inside of a class, an escape or a repetition.
    End,
    /// An escape that Java does not know.
    Escape(char),
    /// `\x`, `\u`, `\0` or `\c` without its digits.
    Code,
    /// `{` that is no repetition.
    Repetition,
    /// A range whose end is no character, or lies before its start.
    Range,
    /// Classes nest too deep.
    Depth,
    /// Its compiled form is larger than [`REGEX_COMPILED_BYTES_MAX`].
    TooLarge,
    /// Something that Java knows and this program does not.
    Unsupported(String),
    /// What the regular expression engine says.
    Engine(String),
}

impl fmt::Display for RegexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegexError::End => f.write_str("it ends too early"),
            RegexError::Escape(escape) => write!(f, "`\\{escape}` is not an escape"),
            RegexError::Code => {
                f.write_str("`\\x`, `\\u`, `\\0` and `\\c` name a character by its code")
            }
            RegexError::Repetition => {
                f.write_str("`{` does not start a repetition such as `{2,3}`")
            }
            RegexError::Range => {
                f.write_str("a range in `[...]` has no end or ends before its start")
            }
            RegexError::Depth => f.write_str("classes nest too deep"),
            RegexError::TooLarge => {
                write!(f, "it takes more than {REGEX_COMPILED_BYTES_MAX} bytes once compiled")
            }
            RegexError::Unsupported(what) => write!(f, "`{what}` is not supported"),
            RegexError::Engine(message) => f.write_str(message),
        }
    }
}
