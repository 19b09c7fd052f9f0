//! Whether the program can serve, and what it serves: written by the wiring, read by `/readyz`.

use serde::Serialize;
use tokio::sync::watch;

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
    use super::*;

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
