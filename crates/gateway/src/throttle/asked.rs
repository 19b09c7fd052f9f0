//! The limits that a request comes under, and taking it under all of them or none.

use super::bucket::Bucket;
use super::buckets::{Buckets, KeyCounts, SoleBucket};
use super::ledger::Ledger;
use super::quota::{Day, first_day};
use super::shared::{Local, Quantity, Shared, Taken, Thing};
use super::used::Used;
use crate::authorize::Caller;
use crate::route::Target;
use crate::site::{KeyOfPlan, Site, Throttle};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use vestibule_restapi::QuotaSettings;

/// Everything that is asked whether it lets a request in, in AWS's order.
#[derive(Debug)]
pub(super) struct Asked<'s> {
    limits: [Option<Limit<'s>>; 4],
    quota: Option<Quota<'s>>,
}

/// Whose limit it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope<'s> {
    /// Of a key by its plan, for the method.
    KeyMethod(KeyOfPlan<'s>),
    /// Of a key by its plan.
    Key(KeyOfPlan<'s>),
    /// Of all callers of the method, by its stage.
    Stage,
    /// Of all callers of everything.
    Account,
}

/// A limit and the bucket that it is asked of.
#[derive(Debug)]
pub(super) struct Limit<'s> {
    pub(super) scope: Scope<'s>,
    pub(super) throttle: &'s Throttle,
    pub(super) bucket: &'s Bucket,
    place: Place<'s>,
}

/// Where it stands what is known of a limit that several gateways count together.
#[derive(Clone, Copy, Debug)]
enum Place<'s> {
    Sole(&'s SoleBucket),
    /// Of the limit of a method at an index among the plan's, else of the key's own.
    OfKey(&'s KeyCounts, Option<usize>),
}

/// A quota and what its key used of it.
#[derive(Debug)]
pub(super) struct Quota<'s> {
    pub(super) key: KeyOfPlan<'s>,
    pub(super) settings: &'s QuotaSettings,
    pub(super) used: &'s Arc<Used>,
    ledger: &'s Ledger,
}

/// What did not let a request in.
#[derive(Debug)]
pub(super) enum Refused<'a, 's> {
    Throttle(&'a Limit<'s>),
    Quota(&'a Quota<'s>),
}

impl<'s> Asked<'s> {
    /// None of a request without a limit.
    pub(super) fn of(
        buckets: &'s Buckets,
        site: &'s Site,
        target: &'s Target,
        caller: Caller<'s>,
        index: usize,
    ) -> Option<Asked<'s>> {
        let key = caller.key();
        let limits = [
            key.and_then(|key| limit_of_method(buckets, key, target, index)),
            key.and_then(|key| limit_of_key(buckets, key)),
            limit_of_stage(target, index),
            limit_of_account(buckets, site),
        ];
        let quota = key.and_then(|key| quota_of_key(buckets, key));
        let is_limited = quota.is_some() || limits.iter().any(Option::is_some);
        is_limited.then_some(Asked { limits, quota })
    }

    /// The limits, in AWS's order.
    pub(super) fn limits(&self) -> impl Iterator<Item = &Limit<'s>> {
        self.limits.iter().flatten()
    }

    pub(super) fn quota(&self) -> Option<&Quota<'s>> {
        self.quota.as_ref()
    }

    /// Takes a request where several gateways count together.
    pub(super) async fn take_shared(
        &self,
        shared: &Arc<Shared>,
        target: &Target,
        index: usize,
        epoch_ms: u64,
    ) -> Result<(), Refused<'_, 's>> {
        let limits = self.limits().map(|limit| limit.thing(target, index));
        let quota = self.quota.as_ref().map(|quota| quota.thing(epoch_ms));
        let things: Vec<Thing> = limits.chain(quota).collect();
        if let (Some(quota), Some(thing)) = (&self.quota, things.last()) {
            thing.know(|| quota.used.known(quota.settings, epoch_ms));
        }
        let taken = shared.take(&things).await;
        for (limit, thing) in self.limits().zip(&things) {
            limit.bucket.show(thing.full_at());
        }
        if let (Some(quota), Some(thing)) = (&self.quota, things.last()) {
            quota.used.show(quota.settings, epoch_ms, thing.used());
            if taken == Taken::Yes {
                quota.used.count(epoch_ms, quota.ledger);
            }
        }
        match taken {
            Taken::Yes => Ok(()),
            Taken::No(refused) => self.refused_by(refused).map_or(Ok(()), Err),
        }
    }

    /// What is asked at an index: the limits, then the quota. There is always something.
    fn refused_by(&self, index: usize) -> Option<Refused<'_, 's>> {
        let quota = || self.quota.as_ref().map(Refused::Quota);
        self.limits().nth(index).map(Refused::Throttle).or_else(quota)
    }

    /// Takes a request, `now` on the clock's own scale.
    pub(super) fn take(&self, now: Duration, epoch_ms: u64) -> Result<(), Refused<'_, 's>> {
        for (asked, limit) in self.limits.iter().enumerate() {
            let Some(limit) = limit else { continue };
            if !limit.bucket.take(limit.throttle, now) {
                self.limits.iter().take(asked).flatten().for_each(Limit::give_back);
                return Err(Refused::Throttle(limit));
            }
        }
        let Some(quota) = &self.quota else { return Ok(()) };
        if quota.used.take(quota.settings, epoch_ms, quota.ledger).is_none() {
            self.limits.iter().flatten().for_each(Limit::give_back);
            return Err(Refused::Quota(quota));
        }
        Ok(())
    }
}

