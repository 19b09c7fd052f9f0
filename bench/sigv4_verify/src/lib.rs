//! What it costs to verify a signature with a key that is kept, beside computing the same signature: `bench/run sigv4_verify`.

mod report;
mod run;
mod subject;

pub use run::{Arguments, run};
pub use vestibule_bench_report::Outcome;
