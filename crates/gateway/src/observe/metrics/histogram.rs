//! A histogram of durations: counters alone, so that recording waits for nobody.

use super::family::Distribution;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The upper bounds of the buckets in microseconds, the last one below AWS's longest integration timeout: a request to the
/// embedded store takes a fraction of a millisecond, one to a slow backend seconds.
const BOUNDS_US: [u64; 17] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000,
];

/// The same in seconds, as they are exported.
const BOUNDS_S: [f64; 17] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0, 25.0,
];

#[derive(Debug, Default)]
pub(super) struct Histogram {
    /// One more than there are bounds.
    counts: [AtomicU64; BOUNDS_US.len() + 1],
    sum_ns: AtomicU64,
}

impl Histogram {
    pub(super) fn record(&self, took: Duration) {
        let ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        // A bound belongs to its bucket.
        let bucket = BOUNDS_US.partition_point(|bound| bound * 1_000 < ns);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Relaxed);
        }
        self.sum_ns.fetch_add(ns, Relaxed);
    }

    /// What was recorded; none when nothing was.
    pub(super) fn distribution(&self) -> Option<Distribution> {
        let counts: Vec<u64> = self.counts.iter().map(|count| count.load(Relaxed)).collect();
        #[expect(clippy::cast_precision_loss, reason = "a sum of seconds is no exact number")]
        let sum = self.sum_ns.load(Relaxed) as f64 / 1e9;
        counts.iter().any(|count| *count > 0).then_some(Distribution {
            bounds: &BOUNDS_S,
            counts,
            sum,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_the_first_bucket_whose_bound_it_does_not_pass() {
        let histogram = Histogram::default();
        assert!(histogram.distribution().is_none());
        for ns in [0, 100_000, 100_001, 25_000_000_000, 25_000_000_001] {
            histogram.record(Duration::from_nanos(ns));
        }
        let told = histogram.distribution().unwrap();
        assert_eq!(told.counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(told.sum, 50.000_200_002);
    }

    #[test]
    fn the_bounds_are_the_same_in_both_units() {
        let seconds: Vec<String> =
            BOUNDS_US.iter().map(|us| format!("{:?}", *us as f64 / 1e6)).collect();
        assert_eq!(seconds, BOUNDS_S.map(|bound| format!("{bound:?}")));
    }
}
