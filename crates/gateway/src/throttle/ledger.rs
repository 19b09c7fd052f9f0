//! The use of quotas on its way to whoever keeps it beyond this process. Requests put it here and wait for nobody; the keeper
//! fetches it as often as it likes, adds it to what it has, and says what it has then. So several gateways add up what they
//! count, and each learns what the others counted when it has something to add itself.

use super::quota::Day;
use super::used::Used;
use std::sync::{Arc, Mutex, PoisonError};

/// The keys whose use is not written yet, each about once.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Vec<Arc<Used>>>);

/// Requests of a key that are to be added to what is kept of a day.
#[derive(Debug)]
#[must_use = "what becomes of it must be said"]
pub struct Unwritten {
    used: Arc<Used>,
    ledger: Arc<Ledger>,
    day: Day,
    requests: u32,
}

/// What became of requests that were to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// They were; this is what is kept of the day now, by everybody.
    Total(u32),
    /// They were not. They will be fetched again.
    Not,
    /// Nobody knows. They will not be fetched again, so that none is added twice.
    Perhaps,
}

impl Ledger {
    /// Notes that a key has use that is not written.
    pub(super) fn add(&self, used: Arc<Used>) {
        self.keys().push(used);
    }

    /// Fetches what is to be written of `keys_max` keys at most.
    pub(crate) fn fetch(self: &Arc<Self>, keys_max: usize) -> Vec<Unwritten> {
        let keys: Vec<Arc<Used>> = {
            let mut keys = self.keys();
            let most = keys.len().min(keys_max);
            keys.drain(..most).collect()
        };
        let mut fetched = Vec::with_capacity(keys.len());
        for used in keys {
            for (day, requests) in used.take_unwritten() {
                let (used, ledger) = (Arc::clone(&used), Arc::clone(self));
                fetched.push(Unwritten { used, ledger, day, requests });
            }
        }
        fetched
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Used>>> {
        // Whoever panicked with the lock has left whole entries.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unwritten {
    /// The id of the usage plan.
    pub fn plan(&self) -> &str {
        &self.used.plan
    }

    /// The id of the key.
    pub fn key(&self) -> &str {
        &self.used.key
    }

    /// The day of the requests.
    pub fn day(&self) -> Day {
        self.day
    }

    /// How many they are, at least 1.
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// Says what became of them.
    pub fn settle(self, written: Written) {
        match written {
            Written::Total(total) => self.used.learn(self.day, total),
            Written::Perhaps => self.used.may_be_written(self.day),
            Written::Not => self.used.not_written(self.day),
        }
        if self.used.is_unwritten() {
            self.ledger.add(self.used);
        }
    }
}
