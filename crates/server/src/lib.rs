//! The program `vestibule` as a library: settings, commands, listeners, the admin address, signals
//! and the log. All wiring, no rule of API Gateway.
//!
//! ```
//! use vestibule_server::{Environment, Exit, Streams, run};
//!
//! let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
//! let streams = Streams {
//!     stdout: &mut stdout,
//!     stderr: &mut stderr,
//!     is_stdout_terminal: false,
//!     is_stderr_terminal: false,
//! };
//! let arguments = ["vestibule", "config", "--region", "nowhere"].map(Into::into);
//! assert_eq!(run(arguments, &Environment::default(), streams), Exit::CouldNotRun);
//! assert_eq!(
//!     String::from_utf8_lossy(&stderr),
//!     "error: `nowhere` for `--region`: not an AWS region (help: write it like `us-east-1`)\n"
//! );
//! ```

pub mod access_log;
pub mod admin;
pub mod aws;
pub mod command;
pub mod config;
mod credentials;
mod descriptors;
pub mod lifecycle;
pub mod limits;
pub mod listen;
pub mod log;
mod outbound;
pub mod proxies;
mod serve;
pub mod shared;
pub mod signal;
pub mod startup;
mod supervisor;
pub mod telemetry;
pub mod tls;
mod usage;

pub use command::{Exit, Streams, run};
pub use config::Environment;
pub use credentials::check_credentials;
