//! json-smart's permissive mode: quotes are optional, commas too, and what follows the first value
//! is not looked at.
//!
//! Containers being read wait on a stack of our own, so nesting costs no stack frames.

use vestibule_vtl::LimitExceeded;
use vestibule_vtl::value::{Handle, Heap, MapKind, Text, Value};

use super::error::{ParseError, ParseProblem};
use super::escape;
use super::member::{self, Member};
use super::number;
use super::scan::{Scanner, Stop};
use super::write;
use crate::limits::{JSON_BYTES_MAX, JSON_DEPTH_MAX};

/// Reads the first value of `text`.
///
/// Objects become maps in the order of their keys (a repeated key keeps its place and takes the
/// last value), arrays become lists that print as JSON. Strings without escapes are borrowed from
/// `text`. A text of blanks is the empty string.
///
/// # Errors
/// The text is no JSON even so, or a limit is passed.
pub fn parse<'a>(text: &'a str, heap: &mut Heap<'a>) -> Result<Value<'a>, ParseError> {
    if text.len() > JSON_BYTES_MAX {
        return Err(ParseError::new(JSON_BYTES_MAX, ParseProblem::TooLong));
    }
    let charged = heap.charge(text.len() as u64 / 64);
    charged.map_err(|limit| ParseError::new(0, ParseProblem::Limit(limit)))?;
    heap.reserve((text.len() / BYTES_AN_OBJECT).min(OBJECTS_AT_START_MAX));
    Parser::new(text, heap).document()
}

/// Members of an object searched in line before it is made a map with an index.
const MEMBERS_IN_LINE: usize = 16;

/// Bytes of a text for which an object is expected. DynamoDB has one for each attribute.
const BYTES_AN_OBJECT: usize = 16;

/// Objects that are made room for before they are met.
const OBJECTS_AT_START_MAX: usize = 1_024;

/// Room for members and elements at the start: those of a small document.
const ROOM_AT_START: usize = 32;

/// A container that is being read. What it holds waits on a stack, so that it is made once, in its size.
enum Open {
    /// Its elements stand in `items` from here on.
    Array { from: usize },
    /// Its members stand in `members` from here on; the value that is being read belongs to the one at `at`.
    Object { from: usize, at: usize },
    /// A map already; the value that is being read belongs to the last of `members`.
    Large { map: Handle },
}

struct Parser<'h, 'a> {
    scanner: Scanner<'a>,
    heap: &'h mut Heap<'a>,
    open: Vec<Open>,
    /// Elements of the open arrays.
    items: Vec<Value<'a>>,
    /// Members of the open objects.
    members: Vec<(Value<'a>, Value<'a>)>,
}

impl<'h, 'a> Parser<'h, 'a> {
    fn new(text: &'a str, heap: &'h mut Heap<'a>) -> Self {
        Parser {
            scanner: Scanner::new(text),
            heap,
            open: Vec::with_capacity(8),
            items: Vec::with_capacity(ROOM_AT_START),
            members: Vec::with_capacity(ROOM_AT_START),
        }
    }

