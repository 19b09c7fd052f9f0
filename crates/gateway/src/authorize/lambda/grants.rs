//! What functions said of callers, kept outside of the site: results for as long as their authorizers say, refusals for a moment,
//! and the calls under way.
//!
//! Requests about which a function would be asked the very same share one call: a flood of a bad token costs one call, and
//! then none for a moment. Whoever waits gets what the one that asks gets. A client that goes away ends no call, because a
//! request runs to its end; should the one that asks be given up all the same, the next one that waits asks.

use super::failure::Failure;
use crate::clock::Clock;
use crate::digest::Key;
use crate::limits::{
    AUTHORIZER_CALLS_MAX, AUTHORIZER_RESULTS_BYTES_MAX, AUTHORIZER_RESULTS_MAX,
    REFUSED_CALLER_KEPT, REFUSED_CALLERS_MAX,
};
use quick_cache::sync::Cache;
use quick_cache::{UnitWeighter, Weighter};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;

/// What a function said.
pub(super) type Outcome<G> = Result<Arc<G>, Arc<Failure>>;

/// Something that is kept as long as its memory allows.
pub(crate) trait Weighed {
    /// Bytes that it takes, about.
    fn bytes(&self) -> usize;
}

/// What a call is known by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    /// The stage, whose results are flushed together.
    pub(super) stage: Key,
    /// The authorizer, whose calls are counted.
    pub(super) authorizer: Key,
    /// Its results about one caller.
    pub(super) result: Key,
    /// What it is asked.
    pub(super) call: Key,
}

/// What is kept until a moment on the clock's scale.
#[derive(Clone, Debug)]
struct Kept<T> {
    value: T,
    stage: Key,
    until: Duration,
}

#[derive(Clone, Debug)]
struct ByBytes;

impl<G: Weighed> Weighter<Key, Kept<Arc<G>>> for ByBytes {
    fn weight(&self, _: &Key, kept: &Kept<Arc<G>>) -> u64 {
        kept.value.bytes() as u64
    }
}

type Call<G> = Arc<OnceCell<Outcome<G>>>;

/// A call that can be joined.
struct Known<G> {
    stage: Key,
    call: Call<G>,
}

/// Results, refusals and calls of all authorizers.
pub(crate) struct Grants<G> {
    results: Cache<Key, Kept<Arc<G>>, ByBytes>,
    refusals: Cache<Key, Kept<Arc<Failure>>, UnitWeighter>,
    calls: Mutex<Calls<G>>,
}

struct Calls<G> {
    by_key: HashMap<Key, Known<G>>,
    /// How many there are of each authorizer; none without one.
    counts: HashMap<Key, usize>,
}

impl<G> fmt::Debug for Grants<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grants")
    }
}

impl<G: Weighed> Default for Grants<G> {
    fn default() -> Grants<G> {
        let calls = Calls { by_key: HashMap::new(), counts: HashMap::new() };
        Grants {
            results: Cache::with_weighter(
                AUTHORIZER_RESULTS_MAX,
                AUTHORIZER_RESULTS_BYTES_MAX,
                ByBytes,
            ),
            refusals: Cache::new(REFUSED_CALLERS_MAX),
            calls: Mutex::new(calls),
        }
    }
}

impl<G: Weighed> Grants<G> {
    /// What is known of a caller, or what `ask` finds out, which begins only then; its result is kept for `ttl`.
    pub(super) async fn known_or(
        &self,
        keys: Keys,
        ttl: Duration,
        clock: &dyn Clock,
        ask: impl Future<Output = Outcome<G>>,
    ) -> Outcome<G> {
        if let Some(known) = self.known(&keys, clock.elapsed()) {
            return known;
        }
        let call = match self.join(&keys, clock) {
            Ok(call) => call,
            Err(known) => return known,
        };
        let asked = call.get_or_init(async || {
            // It leaves at its end, and also when it is given up.
            let _call = Joined { grants: self, keys, call: &call };
            let outcome = self.counted(keys.authorizer, ask).await;
            self.keep(&keys, &call, &outcome, ttl, clock.elapsed());
            outcome
        });
        asked.await.clone()
    }

