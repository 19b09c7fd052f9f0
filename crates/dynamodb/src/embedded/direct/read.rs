//! A connection of its own to one of the engine's files, which reads single rows.
//!
//! Opened to read alone, so that it waits for no writer, which the engine's handles do.
//! Keeps each table's key and statement, which hold until a table changes: then the handle is
//! opened anew, as an engine is. SQL and the form of keys are the engine's own.

use std::path::Path;
use std::time::Duration;

use dynoxide::AttributeValue;
use dynoxide::storage_backend::sql_builders;
use dynoxide::types::{
    AttributeDefinition, KeySchemaElement, KeyType, ScalarAttributeType as Type,
};
use rusqlite::{Connection, OpenFlags};

use super::item;
use super::request::{self, Key, KeyPart, Kind};
use super::scan::whole_number;
use crate::embedded::engine_fault::EngineFault;
use crate::limits;
use crate::wire::Draft;

/// What GetItem answers when there is no such item.
const NO_ITEM: &[u8] = b"{}";

/// One connection to one of the engine's files.
pub(in crate::embedded) struct Direct {
    connection: Connection,
    tables: Vec<Table>,
    partition: String,
    sort: String,
    draft: Draft,
}

/// What is known of a table.
struct Table {
    name: String,
    select: String,
    /// Nothing: its keys are left to the engine.
    keys: Option<Keys>,
}

struct Keys {
    partition: KeyAttribute,
    sort: Option<KeyAttribute>,
}

struct KeyAttribute {
    name: String,
    kind: Kind,
}

impl Direct {
    /// Opens the file, which must exist.
    pub(in crate::embedded) fn open(path: &Path) -> Result<Direct, EngineFault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        // What is busy is left to the engine, which may wait.
        connection.busy_timeout(Duration::ZERO)?;
        connection.set_prepared_statement_cache_capacity(limits::POINT_TABLES);
        let (tables, draft) = (Vec::new(), Draft::default());
        Ok(Direct { connection, tables, partition: String::new(), sort: String::new(), draft })
    }

    /// Returns the successful answer to a GetItem, or nothing when the engine must answer.
    pub(in crate::embedded) fn answer(&mut self, body: &[u8]) -> Option<Vec<u8>> {
        if body.len() > limits::BODY_BYTES {
            return None;
        }
        let read = request::parse(std::str::from_utf8(body).ok()?)?;
        let at = self.place(read.table)?;
        let Direct { connection, tables, partition, sort, draft } = self;
        let Table { select, keys, .. } = tables.get(at)?;
        keys.as_ref()?.write(&read.key, partition, sort)?;
        // A failure here is the engine's to meet again, and to word.
        let mut statement = connection.prepare_cached(select).ok()?;
        let mut rows = statement.query((partition.as_str(), sort.as_str())).ok()?;
        match rows.next().ok()? {
            Some(row) => item::write(row.get_ref(0).ok()?.as_str().ok()?, draft),
            None => Some(NO_ITEM.to_vec()),
        }
    }

    #[cfg(test)]
    pub(super) fn tables_known(&self) -> usize {
        self.tables.len()
    }

    /// Returns where the table of this name is kept.
    fn place(&mut self, name: &str) -> Option<usize> {
        if let Some(at) = self.tables.iter().position(|table| table.name == name) {
            return Some(at);
        }
        let keys = self.keys_of(name)?;
        if self.tables.len() >= limits::POINT_TABLES {
            self.tables.clear();
        }
        self.tables.push(Table {
            name: name.to_owned(),
            select: sql_builders::get_item(name, "", "").0,
            keys,
        });
        Some(self.tables.len() - 1)
    }
}

impl Direct {
    /// Returns the table's keys, or nothing when there is no such table.
    fn keys_of(&self, table: &str) -> Option<Option<Keys>> {
        let (select, _) = sql_builders::get_table_metadata(table);
        let described = self.connection.query_row(&select, [table], |row| {
            let text = |column| row.get::<_, String>(column);
            Ok(Keys::of(&text("key_schema")?, &text("attribute_definitions")?))
        });
        described.ok()
    }
}

impl Keys {
    fn of(schema: &str, types: &str) -> Option<Keys> {
        let schema: Vec<KeySchemaElement> = serde_json::from_str(schema).ok()?;
        let types: Vec<AttributeDefinition> = serde_json::from_str(types).ok()?;
        let attribute = |element: &KeySchemaElement| {
            let name = element.attribute_name.clone();
            let kind = match types.iter().find(|one| one.attribute_name == name)?.attribute_type {
                Type::S => Kind::String,
                Type::N => Kind::Number,
                Type::B => return None,
            };
            Some(KeyAttribute { name, kind })
        };
        let element = |kind| schema.iter().find(|element| element.key_type == kind);
        let partition = attribute(element(KeyType::HASH)?)?;
        let sort = match element(KeyType::RANGE) {
            Some(element) => Some(attribute(element)?),
            None => None,
        };
        Some(Keys { partition, sort })
    }

    /// Writes the key as it is stored, when it has all of the table's attributes and no other.
    fn write(&self, key: &Key<'_>, partition: &mut String, sort: &mut String) -> Option<()> {
        sort.clear();
        match (&self.sort, key.second) {
            (None, None) => self.partition.write(key.first, limits::PARTITION_KEY_BYTES, partition),
            (Some(attribute), Some(second)) => {
                let is_in_order = key.first.name == self.partition.name;
                let (first, second) =
                    if is_in_order { (key.first, second) } else { (second, key.first) };
                self.partition.write(first, limits::PARTITION_KEY_BYTES, partition)?;
                attribute.write(second, limits::SORT_KEY_BYTES, sort)
            }
            (None, Some(_)) | (Some(_), None) => None,
        }
    }
}

impl KeyAttribute {
    fn write(&self, part: KeyPart<'_>, bytes_max: usize, out: &mut String) -> Option<()> {
        let KeyPart { name, kind, text } = part;
        if name != self.name || kind != self.kind || text.is_empty() || text.len() > bytes_max {
            return None;
        }
        out.clear();
        match kind {
            Kind::String => {
                out.push_str("S:");
                out.push_str(text);
            }
            Kind::Number => {
                whole_number(text)?;
                out.push_str(&AttributeValue::N(text.to_owned()).to_key_string()?);
            }
        }
        Some(())
    }
}
