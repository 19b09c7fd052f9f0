//! AWS's 429, and what its operator reads of it: whose limit it was, and what it is. No value of a key is in it.

use super::asked::{Limit, Quota, Scope};
use super::quota::{Day, next_period};
use crate::error::GatewayError;
use crate::observe::masked;
use crate::route::Target;
use crate::site::{KeyOfPlan, Throttle};
use vestibule_restapi::{GatewayResponseType, QuotaSettings};

/// More requests than a bucket has tokens; `shown` is the API key that was shown, where there is one.
pub(super) fn too_many(
    target: &Target,
    index: usize,
    limit: &Limit<'_>,
    shown: Option<&str>,
) -> GatewayError {
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
        "{}{}. Limit: {rate_per_second:.2} Burst: {burst_requests}",
        match limit.scope {
            Scope::KeyMethod(key) | Scope::Key(key) => {
                let of_plan =
                    format!("Key throttle limit exceeded for Usage Plan ID {}, ", key.plan.id);
                exceeded("throttle", target, shown) + &of_plan
            }
            Scope::Stage | Scope::Account => "Key throttle limit exceeded for ".to_owned(),
        },
        method_of(target, index)
    ))
}

/// The beginning of AWS's line about a limit of a usage plan (AWS's page about the 429s of API Gateway).
fn exceeded(what: &str, target: &Target, shown: Option<&str>) -> String {
    let key = shown.map(masked).unwrap_or_default();
    let (api, stage) = (target.stage.api_id(), target.stage.name());
    format!("API Key {key} exceeded {what} limit for API Stage {api}/{stage}: ")
}

/// The method in the words of AWS's execution log (users' reports of a throttle of a stage, AWS's page about one of a plan; of an
/// account's inferred).
fn method_of(target: &Target, index: usize) -> String {
    let (api, stage) = (target.stage.api_id(), target.stage.name());
    let route = target.stage.snapshot().route(index);
    let route = route.map_or_else(String::new, |route| {
        format!(", Resource {}, HttpMethod {}", route.resource_id, route.http_method)
    });
    format!("RestApi {api}, Stage {stage}{route}")
}

/// More requests than a quota has; `shown` is the API key that was shown.
pub(super) fn used_up(
    target: &Target,
    quota: &Quota<'_>,
    shown: Option<&str>,
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
        .logged(format!(
            "{}Key quota exhausted for Usage Plan ID {}. Q Limit: {quota_requests} Period: {}",
            exceeded("quota", target, shown),
            key.plan.id,
            period.to_ascii_uppercase()
        ))
}
