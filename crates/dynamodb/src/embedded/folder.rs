//! The data folder: who may enter, who holds it, which format it has.
//!
//! Holds `vestibule.lock` (held while open, names the process), `format` (the folder's format
//! version), `tables.db` and `state.db` (the engine's files, each with its `-wal` and `-shm`), and
//! for the length of a restore `incoming`, then `restored`. The folder is 0700 and its files are 0600.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::engine::Engine;
use super::engine_fault::EngineFault;
use super::log::{log_damage, log_of};
use super::open_error::OpenError;
use super::options::Location;
use super::readers::Source;
use crate::data;

/// The newest format of the folder that this program knows.
const FORMAT: u32 = 1;

/// Held by the process that has the folder.
pub(crate) const LOCK_FILE: &str = "vestibule.lock";
/// Says the format of the folder.
pub(crate) const FORMAT_FILE: &str = "format";
/// What the format file says before the version.
const FORMAT_LABEL: &str = "vestibule data format ";
/// A format file is one short line.
const FORMAT_BYTES: u64 = 64;

/// The engine's file with users' tables.
pub(crate) const TABLES_FILE: &str = "tables.db";
/// The engine's file with the program's own tables.
pub(crate) const STATE_FILE: &str = "state.db";

/// A data folder that this process holds.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Held, never read again: dropping it lets the folder go.
    _lock: File,
    /// Removes an ephemeral folder when dropped.
    _ephemeral: Option<TempDir>,
}

impl Folder {
    pub(super) fn open(location: &Location) -> Result<Folder, OpenError> {
        match location {
            Location::Directory(path) => Folder::hold(path.clone(), None),
            Location::Ephemeral => {
                let folder = tempfile::Builder::new().prefix("vestibule-").tempdir();
                let folder = folder.map_err(unusable("make a folder in", &std::env::temp_dir()))?;
                Folder::hold(folder.path().to_owned(), Some(folder))
            }
        }
    }

    fn hold(path: PathBuf, ephemeral: Option<TempDir>) -> Result<Folder, OpenError> {
        let folder = Folder::claim(path.clone(), ephemeral)?;
        folder.finish_restore()?;
        check_format(&path)?;
        Ok(folder)
    }

    /// Holds the folder, which is made when it is missing, whatever the state of what is in it.
    pub(crate) fn claim(path: PathBuf, ephemeral: Option<TempDir>) -> Result<Folder, OpenError> {
        make_folder(&path)?;
        refuse_foreign(&path)?;
        access::restrict_folder(&path).map_err(unusable("restrict access to", &path))?;
        let lock = lock(&path)?;
        // The engine takes a path that begins `file:` for a URI; an absolute one never does.
        let path = std::path::absolute(&path).map_err(unusable("find", &path))?;
        Ok(Folder { path, _lock: lock, _ephemeral: ephemeral })
    }

