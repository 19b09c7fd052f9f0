//! The embedded store: one folder, the engine's files in it, and the threads that work on them.

mod backend;
mod call;
mod definitions;
mod direct;
mod engine;
mod engine_fault;
mod expressions;
mod failure;
mod folder;
mod indexes;
mod key_updates;
mod key_values;
mod keyed;
mod log;
mod open_error;
mod options;
mod paging;
mod pool;
mod readers;
mod records;
mod rows;
mod sets;
mod settings;
mod state_schema;
mod streams;
mod together;
mod told;

pub(crate) use backend::Backend;
pub use backend::Embedded;
pub(crate) use engine::check_item;
pub(crate) use folder::access::{create_folder, private_file};
pub(crate) use folder::{
    FORMAT_FILE, Folder, LOCK_FILE, STATE_FILE, TABLES_FILE, read_format, write_format,
};
pub(crate) use log::{log_damage, log_of};
pub use open_error::OpenError;
pub use options::{Location, Options};
pub(crate) use rows::{key_digest, stored_key};
pub(crate) use streams::stream_of_iterator;
