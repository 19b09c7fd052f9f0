//! json-smart's permissive mode: quotes are optional, commas too, and what follows the first value
//! is not looked at.
//!
//! What stands as programs write it, `"name":"value"` and commas without blanks, is read by the shortest way; all else by
//! the rules of its place. What a container holds waits on a stack, so that the container is made once, in its size.

use vestibule_vtl::LimitExceeded;
use vestibule_vtl::value::{Handle, Heap, MapKind, Value};

use super::error::{ParseError, ParseProblem, Parsed};
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
    document(text, heap).map_err(|error| *error)
}

fn document<'a>(text: &'a str, heap: &mut Heap<'a>) -> Parsed<Value<'a>> {
    if text.len() > JSON_BYTES_MAX {
        return Err(ParseError::new(JSON_BYTES_MAX, ParseProblem::TooLong));
    }
    let charged = heap.charge(text.len() as u64 / 64);
    charged.map_err(|limit| ParseError::new(0, ParseProblem::Limit(limit)))?;
    heap.reserve((text.len() / BYTES_AN_OBJECT).min(OBJECTS_AT_START_MAX));
    let mut parser = Parser {
        scanner: Scanner::new(text),
        heap,
        depth: 0,
        items: Vec::new(),
        members: Vec::with_capacity(ROOM_AT_START),
        built: String::new(),
    };
    parser.value(Stop::Document)
}

/// Members of an object searched in line before it is made a map with an index.
const MEMBERS_IN_LINE: usize = 16;

/// Bytes of a text for which an object is expected. DynamoDB has one for each attribute.
const BYTES_AN_OBJECT: usize = 16;

/// Objects that are made room for before they are met.
const OBJECTS_AT_START_MAX: usize = 1_024;

/// Room for members at the start: those of a small document.
const ROOM_AT_START: usize = 32;

struct Parser<'h, 'a> {
    scanner: Scanner<'a>,
    heap: &'h mut Heap<'a>,
    /// Containers that are being read. INVARIANT: at most `JSON_DEPTH_MAX`, and so are the calls.
    depth: usize,
    /// Elements of the open arrays.
    items: Vec<Value<'a>>,
    /// Members of the open objects.
    members: Vec<(Value<'a>, Value<'a>)>,
    /// The string with escapes that is being read.
    built: String,
}

