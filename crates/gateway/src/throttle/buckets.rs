//! The buckets of all stages, and those of the keys of usage plans. They outlive the site: a reload changes limits and not what
//! was taken. There are as many as the definition has limits and keys.

use super::Bucket;
use super::quota::Used;
use crate::clock::Clock;
use crate::site::{Plan, Site};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Whose bucket it is.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Owner {
    /// Everybody who calls it.
    Method { api: String, stage: String, verb: String, resource_path: String },
    /// A key of a plan.
    Key(KeyName),
    /// A key of a plan, for one method.
    KeyMethod(KeyName, Arc<str>),
}

/// The ids of a plan and of its key.
type KeyName = (Arc<str>, Arc<str>);

/// Every bucket.
#[derive(Debug, Default)]
pub(crate) struct Buckets(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    buckets: HashMap<Owner, Arc<Bucket>>,
    used: HashMap<KeyName, Arc<Used>>,
}

/// The buckets of a stage, by the index of the method; none of a method without a limit.
pub(crate) type StageBuckets = Vec<Option<Arc<Bucket>>>;

/// What is counted of a key of a usage plan.
#[derive(Debug)]
pub(crate) struct KeyBuckets {
    /// Where the plan has a throttle.
    pub(super) throttle: Option<Arc<Bucket>>,
    /// By the index of the limit among the plan's limits of methods.
    pub(super) methods: Vec<Arc<Bucket>>,
    /// Where the plan has a quota.
    pub(super) used: Option<Arc<Used>>,
}

impl Buckets {
    /// Gives the stages and usage plans of a new site their buckets. What none has goes, unless it was asked for lately.
    pub(crate) fn give(&self, site: &Site, clock: &dyn Clock) {
        // Whoever panicked with the lock has left whole entries.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.forget(clock);
        for stage in site.stages() {
            stage.give_buckets(|route| {
                known.bucket(Owner::Method {
                    api: stage.api_id().to_string(),
                    stage: stage.name().to_owned(),
                    verb: route.http_method.to_string(),
                    resource_path: route.resource_path.clone(),
                })
            });
        }
        for plan in site.api_keys().plans() {
            plan.give_buckets(|key| known.of_key(plan, key));
        }
    }
}

impl Known {
    /// Forgets what is as if nobody had ever asked for it.
    fn forget(&mut self, clock: &dyn Clock) {
        if !self.buckets.is_empty() {
            let now = clock.elapsed();
            self.buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        if !self.used.is_empty() {
            let now = clock.epoch_ms();
            self.used.retain(|_, used| used.is_of_now(now));
        }
    }

    fn of_key(&mut self, plan: &Plan, key: &Arc<str>) -> KeyBuckets {
        let name = || (Arc::clone(&plan.id), Arc::clone(key));
        let throttle = plan.throttle.map(|_| self.bucket(Owner::Key(name())));
        let methods = plan.methods.iter().map(|limit| {
            let owner = Owner::KeyMethod(name(), Arc::clone(&limit.name));
            self.bucket(owner)
        });
        let methods = methods.collect();
        let used = plan.quota.as_ref().map(|_| Arc::clone(self.used.entry(name()).or_default()));
        KeyBuckets { throttle, methods, used }
    }

    fn bucket(&mut self, owner: Owner) -> Arc<Bucket> {
        Arc::clone(self.buckets.entry(owner).or_default())
    }
}
