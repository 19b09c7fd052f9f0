//! `backup.json`: what is in a backup, and how each of its files is known again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Component, Path};

use super::copied::{self, Sum};
use super::error::DataError;
use crate::embedded::{STATE_FILE, TABLES_FILE, private_file};
use crate::limits;

/// The name of the file.
pub(super) const MANIFEST_FILE: &str = "backup.json";

/// The newest form of a backup that this program knows.
const FORMAT: u32 = 1;

/// What is in a backup.
#[derive(Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: u32,
    /// When it was made, for people.
    made: String,
    /// By their paths in the folder, with `/`.
    pub(super) files: BTreeMap<String, Sum>,
}

/// Of a manifest of any version.
#[derive(serde::Deserialize)]
struct Format {
    format: u32,
}

impl Manifest {
    pub(super) fn new(made: &str, files: BTreeMap<String, Sum>) -> Manifest {
        Manifest { format: FORMAT, made: made.to_owned(), files }
    }

    /// Writes it durably into a backup's folder.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let mut file = private_file().create_new(true).open(folder.join(MANIFEST_FILE))?;
        let text = serde_json::to_string_pretty(self)?;
        writeln!(file, "{text}")?;
        file.sync_all()
    }

    /// Reads the manifest of a backup, not its other files.
    pub(super) fn read(folder: &Path) -> Result<Manifest, DataError> {
        let path = folder.join(MANIFEST_FILE);
        let mut text = String::new();
        let read = File::open(&path)
            .and_then(|file| file.take(limits::MANIFEST_BYTES).read_to_string(&mut text));
        match read {
            Ok(_) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Err(DataError::NoBackup { path: folder.to_owned() });
            }
            Err(error) => return Err(DataError::io("read", &path)(error)),
        }
        let damaged = |detail: String| DataError::Damaged { path: path.clone(), detail };
        let read: Format =
            serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if read.format > FORMAT {
            let (found, known) = (read.format, FORMAT);
            return Err(DataError::Newer { path: folder.to_owned(), found, known });
        }
        let manifest: Manifest =
            serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        for name in [TABLES_FILE, STATE_FILE] {
            if !manifest.files.contains_key(name) {
                return Err(damaged(format!("it does not name `{name}`")));
            }
        }
        match manifest.files.keys().find(|name| !is_inside(name)) {
            Some(name) => Err(damaged(format!("`{name}` is no file of a data folder"))),
            None => Ok(manifest),
        }
    }

    /// Refuses a file of the backup that is not what it was.
    pub(super) fn verify(&self, name: &str, path: &Path, found: &Sum) -> Result<(), DataError> {
        match self.files.get(name) {
            Some(sum) if sum == found => Ok(()),
            Some(_) | None => Err(DataError::Damaged {
                path: path.to_owned(),
                detail: "it is not what was backed up: its size or SHA-256 differs".to_owned(),
            }),
        }
    }

    /// Refuses a backup with a file that is missing or not what it was.
    pub(super) fn verify_all(&self, folder: &Path) -> Result<(), DataError> {
        for name in self.files.keys() {
            let path = folder.join(name);
            let found = copied::sum(&path).map_err(DataError::io("read", &path))?;
            self.verify(name, &path, &found)?;
        }
        Ok(())
    }
}

/// Returns whether the path leads to a file in the folder, in at most one folder below it.
fn is_inside(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let is_plain = |part: Option<Component<'_>>| matches!(part, Some(Component::Normal(_)));
    is_plain(parts.next())
        && parts.next().is_none_or(|part| is_plain(Some(part)))
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: inferred (a backup that somebody has changed must not write elsewhere).
    #[test]
    fn a_file_of_a_backup_is_in_its_folder() {
        for name in ["tables.db", "issuer/keys.json"] {
            assert!(is_inside(name), "{name}");
        }
        for name in ["", ".", "..", "../x", "a/../x", "/etc/passwd", "a/b/c"] {
            assert!(!is_inside(name), "{name}");
        }
    }
}
