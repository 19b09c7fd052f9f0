//! Query and Scan through an index that does not keep all attributes.
//!
//! AWS docs: "Query", `Select`, and "Local secondary indexes": what a local index does not keep is fetched from the table; of a global one
//! it cannot be asked for. What a filter names has to be kept by the index, for a Query.

use std::collections::HashSet;

use dynoxide::storage::{Storage, TableMetadata};
use dynoxide::types::{
    GlobalSecondaryIndex, KeySchemaElement, LocalSecondaryIndex, Projection, ProjectionType,
};
use serde::de::DeserializeOwned;

use super::failure::Failure;
use super::paging::Paged;
use crate::expression::{self, Expression, Member, Step, TokenKind};

/// What a request asks for that its index does not keep.
pub(super) enum Outside {
    /// AWS refuses it with these words.
    Refused(String),
    /// It comes from the table: these paths are what is asked for in all.
    Fetched(Vec<Vec<Step>>),
}

/// An index that does not keep all attributes.
struct Index {
    is_global: bool,
    kept: Vec<String>,
}

/// Returns what the request asks for beyond its index.
pub(super) fn outside<Q: Paged>(
    storage: &Storage,
    request: &mut Q,
) -> Result<Option<Outside>, Failure> {
    let Some(name) = request.index().map(str::to_owned) else { return Ok(None) };
    let table = storage.get_table_metadata(request.table()).map_err(Failure::Engine)?;
    let Some(index) = table.and_then(|table| Index::find(&table, &name)) else { return Ok(None) };
    let Wanted { paths, filtered } = Wanted::of(request);
    let is_outside = |name: &&String| !index.kept.contains(name);
    if Q::FILTERS_THE_INDEX {
        let outside: Vec<&String> = filtered.iter().filter(is_outside).collect();
        if !outside.is_empty() {
            return Ok(Some(Outside::Refused(format!(
                "One or more parameter values were invalid: Secondary index {name} does not project one or more filter attributes: {}",
                shown(&outside)
            ))));
        }
    }
    let asked = paths.iter().filter_map(|path| match path.first() {
        Some(Step::Name(name)) => Some(name),
        _ => None,
    });
    let outside: Vec<&String> = asked.filter(is_outside).collect();
    if outside.is_empty() {
        return Ok(None);
    }
    Ok(Some(if index.is_global {
        Outside::Refused(format!(
            "One or more parameter values were invalid: Global secondary index {name} does not project {}",
            shown(&outside)
        ))
    } else {
        Outside::Fetched(paths)
    }))
}

fn shown(names: &[&String]) -> String {
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    format!("[{}]", names.join(", "))
}

impl Index {
    /// Finds the index, nothing when there is none or when it keeps all.
    fn find(table: &TableMetadata, name: &str) -> Option<Index> {
        let global: Vec<GlobalSecondaryIndex> = read(table.gsi_definitions.as_deref());
        let local: Vec<LocalSecondaryIndex> = read(table.lsi_definitions.as_deref());
        let mut kept: Vec<String> = names(&read::<KeySchemaElement>(Some(&table.key_schema)));
        let (is_global, keys, projection) =
            match global.into_iter().find(|index| index.index_name == name) {
                Some(index) => (true, index.key_schema, index.projection),
                None => {
                    let index = local.into_iter().find(|index| index.index_name == name)?;
                    (false, index.key_schema, index.projection)
                }
            };
        kept.extend(names(&keys));
        match projection {
            Projection { projection_type: None | Some(ProjectionType::ALL), .. } => None,
            Projection { non_key_attributes, .. } => {
                kept.extend(non_key_attributes.unwrap_or_default());
                Some(Index { is_global, kept })
            }
        }
    }
}

fn read<T: DeserializeOwned>(text: Option<&str>) -> Vec<T> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn names(keys: &[KeySchemaElement]) -> Vec<String> {
    keys.iter().map(|key| key.attribute_name.clone()).collect()
}

/// What a request asks for.
struct Wanted {
    paths: Vec<Vec<Step>>,
    /// The attributes that its filter names.
    filtered: Vec<String>,
}

impl Wanted {
    fn of(request: &mut impl Paged) -> Wanted {
        let legacy = request.attributes_to_get().unwrap_or_default();
        let mut paths: Vec<Vec<Step>> =
            legacy.iter().map(|name| vec![Step::Name(name.clone())]).collect();
        let mut filtered = Vec::new();
        request.each(&mut |member, text, names, values| {
            let expression = Expression { member, text, names, values };
            match member {
                Member::Projection => paths.extend(expression::paths(&expression)),
                Member::Filter => filtered.extend(expression::attributes(&expression)),
                Member::Condition | Member::KeyCondition | Member::Update => {}
            }
        });
        Wanted { paths, filtered }
    }
}

/// The request for whole items in the place of the attributes that it asks for.
pub(super) fn whole<Q: Paged>(request: Q) -> Q {
    let mut request = request.of_whole_items();
    // A name that no expression uses is refused.
    let mut used = HashSet::new();
    request.each(&mut |_, text, _, _| {
        let tokens = expression::tokens(text);
        let names = tokens.iter().filter(|token| token.kind == TokenKind::Placeholder);
        used.extend(names.map(|token| token.text.to_owned()));
    });
    let names = request.names();
    if let Some(of) = names {
        of.retain(|name, _| used.contains(name));
        if of.is_empty() {
            *names = None;
        }
    }
    request
}
