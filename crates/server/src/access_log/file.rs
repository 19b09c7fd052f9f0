//! A file that is renamed when it is large: `access.log` becomes `access.log.1`, that `access.log.2`, and the last is removed.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that lines are added to.
#[derive(Debug)]
pub(super) struct RotatedFile {
    path: PathBuf,
    bytes_max: u64,
    kept: u32,
    file: File,
    bytes: u64,
}

impl RotatedFile {
    /// Opens a file, which is made when it is missing, readable by its owner and group.
    pub(super) fn open(path: PathBuf, bytes_max: u64, kept: u32) -> io::Result<RotatedFile> {
        let (file, bytes) = open(&path)?;
        // The name of a device or a pipe is not this file's to give away.
        let bytes_max = if file.metadata()?.is_file() { bytes_max } else { u64::MAX };
        Ok(RotatedFile { path, bytes_max, kept, file, bytes })
    }

    /// Adds whole lines; before, it begins a new file when they would make this one too large.
    pub(super) fn write_all(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.is_removed() {
            self.reopen()?;
            tracing::warn!("the file of the access log was removed: a new one is begun");
        }
        let length = lines.len() as u64;
        if self.bytes > 0 && self.bytes.saturating_add(length) > self.bytes_max {
            self.rotate_or_go_on();
        }
        let written = self.file.write_all(lines);
        // After a failure nobody knows how much of it is there.
        self.bytes = match &written {
            Ok(()) => self.bytes.saturating_add(length),
            Err(_) => self.file.metadata().map_or(self.bytes, |metadata| metadata.len()),
        };
        written
    }

    /// Opens the file that has the path now.
    pub(super) fn reopen(&mut self) -> io::Result<()> {
        (self.file, self.bytes) = open(&self.path)?;
        Ok(())
    }

    /// Whether no name leads to it any more: nobody would read what is written. Renamed it has another one.
    fn is_removed(&self) -> bool {
        #[cfg(unix)]
        {
            let metadata = self.file.metadata();
            metadata.is_ok_and(|known| std::os::unix::fs::MetadataExt::nlink(&known) == 0)
        }
        #[cfg(not(unix))]
        false
    }

    /// A file that cannot be renamed grows on, and is tried again when it is as much larger.
    fn rotate_or_go_on(&mut self) {
        if let Err(error) = self.rotate() {
            tracing::error!(%error, "the access log cannot begin a new file: it goes on in this one");
            self.bytes = 0;
        }
    }

    fn rotate(&mut self) -> io::Result<()> {
        for number in (1..self.kept).rev() {
            rename(&self.numbered(number), &self.numbered(number + 1))?;
        }
        match self.kept {
            0 => std::fs::remove_file(&self.path)?,
            _ => rename(&self.path, &self.numbered(1))?,
        }
        self.reopen()
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        PathBuf::from(name)
    }
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    let file = options.open(path)?;
    let bytes = file.metadata()?.len();
    Ok((file, bytes))
}

/// Renames a file that there may be none of.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        renamed => renamed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_keeps_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        let mut file = RotatedFile::open(path.clone(), 10, 2).unwrap();
        file.write_all(b"a line\n").unwrap();
        file.write_all(b"one more\n").unwrap();
        assert_eq!(std::fs::read_link(&path).unwrap(), std::path::Path::new("/dev/null"));
        assert!(!folder.path().join("log.1").exists());
    }

    #[test]
    fn a_large_file_is_renamed_and_the_last_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.log");
        let mut file = RotatedFile::open(path.clone(), 10, 2).unwrap();
        for line in ["first\n", "2nd\n", "third\n", "fourth\n", "a fifth longer\n", "6\n"] {
            file.write_all(line.as_bytes()).unwrap();
        }
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("access.log"), "6\n");
        assert_eq!(read("access.log.1"), "a fifth longer\n");
        assert_eq!(read("access.log.2"), "fourth\n");
        assert!(!folder.path().join("access.log.3").exists());
        drop(file);
        let mut file = RotatedFile::open(path, 10, 0).unwrap();
        file.write_all(b"after\n").unwrap();
        file.write_all(b"again\n").unwrap();
        assert_eq!(read("access.log"), "again\n");
    }

    #[test]
    fn a_file_that_was_renamed_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let (path, renamed) = (folder.path().join("a"), folder.path().join("b"));
        let mut file = RotatedFile::open(path.clone(), 1000, 1).unwrap();
        file.write_all(b"1\n").unwrap();
        std::fs::rename(&path, &renamed).unwrap();
        file.write_all(b"2\n").unwrap();
        file.reopen().unwrap();
        file.write_all(b"3\n").unwrap();
        assert_eq!(std::fs::read_to_string(renamed).unwrap(), "1\n2\n");
        assert_eq!(std::fs::read_to_string(path).unwrap(), "3\n");
    }

    #[test]
    fn a_file_that_is_removed_is_begun_anew_when_its_folder_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("logs");
        std::fs::create_dir(&inner).unwrap();
        let path = inner.join("access.log");
        let mut file = RotatedFile::open(path.clone(), 1000, 1).unwrap();
        file.write_all(b"1\n").unwrap();
        std::fs::remove_file(&path).unwrap();
        file.write_all(b"2\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "2\n");
        std::fs::remove_dir_all(&inner).unwrap();
        for _ in 0..2 {
            let error = file.write_all(b"lost\n").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
        }
        std::fs::create_dir(&inner).unwrap();
        file.write_all(b"3\n").unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "3\n");
    }
}
