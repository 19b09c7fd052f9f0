//! How many requests are taken: token buckets and quotas, asked in AWS's order. What has no limit has no bucket and costs
//! nothing.

mod asked;
mod bucket;
mod buckets;
mod headers;
mod ledger;
mod quota;
mod refusal;
mod shared;
mod used;

pub use buckets::CountedPlan;
pub(crate) use buckets::{Buckets, KeyCounts, SoleBucket, StageBuckets, counted_plans};
pub(crate) use headers::RateLimits;
pub use ledger::{Unwritten, Written};
pub use quota::Day;
pub(crate) use shared::Shared;
pub use shared::{
    Ask, Batch, Decided, Deciding, Granted, Meter, MeterKind, Reading, SharedStore, Sharing,
    StoreLost, WhenLost,
};

use crate::authorize::Caller;
use crate::error::Stop;
use crate::exchange::Exchange;
use crate::pipeline::Gateway;
use crate::route::Target;
use crate::site::{Method, Site};
use asked::{Asked, Refused};

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

/// Takes a request, or says that there are too many. A request that is not taken costs nobody a token.
///
/// AWS's order (AWS docs: api-gateway-request-throttling): the plan's limit of the method, the plan's limit, the stage's limit
/// of the method, the account's. The quota comes last, so that a throttled request costs none of it (inferred).
pub(crate) async fn admit<'s>(
    gateway: &'s Gateway,
    site: &'s Site,
    target: &'s Target,
    caller: Caller<'s>,
    exchange: &mut Exchange,
) -> Result<Admitted<'s>, Stop> {
    let admitted = Admitted { method: caller.method() };
    let Some(index) = exchange.matched else { return Ok(admitted) };
    let Some(asked) = Asked::of(gateway.buckets(), site, target, caller, index) else {
        return Ok(admitted);
    };
    let (now, epoch_ms) = (gateway.clock().elapsed(), exchange.epoch_ms);
    let taken = match gateway.shared() {
        None => asked.take(now, epoch_ms),
        Some(shared) => asked.take_shared(shared, target, index, epoch_ms).await,
    };
    if site.has_rate_limit_headers() {
        let headers = headers::of(&asked, taken.as_ref().err(), now, epoch_ms);
        exchange.rate_limits = Some(Box::new(headers));
    }
    let shown = exchange.identity.member("apiKey");
    match taken {
        Ok(()) => Ok(admitted),
        Err(Refused::Throttle(limit)) => Err(refusal::too_many(target, index, limit, shown).into()),
        Err(Refused::Quota(quota)) => Err(refusal::used_up(target, quota, shown, epoch_ms).into()),
    }
}
