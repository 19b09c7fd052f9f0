//! A small reader of JSON that keeps where every value stands. Strict as RFC 8259; bounded by
//! [`POLICY_TEXT_BYTES_MAX`](crate::limits::POLICY_TEXT_BYTES_MAX), which the caller checks, and
//! [`JSON_DEPTH_MAX`].

use std::collections::HashSet;
use std::ops::Range;

use crate::fault::{Fault, quoted};
use crate::limits::JSON_DEPTH_MAX;

/// A value and where it stands, quotes and brackets included.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) range: Range<usize>,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// One member of an object.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) name_range: Range<usize>,
    pub(crate) value: Node,
}

impl Value {
    /// What a message calls a value of this type.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}

/// Returns the one value of a text, and a fault for each name that an object has twice.
///
/// # Errors
/// The text is not JSON.
pub(crate) fn read(text: &str) -> Result<(Node, Vec<Fault>), Fault> {
    let mut reader = Reader { text, at: 0, twice: Vec::new() };
    let node = reader.node(0)?;
    reader.skip_white();
    if reader.at < text.len() {
        return Err(reader.unexpected("the end of the policy"));
    }
    Ok((node, reader.twice))
}

struct Reader<'t> {
    text: &'t str,
    /// INVARIANT: on a boundary of a character.
    at: usize,
    twice: Vec<Fault>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_white(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes a byte of ASCII, if it is the next after white space.
    fn take(&mut self, byte: u8) -> bool {
        self.skip_white();
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        match self.rest().chars().next() {
            None => Fault::new(self.at..self.at, format!("the policy ends where {wanted} is due")),
            Some(found) => {
                let range = self.at..self.at + found.len_utf8();
                let found = quoted(found.encode_utf8(&mut [0; 4]));
                Fault::new(range, format!("{found} stands where {wanted} is due"))
            }
        }
    }

    fn node(&mut self, depth: usize) -> Result<Node, Fault> {
        self.skip_white();
        let start = self.at;
        if depth > JSON_DEPTH_MAX {
            let message = format!("nested deeper than {JSON_DEPTH_MAX}");
            return Err(Fault::new(start..start, message));
        }
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node { range: start..self.at, value })
    }

    fn word(&mut self) -> Result<Value, Fault> {
        let words =
            [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
        for (word, value) in words {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.unexpected("a value"))
    }

    fn array(&mut self, depth: usize) -> Result<Value, Fault> {
        self.at += 1;
        let mut nodes = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(nodes));
        }
        loop {
            nodes.push(self.node(depth + 1)?);
            if self.take(b']') {
                return Ok(Value::Array(nodes));
            }
            if !self.take(b',') {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Fault> {
        self.at += 1;
        let mut members = Vec::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            members.push(self.member(depth)?);
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return Err(self.unexpected("`,` or `}`"));
            }
        }
        let mut seen = HashSet::new();
        for Member { name, name_range, .. } in &members {
            if !seen.insert(name.as_str()) {
                let message = format!("{} stands here twice", quoted(name));
                self.twice.push(Fault::new(name_range.clone(), message));
            }
        }
        Ok(Value::Object(members))
    }

