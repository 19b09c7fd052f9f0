//! What a stage asks for each of its methods: the definition's method settings, with AWS's defaults for what is not said.
//!
//! What is said of one verb of one resource counts before what is said of all verbs of it, that before what is said of all
//! methods, setting by setting (inferred; AWS docs say only that a method's setting overrides the stage's).

use crate::cache::Caching;
use std::time::Duration;
use vestibule_restapi::{HttpMethod, LoggingLevel, MethodSetting, Place, Stage};

/// The settings of one method of a stage.
#[derive(Clone, Debug)]
pub(crate) struct MethodSettings {
    /// How many requests it takes; none without a limit.
    pub(crate) throttle: Option<(Throttle, Place)>,
    /// Whether its requests are counted by themselves.
    pub(crate) has_metrics: bool,
    /// What goes to the execution log.
    pub(crate) logging_level: LoggingLevel,
    /// Whether parameters, headers and bodies go there too.
    pub(crate) has_data_trace: bool,
    /// How its answers are cached, where its stage has a cache; none of one whose answers are not.
    pub(crate) caching: Option<Caching>,
}

/// A token bucket's size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Throttle {
    /// Requests a second; 0 lets none in.
    pub(crate) rate_per_second: f64,
    /// Requests at once; 0 lets none in.
    pub(crate) burst_requests: u32,
}

impl Throttle {
    /// AWS's account-level limits, which it also writes where a definition says one of the two numbers alone.
    pub(crate) const AWS: Throttle = Throttle { rate_per_second: 10_000.0, burst_requests: 5_000 };

    /// How long its rate takes for one request; none of a rate that lets none in.
    pub(crate) fn token(&self) -> Option<Duration> {
        let rate = self.rate_per_second;
        let is_rate = rate.is_finite() && rate > 0.0;
        is_rate.then(|| Duration::try_from_secs_f64(rate.recip()).unwrap_or(Duration::MAX))
    }

    /// Of what is said; none of what says nothing or -1, which is no limit (Terraform's default).
    pub(crate) fn of(
        rate_per_second: Option<f64>,
        burst_requests: Option<u32>,
    ) -> Option<Throttle> {
        if rate_per_second.is_some_and(|rate| rate < 0.0) {
            return None;
        }
        if rate_per_second.is_none() && burst_requests.is_none() {
            return None;
        }
        Some(Throttle {
            rate_per_second: rate_per_second.unwrap_or(Throttle::AWS.rate_per_second),
            burst_requests: burst_requests.unwrap_or(Throttle::AWS.burst_requests),
        })
    }
}

/// Whether a stage that has a cache caches the answers of a verb, or `ANY`, of a resource.
pub(crate) fn is_cached(stage: &Stage, resource_path: &str, verb: HttpMethod) -> bool {
    MethodSettings::of(stage, resource_path, verb).caching.is_some()
}

impl MethodSettings {
    /// The settings that a stage has for a verb, or `ANY`, of a resource.
    pub(super) fn of(stage: &Stage, resource_path: &str, verb: HttpMethod) -> MethodSettings {
        let mut fitting: Vec<&MethodSetting> = stage
            .method_settings
            .iter()
            .filter(|setting| {
                setting.resource_path.as_deref().is_none_or(|path| path == resource_path)
                    && setting.http_method.is_none_or(|of| of == verb)
            })
            .collect();
        // The most exact first; of two that are alike the last that was written.
        fitting.reverse();
        fitting.sort_by_key(|setting| {
            (setting.resource_path.is_none(), setting.http_method.is_none())
        });
        fn first<T>(
            fitting: &[&MethodSetting],
            of: impl Fn(&MethodSetting) -> Option<T>,
        ) -> Option<T> {
            fitting.iter().find_map(|setting| of(setting))
        }
        let throttle = Throttle::of(
            first(&fitting, |setting| setting.rate_per_second),
            first(&fitting, |setting| setting.burst_requests),
        );
        let place = first(&fitting, |setting| {
            let is_limit = setting.rate_per_second.is_some() || setting.burst_requests.is_some();
            is_limit.then(|| setting.place.clone())
        });
        let logging_level = first(&fitting, |setting| setting.logging_level);
        // AWS docs: what is said of all methods turns caching on for GET alone.
        let is_cached = first(&fitting, |setting| {
            let is_of_verb = verb == HttpMethod::Get || setting.http_method.is_some();
            setting.caching.filter(|is_on| is_of_verb || !is_on)
        });
        let caching = is_cached.unwrap_or(false).then(|| {
            Caching::of(
                first(&fitting, |setting| setting.cache_ttl_s),
                first(&fitting, |setting| setting.require_authorization_for_cache_control),
                first(&fitting, |setting| setting.unauthorized_cache_control),
            )
        });
        MethodSettings {
            throttle: throttle.zip(place),
            logging_level: logging_level.unwrap_or(LoggingLevel::Off),
            has_data_trace: first(&fitting, |setting| setting.data_trace).unwrap_or(false),
            caching: caching.flatten(),
            has_metrics: first(&fitting, |setting| setting.metrics).unwrap_or(false),
        }
    }
}
