//! A cursor over JSON text. U+001A counts as the end of the text, as json-smart has it.

use super::error::{ParseError, ParseProblem};

/// Ends a text like its real end does.
const END: u8 = 0x1a;

/// Where parsing stands.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// Which characters end a text without quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// None: a value that is the whole document.
    Document,
    /// `,` and `]`.
    Array,
    /// `:`.
    Key,
    /// `,` and `}`.
    Member,
}

impl Stop {
    fn at(self, byte: u8) -> bool {
        match self {
            Stop::Document => false,
            Stop::Array => matches!(byte, b',' | b']'),
            Stop::Key => byte == b':',
            Stop::Member => matches!(byte, b',' | b'}'),
        }
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Returns the next byte; nothing at the end.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied().filter(|byte| *byte != END)
    }

    /// Returns the next byte; at the end U+001A.
    #[inline]
    pub(super) fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(END)
    }

    /// Steps over a byte that is there.
    #[inline]
    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    /// Steps over `,` and tells that a `"` comes, when they come so.
    #[inline]
    pub(super) fn takes_comma_before_quote(&mut self) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let is_so = rest.starts_with(b",\"");
        self.at += usize::from(is_so);
        is_so
    }

    /// Steps over one byte, which the caller knows to be ASCII, or over nothing at the end of the
    /// text.
    #[inline]
    pub(super) fn advance(&mut self) {
        if self.at < self.text.len() {
            self.at += 1;
        }
    }

    /// Steps over blanks between values.
    #[inline]
    pub(super) fn skip_blanks(&mut self) {
        self.skip_while(|byte| matches!(byte, b' ' | b'\r' | b'\n' | b'\t'));
    }

    /// Steps over blanks and control characters after a token.
    #[inline]
    pub(super) fn skip_controls(&mut self) {
        self.skip_while(|byte| byte <= b' ');
    }

    pub(super) fn skip_digits(&mut self) {
        self.skip_while(|byte| byte.is_ascii_digit());
    }

    /// Steps to where a text without quotes ends.
    pub(super) fn skip_bare(&mut self, stop: Stop) {
        self.skip_while(|byte| !stop.at(byte));
    }

    /// Tells whether a number has to end here: at a stop, at the end, or before a character from
    /// U+007E on.
    pub(super) fn ends_number(&self, stop: Stop) -> bool {
        self.peek().is_none_or(|byte| byte >= b'~' || stop.at(byte))
    }

    /// Returns the text from byte `from` to here.
    pub(super) fn since(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or("")
    }

    /// Returns the text from byte `from` to here without Java's blanks (U+0020 and all below)
    /// around it.
    pub(super) fn trimmed_since(&self, from: usize) -> &'a str {
        self.since(from).trim_matches(|c| c <= ' ')
    }

    /// Returns the text between the `quote` that comes next and the one after it, and steps behind that; nothing when a
    /// backslash comes first, or no further quote.
    #[inline]
    pub(super) fn take_simple(&mut self, quote: u8) -> Option<&'a str> {
        let start = self.at + 1;
        let rest = self.text.as_bytes().get(start..)?;
        let length = end(rest, quote)?;
        if rest.get(length) != Some(&quote) {
            return None;
        }
        self.at = start + length + 1;
        self.text.get(start..start + length)
    }

    /// Tells whether a `quote` comes, anywhere.
    pub(super) fn has(&self, quote: u8) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.contains(&quote))
    }

    /// Returns what comes before the next `quote`, backslash or control character.
    pub(super) fn take_plain(&mut self, quote: u8) -> &'a str {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        self.at += first_special(rest, quote);
        self.since(start)
    }

    /// Steps over the next character and returns it; nothing at the end.
    pub(super) fn next_char(&mut self) -> Option<char> {
        self.peek()?;
        let character = self.text.get(self.at..)?.chars().next()?;
        self.at += character.len_utf8();
        Some(character)
    }

    pub(super) fn error(&self, problem: ParseProblem) -> Box<ParseError> {
        ParseError::new(self.at, problem)
    }

    /// Refuses the next character.
    pub(super) fn unexpected(&self) -> Box<ParseError> {
        let next = self.peek().and_then(|_| self.text.get(self.at..)?.chars().next());
        self.error(next.map_or(ParseProblem::End, ParseProblem::Character))
    }

    #[inline]
    fn skip_while(&mut self, belongs: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&belongs) {
            self.at += 1;
        }
    }
}

/// The lowest bit of each byte.
const ONES: u64 = u64::MAX / 255;

/// Marks the bytes that are zero by their highest bit. The lowest mark is exact; those above it may be of no such byte.
#[inline]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & (ONES << 7)
}

/// Marks the bytes that are `byte`, as [`zeros`] does.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    zeros(word ^ (ONES * u64::from(byte)))
}

/// Returns where the first `quote`, backslash or control character is, else the length.
fn first_special(text: &[u8], quote: u8) -> usize {
    let is_special = |byte: u8| byte == quote || byte == b'\\' || byte <= 0x1f || byte == 0x7f;
    let mut rest = text;
    let mut at = 0;
    while let Some((word, further)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let controls = word.wrapping_sub(ONES * 0x20) & !word & (ONES << 7);
        let found = controls | equal(word, quote) | equal(word, b'\\') | equal(word, 0x7f);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        rest = further;
        at += 8;
    }
    at + rest.iter().position(|byte| is_special(*byte)).unwrap_or(rest.len())
}

/// Returns where the first `quote` or backslash is. Eight bytes are looked at in one go: most strings are short.
#[inline]
fn end(text: &[u8], quote: u8) -> Option<usize> {
    let mut rest = text;
    let mut at = 0;
    while let Some((word, further)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let found = equal(word, quote) | equal(word, b'\\');
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        rest = further;
        at += 8;
    }
    end_of_few(rest, quote).map(|position| at + position)
}

/// Does so for the last bytes of a text.
#[cold]
#[inline(never)]
fn end_of_few(rest: &[u8], quote: u8) -> Option<usize> {
    rest.iter().position(|byte| *byte == quote || *byte == b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: the definition: what a search byte by byte finds.
    #[test]
    fn the_end_of_a_string_is_found_at_every_place() {
        for length in 0..40 {
            for at in 0..=length {
                for byte in [b'"', b'\\'] {
                    let mut text = vec![b'!'; length];
                    text.insert(at, byte);
                    assert_eq!(end(&text, b'"'), Some(at), "{length} {at}");
                }
            }
            let odd: Vec<u8> = [0, 0x21, 0x23, 0x5b, 0x5d, 0x80, 0xa2, 0xdc, 0xff]
                .into_iter()
                .cycle()
                .take(length)
                .collect();
            assert_eq!(end(&odd, b'"'), None, "{length}");
            assert_eq!(first_special(b"~\x80 !\xff}~\xc3\xa9plain", b'"'), 14);
            for special in [b'"', b'\\', 0, 0x1f, 0x7f] {
                for at in 0..=length {
                    let mut text = vec![b' '; length];
                    text.insert(at, special);
                    assert_eq!(first_special(&text, b'"'), at, "{length} {special}");
                }
            }
        }
    }
}
