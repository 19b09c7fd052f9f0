//! One stretch of load: how much is asked for, and what came of it. The runner and the program
//! `engine` hand these to each other as JSON lines.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use vestibule_bench_report::Outcome;

/// A stretch of load to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Order {
    /// Connections, or tasks, that each have one request under way.
    pub connections: usize,
    /// When it is over.
    pub end: End,
}

/// When a stretch of load is over. Requests under way are always finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum End {
    /// After this many requests.
    Requests(u64),
    /// After this many milliseconds.
    Milliseconds(u64),
}

/// What came of a stretch of load.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub struct Measured {
    /// Requests answered, each as it should be.
    pub requests: u64,
    /// From before the first request to after the last answer.
    pub wall_ns: u64,
    /// Half of the requests took no longer.
    pub p50_ns: u64,
    /// 99 of 100 requests took no longer.
    pub p99_ns: u64,
}

/// Takes the times of one stretch of load.
#[derive(Debug)]
pub struct Stopwatch {
    end: End,
    begun: Instant,
    asked: u64,
    times: Histogram<u64>,
}

/// Longest time that is told apart from longer ones.
const LONGEST_NS: u64 = 60_000_000_000;

impl Stopwatch {
    /// Begins the stretch now.
    ///
    /// # Errors
    ///
    /// When there is no memory for the times.
    pub fn begin(end: End) -> Outcome<Stopwatch> {
        let times = Histogram::new_with_bounds(1, LONGEST_NS, 3)
            .map_err(|error| format!("cannot keep times: {error}"))?;
        Ok(Stopwatch { end, begun: Instant::now(), asked: 0, times })
    }

    /// Returns when the next request begins, or `None` when there is to be no further one.
    pub fn ask(&mut self) -> Option<Instant> {
        let now = Instant::now();
        let is_over = match self.end {
            End::Requests(requests) => self.asked >= requests,
            End::Milliseconds(span) => now - self.begun >= Duration::from_millis(span),
        };
        self.asked += u64::from(!is_over);
        (!is_over).then_some(now)
    }

    /// Notes that a request that began at `since` is answered.
    pub fn note(&mut self, since: Instant) {
        self.times.saturating_record(nanoseconds(since.elapsed()));
    }

    /// Ends the stretch now.
    pub fn end(self) -> Measured {
        Measured {
            requests: self.times.len(),
            wall_ns: nanoseconds(self.begun.elapsed()),
            p50_ns: self.times.value_at_quantile(0.5),
            p99_ns: self.times.value_at_quantile(0.99),
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
