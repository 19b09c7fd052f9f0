//! The real clock and the real randomness of the data plane.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use vestibule_dynamodb::World;
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

/// Time and randomness for a store on the network.
#[derive(Debug)]
pub(crate) struct SystemWorld(pub(crate) Arc<SystemClock>);

impl World for SystemWorld {
    fn epoch_ms(&self) -> u64 {
        self.0.epoch_ms()
    }

    fn random(&self) -> u64 {
        SystemRandom.next()
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
