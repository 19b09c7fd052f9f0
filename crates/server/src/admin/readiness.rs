//! Whether the program can serve, and what it serves: written by the wiring, read by `/readyz`.

use serde::Serialize;
use tokio::sync::watch;
use vestibule_dynamodb::Health;

/// Whether the program can serve, shared by all that say or ask it. Begins as not ready, with the
/// reason `starting`.
#[derive(Debug)]
pub struct Readiness(watch::Sender<Report>);

/// What `/readyz` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    ready: bool,
    /// The deployments that are served.
    deployments: Vec<String>,
    /// Why not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
    /// Whether the end has begun, after which it is never ready again.
    #[serde(skip)]
    is_draining: bool,
}

impl Default for Readiness {
    fn default() -> Self {
        Self(watch::Sender::new(Report::new(Vec::new(), vec!["starting".to_owned()])))
    }
}

impl Readiness {
    /// Notes that `deployments` (their ids) are served. With `reasons` the program still serves
    /// them, but should get no traffic: a newer deployment could not be compiled.
    pub fn serve(&self, deployments: Vec<String>, reasons: Vec<String>) {
        self.0.send_modify(|report| {
            let is_draining = report.is_draining;
            *report = Report::new(deployments, reasons);
            if is_draining {
                report.drain();
            }
        });
    }

    /// Notes that the program is about to end: it should get no traffic any more.
    pub fn drain(&self) {
        self.0.send_modify(Report::drain);
    }

    /// Returns how it stands.
    pub fn report(&self) -> Report {
        self.0.borrow().clone()
    }
}

impl Report {
    fn new(deployments: Vec<String>, reasons: Vec<String>) -> Self {
        Self { ready: reasons.is_empty(), deployments, reasons, is_draining: false }
    }

    /// Adds that no endpoint of the store is asked any more.
    pub(super) fn cut_off(&mut self, health: &Health) {
        self.ready = false;
        self.reasons.extend(health.endpoints.iter().map(|endpoint| {
            let reason = endpoint.open_reason.as_deref().unwrap_or_default();
            format!("the circuit of the store's endpoint `{}` is open: {reason}", endpoint.url)
        }));
    }

    fn drain(&mut self) {
        self.ready = false;
        self.is_draining = true;
        self.reasons.push("draining".to_owned());
    }

    /// Tells whether the program should get traffic.
    pub fn is_ready(&self) -> bool {
        self.ready
    }
}

#[cfg(test)]
mod tests {
    use vestibule_dynamodb::{AttemptCounts, EndpointHealth};

    use super::*;

    #[test]
    fn without_a_store_it_is_not_ready() {
        let readiness = Readiness::default();
        readiness.serve(vec!["a".to_owned()], Vec::new());
        let mut report = readiness.report();
        let endpoint = |url: &str, reason: &str| EndpointHealth {
            url: url.to_owned(),
            open_reason: Some(reason.to_owned()),
        };
        report.cut_off(&Health {
            endpoints: vec![endpoint("http://a:1", "refused"), endpoint("http://b:1", "hung")],
            is_cut_off: true,
            attempts: AttemptCounts::default(),
            retries: 0,
            circuit_openings: 2,
            retry_budget: 500,
        });
        let json = serde_json::to_string(&report).unwrap();
        let reasons = r#"["the circuit of the store's endpoint `http://a:1` is open: refused","the circuit of the store's endpoint `http://b:1` is open: hung"]"#;
        assert_eq!(json, format!(r#"{{"ready":false,"deployments":["a"],"reasons":{reasons}}}"#));
    }

    #[test]
    fn what_drains_is_not_ready_again() {
        let readiness = Readiness::default();
        readiness.serve(vec!["a".to_owned()], Vec::new());
        assert!(readiness.report().is_ready());
        readiness.drain();
        readiness.serve(vec!["b".to_owned()], Vec::new());
        let report = readiness.report();
        assert!(!report.is_ready());
        assert_eq!(report.deployments, ["b"]);
        assert_eq!(report.reasons, ["draining"]);
    }
}
