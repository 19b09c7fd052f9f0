//! The buckets of all stages, and those of the keys of usage plans. They outlive the site: a reload changes limits and not what
//! was taken. A stage has as many as methods with a limit; a key has them from its first request on.

use super::bucket::Bucket;
use super::ledger::Ledger;
use super::quota::{Day, first_day};
use super::shared::Local;
use super::used::Used;
use crate::clock::Clock;
use crate::site::{ApiKeys, KeyOfPlan, Plan, Site};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// A method of a stage.
#[derive(Debug, PartialEq, Eq, Hash)]
struct StageMethod {
    api: String,
    stage: String,
    verb: String,
    resource_path: String,
}

/// The ids of a plan and of its key.
type KeyName = (Arc<str>, Arc<str>);

/// A bucket of all callers of a method or of everything.
#[derive(Debug, Default)]
pub(crate) struct SoleBucket {
    pub(super) bucket: Bucket,
    /// What is known of it where several gateways count together, from its first request on.
    pub(super) local: OnceLock<Arc<Local>>,
}

/// Every bucket.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    /// Of the account.
    pub(super) account: SoleBucket,
    ledger: Arc<Ledger>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    methods: HashMap<StageMethod, Arc<SoleBucket>>,
    keys: HashMap<KeyName, Arc<KeyCounts>>,
}

/// The buckets of a stage, by the index of the method; none of a method without a limit.
pub(crate) type StageBuckets = Vec<Option<Arc<SoleBucket>>>;

/// What is counted of a key of a usage plan.
#[derive(Debug)]
pub(crate) struct KeyCounts {
    pub(super) throttle: Bucket,
    /// What the limits of methods are called, by their index among the plan's.
    names: Arc<[Arc<str>]>,
    pub(super) methods: Box<[Bucket]>,
    /// From the first request on that counts.
    used: OnceLock<Arc<Used>>,
    /// What is known of its buckets where several gateways count together, that of `throttle` first; without them it takes nothing.
    locals: OnceLock<Locals>,
}

type Locals = Box<[OnceLock<Arc<Local>>]>;

/// A quota whose use may be kept somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedPlan {
    /// The id of the usage plan.
    pub plan: Arc<str>,
    /// The day on which its period began.
    pub since: Day,
}

impl Buckets {
    /// Gives the stages of a new site their buckets. What no site needs goes: it is as if nobody had ever asked for it.
    pub(crate) fn give(&self, site: &Site, clock: &dyn Clock) {
        let mut known = self.known();
        known.forget(clock);
        for stage in site.stages() {
            stage.give_buckets(|route| {
                known.of_method(StageMethod {
                    api: stage.api_id().to_string(),
                    stage: stage.name().to_owned(),
                    verb: route.http_method.to_string(),
                    resource_path: route.resource_path.clone(),
                })
            });
        }
    }

    /// What is counted of a key; none where its plan has no limit. The first gateway that serves the key counts.
    pub(super) fn of_key<'s>(&self, key: KeyOfPlan<'s>) -> Option<&'s KeyCounts> {
        if !key.plan.is_limited() {
            return None;
        }
        let counts = key.counts.get_or_init(|| {
            let name = (Arc::clone(&key.plan.id), Arc::clone(&key.key.id));
            self.known().of_key(name, key.plan.method_names())
        });
        Some(counts)
    }

    /// Notes what is kept of a plan's keys: the requests of a key on a day. What the site does not have is passed over.
    pub(crate) fn recall<'u>(
        &self,
        keys: &ApiKeys,
        plan: &str,
        kept: impl IntoIterator<Item = (&'u str, Day, u32)>,
    ) {
        let Some(plan) = keys.plans().find(|known| *known.id == *plan) else { return };
        let ids: HashSet<&Arc<str>> = keys.ids_of(plan).collect();
        for (key, day, requests) in kept {
            let Some(key) = ids.get(&Arc::from(key)) else { continue };
            let name = (Arc::clone(&plan.id), Arc::clone(key));
            let counts = self.known().of_key(name.clone(), plan.method_names());
            counts.used(|| name).learn(day, requests);
        }
    }

    /// The use of quotas that is not written yet.
    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Whoever panicked with the lock has left whole entries.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The quotas of the plans that have one.
