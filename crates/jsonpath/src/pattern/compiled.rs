//! A compiled regular expression and its bounds.
//!
//! The engine runs in linear time unless the expression looks around or back; then it counts its steps.

use std::fmt;

use super::{RegexError, translate};
use crate::limits::{REGEX_BACKTRACKS_MAX, REGEX_COMPILED_BYTES_MAX};

/// A compiled regular expression.
#[derive(Debug)]
pub(crate) struct Pattern {
    source: Box<str>,
    regex: fancy_regex::Regex,
}

/// Why a match was given up.
#[derive(Debug)]
pub(crate) struct MatchError(fancy_regex::Error);

impl Pattern {
    /// Compiles a Java regular expression; `ignores_case` folds ASCII letters.
    pub(crate) fn compile(source: &str, ignores_case: bool) -> Result<Self, RegexError> {
        let translated = translate::translate(source, ignores_case)?;
        let regex = fancy_regex::RegexBuilder::new(&format!("\\A(?:{translated})\\z"))
            .backtrack_limit(REGEX_BACKTRACKS_MAX)
            .delegate_size_limit(REGEX_COMPILED_BYTES_MAX)
            .delegate_dfa_size_limit(REGEX_COMPILED_BYTES_MAX)
            .build()
            .map_err(|error| RegexError::Engine(one_line(&error)))?;
        Ok(Self { source: source.into(), regex })
    }

    /// Tells whether the expression matches the whole of `text`.
    pub(crate) fn is_whole_match(&self, text: &str) -> Result<bool, MatchError> {
        self.regex.is_match(text).map_err(MatchError)
    }

    /// Returns the expression between its slashes.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Display for MatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.0))
    }
}

/// The engine draws carets over several lines, or puts its own position in front; what is wrong comes last.
fn one_line(error: &fancy_regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or("").trim();
    let cause = match last.strip_prefix("Parsing error at position ") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, cause)| cause),
        None => last.strip_prefix("error: ").unwrap_or(last),
    };
    let mut characters = cause.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}
