//! A compiled pattern: one form for each kind of text, made when a text of the kind is met.

use std::sync::OnceLock;

use memchr::memmem::Finder;

use super::engine::Engine;
use super::error::{MatchError, RegexError};
use super::extent;
use super::facts::{COUNT, Facts};
use super::parse::{self, Parsed};
use super::search::Search;
use super::tree::Flags;
use super::write::{self, Written};
use crate::limits::{
    REGEX_BYTE_STEPS, REGEX_BYTES_MAX, REGEX_COMPILE_STEPS_MAX, REGEX_REPEAT_STEPS,
    REGEX_REPEATS_MAX, REGEX_TABLE_REPEAT_STEPS,
};

/// A compiled regular expression.
#[derive(Debug)]
pub struct Regex {
    pattern: Box<str>,
    parsed: Parsed,
    options: Options,
    /// What a form depends on.
    asked: Facts,
    /// The numbers that Java gives to the groups of the engines, when they differ.
    order: Option<Box<[usize]>>,
    /// Whether Java looks for it at each UTF-16 unit.
    is_narrow: bool,
    /// Whether a search may look far beyond what it finds.
    strays: bool,
    forms: [OnceLock<Result<Engine, RegexError>>; COUNT],
}

/// How a pattern is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What has to match.
    pub span: Span,
    /// Whether ASCII letters match in either case: Java's `CASE_INSENSITIVE`.
    pub ignores_case: bool,
    /// Steps that one text may take when the pattern looks around or back, besides
    /// [`REGEX_STEPS_PER_BYTE`](crate::limits::REGEX_STEPS_PER_BYTE) for each of its bytes. Past it, matching fails.
    pub backtracks_max: usize,
}

/// What of a text has to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// Some part, as for Java's `Matcher.find`.
    Part,
    /// All of it, as for Java's `Matcher.matches`.
    Whole,
}

impl Regex {
    /// Compiles a Java pattern.
    ///
    /// # Errors
    /// Java refuses it, it uses something that is not supported, or it is too large.
    pub fn compile(pattern: &str, options: Options) -> Result<Self, RegexError> {
        if pattern.len() > REGEX_BYTES_MAX {
            return Err(RegexError::TooLong);
        }
        let flags = Flags { ignores_case: options.ignores_case, ..Flags::default() };
        let parsed = parse::parse(pattern, flags)?;
        if extent::repeats(&parsed.root) > REGEX_REPEATS_MAX {
            return Err(RegexError::TooLarge);
        }
        let written = write::write(&parsed, Facts::default());
        let regex = Self {
            pattern: pattern.into(),
            asked: written.asked,
            order: (!written.order.is_sorted()).then(|| written.order.as_slice().into()),
            is_narrow: extent::is_narrow(&parsed.root),
            strays: extent::strays(&parsed.root),
            forms: Default::default(),
            parsed,
            options,
        };
        let first = regex.engine(written);
        match first {
            Err(error) => Err(error),
            engine => {
                if let Some(form) = regex.forms.first() {
                    form.get_or_init(|| engine);
                }
                Ok(regex)
            }
        }
    }

    /// Returns the pattern, in Java's words.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Returns what compiling it takes, in steps of a render.
    #[must_use]
    pub fn compile_steps(&self) -> u64 {
        let repeats = extent::repeats(&self.parsed.root);
        let bytes = self.pattern.len() as u64;
        let has_table = extent::has_table(&self.parsed.root);
        let each = if has_table { REGEX_TABLE_REPEAT_STEPS } else { REGEX_REPEAT_STEPS };
        let steps = each.saturating_mul(repeats).saturating_add(REGEX_BYTE_STEPS * bytes);
        steps.min(REGEX_COMPILE_STEPS_MAX)
    }

    /// Returns how many groups there are, the whole match not counted.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.parsed.groups
    }

    /// Returns the number of a named group.
    #[must_use]
    pub fn group_number(&self, name: &str) -> Option<usize> {
        let named = self.parsed.names.iter().find(|(other, _)| other == name);
        named.map(|(_, number)| *number)
    }

    /// Tells whether `text` has a match.
    ///
    /// # Errors
    /// It takes too many steps.
    pub fn is_match(&self, text: &str) -> Result<bool, MatchError> {
        Ok(self.search(text)?.next()?.is_some())
    }

    /// Starts to look for the matches in `text`.
    ///
    /// # Errors
    /// A text of this kind needs a form of the pattern that cannot be compiled.
    pub fn search<'r, 't>(&'r self, text: &'t str) -> Result<Search<'r, 't>, MatchError> {
        let facts = Facts::of(text, self.asked);
        let form = self
            .forms
            .get(facts.index())
            .map(|form| form.get_or_init(|| self.engine(write::write(&self.parsed, facts))));
        match form {
            Some(Ok(engine)) => {
                let order = self.order.as_deref();
                let backtracks_max = self.options.backtracks_max;
                let search = Search::new(engine, text, order, self.is_narrow, backtracks_max);
                Ok(search.straying(self.strays))
            }
            Some(Err(error)) => Err(error.clone().into()),
            None => Err(RegexError::TooLarge.into()),
        }
    }

    fn engine(&self, mut written: Written) -> Result<Engine, RegexError> {
        match self.options.span {
            Span::Part => {
                if let Some(plain) = write::plain(&self.parsed.root) {
                    return Ok(Engine::Plain(Box::new(Finder::new(&plain).into_owned())));
                }
            }
            Span::Whole => written.source = format!("\\A(?:{})\\z", written.source),
        }
        Engine::compile(&written, &self.parsed, self.options.span == Span::Whole)
    }
}
