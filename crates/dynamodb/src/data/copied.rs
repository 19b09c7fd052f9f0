//! Files that are copied durably, with their size and SHA-256, and folders that are synced.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::embedded::private_file;

/// How a file is known again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sum {
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// Copies a file to a new one and syncs it; returns what was copied.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<Sum> {
    let mut target = private_file().create_new(true).open(to)?;
    let sum = read(from, |piece| target.write_all(piece))?;
    target.sync_all()?;
    Ok(sum)
}

/// Reads a file to its end.
pub(super) fn sum(path: &Path) -> io::Result<Sum> {
    read(path, |_| Ok(()))
}

fn read(path: &Path, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<Sum> {
    let mut file = File::open(path)?;
    let mut piece = vec![0; PIECE];
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    loop {
        let length = match file.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = piece.get(..length).unwrap_or_default();
        hash.update(read);
        each(read)?;
        bytes += length as u64;
    }
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Sum { bytes, sha256 })
}

/// Makes what a file holds durable.
pub(super) fn sync_file(path: &Path) -> io::Result<()> {
    private_file().open(path)?.sync_all()
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Removes a folder and what is in it, if it is there.
pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}
