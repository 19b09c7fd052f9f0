//! Why a copy stopped: each names the place and the remedy.

use std::io;
use std::path::PathBuf;

use super::end::End;
use crate::action::Action;

/// Why a copy stopped, or was not begun.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// It is copied to where it is copied from.
    #[error("source and target are one store, {store}: name another for one of them")]
    Same {
        /// The store.
        store: String,
    },
    /// Something speaks against it; nothing was written. One finding a line.
    #[error("the copy is refused, nothing was written:\n{}", .findings.join("\n"))]
    Refused {
        /// Each names the table and the remedy.
        findings: Vec<String>,
    },
    /// The journal is of a copy between other stores.
    #[error(
        "`{}` is of another copy, from {from} to {to}: end that one first, name another file by `--progress`, or begin anew with `--restart`",
        .path.display()
    )]
    OtherCopy {
        /// The journal.
        path: PathBuf,
        /// Its source.
        from: String,
        /// Its target.
        to: String,
    },
    /// A newer version of this program wrote the journal.
    #[error(
        "`{}` was written by a newer version of this program (format {found}, this one knows up to {known}): go on with that version, or name another file by `--progress`",
        .path.display()
    )]
    Newer {
        /// The journal.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// The journal is none.
    #[error("`{}` is no progress of a copy: {detail}: name another file by `--progress`, or remove it", .path.display())]
    NoJournal {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The journal cannot be read or written.
    #[error("cannot {doing} `{}`: {source}: see that this user may, or name another file by `--progress`", .path.display())]
    File {
        /// What failed, for example `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// An end gives no answer that would help, and was asked for long enough.
    #[error("the {end} {store} does not answer{}: {reason}", of(" for", .table))]
    Silent {
        /// Which end.
        end: End,
        /// The store.
        store: String,
        /// The table.
        table: String,
        /// What came last.
        reason: String,
    },
    /// A store refuses a call.
    #[error("the {end} {store} refuses {action}{}: {message}", of(" of", .table))]
    Call {
        /// Which end.
        end: End,
        /// The store.
        store: String,
        /// The table.
        table: String,
        /// What it refuses.
        action: Action,
        /// Its words.
        message: String,
    },
    /// The target refuses an item.
    #[error("the target {store} refuses an item of table `{table}`, key {key}: {message}")]
    Item {
        /// The store.
        store: String,
        /// The table.
        table: String,
        /// The item's key as JSON.
        key: String,
        /// Its words.
        message: String,
    },
    /// A part of the copy ended by a bug of this program.
    #[error("a part of the copy of table `{table}` broke off: {reason}")]
    Broken {
        /// The table.
        table: String,
        /// How.
        reason: String,
    },
}

/// What is there in place of a table's name where a call is about none.
pub(super) const NO_TABLE: &str = "";

fn of(how: &str, table: &str) -> String {
    if table == NO_TABLE { String::new() } else { format!("{how} table `{table}`") }
}

impl CopyError {
    /// Returns whether the same command goes on where this one stopped.
    pub fn may_go_on(&self) -> bool {
        match self {
            CopyError::Silent { .. }
            | CopyError::Call { .. }
            | CopyError::Item { .. }
            | CopyError::Broken { .. } => true,
            CopyError::Same { .. }
            | CopyError::Refused { .. }
            | CopyError::OtherCopy { .. }
            | CopyError::Newer { .. }
            | CopyError::NoJournal { .. }
            | CopyError::File { .. } => false,
        }
    }
}
