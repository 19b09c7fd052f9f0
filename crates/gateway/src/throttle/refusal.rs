//! AWS's 429, and what its operator reads of it: whose limit it was, and what it is. No value of a key is in it.

use super::asked::{Limit, Quota, Scope};
use super::quota::{Day, next_period};
use crate::error::GatewayError;
use crate::route::Target;
use crate::site::{KeyOfPlan, Throttle};
use vestibule_restapi::{GatewayResponseType, QuotaSettings};

/// More requests than a bucket has tokens.
pub(super) fn too_many(target: &Target, index: usize, limit: &Limit<'_>) -> GatewayError {
    let Throttle { rate_per_second, burst_requests } = limit.throttle;
    let route = target.stage.snapshot().route(index);
    let method = route.map_or_else(String::new, |route| {
        format!(" of {} `{}`", route.http_method, route.resource_path)
    });
    let of_key = |key: KeyOfPlan<'_>, method: &str| {
        let (label, plan) = (&key.key.label, &key.plan.name);
        let who = format!("more requests with the API key `{label}` than the usage plan `{plan}`");
        (format!("{who} allows{method}"), Some(key.plan.place.clone()))
    };
    let (who, place) = match limit.scope {
        Scope::KeyMethod(key) => of_key(key, &method),
        Scope::Key(key) => of_key(key, ""),
        Scope::Stage => {
            let settings = target.stage.settings(index);
            let place = settings.and_then(|settings| Some(settings.throttle.as_ref()?.1.clone()));
            let stage = target.stage.name();
            (format!("more requests than the stage `{stage}` allows{method}"), place)
        }
        Scope::Account => ("more requests than `account_limit` allows".to_owned(), None),
    };
    let detail = format!("{who}: {rate_per_second} a second, {burst_requests} at once");
    GatewayError::new(
        GatewayResponseType::Throttled,
        "TooManyRequestsException",
        "Too Many Requests",
    )
    .detail(detail, place)
    .logged(format!(
        "Key throttle limit exceeded for {}. Limit: {rate_per_second:.2} Burst: {burst_requests}",
        method_of(target, index)
    ))
}

/// The method in the words of AWS's execution log (users' reports, of a throttle of a stage; of others inferred).
fn method_of(target: &Target, index: usize) -> String {
    let (api, stage) = (target.stage.api_id(), target.stage.name());
    let route = target.stage.snapshot().route(index);
    let route = route.map_or_else(String::new, |route| {
        format!(", Resource {}, HttpMethod {}", route.resource_id, route.http_method)
    });
    format!("RestApi {api}, Stage {stage}{route}")
}

/// More requests than a quota has.
pub(super) fn used_up(
    target: &Target,
    index: usize,
    quota: &Quota<'_>,
    epoch_ms: u64,
) -> GatewayError {
    let Quota { key, settings, .. } = quota;
    let QuotaSettings { quota_requests, period, .. } = settings;
    let (period, next) = (period.as_str(), next_period(settings, Day::of(epoch_ms)));
    let detail = format!(
        "the API key `{}` has used up the quota of the usage plan `{}`: {quota_requests} a {period}, again at {next} 00:00 UTC",
        key.key.label, key.plan.name
    );
    let kind = GatewayResponseType::QuotaExceeded;
    GatewayError::new(kind, "LimitExceededException", "Limit Exceeded")
        .detail(detail, Some(key.plan.place.clone()))
        // Inferred.
        .logged(format!(
            "Key quota limit exceeded for {}. Limit: {quota_requests} Period: {}",
            method_of(target, index),
            period.to_ascii_uppercase()
        ))
}
