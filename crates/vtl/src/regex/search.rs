//! Finding one match after the other, as Java's `Matcher.find` does. Java counts UTF-16 units: an empty match may be
//! followed by one between the halves of a surrogate pair.

use std::ops::Range;

use super::backtrack::GivenUp;
use super::engine::Engine;
use super::error::MatchError;
use crate::limits::{REGEX_STEPS_MAX, REGEX_STEPS_PER_BYTE};

/// What the halves of pairs look like to the engines: two bytes each, of no category, like the halves.
const HALVES: &str = "\u{557}\u{558}";

/// A match.
///
/// Ranges are in bytes of the text. After an empty match, one may start or end two bytes into a character that takes
/// two units in UTF-16: between its halves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    groups: Vec<Option<Range<usize>>>,
}

/// The matches in a text, first to last.
#[derive(Debug)]
pub struct Search<'r, 't> {
    engine: &'r Engine,
    text: &'t str,
    /// Steps the text may take, and those of them that are left.
    steps_max: u64,
    steps_left: u64,
    next: usize,
    /// Where the last match ended.
    last_end: usize,
    /// The text with the halves of pairs as characters, once it was needed.
    halved: Option<String>,
    /// Whether only that is searched.
    is_halved: bool,
    order: Option<&'r [usize]>,
    /// Whether a search may look far beyond what it finds.
    strays: bool,
}

impl Match {
    pub(super) fn new(groups: Vec<Option<Range<usize>>>) -> Self {
        Self { groups }
    }

    /// Puts the groups of the engine where Java has them.
    fn reordered(mut self, order: &[usize]) -> Self {
        let engine = self.groups.clone();
        for (group, place) in engine.into_iter().skip(1).zip(order) {
            if let Some(java) = self.groups.get_mut(*place) {
                *java = group;
            }
        }
        self
    }

    /// Returns where a group matched. Group 0 is the whole match. A group that took no part is nowhere.
    #[must_use]
    pub fn group(&self, number: usize) -> Option<Range<usize>> {
        self.groups.get(number).cloned().flatten()
    }

    /// Returns where the match starts.
    #[must_use]
    pub fn start(&self) -> usize {
        self.group(0).map_or(0, |whole| whole.start)
    }

    /// Returns where the match ends.
    #[must_use]
    pub fn end(&self) -> usize {
        self.group(0).map_or(0, |whole| whole.end)
    }
}

impl<'r, 't> Search<'r, 't> {
    /// `order` has Java's numbers of the engine's groups, when they differ. `is_narrow` lets a match start at each unit.
    pub(super) fn new(
        engine: &'r Engine,
        text: &'t str,
        order: Option<&'r [usize]>,
        is_narrow: bool,
        backtracks_max: usize,
    ) -> Self {
        let is_plain = matches!(engine, Engine::Plain(_));
        // INVARIANT: halves are no part of a word, so their characters must be none.
        let is_halved = is_narrow
            && !is_plain
            && text.bytes().any(|byte| byte >= 0xf0)
            && !text.chars().any(|wide| wide.len_utf8() == 4 && wide.is_alphanumeric());
        let halved = is_halved.then(|| halve(text));
        let steps = backtracks_max as u64 + text.len() as u64 * REGEX_STEPS_PER_BYTE;
        let steps_max = steps.min(REGEX_STEPS_MAX);
        // The machine that backtracks has Java's numbers.
        let order = order.filter(|_| !matches!(engine, Engine::Backtracking { .. }));
        let steps_left = steps_max;
        Self {
            engine,
            text,
            steps_max,
            steps_left,
            next: 0,
            last_end: 0,
            halved,
            is_halved,
            order,
            strays: false,
        }
    }

    /// Says that a search may look far beyond what it finds.
    pub(super) fn straying(self, strays: bool) -> Self {
        Self { strays, ..self }
    }

    /// Returns what going over the text once takes, in steps of a render; the steps that are counted come on top.
    #[must_use]
    pub fn text_steps(&self) -> u64 {
        let bytes = self.text.len() as u64;
        // An engine looks at a byte several times; plain text is found in passing.
        bytes / if matches!(self.engine, Engine::Linear(_)) { 8 } else { 65_536 }
    }

    /// Returns what the next search may take beyond that, in steps of a render.
    #[must_use]
    pub fn next_steps(&self) -> u64 {
        let strays = self.strays && matches!(self.engine, Engine::Linear(_));
        1 + self.rest() as u64 / if strays { 128 } else { 65_536 }
    }

    /// Returns how many steps the pattern took so far, when it looks around or back.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps_max - self.steps_left
    }

    fn find(
        engine: &Engine,
        text: &str,
        from: (usize, usize),
        (left, max): (&mut u64, u64),
    ) -> Result<Option<Match>, MatchError> {
        engine.find(text, from, left).map_err(|GivenUp| MatchError::Backtracks(max))
    }

    /// Returns how many bytes are still to be searched.
    #[must_use]
    pub fn rest(&self) -> usize {
        self.text.len().saturating_sub(self.next)
    }

    /// Returns the next match: from the end of the last, one unit further when that was empty.
    ///
    /// # Errors
    /// It takes too many steps.
    #[expect(clippy::should_implement_trait, reason = "an iterator would go on after an error")]
    pub fn next(&mut self) -> Result<Option<Match>, MatchError> {
        if self.next > self.text.len() {
            return Ok(None);
        }
        let found = match &self.halved {
            Some(halved) if self.is_halved => Self::find(
                self.engine,
                halved,
                (self.next, self.last_end),
                (&mut self.steps_left, self.steps_max),
            )?,
            _ if self.text.is_char_boundary(self.next) => Self::find(
                self.engine,
                self.text,
                (self.next, self.last_end),
                (&mut self.steps_left, self.steps_max),
            )?,
            _ => self.between_halves()?,
        };
        if let Some(found) = &found {
            self.last_end = found.end();
        }
        match &found {
            None => self.next = self.text.len() + 1,
            Some(found) if found.start() < found.end() => self.next = found.end(),
            Some(found) => self.next = found.end() + self.unit_at(found.end()),
        }
        Ok(match self.order {
            Some(order) => found.map(|found| found.reordered(order)),
            None => found,
        })
    }

    /// Returns how many bytes the UTF-16 unit at byte `at` takes.
    fn unit_at(&self, at: usize) -> usize {
        match self.text.get(at..).map(|rest| rest.chars().next().map_or(1, char::len_utf8)) {
            None | Some(4) => 2,
            Some(bytes) => bytes,
        }
    }

    /// Looks for a match that starts between two halves, else for one after them.
    fn between_halves(&mut self) -> Result<Option<Match>, MatchError> {
        let text = self.text;
        let halved = self.halved.get_or_insert_with(|| halve(text));
        let found = Self::find(
            self.engine,
            halved,
            (self.next, self.last_end),
            (&mut self.steps_left, self.steps_max),
        )?;
        match found {
            Some(found) if found.start() == self.next => Ok(Some(found)),
            _ => Self::find(
                self.engine,
                text,
                (self.next + 2, self.last_end),
                (&mut self.steps_left, self.steps_max),
            ),
        }
    }
}

/// Writes each character of four bytes as two of two bytes.
fn halve(text: &str) -> String {
    let mut halved = String::with_capacity(text.len());
    for character in text.chars() {
        if character.len_utf8() == 4 {
            halved.push_str(HALVES);
        } else {
            halved.push(character);
        }
    }
    halved
}