    fn document(mut self) -> Result<Value<'a>, ParseError> {
        let mut done = self.value(Stop::Document)?;
        loop {
            // A finished container goes to the one around it; without one it is the document.
            let is_finished = done.is_some();
            if let Some(value) = done {
                if self.open.is_empty() {
                    return Ok(value);
                }
                self.deliver(value)?;
            }
            done = match self.open.last() {
                Some(Open::Array { .. }) => self.in_array()?,
                Some(Open::Object { .. } | Open::Large { .. }) => self.in_object(is_finished)?,
                // INVARIANT: a value that is not finished is open.
                None => return Err(self.scanner.error(ParseProblem::End)),
            };
        }
    }

    /// Reads a value; nothing when it is a container, which then is the innermost open one.
    #[inline]
    fn value(&mut self, stop: Stop) -> Result<Option<Value<'a>>, ParseError> {
        self.scanner.skip_blanks();
        match self.scanner.peek() {
            Some(b'"') => self.string(b'"').map(|text| Some(Value::String(text))),
            next => self.other_value(next, stop),
        }
    }

    /// Reads a value that is no string in double quotes.
    fn other_value(
        &mut self,
        next: Option<u8>,
        stop: Stop,
    ) -> Result<Option<Value<'a>>, ParseError> {
        let value = match next {
            Some(b':' | b'}' | b']') => return Err(self.scanner.unexpected()),
            Some(b'{') => {
                let from = self.members.len();
                self.open(Open::Object { from, at: from })?;
                return Ok(None);
            }
            Some(b'[') => {
                self.open(Open::Array { from: self.items.len() })?;
                return Ok(None);
            }
            Some(b'\'') => Value::String(self.string(b'\'')?),
            Some(b'0'..=b'9' | b'-') => number::read(&mut self.scanner, stop)?,
            Some(b'n' | b't' | b'f' | b'N') => word(self.bare(stop)),
            // AWS: a control character in front hides a word: it is a string then.
            _ => Value::from(self.bare(stop)),
        };
        Ok(Some(value))
    }

    /// Steps into a container.
    fn open(&mut self, container: Open) -> Result<(), ParseError> {
        self.scanner.advance();
        if self.open.len() >= JSON_DEPTH_MAX {
            return Err(self.scanner.error(ParseProblem::TooDeep));
        }
        self.open.push(container);
        Ok(())
    }

    /// Puts a finished container into the one around it.
    fn deliver(&mut self, value: Value<'a>) -> Result<(), ParseError> {
        match self.open.last() {
            None => {}
            Some(Open::Array { .. }) => self.items.push(value),
            Some(Open::Object { at, .. }) => {
                if let Some((_, slot)) = self.members.get_mut(*at) {
                    *slot = value;
                }
            }
            Some(Open::Large { map }) => {
                let map = *map;
                if let Some((key, _)) = self.members.pop() {
                    self.limited(|heap| heap.put(map, key, value))?;
                }
            }
        }
        Ok(())
    }

    /// Reads on in the innermost container, an array, up to its end, and returns it; nothing when a container in it
    /// begins.
    fn in_array(&mut self) -> Result<Option<Value<'a>>, ParseError> {
        loop {
            match self.scanner.peek() {
                Some(b' ' | b'\r' | b'\n' | b'\t' | b',') => self.scanner.advance(),
                Some(b']') => {
                    self.scanner.advance();
                    let Some(Open::Array { from }) = self.open.pop() else { return Ok(None) };
                    let items = self.items.drain(from.min(self.items.len())..).collect();
                    return self.limited(|heap| write::list(heap, items)).map(Some);
                }
                Some(b':' | b'}') | None => return Err(self.scanner.unexpected()),
                Some(_) => match self.value(Stop::Array)? {
                    Some(value) => self.items.push(value),
                    None => return Ok(None),
                },
            }
        }
    }

    /// Reads on in the innermost container, an object, as [`Parser::in_array`] does. `is_after` tells that a value of it
    /// was finished just before.
    fn in_object(&mut self, mut is_after: bool) -> Result<Option<Value<'a>>, ParseError> {
        while let Member::Key(quote) = member::next(&mut self.scanner, is_after)? {
            let name = match quote {
                Some(quote) => self.string(quote)?,
                None => Text::Borrowed(self.bare(Stop::Key)),
            };
            member::colon(&mut self.scanner)?;
            self.scanner.skip_blanks();
            if matches!(self.scanner.peek(), Some(b'{' | b'[')) {
                // Its value comes when the container is finished.
                self.member(Value::String(name), Value::Null, true)?;
                return self.value(Stop::Member);
            }
            if let Some(value) = self.value(Stop::Member)? {
                self.member(Value::String(name), value, false)?;
            }
            is_after = true;
        }
        let map = match self.open.pop() {
            Some(Open::Object { from, .. }) => self.map_from(from)?,
            Some(Open::Large { map }) => map,
            Some(Open::Array { .. }) | None => return Ok(None),
        };
        Ok(Some(Value::Object(map)))
    }

    /// Adds a member to the innermost object. A repeated key keeps its place and takes the last value. When the member
    /// `waits`, its value is a container that begins here.
    fn member(&mut self, key: Value<'a>, value: Value<'a>, waits: bool) -> Result<(), ParseError> {
        let last = self.members.len();
        match self.open.last_mut() {
            Some(Open::Object { from, at }) => {
                let from = *from;
                *at = last;
                let known = self.members.get_mut(from..).unwrap_or_default();
                let sought = key.as_str();
                if let Some(position) = known.iter().position(|(key, _)| key.as_str() == sought) {
                    *at = from + position;
                    if let Some((_, slot)) = known.get_mut(position) {
                        *slot = value;
                    }
                    return Ok(());
                }
                if last - from >= MEMBERS_IN_LINE {
                    let map = self.map_from(from)?;
                    if let Some(innermost) = self.open.last_mut() {
                        *innermost = Open::Large { map };
                    }
                    return self.member(key, value, waits);
                }
            }
            Some(Open::Large { map }) if !waits => {
                let map = *map;
                return self.limited(|heap| heap.put(map, key, value)).map(drop);
            }
            Some(Open::Large { .. } | Open::Array { .. }) | None => {}
        }
        self.members.push((key, value));
        Ok(())
    }

    /// Makes a map of the members that stand from `from` on.
    fn map_from(&mut self, from: usize) -> Result<Handle, ParseError> {
        let made = match self.members.len() {
            length if length == from + 1 => {
                let only = self.members.pop();
                self.heap.map_of(MapKind::Linked, only.into_iter())
            }
            length => {
                let members = self.members.drain(from.min(length)..);
                self.heap.map_of(MapKind::Linked, members)
            }
        };
        made.map_err(|limit| self.scanner.error(ParseProblem::Limit(limit)))
    }

    #[inline]
    fn string(&mut self, quote: u8) -> Result<Text<'a>, ParseError> {
        if let Some(text) = self.scanner.take_simple(quote) {
            return Ok(Text::Borrowed(text));
        }
        let built = escape::read(&mut self.scanner, quote)?;
        self.limited(|heap| heap.text(built))
    }

    fn bare(&mut self, stop: Stop) -> &'a str {
        let start = self.scanner.position();
        self.scanner.skip_bare(stop);
        self.scanner.trimmed_since(start)
    }

    fn limited<T>(
        &mut self,
        work: impl FnOnce(&mut Heap<'a>) -> Result<T, LimitExceeded>,
    ) -> Result<T, ParseError> {
        work(self.heap).map_err(|limit| self.scanner.error(ParseProblem::Limit(limit)))
    }
}

/// Returns what a text without quotes stands for.
fn word(text: &str) -> Value<'_> {
    match text {
        "null" => Value::Null,
        "true" => Value::Boolean(true),
        "false" => Value::Boolean(false),
        "NaN" => Value::from(f64::NAN),
        _ => Value::from(text),
    }
}
