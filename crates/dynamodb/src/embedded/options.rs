//! Where the embedded store lives and whose it says it is.

use std::path::PathBuf;

/// How to open the embedded store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where the data is.
    pub location: Location,
    /// The account in the ARNs of tables, indexes and streams: 12 digits.
    pub account: String,
    /// The region in the ARNs, for example `us-east-1`.
    pub region: String,
}

/// Where the embedded store keeps its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder of its own, made when missing. What is acknowledged is on the disk.
    Directory(PathBuf),
    /// A new folder among the system's temporary files, removed when the store closes.
    Ephemeral,
}

impl Options {
    /// Returns the options for `location` with account `000000000000` and region `us-east-1`.
    pub fn new(location: Location) -> Options {
        Options { location, account: "000000000000".to_owned(), region: "us-east-1".to_owned() }
    }
}
