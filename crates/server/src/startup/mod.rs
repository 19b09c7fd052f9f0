//! What `serve` prints when it is ready: tables, routes, addresses and a line to try.
//! Pure text from values; nothing here prints.

mod address;
mod routes;
mod stages;
mod tables;

pub use address::{base_url, curl};
pub use routes::{Row, routes};
pub use stages::{Stage, moved, stages};
pub use tables::{Seed, Table, TableState, tables};
