//! What `vestibule serve` does before it listens: definitions are read and compiled, the store is opened and filled.

mod api_keys;
mod contents;
mod definitions;
mod domains;
mod examples;
mod expiry;
mod files;
mod issuer;
mod location;
mod method_settings;
mod named;
mod ports;
mod principals;
mod progress;
mod store;
mod usage_plans;
mod user_pools;
mod watch;

pub(crate) use contents::Contents;
pub(crate) use definitions::{Methods, Outcome, Served, import, load, load_after, source};
pub(crate) use examples::rows;
pub(crate) use expiry::expire;
pub(crate) use files::{DefinitionFiles, FilesRead};
pub(crate) use issuer::{kept_in as issuer_folder, keys as issuer_keys};
pub(crate) use ports::{SystemClock, SystemRandom, SystemWorld};
pub(crate) use progress::Progress;
pub(crate) use store::{StoreError, fill, open, open_folder, open_remote};
pub(crate) use user_pools::{LocalPool, local_pools};
pub(crate) use watch::Watch;
