//! The program beside a bare hyper server and the engine alone, measured in the same run.
//!
//! [`run`] is the whole of it: build, fill a store, start, measure in rounds, report. The binaries
//! `bare` and `engine` are what is measured beside the program.

mod arguments;
mod instructions;
mod places;
mod programs;
mod report;
mod run;
mod series;
mod start;
mod subject;

pub use arguments::Arguments;
pub use run::run;
pub use vestibule_bench_report::Outcome;
