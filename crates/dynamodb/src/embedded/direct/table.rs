//! What is known of a table: its keys, its indexes, and whether a name may stand in an expression.

use std::cell::OnceCell;

use dynoxide::AttributeValue;
use dynoxide::storage_backend::sql_builders;
use dynoxide::types::{
    AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, KeyType, LocalSecondaryIndex,
    Projection, ProjectionType, ScalarAttributeType as Type,
};
use rusqlite::{Connection, Row};
use serde::de::DeserializeOwned;

use super::request::{Key, KeyPart, Kind};
use super::reserved;
use super::scan::whole_number;
use crate::limits;

/// What is known of a table.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) select: String,
    /// Nothing: its keys are left to the engine.
    pub(super) keys: Option<Keys>,
    /// Those that can be read here.
    pub(super) indexes: Vec<Index>,
    /// Whether its items are billed by something else than their size: then pages are the engine's.
    pub(super) has_vectors: bool,
}

pub(super) struct Index {
    pub(super) name: String,
    pub(super) is_global: bool,
    pub(super) keeps_all: bool,
    pub(super) keys: Keys,
}

pub(super) struct Keys {
    pub(super) partition: KeyAttribute,
    pub(super) sort: Option<KeyAttribute>,
}

pub(super) struct KeyAttribute {
    pub(super) name: String,
    kind: Kind,
    is_bare: OnceCell<bool>,
}

impl Table {
    /// Reads what the engine keeps of the table, nothing when there is no such table.
    pub(super) fn read(connection: &Connection, name: &str) -> Option<Table> {
        let (select, _) = sql_builders::get_table_metadata(name);
        connection.query_row(&select, [name], |row| Table::of(name, row)).ok()
    }

    fn of(name: &str, row: &Row<'_>) -> rusqlite::Result<Table> {
        let types = row.get::<_, String>("attribute_definitions")?;
        let types: Vec<AttributeDefinition> = serde_json::from_str(&types).unwrap_or_default();
        let schema: Option<Vec<KeySchemaElement>> =
            serde_json::from_str(&row.get::<_, String>("key_schema")?).ok();
        let keys = schema.and_then(|schema| Keys::of(&schema, &types));
        let globals: Vec<GlobalSecondaryIndex> = list(row.get("gsi_definitions")?);
        let globals = globals.into_iter().filter_map(|index| {
            Index::of(index.index_name, true, &index.key_schema, &index.projection, &types)
        });
        let locals: Vec<LocalSecondaryIndex> = list(row.get("lsi_definitions")?);
        let locals = locals.into_iter().filter_map(|index| {
            Index::of(index.index_name, false, &index.key_schema, &index.projection, &types)
        });
        let vectors: Option<String> = row.get("vector_index_definitions")?;
        Ok(Table {
            name: name.to_owned(),
            select: sql_builders::get_item(name, "", "").0,
            keys,
            indexes: globals.chain(locals).collect(),
            has_vectors: vectors.is_some_and(|vectors| vectors != "[]"),
        })
    }
}

fn list<T: DeserializeOwned>(json: Option<String>) -> Vec<T> {
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

impl Index {
    fn of(
        name: String,
        is_global: bool,
        schema: &[KeySchemaElement],
        projection: &Projection,
        types: &[AttributeDefinition],
    ) -> Option<Index> {
        let keeps_all = matches!(projection.projection_type, None | Some(ProjectionType::ALL));
        Some(Index { name, is_global, keeps_all, keys: Keys::of(schema, types)? })
    }
}

impl Keys {
    /// Returns nothing for a key that has another form: it is left to the engine.
    fn of(schema: &[KeySchemaElement], types: &[AttributeDefinition]) -> Option<Keys> {
        let attribute = |element: &KeySchemaElement| {
            let name = element.attribute_name.clone();
            let kind = match types.iter().find(|one| one.attribute_name == name)?.attribute_type {
                Type::S => Kind::String,
                Type::N => Kind::Number,
                Type::B => return None,
            };
            Some(KeyAttribute { name, kind, is_bare: OnceCell::new() })
        };
        let mut partitions = schema.iter().filter(|element| element.key_type == KeyType::HASH);
        let mut sorts = schema.iter().filter(|element| element.key_type == KeyType::RANGE);
        let partition = attribute(partitions.next()?)?;
        let sort = match sorts.next() {
            Some(element) => Some(attribute(element)?),
            None => None,
        };
        // A global index may have several of each.
        let has_more = partitions.next().is_some() || sorts.next().is_some();
        (!has_more).then_some(Keys { partition, sort })
    }

    /// Writes the key as it is stored, when it has all of the table's attributes and no other.
    pub(super) fn write(
        &self,
        key: &Key<'_>,
        partition: &mut String,
        sort: &mut String,
    ) -> Option<()> {
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
    /// Writes a part of a key as it is stored, when it is this attribute's.
    fn write(&self, part: KeyPart<'_>, bytes_max: usize, out: &mut String) -> Option<()> {
        if part.name != self.name {
            return None;
        }
        self.write_value(part, bytes_max, out)
    }

    /// Writes a value as it is stored, when the attribute may have it.
    pub(super) fn write_value(
        &self,
        KeyPart { kind, text, .. }: KeyPart<'_>,
        bytes_max: usize,
        out: &mut String,
    ) -> Option<()> {
        if kind != self.kind || text.is_empty() || text.len() > bytes_max {
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

    pub(super) fn is_number(&self) -> bool {
        self.kind == Kind::Number
    }

    /// Returns whether an expression may name the attribute without a placeholder.
    pub(super) fn is_bare(&self) -> bool {
        *self.is_bare.get_or_init(|| reserved::is_name(&self.name))
    }
}
