//! The characters of a pattern: `\Q...\E` is resolved first, and blanks and comments are skipped under the flag `x`.

use super::error::RegexError;

/// A character of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Plain(char),
    /// Stands for itself: it came from `\Q...\E`.
    Quoted(char),
}

impl Token {
    pub(super) fn character(self) -> char {
        match self {
            Token::Plain(character) | Token::Quoted(character) => character,
        }
    }
}

/// A pattern, read up to a place.
#[derive(Debug)]
pub(super) struct Source {
    tokens: Vec<Token>,
    at: usize,
    /// The flag `x`.
    pub(super) has_comments: bool,
    /// The flag `d`: only `\n` ends a comment.
    pub(super) is_unix: bool,
}

impl Source {
    pub(super) fn new(pattern: &str) -> Self {
        let mut tokens = Vec::with_capacity(pattern.len());
        let mut rest = pattern.chars();
        let mut is_quoted = false;
        while let Some(character) = rest.next() {
            let mut ahead = rest.clone();
            match (character, ahead.next()) {
                ('\\', Some('E')) if is_quoted => {
                    is_quoted = false;
                    rest = ahead;
                }
                _ if is_quoted => tokens.push(Token::Quoted(character)),
                ('\\', Some('Q')) => {
                    is_quoted = true;
                    rest = ahead;
                }
                ('\\', Some(escaped)) => {
                    tokens.extend([Token::Plain('\\'), Token::Plain(escaped)]);
                    rest = ahead;
                }
                _ => tokens.push(Token::Plain(character)),
            }
        }
        Self { tokens, at: 0, has_comments: false, is_unix: false }
    }

    /// Returns the next character, blanks and comments left out where the flag `x` says so.
    pub(super) fn peek(&mut self) -> Option<Token> {
        while self.has_comments {
            match self.raw() {
                Some(Token::Plain(' ' | '\t'..='\r')) => self.at += 1,
                Some(Token::Plain('#')) => self.skip_comment(),
                Some(_) | None => break,
            }
        }
        self.raw()
    }

    fn skip_comment(&mut self) {
        while let Some(token) = self.raw() {
            let is_end = match token.character() {
                '\n' => true,
                '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => !self.is_unix,
                _ => false,
            };
            if is_end {
                return;
            }
            self.at += 1;
        }
    }

    /// Tells whether the next character is `operator`.
    pub(super) fn is_at(&mut self, operator: char) -> bool {
        self.peek() == Some(Token::Plain(operator))
    }

    /// Steps over the next character when it is `operator`.
    pub(super) fn eat(&mut self, operator: char) -> bool {
        let is_there = self.is_at(operator);
        if is_there {
            self.at += 1;
        }
        is_there
    }

    /// Steps over the next character and returns it.
    pub(super) fn next(&mut self) -> Option<Token> {
        self.peek();
        self.next_raw()
    }

    /// Returns the next character, be it a blank.
    pub(super) fn raw(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    /// Returns the character `ahead` characters after the next, be it a blank.
    pub(super) fn raw_ahead(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    /// Returns the character before the next, be it a blank.
    pub(super) fn raw_before(&self) -> Option<Token> {
        self.tokens.get(self.at.checked_sub(1)?).copied()
    }

    /// Steps over the next character, be it a blank, and returns it.
    pub(super) fn next_raw(&mut self) -> Option<Token> {
        let next = self.raw();
        if next.is_some() {
            self.at += 1;
        }
        next
    }

    /// Returns the place, to come back to.
    pub(super) fn mark(&self) -> usize {
        self.at
    }

    /// Goes back to a place that [`mark`](Self::mark) returned.
    pub(super) fn reset(&mut self, mark: usize) {
        self.at = mark;
    }

    /// Returns what stands before the next `end`, and steps behind it.
    pub(super) fn take_to(&mut self, end: char, what: &str) -> Result<String, RegexError> {
        let mut taken = String::new();
        while let Some(token) = self.next() {
            if token.character() == end {
                return Ok(taken);
            }
            taken.push(token.character());
        }
        Err(RegexError::syntax(format!("{what} is not closed with `{end}`")))
    }
}
