//! Stored rows that are no items: found by their keys, named in the log, never taken for absent.
//!
//! The engine reads a row that does not parse as one that is not there. So the requests that
//! name items by key are asked which, and the rows are looked at here.

use std::fmt::Write as _;

use dynoxide::storage::Storage;
use dynoxide::storage_backend::sql_builders;
use dynoxide::types::{KeySchemaElement, KeyType};
use dynoxide::{DynoxideError, Item};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::direct;
use super::failure::Failure;
use crate::action::Action;
use crate::limits;

/// A stored row that is no item. The key itself stays out of the log: it may be a person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable {
    table: String,
    key_digest: String,
}

impl Unreadable {
    pub(super) fn new(table: &str, partition: &str, sort: &str) -> Unreadable {
        Unreadable { table: table.to_owned(), key_digest: key_digest(partition, sort) }
    }

    /// Writes the log's line.
    pub(super) fn report(&self, action: Action) {
        tracing::error!(
            action = action.name(),
            table = self.table,
            key_digest = self.key_digest,
            "a stored item is damaged: `vestibule data check` names it"
        );
    }
}

/// Names a row without its key: the beginning of the SHA-256 of the key as it is stored.
pub(crate) fn key_digest(partition: impl AsRef<[u8]>, sort: impl AsRef<[u8]>) -> String {
    let mut hash = Sha256::new();
    hash.update(partition);
    hash.update([0]);
    hash.update(sort);
    let mut digest = String::new();
    for byte in hash.finalize().iter().take(limits::KEY_DIGEST_BYTES) {
        // Writing to a string cannot fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

/// Refuses when the row under `key` is there and is no item. A key that is not the table's is
/// the engine's to refuse.
pub(super) fn check(storage: &Storage, table: &str, key: &Item) -> Result<(), Failure> {
    let Some(described) = storage.get_table_metadata(table).map_err(Failure::Engine)? else {
        return Ok(());
    };
    let keys: Vec<KeySchemaElement> =
        serde_json::from_str(&described.key_schema).unwrap_or_default();
    let Some((partition, sort)) = stored_key(&keys, key) else { return Ok(()) };
    match is_readable(storage.conn(), table, &partition, &sort) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Unreadable::new(table, &partition, &sort).into()),
        Err(error) => Err(Failure::Engine(error.into())),
    }
}

/// Returns whether the row of a stored key is an item, or is not there.
fn is_readable(
    connection: &Connection,
    table: &str,
    partition: &str,
    sort: &str,
) -> rusqlite::Result<bool> {
    let (sql, _) = sql_builders::get_item(table, partition, sort);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query((partition, sort))?;
    let Some(row) = rows.next()? else { return Ok(true) };
    let text = row.get_ref(0)?.as_str()?;
    Ok(direct::is_plain(text) || is_item(text))
}

/// Returns whether there is a row under `key`.
pub(super) fn is_there(storage: &Storage, table: &str, key: &Item) -> Result<bool, DynoxideError> {
    let Some(described) = storage.get_table_metadata(table)? else { return Ok(false) };
    let keys: Vec<KeySchemaElement> =
        serde_json::from_str(&described.key_schema).unwrap_or_default();
    let Some((partition, sort)) = stored_key(&keys, key) else { return Ok(false) };
    Ok(storage.get_item(table, &partition, &sort)?.is_some())
}

/// Returns whether the text is what the engine reads as an item.
pub(super) fn is_item(text: &str) -> bool {
    serde_json::from_str::<Item>(text).is_ok()
}

/// Returns the item's key as it is stored, when the item has the whole key.
pub(crate) fn stored_key(keys: &[KeySchemaElement], item: &Item) -> Option<(String, String)> {
    let text = |element: &KeySchemaElement| item.get(&element.attribute_name)?.to_key_string();
    let of = |kind: KeyType| keys.iter().find(|element| element.key_type == kind);
    let partition = text(of(KeyType::HASH)?)?;
    match of(KeyType::RANGE) {
        Some(element) => Some((partition, text(element)?)),
        None => Some((partition, String::new())),
    }
}
