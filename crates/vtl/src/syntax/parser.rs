//! The parser: its tokens, what all texts of one template share, and how it fails.

use std::collections::HashMap;

use super::error::ParseError;
use super::lexer::Lexer;
use super::origin::{Origin, Span};
use super::statement::escaped_directive;
use super::token::{Token, TokenKind};
use super::tree::{Block, LiteralArgument, Slot, Tree};
use crate::limits::{CHAIN_MAX, NESTING_MAX, TEMPLATE_BYTES_MAX};
use crate::template::LiteralId;

/// Compiles a template.
pub(crate) fn parse(text: &str) -> Result<Tree, ParseError> {
    if text.len() > TEMPLATE_BYTES_MAX {
        let span = Span { start: 0, end: 0 };
        let message = format!("the template is larger than {TEMPLATE_BYTES_MAX} bytes");
        return Err(ParseError::new(span, message));
    }
    let mut shared = Shared::default();
    let body = Parser::new(text, Origin::Direct(0), &mut shared).template()?;
    let Shared { names, blocks, literals, .. } = shared;
    Ok(Tree { body, blocks, names, literals })
}

/// What the texts of one template (itself, and the strings in it) fill together.
#[derive(Debug, Default)]
pub(super) struct Shared {
    names: Vec<Box<str>>,
    slots: HashMap<Box<str>, Slot>,
    pub(super) blocks: Vec<Block>,
    literals: Vec<LiteralArgument>,
    depth: usize,
    /// The operators of the expression being parsed.
    pub(super) operators: usize,
    /// Bytes of strings inside strings, which are parsed once for each level.
    string_bytes: usize,
}

impl Shared {
    pub(super) fn slot(&mut self, name: &str) -> Slot {
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        let slot = Slot::try_from(self.names.len()).unwrap_or(Slot::MAX);
        self.names.push(name.into());
        self.slots.insert(name.into(), slot);
        slot
    }

    pub(super) fn literal(&mut self, literal: LiteralArgument) -> LiteralId {
        let id = LiteralId(u32::try_from(self.literals.len()).unwrap_or(u32::MAX));
        self.literals.push(literal);
        id
    }
}

