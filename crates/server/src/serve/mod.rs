//! What `vestibule serve` does before it listens: definitions are read and compiled, the store is opened and filled.

mod definitions;
mod examples;
mod ports;
mod progress;
mod store;

pub(crate) use definitions::{Methods, Outcome, Served, import, load, source};
pub(crate) use examples::rows;
pub(crate) use ports::{SystemClock, SystemRandom};
pub(crate) use progress::Progress;
pub(crate) use store::{StoreError, fill, open};
