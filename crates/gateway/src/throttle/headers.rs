//! What a client is told of its limits where the settings ask for it: `RateLimit` and `RateLimit-Policy`
//! (draft-ietf-httpapi-ratelimit-headers-11), and `Retry-After` with a 429. AWS sends none of them.
//!
//! Only what its own key used is told. What is left of a limit that clients share says what the others did.

use super::asked::{Asked, Limit, Quota, Refused, Scope};
use super::quota::{Day, first_day, next_period, seconds_left};
use crate::site::Throttle;
use http::HeaderValue;
use std::time::Duration;

/// The headers of an answer.
#[derive(Debug)]
pub(crate) struct RateLimits {
    /// `RateLimit`: what is left, and for how long there is no more.
    pub(crate) limit: Option<HeaderValue>,
    /// `RateLimit-Policy`: the limits themselves.
    pub(crate) policy: Option<HeaderValue>,
    /// Seconds after which a refused request may be taken.
    pub(crate) retry_after: Option<HeaderValue>,
}

/// The largest whole number of a structured field.
const INTEGER_MAX: u64 = 999_999_999_999_999;

/// The headers for a request that was taken, or refused. `now` is on the clock's own scale.
pub(super) fn of(
    asked: &Asked<'_>,
    refused: Option<&Refused<'_, '_>>,
    now: Duration,
    epoch_ms: u64,
) -> RateLimits {
    let (mut limits, mut policies) = (Vec::new(), Vec::new());
    for limit in asked.limits() {
        let Some(name) = own(limit.scope) else { continue };
        limits.push(left_in_bucket(name, limit, now));
        policies.push(policy_of_bucket(name, limit.throttle));
    }
    if let Some(quota) = asked.quota() {
        limits.push(left_of_quota(quota, epoch_ms));
        policies.push(policy_of_quota(quota, epoch_ms));
    }
    RateLimits {
        limit: listed(&limits),
        policy: listed(&policies),
        retry_after: refused.and_then(|refused| retry_after(refused, now, epoch_ms)),
    }
}

/// What a limit of the key alone is called.
fn own(scope: Scope<'_>) -> Option<&'static str> {
    match scope {
        Scope::KeyMethod(_) => Some("plan-method"),
        Scope::Key(_) => Some("plan"),
        Scope::Stage | Scope::Account => None,
    }
}

fn left_in_bucket(name: &str, limit: &Limit<'_>, now: Duration) -> String {
    let level = limit.bucket.level(limit.throttle, now);
    match level.more {
        Some(more) => format!("\"{name}\";r={};t={}", level.tokens, seconds(more)),
        None => format!("\"{name}\";r={}", level.tokens),
    }
}

/// The fewest whole seconds in which it fills, and how many it lets in then in the long run.
fn policy_of_bucket(name: &str, throttle: &Throttle) -> String {
    let Throttle { rate_per_second, burst_requests } = *throttle;
    if !(rate_per_second > 0.0 && burst_requests > 0) {
        return format!("\"{name}\";q=0");
    }
    let window_s = whole((f64::from(burst_requests) / rate_per_second).ceil()).max(1);
    let requests = whole((rate_per_second * window_s as f64).floor());
    format!("\"{name}\";q={requests};w={window_s}")
}

fn left_of_quota(quota: &Quota<'_>, epoch_ms: u64) -> String {
    let left = quota.used.left(quota.settings, epoch_ms);
    format!("\"quota\";r={left};t={}", seconds_left(quota.settings, epoch_ms))
}

fn policy_of_quota(quota: &Quota<'_>, epoch_ms: u64) -> String {
    let today = Day::of(epoch_ms);
    let next = next_period(quota.settings, today);
    let window_s = u64::from(next.since(first_day(quota.settings, today))) * 86_400;
    format!("\"quota\";q={};w={}", quota.settings.quota_requests, window_s.max(1))
}

/// None of a request that will never be taken.
fn retry_after(refused: &Refused<'_, '_>, now: Duration, epoch_ms: u64) -> Option<HeaderValue> {
    let seconds = match refused {
        Refused::Quota(quota) => seconds_left(quota.settings, epoch_ms),
        Refused::Throttle(limit) => match own(limit.scope) {
            Some(_) => seconds(limit.bucket.level(limit.throttle, now).more?),
            // Not when the next token is there, which others have a hand in: how long one takes at most.
            None => seconds(limit.throttle.token()?),
        },
    };
    Some(HeaderValue::from(seconds))
}

/// In whole seconds, at least one: who waits as long does not come too early.
fn seconds(time: Duration) -> u64 {
    let whole = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
    whole.clamp(1, INTEGER_MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and none is negative"
)]
fn whole(number: f64) -> u64 {
    (number as u64).min(INTEGER_MAX)
}

fn listed(items: &[String]) -> Option<HeaderValue> {
    let is_some = !items.is_empty();
    // Names and numbers alone.
    is_some.then(|| HeaderValue::from_str(&items.join(", ")).ok()).flatten()
}

#[cfg(test)]
mod tests {
    //! Source: draft-ietf-httpapi-ratelimit-headers-11 for the forms; the windows of token buckets are ours.
    use super::*;

    #[test]
    fn a_bucket_is_told_as_its_rate() {
        let of = |rate_per_second, burst_requests| {
            policy_of_bucket("plan", &Throttle { rate_per_second, burst_requests })
        };
        assert_eq!(of(10.0, 5), "\"plan\";q=10;w=1");
        assert_eq!(of(10.0, 20), "\"plan\";q=20;w=2");
        assert_eq!(of(3.0, 10), "\"plan\";q=12;w=4");
        assert_eq!(of(0.5, 1), "\"plan\";q=1;w=2");
        assert_eq!(of(0.0, 1), "\"plan\";q=0");
        assert_eq!(of(1.0, 0), "\"plan\";q=0");
        assert_eq!(of(f64::NAN, 1), "\"plan\";q=0");
        assert_eq!(of(f64::MIN_POSITIVE, 1), "\"plan\";q=0;w=999999999999999");
        assert_eq!(of(1e300, 1), "\"plan\";q=999999999999999;w=1");
    }

    #[test]
    fn seconds_are_whole_and_not_too_few() {
        assert_eq!(seconds(Duration::ZERO), 1);
        assert_eq!(seconds(Duration::from_millis(1_000)), 1);
        assert_eq!(seconds(Duration::from_millis(1_001)), 2);
        assert_eq!(seconds(Duration::MAX), INTEGER_MAX);
    }
}
