//! `vestibule data restore`: a backup becomes the store of a data folder, whole or not at all.
//!
//! The backup is copied to `incoming` in the data folder and checked there. Then one rename to
//! `restored` decides: whoever opens the folder from then on first moves what is in it to its
//! place. So it does not matter where a restore is interrupted, and the data folder may be a mount point.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::copied;
use super::error::DataError;
use super::manifest::Manifest;
use crate::embedded::{Folder, STATE_FILE, TABLES_FILE, create_folder, write_format};

/// Where a restore copies to.
pub(super) const INCOMING: &str = "incoming";
/// What is restored and not at its place yet.
pub(super) const RESTORED: &str = "restored";

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Files of the backup.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Whether there was a store, which is gone.
    pub is_replaced: bool,
}

/// Makes the backup in `from` the store of the data folder `data`, which is made when it is
/// missing. A store that is there is replaced only if `replace` says so.
///
/// # Errors
///
/// [`DataError`]. `data` is as it was, but for [`DataError::Unended`]: then the backup is the
/// store, and whoever opens the folder next moves the rest of it to its place.
pub fn restore(from: &Path, data: &Path, replace: bool) -> Result<Restored, DataError> {
    let manifest = Manifest::read(from)?;
    let folder = Folder::claim(data.to_owned(), None)?;
    folder.finish_restore()?;
    let is_replaced = has_store(folder.path());
    if is_replaced && !replace {
        return Err(DataError::Occupied { path: data.to_owned() });
    }
    let incoming = folder.path().join(INCOMING);
    copied::remove_folder(&incoming).map_err(DataError::io("remove", &incoming))?;
    if let Err(error) = bring_in(from, &manifest, &incoming) {
        // What is left of it is removed by the next restore in any case.
        let _left = copied::remove_folder(&incoming);
        return Err(error);
    }
    if let Err(error) = refuse_what_is_in_the_way(&incoming, folder.path()) {
        let _left = copied::remove_folder(&incoming);
        return Err(error);
    }
    fs::rename(&incoming, folder.path().join(RESTORED))
        .map_err(DataError::io("restore", folder.path()))?;
    let ended = copied::sync_folder(folder.path()).and_then(|()| finish_restore(folder.path()));
    ended.map_err(|source| DataError::Unended { path: data.to_owned(), source })?;
    let bytes = manifest.files.values().map(|sum| sum.bytes).sum();
    Ok(Restored { files: manifest.files.len(), bytes, is_replaced })
}

fn has_store(data: &Path) -> bool {
    data.join(TABLES_FILE).exists() || data.join(STATE_FILE).exists()
}

/// Copies the backup's files durably, each of which must be what was backed up.
fn bring_in(from: &Path, manifest: &Manifest, incoming: &Path) -> Result<(), DataError> {
    create_folder(incoming).map_err(DataError::io("make the folder", incoming))?;
    for name in manifest.files.keys() {
        let (source, target) = (from.join(name), incoming.join(name));
        let parent = target.parent().unwrap_or(incoming);
        create_folder(parent).map_err(DataError::io("make the folder", parent))?;
        let found = copied::copy(&source, &target).map_err(DataError::io("copy", &source))?;
        manifest.verify(name, &source, &found)?;
        copied::sync_folder(parent).map_err(DataError::io("sync", parent))?;
    }
    write_format(incoming).map_err(DataError::io("write the format into", incoming))
}

/// Looks whether everything can be moved to its place, before that is decided.
fn refuse_what_is_in_the_way(from: &Path, to: &Path) -> Result<(), DataError> {
    let reading = DataError::io("read", from);
    let here = fs::metadata(from).map_err(&reading)?;
    for entry in fs::read_dir(from).map_err(&reading)? {
        let entry = entry.map_err(&reading)?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let there = match fs::metadata(&target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            found => found.map_err(DataError::io("read", &target))?,
        };
        let detail = match (path.is_dir(), there.is_dir()) {
            (true, false) => "is no folder, as it is in the backup",
            (false, true) => "is a folder, and a file in the backup",
            _ if !is_on_one_device(&here, &there) => "is on another device",
            (true, true) => {
                refuse_what_is_in_the_way(&path, &target)?;
                continue;
            }
            (false, false) => continue,
        };
        return Err(DataError::InTheWay { path: target, detail });
    }
    Ok(())
}

#[cfg(unix)]
fn is_on_one_device(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.dev() == other.dev()
}

/// Where the system does not tell, a move to another device is found when it fails.
#[cfg(not(unix))]
fn is_on_one_device(_one: &fs::Metadata, _other: &fs::Metadata) -> bool {
    true
}

/// Moves what a restore has brought to its place. Called again after an interruption, it goes on.
pub(crate) fn finish_restore(data: &Path) -> io::Result<()> {
    let restored = data.join(RESTORED);
    if !restored.exists() {
        return Ok(());
    }
    // First, and durably: what a log of the former file says must not be read into the new one.
    for file in [TABLES_FILE, STATE_FILE] {
        for suffix in ["-wal", "-shm", "-journal"] {
            remove_file(&data.join(format!("{file}{suffix}")))?;
        }
    }
    copied::sync_folder(data)?;
    move_all(&restored, data)?;
    copied::sync_folder(data)?;
    copied::remove_folder(&restored)?;
    copied::sync_folder(data)
}

fn move_all(from: &Path, to: &Path) -> io::Result<()> {
    let entries: Vec<PathBuf> = fs::read_dir(from)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    for path in entries {
        let Some(name) = path.file_name() else { continue };
        let target = to.join(name);
        if path.is_dir() {
            create_folder(&target)?;
            move_all(&path, &target)?;
            copied::sync_folder(&target)?;
        } else {
            fs::rename(&path, &target)?;
        }
    }
    Ok(())
}

fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}
