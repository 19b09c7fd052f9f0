//! API keys, and the usage plans that say which stages a key opens and how often.
//! AWS docs: API_ApiKey, API_UsagePlan.

use crate::ids::{RestApiId, StageName};
use crate::place::{Place, Sourced};
use std::fmt;

/// An API key.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// What plans call it.
    pub id: String,
    /// What its author calls it: a logical id or an address; of one without, its id.
    pub label: String,
    /// Its name; none when the definition gives it none.
    pub name: Option<Sourced>,
    /// What a caller shows; none when the definition leaves it to the deployment.
    pub value: Option<ApiKeyValue>,
    /// Whether it opens anything; AWS's default is false, CloudFormation's too.
    pub is_enabled: bool,
    /// Where it is defined.
    pub place: Place,
}

/// The secret of an API key. Its text is nowhere printed.
#[derive(Clone)]
pub struct ApiKeyValue(pub Sourced);

impl fmt::Debug for ApiKeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeyValue(..)")
    }
}

/// A usage plan.
#[derive(Clone, Debug)]
pub struct UsagePlan {
    /// What its keys call it.
    pub id: String,
    /// What its author calls it: a logical id or an address; of one without, its id.
    pub label: String,
    /// Its name; none when the definition gives it none.
    pub name: Option<Sourced>,
    /// The stages it opens.
    pub stages: Vec<UsagePlanStage>,
    /// How often a key may call.
    pub throttle: Option<ThrottleSettings>,
    /// How often in a period.
    pub quota: Option<QuotaSettings>,
    /// Ids of its keys.
    pub keys: Vec<String>,
    /// Where it is defined.
    pub place: Place,
}

/// A stage of a usage plan.
#[derive(Clone, Debug)]
pub struct UsagePlanStage {
    /// The API.
    pub api: RestApiId,
    /// The stage.
    pub stage: StageName,
    /// Limits of single methods, by `/path/VERB`.
    pub throttle: Vec<(String, ThrottleSettings)>,
}

/// A token bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct ThrottleSettings {
    /// Requests a second; none is no limit.
    pub rate_per_second: Option<f64>,
    /// Requests at once; none is no limit.
    pub burst_requests: Option<u32>,
}

/// Requests in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaSettings {
    /// How many.
    pub quota_requests: u32,
    /// The day on which it begins, from 0: of a week Sunday, of a month the first.
    pub offset: u32,
    /// The period.
    pub period: QuotaPeriod,
}

/// The period of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaPeriod {
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
}

impl QuotaPeriod {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            QuotaPeriod::Day => "DAY",
            QuotaPeriod::Week => "WEEK",
            QuotaPeriod::Month => "MONTH",
        }
    }
}
