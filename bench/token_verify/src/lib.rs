//! What a token of a user pool costs: known, beside a bare hyper request; not known, beside the library's verification alone:
//! `bench/run token_verify`.

mod bare;
mod gateway;
mod report;
mod run;
mod signature;

pub use run::{Arguments, run};
pub use vestibule_bench_report::Outcome;
