//! The buckets of all stages. They outlive the site: a reload changes limits and not what was taken.

use super::Bucket;
use crate::clock::Clock;
use crate::site::StageView;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Whose bucket it is: API, stage, verb and resource.
type Key = (String, String, String, String);

/// Every bucket.
#[derive(Debug, Default)]
pub(crate) struct Buckets(Mutex<HashMap<Key, Arc<Bucket>>>);

/// The buckets of a stage, by the index of the method; none of a method without a limit.
pub(crate) type StageBuckets = Vec<Option<Arc<Bucket>>>;

impl Buckets {
    /// Gives the stages of a new site their buckets. What no stage has goes, unless it was asked for lately.
    pub(crate) fn give<'v>(&self, stages: impl Iterator<Item = &'v StageView>, clock: &dyn Clock) {
        // Whoever panicked with the lock has left whole entries.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.is_empty() {
            let now = clock.elapsed();
            known.retain(|_, bucket| !bucket.is_full(now));
        }
        for stage in stages {
            stage.give_buckets(|route| {
                let (api, stage) = (stage.api_id().to_string(), stage.name().to_owned());
                let key = (api, stage, route.http_method.to_string(), route.resource_path.clone());
                Arc::clone(known.entry(key).or_default())
            });
        }
    }
}
