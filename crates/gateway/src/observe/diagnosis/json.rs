//! JSON that was sent, with the place of each member: what DynamoDB says of a member leads back to the bytes it speaks of.

use crate::limits::EXPLAINED_MEMBERS_MAX;
use crate::lint;
use serde_json::Value;
use std::ops::Range;

/// The members of a JSON text.
#[derive(Debug)]
pub(super) struct Json<'t> {
    text: &'t str,
    members: Vec<Member>,
}

/// A member of an object, or an element of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// The names that lead there, its own last; elements have their number.
    pub(super) path: Vec<String>,
    /// The bytes of its name with the quotes; none of an element.
    pub(super) name_at: Range<usize>,
    /// The bytes of its value, of text with the quotes.
    pub(super) value: Range<usize>,
}

impl Member {
    /// Its own name, or the number of an element.
    pub(super) fn name(&self) -> Option<&str> {
        self.path.last().map(String::as_str)
    }
}

/// Where a text stops being JSON, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Why a text is no JSON; `None` when it is.
pub(super) fn broken(text: &str) -> Option<Broken> {
    let error = serde_json::from_str::<Value>(text).err()?;
    if let Some((at, message)) = lint::json_failure(text) {
        return Some(Broken { at, message });
    }
    let line = error.line().saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let at = (start + error.column()).min(text.len()).saturating_sub(1);
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    let message = if words.starts_with("control character") {
        "a line end or another control character stands inside quotes".to_owned()
    } else {
        words.to_owned()
    };
    Some(Broken { at, message })
}

impl<'t> Json<'t> {
    /// Reads a text; nothing when it is no JSON, or has too many members to look for a cause among them.
    pub(super) fn read(text: &'t str) -> Option<Json<'t>> {
        serde_json::from_str::<Value>(text).ok()?;
        let mut reader = Reader { text, at: 0, path: Vec::new(), members: Vec::new() };
        reader.value();
        let is_whole = reader.members.len() < EXPLAINED_MEMBERS_MAX;
        is_whole.then_some(Json { text, members: reader.members })
    }

    /// Every member, those inside of another before it.
    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// The member at a path.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Member> {
        self.members.iter().rev().find(|member| member.path == path)
    }

    /// The members directly inside of the one at a path.
    pub(super) fn inside(&self, path: &[&str]) -> Vec<&Member> {
        let is_inside = |member: &&Member| {
            member.path.len() == path.len() + 1
                && member.path.iter().zip(path).all(|(name, wanted)| name == wanted)
        };
        self.members.iter().filter(is_inside).collect()
    }

    /// What stands at some bytes.
    pub(super) fn text(&self, range: &Range<usize>) -> &'t str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// A value that is text, decoded.
    pub(super) fn string(&self, member: &Member) -> Option<String> {
        serde_json::from_str(self.text(&member.value)).ok()
    }
}

/// Reads text that is known to be JSON.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    path: Vec<String>,
    members: Vec<Member>,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.at += blank;
        rest.get(blank).copied()
    }

    // INVARIANT: serde_json reads no deeper than 128 levels.
    fn value(&mut self) -> Range<usize> {
        let first = self.peek();
        let start = self.at;
        match first {
            Some(b'{') => self.members(b'}'),
            Some(b'[') => self.members(b']'),
            Some(b'"') => self.string(),
            _ => {
                let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
                let is_end =
                    |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
                self.at += rest.iter().position(is_end).unwrap_or(rest.len());
            }
        }
        start..self.at
    }

    fn string(&mut self) {
        let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        let mut is_escaped = false;
        let end = rest.iter().position(|byte| {
            let is_end = *byte == b'"' && !is_escaped;
            is_escaped = *byte == b'\\' && !is_escaped;
            is_end
        });
        self.at += end.map_or(rest.len() + 1, |end| end + 2);
    }

    fn members(&mut self, end: u8) {
        self.at += 1;
        let mut number = 0;
        while let Some(byte) = self.peek() {
            match byte {
                b',' => self.at += 1,
                _ if byte == end => {
                    self.at += 1;
                    return;
                }
                // What comes behind the limit is not read: nothing is made of it.
                _ if self.members.len() >= EXPLAINED_MEMBERS_MAX => {
                    self.at = self.text.len();
                    return;
                }
                _ => {
                    let (name, range) = self.name(end, number);
                    self.path.push(name);
                    let value = self.value();
                    let path = self.path.clone();
                    self.members.push(Member { path, name_at: range, value });
                    self.path.pop();
                    number += 1;
                }
            }
        }
    }

    fn name(&mut self, end: u8, number: usize) -> (String, Range<usize>) {
        if end == b']' {
            return (number.to_string(), self.at..self.at);
        }
        let start = self.at;
        self.string();
        let range = start..self.at;
        let name = self.text.get(range.clone()).and_then(|name| serde_json::from_str(name).ok());
        if self.peek() == Some(b':') {
            self.at += 1;
        }
        (name.unwrap_or_default(), range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_has_its_place() {
        let text = r#" {"a": {"b\"": [1, "x,"]}, "c" : true}"#;
        let json = Json::read(text).unwrap();
        let shown: Vec<String> = json
            .members()
            .iter()
            .map(|m| {
                format!("{} {}={}", m.path.join("/"), json.text(&m.name_at), json.text(&m.value))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "a/b\"/0 =1",
                "a/b\"/1 =\"x,\"",
                "a/b\" \"b\\\"\"=[1, \"x,\"]",
                "a \"a\"={\"b\\\"\": [1, \"x,\"]}",
                "c \"c\"=true",
            ]
        );
        assert_eq!(json.inside(&[]).len(), 2);
        assert_eq!(json.inside(&["a", "b\""]).len(), 2);
        assert!(Json::read("{").is_none());
        let many = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert!(Json::read(&many(EXPLAINED_MEMBERS_MAX - 1)).is_some());
        assert!(Json::read(&many(EXPLAINED_MEMBERS_MAX)).is_none());
    }

    #[test]
    fn what_is_no_json_has_a_place() {
        let cases = [
            ("{\"a\": 1,}", Some((7, "nothing stands between this `,` and `}`"))),
            (
                "{\n \"a\": \"b\nc\"}",
                Some((10, "a line end or another control character stands inside quotes")),
            ),
            ("{}", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(at, message)| Broken { at, message: message.to_owned() });
            assert_eq!(broken(text), expected, "{text}");
        }
    }
}
