//! What is served: deployments compiled once, and the stages that point at them.

mod compile;
mod snapshot;
mod view;

pub use compile::{Compiled, Facts, compile};
pub use snapshot::Snapshot;
pub use view::{Site, StageView};

pub(crate) use snapshot::{Integration, IntegrationKind, IntegrationResponse, Method, Responses};
