//! Cuts a text into tokens: keeps the mode, the modes to come back to, and the count of parentheses.

use super::advice;
use super::error::ParseError;
use super::matcher::{Matched, Mode, longest};
use super::origin::Origin;
use super::token::{Token, TokenKind};
use crate::limits::CHAIN_MAX;

#[derive(Debug)]
pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) origin: Origin,
    at: usize,
    mode: Mode,
    stack: Vec<Saved>,
    opened: u32,
    closed: u32,
    in_comment: bool,
    pub(super) in_set: bool,
}

/// A mode to come back to, with its parentheses.
#[derive(Debug)]
struct Saved {
    mode: Mode,
    opened: u32,
    closed: u32,
}

impl<'t> Lexer<'t> {
    /// Starts at the beginning of `text`, which is at most [`TEMPLATE_BYTES_MAX`](crate::limits::TEMPLATE_BYTES_MAX) long.
    pub(super) fn new(text: &'t str, origin: Origin) -> Self {
        Self {
            text,
            origin,
            at: 0,
            mode: Mode::Text,
            stack: Vec::new(),
            opened: 0,
            closed: 0,
            in_comment: false,
            in_set: false,
        }
    }

    /// Returns the next token; at the end of the text [`TokenKind::End`], again and again.
    pub(super) fn next(&mut self) -> Result<Token, ParseError> {
        let mut start = self.at;
        let mut dropped = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                if start < self.at {
                    return Err(self.cut_off(start));
                }
                return Ok(self.token(TokenKind::End, start, dropped));
            }
            let Some((matched, length)) = longest(self.mode, rest) else {
                return Err(self.unknown(rest));
            };
            match matched {
                Matched::Skip => {
                    self.at += length;
                    start = self.at;
                }
                Matched::Inside => self.at += length,
                Matched::Terminator => {
                    let image = self.text.get(start..self.at).unwrap_or_default();
                    dropped.push_str(&kept_of(image));
                    start = self.at;
                    self.pop();
                }
                Matched::Dollar => {
                    self.at += length;
                    self.enter(Mode::Reference, self.mode == Mode::Reference)?;
                }
                Matched::Hash => {
                    self.at += length;
                    let ends = matches!(self.mode, Mode::Reference | Mode::Member);
                    self.enter(Mode::DirectiveName, ends)?;
                }
                Matched::TextBlockStart => {
                    self.at += length;
                    self.enter_comment(Mode::TextBlock)?;
                }
                Matched::CommentStart => {
                    self.at += length;
                    self.enter_comment(Mode::BlockComment)?;
                }
                Matched::FormalCommentStart => {
                    self.at += if self.in_comment { length } else { 3 };
                    self.enter_comment(Mode::FormalComment)?;
                }
                Matched::Token(kind) => {
                    self.at += length;
                    self.after(kind)?;
                    // AWS: whatever led to the dot of a reference is dropped.
                    let start = if kind == TokenKind::Dot { self.at - 1 } else { start };
                    return Ok(self.token(kind, start, dropped));
                }
            }
        }
    }

    /// The parser has read the name of a directive.
    pub(super) fn enter_directive(&mut self) {
        self.mode = Mode::Directive;
    }

    /// Goes back to the mode before this one; tells whether there was one.
    pub(super) fn pop(&mut self) -> bool {
        let Some(saved) = self.stack.pop() else {
            self.opened = 0;
            self.mode = Mode::Text;
            return false;
        };
        self.mode = saved.mode;
        self.opened = saved.opened;
        self.closed = saved.closed;
        true
    }

    /// Tells whether `(` comes next, blanks and line ends aside.
    pub(super) fn is_paren_next(&self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('(')
    }

    /// Tells whether `(` may come next: Velocity 1.7 makes a lone `#` or `$` part of what follows it.
    pub(super) fn may_open_next(&self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.trim_start_matches([' ', '\t', '\n', '\r']).starts_with(['(', '#', '$'])
    }

    fn push(&mut self, mode: Mode) -> Result<(), ParseError> {
        if self.stack.len() >= CHAIN_MAX {
            let at = self.offset(self.at);
            let span = self.origin.span(at, at);
            return Err(ParseError::new(
                span,
                format!("more than {CHAIN_MAX} things are open here"),
            ));
        }
        self.stack.push(Saved { mode: self.mode, opened: self.opened, closed: self.closed });
        // AWS: Velocity 1.7 starts a new count of `(` here but goes on with that of `)`.
        self.opened = 0;
        self.mode = mode;
        Ok(())
    }

    fn enter(&mut self, mode: Mode, ends_reference: bool) -> Result<(), ParseError> {
        if self.in_comment {
            return Ok(());
        }
        if ends_reference {
            self.pop();
        }
        self.push(mode)
    }

    fn enter_comment(&mut self, mode: Mode) -> Result<(), ParseError> {
        if self.in_comment {
            return Ok(());
        }
        self.in_comment = true;
        self.push(mode)
    }

    /// Changes the mode as the token just read demands.
    fn after(&mut self, kind: TokenKind) -> Result<(), ParseError> {
        let is_bare = self.opened == 0 && !self.in_set;
        match kind {
            TokenKind::Set => {
                self.push(Mode::Directive)?;
                self.in_set = true;
                self.opened += 1;
            }
            TokenKind::LineCommentStart if !self.in_comment => {
                if self.mode == Mode::Reference {
                    self.pop();
                }
                self.enter_comment(Mode::LineComment)?;
            }
            TokenKind::LineCommentEnd
            | TokenKind::BlockComment
            | TokenKind::FormalComment
            | TokenKind::TextBlock => {
                self.in_comment = false;
                self.pop();
            }
            TokenKind::IndexOpen => self.push(Mode::Index)?,
            TokenKind::IndexClose
            | TokenKind::FormalClose
            | TokenKind::EndDirective
            | TokenKind::Else => {
                self.pop();
            }
            TokenKind::ParenOpen => {
                self.opened += 1;
                if self.mode == Mode::Member {
                    self.mode = Mode::Arguments;
                }
            }
            TokenKind::ParenClose => self.close(),
            TokenKind::CallClose => self.mode = Mode::Reference,
            TokenKind::Dot => {
                // The letter belongs to the name that follows.
                self.at -= 1;
                self.mode = Mode::Member;
            }
            TokenKind::If | TokenKind::ElseIf => self.mode = Mode::Directive,
            TokenKind::Integer => {
                if self.text.get(..self.at).is_some_and(|text| text.ends_with("..")) {
                    self.at -= 2;
                }
                if is_bare && !matches!(self.mode, Mode::Arguments | Mode::Index) {
                    self.pop();
                }
            }
            TokenKind::Float if is_bare && self.mode != Mode::Arguments => {
                self.pop();
            }
            TokenKind::String if is_bare && self.mode == Mode::Directive => {
                self.pop();
            }
            _ => {}
        }
        Ok(())
    }

    /// `)` closes the nearest mode that has an open `(`.
    fn close(&mut self) {
        loop {
            if self.opened > 0 {
                if self.opened == self.closed + 1 {
                    self.pop();
                } else {
                    self.closed += 1;
                }
                return;
            }
            if !self.pop() {
                return;
            }
        }
    }

    fn token(&self, kind: TokenKind, start: usize, dropped: String) -> Token {
        let dropped = (!dropped.is_empty()).then(|| dropped.into_boxed_str());
        Token { kind, start: self.offset(start), end: self.offset(self.at), dropped }
    }

    #[expect(clippy::cast_possible_truncation, reason = "TEMPLATE_BYTES_MAX fits u32")]
    fn offset(&self, at: usize) -> u32 {
        at as u32
    }

    fn cut_off(&self, start: usize) -> ParseError {
        let image = self.text.get(start..).unwrap_or_default();
        let span = self.origin.span(self.offset(start), self.offset(self.at));
        if self.in_comment && image.contains("#[[") {
            let opener = ParseError::new(span, "`#[[` is never closed");
            return opener.expecting(&["`]]#`"]);
        }
        if self.in_comment {
            return ParseError::new(
                span,
                format!("a comment cannot end the template with `{image}`"),
            )
            .help("add a line end after the comment");
        }
        let what = if image.ends_with('#') { "a directive" } else { "a reference" };
        ParseError::new(span, format!("`{image}` cannot end a template"))
            .expecting(&[what])
            .help(format!("to print a lone `{image}` last, write it inside `#[[` and `]]#`"))
    }

    fn unknown(&self, rest: &str) -> ParseError {
        let at = self.offset(self.at);
        let first = rest.chars().next().unwrap_or_default();
        let width = self.offset(first.len_utf8());
        let span = self.origin.span(at, at + width);
        if matches!(first, '"' | '\'') {
            return ParseError::new(
                self.origin.span(at, self.offset(self.text.len())),
                "the string is never closed",
            )
            .expecting(&[if first == '"' { "`\"`" } else { "`'`" }])
            .help("a quote inside a string is written twice; a backslash does not escape it");
        }
        let error = ParseError::new(span, format!("unexpected `{first}`"));
        match self.mode {
            Mode::Arguments if first == '(' => {
                error.help("arguments cannot hold parentheses; compute the value with `#set` first")
            }
            Mode::Arguments => {
                error.help("arguments cannot hold operators; compute the value with `#set` first")
            }
            Mode::Directive if first == '.' => {
                error.help("only references have members; assign the value with `#set` first")
            }
            Mode::Index => error.help("an index is a string, an integer or a reference"),
            _ => match advice::on_character(rest) {
                Some(help) => error.help(help),
                None => error,
            },
        }
    }
}

/// Returns what Velocity prints of a reference or directive that came to nothing: `$`, `#`, and backslashes before `$`.
fn kept_of(image: &str) -> String {
    let mut kept = String::new();
    let mut rest = image;
    while let Some(first) = rest.chars().next() {
        let backslashes = rest.len() - rest.trim_start_matches('\\').len();
        if backslashes > 0 {
            let after = rest.trim_start_matches('\\');
            match after.strip_prefix('$') {
                Some(next) => {
                    kept.push_str(rest.get(..=backslashes).unwrap_or_default());
                    // AWS: Velocity 1.7 steps over one character more.
                    let mut next = next.chars();
                    next.next();
                    rest = next.as_str();
                }
                None => rest = after,
            }
            continue;
        }
        if matches!(first, '#' | '$') {
            kept.push(first);
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    kept
}
