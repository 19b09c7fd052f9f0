//! What is served: deployments compiled once, and the stages that point at them.

mod api_keys;
mod canary;
mod compile;
mod domains;
mod listing;
mod settings;
mod snapshot;
mod usage_plan;
mod view;

pub use api_keys::ApiKeys;
pub use compile::{
    Compiled, Facts, check_principals, check_stage, check_usage_plan, compile, policy_fault,
};
pub use domains::Domains;
pub use listing::{ListedMethod, Matched, ServedMethod};
pub use snapshot::Snapshot;
pub use view::{Site, StageView};

pub(crate) use api_keys::RequiredApiKey;
pub(crate) use domains::{Domain, Mapping};
pub(crate) use settings::{Throttle, is_cached};
pub(crate) use snapshot::{
    DynamoDbCall, Integration, IntegrationKind, IntegrationResponse, Method, Route, Serving,
};
pub(crate) use usage_plan::{KeyOfPlan, Plan};
pub(crate) use view::Sender;
