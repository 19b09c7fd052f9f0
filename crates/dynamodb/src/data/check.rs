//! `vestibule data check`: whether the files are whole, and whether every row is the item that
//! its key says. Reads a snapshot, changes no item, and does not mind that the program runs.

use std::fmt;
use std::path::{Path, PathBuf};

use dynoxide::Item;
use dynoxide::storage_backend::sql_builders;
use rusqlite::Connection;

use super::backup::find_store;
use super::error::DataError;
use super::manifest::Manifest;
use super::restore::RESTORED;
use super::snapshot::{self, Snapshot};
use super::table::{Index, Table};
use crate::embedded::{OpenError, key_digest};
use crate::limits;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Users' tables and the program's own.
    pub tables: usize,
    /// Their items.
    pub items: u64,
    /// What is wrong, at most a hundred.
    pub findings: Vec<Finding>,
    /// What else is wrong.
    pub further: u64,
}

/// One thing that is wrong in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: PathBuf,
    /// The table, when it is about one.
    pub table: Option<String>,
    /// The row by its key as it is stored, and the name that the log has for it.
    pub row: Option<(String, String)>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file.display())?;
        if let Some(table) = &self.table {
            write!(f, ", table `{table}`")?;
        }
        if let Some((key, digest)) = &self.row {
            write!(f, ", item `{key}` (key_digest {digest})")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl Checked {
    /// A file that is damaged is what a check looks for, and no reason to stop.
    fn take(&mut self, outcome: Result<(), DataError>) -> Result<(), DataError> {
        match outcome {
            Err(DataError::Damaged { path, detail }) => {
                self.add(Finding { file: path, table: None, row: None, what: detail });
                Ok(())
            }
            outcome => outcome,
        }
    }

    fn add(&mut self, finding: Finding) {
        if self.findings.len() < limits::CHECK_FINDINGS {
            self.findings.push(finding);
        } else {
            self.further += 1;
        }
    }
}

/// Checks the store in a data folder, or in a backup.
///
/// # Errors
///
/// [`DataError`]: the check could not be made. What it found is no error.
pub fn check(folder: &Path) -> Result<Checked, DataError> {
    if folder.join(RESTORED).exists() {
        return Err(DataError::Pending { path: folder.to_owned() });
    }
    find_store(folder)?;
    let mut checked = Checked::default();
    let of_backup = match Manifest::read(folder) {
        Ok(manifest) => manifest.verify_all(folder),
        Err(DataError::NoBackup { .. }) => Ok(()),
        Err(error) => Err(error),
    };
    checked.take(of_backup)?;
    match snapshot::take(folder) {
        Ok(snapshots) => {
            for snapshot in &snapshots {
                let outcome = check_file(folder, snapshot, &mut checked);
                checked.take(outcome)?;
            }
        }
        Err(error) => checked.take(Err(error))?,
    }
    Ok(checked)
}

fn check_file(folder: &Path, snapshot: &Snapshot, checked: &mut Checked) -> Result<(), DataError> {
    let reading = DataError::sqlite("read", &snapshot.path);
    let connection = &snapshot.connection;
    let of_file =
        |what: String| Finding { file: snapshot.path.clone(), table: None, row: None, what };
    refuse_newer(folder, connection)?;
    // What is wrong with pages makes the rows in them unreadable: then the rows are left alone.
    let pages = damaged_pages(connection).map_err(&reading)?;
    if !pages.is_empty() {
        pages.into_iter().for_each(|what| checked.add(of_file(what)));
        return Ok(());
    }
    for (name, table) in Table::all(connection).map_err(&reading)? {
        checked.tables += 1;
        match table {
            // What is wrong with one table is no reason to leave the others unchecked.
            Ok(table) => {
                if let Err(error) = check_table(snapshot, &table, checked) {
                    let what = format!("it cannot be checked any further: {error}");
                    checked.add(Finding { table: Some(name), ..of_file(what) });
                }
            }
            Err(what) => checked.add(Finding { table: Some(name), ..of_file(what) }),
        }
    }
    Ok(())
}

/// A newer version may store otherwise what would look damaged here.
fn refuse_newer(folder: &Path, connection: &Connection) -> Result<(), DataError> {
    let sql = "SELECT value FROM _config WHERE key = 'schema_version'";
    let found = connection.query_row(sql, [], |row| row.get::<_, String>(0)).ok();
    let known = sql_builders::SCHEMA_VERSION;
    match found.and_then(|found| found.parse().ok()) {
        Some(found) if found > known => Err(DataError::Folder(OpenError::Newer {
            path: folder.to_owned(),
            what: "engine schema",
            found,
            known,
        })),
        Some(_) | None => Ok(()),
    }
}

fn damaged_pages(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = format!("PRAGMA integrity_check({})", limits::CHECK_FINDINGS);
    let mut check = connection.prepare(&sql)?;
    let said = check.query_map([], |row| row.get::<_, String>(0))?;
    let said: Vec<String> = said.collect::<Result<_, _>>()?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}

fn check_table(snapshot: &Snapshot, table: &Table, checked: &mut Checked) -> rusqlite::Result<()> {
    let connection = &snapshot.connection;
    let found = |partition: &[u8], sort: &[u8], what: String| Finding {
        file: snapshot.path.clone(),
        table: Some(table.name.clone()),
        row: Some((shown(partition, sort), key_digest(partition, sort))),
        what,
    };
    let mut rows = connection.prepare(&format!(
        "SELECT CAST(pk AS BLOB), CAST(sk AS BLOB), CAST(item_json AS BLOB) FROM {}",
        table.rows()
    ))?;
    let mut indexes = Vec::new();
    for index in &table.indexes {
        indexes.push((index, connection.prepare(&index.has_entry())?));
    }
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        checked.items += 1;
        let (partition, sort): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let text = row.get_ref(2)?.as_blob().unwrap_or_default();
        let item: Item = match serde_json::from_slice(text) {
            Ok(item) => item,
            Err(error) => {
                checked.add(found(&partition, &sort, format!("it is no item: {error}")));
                continue;
            }
        };
        if !is_key(table.stored_key(&item), &partition, &sort) {
            let what = "the item in it has another key".to_owned();
            checked.add(found(&partition, &sort, what));
        }
        for (index, has_entry) in &mut indexes {
            let expected = index.key(&item);
            let is_wrong = match &expected {
                Some((first, second)) => !has_entry.exists((first, second, &partition, &sort))?,
                None => false,
            };
            if is_wrong {
                let what = format!("it is missing in the index `{}`", index.name);
                checked.add(found(&partition, &sort, what));
            }
        }
    }
    for index in &table.indexes {
        check_index(connection, table, index, checked, &found)?;
    }
    Ok(())
}

