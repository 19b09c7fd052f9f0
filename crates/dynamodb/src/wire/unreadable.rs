//! What DynamoDB says of a body that is not a request of the action.
//!
//! The engine's reader takes good requests fast and explains bad ones in its own terms. So only
//! a request that it refuses, or one with members that it reads loosely, is looked at here.

use serde_json::{Map, Value};

use super::fault::Refused;
use super::members::{self, members};
use super::operands;
use super::shape;
use crate::action::{Action, refused_by_name};
use crate::limits;

/// AWS docs: "Constraints in Amazon DynamoDB", attributes' nesting; words recorded by the engine.
const NESTING: &str = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

const EMPTY_VALUE: &str =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";

/// Returns the members of the action's request that the engine takes with any JSON type.
fn loose(action: Action) -> &'static [&'static str] {
    match action {
        Action::DeleteItem | Action::PutItem | Action::UpdateItem => {
            &["\"Expected\"", "\"AttributeUpdates\""]
        }
        Action::Query => &["\"KeyConditions\"", "\"QueryFilter\"", "\"ExclusiveStartKey\""],
        Action::Scan => &["\"ScanFilter\"", "\"ExclusiveStartKey\""],
        Action::CreateTable | Action::UpdateTable => &["\"TableName\""],
        Action::BatchExecuteStatement
        | Action::BatchGetItem
        | Action::BatchWriteItem
        | Action::DeleteTable
        | Action::DescribeStream
        | Action::DescribeTable
        | Action::DescribeTimeToLive
        | Action::ExecuteStatement
        | Action::ExecuteTransaction
        | Action::GetItem
        | Action::GetRecords
        | Action::GetShardIterator
        | Action::ListStreams
        | Action::ListTables
        | Action::ListTagsOfResource
        | Action::SearchVectors
        | Action::TagResource
        | Action::TransactGetItems
        | Action::TransactWriteItems
        | Action::UntagResource
        | Action::UpdateTimeToLive => &[],
        refused_by_name!() => &[],
    }
}

/// Refuses a value of a wrong JSON type in a member that the engine would take as it is.
pub(crate) fn check_loose_members(action: Action, body: &[u8]) -> Result<(), Refused> {
    // A name that is spelled with escapes is missed: then the engine words the refusal.
    if !contains_any(body, loose(action)) {
        return Ok(());
    }
    // A body that is not an object of JSON is the engine's reader's to refuse.
    let Ok(request) = serde_json::from_slice::<Map<String, Value>>(body) else { return Ok(()) };
    match shape::mismatch(members(action), &request) {
        Some(message) => Err(Refused::Serialization(Some(message))),
        None => operands::refusal(&request)
            .map_or(Ok(()), |message| Err(Refused::Validation(enveloped(action, &message)))),
    }
}

/// Refuses a name of an attribute that is too long, in whatever is written.
pub(crate) fn check_names(action: Action, body: &[u8]) -> Result<(), Refused> {
    let writes_items = matches!(
        action,
        Action::BatchWriteItem | Action::PutItem | Action::TransactWriteItems | Action::UpdateItem
    );
    if !writes_items || body.len() < limits::NAME_BYTES || !has_long_name(body) {
        return Ok(());
    }
    let message =
        format!("Attribute name is too large, must be less than {} bytes", limits::NAME_BYTES);
    Err(Refused::Validation(enveloped(action, &message)))
}

/// Returns whether a member of an object has a name that is too long as it is written.
fn has_long_name(body: &[u8]) -> bool {
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| *byte == b'"') {
        let text = rest.get(at + 1..).unwrap_or_default();
        let Some(length) = length_of_string(text) else { return false };
        rest = text.get(length + 1..).unwrap_or_default();
        if length >= limits::NAME_BYTES && rest.trim_ascii_start().starts_with(b":") {
            return true;
        }
    }
    false
}

/// Bytes before the quote that ends a string.
fn length_of_string(text: &[u8]) -> Option<usize> {
    let mut is_escaped = false;
    text.iter().position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    })
}

/// Explains why the engine's reader refused `body`, in DynamoDB's words.
pub(crate) fn explain_unreadable(
    action: Action,
    body: &[u8],
    error: &serde_json::Error,
) -> Refused {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(request)) => explain(action, &request, error),
        Ok(_) => Refused::Serialization(None),
        Err(_) => match depth(body) {
            Some(depth) if depth > limits::JSON_DEPTH && depth <= limits::JSON_DEPTH_UNREADABLE => {
                Refused::Validation(NESTING.to_owned())
            }
            Some(_) | None => Refused::Serialization(None),
        },
    }
}

