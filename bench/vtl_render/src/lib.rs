//! Three mapping templates, each rendered by the gateway's engine and by Apache Velocity 1.7 with Jayway JsonPath, in turn.
//!
//! [`run`] is the whole of it. A subject is a folder of `inputs/`: the template, a body, and the values around it.
//!
//! ```
//! use clap::Parser;
//! use vestibule_bench_vtl_render::Arguments;
//!
//! let arguments = Arguments::parse_from(["vtl_render", "--subject", "query_response", "--quick"]);
//! assert_eq!(arguments.subject.as_deref(), Some("query_response"));
//! ```

mod arguments;
mod hostile;
mod instructions;
mod ours;
mod report;
mod run;
mod subject;
mod theirs;
mod turn;

pub use arguments::Arguments;
pub use run::run;
pub use vestibule_bench_report::Outcome;
