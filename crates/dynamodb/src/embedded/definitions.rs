//! Definitions of tables that AWS refuses and the engine takes.
//!
//! Source: the words of DynamoDB Local 1.25.1 (`tests/differential`); those of a name's length are AWS's request validation
//! (AWS docs: CreateTable, KeySchemaElement).

use std::collections::HashSet;

use dynoxide::DynoxideError;
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::types::{KeySchemaElement, Projection};

use crate::limits;

/// Why a definition is refused.
pub(super) struct Refusal {
    message: String,
    /// Whether it is told although the keys and their definitions do not belong together.
    is_before_schema: bool,
}

/// What the engine says of keys and definitions that do not belong together.
const OF_SCHEMA: [&str; 2] =
    ["Some index key attribute have no definition", "does not exactly match number of attributes"];

const SAME_NAME: &str = "Cannot have two attributes with the same name";

impl Refusal {
    /// Whether it is told before what the engine says.
    pub(super) fn is_before(&self, error: &DynoxideError) -> bool {
        let message = error.to_string();
        self.is_before_schema && OF_SCHEMA.iter().any(|said| message.contains(said))
    }

    pub(super) fn into_error(self) -> DynoxideError {
        DynoxideError::ValidationException(self.message)
    }
}

/// Looks for what is wrong.
pub(super) fn refusal(request: &CreateTableRequest) -> Option<Refusal> {
    same_names(request).or_else(|| {
        let message =
            lengths(request).or_else(|| projections(request)).or_else(|| throughput(request))?;
        Some(Refusal { message, is_before_schema: false })
    })
}

fn same_names(request: &CreateTableRequest) -> Option<Refusal> {
    let told =
        |message: &str| Some(Refusal { message: message.to_owned(), is_before_schema: true });
    let defined = request.attribute_definitions.iter().map(|one| one.attribute_name.as_str());
    if is_twice(defined) {
        return told(SAME_NAME);
    }
    let is_doubled =
        |keys: &[KeySchemaElement]| is_twice(keys.iter().map(|key| key.attribute_name.as_str()));
    if is_doubled(&request.key_schema) {
        return told("Two keys can not have the same name");
    }
    None
}

fn is_twice<'n>(names: impl IntoIterator<Item = &'n str>) -> bool {
    let mut seen = HashSet::new();
    names.into_iter().any(|name| !seen.insert(name))
}

/// The lengths of names of keys.
fn lengths(request: &CreateTableRequest) -> Option<String> {
    let defined = request.attribute_definitions.iter().map(|one| &one.attribute_name);
    let defined = defined.enumerate().map(|(at, name)| ("attributeDefinitions", at, name));
    let keys = request.key_schema.iter().map(|key| &key.attribute_name);
    let keys = keys.enumerate().map(|(at, name)| ("keySchema", at, name));
    let wrong: Vec<String> = defined
        .chain(keys)
        .filter_map(|(list, at, name)| {
            let bound = match name.len() {
                0 => "greater than or equal to 1".to_owned(),
                length if length > limits::KEY_NAME_BYTES => {
                    format!("less than or equal to {}", limits::KEY_NAME_BYTES)
                }
                _ => return None,
            };
            let at = at + 1;
            Some(format!(
                "Value '{name}' at '{list}.{at}.member.attributeName' failed to satisfy constraint: Member must have length {bound}"
            ))
        })
        .take(limits::VALIDATION_ERRORS)
        .collect();
    let plural = if wrong.len() == 1 { "" } else { "s" };
    (!wrong.is_empty())
        .then(|| format!("{} validation error{plural} detected: {}", wrong.len(), wrong.join("; ")))
}

/// Attributes that an index is to keep.
fn projections(request: &CreateTableRequest) -> Option<String> {
    let global = request.global_secondary_indexes.iter().flatten().map(|index| &index.projection);
    let local = request.local_secondary_indexes.iter().flatten().map(|index| &index.projection);
    global.chain(local).find_map(projection)
}

fn projection(projection: &Projection) -> Option<String> {
    let names = projection.non_key_attributes.as_deref().unwrap_or_default();
    if is_twice(names.iter().map(String::as_str)) {
        return Some(SAME_NAME.to_owned());
    }
    let is_bounded = |name: &String| (1..=limits::KEY_NAME_BYTES).contains(&name.len());
    (!names.iter().all(is_bounded)).then(|| {
        "Names of key attributes and attributes projected into an index must be between 1 and 255 characters, inclusive".to_owned()
    })
}

/// What indexes of a table with provisioned throughput lack.
fn throughput(request: &CreateTableRequest) -> Option<String> {
    request.provisioned_throughput.as_ref()?;
    let mut indexes = request.global_secondary_indexes.iter().flatten();
    indexes
        .any(|index| index.provisioned_throughput.is_none())
        .then(|| "No provisioned throughput specified for the global secondary index".to_owned())
}
