//! Expressions of `#if`, `#elseif` and `#set`: operators by precedence, then literals and references.

use super::error::ParseError;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{Comparison, Expr, Math, Operand, Operator};
use crate::value::Number;

/// What an operator makes of its operands.
#[derive(Debug, Clone, Copy)]
enum Binary {
    Or,
    And,
    Compare(Comparison),
    Math(Operator),
}

/// From the loosest to the tightest.
const LEVELS: usize = 6;

impl Parser<'_, '_> {
    pub(super) fn expression(&mut self) -> Result<Expr, ParseError> {
        self.binary(0)
    }

    fn binary(&mut self, level: usize) -> Result<Expr, ParseError> {
        if level == LEVELS {
            return self.unary();
        }
        let first = self.position();
        let mut left = self.binary(level + 1)?;
        let mut length = 0;
        while let Some(operator) = operator(self.peek(0)?, level) {
            length += 1;
            self.check_chain(length)?;
            if length > crate::limits::NESTING_MAX {
                let span = self.next_span()?;
                let most = crate::limits::NESTING_MAX;
                return Err(ParseError::new(span, format!("more than {most} operators in a row"))
                    .help("split the expression with `#set`"));
            }
            let split = self.position();
            self.take()?;
            let right = self.binary(level + 1)?;
            left = self.join(operator, left, right, (first, split));
        }
        Ok(left)
    }

    fn join(
        &self,
        operator: Binary,
        left: Expr,
        right: Expr,
        (first, split): (usize, usize),
    ) -> Expr {
        let end = self.position();
        let span = self.span(first, end);
        match operator {
            Binary::Or => Expr::Or(Box::new((left, right))),
            Binary::And => Expr::And(Box::new((left, right))),
            Binary::Compare(comparison) => Expr::Compare(comparison, Box::new((left, right)), span),
            Binary::Math(operator) => {
                let left = self.operand(left, first, split);
                let right = self.operand(right, split + 1, end);
                Expr::Math(Box::new(Math { operator, left, right, span }))
            }
        }
    }

    /// Keeps the text of an operand that may have no value.
    fn operand(&self, value: Expr, first: usize, end: usize) -> Operand {
        let nullable = matches!(value, Expr::Math(_) | Expr::Range(..) | Expr::Null);
        let literal = nullable.then(|| self.literal(first, end).trim().into());
        Operand { value, literal }
    }

    fn unary(&mut self) -> Result<Expr, ParseError> {
        let ahead = usize::from(self.peek(0)? == TokenKind::Whitespace);
        if self.peek(ahead)? != TokenKind::Not {
            return self.primary();
        }
        self.skip_blanks()?;
        self.take()?;
        self.enter()?;
        let operand = self.unary()?;
        self.leave();
        Ok(Expr::Not(Box::new(operand)))
    }

    fn primary(&mut self) -> Result<Expr, ParseError> {
        self.skip_blanks()?;
        let value = if self.take_if(TokenKind::ParenOpen)? {
            self.enter()?;
            let inner = self.expression()?;
            self.leave();
            self.expect(TokenKind::ParenClose, &["`)`", "an operator"])?;
            inner
        } else {
            self.element()?
        };
        self.skip_blanks()?;
        Ok(value)
    }

    pub(super) fn truth(&mut self) -> Result<Expr, ParseError> {
        let value = self.peek(0)? == TokenKind::True;
        self.take()?;
        Ok(Expr::Boolean(value))
    }

    /// An integer or a floating point literal.
    pub(super) fn number(&mut self) -> Result<Expr, ParseError> {
        let number = self.take()?;
        let image = self.image(number);
        // In text mode `#1` is an integer token too; here the image is digits alone.
        let value = match Number::parse_whole(image) {
            Some(whole) => Some(whole),
            None => image.parse().ok().map(Number::Double),
        };
        match value {
            Some(value) => Ok(Expr::Number(value)),
            None => {
                let span = self.span(number, number + 1);
                Err(ParseError::new(span, format!("`{image}` is no number")))
            }
        }
    }
}

fn operator(kind: TokenKind, level: usize) -> Option<Binary> {
    let (operator, at) = match kind {
        TokenKind::Or => (Binary::Or, 0),
        TokenKind::And => (Binary::And, 1),
        TokenKind::Equal => (Binary::Compare(Comparison::Equal), 2),
        TokenKind::NotEqual => (Binary::Compare(Comparison::NotEqual), 2),
        TokenKind::Less => (Binary::Compare(Comparison::Less), 3),
        TokenKind::Greater => (Binary::Compare(Comparison::Greater), 3),
        TokenKind::LessOrEqual => (Binary::Compare(Comparison::LessOrEqual), 3),
        TokenKind::GreaterOrEqual => (Binary::Compare(Comparison::GreaterOrEqual), 3),
        TokenKind::Plus => (Binary::Math(Operator::Add), 4),
        TokenKind::Minus => (Binary::Math(Operator::Subtract), 4),
        TokenKind::Multiply => (Binary::Math(Operator::Multiply), 5),
        TokenKind::Divide => (Binary::Math(Operator::Divide), 5),
        TokenKind::Modulus => (Binary::Math(Operator::Modulo), 5),
        _ => return None,
    };
    (at == level).then_some(operator)
}
