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
            items: Vec::new(),
            members: Vec::with_capacity(ROOM_AT_START),
        }
    }

    fn document(mut self) -> Result<Value<'a>, ParseError> {
        let mut done = self.value(Stop::Document)?;
        loop {
            // A finished container goes to the one around it; without one it is the document.
            if let Some(value) = done {
                if self.open.is_empty() {
                    return Ok(value);
                }
                self.deliver(value)?;
            }
            done = match self.open.last() {
                Some(Open::Array { .. }) => self.in_array()?,
                Some(Open::Object { .. } | Open::Large { .. }) => self.in_object()?,
                // INVARIANT: a value that is not finished is open.
                None => return Err(self.scanner.error(ParseProblem::End)),
            };
        }
    }

    /// Reads a value; nothing when it is a container that is not finished, which then is the innermost open one.
    #[inline]
    fn value(&mut self, stop: Stop) -> Result<Option<Value<'a>>, ParseError> {
        self.scanner.skip_blanks();
        match self.scanner.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => {
                self.enter()?;
                self.open.push(Open::Array { from: self.items.len() });
                Ok(None)
            }
            next => self.scalar(next, stop).map(Some),
        }
    }

    /// Reads a value that begins with `next` and is no container.
    #[inline]
    fn scalar(&mut self, next: Option<u8>, stop: Stop) -> Result<Value<'a>, ParseError> {
        match next {
            Some(b'"') => match self.scanner.take_simple(b'"') {
                Some(text) => Ok(Value::from(text)),
                None => self.escaped_string(b'"').map(Value::String),
            },
            next => self.other_scalar(next, stop),
        }
    }

    /// Reads a value that is neither a container nor a string in double quotes.
    fn other_scalar(&mut self, next: Option<u8>, stop: Stop) -> Result<Value<'a>, ParseError> {
        match next {
            Some(b':' | b'}' | b']') => Err(self.scanner.unexpected()),
            Some(b'\'') => self.string(b'\''),
            Some(b'0'..=b'9' | b'-') => number::read(&mut self.scanner, stop),
            Some(b'n' | b't' | b'f' | b'N') => Ok(word(self.bare(stop))),
            // AWS: a control character in front hides a word: it is a string then.
            _ => Ok(Value::from(self.bare(stop))),
        }
    }

    /// Reads an object. Most have one member and are finished at once; nothing when this one is not, which then is open
    /// with its first member.
    fn object(&mut self) -> Result<Option<Value<'a>>, ParseError> {
        let around = self.open.len();
        let finished = loop {
            self.enter()?;
            let Member::Key(quote) = member::next(&mut self.scanner, false)? else {
                break self.made(|heap| heap.map(MapKind::Linked, 0))?;
            };
            let key = self.key(quote)?;
            let next = self.scanner.peek();
            if matches!(next, Some(b'{' | b'[')) {
                self.open_object(key, Value::Null);
                if next == Some(b'{') {
                    continue;
                }
                return self.value(Stop::Member);
            }
            let value = self.scalar(next, Stop::Member)?;
            if self.scanner.take(b'}') {
                break self.made(|heap| heap.map_with(MapKind::Linked, key, value))?;
            }
            self.open_object(key, value);
            return Ok(None);
        };
        if self.open.len() == around {
            return Ok(Some(finished));
        }
        self.deliver(finished)?;
        Ok(None)
    }

    /// Makes an object with one member the innermost container.
    fn open_object(&mut self, key: Value<'a>, value: Value<'a>) {
        let from = self.members.len();
        self.open.push(Open::Object { from, at: from });
        self.members.push((key, value));
    }

    /// Reads a key and the colon behind it.
    #[inline]
    fn key(&mut self, quote: Option<u8>) -> Result<Value<'a>, ParseError> {
        let simple = if quote == Some(b'"') { self.scanner.take_simple(b'"') } else { None };
        let key = match simple {
            Some(name) => Value::from(name),
            None => self.other_key(quote)?,
        };
        member::colon(&mut self.scanner)?;
        self.scanner.skip_blanks();
        Ok(key)
    }

    /// Reads a key that is not simply in double quotes.
    #[cold]
    fn other_key(&mut self, quote: Option<u8>) -> Result<Value<'a>, ParseError> {
        match quote {
            Some(quote) => self.string(quote),
            None => Ok(Value::from(self.bare(Stop::Key))),
        }
    }

    /// Steps into a container.
    #[inline]
    fn enter(&mut self) -> Result<(), ParseError> {
        self.scanner.advance();
        if self.open.len() >= JSON_DEPTH_MAX {
            return Err(self.scanner.error(ParseProblem::TooDeep));
        }
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

    /// Reads on in the innermost container, an object whose first value was finished, as [`Parser::in_array`] does.
    fn in_object(&mut self) -> Result<Option<Value<'a>>, ParseError> {
        while let Member::Key(quote) = member::next(&mut self.scanner, true)? {
            let key = self.key(quote)?;
            let next = self.scanner.peek();
            if matches!(next, Some(b'{' | b'[')) {
                // Its value comes when the container is finished.
                self.member(key, Value::Null, true)?;
                match self.value(Stop::Member)? {
                    Some(value) => self.deliver(value)?,
                    None => return Ok(None),
                }
            } else {
                let value = self.scalar(next, Stop::Member)?;
                self.member(key, value, false)?;
            }
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
        let members = self.members.drain(from.min(self.members.len())..);
        let made = self.heap.map_of(MapKind::Linked, members);
        made.map_err(|limit| self.scanner.error(ParseProblem::Limit(limit)))
    }

    fn made(
        &mut self,
        make: impl FnOnce(&mut Heap<'a>) -> Result<Handle, LimitExceeded>,
    ) -> Result<Value<'a>, ParseError> {
        self.limited(make).map(Value::Object)
    }

    fn string(&mut self, quote: u8) -> Result<Value<'a>, ParseError> {
        match self.scanner.take_simple(quote) {
            Some(text) => Ok(Value::from(text)),
            None => self.escaped_string(quote).map(Value::String),
        }
    }

    #[cold]
    fn escaped_string(&mut self, quote: u8) -> Result<Text<'a>, ParseError> {
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
