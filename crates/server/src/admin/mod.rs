//! The admin listener: what an operator and an orchestrator ask. Today `/livez` and `/readyz`.

mod guard;
mod readiness;
mod service;

pub use guard::Guard;
pub use readiness::{Readiness, Report};
pub use service::Admin;