    fn member(&mut self, depth: usize) -> Result<Member, Fault> {
        self.skip_white();
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a name in double quotes"));
        }
        let name = self.string()?;
        let name_range = start..self.at;
        if !self.take(b':') {
            return Err(self.unexpected("`:`"));
        }
        Ok(Member { name, name_range, value: self.node(depth + 1)? })
    }

    fn number(&mut self) -> Result<Value, Fault> {
        let start = self.at;
        let written = self.rest().bytes();
        let is_part = |b: &u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        self.at += written.take_while(is_part).count();
        let text = self.text.get(start..self.at).unwrap_or_default();
        if !is_number(text) {
            let message = format!("{} is not a number of JSON", quoted(text));
            return Err(Fault::new(start..self.at, message));
        }
        Ok(Value::Number(text.to_owned()))
    }

    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        self.at += 1;
        let mut decoded = String::new();
        loop {
            let plain = self.rest();
            let end = plain.find(|c: char| c == '"' || c == '\\' || c < ' ');
            let Some(end) = end else {
                let message = "a string is not closed with a double quote";
                return Err(Fault::new(start..start + 1, message));
            };
            decoded.push_str(plain.get(..end).unwrap_or_default());
            self.at += end;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(decoded);
                }
                Some(b'\\') => decoded.push(self.escape()?),
                _ => {
                    let message = "a control character stands in a string";
                    return Err(Fault::new(self.at..self.at + 1, message)
                        .with_help("write it as an escape, a line end as `\\n`"));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        let wrong = |end: usize| Fault::new(start..end, "an escape that JSON does not have");
        let kind = self.text.as_bytes().get(start + 1).copied();
        self.at += 2;
        Ok(match kind {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => return Err(wrong(start + 1)),
        })
    }

    fn unicode(&mut self, start: usize) -> Result<char, Fault> {
        let wrong = || Fault::new(start..start + 1, "an escape that is no character");
        let first = self.hex().ok_or_else(wrong)?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        if !self.rest().starts_with("\\u") {
            return Err(wrong());
        }
        self.at += 2;
        let second = self.hex().ok_or_else(wrong)?;
        let unit = |n: u32| u16::try_from(n).unwrap_or_default();
        let pair = char::decode_utf16([unit(first), unit(second)]).next();
        pair.and_then(Result::ok).ok_or_else(wrong)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(number)
    }
}

fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_whole = digits(whole) && (whole == "0" || !whole.starts_with('0'));
    is_whole
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

#[cfg(test)]
mod tests {
    //! Source: RFC 8259.
    use super::*;

    fn fault(text: &str) -> (String, Range<usize>) {
        let fault = read(text).unwrap_err();
        (fault.message, fault.range)
    }

    #[test]
    fn values_keep_where_they_stand() {
        let (node, _) = read(" {\"a\": [1.5e3, \"\\u00e9\\ud83d\\ude00\\n\"]} ").unwrap();
        assert_eq!(node.range, 1..39);
        let Value::Object(members) = node.value else { panic!("no object") };
        assert_eq!((members[0].name.as_str(), members[0].name_range.clone()), ("a", 2..5));
        let Value::Array(items) = &members[0].value.value else { panic!("no array") };
        assert_eq!(items[0].range, 8..13);
        assert_eq!(items[1].range, 15..37);
        assert!(matches!(&items[1].value, Value::Text(text) if text == "é😀\n"));
    }

    #[test]
    fn a_name_twice_is_a_fault_at_the_second() {
        let (_, twice) = read(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap();
        assert_eq!(twice, [Fault::new(17..20, "`a` stands here twice")]);
    }

    #[test]
    fn what_is_not_json_is_refused_at_its_place() {
        for (text, message, range) in [
            ("", "the policy ends where a value is due", 0..0),
            ("{\"a\": 1,}", "`}` stands where a name in double quotes is due", 8..9),
            ("{'a': 1}", "`'` stands where a name in double quotes is due", 1..2),
            ("[1 2]", "`2` stands where `,` or `]` is due", 3..4),
            ("{\"a\" 1}", "`1` stands where `:` is due", 5..6),
            ("{} é", "`é` stands where the end of the policy is due", 3..5),
            ("\"abc", "a string is not closed with a double quote", 0..1),
            ("\"a\nb\"", "a control character stands in a string", 2..3),
            ("\"\\x\"", "an escape that JSON does not have", 1..2),
            ("\"\\ud800\"", "an escape that is no character", 1..2),
            ("\"\\u+123\"", "an escape that is no character", 1..2),
            ("01", "`01` is not a number of JSON", 0..2),
            ("1.", "`1.` is not a number of JSON", 0..2),
            ("True", "`T` stands where a value is due", 0..1),
        ] {
            assert_eq!(fault(text), (message.to_owned(), range), "{text}");
        }
    }

    #[test]
    fn nesting_ends_at_its_limit() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(read(&nested(JSON_DEPTH_MAX + 1)).unwrap().0.range, 0..34);
        let message = fault(&nested(JSON_DEPTH_MAX + 2)).0;
        assert_eq!(message, "nested deeper than 16");
    }
}
