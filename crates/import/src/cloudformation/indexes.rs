//! Secondary indexes of a table, checked as DynamoDB checks them. AWS docs: API_CreateTable.

use super::keys::{KeySchema, key_schema};
use super::properties::Properties;
use super::table::{Throughput, is_name, throughput};
use crate::reader::Reader;
use crate::tree::{Node, quote};
use std::collections::HashSet;
use vestibule_restapi::Sourced;

/// The two kinds of indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IndexKind {
    Global,
    Local,
}

impl IndexKind {
    pub(super) fn property(self) -> &'static str {
        match self {
            IndexKind::Global => "GlobalSecondaryIndexes",
            IndexKind::Local => "LocalSecondaryIndexes",
        }
    }

    /// Indexes of a table at most; AWS's quota.
    fn count_max(self) -> usize {
        match self {
            IndexKind::Global => 20,
            IndexKind::Local => 5,
        }
    }

    fn properties(self) -> &'static Properties {
        match self {
            IndexKind::Global => &GLOBAL,
            IndexKind::Local => &LOCAL,
        }
    }
}

const GLOBAL: Properties = Properties {
    what: "a global secondary index",
    known: &["IndexName", "KeySchema", "Projection", "ProvisionedThroughput"],
    ignored: &[
        ("ContributorInsightsSpecification", "requests are not recorded here"),
        ("OnDemandThroughput", "throughput is not limited here"),
        ("WarmThroughput", "throughput is not limited here"),
    ],
};

const LOCAL: Properties = Properties {
    what: "a local secondary index",
    known: &["IndexName", "KeySchema", "Projection"],
    ignored: &[],
};

const PROJECTION: Properties = Properties {
    what: "a projection",
    known: &["ProjectionType", "NonKeyAttributes"],
    ignored: &[],
};

/// An index.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) name: Sourced,
    pub(super) key: KeySchema,
    projection: String,
    throughput: Option<String>,
}

impl Index {
    /// As in a CreateTable request.
    pub(super) fn json(&self) -> String {
        let throughput = self.throughput.as_ref();
        let throughput = throughput.map(|value| format!(",\"ProvisionedThroughput\":{value}"));
        format!(
            "{{\"IndexName\":{},\"KeySchema\":{},\"Projection\":{}{}}}",
            quote(&self.name),
            self.key.json(),
            self.projection,
            throughput.unwrap_or_default()
        )
    }
}

/// Reads the indexes of one kind; `table` is the table's own key, if it is known.
pub(super) fn read(
    node: Node<'_>,
    kind: IndexKind,
    billing: Throughput,
    table: Option<&KeySchema>,
    reader: &mut Reader<'_>,
) -> Vec<Index> {
    let items = reader.array(node);
    if items.len() > kind.count_max() {
        let message = format!("{} indexes, a table may have {}", items.len(), kind.count_max());
        reader.invalid(message, node.place(), None);
    }
    let indexes: Vec<Index> =
        items.into_iter().filter_map(|item| index(item, kind, billing, reader)).collect();
    if kind == IndexKind::Local {
        indexes.iter().for_each(|index| check_local(index, table, reader));
    }
    indexes
}

/// No two indexes of a table have one name.
pub(super) fn check_names(indexes: &[&Index], reader: &mut Reader<'_>) {
    let mut seen = HashSet::new();
    for index in indexes {
        if !seen.insert(index.name.as_str()) {
            let message = format!("two indexes are named `{}`", &*index.name);
            reader.invalid(message, index.name.whole(), None);
        }
    }
}

fn index(
    node: Node<'_>,
    kind: IndexKind,
    billing: Throughput,
    reader: &mut Reader<'_>,
) -> Option<Index> {
    let properties = kind.properties();
    reader.properties(node, properties);
    let name = reader.required_text(node, properties.what, "IndexName");
    if let Some(name) = name.as_ref().filter(|name| !is_name(name)) {
        let message = format!("`{}` is no name of an index", &**name);
        let note = "a name has 3 to 255 letters, digits and `_.-`".to_owned();
        reader.invalid(message, name.whole(), Some(note));
    }
    let key = match node.get("KeySchema") {
        Some(key) => key_schema(key, reader),
        None => {
            reader.missing(node, properties.what, "KeySchema");
            None
        }
    };
    let projection = match node.get("Projection") {
        Some(projection) => self::projection(projection, reader),
        None => {
            reader.missing(node, properties.what, "Projection");
            None
        }
    };
    let throughput = match kind {
        IndexKind::Global => throughput(node, properties.what, billing, reader),
        IndexKind::Local => None,
    };
    Some(Index { name: name?, key: key?, projection: projection?, throughput })
}

fn projection(node: Node<'_>, reader: &mut Reader<'_>) -> Option<String> {
    reader.properties(node, &PROJECTION);
    let text = reader.required_text(node, PROJECTION.what, "ProjectionType")?;
    let kind = reader.exact_word(&text, &["ALL", "KEYS_ONLY", "INCLUDE"])?;
    let mut names = vec![];
    if let Some(attributes) = node.get("NonKeyAttributes") {
        for item in reader.array(attributes) {
            names.extend(reader.text(item).map(|name| quote(&name)));
        }
    }
    let message = match (kind, names.is_empty()) {
        ("INCLUDE", true) => "a projection of type `INCLUDE` names its `NonKeyAttributes`",
        ("INCLUDE", false) | (_, true) => {
            let names = if names.is_empty() {
                String::new()
            } else {
                format!(",\"NonKeyAttributes\":[{}]", names.join(","))
            };
            return Some(format!("{{\"ProjectionType\":\"{kind}\"{names}}}"));
        }
        (_, false) => "`NonKeyAttributes` goes with the projection type `INCLUDE`",
    };
    reader.invalid(message.to_owned(), text.whole(), None);
    None
}

/// A local index has the table's partition key and a sort key of its own.
fn check_local(index: &Index, table: Option<&KeySchema>, reader: &mut Reader<'_>) {
    let Some(table) = table else { return };
    let place = index.name.whole();
    if table.range.is_none() {
        let message =
            format!("the table has no `RANGE` key, which the local index `{}` needs", &*index.name);
        reader.invalid(message, place, None);
    } else if table.hash != index.key.hash {
        let message =
            format!("the local index `{}` has another `HASH` key than the table", &*index.name);
        reader.invalid(message, index.key.hash.whole(), None);
    } else if index.key.range.is_none() {
        let message = format!("the local index `{}` has no `RANGE` key", &*index.name);
        reader.invalid(message, place, None);
    }
}
