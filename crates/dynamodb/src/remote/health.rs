//! How a remote store stands, for whoever shows it: endpoints and what was counted of calls.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::verdict::Trouble;

/// How a remote store stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The endpoints that are asked, and those of the settings.
    pub endpoints: Vec<EndpointHealth>,
    /// Whether the circuits of all endpoints are open: no call is made.
    pub is_cut_off: bool,
    /// Attempts by what came of them.
    pub attempts: AttemptCounts,
    /// Attempts that were further ones of a call.
    pub retries: u64,
    /// Times that a circuit has opened.
    pub circuit_openings: u64,
    /// What is left of the budget of retries, of 500.
    pub retry_budget: u32,
}

/// How one endpoint stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointHealth {
    /// Such as `http://10.0.0.7:8000`.
    pub url: String,
    /// Why its circuit is open, if it is.
    pub open_reason: Option<String>,
}

/// Attempts by what came of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttemptCounts {
    /// An answer, be it an error of the request's.
    pub answered: u64,
    /// The store said that it is asked too much.
    pub throttled: u64,
    /// The store said that it failed.
    pub failing: u64,
    /// No answer in time.
    pub timeout: u64,
    /// No answer, or none of DynamoDB's.
    pub broken: u64,
}

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    answered: AtomicU64,
    throttled: AtomicU64,
    failing: AtomicU64,
    timeout: AtomicU64,
    broken: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) circuit_openings: AtomicU64,
}

impl Counts {
    /// Counts an attempt.
    pub(super) fn attempt(&self, trouble: Option<Trouble>) {
        let count = match trouble {
            None => &self.answered,
            Some(Trouble::Throttled) => &self.throttled,
            Some(Trouble::Failing) => &self.failing,
            Some(Trouble::Timeout) => &self.timeout,
            Some(Trouble::Broken) => &self.broken,
        };
        count.fetch_add(1, Relaxed);
    }

    pub(super) fn attempts(&self) -> AttemptCounts {
        AttemptCounts {
            answered: self.answered.load(Relaxed),
            throttled: self.throttled.load(Relaxed),
            failing: self.failing.load(Relaxed),
            timeout: self.timeout.load(Relaxed),
            broken: self.broken.load(Relaxed),
        }
    }
}
