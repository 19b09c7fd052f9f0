//! The real clock and the real randomness of the data plane.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use vestibule_gateway::{Clock, Random};

/// The system's clocks.
#[derive(Debug)]
pub(crate) struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose elapsed time begins now.
    #[expect(clippy::disallowed_methods, reason = "the one place where the real clock comes in")]
    pub(crate) fn new() -> SystemClock {
        SystemClock { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the real clock comes in")]
    fn epoch_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A generator a thread, seeded by the system. Request ids name requests and guard nothing.
#[derive(Debug)]
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn next(&self) -> u64 {
        fastrand::u64(..)
    }
}