/// Finds entries of an index whose item is not there, and those that are no items.
fn check_index(
    connection: &Connection,
    table: &Table,
    index: &Index,
    checked: &mut Checked,
    found: &impl Fn(&[u8], &[u8], String) -> Finding,
) -> rusqlite::Result<()> {
    let mut entries = connection.prepare(&index.entries(table))?;
    let mut entries = entries.query([])?;
    while let Some(entry) = entries.next()? {
        let (partition, sort): (Vec<u8>, Vec<u8>) = (entry.get(0)?, entry.get(1)?);
        let is_there: bool = entry.get(3)?;
        let text = entry.get_ref(2)?.as_blob().unwrap_or_default();
        if !is_there {
            let what = format!("the index `{}` has it, the table has not", index.name);
            checked.add(found(&partition, &sort, what));
            continue;
        }
        let name = &index.name;
        let (first, second): (Vec<u8>, Vec<u8>) = (entry.get(4)?, entry.get(5)?);
        let what = match serde_json::from_slice::<Item>(text) {
            Err(error) => format!("its entry in the index `{name}` is no item: {error}"),
            Ok(item) if index.key(&item).is_some_and(|key| !is_key(Some(key), &first, &second)) => {
                format!("its entry in the index `{name}` has another key")
            }
            Ok(_) => continue,
        };
        checked.add(found(&partition, &sort, what));
    }
    Ok(())
}

fn is_key(key: Option<(String, String)>, partition: &[u8], sort: &[u8]) -> bool {
    key.is_some_and(|(first, second)| first.as_bytes() == partition && second.as_bytes() == sort)
}

/// A key as it is stored: `S:alice`, or with a sort key `S:alice N:7`.
fn shown(partition: &[u8], sort: &[u8]) -> String {
    let (partition, sort) = (String::from_utf8_lossy(partition), String::from_utf8_lossy(sort));
    if sort.is_empty() { partition.into_owned() } else { format!("{partition} {sort}") }
}
