//! Why a data folder cannot be backed up, restored or checked: each names the path and the remedy.

use std::io;
use std::path::PathBuf;

use crate::embedded::OpenError;

/// Why a data folder cannot be backed up, restored or checked.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] OpenError),
    /// There is no store at the path.
    #[error("there is no store in `{}`: name the data folder of `vestibule serve`", .path.display())]
    NoStore {
        /// The path as given.
        path: PathBuf,
    },
    /// There is no backup at the path.
    #[error("there is no backup in `{}`: name a folder that `vestibule data backup` has made", .path.display())]
    NoBackup {
        /// The path as given.
        path: PathBuf,
    },
    /// A store is wanted, and there is a backup of one.
    #[error("`{}` is a backup, which opening it would change: restore it into a folder, and name that", .path.display())]
    IsBackup {
        /// The path as given.
        path: PathBuf,
    },
    /// The place for a backup is taken.
    #[error("the folder `{}` is not empty: a backup wants a new one", .path.display())]
    Taken {
        /// The path as given.
        path: PathBuf,
    },
    /// The place for a backup is the store itself, or in it.
    #[error("the folder `{}` is in the data folder: a backup wants one outside of it", .path.display())]
    Inside {
        /// The path as given.
        path: PathBuf,
    },
    /// There is a store where a backup is to be restored.
    #[error("there is a store in `{}`: restore into another folder, or replace it with `--replace`", .path.display())]
    Occupied {
        /// The data folder.
        path: PathBuf,
    },
    /// What is in the data folder cannot be replaced by what is in the backup.
    #[error("`{}` {detail}: move it away, then restore again", .path.display())]
    InTheWay {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        detail: &'static str,
    },
    /// The backup is the store from now on, but not all of it is at its place.
    #[error("the restore of `{}` is decided but not ended: {source}: mend that, the next start ends it", .path.display())]
    Unended {
        /// The data folder as given.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A restore is decided and not ended, which a check leaves alone.
    #[error("a restore of `{}` is decided but not ended: start the program or back it up, which end it, then check again", .path.display())]
    Pending {
        /// The data folder as given.
        path: PathBuf,
    },
    /// A later version of this program made the backup.
    #[error("the backup `{}` was made by a newer version of this program (format {found}, this one knows up to {known}): restore it with that version", .path.display())]
    Newer {
        /// The backup.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// A file of a backup, or of a store that is backed up, is not what it was.
    #[error("the file `{}` is damaged: {detail}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A file or folder cannot be read or written.
    #[error("cannot {doing} `{}`: {source}", .path.display())]
    Unusable {
        /// What failed, for example `copy`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The store cannot be read.
    #[error("cannot {doing} `{}`: {reason}", .path.display())]
    Unreadable {
        /// What failed, for example `read`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The store's reason.
        reason: String,
    },
    /// There is more beside the store than belongs to it.
    #[error("the file `{}` does not belong into a data folder ({detail}): move it away", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: &'static str,
    },
}

impl DataError {
    pub(super) fn io(doing: &'static str, path: &std::path::Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |source| DataError::Unusable { doing, path: path.clone(), source }
    }

    /// What SQLite says of a file; that it is damaged is told apart.
    pub(super) fn sqlite(
        doing: &'static str,
        path: &std::path::Path,
    ) -> impl Fn(rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        let path = path.to_owned();
        move |error| match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => {
                DataError::Damaged { path: path.clone(), detail: error.to_string() }
            }
            _ => DataError::Unreadable { doing, path: path.clone(), reason: error.to_string() },
        }
    }
}
