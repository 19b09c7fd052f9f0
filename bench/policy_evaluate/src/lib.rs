//! Evaluating a policy of 20 statements, as long as a user's policy can be: `bench/run policy_evaluate`.

mod report;
mod run;
mod subject;

pub use run::{Arguments, run};
pub use vestibule_bench_report::Outcome;
