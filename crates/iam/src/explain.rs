//! Why each statement is, or is not, about a request: for traces, never on the way of a request.

use std::fmt;
use std::ops::Range;

use crate::condition::Condition;
use crate::facts::{Asked, Request};
use crate::fault::quoted;
use crate::limits::EXPLAINED_VALUES_MAX;
use crate::policy::{Part, Policy, Statement, StatementRef};

/// One statement and what of it is not about the request: nothing when all of it is.
#[derive(Clone, Debug)]
pub struct Explanation<'p> {
    /// The statement.
    pub statement: StatementRef<'p>,
    /// Every element that is not about the request.
    pub mismatches: Vec<Mismatch>,
}

/// An element of a statement that is not about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Where the element stands in the text of the policy, in bytes.
    pub range: Range<usize>,
    /// What does not match what, on one line.
    pub message: String,
}

/// What the statement does about the request, or what of it is not about it.
impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statement = self.statement;
        let does = if statement.is_allow() { "allows" } else { "denies" };
        if self.mismatches.is_empty() {
            return write!(f, "{statement} {does} it");
        }
        let why: Vec<String> = self.mismatches.iter().map(ToString::to_string).collect();
        write!(f, "{statement} {does} something else: {}", why.join("; "))
    }
}

/// Explains every statement of the policies, in their order, as [`evaluate`](crate::evaluate)
/// sees them.
pub fn explain<'p>(
    policies: impl IntoIterator<Item = &'p Policy>,
    request: &Request<'_>,
) -> Vec<Explanation<'p>> {
    let asked = Asked::new(request);
    let mut explanations = Vec::new();
    for (policy_index, policy) in policies.into_iter().enumerate() {
        explanations.extend(policy.statements.iter().map(|statement| Explanation {
            statement: StatementRef { policy_index, policy, statement },
            mismatches: mismatches(statement, &asked),
        }));
    }
    explanations
}

fn mismatches(statement: &Statement, asked: &Asked<'_>) -> Vec<Mismatch> {
    let parts = statement.foreign_parts(asked).into_iter();
    let parts = parts.map(|part| of_part(part, statement, asked));
    let conditions = statement.conditions.iter();
    let conditions = conditions.filter(|condition| !statement.demands(condition, asked));
    parts.chain(conditions.map(|condition| of_condition(condition, asked))).collect()
}

fn of_part(part: Part, statement: &Statement, asked: &Asked<'_>) -> Mismatch {
    let (range, is_negated, name, asks) = match part {
        Part::Action => {
            let actions = &statement.actions;
            (Some(&actions.range), actions.is_negated, "Action", asked.request.action)
        }
        Part::Resource => {
            let resources = statement.resources.as_ref();
            let is_negated = resources.is_some_and(|element| element.is_negated);
            let range = resources.map(|element| &element.range);
            (range, is_negated, "Resource", asked.request.resource)
        }
        Part::Principal => {
            let principals = statement.principals.as_ref();
            let is_negated = principals.is_some_and(|element| element.is_negated);
            let range = principals.map(|element| &element.range);
            let who = asked.request.principal.map_or("anonymous", |principal| principal.arn());
            (range, is_negated, "Principal", who)
        }
    };
    let range = range.unwrap_or(&statement.range).clone();
    let message = if is_negated {
        format!("`Not{name}` leaves out {}", quoted(asks))
    } else {
        format!("`{name}` is not about {}", quoted(asks))
    };
    Mismatch { range, message }
}

/// Policies keep a secret in it that a proxy in front adds to what it passes on.
const SECRET_KEY: &str = "aws:referer";

fn of_condition(condition: &Condition, asked: &Asked<'_>) -> Mismatch {
    let key = quoted(&condition.key.written);
    let (values, hidden) = asked.watched(|| asked.values(&condition.key));
    let found = match values {
        None if hidden.is_some() => "what the request has cannot be told".to_owned(),
        None => "the request has no such key".to_owned(),
        Some(_) if condition.key.lower() == SECRET_KEY => "the request has `***`".to_owned(),
        Some(values) => {
            let shown = values.iter().take(EXPLAINED_VALUES_MAX).map(|value| quoted(value));
            let shown = shown.collect::<Vec<String>>().join(", ");
            let rest = if values.len() > EXPLAINED_VALUES_MAX { ", ..." } else { "" };
            format!("the request has {shown}{rest}")
        }
    };
    let message = format!("`{}` of {key} does not hold: {found}", condition.operator);
    Mismatch { range: condition.range.clone(), message }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
