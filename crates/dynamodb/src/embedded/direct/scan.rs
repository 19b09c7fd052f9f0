//! Tokens of JSON, read in place. What a method does not know it answers with nothing.

use crate::limits;

/// A text and how far it is read.
///
/// INVARIANT: `at` is past an ASCII character or 0, so it is a boundary of the text.
#[derive(Debug)]
pub(super) struct Scan<'t> {
    text: &'t str,
    at: usize,
    escaping: usize,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Scan<'t> {
        Scan { text, at: 0, escaping: 0 }
    }

    /// Returns how far the text is read, in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns what was read since `start`.
    pub(super) fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Returns how many bytes fewer the strings would be that [`Scan::string`] has read, were nothing in them escaped.
    pub(super) fn escaping(&self) -> usize {
        self.escaping
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// Reads spaces and ends of lines, if there are any.
    pub(super) fn space(&mut self) {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().iter().take_while(|byte| is_space(byte)).count();
    }

    /// Reads this ASCII text if it is next; returns whether it is.
    #[inline]
    pub(super) fn has(&mut self, ascii: &str) -> bool {
        let is_next = self.rest().starts_with(ascii.as_bytes());
        if is_next {
            self.at += ascii.len();
        }
        is_next
    }

    /// Reads this ASCII text, which must be next.
    #[inline]
    pub(super) fn expect(&mut self, ascii: &str) -> Option<()> {
        self.has(ascii).then_some(())
    }

    /// Reads a string without escapes; returns what is between its quotes.
    #[inline]
    pub(super) fn plain_string(&mut self) -> Option<&'t str> {
        let rest = self.rest().strip_prefix(b"\"")?;
        let (start, length) = (self.at + 1, plain_bytes(rest));
        if rest.get(length) != Some(&b'"') {
            return None;
        }
        self.at = start + length + 1;
        self.text.get(start..start + length)
    }

    /// Reads a string with no other escapes than those the engine's writer makes; returns it with
    /// its quotes.
    pub(super) fn string(&mut self) -> Option<&'t str> {
        let start = self.at;
        let mut rest = self.rest().strip_prefix(b"\"")?;
        loop {
            rest = rest.get(plain_bytes(rest)..)?;
            match rest.split_first()? {
                (b'"', after) => {
                    self.at = self.text.len() - after.len();
                    return Some(self.since(start));
                }
                (b'\\', after) => {
                    rest = escaped(after)?;
                    // The character itself is one byte, and the backslash stands before `after`.
                    self.escaping += after.len() - rest.len();
                }
                _ => return None,
            }
        }
    }

    /// Reads digits and a sign before them, as far as there are any.
    pub(super) fn digits(&mut self) -> &'t str {
        let start = self.at;
        self.has("-");
        self.at += self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.since(start)
    }

    #[inline]
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
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

/// Reads what follows a backslash, when the engine's writer would write it so; returns what comes behind it.
fn escaped(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't', rest @ ..] => Some(rest),
        // Backspace, tab, line feed, form feed and carriage return have short forms.
        [b'u', b'0', b'0', b'0', b'8' | b'9' | b'a' | b'c' | b'd', ..] => None,
        [b'u', b'0', b'0', b'0' | b'1', b'0'..=b'9' | b'a'..=b'f', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// How many bytes come before the first quote, backslash or control character.
#[inline]
fn plain_bytes(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let marks = marks(u64::from_le_bytes(*word));
        if marks != 0 {
            return index * 8 + (marks.trailing_zeros() / 8) as usize;
        }
    }
    let is_mark = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    words.len() * 8 + rest.iter().position(is_mark).unwrap_or(rest.len())
}

/// A high bit for the lowest byte of a word that is a quote, a backslash or a control character; none where there is none. What
/// stands above the lowest may be wrong.
fn marks(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // A byte that is lower than another borrows when that is taken from it.
    let lower = |word: u64, byte: u8| word.wrapping_sub(ONES * u64::from(byte)) & !word & HIGH;
    let is = |byte: u8| lower(word ^ (ONES * u64::from(byte)), 1);
    is(b'"') | is(b'\\') | lower(word, 0x20)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: inferred: what a look at each byte finds.
    #[test]
    fn a_run_ends_where_its_first_mark_is() {
        for mark in 0..=u8::MAX {
            for before in 0..20 {
                for filler in [b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                    let mut text = vec![filler; before];
                    text.push(mark);
                    // What comes behind the first does not matter.
                    text.extend([b'"', 0, b'\\', filler, b'"', 0x1f, filler, filler, filler]);
                    let is_mark = matches!(mark, b'"' | b'\\' | 0..0x20);
                    let expected = if is_mark { before } else { before + 1 };
                    assert_eq!(plain_bytes(&text), expected, "{before} of {filler}, then {mark}");
                    assert_eq!(plain_bytes(&text[..before]), before);
                }
            }
        }
    }

    // Source: inferred (JSON, as the engine's writer has it).
    #[test]
    fn a_string_is_read_when_the_writer_would_write_it_so() {
        let read = |text: &str| Scan::new(text).string().map(str::len);
        assert_eq!(read(r#""a"x"#), Some(3));
        assert_eq!(read(r#""Made of oak and \"brass\", \u001f\n\\"x"#), Some(39));
        let refused = [
            r#""a"#,
            r#""a\"#,
            r#""\u0008""#,
            r#""\u0041""#,
            r#""\u00""#,
            r#""\/""#,
            "\"\n\"",
            "a",
        ];
        for text in refused {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(Scan::new(r#""a\n""#).plain_string(), None);
        assert_eq!(Scan::new(r#""käse"x"#).plain_string(), Some("käse"));
    }
}
