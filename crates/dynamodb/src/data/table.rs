//! What the engine's file says of its tables: keys, indexes, and the names of their rows in SQL.

use dynoxide::Item;
use dynoxide::types::{GlobalSecondaryIndex, KeySchemaElement, KeyType, LocalSecondaryIndex};
use rusqlite::Connection;

use crate::embedded::stored_key;

/// A table as the engine stores it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    keys: Vec<KeySchemaElement>,
    pub(super) indexes: Vec<Index>,
}

/// An index as the engine stores it.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) name: String,
    /// In SQL, quoted.
    rows: String,
    /// The columns of the index's key and of the table's.
    columns: [&'static str; 4],
    /// Nothing: keys of several attributes, whose form is the engine's own.
    keys: Option<Vec<KeySchemaElement>>,
}

const GLOBAL: [&str; 4] = ["gsi_pk", "gsi_sk", "table_pk", "table_sk"];
const LOCAL: [&str; 4] = ["pk", "sk", "base_pk", "base_sk"];

impl Table {
    /// Returns all tables by name; what cannot be read of one is told.
    pub(super) fn all(
        connection: &Connection,
    ) -> rusqlite::Result<Vec<(String, Result<Table, String>)>> {
        let mut tables = connection.prepare(
            "SELECT table_name, key_schema, coalesce(gsi_definitions, '[]'), \
             coalesce(lsi_definitions, '[]') FROM _tables ORDER BY table_name",
        )?;
        let read = tables.query_map([], |row| {
            let name: String = row.get(0)?;
            let (keys, global, local) =
                (row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?);
            let table = Table::read(&name, &keys, &global, &local);
            Ok((name, table.map_err(|error| format!("its description is damaged: {error}"))))
        })?;
        read.collect()
    }

    fn read(name: &str, keys: &str, global: &str, local: &str) -> Result<Table, serde_json::Error> {
        let global: Vec<GlobalSecondaryIndex> = serde_json::from_str(global)?;
        let local: Vec<LocalSecondaryIndex> = serde_json::from_str(local)?;
        let globals = global
            .into_iter()
            .map(|one| Index::new(name, "gsi", one.index_name, GLOBAL, one.key_schema));
        let locals = local
            .into_iter()
            .map(|one| Index::new(name, "lsi", one.index_name, LOCAL, one.key_schema));
        Ok(Table {
            name: name.to_owned(),
            keys: serde_json::from_str(keys)?,
            indexes: globals.chain(locals).collect(),
        })
    }

    /// Its rows in SQL.
    pub(super) fn rows(&self) -> String {
        quoted(&self.name)
    }

    /// Returns the item's key as it is stored.
    pub(super) fn stored_key(&self, item: &Item) -> Option<(String, String)> {
        stored_key(&self.keys, item)
    }
}

impl Index {
    fn new(
        table: &str,
        kind: &str,
        name: String,
        columns: [&'static str; 4],
        keys: Vec<KeySchemaElement>,
    ) -> Index {
        let count = |kind| keys.iter().filter(|key| key.key_type == kind).count();
        let is_plain = count(KeyType::HASH) == 1 && count(KeyType::RANGE) <= 1;
        let rows = quoted(&format!("{table}::{kind}::{name}"));
        Index { name, rows, columns, keys: is_plain.then_some(keys) }
    }

    /// Returns the key under which the item has to be in the index, when it has to.
    pub(super) fn key(&self, item: &Item) -> Option<(String, String)> {
        stored_key(self.keys.as_ref()?, item)
    }

    /// Finds an entry by the index's key and the table's, the latter as bytes.
    pub(super) fn has_entry(&self) -> String {
        let [first, second, partition, sort] = self.columns;
        format!(
            "SELECT 1 FROM {} WHERE {first} = ?1 AND {second} = ?2 \
             AND {partition} = CAST(?3 AS TEXT) AND {sort} = CAST(?4 AS TEXT)",
            self.rows
        )
    }

    /// Returns all entries as bytes: the table's key, the attributes, whether the table has the
    /// item, and the index's key.
    pub(super) fn entries(&self, table: &Table) -> String {
        let [first, second, partition, sort] = self.columns;
        format!(
            "SELECT CAST(entry.{partition} AS BLOB), CAST(entry.{sort} AS BLOB), \
             CAST(entry.item_json AS BLOB), EXISTS (SELECT 1 FROM {} AS item \
             WHERE item.pk = entry.{partition} AND item.sk = entry.{sort}), \
             CAST(entry.{first} AS BLOB), CAST(entry.{second} AS BLOB) FROM {} AS entry",
            table.rows(),
            self.rows
        )
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
