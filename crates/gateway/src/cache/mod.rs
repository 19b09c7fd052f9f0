//! Answers of methods that are kept for a time, where their stage has a cache. AWS docs: api-gateway-caching.
//!
//! A request has been let in, counted and checked before its answer is looked up, so a hit is no way around any of that. Requests that
//! want the same answer at once make one call. `docs/cache.md` tells users of the key and its danger.

mod answer;
mod control;
mod fetches;
mod key;
mod lookup;
mod memory;
mod method;
mod store;

pub(crate) use key::{CacheNames, path_variables};
pub(crate) use lookup::{Lookup, cache_of, lookup};
pub(crate) use memory::Held;
pub(crate) use method::{Caching, MethodCache};
pub use store::{CacheFuture, CacheKey, CacheStore, CacheStoreError, CacheVersion, Cached};

use crate::limits::CACHE_BYTES;
use crate::site::Site;
use fetches::Fetches;
use memory::MemoryStore;
use std::sync::Arc;

/// Where answers are kept, and which.
#[derive(Clone, Debug)]
pub struct CacheOptions {
    /// Bytes of memory that the kept answers of all stages take, at most; 256 MiB by default. With a shared store there are none.
    pub bytes: u64,
    /// Whether answers other than 2xx are kept; they are by default, as users of AWS report of it.
    pub keeps_errors: bool,
    /// The store that several gateways share.
    pub shared: Option<Arc<dyn CacheStore>>,
}

impl Default for CacheOptions {
    fn default() -> CacheOptions {
        CacheOptions { bytes: CACHE_BYTES, keeps_errors: true, shared: None }
    }
}

/// The answers of all stages. They outlive the site: a stage keeps its own through deployments, as on AWS.
#[derive(Debug)]
pub(crate) struct ResponseCache {
    memory: MemoryStore,
    shared: Option<Arc<dyn CacheStore>>,
    fetches: Arc<Fetches>,
    keeps_errors: bool,
}

impl ResponseCache {
    pub(crate) fn new(options: CacheOptions) -> ResponseCache {
        let CacheOptions { bytes, keeps_errors, shared } = options;
        let (memory, fetches) = (MemoryStore::new(bytes), Arc::default());
        ResponseCache { memory, shared, fetches, keeps_errors }
    }

    /// Takes out the answers of stages that have no cache any more, or one of another size (AWS docs: to enable, disable or resize it
    /// flushes), and says which: the shared store has theirs still.
    pub(crate) fn keep(&self, before: &Site, site: &Site) -> Vec<String> {
        let mut forgotten = Vec::new();
        for old in before.faces() {
            let Some(size) = old.cache_size() else { continue };
            let stage = old.cache_name();
            let mut same = site.faces().filter(|new| new.cache_name() == stage);
            if !same.any(|new| new.cache_size() == Some(size)) {
                self.forget(stage);
                forgotten.push(stage.to_owned());
            }
        }
        forgotten.dedup();
        forgotten
    }

    /// Takes out the answers of stages, also those that are being fetched: here at once, and then in the shared store, where there is
    /// one. An error where it did not do so for all; it was asked for each.
    pub(crate) fn flush(
        &self,
        stages: Vec<String>,
    ) -> impl Future<Output = Result<(), CacheStoreError>> + Send + use<> {
        for stage in &stages {
            self.forget(stage);
        }
        let shared = self.shared.clone();
        async move {
            let Some(shared) = shared else { return Ok(()) };
            let mut flushed = Ok(());
            for stage in &stages {
                flushed = lookup::within(shared.flush(stage)).await.and(flushed);
            }
            flushed
        }
    }

    fn forget(&self, stage: &str) {
        self.fetches.flush(stage, || self.memory.flush(stage));
    }

    /// What this gateway keeps itself.
    pub(crate) fn held(&self) -> Held {
        self.memory.held()
    }
}
