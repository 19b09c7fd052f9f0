//! The plain key conditions: a partition key that is equal to a value, and perhaps one comparison of the sort key.

use crate::expression::{Token, TokenKind};

/// One comparison of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clause<'t> {
    /// A name, or a placeholder of one.
    pub(super) key: Token<'t>,
    pub(super) operator: Operator,
    /// Placeholders of one or two values.
    pub(super) values: (&'t str, Option<&'t str>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Between,
    BeginsWith,
}

/// Reads one comparison, or two that `AND` joins, when that is all there is.
pub(super) fn parse<'t>(tokens: &[Token<'t>]) -> Option<(Clause<'t>, Option<Clause<'t>>)> {
    let (first, rest) = clause(tokens)?;
    match rest {
        [] => Some((first, None)),
        [and, rest @ ..] if and.is_keyword("AND") => match clause(rest)? {
            (second, []) => Some((first, Some(second))),
            _ => None,
        },
        _ => None,
    }
}

fn clause<'s, 't>(tokens: &'s [Token<'t>]) -> Option<(Clause<'t>, &'s [Token<'t>])> {
    match tokens {
        [call, open, key, comma, value, close, rest @ ..]
            if call.kind == TokenKind::Word
                && call.text == "begins_with"
                && open.is_symbol("(")
                && comma.is_symbol(",")
                && close.is_symbol(")") =>
        {
            compared(key, Operator::BeginsWith, value, None).map(|clause| (clause, rest))
        }
        [key, between, low, and, high, rest @ ..]
            if between.is_keyword("BETWEEN") && and.is_keyword("AND") =>
        {
            compared(key, Operator::Between, low, Some(high)).map(|clause| (clause, rest))
        }
        [key, operator, value, rest @ ..] if operator.kind == TokenKind::Symbol => {
            let operator = match operator.text {
                "=" => Operator::Equal,
                "<" => Operator::Less,
                "<=" => Operator::LessOrEqual,
                ">" => Operator::Greater,
                ">=" => Operator::GreaterOrEqual,
                _ => return None,
            };
            compared(key, operator, value, None).map(|clause| (clause, rest))
        }
        _ => None,
    }
}

fn compared<'t>(
    key: &Token<'t>,
    operator: Operator,
    value: &Token<'t>,
    other: Option<&Token<'t>>,
) -> Option<Clause<'t>> {
    let is_name = matches!(key.kind, TokenKind::Word | TokenKind::Placeholder);
    let are_values = [Some(value), other].iter().flatten().all(|one| one.kind == TokenKind::Value);
    let values = (value.text, other.map(|other| other.text));
    (is_name && are_values).then_some(Clause { key: *key, operator, values })
}

/// What the stored sort keys are compared with, as the engine does it.
#[derive(Debug)]
pub(super) struct Bounds {
    operator: Operator,
    first: String,
    second: Option<String>,
}

impl Bounds {
    /// Returns the bounds of what a comparison with stored keys finds; nothing where the engine may refuse.
    pub(super) fn new(operator: Operator, key: String, other: Option<String>) -> Option<Bounds> {
        let (first, second) = match (operator, other) {
            (Operator::Between, Some(high)) => (key <= high).then_some((key, Some(high)))?,
            (Operator::BeginsWith, None) => (after_prefix(&key)?, Some(key)),
            (_, None) => (key, None),
            (_, Some(_)) => return None,
        };
        Some(Bounds { operator, first, second })
    }

    /// SQL in the engine's words, for its writer of statements.
    pub(super) fn sql(&self) -> &'static str {
        match self.operator {
            Operator::Equal => "AND sk = ?2",
            Operator::Less => "AND sk < ?2",
            Operator::LessOrEqual => "AND sk <= ?2",
            Operator::Greater => "AND sk > ?2",
            Operator::GreaterOrEqual => "AND sk >= ?2",
            Operator::Between => "AND sk >= ?2 AND sk <= ?3",
            Operator::BeginsWith => "AND sk < ?2 AND sk >= ?3",
        }
    }

    /// What the statement's parameters stand for.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.first.as_str()).chain(self.second.as_deref())
    }

    /// Returns whether a stored key is within.
    pub(super) fn have(&self, key: &str) -> bool {
        let (first, second) = (self.first.as_str(), self.second.as_deref().unwrap_or_default());
        match self.operator {
            Operator::Equal => key == first,
            Operator::Less => key < first,
            Operator::LessOrEqual => key <= first,
            Operator::Greater => key > first,
            Operator::GreaterOrEqual => key >= first,
            Operator::Between => first <= key && key <= second,
            Operator::BeginsWith => second <= key && key < first,
        }
    }
}

/// The least text that is greater than all that begin with `prefix`.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut after = prefix.to_owned();
    while let Some(last) = after.pop() {
        // The last of all characters has none behind it: then the one before it has.
        if let Some(next) = (last..=char::MAX).nth(1) {
            after.push(next);
            return Some(after);
        }
    }
    None
}
