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
        /// When it opened, or was probed last.
        since: Instant,
        /// Time from then to the next probe, as long as another endpoint can be asked.
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

    /// Returns whether it is time to probe it, which then has to be done. While every circuit of the store is open
    /// (`is_cut_off`) nobody but probes finds out that it is back: they keep coming at the shortest pause.
    pub(super) fn is_due(&self, now: Instant, is_cut_off: bool) -> bool {
        let mut standing = self.standing();
        let Standing::Open { since, pause, .. } = &mut *standing else { return false };
        if is_cut_off {
            *pause = CIRCUIT_PAUSE_FIRST;
        }
        if now < *since + *pause {
            return false;
        }
        *since = now;
        if !is_cut_off {
            *pause = (*pause * 2).min(CIRCUIT_PAUSE_MOST);
        }
        true
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
                let reason = why.to_owned();
                *standing = Standing::Open { since: now, pause: CIRCUIT_PAUSE_FIRST, reason };
                true
            }
            // Calls that began before it opened end now: they prolong nothing.
            Standing::Open { .. } => false,
        }
    }

    /// Takes in why a probe failed.
    pub(super) fn probe_failed(&self, why: &str) {
        if let Standing::Open { reason, .. } = &mut *self.standing() {
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
            assert!(!circuit.is_due(due - Duration::from_millis(1), false), "{seconds}");
            assert!(circuit.is_due(due, false), "{seconds}");
            circuit.probe_failed("hung");
            at = due;
        }
        // The last one that could be asked is gone too.
        for seconds in 1..4 {
            let due = at + Duration::from_secs(seconds);
            assert!(!circuit.is_due(due - Duration::from_millis(1), true), "{seconds}");
            assert!(circuit.is_due(due, true), "{seconds}");
        }
        at += Duration::from_secs(3);
        // Another one is back.
        for seconds in [1, 2, 4] {
            at += Duration::from_secs(seconds);
            assert!(!circuit.is_due(at - Duration::from_millis(1), false), "{seconds}");
            assert!(circuit.is_due(at, false), "{seconds}");
        }
        assert_eq!(circuit.open_reason().as_deref(), Some("hung"));
        assert!(circuit.answered());
        assert!(!circuit.is_open());
        assert!(!circuit.answered());
    }
}
