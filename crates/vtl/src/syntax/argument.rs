//! What may stand as an argument, a list element or a map entry: literals, references, lists, maps, ranges.

use super::error::ParseError;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::Expr;

const ELEMENT: [&str; 3] = ["a reference", "a string", "a number"];

impl Parser<'_, '_> {
    /// One element, without the blanks around it.
    pub(super) fn element(&mut self) -> Result<Expr, ParseError> {
        match self.peek(0)? {
            TokenKind::String => self.string(),
            TokenKind::Integer | TokenKind::Float => self.number(),
            TokenKind::True | TokenKind::False => self.truth(),
            TokenKind::Identifier | TokenKind::FormalOpen => {
                self.enter()?;
                let reference = self.reference()?;
                self.leave();
                Ok(reference.into_expression())
            }
            TokenKind::BracketOpen => {
                self.enter()?;
                let list = self.list_or_range()?;
                self.leave();
                Ok(list)
            }
            TokenKind::BraceOpen => {
                self.enter()?;
                let map = self.map()?;
                self.leave();
                Ok(map)
            }
            _ => Err(self.unexpected(&ELEMENT)?),
        }
    }

    fn padded_element(&mut self) -> Result<Expr, ParseError> {
        self.skip_blanks()?;
        let element = self.element()?;
        self.skip_blanks()?;
        Ok(element)
    }

    fn list_or_range(&mut self) -> Result<Expr, ParseError> {
        self.take()?;
        // AWS: blanks between the brackets of an empty list are a parse error, between the braces of a map they are not.
        if self.take_if(TokenKind::BracketClose)? {
            return Ok(Expr::List(Box::default()));
        }
        self.skip_blanks()?;
        if self.peek(0)? == TokenKind::BracketClose {
            let error = self.unexpected(&ELEMENT)?;
            return Err(error.help("an empty list is written without blanks: `[]`"));
        }
        let begins_range =
            matches!(self.peek(0)?, TokenKind::Integer) || self.is_reference_next()?;
        let start = self.padded_element()?;
        if begins_range && self.take_if(TokenKind::DoubleDot)? {
            return self.range(start);
        }
        let mut elements = vec![start];
        while self.take_if(TokenKind::Comma)? {
            elements.push(self.padded_element()?);
        }
        self.expect(TokenKind::BracketClose, &["`,`", "`]`"])?;
        Ok(Expr::List(elements.into()))
    }

    fn range(&mut self, start: Expr) -> Result<Expr, ParseError> {
        self.skip_blanks()?;
        let end = match self.peek(0)? {
            TokenKind::Integer => self.number()?,
            TokenKind::Identifier | TokenKind::FormalOpen => self.reference()?.into_expression(),
            _ => return Err(self.unexpected(&["an integer", "a reference"])?),
        };
        self.skip_blanks()?;
        self.expect(TokenKind::BracketClose, &["`]`"])?;
        Ok(Expr::Range(Box::new((start, end))))
    }

    fn map(&mut self) -> Result<Expr, ParseError> {
        self.take()?;
        self.skip_blanks()?;
        let mut entries = Vec::new();
        if !self.is_map_end()? {
            loop {
                let key = self.padded_element()?;
                self.expect(TokenKind::Colon, &["`:`"])?;
                let value = self.padded_element()?;
                entries.push((key, value));
                if !self.take_if(TokenKind::Comma)? {
                    break;
                }
            }
        }
        if !self.is_map_end()? {
            return Err(self.unexpected(&["`,`", "`}`"])?);
        }
        self.take()?;
        Ok(Expr::Map(entries.into()))
    }

    fn is_map_end(&mut self) -> Result<bool, ParseError> {
        Ok(matches!(self.peek(0)?, TokenKind::BraceClose | TokenKind::FormalClose))
    }
}
