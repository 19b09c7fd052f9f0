//! The circuit of one endpoint: it opens when the endpoint fails again and again, and closes when a probe is answered.
//! While it is open nothing but probes goes there.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::limits::{CIRCUIT_FAILURES, CIRCUIT_PAUSE_FIRST, CIRCUIT_PAUSE_MOST};

/// Whether an endpoint is to be asked.
#[derive(Debug, Default)]
pub(super) struct Circuit(Mutex<Standing>);

#[derive(Debug)]
enum Standing {
    Closed {
        /// Failures since the last answer.
        failures: u32,
    },
    Open {
        /// When it is probed next.
        probe_at: Instant,
        pause: Duration,
        /// What the last failure was.
        reason: String,
    },
}

impl Default for Standing {
    fn default() -> Standing {
        Standing::Closed { failures: 0 }
    }
}

impl Circuit {
    /// Why it is open, if it is.
    pub(super) fn open_reason(&self) -> Option<String> {
        match &*self.standing() {
            Standing::Closed { .. } => None,
            Standing::Open { reason, .. } => Some(reason.clone()),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(&*self.standing(), Standing::Open { .. })
    }

    /// Returns whether it is time to probe it.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        matches!(&*self.standing(), Standing::Open { probe_at, .. } if *probe_at <= now)
    }

    /// Takes an answer in. Returns whether the circuit has closed.
    pub(super) fn answered(&self) -> bool {
        let mut standing = self.standing();
        let was_open = matches!(&*standing, Standing::Open { .. });
        *standing = Standing::default();
        was_open
    }

    /// Takes a failure in. Returns whether the circuit has opened.
    pub(super) fn failed(&self, why: &str, now: Instant) -> bool {
        let mut standing = self.standing();
        match &mut *standing {
            Standing::Closed { failures } if *failures + 1 < CIRCUIT_FAILURES => {
                *failures += 1;
                false
            }
            Standing::Closed { .. } => {
                let pause = CIRCUIT_PAUSE_FIRST;
                let reason = why.to_owned();
                *standing = Standing::Open { probe_at: now + pause, pause, reason };
                true
            }
            // Calls that began before it opened end now: they prolong nothing.
            Standing::Open { .. } => false,
        }
    }

    /// Takes in that a probe failed: the next one comes later.
    pub(super) fn probe_failed(&self, why: &str, now: Instant) {
        if let Standing::Open { probe_at, pause, reason } = &mut *self.standing() {
            *pause = (*pause * 2).min(CIRCUIT_PAUSE_MOST);
            *probe_at = now + *pause;
            why.clone_into(reason);
        }
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_in_a_row_and_is_probed_less_and_less_often() {
        let (circuit, begin) = (Circuit::default(), Instant::now());
        let fail = || circuit.failed("refused", begin);
        assert_eq!([fail(), fail(), fail(), fail()], [false; 4]);
        assert!(!circuit.answered());
        assert_eq!([fail(), fail(), fail(), fail()], [false; 4]);
        assert!(!circuit.is_open());
        assert!(fail());
        assert_eq!(circuit.open_reason().as_deref(), Some("refused"));
        assert!(!fail());
        let mut at = begin;
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            let due = at + Duration::from_secs(seconds);
            assert!(!circuit.is_due(due - Duration::from_millis(1)), "{seconds}");
            assert!(circuit.is_due(due), "{seconds}");
            circuit.probe_failed("hung", due);
            at = due;
        }
        assert_eq!(circuit.open_reason().as_deref(), Some("hung"));
        assert!(circuit.answered());
        assert!(!circuit.is_open());
        assert!(!circuit.answered());
    }
}
