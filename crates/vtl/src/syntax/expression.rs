//! Expressions of `#if`, `#elseif` and `#set`: operators by precedence, then literals and references.

use super::error::ParseError;
use super::origin::Span;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{Comparison, Expr, Math, Operand, Operator};
use crate::limits::OPERATORS_MAX;
use crate::value::{Number, OwnedNumber};

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

/// An operand as it was read.
#[derive(Debug)]
struct Read {
    value: Expr,
    /// The tokens that Velocity takes for its text: without its parentheses, and of `a - b` only those of `b`.
    tokens: (usize, usize),
}

impl Parser<'_, '_> {
    /// An expression that belongs to a directive.
    pub(super) fn whole_expression(&mut self) -> Result<Expr, ParseError> {
        if !self.in_string {
            self.shared.operators = 0;
        }
        self.expression()
    }

    fn expression(&mut self) -> Result<Expr, ParseError> {
        Ok(self.binary(0)?.value)
    }

    /// Counts an operator: a tree of them is as deep as they are many.
    fn charge_operator(&mut self) -> Result<(), ParseError> {
        self.shared.operators += 1;
        if self.shared.operators <= OPERATORS_MAX {
            return Ok(());
        }
        let message = format!("more than {OPERATORS_MAX} operators in one expression");
        let error = ParseError::new(self.next_span()?, message);
        Err(error.help("split the expression with `#set`"))
    }

    fn binary(&mut self, level: usize) -> Result<Read, ParseError> {
        if level == LEVELS {
            return self.unary();
        }
        let first = self.position();
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = operator(self.peek(0)?, level) {
            self.charge_operator()?;
            self.take()?;
            let split = self.position();
            let right = self.binary(level + 1)?;
            let span = self.span(first, self.position());
            let value = self.join(operator, left, right, span);
            left = Read { value, tokens: (split, self.position()) };
        }
        Ok(left)
    }

    fn join(&self, operator: Binary, left: Read, right: Read, span: Span) -> Expr {
        match operator {
            Binary::Or => Expr::Or(Box::new((left.value, right.value))),
            Binary::And => Expr::And(Box::new((left.value, right.value))),
            Binary::Compare(comparison) => {
                Expr::Compare(comparison, Box::new((left.value, right.value)), span)
            }
            Binary::Math(operator) => {
                let (left, right) = (self.operand(left), self.operand(right));
                Expr::Math(Box::new(Math { operator, left, right, span }))
            }
        }
    }

    /// Keeps the text of an operand that may have no value.
    fn operand(&self, Read { value, tokens: (first, end) }: Read) -> Operand {
        let is_nullable = matches!(value, Expr::Math(_) | Expr::Range(..) | Expr::Null);
        let literal = is_nullable.then(|| self.literal(first, end).into());
        Operand { value, literal }
    }

    fn unary(&mut self) -> Result<Read, ParseError> {
        let first = self.position();
        let ahead = usize::from(self.peek(0)? == TokenKind::Whitespace);
        if self.peek(ahead)? != TokenKind::Not {
            return self.primary();
        }
        self.skip_blanks()?;
        self.take()?;
        self.enter()?;
        let operand = self.unary()?;
        self.leave();
        let value = Expr::Not(Box::new(operand.value));
        Ok(Read { value, tokens: (first, self.position()) })
    }

    fn primary(&mut self) -> Result<Read, ParseError> {
        self.skip_blanks()?;
        let read = if self.take_if(TokenKind::ParenOpen)? {
            self.enter()?;
            let first = self.position();
            let value = self.expression()?;
            let tokens = (first, self.position());
            self.leave();
            self.expect(TokenKind::ParenClose, &["`)`", "an operator"])?;
            Read { value, tokens }
        } else {
            let first = self.position();
            let value = self.element()?;
            Read { value, tokens: (first, self.position()) }
        };
        self.skip_blanks()?;
        Ok(read)
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
        let value = match OwnedNumber::parse_whole(image) {
            Some(whole) => Some(whole),
            None => image.parse().ok().map(|value| OwnedNumber::Short(Number::Double(value))),
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
