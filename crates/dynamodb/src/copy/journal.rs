//! How far a copy is: a file that the same copy goes on from. A place is in it only when all items before it are acknowledged.
//! It has keys of items in it, so nobody else may read it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
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
    /// Tables that the same copy made at the target before it was begun anew.
    made: BTreeSet<String>,
    /// Whether the file is what was written by this process.
    is_written: bool,
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
    /// Whether items were sent to the target, or were about to be: what it has may be the copy's, acknowledged or not.
    pub(super) is_sent: bool,
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
        Entry { is_created: false, is_sent: false, items: 0, segments, is_compared: false }
    }

    pub(super) fn is_copied(&self) -> bool {
        self.segments.iter().all(|segment| *segment == Reached::End)
    }
}

impl Journal {
    /// Reads the journal of a copy; there is a new one where there is no file.
    pub(super) fn open(path: &Path, from: &str, to: &str) -> Result<Journal, CopyError> {
        let mut journal = Journal::new(path, from, to);
        if let Some(kept) = read(path)? {
            if !kept.is_between(from, to) {
                let path = path.to_owned();
                return Err(CopyError::OtherCopy { path, from: kept.from, to: kept.to });
            }
            journal.kept = kept;
        }
        Ok(journal)
    }

    /// Begins a copy anew: of the chosen tables, or of all when none is chosen. Which tables it made is not forgotten, for nobody
    /// else turns on what they do by themselves. Nothing is written yet, and a file that is no journal is not replaced.
    pub(super) fn begin_anew(
        path: &Path,
        from: &str,
        to: &str,
        chosen: &[String],
    ) -> Result<Journal, CopyError> {
        let mut journal = Journal::new(path, from, to);
        if let Some(kept) = read(path)?.filter(|kept| kept.is_between(from, to)) {
            let made = kept.tables.iter().filter(|(_, entry)| entry.is_created);
            journal.made = made.map(|(name, _)| name.clone()).collect();
            journal.kept.tables = kept.tables;
            journal.kept.tables.retain(|name, _| !chosen.is_empty() && !chosen.contains(name));
        }
        Ok(journal)
    }

    fn new(path: &Path, from: &str, to: &str) -> Journal {
        let (from, to, tables) = (from.to_owned(), to.to_owned(), BTreeMap::new());
        let kept = Kept { format: FORMAT, from, to, tables };
        Journal { path: path.to_owned(), kept, made: BTreeSet::new(), is_written: false }
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

    /// Begins tables, all at once: what is known of them from before is nowhere else when the file is replaced.
    pub(super) fn begin(
        &mut self,
        tables: impl IntoIterator<Item = (String, Entry)>,
    ) -> Result<(), CopyError> {
        for (name, entry) in tables {
            let is_created = entry.is_created || self.made.contains(&name);
            self.kept.tables.insert(name, Entry { is_created, ..entry });
        }
        self.write()
    }

    /// Removes the file when nothing is left to do, and it is this copy's.
    pub(super) fn end(self) -> Result<(), CopyError> {
        if !self.is_written || !self.kept.tables.values().all(|entry| entry.is_compared) {
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
    fn write(&mut self) -> Result<(), CopyError> {
        let draft = draft_of(&self.path);
        if !may_be_replaced(&draft).map_err(failed("read", &draft))? {
            let detail = "it is in the place of a draft".to_owned();
            return Err(CopyError::NoJournal { path: draft, detail });
        }
        let write = || {
            let mut file = private_file().create(true).truncate(true).open(&draft)?;
            serde_json::to_writer(&mut file, &self.kept)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(&draft, &self.path)?;
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        write().map_err(failed("write", &self.path))?;
        self.is_written = true;
        Ok(())
    }
}

impl Kept {
    fn is_between(&self, from: &str, to: &str) -> bool {
        (self.from.as_str(), self.to.as_str()) == (from, to)
    }
}

/// The file that a journal is written to before it takes its place; no other journal has the same.
fn draft_of(path: &Path) -> PathBuf {
    let mut draft = OsString::from(path);
    draft.push(".new");
    PathBuf::from(draft)
}

/// Whether a draft may be written there: nothing is there, or a draft, which a crash may have torn.
fn may_be_replaced(draft: &Path) -> io::Result<bool> {
    const BEGIN: &[u8] = br#"{"format":"#;
    let mut begin = Vec::new();
    match File::open(draft) {
        Ok(file) => file.take(BEGIN.len() as u64).read_to_end(&mut begin)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    Ok(BEGIN.starts_with(&begin))
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
        let mut journal = Journal::open(&path, "a", "b").unwrap();
        journal.begin([("items".to_owned(), Entry::new(2))]).unwrap();
        let key = json!({ "id": { "S": "7" } });
        journal
            .note("items", |entry| {
                entry.items = 9;
                entry.segments[1] = Reached::After(key.clone());
            })
            .unwrap();
        let text = r#"{"format":1,"from":"a","to":"b","tables":{"items":{"is_created":false,"is_sent":false,"items":9,"segments":["begin",{"after":{"id":{"S":"7"}}}],"is_compared":false}}}"#;
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{text}\n"));
        let again = Journal::open(&path, "a", "b").unwrap();
        assert_eq!(again.kept, journal.kept);
        assert!(!again.entry("items").unwrap().is_copied());
        // A new one does not go on with it.
        for to in ["b", "c"] {
            assert_eq!(Journal::begin_anew(&path, "a", to, &[]).unwrap().entry("items"), None);
        }
    }

    #[test]
    fn tables_that_were_made_are_known_when_they_are_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL_FILE);
        let made = Entry { is_created: true, is_sent: true, items: 3, ..Entry::new(1) };
        let begin = |journal: &mut Journal, entry: Entry| {
            journal.begin(["one", "two"].map(|name| (name.to_owned(), entry.clone()))).unwrap();
        };
        begin(&mut Journal::open(&path, "a", "b").unwrap(), made.clone());
        // Of one table alone: the other one is gone on with later.
        let one = Journal::begin_anew(&path, "a", "b", &["one".to_owned()]).unwrap();
        assert_eq!((one.entry("one"), one.entry("two")), (None, Some(&made)));
        for (to, is_created) in [("b", true), ("c", false)] {
            let mut anew = Journal::begin_anew(&path, "a", to, &[]).unwrap();
            begin(&mut anew, Entry::new(1));
            assert_eq!(anew.entry("one"), Some(&Entry { is_created, ..Entry::new(1) }));
        }
    }

    #[test]
    fn journals_beside_each_other_have_drafts_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.json.new"), "mine").unwrap();
        fs::write(path("a.y.new"), "a draft").unwrap();
        let mut journal = Journal::open(&path("a.x"), "a", "b").unwrap();
        journal.begin([("items".to_owned(), Entry::new(1))]).unwrap();
        assert_eq!(fs::read_to_string(path("a.json.new")).unwrap(), "mine");
        assert_eq!(fs::read_to_string(path("a.y.new")).unwrap(), "a draft");
        assert!(path("a.x").exists() && !path("a.x.new").exists());
    }

    #[test]
    fn what_is_no_draft_is_not_replaced_and_a_torn_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let (path, draft) = (folder.path().join("a"), folder.path().join("a.new"));
        let begin = || {
            let mut journal = Journal::open(&path, "a", "b").unwrap();
            journal.begin([("items".to_owned(), Entry::new(1))])
        };
        fs::write(&draft, "mine").unwrap();
        let error = begin().unwrap_err().to_string();
        let expected = "`P` is no progress of a copy: it is in the place of a draft: name another file by `--progress`, or remove it";
        assert_eq!(error.replace(&draft.display().to_string(), "P"), expected);
        assert_eq!(fs::read_to_string(&draft).unwrap(), "mine");
        for torn in ["", r#"{"for"#, r#"{"format":1,"from":"a","#] {
            fs::write(&draft, torn).unwrap();
            begin().unwrap();
            assert!(!draft.exists());
        }
    }

