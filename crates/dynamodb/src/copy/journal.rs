//! How far a copy is: a file that the same copy goes on from. A place is in it only when all items before it are acknowledged.
//! It has keys of items in it, so nobody else may read it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::error::CopyError;
use crate::embedded::private_file;
use crate::limits::COPY_JOURNAL_BYTES;

/// The name of the file in a data folder.
pub const JOURNAL_FILE: &str = "copy.json";

/// The newest form of the file that this program knows.
const FORMAT: u32 = 1;

/// How far a copy is, and its file.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    kept: Kept,
}

#[derive(Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    format: u32,
    from: String,
    to: String,
    tables: BTreeMap<String, Entry>,
}

/// Of a file of any version.
#[derive(serde::Deserialize)]
struct Format {
    format: u32,
}

/// How far one table is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// Whether the copy made the table at the target.
    pub(super) is_created: bool,
    /// Items that are acknowledged.
    pub(super) items: u64,
    /// The parts that the source is read in.
    pub(super) segments: Vec<Reached>,
    /// Whether both sides were found alike.
    pub(super) is_compared: bool,
}

/// How far one part is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) enum Reached {
    /// Nothing of it is there.
    #[serde(rename = "begin")]
    Begin,
    /// All up to this key is there.
    #[serde(rename = "after")]
    After(Value),
    /// All of it is there.
    #[serde(rename = "end")]
    End,
}

impl Entry {
    pub(super) fn new(segments: usize) -> Entry {
        let segments = vec![Reached::Begin; segments];
        Entry { is_created: false, items: 0, segments, is_compared: false }
    }

    pub(super) fn is_at_begin(&self) -> bool {
        self.segments.iter().all(|segment| *segment == Reached::Begin)
    }

    pub(super) fn is_copied(&self) -> bool {
        self.segments.iter().all(|segment| *segment == Reached::End)
    }
}

impl Journal {
    /// Reads the journal of a copy; there is a new one where there is no file, or `is_new` does not want it.
    pub(super) fn open(
        path: &Path,
        from: &str,
        to: &str,
        is_new: bool,
    ) -> Result<Journal, CopyError> {
        let tables = BTreeMap::new();
        let fresh = Kept { format: FORMAT, from: from.to_owned(), to: to.to_owned(), tables };
        let read = if is_new { None } else { read(path)? };
        let kept = read.unwrap_or(fresh);
        if (kept.from.as_str(), kept.to.as_str()) != (from, to) {
            let path = path.to_owned();
            return Err(CopyError::OtherCopy { path, from: kept.from, to: kept.to });
        }
        Ok(Journal { path: path.to_owned(), kept })
    }

    pub(super) fn entry(&self, table: &str) -> Option<&Entry> {
        self.kept.tables.get(table)
    }

    /// Changes what is known of a table that was begun, and writes it down.
    pub(super) fn note(
        &mut self,
        table: &str,
        change: impl FnOnce(&mut Entry),
    ) -> Result<(), CopyError> {
        if let Some(entry) = self.kept.tables.get_mut(table) {
            change(entry);
        }
        self.write()
    }

    /// Begins a table.
    pub(super) fn begin(&mut self, table: &str, entry: Entry) -> Result<(), CopyError> {
        self.kept.tables.insert(table.to_owned(), entry);
        self.write()
    }

    /// Removes the file when nothing is left to do.
    pub(super) fn end(self) -> Result<(), CopyError> {
        if !self.kept.tables.values().all(|entry| entry.is_compared) {
            return Ok(());
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed("remove", &self.path)(error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Writes the file anew, durably: at any moment the one or the other is there.
    fn write(&self) -> Result<(), CopyError> {
        let draft = self.path.with_extension("json.new");
        let write = || {
            let mut file = private_file().create(true).truncate(true).open(&draft)?;
            serde_json::to_writer(&mut file, &self.kept)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(&draft, &self.path)?;
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        write().map_err(failed("write", &self.path))
    }
}

fn read(path: &Path) -> Result<Option<Kept>, CopyError> {
    let mut text = String::new();
    let read = File::open(path)
        .and_then(|file| file.take(COPY_JOURNAL_BYTES + 1).read_to_string(&mut text));
    match read {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", path)(error)),
    }
    let none = |detail: String| CopyError::NoJournal { path: path.to_owned(), detail };
    if text.len() as u64 > COPY_JOURNAL_BYTES {
        return Err(none(format!("it has more than {COPY_JOURNAL_BYTES} bytes")));
    }
    let format: Format = serde_json::from_str(&text).map_err(|error| none(error.to_string()))?;
    if format.format > FORMAT {
        let (found, known) = (format.format, FORMAT);
        return Err(CopyError::Newer { path: path.to_owned(), found, known });
    }
    serde_json::from_str(&text).map(Some).map_err(|error| none(error.to_string()))
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CopyError {
    let path = path.to_owned();
    move |source| CopyError::File { doing, path, source }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_noted_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL_FILE);
        let mut journal = Journal::open(&path, "a", "b", false).unwrap();
        journal.begin("items", Entry::new(2)).unwrap();
        let key = json!({ "id": { "S": "7" } });
        journal
            .note("items", |entry| {
                entry.items = 9;
                entry.segments[1] = Reached::After(key.clone());
            })
            .unwrap();
        let text = r#"{"format":1,"from":"a","to":"b","tables":{"items":{"is_created":false,"items":9,"segments":["begin",{"after":{"id":{"S":"7"}}}],"is_compared":false}}}"#;
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{text}\n"));
        let again = Journal::open(&path, "a", "b", false).unwrap();
        assert_eq!(again.kept, journal.kept);
        assert!(!again.entry("items").unwrap().is_copied());
        // A new one does not look at it.
        assert_eq!(Journal::open(&path, "a", "c", true).unwrap().entry("items"), None);
    }

    #[test]
    fn the_file_goes_when_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL_FILE);
        for is_compared in [false, true] {
            let mut journal = Journal::open(&path, "a", "b", true).unwrap();
            journal.begin("items", Entry { is_compared, ..Entry::new(1) }).unwrap();
            journal.end().unwrap();
            assert_eq!(path.exists(), !is_compared);
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL_FILE);
        let mut journal = Journal::open(&path, "a", "b", false).unwrap();
        journal.begin("items", Entry::new(1)).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_no_journal_of_this_copy_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL_FILE);
        for (text, expected) in [
            (
                "",
                "`P` is no progress of a copy: EOF while parsing a value at line 1 column 0: name another file by `--progress`, or begin anew with `--restart`",
            ),
            (
                r#"{"format":2}"#,
                "`P` was written by a newer version of this program (format 2, this one knows up to 1): go on with that version, or begin anew with `--restart`",
            ),
            (
                r#"{"format":1,"from":"a","to":"b"}"#,
                "`P` is no progress of a copy: missing field `tables` at line 1 column 32: name another file by `--progress`, or begin anew with `--restart`",
            ),
            (
                r#"{"format":1,"from":"a","to":"c","tables":{}}"#,
                "`P` is of another copy, from a to c: end that one first, name another file by `--progress`, or begin anew with `--restart`",
            ),
        ] {
            fs::write(&path, text).unwrap();
            let error = Journal::open(&path, "a", "b", false).unwrap_err().to_string();
            assert_eq!(error.replace(&path.display().to_string(), "P"), expected);
        }
    }
}