    /// Ends a restore that was interrupted.
    pub(crate) fn finish_restore(&self) -> Result<(), OpenError> {
        data::finish_restore(&self.path).map_err(unusable("restore", &self.path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn tables_file(&self) -> PathBuf {
        self.path.join(TABLES_FILE)
    }

    pub(super) fn state_file(&self) -> PathBuf {
        self.path.join(STATE_FILE)
    }

    /// Opens the engine on one of the folder's files, made with narrow access when missing.
    pub(super) fn open_engine(&self, source: &Source) -> Result<Engine, OpenError> {
        let file = &source.path;
        let opened = access::private_file().create(true).truncate(false).open(file);
        drop(opened.map_err(unusable("open", file))?);
        refuse_damaged_log(file)?;
        let opened = Engine::open(file, source.side, source.arns.clone()).and_then(|mut engine| {
            engine.empty_log()?;
            Ok(engine)
        });
        opened.map_err(|fault| match fault {
            EngineFault::Newer { found, known } => {
                OpenError::Newer { path: self.path.clone(), what: "engine schema", found, known }
            }
            EngineFault::Damaged(detail) => OpenError::Corrupt { path: file.clone(), detail },
            EngineFault::Unusable(reason) => unusable("open", file)(io::Error::other(reason)),
        })
    }

    /// Makes the names of new files as durable as what is in them.
    pub(super) fn make_durable(&self) -> Result<(), OpenError> {
        let folder = File::open(&self.path).and_then(|folder| folder.sync_all());
        folder.map_err(unusable("sync", &self.path))
    }
}

/// Refuses a log that SQLite would read a part of, and then write that part back and remove the rest.
fn refuse_damaged_log(file: &Path) -> Result<(), OpenError> {
    let path = log_of(file);
    match log_damage(file).map_err(unusable("read", &path))? {
        Some(detail) => Err(OpenError::Corrupt { path, detail: detail.to_owned() }),
        None => Ok(()),
    }
}

fn unusable(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Unusable { doing, path, source }
}

fn make_folder(path: &Path) -> Result<(), OpenError> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(OpenError::NotADirectory { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            access::create_folder(path).map_err(unusable("make the folder", path))
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(OpenError::NotADirectory { path: path.to_owned() })
        }
        Err(error) => Err(unusable("read the folder", path)(error)),
    }
}

/// Refuses a folder that has files and none of them ours, such as a home folder. The top folder
/// of a new disk is not empty where mkfs has made its place for what is found of lost files.
fn refuse_foreign(path: &Path) -> Result<(), OpenError> {
    let mut is_empty = true;
    for entry in fs::read_dir(path).map_err(unusable("read the folder", path))? {
        let name = entry.map_err(unusable("read the folder", path))?.file_name();
        if name == LOCK_FILE || name == FORMAT_FILE {
            return Ok(());
        }
        is_empty &= name == "lost+found";
    }
    if is_empty { Ok(()) } else { Err(OpenError::Foreign { path: path.to_owned() }) }
}

fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join(LOCK_FILE);
    let opened = access::private_file().create(true).truncate(false).open(&path);
    let mut file = opened.map_err(unusable("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The number is a courtesy to the reader: without it the message still stands.
            let read = file.take(16).read_to_string(&mut holder);
            let holder = read.ok().and_then(|_| holder.trim().parse().ok());
            return Err(OpenError::InUse { path: folder.to_owned(), holder });
        }
        Err(TryLockError::Error(error)) => return Err(unusable("lock", &path)(error)),
    }
    let written = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    written.map_err(unusable("write", &path))?;
    Ok(file)
}

/// Reads the format's version, or writes it into a new folder, durably and before any data.
fn check_format(folder: &Path) -> Result<(), OpenError> {
    if read_format(folder)? {
        return Ok(());
    }
    let path = folder.join(FORMAT_FILE);
    write_format(folder).map_err(unusable("write", &path))
}

/// Returns whether the folder has a format, which must be one that is known.
pub(crate) fn read_format(folder: &Path) -> Result<bool, OpenError> {
    let path = folder.join(FORMAT_FILE);
    let mut text = String::new();
    let read = File::open(&path).and_then(|file| file.take(FORMAT_BYTES).read_to_string(&mut text));
    match read {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unusable("read", &path)(error)),
    }
    let version = text.trim_end().strip_prefix(FORMAT_LABEL).and_then(|found| found.parse().ok());
    match version {
        Some(FORMAT) => Ok(true),
        Some(newer) if newer > FORMAT => Err(OpenError::Newer {
            path: folder.to_owned(),
            what: "format",
            found: newer,
            known: FORMAT,
        }),
        Some(_) | None => Err(OpenError::Corrupt {
            path,
            detail: format!("it must say `{FORMAT_LABEL}{FORMAT}`"),
        }),
    }
}

/// Writes the format's version, durably.
pub(crate) fn write_format(folder: &Path) -> io::Result<()> {
    let draft = folder.join("format.new");
    let mut file = access::private_file().create(true).truncate(true).open(&draft)?;
    writeln!(file, "{FORMAT_LABEL}{FORMAT}")?;
    file.sync_all()?;
    fs::rename(&draft, folder.join(FORMAT_FILE))?;
    File::open(folder)?.sync_all()
}

/// Narrow access, where the system knows it.
#[cfg(unix)]
pub(super) mod access {
    use std::fs::{DirBuilder, OpenOptions, Permissions, metadata, set_permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
    use std::path::Path;

    pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    pub(crate) fn restrict_folder(path: &Path) -> io::Result<()> {
        if metadata(path)?.permissions().mode() & 0o777 == 0o700 {
            return Ok(());
        }
        set_permissions(path, Permissions::from_mode(0o700))
    }

    pub(crate) fn private_file() -> OpenOptions {
        let mut options = OpenOptions::new();
        options.read(true).write(true).mode(0o600);
        options
    }
}

/// Narrow access, where the system has only the folder's own.
#[cfg(not(unix))]
pub(super) mod access {
    use std::fs::{DirBuilder, OpenOptions};
    use std::io;
    use std::path::Path;

    pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).create(path)
    }

    pub(crate) fn restrict_folder(_path: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn private_file() -> OpenOptions {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        options
    }
}
