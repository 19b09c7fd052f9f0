//! The engines: a search for plain text, one that runs in linear time, and one that backtracks up to a limit.

use memchr::memmem::Finder;

use super::backtrack::{self, GivenUp};
use super::error::RegexError;
use super::parse::Parsed;
use super::program::{self, Program};
use super::search::Match;
use super::write::Written;
use crate::limits::REGEX_COMPILED_BYTES_MAX;

/// A pattern that is ready to run.
#[derive(Debug)]
pub(super) enum Engine {
    Plain(Box<Finder<'static>>),
    Linear(::regex::Regex),
    Backtracking { program: Box<Program>, is_whole: bool },
}

impl Engine {
    pub(super) fn compile(
        written: &Written,
        parsed: &Parsed,
        is_whole: bool,
    ) -> Result<Self, RegexError> {
        if !written.backtracks {
            let builder = ::regex::RegexBuilder::new(&written.source)
                .size_limit(REGEX_COMPILED_BYTES_MAX)
                .build();
            return builder.map(Engine::Linear).map_err(|error| match error {
                ::regex::Error::CompiledTooBig(_) => RegexError::TooLarge,
                error => refused(&error.to_string()),
            });
        }
        let program =
            program::compile(&parsed.root, parsed.groups, parsed.has_references, is_whole)?;
        Ok(Engine::Backtracking { program: Box::new(program), is_whole })
    }

    /// Returns the first match that starts at byte `from` or later.
    pub(super) fn find(
        &self,
        text: &str,
        (from, last_end): (usize, usize),
        steps: &mut u64,
    ) -> Result<Option<Match>, GivenUp> {
        match self {
            Engine::Plain(plain) => {
                let found = text.as_bytes().get(from..).and_then(|rest| plain.find(rest));
                let length = plain.needle().len();
                let found = found.map(|at| from + at..from + at + length);
                Ok(found.map(|found| Match::new(vec![Some(found)])))
            }
            Engine::Linear(engine) => {
                let found = engine.captures_at(text, from);
                Ok(found.map(|groups| {
                    Match::new(groups.iter().map(|group| group.map(|at| at.range())).collect())
                }))
            }
            Engine::Backtracking { program, is_whole } => {
                backtrack::find(program, text, (from, last_end), *is_whole, steps)
            }
        }
    }
}

/// What the reader let through and the engine does not: the engine says why, last of several lines.
fn refused(message: &str) -> RegexError {
    let last = message.lines().last().unwrap_or_default().trim();
    let cause = last.strip_prefix("error: ").unwrap_or(last);
    let cause = match cause.strip_prefix("Parsing error at position ") {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_, cause)| cause),
        None => cause,
    };
    let mut characters = cause.trim_end_matches('.').chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    RegexError::Syntax(first.into_iter().chain(characters).collect())
}
