//! How often which action was called at the AWS endpoints, and what came of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use vestibule_dynamodb::Action;
use vestibule_gateway::{Family, FamilyKind, Sample, SampleValue};

/// What an action is counted as that there is none of.
const UNKNOWN: &str = "Unknown";

/// The calls so far. Names of actions and errors are AWS's: no client adds one.
#[derive(Debug, Default)]
pub struct Calls(Mutex<BTreeMap<(&'static str, Option<&'static str>), u64>>);

impl Calls {
    /// Counts a call and the error that it was answered.
    pub(super) fn count(&self, action: Option<Action>, error: Option<&'static str>) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((action.map_or(UNKNOWN, Action::name), error)).or_default() += 1;
    }

    /// The metric.
    pub(crate) fn family(&self) -> Family {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sample = |((action, error), count): (&(&str, Option<&str>), &u64)| {
            let action = ("action", (*action).to_owned());
            let error = error.map(|error| ("error", error.to_owned()));
            let labels = std::iter::once(action).chain(error).collect();
            Sample { labels, value: SampleValue::Number(*count) }
        };
        Family {
            name: "vestibule_aws_calls",
            help: "Calls of DynamoDB by clients of the AWS endpoints, by action and error.",
            kind: FamilyKind::Counter,
            samples: counts.iter().map(sample).collect(),
        }
    }
}
