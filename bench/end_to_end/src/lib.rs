//! The program beside a bare hyper server and the engine alone, measured in the same run.
//!
//! [`run`] is the whole of it: build, fill a store, start, measure in rounds, report. The binaries
//! `bare` and `engine` are what is measured beside the program.
//!
//! ```
//! use vestibule_bench_end_to_end::{End, Order};
//!
//! let order = Order { connections: 32, end: End::Requests(1_000) };
//! let line = serde_json::to_string(&order).unwrap();
//! assert_eq!(line, r#"{"connections":32,"end":{"Requests":1000}}"#);
//! ```

mod answer;
mod arguments;
mod instructions;
mod limits;
mod load;
mod measured;
mod places;
mod process;
mod programs;
mod report;
mod run;
mod series;
mod start;
mod subject;

pub use arguments::Arguments;
pub use measured::{End, Measured, Order, Stopwatch};
pub use run::run;
pub use vestibule_bench_report::Outcome;
