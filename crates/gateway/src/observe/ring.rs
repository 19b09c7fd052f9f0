//! The last traces, bounded in number and in bytes: the oldest goes first.

use super::Trace;
use crate::limits::{TRACES_BYTES_MAX, TRACES_MAX};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

/// The traces that are kept.
#[derive(Debug, Default)]
pub(super) struct Ring(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    traces: VecDeque<Arc<Trace>>,
    bytes: usize,
}

impl Ring {
    pub(super) fn add(&self, trace: Arc<Trace>) {
        let mut kept = self.lock();
        kept.bytes += trace.weight();
        kept.traces.push_back(trace);
        while kept.traces.len() > TRACES_MAX || kept.bytes > TRACES_BYTES_MAX {
            let Some(oldest) = kept.traces.pop_front() else { return };
            kept.bytes -= oldest.weight();
        }
    }

    /// All of them, the newest first.
    pub(super) fn all(&self) -> Vec<Arc<Trace>> {
        self.lock().traces.iter().rev().cloned().collect()
    }

    /// Those with this id, or with this id of a request, the newest first: a client may send the same one often.
    pub(super) fn find(&self, id: &str) -> Vec<Arc<Trace>> {
        let kept = self.lock();
        let named = kept.traces.iter().rev().filter(|t| t.id == id || t.request_id == id);
        named.cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn trace(id: usize, request_id: &str, target_bytes: usize) -> Arc<Trace> {
        Arc::new(Trace {
            id: id.to_string(),
            request_id: request_id.to_owned(),
            epoch_ms: 0,
            took: Duration::ZERO,
            verb: "GET".to_owned(),
            target: "x".repeat(target_bytes),
            status: 500,
            findings: Vec::new(),
            steps: Vec::new(),
            times: Vec::new(),
            untold: 0,
        })
    }

    fn ids(traces: &[Arc<Trace>]) -> Vec<&str> {
        traces.iter().map(|trace| trace.id.as_str()).collect()
    }

    #[test]
    fn the_oldest_goes_first_by_number() {
        let ring = Ring::default();
        (0..TRACES_MAX + 2).for_each(|id| ring.add(trace(id, "r", 0)));
        let all = ring.all();
        assert_eq!(all.len(), TRACES_MAX);
        assert_eq!(all.last().unwrap().id, "2");
        assert_eq!(all.first().unwrap().id, (TRACES_MAX + 1).to_string());
    }

    #[test]
    fn the_oldest_goes_first_by_bytes() {
        let ring = Ring::default();
        (0..3).for_each(|id| ring.add(trace(id, "r", TRACES_BYTES_MAX / 3)));
        assert_eq!(ids(&ring.all()), ["2", "1"]);
        ring.add(trace(3, "r", 2 * TRACES_BYTES_MAX));
        assert_eq!(ids(&ring.all()), Vec::<&str>::new());
        ring.add(trace(4, "r", 0));
        assert_eq!(ids(&ring.all()), ["4"]);
    }

    #[test]
    fn all_with_an_id_of_a_request_are_found() {
        let ring = Ring::default();
        ring.add(trace(1, "chosen", 0));
        ring.add(trace(2, "other", 0));
        ring.add(trace(3, "chosen", 0));
        assert_eq!(ids(&ring.find("chosen")), ["3", "1"]);
        assert_eq!(ids(&ring.find("2")), ["2"]);
        assert_eq!(ids(&ring.find("9")), Vec::<&str>::new());
    }
}
