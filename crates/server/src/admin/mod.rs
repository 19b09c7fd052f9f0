//! The admin listener: what an operator and an orchestrator ask. Today `/livez`, `/readyz`,
//! `/metrics` and `/traces`, and `/cache` to flush what is kept.

mod flush;
mod metrics;
mod readiness;
mod service;
mod traces;

pub use readiness::{Readiness, Report};
pub use service::Admin;
