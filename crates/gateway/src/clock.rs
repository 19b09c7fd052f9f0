//! Time and randomness, passed in: the program hands in the real ones, tests their own.

use std::fmt::Debug;
use std::time::Duration;

/// Where the time comes from.
pub trait Clock: Send + Sync + Debug {
    /// Milliseconds since 1970-01-01 UTC, for what is shown: `$context.requestTime`, trace ids.
    fn epoch_ms(&self) -> u64;

    /// Time since some fixed moment, never running backwards, for what is measured.
    fn elapsed(&self) -> Duration;
}

/// A clock that is read once between one piece of work and the next.
#[derive(Debug)]
pub(crate) struct Laps<'c> {
    clock: &'c dyn Clock,
    last: Duration,
}

impl<'c> Laps<'c> {
    pub(crate) fn begin(clock: &'c dyn Clock) -> Laps<'c> {
        Laps { clock, last: clock.elapsed() }
    }

    /// When the last lap ended.
    pub(crate) fn at(&self) -> Duration {
        self.last
    }

    /// The time since the last lap, or since the beginning.
    pub(crate) fn lap(&mut self) -> Duration {
        let now = self.clock.elapsed();
        now.saturating_sub(std::mem::replace(&mut self.last, now))
    }
}

/// Where request ids come from. They name requests and guard nothing.
pub trait Random: Send + Sync + Debug {
    /// The next 64 random bits.
    fn next(&self) -> u64;
}
