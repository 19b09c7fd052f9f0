//! Both files of a store as they are at one moment, whoever writes to them in the meantime.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::DataError;
use crate::embedded::{STATE_FILE, TABLES_FILE, log_damage, log_of};
use crate::limits;

/// One file at the snapshot's moment, as long as this is open.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) path: PathBuf,
    pub(super) name: &'static str,
    pub(super) connection: Connection,
}

/// Takes a snapshot of both files. For that moment both are closed to writers, so that nothing
/// that one of them knows is missing in the other.
pub(super) fn take(folder: &Path) -> Result<[Snapshot; 2], DataError> {
    for name in [TABLES_FILE, STATE_FILE] {
        let file = folder.join(name);
        let damage = log_damage(&file).map_err(DataError::io("read", &log_of(&file)))?;
        if let Some(detail) = damage {
            return Err(DataError::Damaged { path: log_of(&file), detail: detail.to_owned() });
        }
    }
    // Users' tables first, where a long write may have to be waited for: the program's own, which
    // every part of it writes to, are closed for a moment only.
    let gates = [open(folder, TABLES_FILE)?, open(folder, STATE_FILE)?];
    for gate in &gates {
        run(gate, "BEGIN IMMEDIATE")?;
    }
    let snapshots = [open(folder, TABLES_FILE)?, open(folder, STATE_FILE)?];
    for snapshot in &snapshots {
        // A transaction begins with its first read.
        run(snapshot, "BEGIN; SELECT count(*) FROM sqlite_schema")?;
    }
    for gate in &gates {
        run(gate, "ROLLBACK")?;
    }
    Ok(snapshots)
}

fn open(folder: &Path, name: &'static str) -> Result<Snapshot, DataError> {
    let path = folder.join(name);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(&path, flags).map_err(DataError::sqlite("open", &path))?;
    let wait = Duration::from_secs(limits::UPKEEP_WAIT_S);
    connection.busy_timeout(wait).map_err(DataError::sqlite("open", &path))?;
    // Whoever only looks leaves the log to the store, also where nothing else has it open.
    let kept = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    kept.map_err(DataError::sqlite("open", &path))?;
    Ok(Snapshot { path, name, connection })
}

fn run(snapshot: &Snapshot, statements: &str) -> Result<(), DataError> {
    let done = snapshot.connection.execute_batch(statements);
    done.map_err(DataError::sqlite("read", &snapshot.path))
}