fn explain(action: Action, request: &Map<String, Value>, error: &serde_json::Error) -> Refused {
    if let Some(message) = shape::mismatch(members(action), request) {
        return Refused::Serialization(Some(message));
    }
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    if let Some(message) = text.strip_prefix("SERIALIZATION_AS_READ:") {
        return Refused::Serialization(Some(message.to_owned()));
    }
    if let Some(message) = text.strip_prefix("VALIDATION_AS_READ:") {
        return Refused::Validation(message.to_owned());
    }
    if let Some(message) = message.strip_prefix("SERIALIZATION:") {
        return Refused::Serialization((!message.is_empty()).then(|| message.to_owned()));
    }
    if let Some(message) = message.strip_prefix("VALIDATION_REQUEST:") {
        return Refused::Validation(enveloped(action, message));
    }
    if let Some(message) = message.strip_prefix("VALIDATION:") {
        return Refused::Validation(message.to_owned());
    }
    if message.contains("empty AttributeValue") || message.contains("AttributeValue is empty") {
        return Refused::Validation(EMPTY_VALUE.to_owned());
    }
    missing_members(action, request)
        .map_or_else(|| Refused::Serialization(None), Refused::Validation)
}

/// Refuses an item with a value of a wrong JSON type, in DynamoDB's words.
pub(crate) fn check_item(item: &Value) -> Result<(), String> {
    let mut request = Map::new();
    request.insert("Item".to_owned(), item.clone());
    shape::mismatch(members::item(), &request).map_or(Ok(()), Err)
}

/// Explains why the engine's reader refused an item.
pub(crate) fn explain_unreadable_item(error: &serde_json::Error) -> String {
    match explain(Action::BatchWriteItem, &Map::new(), error) {
        Refused::Serialization(message) => message.unwrap_or_else(|| error.to_string()),
        Refused::Validation(message) => message,
        Refused::Unsupported => error.to_string(),
    }
}

/// AWS: PutItem, UpdateItem and DeleteItem count these errors, the other actions do not.
pub(crate) fn enveloped(action: Action, message: &str) -> String {
    if matches!(action, Action::PutItem | Action::UpdateItem | Action::DeleteItem) {
        return format!("1 validation error detected: {message}");
    }
    message.to_owned()
}

fn missing_members(action: Action, request: &Map<String, Value>) -> Option<String> {
    let mut paths = Vec::new();
    shape::missing(members(action), request, "", &mut paths);
    if paths.is_empty() {
        return None;
    }
    let errors: Vec<String> = paths
        .iter()
        .take(limits::VALIDATION_ERRORS)
        .map(|path| {
            format!("Value null at '{path}' failed to satisfy constraint: Member must not be null")
        })
        .collect();
    let plural = if errors.len() == 1 { "" } else { "s" };
    Some(format!("{} validation error{plural} detected: {}", errors.len(), errors.join("; ")))
}

/// Returns whether the engine's reader stopped at a member that is given twice.
pub(crate) fn is_repeated_member(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("duplicate field ")
}

/// Returns the body with the last of each member that is given more than once.
pub(crate) fn last_of_each_member(body: &[u8]) -> Option<Vec<u8>> {
    let request: Value = serde_json::from_slice(body).ok()?;
    serde_json::to_vec(&request).ok()
}

/// Returns whether the body has one of the names, each with its quotes.
fn contains_any(body: &[u8], names: &[&str]) -> bool {
    let starts = |tail: &[u8]| names.iter().any(|name| tail.starts_with(name.as_bytes()));
    !names.is_empty()
        && body
            .iter()
            .enumerate()
            .any(|(at, byte)| *byte == b'"' && body.get(at..).is_some_and(starts))
}

/// Returns how deep arrays and objects nest, or `None` when the brackets do not match up.
fn depth(body: &[u8]) -> Option<usize> {
    let (mut open, mut deepest, mut in_string, mut is_escaped) = (0_usize, 0_usize, false, false);
    for byte in body {
        match (in_string, byte) {
            (true, _) if is_escaped => is_escaped = false,
            (true, b'\\') => is_escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{' | b'[') => {
                open += 1;
                deepest = deepest.max(open);
            }
            (false, b'}' | b']') => open = open.checked_sub(1)?,
            (_, _) => {}
        }
    }
    (open == 0 && !in_string).then_some(deepest)
}