    /// The same for an authorizer whose results are not kept: it is asked about every request.
    pub(super) async fn counted(
        &self,
        authorizer: Key,
        ask: impl Future<Output = Outcome<G>>,
    ) -> Outcome<G> {
        let Some(_counted) = self.count(authorizer) else {
            return Err(Arc::new(Failure::too_many_calls()));
        };
        ask.await
    }

    /// Forgets what is of stages that are meant. What is being asked is told to who waits for it, and not kept.
    pub(crate) fn flush(&self, is_meant: impl Fn(&Key) -> bool) {
        let mut calls = self.calls();
        calls.by_key.retain(|_, known| !is_meant(&known.stage));
        self.results.retain(|_, kept| !is_meant(&kept.stage));
        self.refusals.retain(|_, kept| !is_meant(&kept.stage));
    }

    fn known(&self, keys: &Keys, now: Duration) -> Option<Outcome<G>> {
        if let Some(kept) = self.results.get(&keys.result).filter(|kept| kept.until > now) {
            return Some(Ok(kept.value));
        }
        let refused = self.refusals.get(&keys.call).filter(|kept| kept.until > now);
        refused.map(|kept| Err(kept.value))
    }

    /// The call that asks this, begun or not; what is known when one has ended meanwhile.
    fn join(&self, keys: &Keys, clock: &dyn Clock) -> Result<Call<G>, Outcome<G>> {
        let mut calls = self.calls();
        match calls.by_key.entry(keys.call) {
            Entry::Occupied(entry) => Ok(Arc::clone(&entry.get().call)),
            // Whoever ends a call keeps what came of it before it leaves.
            Entry::Vacant(entry) => match self.known(keys, clock.elapsed()) {
                Some(known) => Err(known),
                None => {
                    let known = Known { stage: keys.stage, call: Arc::default() };
                    Ok(Arc::clone(&entry.insert(known).call))
                }
            },
        }
    }

    /// Keeps what came of a call, unless its stage's were forgotten since it began.
    fn keep(
        &self,
        keys: &Keys,
        call: &Call<G>,
        outcome: &Outcome<G>,
        ttl: Duration,
        now: Duration,
    ) {
        let calls = self.calls();
        let (stage, is_known) = (keys.stage, |known: &Known<G>| Arc::ptr_eq(&known.call, call));
        if !calls.by_key.get(&keys.call).is_some_and(is_known) {
            return;
        }
        match outcome {
            Ok(grant) => {
                let value = Arc::clone(grant);
                let until = now.saturating_add(ttl);
                self.results.insert(keys.result, Kept { value, stage, until });
            }
            Err(failure) if failure.is_kept() => {
                let (value, until) = (Arc::clone(failure), now.saturating_add(REFUSED_CALLER_KEPT));
                self.refusals.insert(keys.call, Kept { value, stage, until });
            }
            Err(_) => {}
        }
    }

    /// Counts a call of an authorizer; none when it has as many as it may.
    fn count(&self, authorizer: Key) -> Option<Counted<'_, G>> {
        let mut calls = self.calls();
        let count = calls.counts.entry(authorizer).or_default();
        if *count >= AUTHORIZER_CALLS_MAX {
            return None;
        }
        *count += 1;
        drop(calls);
        Some(Counted { grants: self, authorizer })
    }

    fn calls(&self) -> MutexGuard<'_, Calls<G>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is counted as long as it is held.
struct Counted<'g, G: Weighed> {
    grants: &'g Grants<G>,
    authorizer: Key,
}

impl<G: Weighed> Drop for Counted<'_, G> {
    fn drop(&mut self) {
        let mut calls = self.grants.calls();
        if let Entry::Occupied(mut count) = calls.counts.entry(self.authorizer) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

/// A call that others can join as long as it is held.
struct Joined<'g, G: Weighed> {
    grants: &'g Grants<G>,
    keys: Keys,
    call: &'g Call<G>,
}

impl<G: Weighed> Drop for Joined<'_, G> {
    fn drop(&mut self) {
        let mut calls = self.grants.calls();
        if let Entry::Occupied(entry) = calls.by_key.entry(self.keys.call)
            && Arc::ptr_eq(&entry.get().call, self.call)
        {
            entry.remove();
        }
    }
}

#[cfg(test)]
mod tests;
