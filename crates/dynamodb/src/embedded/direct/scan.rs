//! Tokens of JSON, read in place. What a method does not know it answers with nothing.

use crate::limits;

/// Bytes of a string that are looked at one by one.
const NEAR: usize = 32;

/// A text and how far it is read.
///
/// INVARIANT: `at` is past an ASCII character or 0, so it is a boundary of the text.
#[derive(Debug)]
pub(super) struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Scan<'t> {
        Scan { text, at: 0 }
    }

    /// Returns how far the text is read, in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns what was read since `start`.
    pub(super) fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// Reads spaces and ends of lines, if there are any.
    pub(super) fn space(&mut self) {
        let rest = self.rest().as_bytes();
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += rest.iter().take_while(|byte| is_space(byte)).count();
    }

    /// Reads this ASCII text if it is next; returns whether it is.
    pub(super) fn has(&mut self, ascii: &str) -> bool {
        let is_next = self.rest().as_bytes().starts_with(ascii.as_bytes());
        if is_next {
            self.at += ascii.len();
        }
        is_next
    }

    /// Reads this ASCII text, which must be next.
    pub(super) fn expect(&mut self, ascii: &str) -> Option<()> {
        self.has(ascii).then_some(())
    }

    /// Reads a string without escapes; returns what is between its quotes.
    pub(super) fn plain_string(&mut self) -> Option<&'t str> {
        let rest = self.rest().strip_prefix('"')?;
        // Most are short: a search that is set up for long ones costs more than it saves.
        let near = rest.bytes().take(NEAR).position(|byte| byte == b'"' || is_special(byte));
        let length = match near {
            Some(at) => at,
            None => rest.find('"')?,
        };
        let (content, end) = rest.split_at_checked(length)?;
        if !end.starts_with('"') || (near.is_none() && has_special(content)) {
            return None;
        }
        self.at += content.len() + 2;
        Some(content)
    }

    /// Reads a string with no other escapes than those the engine's writer makes; returns it with
    /// its quotes.
    pub(super) fn string(&mut self) -> Option<&'t str> {
        let start = self.at;
        if self.plain_string().is_some() {
            return Some(self.since(start));
        }
        let mut bytes = self.rest().bytes();
        if bytes.next() != Some(b'"') {
            return None;
        }
        let length = self.rest().len();
        loop {
            match bytes.next()? {
                b'"' => break,
                b'\\' => escape(&mut bytes)?,
                0..=0x1f => return None,
                _ => {}
            }
        }
        self.at += length - bytes.len();
        Some(self.since(start))
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// Returns the value of a whole number as DynamoDB itself writes it, when it has few digits.
pub(super) fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = digits.len() <= limits::POINT_DIGITS
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (!digits.starts_with('0') || text == "0");
    if is_plain { text.parse().ok() } else { None }
}

/// Reads what follows a backslash, when the engine's writer would write it so.
fn escape(bytes: &mut std::str::Bytes<'_>) -> Option<()> {
    match bytes.next()? {
        b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
        b'u' => {
            let digits = [bytes.next()?, bytes.next()?, bytes.next()?, bytes.next()?];
            match digits {
                // Backspace, tab, line feed, form feed and carriage return have short forms.
                [b'0', b'0', b'0', b'8' | b'9' | b'a' | b'c' | b'd'] => None,
                [b'0', b'0', b'0' | b'1', b'0'..=b'9' | b'a'..=b'f'] => Some(()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Returns whether there is a backslash or a control character. Looks at all bytes, so that it
/// needs no branch for each.
fn has_special(content: &str) -> bool {
    content.bytes().fold(false, |found, byte| found | is_special(byte))
}

/// A backslash or a control character.
fn is_special(byte: u8) -> bool {
    (byte == b'\\') | (byte < 0x20)
}