/// Parses one text, asking the lexer for tokens no earlier than it needs them.
#[derive(Debug)]
pub(super) struct Parser<'t, 's> {
    pub(super) lexer: Lexer<'t>,
    pub(super) shared: &'s mut Shared,
    tokens: Vec<Token>,
    at: usize,
    /// The directives that are open: what `#end` closes.
    pub(super) open: Vec<(&'static str, Span)>,
    /// A word that is no directive but nearly one, and that one.
    pub(super) suspect: Option<(Box<str>, &'static str)>,
    /// Whether the text is that of a string literal.
    pub(super) in_string: bool,
}

impl<'t, 's> Parser<'t, 's> {
    pub(super) fn new(text: &'t str, origin: Origin, shared: &'s mut Shared) -> Self {
        let lexer = Lexer::new(text, origin);
        Self {
            lexer,
            shared,
            tokens: Vec::new(),
            at: 0,
            open: Vec::new(),
            suspect: None,
            in_string: false,
        }
    }

    pub(super) fn template(&mut self) -> Result<Block, ParseError> {
        let body = self.block()?;
        match self.peek(0)? {
            TokenKind::End => Ok(body),
            _ => Err(self.misplaced()?),
        }
    }

    /// Returns the kind of the token `ahead` of the next.
    pub(super) fn peek(&mut self, ahead: usize) -> Result<TokenKind, ParseError> {
        while self.tokens.len() <= self.at + ahead {
            let token = self.lexer.next()?;
            self.tokens.push(token);
        }
        Ok(self.tokens.get(self.at + ahead).map_or(TokenKind::End, |token| token.kind))
    }

    /// Takes the next token and returns its number.
    pub(super) fn take(&mut self) -> Result<usize, ParseError> {
        self.peek(0)?;
        self.at += 1;
        Ok(self.at - 1)
    }

    /// Takes the next token when it is a `kind`.
    pub(super) fn take_if(&mut self, kind: TokenKind) -> Result<bool, ParseError> {
        let is = self.peek(0)? == kind;
        if is {
            self.at += 1;
        }
        Ok(is)
    }

    pub(super) fn skip_blanks(&mut self) -> Result<(), ParseError> {
        self.take_if(TokenKind::Whitespace).map(|_| ())
    }

    /// Takes a `kind`, or fails naming `expected`.
    pub(super) fn expect(
        &mut self,
        kind: TokenKind,
        expected: &[&'static str],
    ) -> Result<usize, ParseError> {
        if self.peek(0)? == kind { self.take() } else { Err(self.unexpected(expected)?) }
    }

    /// Returns the number of the next token.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn token(&self, number: usize) -> Option<&Token> {
        self.tokens.get(number)
    }

    pub(super) fn token_mut(&mut self, number: usize) -> Option<&mut Token> {
        self.tokens.get_mut(number)
    }

    /// Returns the text of a token.
    pub(super) fn image(&self, number: usize) -> &'t str {
        let text = self.lexer.text;
        self.token(number)
            .and_then(|token| text.get(token.start as usize..token.end as usize))
            .unwrap_or_default()
    }

    /// Returns the text of the tokens from number `first` up to `end`: as Velocity keeps it, without comments.
    pub(super) fn images(&self, first: usize, end: usize) -> String {
        (first..end).map(|number| self.image(number)).collect()
    }

    /// As [`Parser::images`], with what dropped references leave.
    pub(super) fn literal(&self, first: usize, end: usize) -> String {
        let mut literal = String::new();
        for number in first..end {
            let Some(token) = self.token(number) else { continue };
            if token.kind == TokenKind::BlockComment {
                continue;
            }
            literal.push_str(token.dropped.as_deref().unwrap_or_default());
            match token.kind {
                TokenKind::EscapedDirective => {
                    literal.push_str(&escaped_directive(self.image(number)));
                }
                _ => literal.push_str(self.image(number)),
            }
        }
        literal
    }

    /// Returns where a token begins in the template.
    pub(super) fn start(&self, number: usize) -> u32 {
        self.span(number, number + 1).start
    }

    /// Returns where the tokens from number `first` up to `end` stand.
    pub(super) fn span(&self, first: usize, end: usize) -> Span {
        let start = self.token(first).map_or(0, |token| token.start);
        let last = self.token(end.saturating_sub(1)).map_or(start, |token| token.end);
        self.lexer.origin.span(start, last.max(start))
    }

    /// Counts one level deeper. Pair it with [`Parser::leave`].
    pub(super) fn enter(&mut self) -> Result<(), ParseError> {
        if self.shared.depth >= NESTING_MAX {
            let span = self.next_span()?;
            return Err(ParseError::new(span, format!("nested deeper than {NESTING_MAX} levels")));
        }
        self.shared.depth += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.shared.depth = self.shared.depth.saturating_sub(1);
    }

    /// Counts the bytes of a string that is parsed again.
    pub(super) fn charge_string(&mut self, bytes: usize, span: Span) -> Result<(), ParseError> {
        self.shared.string_bytes = self.shared.string_bytes.saturating_add(bytes);
        if self.shared.string_bytes > 4 * TEMPLATE_BYTES_MAX {
            return Err(ParseError::new(span, "strings inside strings are too large"));
        }
        Ok(())
    }

    /// Fails when a chain of `length` parts is too long.
    pub(super) fn check_chain(&mut self, length: usize) -> Result<(), ParseError> {
        if length < CHAIN_MAX {
            return Ok(());
        }
        let span = self.next_span()?;
        Err(ParseError::new(span, format!("more than {CHAIN_MAX} parts in one expression")))
    }

    pub(super) fn next_span(&mut self) -> Result<Span, ParseError> {
        self.peek(0)?;
        Ok(self.span(self.at, self.at + 1))
    }

    /// The next token is not one of `expected`.
    pub(super) fn unexpected(
        &mut self,
        expected: &[&'static str],
    ) -> Result<ParseError, ParseError> {
        let kind = self.peek(0)?;
        let mut span = self.next_span()?;
        let mut image = self.image(self.at);
        if kind == TokenKind::Text {
            image = image
                .chars()
                .next()
                .and_then(|first| image.get(..first.len_utf8()))
                .unwrap_or(image);
            span.end = self.token(self.at).map_or(span.end, |token| {
                self.lexer.origin.offset(token.start + u32::try_from(image.len()).unwrap_or(0))
            });
        }
        let ends_string = self.in_string && image.trim().is_empty();
        let message = match kind {
            _ if ends_string => "the string ends too early".to_owned(),
            TokenKind::End => "the template ends too early".to_owned(),
            _ if image.trim().is_empty() => "unexpected blank".to_owned(),
            _ => format!("unexpected `{}`", image.trim_end()),
        };
        let error = ParseError::new(span, message).expecting(expected);
        let advice = match ends_string && expected.contains(&"a reference") {
            true => Some("a quote inside a string is written twice".to_owned()),
            false => self.advice(kind, image, expected),
        };
        Ok(match advice {
            Some(help) => error.help(help),
            None => error,
        })
    }
}