impl Scope<'_> {
    /// What no other limit is called, in no gateway.
    fn name(self, target: &Target, index: usize) -> String {
        let method = || {
            let (stage, route) = (&target.stage, target.stage.snapshot().route(index));
            let (verb, path) = route.map_or(("", ""), |route| {
                (route.http_method.as_str(), route.resource_path.as_str())
            });
            format!("{}/{}/{verb} {path}", stage.api_id(), stage.name())
        };
        match self {
            Scope::KeyMethod(key) => format!("key:{}:{}", name_of_key(key), method()),
            Scope::Key(key) => format!("key:{}", name_of_key(key)),
            Scope::Stage => format!("method:{}", method()),
            Scope::Account => "account".to_owned(),
        }
    }
}

impl Quota<'_> {
    /// What several gateways count of it together.
    fn thing(&self, epoch_ms: u64) -> Thing {
        let since = first_day(self.settings, Day::of(epoch_ms));
        let name = || format!("quota:{}:{since}", name_of_key(self.key));
        let quantity = Quantity::Quota(self.settings.quota_requests);
        Thing { local: self.used.shared(since, name), quantity }
    }
}

/// What no other key of any plan is called: ids may have any characters, so it says how long they are.
fn name_of_key(key: KeyOfPlan<'_>) -> String {
    let (plan, key) = (&key.plan.id, &key.key.id);
    format!("{}.{}/{plan}/{key}", plan.len(), key.len())
}

impl Limit<'_> {
    /// What several gateways count of it together.
    fn thing(&self, target: &Target, index: usize) -> Thing {
        let name = || Local::named(self.scope.name(target, index));
        let known: Option<&OnceLock<Arc<Local>>> = match self.place {
            Place::Sole(sole) => Some(&sole.local),
            Place::OfKey(counts, method) => counts.local(method),
        };
        let local = known.map_or_else(name, |known| Arc::clone(known.get_or_init(name)));
        Thing { local, quantity: Quantity::Bucket(*self.throttle) }
    }

    fn give_back(&self) {
        self.bucket.give_back(self.throttle);
    }
}

fn limit_of_method<'s>(
    buckets: &'s Buckets,
    key: KeyOfPlan<'s>,
    target: &'s Target,
    index: usize,
) -> Option<Limit<'s>> {
    let route = target.stage.snapshot().route(index)?;
    let (index, limit) = key.plan.method(&target.stage, route)?;
    let counts = buckets.of_key(key)?;
    let (bucket, place) = (counts.methods.get(index)?, Place::OfKey(counts, Some(index)));
    Some(Limit { scope: Scope::KeyMethod(key), throttle: &limit.throttle, bucket, place })
}

fn limit_of_key<'s>(buckets: &'s Buckets, key: KeyOfPlan<'s>) -> Option<Limit<'s>> {
    let throttle = key.plan.throttle.as_ref()?;
    let counts = buckets.of_key(key)?;
    let (bucket, place) = (&counts.throttle, Place::OfKey(counts, None));
    Some(Limit { scope: Scope::Key(key), throttle, bucket, place })
}

fn limit_of_stage(target: &Target, index: usize) -> Option<Limit<'_>> {
    let (throttle, sole) = target.stage.throttled(index)?;
    Some(Limit { scope: Scope::Stage, throttle, bucket: &sole.bucket, place: Place::Sole(sole) })
}

fn limit_of_account<'s>(buckets: &'s Buckets, site: &'s Site) -> Option<Limit<'s>> {
    let throttle = site.account_throttle()?;
    let sole = &buckets.account;
    Some(Limit { scope: Scope::Account, throttle, bucket: &sole.bucket, place: Place::Sole(sole) })
}

fn quota_of_key<'s>(buckets: &'s Buckets, key: KeyOfPlan<'s>) -> Option<Quota<'s>> {
    let settings = key.plan.quota.as_ref()?;
    let name = || (Arc::clone(&key.plan.id), Arc::clone(&key.key.id));
    let used = buckets.of_key(key)?.used(name);
    Some(Quota { key, settings, used, ledger: buckets.ledger() })
}
