//! Cached answers in the shared store. An entry expires there by itself; how many there are is the store's own limit of memory.
//!
//! A version changes with each invalidation and flush, so that an answer whose call began before is not kept. It is a moment of the
//! store's clock, 0 where there was none for long.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use redis::{Script, ScriptInvocation, Value};
use vestibule_gateway::{CacheFuture, CacheKey, CacheStore, CacheStoreError, CacheVersion, Cached};

use super::link::{Link, PREFIX};
use crate::limits::{SHARED_KEY_VERSION_KEPT, SHARED_STAGE_VERSION_KEPT};

/// Answers that are kept over a link of their own: a large one holds up no limit.
#[derive(Debug)]
pub(crate) struct Answers {
    link: Arc<Link>,
    get: Script,
    put: Script,
    invalidate: Script,
    flush: Script,
}

impl Answers {
    /// Answers that are kept over a link.
    pub(crate) fn over(link: Arc<Link>) -> Answers {
        Answers {
            link,
            get: Script::new(include_str!("answer_get.lua")),
            put: Script::new(include_str!("answer_put.lua")),
            invalidate: Script::new(include_str!("answer_invalidate.lua")),
            flush: Script::new(include_str!("answer_flush.lua")),
        }
    }

    async fn call(&self, call: ScriptInvocation<'_>) -> Result<Value, CacheStoreError> {
        let call = async |mut calls| call.invoke_async::<Value>(&mut calls).await;
        self.link.call(call).await.ok_or(CacheStoreError)
    }

    fn nonsense(&self) -> CacheStoreError {
        self.link.lose_for_nonsense();
        CacheStoreError
    }
}

impl CacheStore for Answers {
    fn get<'s>(&'s self, key: CacheKey<'s>) -> CacheFuture<'s, Cached> {
        Box::pin(async move {
            match self.call(of_key(&self.get, key)).await? {
                Value::BulkString(entry) => Ok(Cached::Entry(entry.into())),
                versions => version(versions).map(Cached::Nothing).ok_or_else(|| self.nonsense()),
            }
        })
    }

    fn put<'s>(
        &'s self,
        key: CacheKey<'s>,
        entry: Bytes,
        ttl: Duration,
        version: CacheVersion,
    ) -> CacheFuture<'s, ()> {
        Box::pin(async move {
            let ttl_ms = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
            if ttl_ms == 0 {
                return Ok(());
            }
            let mut call = of_key(&self.put, key);
            call.arg(version.stage).arg(version.key).arg(ttl_ms).arg(&*entry);
            self.call(call).await.map(drop)
        })
    }

    fn invalidate<'s>(&'s self, key: CacheKey<'s>) -> CacheFuture<'s, CacheVersion> {
        Box::pin(async move {
            let mut call = of_key(&self.invalidate, key);
            call.arg(SHARED_KEY_VERSION_KEPT.as_secs());
            version(self.call(call).await?).ok_or_else(|| self.nonsense())
        })
    }

    fn flush<'s>(&'s self, stage: &'s str) -> CacheFuture<'s, ()> {
        Box::pin(async move {
            let mut call = self.flush.key(stage_key(stage));
            call.arg(SHARED_STAGE_VERSION_KEPT.as_secs());
            self.call(call).await.map(drop)
        })
    }
}

/// The keys of a stage's version, of a key's version and of an entry.
fn of_key<'s>(script: &'s Script, key: CacheKey<'_>) -> ScriptInvocation<'s> {
    let stage = stage_key(key.stage);
    let mut entry = format!("{stage}:");
    for byte in key.digest {
        // A text takes everything.
        let _ = write!(entry, "{byte:02x}");
    }
    let mut call = script.key(stage);
    call.key(format!("{entry}:version")).key(entry);
    call
}

fn stage_key(stage: &str) -> String {
    format!("{PREFIX}cache:{stage}")
}

/// None of what is no pair of versions.
fn version(answer: Value) -> Option<CacheVersion> {
    let (stage, key) = redis::from_redis_value(answer).ok()?;
    Some(CacheVersion { stage, key })
}
