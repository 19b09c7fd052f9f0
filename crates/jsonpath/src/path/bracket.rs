//! What stands in brackets: names, indices, slices, a wildcard or a filter.
//!
//! Jayway JsonPath looks for the first character that tells them apart and reads on from there;
//! what surrounds it is skipped. So `[ 'a' ]` is a name and `[x1]` the index 1.

use super::compile::Part;
use super::error::{PathError, PathProblem};
use super::filter;
use super::step::Step;

/// Returns how many bytes the brackets that open at byte `at` take, up to their close or the end of
/// the path.
pub(super) fn length(path: Part<'_>, at: usize) -> usize {
    let rest = path.text.get(at..).unwrap_or("");
    let mut open = 0usize;
    for (offset, byte) in rest.bytes().enumerate() {
        match byte {
            b'[' => open += 1,
            b']' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return offset + 1;
        }
    }
    rest.len()
}

/// Compiles a fragment that starts with `[`.
pub(super) fn step(fragment: Part<'_>) -> Result<Step, PathError> {
    if fragment.text == "[*]" {
        return Ok(Step::Wildcard);
    }
    if let Some(index) = plain_index(fragment.text) {
        return Ok(Step::Index(index));
    }
    if is_placeholder(fragment.text) {
        return Ok(Step::Placeholder);
    }
    for (at, byte) in fragment.text.bytes().enumerate() {
        match byte {
            b'?' => return filter::step(fragment, at),
            b'\'' => return members(fragment, at),
            b'0'..=b'9' | b':' | b'-' => return Numbers::new(fragment, at).read(),
            b'@' => return from_end(fragment, at),
            _ => {}
        }
    }
    Err(fragment.error(0, unknown(fragment)))
}

/// `[0]`, of few digits and nothing else: what most brackets are.
fn plain_index(text: &str) -> Option<i32> {
    const DIGITS: usize = 6;
    let digits = text.strip_prefix('[')?.strip_suffix(']')?;
    if digits.is_empty() || digits.len() > DIGITS {
        return None;
    }
    digits.bytes().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + i32::from(byte - b'0'))
    })
}

fn unknown(fragment: Part<'_>) -> PathProblem {
    if fragment.text.ends_with(']') {
        PathProblem::Brackets(fragment.text.to_owned())
    } else {
        PathProblem::Unclosed
    }
}

/// Compiles a name that stood after a dot. It is read as if it stood in brackets and quotes, so a
/// quote or `]` in it ends it early.
pub(super) fn dotted(name: Part<'_>) -> Step {
    if !name.text.bytes().any(|byte| matches!(byte, b'\'' | b']')) {
        return Step::Member(name.text.into());
    }
    let quoted = format!("'{}']", name.text);
    match names(&quoted) {
        Some(names) => members_step(names),
        // The text ends with `]`, so there is always an end.
        None => Step::Members(Box::default()),
    }
}

fn is_placeholder(text: &str) -> bool {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r');
    text.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .and_then(|rest| rest.trim_start_matches(blank).strip_prefix('?'))
        .is_some_and(|rest| rest.chars().all(|c| blank(c) || matches!(c, ',' | '*' | '?')))
}

fn members(fragment: Part<'_>, at: usize) -> Result<Step, PathError> {
    let text = fragment.text.get(at..).unwrap_or("");
    match names(text) {
        Some(names) => Ok(members_step(names)),
        None => Err(fragment.error(0, PathProblem::Unclosed)),
    }
}

fn members_step(mut names: Vec<Box<str>>) -> Step {
    match names.pop() {
        Some(only) if names.is_empty() => Step::Member(only),
        Some(last) => {
            names.push(last);
            Step::Members(names.into_boxed_slice())
        }
        None => Step::Members(Box::default()),
    }
}

/// Returns the texts between pairs of quotes, up to the first `]`; nothing when there is none. A
/// backslash is a character like any other.
fn names(text: &str) -> Option<Vec<Box<str>>> {
    let end = text.find(']')?;
    let text = text.get(..end)?;
    let mut names: Vec<Box<str>> = Vec::new();
    let mut pieces = text.split('\'');
    pieces.next();
    while let (Some(name), Some(_)) = (pieces.next(), pieces.next()) {
        names.push(name.into());
    }
    Some(names)
}

