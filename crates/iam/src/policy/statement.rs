//! One compiled statement, and which of its elements stand for a request.

use std::ops::Range;

use super::action::ActionPattern;
use super::principals::Principals;
use crate::arn::ArnPattern;
use crate::condition::Condition;
use crate::facts::{Asked, Hidden};

/// A compiled statement.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) index: usize,
    pub(crate) sid: Option<String>,
    pub(crate) range: Range<usize>,
    pub(crate) effect: Effect,
    /// Policies that are attached to whom they are about have none.
    pub(crate) principals: Option<Element<Principals>>,
    pub(crate) actions: Element<Vec<ActionPattern>>,
    /// Trust policies have none.
    pub(crate) resources: Option<Element<Vec<ResourcePattern>>>,
    pub(crate) conditions: Vec<Condition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// An element and where it stands, its name included.
#[derive(Debug)]
pub(crate) struct Element<T> {
    pub(crate) of: T,
    /// As in `NotAction`.
    pub(crate) is_negated: bool,
    pub(crate) range: Range<usize>,
}

/// A resource and where it stands.
#[derive(Debug)]
pub(crate) struct ResourcePattern {
    pub(crate) pattern: ArnPattern,
    /// As it is written.
    pub(crate) written: String,
    pub(crate) range: Range<usize>,
}

/// How a statement came to be about a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    /// By everybody, or by name.
    Direct,
    /// By the account alone: what it may, it hands on to its own by identity policies.
    Account,
}

/// The elements that decide whether a statement is about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Action,
    Resource,
    Principal,
}

impl Statement {
    /// Whether the statement is about the request, and how it came to be about the principal.
    pub(crate) fn grant(&self, asked: &Asked<'_>) -> Option<Grant> {
        if !self.is_about_action(asked) || !self.is_about_resource(asked) {
            return None;
        }
        let grant = self.grant_of_principal(asked)?;
        self.conditions.iter().all(|condition| self.demands(condition, asked)).then_some(grant)
    }

    /// The elements that are not about the request, conditions apart.
    pub(crate) fn foreign_parts(&self, asked: &Asked<'_>) -> Vec<Part> {
        let parts = [
            (Part::Action, self.is_about_action(asked)),
            (Part::Resource, self.is_about_resource(asked)),
            (Part::Principal, self.grant_of_principal(asked).is_some()),
        ];
        parts.into_iter().filter(|(_, is_about)| !is_about).map(|(part, _)| part).collect()
    }

    /// Whether a condition of the statement holds for a request.
    pub(crate) fn demands(&self, condition: &Condition, asked: &Asked<'_>) -> bool {
        self.decided(asked.watched(|| condition.holds(asked)))
    }

    /// What of the statement is so, or what it is taken for where that cannot be told.
    fn decided(&self, (is_so, hidden): (bool, Option<Hidden>)) -> bool {
        match hidden {
            None => is_so,
            Some(Hidden::Against) => self.effect == Effect::Deny,
            Some(Hidden::For) => self.effect == Effect::Allow,
        }
    }

    fn is_about_action(&self, asked: &Asked<'_>) -> bool {
        let action = asked.request.action;
        self.actions.of.iter().any(|pattern| pattern.matches(action)) != self.actions.is_negated
    }

    fn is_about_resource(&self, asked: &Asked<'_>) -> bool {
        let Some(resources) = &self.resources else { return true };
        let mut patterns = resources.of.iter();
        let is_named = || patterns.any(|one| one.pattern.matches(asked.arn.as_ref(), asked));
        let (is_named, hidden) = asked.watched(is_named);
        self.decided((is_named != resources.is_negated, hidden))
    }

    fn grant_of_principal(&self, asked: &Asked<'_>) -> Option<Grant> {
        let Some(Element { of, is_negated, .. }) = &self.principals else {
            return Some(Grant::Direct);
        };
        let principal = asked.request.principal;
        if *is_negated {
            return of.excludes(principal, self.effect).then_some(Grant::Direct);
        }
        of.grant(principal, self.effect)
    }
}
