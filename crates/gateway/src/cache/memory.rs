//! The answers that this gateway keeps itself: bounded by their bytes, those that are used seldom go first.
//!
//! An entry that has ended stays until another one takes its room: the bound holds all the same.

use super::answer::{Answer, InUse};
use crate::digest::Key;
use crate::limits::{CACHE_ENTRY_BYTES_USUAL, CACHE_SHARD_BYTES_LEAST, CACHE_SHARDS_MAX};
use crate::respond::Draft;
use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Lifecycle, Options, OptionsBuilder, Weighter};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// An answer, whose it is and how long it is one.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) answer: Arc<Answer>,
    pub(super) stage: Arc<str>,
    /// On the clock's own scale, which never runs backwards.
    pub(super) until: Duration,
}

/// The entries of all stages.
pub(super) struct MemoryStore {
    entries: Cache<Key, Entry, ByWeight, DefaultHashBuilder, Evictions>,
    bytes_max: u64,
    in_use: InUse,
    evictions: Evictions,
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} entries)", self.entries.len())
    }
}

#[derive(Clone, Debug)]
struct ByWeight;

impl Weighter<Key, Entry> for ByWeight {
    fn weight(&self, _: &Key, entry: &Entry) -> u64 {
        entry.answer.weight()
    }
}

/// Counts entries that went because others needed their room.
#[derive(Clone, Debug, Default)]
struct Evictions(Arc<AtomicU64>);

impl Lifecycle<Key, Entry> for Evictions {
    type RequestState = ();

    fn on_evict(&self, (): &mut (), _: Key, _: Entry) {
        self.0.fetch_add(1, Relaxed);
    }
}

impl MemoryStore {
    /// An empty one for so many bytes.
    pub(super) fn new(bytes_max: u64) -> MemoryStore {
        let evictions = Evictions::default();
        let entries = Cache::with_options(
            options(bytes_max),
            ByWeight,
            DefaultHashBuilder::default(),
            evictions.clone(),
        );
        MemoryStore { entries, bytes_max, in_use: InUse::default(), evictions }
    }

    pub(super) fn get(&self, key: &Key, now: Duration) -> Option<Arc<Answer>> {
        let entry = self.entries.get(key)?;
        (entry.until > now).then_some(entry.answer)
    }

    /// A copy of an answer, for keeping and for those who wait for it; none while clients that are slow hold on to as much again as may
    /// be kept.
    pub(super) fn copy(&self, draft: &Draft) -> Option<Answer> {
        let has_room = self.in_use.load(Relaxed) <= self.bytes_max.saturating_mul(2);
        has_room.then(|| Answer::of(draft, &self.in_use)).flatten()
    }

    pub(super) fn put(&self, key: Key, entry: Entry) {
        self.entries.insert(key, entry);
    }

    pub(super) fn remove(&self, key: &Key) {
        self.entries.remove(key);
    }

    /// Takes out the entries of a stage.
    pub(super) fn flush(&self, stage: &str) {
        self.entries.retain(|_, entry| &*entry.stage != stage);
    }

    pub(super) fn held(&self) -> Held {
        Held {
            bytes: self.entries.weight(),
            entries: self.entries.len() as u64,
            evictions: self.evictions.0.load(Relaxed),
        }
    }
}

/// What is kept now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held {
    pub(crate) bytes: u64,
    pub(crate) entries: u64,
    /// Entries that went because others needed their room.
    pub(crate) evictions: u64,
}

/// Weight is counted by shard, and what is heavier than a shard is silently not kept: few shards, each with room for the
/// largest answers.
fn options(bytes_max: u64) -> Options {
    let shards = (bytes_max / CACHE_SHARD_BYTES_LEAST).clamp(1, CACHE_SHARDS_MAX);
    // The library takes the next power of two; the one before leaves each shard as large as it has to be.
    let shards = 1_usize << shards.ilog2();
    let entries = usize::try_from(bytes_max / CACHE_ENTRY_BYTES_USUAL).unwrap_or(usize::MAX);
    #[expect(clippy::expect_used, reason = "both capacities are set")]
    OptionsBuilder::new()
        .shards(shards)
        .weight_capacity(bytes_max)
        .estimated_items_capacity(entries)
        .build()
        .expect("capacities")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use http::{HeaderMap, StatusCode};

    const MIB: u64 = 1024 * 1024;

    fn put(store: &MemoryStore, key: usize, body: &[u8]) -> Option<Arc<Answer>> {
        let draft = Draft {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.to_vec().into(),
            has_trace_id: false,
            is_encoded: false,
        };
        let answer = Arc::new(store.copy(&draft)?);
        let (stage, until) = (Arc::from("api/prod"), Duration::from_secs(1));
        store.put(key_of(key), Entry { answer: Arc::clone(&answer), stage, until });
        Some(answer)
    }

    fn key_of(key: usize) -> Key {
        let mut digest = Digest::default();
        digest.add(&key.to_be_bytes());
        digest.key()
    }

    #[test]
    fn a_hundred_thousand_keys_stay_within_the_bound() {
        let store = MemoryStore::new(8 * MIB);
        for key in 0..100_000 {
            put(&store, key, &[b'x'; 100]);
        }
        let Held { bytes, entries, evictions } = store.held();
        assert!((7 * MIB..=8 * MIB).contains(&bytes), "{bytes}");
        assert_eq!(evictions, 100_000 - entries);
        assert_eq!(store.in_use.load(Relaxed), entries * 100);
    }

    /// However its bytes are shared out.
    #[test]
    fn the_largest_answer_fits_into_a_cache_of_any_size() {
        for mib in [8, 9, 15, 16, 31, 64, 100, 256, 4_096] {
            let store = MemoryStore::new(mib * MIB);
            for key in 0..8 {
                put(&store, key, &vec![b'x'; 1_048_576]);
            }
            assert!(store.get(&key_of(7), Duration::ZERO).is_some(), "{mib}");
        }
    }

    #[test]
    fn nothing_more_is_kept_while_slow_clients_hold_twice_as_much() {
        let store = MemoryStore::new(8 * MIB);
        let body = vec![b'x'; 1_048_576];
        let kept = (0..40).filter_map(|key| put(&store, key, &body));
        let sent: Vec<_> = kept.map(|answer| answer.draft()).collect();
        // The last one is copied while just so much is in use.
        assert_eq!(sent.len(), 17);
        assert!(store.get(&key_of(39), Duration::ZERO).is_none());
        drop(sent);
        put(&store, 40, &body);
        assert!(store.get(&key_of(40), Duration::ZERO).is_some());
    }
}
