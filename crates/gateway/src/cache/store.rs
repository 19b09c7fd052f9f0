//! The port to a store that several gateways keep their answers in. Without one each gateway keeps its own, and waits for nothing.

use crate::digest::Key;
use bytes::Bytes;
use std::fmt::{self, Debug};
use std::pin::Pin;
use std::time::Duration;

/// A store of answers that several gateways share. It knows nothing of what it keeps.
///
/// Each call ends within a time that the store itself bounds, and with an error when it cannot be carried out: the gateway then
/// calls the integration as if there were no cache. Past a second the gateway waits no longer. The store tells the
/// operator of its troubles; the gateway is silent about them.
pub trait CacheStore: Send + Sync + Debug {
    /// The entry, or what the answer of a call that begins now has to come with for [`put`](CacheStore::put) to keep it.
    fn get<'s>(&'s self, key: CacheKey<'s>) -> CacheFuture<'s, Cached>;

    /// Keeps an entry for a time. One whose call began before the entry was invalidated, or its stage flushed, is not kept: its
    /// version is another one.
    fn put<'s>(
        &'s self,
        key: CacheKey<'s>,
        entry: Bytes,
        ttl: Duration,
        version: CacheVersion,
    ) -> CacheFuture<'s, ()>;

    /// Takes an entry out, and gives its key another version, which the call that begins now has to come with.
    fn invalidate<'s>(&'s self, key: CacheKey<'s>) -> CacheFuture<'s, CacheVersion>;

    /// Takes out all entries of a stage, and gives all its keys another version.
    fn flush<'s>(&'s self, stage: &'s str) -> CacheFuture<'s, ()>;
}

/// What a call of a store becomes.
pub type CacheFuture<'s, T> = Pin<Box<dyn Future<Output = Result<T, CacheStoreError>> + Send + 's>>;

/// What an entry is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheKey<'k> {
    /// `{api id}/{stage name}`, and `/canary` behind it for a canary that has entries of its own.
    pub stage: &'k str,
    /// A digest of all else.
    pub digest: &'k [u8; 32],
}

/// What a store has of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cached {
    /// The entry, as it was put.
    Entry(Bytes),
    /// Nothing, and the version of the key.
    Nothing(CacheVersion),
}

/// Changes with each invalidation of a key and each flush of its stage; a store makes of it what it likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheVersion {
    /// Of the stage.
    pub stage: u64,
    /// Of the key.
    pub key: u64,
}

/// A store could not carry out a call.
#[derive(Debug, PartialEq, Eq)]
pub struct CacheStoreError;

impl fmt::Display for CacheStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store of cached answers does not answer")
    }
}

impl std::error::Error for CacheStoreError {}

impl<'k> CacheKey<'k> {
    pub(super) fn new(stage: &'k str, key: &'k Key) -> CacheKey<'k> {
        CacheKey { stage, digest: key.as_bytes() }
    }
}
