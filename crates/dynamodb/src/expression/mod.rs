//! Expressions as AWS reads them: what it refuses in them, and in what words.
//!
//! The engine reads good expressions, and words bad ones as far as its grammar goes. Here an expression is read with AWS's grammar, in which
//! what is a function or an operand is decided after all is read, so that what AWS refuses behind the grammar is refused in its words.
//! Whether a name is a reserved word, and most errors of syntax, are left to the engine.

mod condition;
mod functions;
mod key_condition;
mod parser;
mod path;
mod placeholders;
mod projection;
mod token;
mod update;

use std::collections::HashMap;

use dynoxide::AttributeValue;

pub(crate) use key_condition::{KeyValue, key_values};
pub(crate) use path::Step;
pub(crate) use projection::project;
pub(crate) use token::{Kind as TokenKind, Token, tokens};

/// The names of a request's expressions.
pub(crate) type Names = Option<HashMap<String, String>>;
/// The values of a request's expressions.
pub(crate) type Values = Option<HashMap<String, AttributeValue>>;

/// Which of a request's expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    Condition,
    Filter,
    KeyCondition,
    Projection,
    Update,
}

impl Member {
    /// The name of the request's member.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Member::Condition => "ConditionExpression",
            Member::Filter => "FilterExpression",
            Member::KeyCondition => "KeyConditionExpression",
            Member::Projection => "ProjectionExpression",
            Member::Update => "UpdateExpression",
        }
    }
}

/// An expression, and what its placeholders stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expression<'r> {
    pub(crate) member: Member,
    pub(crate) text: &'r str,
    pub(crate) names: &'r Names,
    pub(crate) values: &'r Values,
}

/// Why AWS refuses an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// AWS's words, without those that name the expression.
    pub(crate) message: String,
    /// Whether it is told although a name is a reserved word.
    pub(crate) is_before_reserved: bool,
    /// Whether `Invalid ...Expression: ` does not stand before it.
    pub(crate) is_bare: bool,
}

impl Fault {
    /// One that is told when no name is reserved.
    fn new(message: String) -> Fault {
        Fault { message, is_before_reserved: false, is_bare: false }
    }

    fn before_reserved(message: String) -> Fault {
        Fault { is_before_reserved: true, ..Fault::new(message) }
    }

    fn bare(message: String) -> Fault {
        Fault { is_bare: true, ..Fault::new(message) }
    }
}

/// Returns why AWS refuses the expression, of what the engine would not see or would word otherwise.
///
/// An expression that is longer than AWS's 4,096 bytes is the engine's to refuse, before anything else.
pub(crate) fn fault(expression: &Expression<'_>) -> Option<Fault> {
    if expression.text.len() > crate::limits::EXPRESSION_BYTES {
        return None;
    }
    if let Err(fault) = placeholders::check(expression.names, expression.values) {
        return Some(fault);
    }
    match expression.member {
        Member::Condition | Member::Filter => condition::fault(expression),
        Member::KeyCondition => key_condition::fault(expression),
        Member::Projection => projection::fault(expression),
        Member::Update => update::fault(expression),
    }
}

/// Returns the paths that a condition or a filter names, that a projection leaves or that an update changes.
pub(crate) fn paths(expression: &Expression<'_>) -> Vec<Vec<Step>> {
    match expression.member {
        Member::Projection => projection::paths(expression),
        Member::Update => update::paths(expression),
        Member::Condition | Member::Filter | Member::KeyCondition => condition::paths(expression),
    }
}

/// Returns the attributes at the top level of those paths, each once, in its order.
pub(crate) fn attributes(expression: &Expression<'_>) -> Vec<String> {
    let mut attributes: Vec<String> = Vec::new();
    for path in paths(expression) {
        if let Some(Step::Name(name)) = path.into_iter().next()
            && !attributes.contains(&name)
        {
            attributes.push(name);
        }
    }
    attributes
}

#[cfg(test)]
mod tests;