impl<'a> Parser<'_, 'a> {
    /// Reads a value.
    fn value(&mut self, stop: Stop) -> Parsed<Value<'a>> {
        self.scanner.skip_blanks();
        self.value_here(stop)
    }

    /// Reads a value that comes without blanks before it.
    #[inline]
    fn value_here(&mut self, stop: Stop) -> Parsed<Value<'a>> {
        match self.scanner.byte() {
            b'"' => self.string(b'"'),
            b'{' => self.object().map(Value::Object),
            b'[' => self.array().map(Value::Object),
            _ => self.other_scalar(stop),
        }
    }

    /// Reads a value that is neither a container nor a string in double quotes.
    fn other_scalar(&mut self, stop: Stop) -> Parsed<Value<'a>> {
        match self.scanner.peek() {
            Some(b':' | b'}' | b']') => Err(self.scanner.unexpected()),
            Some(b'\'') => self.string(b'\''),
            Some(b'0'..=b'9' | b'-') => number::read(&mut self.scanner, self.heap, stop),
            Some(b'n' | b't' | b'f' | b'N') => Ok(word(self.bare(stop))),
            // AWS: a control character in front hides a word: it is a string then.
            _ => Ok(Value::from(self.bare(stop))),
        }
    }

    /// Reads an object. Most have one member, such as `{"S":"..."}`.
    fn object(&mut self) -> Parsed<Handle> {
        self.enter()?;
        let Member::Key(quote) = self.next_member(false)? else {
            self.depth -= 1;
            return self.limited(|heap| heap.map(MapKind::Linked, 0));
        };
        let key = self.key(quote)?;
        let value = self.value_here(Stop::Member)?;
        if self.scanner.byte() == b'}' {
            self.scanner.step();
            self.depth -= 1;
            return self.limited(|heap| heap.map_read_one(MapKind::Linked, key, value));
        }
        self.further_members(key, value)
    }

    /// Reads what follows the first member of an object. A repeated key keeps its place and takes the last value.
    fn further_members(&mut self, key: &'a str, value: Value<'a>) -> Parsed<Handle> {
        let from = self.members.len();
        self.members.push((Value::String(key), value));
        let mut large = None;
        while let Member::Key(quote) = self.next_member(true)? {
            let key = self.key(quote)?;
            let value = self.value_here(Stop::Member)?;
            match large {
                None => large = self.member(from, key, value)?,
                Some(map) => {
                    self.limited(|heap| heap.put(map, Value::String(key), value))?;
                }
            }
        }
        self.depth -= 1;
        match large {
            Some(map) => Ok(map),
            None => self.map_from(from),
        }
    }

    /// Steps to the next member.
    #[inline]
    fn next_member(&mut self, is_after: bool) -> Parsed<Member> {
        let next = self.scanner.byte();
        if next == b'}' {
            self.scanner.step();
            return Ok(Member::End);
        }
        if (next == b'"' && !is_after) || (is_after && self.scanner.takes_comma_before_quote()) {
            return Ok(Member::Key(Some(b'"')));
        }
        member::next(&mut self.scanner, is_after)
    }

    /// Reads a key, the colon behind it and the blanks before its value.
    #[inline]
    fn key(&mut self, quote: Option<u8>) -> Parsed<&'a str> {
        let simple = if quote == Some(b'"') { self.scanner.take_simple(b'"') } else { None };
        let key = match simple {
            Some(name) => name,
            None => self.other_key(quote)?,
        };
        if self.scanner.byte() == b':' {
            self.scanner.step();
        } else {
            member::colon(&mut self.scanner)?;
        }
        if self.scanner.byte() <= b' ' {
            self.scanner.skip_blanks();
        }
        Ok(key)
    }

    /// Reads a key that is not simply in double quotes.
    #[cold]
    fn other_key(&mut self, quote: Option<u8>) -> Parsed<&'a str> {
        match quote {
            Some(quote) => self.text(quote),
            None => Ok(self.bare(Stop::Key)),
        }
    }

    /// Adds a member to those from `from` on. Returns the map that they are in, once they are many.
    #[inline]
    fn member(&mut self, from: usize, key: &'a str, value: Value<'a>) -> Parsed<Option<Handle>> {
        let known = self.members.get_mut(from..).unwrap_or_default();
        let count = known.len();
        if let Some((_, slot)) = known.iter_mut().find(|(other, _)| other.is_string(key)) {
            *slot = value;
            return Ok(None);
        }
        if count >= MEMBERS_IN_LINE {
            let map = self.map_from(from)?;
            self.limited(|heap| heap.put(map, Value::String(key), value))?;
            return Ok(Some(map));
        }
        self.members.push((Value::String(key), value));
        Ok(None)
    }

    /// Makes a map of the members that stand from `from` on.
    #[inline]
    fn map_from(&mut self, from: usize) -> Parsed<Handle> {
        let members = self.members.get(from..).unwrap_or_default();
        let made = self.heap.map_read(MapKind::Linked, members);
        self.members.truncate(from);
        made.map_err(|limit| self.scanner.error(ParseProblem::Limit(limit)))
    }

    /// Reads an array.
    fn array(&mut self) -> Parsed<Handle> {
        self.enter()?;
        let from = self.items.len();
        loop {
            match self.scanner.byte() {
                b' ' | b'\r' | b'\n' | b'\t' | b',' => self.scanner.step(),
                b']' => {
                    self.scanner.step();
                    self.depth -= 1;
                    let items = self.items.get(from..).unwrap_or_default();
                    let made = write::list_read(self.heap, items);
                    self.items.truncate(from);
                    return made.map_err(|limit| self.scanner.error(ParseProblem::Limit(limit)));
                }
                b':' | b'}' => return Err(self.scanner.unexpected()),
                _ if self.scanner.peek().is_none() => return Err(self.scanner.unexpected()),
                _ => {
                    let value = self.value_here(Stop::Array)?;
                    self.items.push(value);
                }
            }
        }
    }

    /// Steps into a container.
    #[inline]
    fn enter(&mut self) -> Parsed<()> {
        self.scanner.step();
        if self.depth >= JSON_DEPTH_MAX {
            return Err(self.scanner.error(ParseProblem::TooDeep));
        }
        self.depth += 1;
        Ok(())
    }

    #[inline]
    fn string(&mut self, quote: u8) -> Parsed<Value<'a>> {
        match self.scanner.take_simple(quote) {
            Some(text) => Ok(Value::String(text)),
            None => self.escaped_string(quote).map(Value::String),
        }
    }

    fn text(&mut self, quote: u8) -> Parsed<&'a str> {
        match self.scanner.take_simple(quote) {
            Some(text) => Ok(text),
            None => self.escaped_string(quote),
        }
    }

    #[cold]
    fn escaped_string(&mut self, quote: u8) -> Parsed<&'a str> {
        self.built.clear();
        escape::read(&mut self.scanner, quote, &mut self.built)?;
        let made = self.heap.text(&self.built);
        made.map_err(|limit| self.scanner.error(ParseProblem::Limit(limit)))
    }

    fn bare(&mut self, stop: Stop) -> &'a str {
        let start = self.scanner.position();
        self.scanner.skip_bare(stop);
        self.scanner.trimmed_since(start)
    }

    fn limited<T>(
        &mut self,
        work: impl FnOnce(&mut Heap<'a>) -> Result<T, LimitExceeded>,
    ) -> Parsed<T> {
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
