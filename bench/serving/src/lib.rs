//! What the benches of servers have in common: processes on their own processor, the load, what it costs them, rounds,
//! instructions.
//!
//! ```
//! use vestibule_bench_serving::{End, Order};
//!
//! let order = Order { connections: 32, end: End::Requests(1_000) };
//! let line = serde_json::to_string(&order).unwrap();
//! assert_eq!(line, r#"{"connections":32,"end":{"Requests":1000}}"#);
//! ```

mod accepting;
mod answer;
mod arguments;
mod callgrind;
mod engine;
mod limits;
mod load;
mod measured;
pub mod places;
mod process;
pub mod programs;
mod rounds;

pub use accepting::accept;
pub use answer::{connect_from, exchange, fetch, fetch_on, get, send};
pub use arguments::Manner;
pub use callgrind::Callgrind;
pub use engine::{Call, Engine};
pub use limits::QUIET;
pub use load::{Asked, Requests};
pub use measured::{End, Measured, Order, Stopwatch};
pub use process::{Memory, Process, command};
pub use rounds::{Cost, Figures, Plan, over, play};
