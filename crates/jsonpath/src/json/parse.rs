//! json-smart's permissive mode: quotes are optional, commas too, and what follows the first value
//! is not looked at.
//!
//! Containers being read wait on a stack of our own, so nesting costs no stack frames.

use vestibule_vtl::LimitExceeded;
use vestibule_vtl::value::{Handle, Heap, MapKind, Text, Value};

use super::error::{ParseError, ParseProblem};
use super::escape::{self, Quoted};
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
    let mut parser = Parser { scanner: Scanner::new(text), heap, open: Vec::new() };
    let mut done = parser.value(Stop::Document)?;
    loop {
        // A finished value goes to the container around it; without one it is the document.
        let is_finished = done.is_some();
        if let Some(value) = done.take()
            && let Some(document) = parser.deliver(value)?
        {
            return Ok(document);
        }
        done = parser.go_on(is_finished)?;
    }
}

/// A container that is being read.
enum Open<'a> {
    Array(Vec<Value<'a>>),
    Object { map: Handle, key: Text<'a> },
}

struct Parser<'h, 'a> {
    scanner: Scanner<'a>,
    heap: &'h mut Heap<'a>,
    open: Vec<Open<'a>>,
}

impl<'a> Parser<'_, 'a> {
    /// Reads a value; nothing when it is a container, which then is the innermost open one.
    fn value(&mut self, stop: Stop) -> Result<Option<Value<'a>>, ParseError> {
        self.scanner.skip_blanks();
        let value = match self.scanner.peek() {
            Some(b':' | b'}' | b']') => return Err(self.scanner.unexpected()),
            Some(b'{') => {
                self.scanner.advance();
                self.deepen()?;
                let map = self.limited(|heap| heap.map(MapKind::Linked, 0))?;
                self.open.push(Open::Object { map, key: Text::EMPTY });
                return Ok(None);
            }
            Some(b'[') => {
                self.scanner.advance();
                self.deepen()?;
                self.open.push(Open::Array(Vec::new()));
                return Ok(None);
            }
            Some(b'"') => Value::String(self.string('"')?),
            Some(b'\'') => Value::String(self.string('\'')?),
            Some(b'0'..=b'9' | b'-') => number::read(&mut self.scanner, stop)?,
            Some(b'n' | b't' | b'f' | b'N') => word(self.bare(stop)),
            // AWS: a control character in front hides a word: it is a string then.
            _ => Value::from(self.bare(stop)),
        };
        Ok(Some(value))
    }

    /// Puts a finished value where it belongs, and returns it when it is the document.
    fn deliver(&mut self, value: Value<'a>) -> Result<Option<Value<'a>>, ParseError> {
        match self.open.last_mut() {
            None => return Ok(Some(value)),
            Some(Open::Array(items)) => items.push(value),
            Some(Open::Object { map, key }) => {
                let (map, key) = (*map, Value::String(std::mem::replace(key, Text::EMPTY)));
                self.limited(|heap| heap.put(map, key, value))?;
            }
        }
        Ok(None)
    }

    /// Reads on in the innermost container and returns what was finished: a value in it, or the
    /// container itself. `is_after` tells that a value of it was finished just before.
    fn go_on(&mut self, is_after: bool) -> Result<Option<Value<'a>>, ParseError> {
        match self.open.last() {
            Some(Open::Array(_)) => self.in_array(),
            Some(Open::Object { .. }) => self.in_object(is_after),
            // INVARIANT: without an open container the value was the document.
            None => Err(self.scanner.error(ParseProblem::End)),
        }
    }

    fn in_array(&mut self) -> Result<Option<Value<'a>>, ParseError> {
        loop {
            match self.scanner.peek() {
                Some(b' ' | b'\r' | b'\n' | b'\t' | b',') => self.scanner.advance(),
                Some(b']') => {
                    self.scanner.advance();
                    let Some(Open::Array(items)) = self.open.pop() else { return Ok(None) };
                    return self.limited(|heap| write::list(heap, items)).map(Some);
                }
                Some(b':' | b'}') | None => return Err(self.scanner.unexpected()),
                Some(_) => return self.value(Stop::Array),
            }
        }
    }

    fn in_object(&mut self, is_after: bool) -> Result<Option<Value<'a>>, ParseError> {
        match member::next(&mut self.scanner, is_after)? {
            Member::End => {
                let Some(Open::Object { map, .. }) = self.open.pop() else { return Ok(None) };
                Ok(Some(Value::Object(map)))
            }
            Member::Key(quote) => {
                let name = match quote {
                    Some(quote) => self.string(quote)?,
                    None => Text::Borrowed(self.bare(Stop::Key)),
                };
                member::colon(&mut self.scanner)?;
                if let Some(Open::Object { key, .. }) = self.open.last_mut() {
                    *key = name;
                }
                self.value(Stop::Member)
            }
        }
    }

    fn string(&mut self, quote: char) -> Result<Text<'a>, ParseError> {
        match escape::read(&mut self.scanner, quote)? {
            Quoted::Whole(text) => Ok(Text::Borrowed(text)),
            Quoted::Built(text) => self.limited(|heap| heap.text(text)),
        }
    }

    fn bare(&mut self, stop: Stop) -> &'a str {
        let start = self.scanner.position();
        self.scanner.skip_bare(stop);
        self.scanner.trimmed_since(start)
    }

    fn deepen(&mut self) -> Result<(), ParseError> {
        if self.open.len() >= JSON_DEPTH_MAX {
            return Err(self.scanner.error(ParseProblem::TooDeep));
        }
        Ok(())
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