    #[test]
    fn a_file_that_this_copy_did_not_write_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL_FILE);
        let others = r#"{"format":1,"from":"a","to":"c","tables":{}}"#;
        fs::write(&path, others).unwrap();
        Journal::begin_anew(&path, "a", "b", &[]).unwrap().end().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), others);
    }

    #[test]
    fn the_file_goes_when_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL_FILE);
        for is_compared in [false, true] {
            let mut journal = Journal::begin_anew(&path, "a", "b", &[]).unwrap();
            let entry = Entry { is_compared, ..Entry::new(1) };
            journal.begin([("items".to_owned(), entry)]).unwrap();
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
        let mut journal = Journal::open(&path, "a", "b").unwrap();
        journal.begin([("items".to_owned(), Entry::new(1))]).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_no_journal_of_this_copy_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(JOURNAL_FILE);
        for (text, expected) in [
            (
                "",
                "`P` is no progress of a copy: EOF while parsing a value at line 1 column 0: name another file by `--progress`, or remove it",
            ),
            (
                r#"{"format":2}"#,
                "`P` was written by a newer version of this program (format 2, this one knows up to 1): go on with that version, or name another file by `--progress`",
            ),
            (
                r#"{"format":1,"from":"a","to":"b"}"#,
                "`P` is no progress of a copy: missing field `tables` at line 1 column 32: name another file by `--progress`, or remove it",
            ),
        ] {
            fs::write(&path, text).unwrap();
            // To begin anew is no leave to replace a file of something else.
            for opened in
                [Journal::open(&path, "a", "b"), Journal::begin_anew(&path, "a", "b", &[])]
            {
                let error = opened.unwrap_err().to_string();
                assert_eq!(error.replace(&path.display().to_string(), "P"), expected);
            }
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        fs::write(&path, r#"{"format":1,"from":"a","to":"c","tables":{}}"#).unwrap();
        let error = Journal::open(&path, "a", "b").unwrap_err().to_string();
        assert_eq!(
            error.replace(&path.display().to_string(), "P"),
            "`P` is of another copy, from a to c: end that one first, name another file by `--progress`, or begin anew with `--restart`"
        );
    }
}
