//! The program over each store it can have: GetItem, Query of 20 items and PutItem through the gateway, beside a bare
//! hyper server, the engine in process and a bare hop to the same store; and reads beside writers: `bench/run backends`.
//!
//! [`run`] is the whole of it. What is measured beside the program are the binaries of the benches `end_to_end` (`bare`,
//! `engine`) and `proxy` (`backend`, `bare_proxy`).

mod arguments;
mod beside;
mod instructions;
mod items;
mod operation;
mod report;
mod run;
mod series;
mod store;
mod subject;

pub use arguments::Arguments;
pub use run::run;
pub use vestibule_bench_report::Outcome;
