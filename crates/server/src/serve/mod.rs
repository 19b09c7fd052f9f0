//! What `vestibule serve` does before it listens: definitions are read and compiled, the store is opened and filled.

mod api_keys;
mod contents;
mod definitions;
mod examples;
mod files;
mod location;
mod ports;
mod principals;
mod progress;
mod store;
mod watch;

pub(crate) use contents::Contents;
pub(crate) use definitions::{Methods, Outcome, Served, import, load, source};
pub(crate) use examples::rows;
pub(crate) use files::{DefinitionFiles, FilesRead};
pub(crate) use ports::{SystemClock, SystemRandom};
pub(crate) use progress::Progress;
pub(crate) use store::{StoreError, fill, open};
pub(crate) use watch::Watch;
