//! What the steps of one request leave for whoever observes it at its end.

use crate::authorize::Phases;
use std::time::Duration;
use vestibule_dynamodb::Action;

/// What was measured and called. Empty for a request that came to no such step.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// From the call of the integration to its answer or failure.
    pub(crate) integration: Option<Duration>,
    /// When it was called, on the clock's own scale.
    pub(crate) called_at: Option<Duration>,
    /// Spent on making the bodies of the integration request and of the answer, their templates with it.
    pub(crate) templates: Option<Duration>,
    /// The action of DynamoDB that was called.
    pub(crate) dynamodb: Option<DynamoDbOutcome>,
    /// How authorization went, of a method that asks for some.
    pub(crate) authorization: Option<Box<Phases>>,
    /// What the cache had for it, where its method has one.
    pub(crate) cache: Option<LookedUp>,
}

/// What the cache had for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookedUp {
    /// Its answer, also when another request had just fetched it.
    Hit,
    /// Nothing: its integration was called.
    Miss,
}

impl Measured {
    /// Adds time that was spent on templates.
    pub(crate) fn add_templates(&mut self, took: Duration) {
        self.templates = Some(self.templates.unwrap_or_default() + took);
    }
}

/// An action of DynamoDB, and how it ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DynamoDbOutcome {
    pub(crate) action: Action,
    /// DynamoDB's name of the error, or of the kind of failure; none after a success.
    pub(crate) error: Option<&'static str>,
}
