//! Why the embedded store cannot be opened: each names the path and the remedy.

use std::io;
use std::path::PathBuf;

/// Why the embedded store cannot be opened. Nothing in the folder was changed, except that a
/// missing folder may have been made.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The path names something that is not a folder.
    #[error("the data folder `{}` is not a folder: name another path, or move that file away", .path.display())]
    NotADirectory {
        /// The path as given.
        path: PathBuf,
    },
    /// The folder has other files in it and none of this program's.
    #[error(
        "the data folder `{}` holds files that are not this program's: name an empty or a new folder",
        .path.display()
    )]
    Foreign {
        /// The path as given.
        path: PathBuf,
    },
    /// Another process holds the folder.
    #[error(
        "the data folder `{}` is in use by another process{}: stop it, or name another folder",
        .path.display(),
        .holder.map(|id| format!(" ({id})")).unwrap_or_default()
    )]
    InUse {
        /// The folder.
        path: PathBuf,
        /// The process that says it holds the folder.
        holder: Option<u32>,
    },
    /// The folder or a file in it cannot be made, read or written.
    #[error("cannot {doing} `{}`: {source}: see that this user may read and write it, and that the disk has room", .path.display())]
    Unusable {
        /// What failed, for example `make the folder`.
        doing: &'static str,
        /// The folder or file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A newer version of this program wrote the folder.
    #[error(
        "the data folder `{}` was written by a newer version of this program ({what} {found}, this one knows up to {known}): run that version, or name another folder",
        .path.display()
    )]
    Newer {
        /// The folder.
        path: PathBuf,
        /// Which version: `format` of the folder, `schema` of the state, `engine schema` of the files.
        what: &'static str,
        /// The version found.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// A file in the folder is damaged.
    #[error("the file `{}` is damaged: {detail}: restore the folder from a backup, or name another folder", .path.display())]
    Corrupt {
        /// The damaged file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
}
