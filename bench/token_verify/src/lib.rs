//! What a token of a user pool costs: known, beside a bare hyper request; not known, beside the library's verification alone:
//! `bench/run token_verify`.

// The layout of the gateway's work on a request is made here, and it is deep.
#![recursion_limit = "256"]

mod bare;
mod gateway;
mod report;
mod run;
mod signature;

pub use run::{Arguments, run};
pub use vestibule_bench_report::Outcome;