pub(crate) fn counted_plans(keys: &ApiKeys, epoch_ms: u64) -> Vec<CountedPlan> {
    let counted = |plan: &Plan| {
        let since = first_day(plan.quota.as_ref()?, Day::of(epoch_ms));
        Some(CountedPlan { plan: Arc::clone(&plan.id), since })
    };
    keys.plans().filter_map(counted).collect()
}

impl Known {
    fn forget(&mut self, clock: &dyn Clock) {
        if self.methods.is_empty() && self.keys.is_empty() {
            return;
        }
        let (now, epoch_ms) = (clock.elapsed(), clock.epoch_ms());
        self.methods.retain(|_, sole| !sole.bucket.is_full(now));
        self.keys.retain(|_, counts| !counts.is_untouched(now, epoch_ms));
    }

    fn of_method(&mut self, method: StageMethod) -> Arc<SoleBucket> {
        Arc::clone(self.methods.entry(method).or_default())
    }

    fn of_key(&mut self, name: KeyName, methods: &Arc<[Arc<str>]>) -> Arc<KeyCounts> {
        let counts = self.keys.entry(name).or_insert_with(|| Arc::new(KeyCounts::of(methods)));
        if counts.names != *methods {
            *counts = Arc::new(counts.with_methods(methods));
        }
        Arc::clone(counts)
    }
}

impl KeyCounts {
    fn of(methods: &Arc<[Arc<str>]>) -> KeyCounts {
        KeyCounts {
            throttle: Bucket::default(),
            names: Arc::clone(methods),
            methods: methods.iter().map(|_| Bucket::default()).collect(),
            used: OnceLock::new(),
            locals: OnceLock::new(),
        }
    }

    /// Where it stands what is known of the limit of a method at an index, else of the key's own.
    pub(super) fn local(&self, method: Option<usize>) -> Option<&OnceLock<Arc<Local>>> {
        let each = || (0..=self.methods.len()).map(|_| OnceLock::new()).collect();
        self.locals.get_or_init(each).get(method.map_or(0, |index| index.saturating_add(1)))
    }

    /// The same for a plan that limits other methods. What the requests under way take of the old one is lost.
    fn with_methods(&self, methods: &Arc<[Arc<str>]>) -> KeyCounts {
        let before = |name: &Arc<str>| self.names.iter().position(|known| known == name);
        let alike = |name: &Arc<str>| {
            let known = before(name).and_then(|index| self.methods.get(index));
            known.map_or_else(Bucket::default, Bucket::alike)
        };
        let locals = |known: &Locals| {
            let of = |name| known.get(before(name)?.saturating_add(1)).cloned();
            let of_methods = methods.iter().map(|name| of(name).unwrap_or_default());
            known.first().cloned().into_iter().chain(of_methods).collect::<Locals>()
        };
        KeyCounts {
            throttle: self.throttle.alike(),
            names: Arc::clone(methods),
            methods: methods.iter().map(alike).collect(),
            used: self.used.clone(),
            locals: self.locals.get().map(locals).map(OnceLock::from).unwrap_or_default(),
        }
    }

    /// What the key used of its quota.
    pub(super) fn used(&self, name: impl FnOnce() -> KeyName) -> &Arc<Used> {
        self.used.get_or_init(|| {
            let (plan, key) = name();
            Arc::new(Used::of(plan, key))
        })
    }

    fn is_untouched(&self, now: Duration, epoch_ms: u64) -> bool {
        let mut buckets = self.methods.iter().chain([&self.throttle]);
        let is_used = self.used.get().is_some_and(|used| used.is_of_now(epoch_ms));
        !is_used && buckets.all(|bucket| bucket.is_full(now))
    }
}
