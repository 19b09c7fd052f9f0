//! How many requests are taken: token buckets and quotas, asked in AWS's order. What has no limit has no bucket and costs
//! nothing.

mod bucket;
mod buckets;
mod quota;
mod refusal;
mod shared;

pub(crate) use bucket::Bucket;
pub(crate) use buckets::{Buckets, KeyBuckets, StageBuckets};
pub use shared::{
    Ask, Batch, Decided, Deciding, Granted, Meter, MeterKind, Reading, SharedStore, StoreLost,
};

use crate::authorize::Caller;
use crate::error::Stop;
use crate::exchange::Exchange;
use crate::pipeline::Gateway;
use crate::route::Target;
use crate::site::{KeyOfPlan, Method, Throttle};
use quota::Used;
use vestibule_restapi::QuotaSettings;

/// Proof that a request is one of as many as are taken: validation takes nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admitted<'s> {
    method: &'s Method,
}

impl<'s> Admitted<'s> {
    /// Whoever owns the gateway is neither authorized nor counted, as TestInvokeMethod of API Gateway has it.
    pub(crate) fn owner(method: &'s Method) -> Admitted<'s> {
        Admitted { method }
    }

    pub(crate) fn method(&self) -> &'s Method {
        self.method
    }
}

/// Whose limit it is.
#[derive(Clone, Copy, Debug)]
enum Scope<'s> {
    /// Of a key by its plan, for the method.
    KeyMethod(KeyOfPlan<'s>),
    /// Of a key by its plan.
    Key(KeyOfPlan<'s>),
    /// Of all callers of the method, by its stage.
    Stage,
}

/// A limit and the bucket that it is asked of.
#[derive(Debug)]
struct Limit<'s> {
    scope: Scope<'s>,
    throttle: &'s Throttle,
    bucket: &'s Bucket,
}

/// Takes a request, or says that there are too many. A request that is not taken costs nobody a token.
///
/// AWS's order (AWS docs: api-gateway-request-throttling): the plan's limit of the method, the plan's limit, the stage's limit
/// of the method. The quota comes last, so that a throttled request costs none of it (inferred).
pub(crate) fn admit<'s>(
    gateway: &Gateway,
    target: &'s Target,
    caller: Caller<'s>,
    exchange: &Exchange,
) -> Result<Admitted<'s>, Stop> {
    let admitted = Admitted { method: caller.method() };
    let Some(index) = exchange.matched else { return Ok(admitted) };
    let key = caller.key();
    let limits = [
        key.and_then(|key| limit_of_method(key, target, index)),
        key.and_then(limit_of_key),
        limit_of_stage(target, index),
    ];
    let quota = key.and_then(quota_of_key);
    if quota.is_none() && limits.iter().all(Option::is_none) {
        return Ok(admitted);
    }
    let now = gateway.clock().elapsed();
    for (asked, limit) in limits.iter().enumerate() {
        let Some(limit) = limit else { continue };
        if !limit.bucket.take(limit.throttle, now) {
            limits.iter().take(asked).flatten().for_each(Limit::give_back);
            return Err(refusal::too_many(target, index, limit).into());
        }
    }
    let Some((key, settings, used)) = quota else { return Ok(admitted) };
    if !used.take(settings, exchange.epoch_ms) {
        limits.iter().flatten().for_each(Limit::give_back);
        return Err(refusal::used_up(key, settings, exchange.epoch_ms).into());
    }
    Ok(admitted)
}

impl Limit<'_> {
    fn give_back(&self) {
        self.bucket.give_back(self.throttle);
    }
}

fn limit_of_method<'s>(key: KeyOfPlan<'s>, target: &'s Target, index: usize) -> Option<Limit<'s>> {
    let buckets = key.buckets()?;
    let route = target.stage.snapshot().route(index)?;
    let (index, limit) = key.plan.method(&target.stage, route)?;
    let bucket = buckets.methods.get(index)?;
    Some(Limit { scope: Scope::KeyMethod(key), throttle: &limit.throttle, bucket })
}

fn limit_of_key(key: KeyOfPlan<'_>) -> Option<Limit<'_>> {
    let bucket = key.buckets()?.throttle.as_deref()?;
    Some(Limit { scope: Scope::Key(key), throttle: key.plan.throttle.as_ref()?, bucket })
}

fn limit_of_stage(target: &Target, index: usize) -> Option<Limit<'_>> {
    let (throttle, bucket) = target.stage.throttled(index)?;
    Some(Limit { scope: Scope::Stage, throttle, bucket })
}

fn quota_of_key<'s>(key: KeyOfPlan<'s>) -> Option<(KeyOfPlan<'s>, &'s QuotaSettings, &'s Used)> {
    Some((key, key.plan.quota.as_ref()?, key.buckets()?.used.as_deref()?))
}
