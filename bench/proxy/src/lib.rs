//! The program as a proxy (HTTP_PROXY, and AWS_PROXY to a function) beside a bare hyper proxy and nginx, before the same
//! backend: `bench/run proxy`.
//!
//! [`run`] is the whole of it. The binaries `backend` and `bare_proxy` are what is measured with.

mod backend;
mod inputs;
mod instructions;
mod memory;
mod report;
mod run;
mod series;
mod subject;

pub use run::{Arguments, run};
pub use vestibule_bench_report::Outcome;
