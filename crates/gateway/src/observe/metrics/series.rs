//! What is counted of the requests of one stage, or of one method of it: counters that a request adds to at its end.

use super::histogram::Histogram;
use crate::error::Stop;
use crate::exchange::LookedUp;
use crate::observe::completed::Completed;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use vestibule_restapi::GatewayResponseType;

/// What names a series: AWS's dimensions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) api: String,
    pub(super) stage: String,
    pub(super) is_canary: bool,
    /// Resource and verb; none for all requests of the stage that no series of a method has.
    pub(super) method: Option<(String, String)>,
}

impl Key {
    pub(super) fn labels(&self) -> Vec<(&'static str, String)> {
        let mut labels = vec![("api", self.api.clone()), ("stage", self.stage.clone())];
        if self.is_canary {
            labels.push(("canary", "true".to_owned()));
        }
        if let Some((resource, method)) = &self.method {
            labels.push(("resource", resource.clone()));
            labels.push(("method", method.clone()));
        }
        labels
    }
}

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Series {
    pub(super) requests: AtomicU64,
    pub(super) errors_4xx: AtomicU64,
    pub(super) errors_5xx: AtomicU64,
    pub(super) latency: Histogram,
    pub(super) integration_latency: Histogram,
    pub(super) templates: Histogram,
    pub(super) request_bytes: AtomicU64,
    pub(super) response_bytes: AtomicU64,
    pub(super) cache_hits: AtomicU64,
    pub(super) cache_misses: AtomicU64,
    /// Gateway responses, in the order of their types.
    pub(super) gateway_responses: [AtomicU64; GatewayResponseType::ALL.len()],
}

impl Series {
    /// Adds a request.
    pub(super) fn count(&self, completed: &Completed<'_>) {
        let measured = &completed.exchange.measured;
        self.requests.fetch_add(1, Relaxed);
        match completed.status.as_u16() {
            400..=499 => self.errors_4xx.fetch_add(1, Relaxed),
            500..=599 => self.errors_5xx.fetch_add(1, Relaxed),
            _ => 0,
        };
        self.latency.record(completed.total);
        if let Some(took) = measured.integration {
            self.integration_latency.record(took);
        }
        match measured.cache {
            Some(LookedUp::Hit) => self.cache_hits.fetch_add(1, Relaxed),
            Some(LookedUp::Miss) => self.cache_misses.fetch_add(1, Relaxed),
            None => 0,
        };
        if let Some(took) = measured.templates {
            self.templates.record(took);
        }
        self.request_bytes.fetch_add(completed.request_bytes as u64, Relaxed);
        self.response_bytes.fetch_add(completed.response_bytes as u64, Relaxed);
        if let Some(Stop::Gateway(error)) = completed.stop
            && let Some(count) = self.gateway_responses.get(error.kind as usize)
        {
            count.fetch_add(1, Relaxed);
        }
    }
}
