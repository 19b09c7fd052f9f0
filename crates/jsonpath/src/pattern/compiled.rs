//! A compiled regular expression and its bounds.
//!
//! The engine runs in linear time unless the expression looks around or back; then it counts its
//! steps.

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
            .map_err(refused)?;
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
        match &self.0 {
            fancy_regex::Error::RuntimeError(fancy_regex::RuntimeError::BacktrackLimitExceeded) => {
                write!(f, "it takes more than {REGEX_BACKTRACKS_MAX} steps for one text")
            }
            error => f.write_str(&one_line(error)),
        }
    }
}

fn refused(error: fancy_regex::Error) -> RegexError {
    match &error {
        fancy_regex::Error::CompileError(cause) => match &**cause {
            fancy_regex::CompileError::InnerError(inner) if inner.size_limit().is_some() => {
                RegexError::TooLarge
            }
            _ => RegexError::Engine(one_line(&error)),
        },
        _ => RegexError::Engine(one_line(&error)),
    }
}

/// The engine draws carets over several lines, or puts its own position in front; what is wrong
/// comes last.
fn one_line(error: &fancy_regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or("").trim();
    let cause = match last.strip_prefix("Parsing error at position ") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, cause)| cause),
        None => last.strip_prefix("error: ").unwrap_or(last),
    };
    let mut characters = cause.trim_end_matches('.').chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}