/// Reads `@.length - 1` and `@.size() - 1` from the `@` on.
fn from_end(fragment: Part<'_>, at: usize) -> Result<Step, PathError> {
    let unclosed = || fragment.error(0, PathProblem::Unclosed);
    // One character, which should be the dot, follows the `@`.
    let rest = fragment.text.get(at + 1..).unwrap_or("");
    let after_dot = rest.char_indices().nth(1).map(|(offset, _)| offset).ok_or_else(unclosed)?;
    let rest = rest.get(after_dot..).unwrap_or("");
    let (function, rest) = rest.split_at(rest.find('-').ok_or_else(unclosed)?);
    let function: String = function.chars().filter(|c| !matches!(c, ' ' | '(' | ')')).collect();
    if function != "length" && function != "size" {
        return Err(fragment.error(at, PathProblem::Function(function)));
    }
    let (number, _) = rest.split_at(rest.find(')').ok_or_else(unclosed)?);
    let number: String = number.chars().filter(|c| *c != ' ').collect();
    index(fragment, at, &number).map(Step::FromEnd)
}

fn index(fragment: Part<'_>, at: usize, text: &str) -> Result<i32, PathError> {
    text.parse().map_err(|_| fragment.error(at, PathProblem::Index(text.to_owned())))
}

/// Reads `1`, `1,2`, `1:2`, `1:` and `:2`. A step (`::2`) is skipped; a comma wins over a colon.
struct Numbers<'t> {
    fragment: Part<'t>,
    at: usize,
    digits: String,
    numbers: Vec<i32>,
    shape: Shape,
    has_comma: bool,
}

#[derive(PartialEq, Eq)]
enum Shape {
    Plain,
    From,
    To,
    Between,
}

impl<'t> Numbers<'t> {
    fn new(fragment: Part<'t>, at: usize) -> Self {
        Self {
            fragment,
            at,
            digits: String::new(),
            numbers: Vec::new(),
            shape: Shape::Plain,
            has_comma: false,
        }
    }

    fn read(mut self) -> Result<Step, PathError> {
        loop {
            match self.current()? {
                b' ' => {}
                b':' => self.colon()?,
                b',' => {
                    self.take()?;
                    self.has_comma = true;
                }
                digit @ (b'0'..=b'9' | b'-') => self.digits.push(char::from(digit)),
                _ => break,
            }
            if self.current()? == b']' {
                break;
            }
            self.at += 1;
        }
        if !self.digits.is_empty() {
            self.take()?;
        }
        self.step()
    }

    fn colon(&mut self) -> Result<(), PathError> {
        let has_start = !self.digits.is_empty();
        if has_start {
            self.take()?;
        }
        self.at += 1;
        while let byte @ (b'0'..=b'9' | b'-' | b' ') = self.current()? {
            if byte != b' ' {
                self.digits.push(char::from(byte));
            }
            self.at += 1;
        }
        let shape = match (has_start, self.digits.is_empty()) {
            (false, _) => Shape::To,
            (true, true) => Shape::From,
            (true, false) => Shape::Between,
        };
        if shape != Shape::From {
            self.take()?;
        }
        // Of several colons, the one that leaves the start open counts first, then the one that
        // leaves the end open.
        if self.shape == Shape::Plain
            || shape == Shape::From
            || (shape == Shape::To && self.shape == Shape::Between)
        {
            self.shape = shape;
        }
        Ok(())
    }

    fn take(&mut self) -> Result<(), PathError> {
        if self.digits.is_empty() {
            return Err(self.fragment.error(0, unknown(self.fragment)));
        }
        let start = self.at.saturating_sub(self.digits.len());
        self.numbers.push(index(self.fragment, start, &self.digits)?);
        self.digits.clear();
        Ok(())
    }

    fn current(&self) -> Result<u8, PathError> {
        let end = || self.fragment.error(0, PathProblem::Unclosed);
        self.fragment.byte(self.at).ok_or_else(end)
    }

    fn step(self) -> Result<Step, PathError> {
        let step = match (self.numbers.as_slice(), self.shape) {
            ([only], Shape::Plain) => Step::Index(*only),
            (numbers, _) if self.has_comma => Step::Indices(numbers.into()),
            ([from, ..], Shape::From) => Step::SliceFrom(*from),
            ([to, ..], Shape::To) => Step::SliceTo(*to),
            ([from, to, ..], Shape::Between) => Step::Slice(*from, *to),
            _ => {
                return Err(self.fragment.error(0, unknown(self.fragment)));
            }
        };
        Ok(step)
    }
}
