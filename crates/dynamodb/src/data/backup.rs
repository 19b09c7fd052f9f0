//! `vestibule data backup`: the store as it is at one moment, also while the program writes to it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::copied::{self, Sum};
use super::error::DataError;
use super::manifest::{MANIFEST_FILE, Manifest};
use super::restore::{INCOMING, RESTORED};
use super::snapshot::{self, Snapshot};
use crate::copy::JOURNAL_FILE;
use crate::embedded::{
    FORMAT_FILE, Folder, LOCK_FILE, OpenError, STATE_FILE, TABLES_FILE, create_folder, read_format,
    write_format,
};
use crate::limits;

/// What was backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// Files in the backup.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Makes `into`, a new or an empty folder, a backup of the store in `data`. `made` is the time,
/// for people. `into` is there whole and durable, or not at all.
///
/// # Errors
///
/// [`DataError`]; `data` is as it was.
pub fn backup(data: &Path, into: &Path, made: &str) -> Result<BackedUp, DataError> {
    find_store(data)?;
    let into = std::path::absolute(into).map_err(DataError::io("find", into))?;
    let data_path = std::path::absolute(data).map_err(DataError::io("find", data))?;
    if into.starts_with(&data_path) {
        return Err(DataError::Inside { path: into });
    }
    let parent = into.parent().unwrap_or(&into).to_owned();
    create_folder(&parent).map_err(DataError::io("make the folder", &parent))?;
    refuse_taken(&into)?;
    let staging = tempfile::Builder::new().prefix(".vestibule-backup-").tempdir_in(&parent);
    let staging = staging.map_err(DataError::io("make a folder in", &parent))?;
    let files = fill(data, staging.path())?;
    let done = BackedUp { files: files.len(), bytes: files.values().map(|sum| sum.bytes).sum() };
    let manifest = Manifest::new(made, files);
    let written = manifest.write(staging.path()).and_then(|()| copied::sync_folder(staging.path()));
    written.map_err(DataError::io("write", staging.path()))?;
    // An empty folder at the place is replaced.
    fs::rename(staging.path(), &into).map_err(DataError::io("make the folder", &into))?;
    // It has another name by now: there is nothing left to remove.
    let _gone = staging.keep();
    copied::sync_folder(&parent).map_err(DataError::io("sync", &parent))?;
    Ok(done)
}

/// Finds a store that may be opened in a data folder: one that is there, and no backup, which would not be what was backed up
/// any more.
///
/// # Errors
///
/// [`DataError`] names the folder and the remedy.
pub fn find(data: &Path) -> Result<(), DataError> {
    find_store(data)?;
    if data.join(MANIFEST_FILE).exists() {
        return Err(DataError::IsBackup { path: data.to_owned() });
    }
    Ok(())
}

/// Refuses what is no data folder, and ends a restore that was interrupted.
pub(super) fn find_store(data: &Path) -> Result<(), DataError> {
    let no_store = || DataError::NoStore { path: data.to_owned() };
    if !data.is_dir() {
        return Err(no_store());
    }
    if data.join(RESTORED).exists() {
        Folder::claim(data.to_owned(), None)
            .and_then(|folder| folder.finish_restore())
            .map_err(DataError::Folder)?;
    }
    if !read_format(data)? || !data.join(TABLES_FILE).exists() || !data.join(STATE_FILE).exists() {
        return Err(no_store());
    }
    Ok(())
}

fn refuse_taken(into: &Path) -> Result<(), DataError> {
    match fs::read_dir(into) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(DataError::Taken { path: into.to_owned() }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(DataError::Folder(OpenError::NotADirectory { path: into.to_owned() }))
        }
        Err(error) => Err(DataError::io("read the folder", into)(error)),
    }
}

