//! What of an answer counts: two answers are equal when these forms of them are.

use serde_json::{Map, Value};
use vestibule_dynamodb::{Action, Reply};

use crate::corpus::Answer;

/// Members whose values are times or made up.
const MASKED: &[&str] = &[
    "CreationDateTime",
    "CreationRequestDateTime",
    "EndingSequenceNumber",
    "LastDecreaseDateTime",
    "LastIncreaseDateTime",
    "LastUpdateToPayPerRequestDateTime",
    "LatestStreamLabel",
    "NextToken",
    "ShardId",
    "ShardIterator",
    "StartingSequenceNumber",
    "StreamLabel",
    "TableId",
];

/// Members whose lists have no order.
const UNORDERED: &[&str] = &[
    "AttributeDefinitions",
    "BS",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "NS",
    "NonKeyAttributes",
    "SS",
    "Tags",
];

/// Returns the store's answer as one of the recorder's.
pub(crate) fn answer(reply: &Reply) -> Answer {
    let body = serde_json::from_slice(&reply.body).unwrap();
    Answer { status: reply.status.into(), body: masked(&body) }
}

fn masked(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mask = |(name, value): (&String, &Value)| {
                let is_masked = MASKED.contains(&name.as_str());
                (name.clone(), if is_masked { "masked".into() } else { masked(value) })
            };
            Value::Object(members.iter().map(mask).collect())
        }
        Value::Array(values) => Value::Array(values.iter().map(masked).collect()),
        Value::String(text) => match text.split_once("/stream/") {
            Some((table, _)) if table.starts_with("arn:") => {
                Value::String(format!("{table}/stream/masked"))
            }
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

/// Returns what counts of an answer.
///
/// The namespace of `__type` and the case of `message` do not: DynamoDB Local writes `Message` in each error, AWS in two alone.
pub(crate) fn significant(action: Action, answer: &Answer) -> Answer {
    let mut body = answer.body.clone();
    if let Value::Object(members) = &mut body
        && let Some(Value::String(kind)) = members.get("__type")
    {
        let kind = kind.rsplit('#').next().unwrap_or_default().to_owned();
        members.insert("__type".to_owned(), kind.into());
        if let Some(message) = members.remove("Message") {
            members.insert("message".to_owned(), message);
        }
    }
    Answer { status: answer.status, body: ordered(action, "", &body) }
}

fn ordered(action: Action, name: &str, value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            // The tables below `Responses` have no order, nor have their items.
            let inner = |member: &String| {
                let is_table = name == "Responses" && action == Action::BatchGetItem;
                if is_table { "SS".to_owned() } else { member.clone() }
            };
            let put = |(name, value): (&String, &Value)| {
                (name.clone(), ordered(action, &inner(name), value))
            };
            Value::Object(sorted.into_iter().map(put).collect::<Map<_, _>>())
        }
        Value::Array(values) => {
            let mut values: Vec<Value> =
                values.iter().map(|value| ordered(action, "", value)).collect();
            let is_scan = matches!(action, Action::Scan | Action::ExecuteStatement);
            if UNORDERED.contains(&name) || is_scan && name == "Items" {
                values.sort_by_key(Value::to_string);
            }
            Value::Array(values)
        }
        // 1 and 1.0 are one number.
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), Value::from),
        _ => value.clone(),
    }
}
