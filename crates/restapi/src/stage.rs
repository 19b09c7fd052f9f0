//! What is served: a deployment of an API under a stage's name, with the stage's settings as the definition says them.
//! AWS docs: API_Stage, API_MethodSetting.

use crate::api::{HttpMethod, RestApi};
use crate::ids::{DeploymentId, RestApiId, StageName};
use crate::place::{Place, Sourced};
use std::sync::Arc;

/// An API as it was at one moment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Hash of the content.
    pub id: DeploymentId,
    /// The API.
    pub api: Arc<RestApi>,
}

/// A name under which a deployment is served, with its settings.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Part of the URL and of `$context.stage`.
    pub name: StageName,
    /// The API it is a stage of.
    pub api: RestApiId,
    /// What the definition calls the deployment it points at. Every deployment of files is the API as it stands in them.
    pub deployment: Option<Sourced>,
    /// Its description.
    pub description: Option<String>,
    /// `$stageVariables`, in the order they were given.
    pub variables: Vec<(String, String)>,
    /// Throttling, caching, logging and metrics, in the order of the definition.
    pub method_settings: Vec<MethodSetting>,
    /// Where the cache cluster is enabled, with its size in GB such as `0.5`.
    pub cache_cluster: Option<(Place, Option<String>)>,
    /// The share of the traffic that another deployment gets.
    pub canary: Option<CanarySettings>,
    /// Where tracing is enabled.
    pub tracing: Option<Place>,
    /// Where a line a request goes.
    pub access_log: Option<AccessLogSettings>,
    /// The certificate that is shown to HTTP backends.
    pub client_certificate: Option<Sourced>,
    /// Where it is defined; none for the stage of the settings.
    pub place: Option<Place>,
}

/// What a stage asks for some of its methods. What is not said is `None`.
#[derive(Clone, Debug)]
pub struct MethodSetting {
    /// The resource's path, such as `/items/{id}`; `None` for every one (`/*`).
    pub resource_path: Option<String>,
    /// The verb; `None` for every one (`*`).
    pub http_method: Option<HttpMethod>,
    /// `metricsEnabled`
    pub metrics: Option<bool>,
    /// `loggingLevel`
    pub logging_level: Option<LoggingLevel>,
    /// `dataTraceEnabled`
    pub data_trace: Option<bool>,
    /// `throttlingRateLimit`: requests a second.
    pub rate_per_second: Option<f64>,
    /// `throttlingBurstLimit`: requests at once.
    pub burst_requests: Option<u32>,
    /// `cachingEnabled`
    pub caching: Option<bool>,
    /// `cacheTtlInSeconds`: 0 to 3600; AWS's default is 300.
    pub cache_ttl_s: Option<u32>,
    /// `cacheDataEncrypted`
    pub cache_data_encrypted: Option<bool>,
    /// `requireAuthorizationForCacheControl`; AWS's default is true.
    pub require_authorization_for_cache_control: Option<bool>,
    /// `unauthorizedCacheControlHeaderStrategy`
    pub unauthorized_cache_control: Option<UnauthorizedCacheControl>,
    /// Where it is defined.
    pub place: Place,
}

/// What is written to the execution log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoggingLevel {
    /// Nothing.
    Off,
    /// Failures.
    Error,
    /// Every request.
    Info,
}

/// What becomes of a request that may not bypass the cache and asks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnauthorizedCacheControl {
    /// `FAIL_WITH_403`
    Fail,
    /// `SUCCEED_WITH_RESPONSE_HEADER`, AWS's default.
    SucceedWithHeader,
    /// `SUCCEED_WITHOUT_RESPONSE_HEADER`
    SucceedWithoutHeader,
}

impl UnauthorizedCacheControl {
    /// Every strategy.
    pub const ALL: [UnauthorizedCacheControl; 3] = [
        UnauthorizedCacheControl::Fail,
        UnauthorizedCacheControl::SucceedWithHeader,
        UnauthorizedCacheControl::SucceedWithoutHeader,
    ];

    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            UnauthorizedCacheControl::Fail => "FAIL_WITH_403",
            UnauthorizedCacheControl::SucceedWithHeader => "SUCCEED_WITH_RESPONSE_HEADER",
            UnauthorizedCacheControl::SucceedWithoutHeader => "SUCCEED_WITHOUT_RESPONSE_HEADER",
        }
    }

    /// The strategy of this name.
    pub fn parse(name: &str) -> Option<UnauthorizedCacheControl> {
        UnauthorizedCacheControl::ALL.into_iter().find(|strategy| strategy.as_str() == name)
    }
}

/// A second deployment of a stage, for a share of its traffic.
#[derive(Clone, Debug)]
pub struct CanarySettings {
    /// What the definition calls the deployment.
    pub deployment: Option<Sourced>,
    /// 0 to 100.
    pub percent_traffic: f64,
    /// Stage variables that differ for it.
    pub variable_overrides: Vec<(String, String)>,
    /// Whether it shares the stage's cache.
    pub uses_stage_cache: bool,
    /// Where it is defined.
    pub place: Place,
}

/// Where a line a request goes, and its form.
#[derive(Clone, Debug)]
pub struct AccessLogSettings {
    /// The ARN of a log group or stream.
    pub destination: Option<Sourced>,
    /// A line with `$context` variables.
    pub format: Option<Sourced>,
    /// Where it is defined.
    pub place: Place,
}

impl Stage {
    /// A stage that asks for nothing.
    pub fn new(name: StageName, api: RestApiId) -> Stage {
        Stage {
            name,
            api,
            deployment: None,
            description: None,
            variables: Vec::new(),
            method_settings: Vec::new(),
            cache_cluster: None,
            canary: None,
            tracing: None,
            access_log: None,
            client_certificate: None,
            place: None,
        }
    }
}
