//! How many requests are taken: token buckets, asked in AWS's order. A method without a limit has no bucket and costs nothing.

mod bucket;
mod buckets;

pub(crate) use bucket::Bucket;
pub(crate) use buckets::{Buckets, StageBuckets};

use crate::authorize::Caller;
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::pipeline::Gateway;
use crate::route::Target;
use crate::site::{Method, Throttle};
use vestibule_restapi::GatewayResponseType;

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

/// Takes a request, or says that there are too many. Stages' limits are asked before the account's.
pub(crate) fn admit<'s>(
    gateway: &Gateway,
    target: &'s Target,
    caller: Caller<'s>,
    exchange: &Exchange,
) -> Result<Admitted<'s>, Stop> {
    let admitted = Admitted { method: caller.method() };
    let Some(index) = exchange.matched else { return Ok(admitted) };
    let Some((throttle, bucket)) = target.stage.throttled(index) else { return Ok(admitted) };
    if bucket.take(throttle, gateway.clock().elapsed()) {
        return Ok(admitted);
    }
    Err(too_many(target, index, throttle).into())
}

/// AWS's 429.
fn too_many(target: &Target, index: usize, throttle: &Throttle) -> GatewayError {
    let Throttle { rate_per_second, burst_requests } = throttle;
    let settings = target.stage.settings(index);
    let place = settings.and_then(|settings| Some(settings.throttle.as_ref()?.1.clone()));
    let route = target.stage.snapshot().route(index);
    let method = route.map_or_else(String::new, |route| {
        format!(" of {} `{}`", route.http_method, route.resource_path)
    });
    let message = format!(
        "more requests than the stage `{}` allows{method}: {rate_per_second} a second, {burst_requests} at once",
        target.stage.name()
    );
    GatewayError::new(
        GatewayResponseType::Throttled,
        "TooManyRequestsException",
        "Too Many Requests",
    )
    .detail(message, place)
}
