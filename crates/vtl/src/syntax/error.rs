//! Why a text is no template, where, and what would have been right there.

use std::fmt;

use super::Span;

/// A text that is no template. On AWS such a template is refused at its first use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The characters that do not belong; empty at the end of the text.
    pub span: Span,
    /// What is wrong: lower case, no final period, the user's text in backticks.
    pub message: String,
    /// What would have been right at this place, most likely first. May be empty.
    pub expected: Vec<&'static str>,
    /// What to do about it.
    pub help: Option<String>,
}

impl ParseError {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), expected: Vec::new(), help: None }
    }

    pub(super) fn expecting(mut self, expected: &[&'static str]) -> Self {
        self.expected = expected.to_vec();
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.expected.as_slice() {
            [] => Ok(()),
            [one] => write!(f, ", expected {one}"),
            [first @ .., last] => write!(f, ", expected {} or {last}", first.join(", ")),
        }
    }
}

impl std::error::Error for ParseError {}