/// Copies everything that a data folder has to keep.
fn fill(data: &Path, into: &Path) -> Result<BTreeMap<String, Sum>, DataError> {
    let mut files = BTreeMap::new();
    for snapshot in snapshot::take(data)? {
        let target = into.join(snapshot.name);
        let sum = copy_snapshot(&snapshot, &target)?;
        files.insert(snapshot.name.to_owned(), sum);
    }
    for (name, path) in others(data)? {
        let target = into.join(&name);
        let parent = target.parent().unwrap_or(into);
        create_folder(parent).map_err(DataError::io("make the folder", parent))?;
        let sum = copied::copy(&path, &target).map_err(DataError::io("copy", &path))?;
        copied::sync_folder(parent).map_err(DataError::io("sync", parent))?;
        files.insert(name, sum);
    }
    write_format(into).map_err(DataError::io("write the format into", into))?;
    Ok(files)
}

/// Copies a file of SQLite's page by page, and looks whether the copy is whole.
fn copy_snapshot(snapshot: &Snapshot, target: &Path) -> Result<Sum, DataError> {
    let made = crate::embedded::private_file().create_new(true).open(target);
    drop(made.map_err(DataError::io("make", target))?);
    let mut copy = Connection::open(target).map_err(DataError::sqlite("make", target))?;
    // It is synced once at its end, and is no backup before.
    copy.execute_batch("PRAGMA synchronous = OFF").map_err(DataError::sqlite("make", target))?;
    let copying = DataError::sqlite("copy", &snapshot.path);
    let backup = Backup::new(&snapshot.connection, &mut copy).map_err(&copying)?;
    while backup.step(limits::BACKUP_PAGES).map_err(&copying)? != StepResult::Done {}
    drop(backup);
    let whole: String = copy
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(DataError::sqlite("check", &snapshot.path))?;
    if whole != "ok" {
        return Err(DataError::Damaged { path: snapshot.path.clone(), detail: whole });
    }
    // A file of its own, also where nothing can be written beside it.
    copy.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0))
        .map_err(DataError::sqlite("write", target))?;
    copy.close().map_err(|(_, error)| DataError::sqlite("write", target)(error))?;
    copied::sync_file(target).map_err(DataError::io("sync", target))?;
    copied::sum(target).map_err(DataError::io("read", target))
}

/// Returns the files that other parts of the program keep in the folder, such as the keys of
/// local user pools: their names with `/`, and where they are.
fn others(data: &Path) -> Result<Vec<(String, PathBuf)>, DataError> {
    let mut found = Vec::new();
    for (name, path) in entries(data)? {
        if is_ours(&name) {
            continue;
        }
        if path.is_dir() {
            for (below, path) in entries(&path)? {
                found.push((format!("{name}/{below}"), path));
            }
        } else {
            found.push((name, path));
        }
    }
    for (_, path) in &found {
        let length = fs::metadata(path).map_err(DataError::io("read", path))?;
        let detail = if !length.is_file() {
            "it is no file"
        } else if length.len() > limits::OTHER_FILE_BYTES {
            "it is too large"
        } else if found.len() > limits::OTHER_FILES {
            "there are too many"
        } else {
            continue;
        };
        return Err(DataError::Foreign { path: path.clone(), detail });
    }
    found.sort();
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, DataError> {
    let reading = DataError::io("read the folder", folder);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(&reading)?.take(limits::OTHER_FILES * 2) {
        let entry = entry.map_err(&reading)?;
        match entry.file_name().into_string() {
            Ok(name) => entries.push((name, entry.path())),
            Err(_) => {
                return Err(DataError::Foreign {
                    path: entry.path(),
                    detail: "its name is not UTF-8",
                });
            }
        }
    }
    Ok(entries)
}

/// Returns whether the name is of the store's own or of a backup: each has another way.
fn is_ours(name: &str) -> bool {
    let of_sqlite = |file: &str| {
        name.strip_prefix(file).is_some_and(|rest| ["", "-wal", "-shm", "-journal"].contains(&rest))
    };
    of_sqlite(TABLES_FILE)
        || of_sqlite(STATE_FILE)
        || [LOCK_FILE, FORMAT_FILE, MANIFEST_FILE, INCOMING, RESTORED, "format.new", "lost+found"]
            .contains(&name)
        // How far a copy is says nothing of a store that is restored.
        || name.strip_prefix(JOURNAL_FILE).is_some_and(|rest| ["", ".new"].contains(&rest))
}
