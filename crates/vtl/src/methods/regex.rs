//! Runs Java's regular expressions: plain text by search, most on the linear engine, the rest on the backtracking one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::translate::{Translated, translate};
use crate::error::{Exception, Failure};
use crate::limits::{
    Limit, LimitExceeded, REGEX_BYTES_MAX, REGEX_CACHED_MAX, REGEX_COMPILED_BYTES_MAX,
};
use crate::value::Heap;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Rc<Compiled>);

#[derive(Debug)]
struct Compiled {
    search: Engine,
    /// The pattern, to match a whole text; made when first asked for.
    whole: std::cell::OnceCell<Engine>,
    source: String,
    backtracks: bool,
}

#[derive(Debug)]
enum Engine {
    Plain(String),
    Linear(::regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

/// A match: the bytes of each group that took part.
#[derive(Debug)]
pub(super) struct Found {
    groups: Vec<Option<(usize, usize)>>,
    names: Vec<Option<String>>,
}

/// Where a search stands in its text.
#[derive(Debug, Default)]
pub(super) struct Scan {
    next: usize,
    found: bool,
}

impl Scan {
    pub(super) fn has_found(&self) -> bool {
        self.found
    }
}

impl Found {
    pub(super) fn start(&self) -> usize {
        self.groups.first().copied().flatten().map_or(0, |(start, _)| start)
    }

    pub(super) fn end(&self) -> usize {
        self.groups.first().copied().flatten().map_or(0, |(_, end)| end)
    }

    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    pub(super) fn group<'t>(&self, number: usize, text: &'t str) -> &'t str {
        let place = self.groups.get(number).copied().flatten();
        place.and_then(|(start, end)| text.get(start..end)).unwrap_or_default()
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|other| other.as_deref() == Some(name))
    }
}

thread_local! {
    /// Patterns compiled on this thread. Only a cache: it holds no more than `REGEX_CACHED_MAX`.
    static COMPILED: RefCell<HashMap<(String, bool, usize), Pattern>> = RefCell::default();
}

impl Pattern {
    /// Compiles a Java pattern, to be used on `text` (whose last line end `$` looks at).
    pub(super) fn compile(heap: &Heap<'_>, pattern: &str, text: &str) -> Result<Self, Failure> {
        if pattern.len() > REGEX_BYTES_MAX {
            return Err(LimitExceeded::new(Limit::RegexBytes, REGEX_BYTES_MAX).into());
        }
        let ends_line = text.ends_with(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
        let backtracks_max = heap.limits().regex_backtracks;
        let key = (pattern.to_owned(), ends_line, backtracks_max);
        let cached = COMPILED.with(|cache| cache.borrow().get(&key).cloned());
        if let Some(cached) = cached {
            return Ok(cached);
        }
        heap.charge(16 + pattern.len() as u64)?;
        let compiled = Self::new(pattern, ends_line, backtracks_max)?;
        COMPILED.with(|cache| {
            let mut cache = cache.borrow_mut();
            if cache.len() >= REGEX_CACHED_MAX {
                cache.clear();
            }
            cache.insert(key, compiled.clone());
        });
        Ok(compiled)
    }

    fn new(pattern: &str, ends_line: bool, backtracks_max: usize) -> Result<Self, Failure> {
        let Translated { source, plain, backtracks } = translate(pattern, ends_line)?;
        let search = match plain {
            Some(plain) => Engine::Plain(plain),
            None => Engine::compile(&source, backtracks, backtracks_max)?,
        };
        let whole = std::cell::OnceCell::new();
        Ok(Self(Rc::new(Compiled { search, whole, source, backtracks })))
    }

    /// Tells whether the whole text matches.
    pub(super) fn matches(&self, heap: &Heap<'_>, text: &str) -> Result<bool, Failure> {
        let engine = match self.0.whole.get() {
            Some(engine) => engine,
            None => {
                let source = format!("\\A(?:{})\\z", self.0.source);
                let backtracks_max = heap.limits().regex_backtracks;
                let engine = Engine::compile(&source, self.0.backtracks, backtracks_max)?;
                self.0.whole.get_or_init(|| engine)
            }
        };
        Ok(engine.find(text, 0, heap.limits().regex_backtracks)?.is_some())
    }

    /// Returns the next match as Java's `Matcher.find` does: from the end of the last, one further when that was empty.
    pub(super) fn next(
        &self,
        heap: &Heap<'_>,
        text: &str,
        scan: &mut Scan,
    ) -> Result<Option<Found>, Failure> {
        heap.charge(1 + (text.len().saturating_sub(scan.next) as u64) / 65_536)?;
        if scan.next > text.len() {
            return Ok(None);
        }
        let found = self.0.search.find(text, scan.next, heap.limits().regex_backtracks)?;
        if let Some(found) = &found {
            scan.found = true;
            scan.next = found.end();
            if found.start() == found.end() {
                let rest = text.get(scan.next..).unwrap_or_default();
                scan.next += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        Ok(found)
    }
}

impl Engine {
    fn compile(source: &str, backtracks: bool, backtracks_max: usize) -> Result<Self, Failure> {
        if !backtracks {
            let linear =
                ::regex::RegexBuilder::new(source).size_limit(REGEX_COMPILED_BYTES_MAX).build();
            match linear {
                Ok(linear) => return Ok(Engine::Linear(linear)),
                Err(::regex::Error::CompiledTooBig(_)) => {
                    return Err(
                        LimitExceeded::new(Limit::RegexBytes, REGEX_COMPILED_BYTES_MAX).into()
                    );
                }
                // What the linear engine cannot do, the other may.
                Err(_) => {}
            }
        }
        let backtracking = fancy_regex::RegexBuilder::new(source)
            .backtrack_limit(backtracks_max)
            .delegate_size_limit(REGEX_COMPILED_BYTES_MAX)
            .build();
        backtracking.map(|engine| Engine::Backtracking(Box::new(engine))).map_err(|error| {
            let message = format!("the pattern is no regular expression: {error}");
            Failure::exception(Exception::PatternSyntax, message.replace('\n', " "))
        })
    }

    fn find(
        &self,
        text: &str,
        from: usize,
        backtracks_max: usize,
    ) -> Result<Option<Found>, Failure> {
        match self {
            Engine::Plain(plain) => {
                let found = text.get(from..).and_then(|rest| rest.find(plain.as_str()));
                Ok(found.map(|at| {
                    let start = from + at;
                    Found { groups: vec![Some((start, start + plain.len()))], names: vec![None] }
                }))
            }
            Engine::Linear(engine) => Ok(engine.captures_at(text, from).map(|groups| Found {
                groups: groups.iter().map(|group| group.map(|at| (at.start(), at.end()))).collect(),
                names: engine.capture_names().map(|name| name.map(str::to_owned)).collect(),
            })),
            Engine::Backtracking(engine) => match engine.captures_from_pos(text, from) {
                Ok(found) => Ok(found.map(|groups| Found {
                    groups: groups
                        .iter()
                        .map(|group| group.map(|at| (at.start(), at.end())))
                        .collect(),
                    names: engine.capture_names().map(|name| name.map(str::to_owned)).collect(),
                })),
                Err(_) => Err(LimitExceeded::new(Limit::RegexBacktracks, backtracks_max).into()),
            },
        }
    }
}
