//! The commands of the program, one file each, and how they end.

mod caller;
mod check;
mod cli;
mod config;
mod data;
mod dev;
mod exit;
mod export;
mod failure;
mod flush;
mod invoke;
mod reload;
mod render;
mod serve;
mod token;
mod usage;

pub use cli::{Streams, run};
pub use exit::Exit;
pub use failure::Failure;
