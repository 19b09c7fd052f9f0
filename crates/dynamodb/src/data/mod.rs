//! The upkeep of a data folder: backup, restore, check. None of them needs the program to run,
//! and a backup and a check do not mind that it does.
//!
//! A backup is a folder too: the files as they were at one moment, and `backup.json`, which has
//! the size and the SHA-256 of each.

mod backup;
mod check;
mod copied;
mod error;
mod manifest;
mod restore;
mod snapshot;
mod table;

pub use backup::{BackedUp, backup, find};
pub use check::{Checked, Finding, check};
pub use error::DataError;
pub use restore::{Restored, restore};

pub(crate) use restore::finish_restore;
