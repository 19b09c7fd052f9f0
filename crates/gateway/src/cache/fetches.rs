//! The answers that are being fetched: requests that want the same one wait for it instead of calling their integration too.
//!
//! INVARIANT: what a fetch brings is kept only as long as it is the one that is known here for its key. An invalidation puts its own in the
//! place of an older one, a flush takes them out: so nothing that began before is kept after.

use super::answer::Answer;
use super::store::CacheVersion;
use crate::digest::Key;
use crate::limits::CACHE_WAITERS_MAX;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// All fetches.
#[derive(Debug, Default)]
pub(super) struct Fetches {
    by_key: Mutex<HashMap<Key, Known>>,
    number: AtomicU64,
}

/// A fetch that can be waited for.
#[derive(Debug)]
struct Known {
    number: u64,
    stage: Arc<str>,
    /// What the shared store said when it began.
    version: Option<CacheVersion>,
    end: watch::Receiver<End>,
    /// Who has begun to wait for it.
    waiters: usize,
}

/// How a fetch ended.
#[derive(Clone, Debug, Default)]
pub(super) enum End {
    /// It has not, or whoever fetched was given up.
    #[default]
    None,
    /// With an answer for everybody.
    Answer(Arc<Answer>),
    /// With nothing in the integration's time.
    TimedOut,
    /// With something that is its own request's alone.
    Own,
}

/// What becomes of a request for an answer that is not kept.
#[derive(Debug)]
pub(super) enum Joined {
    /// It fetches it.
    Fetch(Fetch),
    /// Another one does.
    Wait(watch::Receiver<End>),
    /// Another one does, and too many wait already.
    Full,
    /// Another one just has.
    Known(Arc<Answer>),
}

/// A request that fetches an answer. Whoever waits is woken at its end, also when it is dropped.
#[derive(Debug)]
pub(super) struct Fetch {
    fetches: Arc<Fetches>,
    key: Key,
    number: u64,
    end: watch::Sender<End>,
}

impl Fetches {
    /// Waits for the fetch of an answer, or begins one unless `kept` finds it after all. Who was told a version does not wait for a fetch
    /// of another one, or of none: what that brings may be what another gateway has invalidated meanwhile. Who was told none, because
    /// the store did not answer, knows of nothing that was invalidated and waits for any; else a store that answers now and then would
    /// cost a call for each turn.
    pub(super) fn join(
        self: &Arc<Self>,
        key: Key,
        stage: &Arc<str>,
        version: Option<CacheVersion>,
        kept: impl FnOnce() -> Option<Arc<Answer>>,
    ) -> Joined {
        match self.lock().entry(key) {
            Entry::Occupied(mut known) if version.is_some() && known.get().version != version => {
                let (fetch, newer) = self.begin(key, stage, version);
                known.insert(newer);
                Joined::Fetch(fetch)
            }
            Entry::Occupied(mut known) if known.get().waiters < CACHE_WAITERS_MAX => {
                known.get_mut().waiters += 1;
                Joined::Wait(known.get().end.clone())
            }
            Entry::Occupied(_) => Joined::Full,
            // Whoever fetched has kept its answer before it left.
            Entry::Vacant(place) => match kept() {
                Some(answer) => Joined::Known(answer),
                None => {
                    let (fetch, known) = self.begin(key, stage, version);
                    place.insert(known);
                    Joined::Fetch(fetch)
                }
            },
        }
    }

    /// Begins a fetch whatever is fetched already; `forget` takes out what is kept.
    pub(super) fn anew(
        self: &Arc<Self>,
        key: Key,
        stage: &Arc<str>,
        version: Option<CacheVersion>,
        forget: impl FnOnce(),
    ) -> Fetch {
        let (fetch, known) = self.begin(key, stage, version);
        let mut by_key = self.lock();
        by_key.insert(key, known);
        forget();
        fetch
    }

    /// Lets no fetch of a stage keep its answer any more; `forget` takes out what is kept of it.
    pub(super) fn flush(&self, stage: &str, forget: impl FnOnce()) {
        let mut by_key = self.lock();
        by_key.retain(|_, known| &*known.stage != stage);
        forget();
    }

    fn begin(
        self: &Arc<Self>,
        key: Key,
        stage: &Arc<str>,
        version: Option<CacheVersion>,
    ) -> (Fetch, Known) {
        let number = self.number.fetch_add(1, Relaxed);
        let (sender, end) = watch::channel(End::None);
        let known = Known { number, stage: Arc::clone(stage), version, end, waiters: 0 };
        (Fetch { fetches: Arc::clone(self), key, number, end: sender }, known)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Known>> {
        // Whoever panicked with the lock has left whole entries.
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fetch {
    /// Tells whoever waits, and whoever comes until it leaves, how it ended.
    pub(super) fn tell(&self, end: End) {
        self.end.send_replace(end);
    }

    /// Leaves, and calls `keep` where no later fetch and no flush has taken its place.
    pub(super) fn leave(&self, keep: impl FnOnce()) {
        let mut by_key = self.fetches.lock();
        if let Entry::Occupied(known) = by_key.entry(self.key)
            && known.get().number == self.number
        {
            known.remove();
            keep();
        }
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        self.leave(|| ());
    }
}
