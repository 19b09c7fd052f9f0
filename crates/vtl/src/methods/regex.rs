//! Keeps the regular expressions that templates use compiled, and charges the render for them.

use std::cell::RefCell;
use std::rc::Rc;

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap};

use crate::error::{Exception, Failure};
use crate::limits::{
    Limit, LimitExceeded, REGEX_BYTES_MAX, REGEX_CACHED_MAX, REGEX_COMPILED_BYTES_MAX,
    REGEX_STEPS_PER_STEP,
};
use crate::regex::{Match, MatchError, Options, Regex, RegexError, Search, Span};
use crate::value::Heap;

thread_local! {
    /// Patterns compiled on this thread. Only a cache: it holds no more than `REGEX_CACHED_MAX`.
    static COMPILED: RefCell<IndexMap<Known, Rc<Regex>, RandomState>> = RefCell::default();
}

/// What makes a compiled pattern another.
#[derive(PartialEq, Eq, Hash)]
struct Known {
    pattern: Box<str>,
    span: Span,
    backtracks_max: usize,
}

/// A pattern that is looked for; hashes as [`Known`] does.
#[derive(Clone, Copy, Hash)]
struct Sought<'p> {
    pattern: &'p str,
    span: Span,
    backtracks_max: usize,
}

impl Equivalent<Known> for Sought<'_> {
    fn equivalent(&self, known: &Known) -> bool {
        *self.pattern == *known.pattern
            && self.span == known.span
            && self.backtracks_max == known.backtracks_max
    }
}

/// Compiles a Java pattern.
pub(super) fn compile(heap: &Heap<'_>, pattern: &str, span: Span) -> Result<Rc<Regex>, Failure> {
    if pattern.len() > REGEX_BYTES_MAX {
        return Err(refused(RegexError::TooLong));
    }
    let backtracks_max = heap.limits().regex_backtracks;
    let sought = Sought { pattern, span, backtracks_max };
    let cached = COMPILED.with(|cache| cache.borrow().get(&sought).cloned());
    if let Some(cached) = cached {
        return Ok(cached);
    }
    heap.charge(16 + pattern.len() as u64)?;
    let options = Options { span, ignores_case: false, backtracks_max };
    let compiled = Rc::new(Regex::compile(pattern, options).map_err(refused)?);
    heap.charge(compiled.compile_steps())?;
    COMPILED.with(|cache| {
        let mut cache = cache.borrow_mut();
        if cache.len() >= REGEX_CACHED_MAX {
            cache.clear();
        }
        let known = Known { pattern: pattern.into(), span, backtracks_max };
        cache.insert(known, Rc::clone(&compiled));
    });
    Ok(compiled)
}

/// Tells whether the whole text matches a pattern that was compiled so.
pub(super) fn is_match(heap: &Heap<'_>, pattern: &Regex, text: &str) -> Result<bool, Failure> {
    let mut search = search(heap, pattern, text)?;
    Ok(next(heap, &mut search)?.is_some())
}

/// Starts to look for matches.
pub(super) fn search<'r, 't>(
    heap: &Heap<'_>,
    pattern: &'r Regex,
    text: &'t str,
) -> Result<Search<'r, 't>, Failure> {
    let search = pattern.search(text).map_err(given_up)?;
    heap.charge(search.text_steps())?;
    Ok(search)
}

/// Returns the next match.
pub(super) fn next(heap: &Heap<'_>, search: &mut Search<'_, '_>) -> Result<Option<Match>, Failure> {
    heap.charge(search.next_steps())?;
    let before = search.steps();
    let found = search.next().map_err(given_up)?;
    heap.charge((search.steps() - before) / REGEX_STEPS_PER_STEP)?;
    Ok(found)
}

fn refused(error: RegexError) -> Failure {
    match error {
        RegexError::TooLong => LimitExceeded::new(Limit::RegexBytes, REGEX_BYTES_MAX).into(),
        RegexError::TooLarge => {
            LimitExceeded::new(Limit::RegexBytes, REGEX_COMPILED_BYTES_MAX).into()
        }
        error @ (RegexError::Syntax(_) | RegexError::Unsupported(_)) => {
            Failure::exception(Exception::PatternSyntax, error.to_string())
        }
    }
}

fn given_up(error: MatchError) -> Failure {
    match error {
        MatchError::Backtracks(max) => LimitExceeded { limit: Limit::RegexBacktracks, max }.into(),
        MatchError::Refused(error) => refused(error),
    }
}
