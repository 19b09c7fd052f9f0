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
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied().filter(|byte| *byte != END)
    }

    /// Steps over one byte, which the caller knows to be ASCII, or over nothing at the end of the
    /// text.
    pub(super) fn advance(&mut self) {
        if self.at < self.text.len() {
            self.at += 1;
        }
    }

    /// Steps over blanks between values.
    pub(super) fn skip_blanks(&mut self) {
        self.skip_while(|byte| matches!(byte, b' ' | b'\r' | b'\n' | b'\t'));
    }

    /// Steps over blanks and control characters after a token.
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

    /// Returns the text up to the next `quote` and steps behind that; nothing when there is none.
    pub(super) fn take_to(&mut self, quote: char) -> Option<&'a str> {
        let rest = self.text.get(self.at..)?;
        let text = rest.get(..rest.find(quote)?)?;
        self.at += text.len() + 1;
        Some(text)
    }

    /// Steps over the next character and returns it; nothing at the end.
    pub(super) fn next_char(&mut self) -> Option<char> {
        self.peek()?;
        let character = self.text.get(self.at..)?.chars().next()?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// Goes back to byte `at`, which the caller knows to be a character boundary.
    pub(super) fn go_back(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn error(&self, problem: ParseProblem) -> ParseError {
        ParseError::new(self.at, problem)
    }

    /// Refuses the next character.
    pub(super) fn unexpected(&self) -> ParseError {
        let next = self.peek().and_then(|_| self.text.get(self.at..)?.chars().next());
        self.error(next.map_or(ParseProblem::End, ParseProblem::Character))
    }

    fn skip_while(&mut self, belongs: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&belongs) {
            self.at += 1;
        }
    }
}
