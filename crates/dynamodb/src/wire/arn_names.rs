//! Tables that a request names by their ARNs.
//!
//! Source: AWS docs, DynamoDB API Reference: `TableName` and the keys of `RequestItems` take a table's ARN as well as
//! its name.

use serde_json::{Map, Value};

use super::sorted::Arns;
use super::twins;
use crate::action::Action;

/// A request with names in the place of ARNs.
#[derive(Debug)]
pub(crate) struct Renamed {
    /// The request.
    pub(crate) body: Vec<u8>,
    /// The names, and the ARNs in whose place they are.
    arns: Vec<(String, String)>,
}

/// The members of answers to batches that are keyed by tables.
const BY_TABLE: [&str; 4] =
    ["Responses", "UnprocessedKeys", "UnprocessedItems", "ItemCollectionMetrics"];

const CAPACITY: &str = "ConsumedCapacity";

/// The request with names in the place of ARNs of this store's tables; none when it has no such
/// ARN. Any other ARN stays, and names no table; so does one in a batch that has the table's name too.
pub(crate) fn with_names(action: Action, body: &[u8], arns: &Arns) -> Option<Renamed> {
    memchr::memmem::find(body, b":table/")?;
    let mut request = twins::read(body).ok()?.value;
    let members = request.as_object_mut()?;
    let mut renamed = Vec::new();
    match action {
        Action::TransactGetItems | Action::TransactWriteItems => {
            let items = members.get_mut("TransactItems")?.as_array_mut()?;
            let parts = items.iter_mut().filter_map(Value::as_object_mut);
            let parts = parts.flat_map(Map::values_mut).filter_map(Value::as_object_mut);
            renamed.extend(parts.filter_map(|part| rename(part, arns)));
        }
        Action::BatchGetItem | Action::BatchWriteItem => {
            let tables = members.get_mut("RequestItems")?.as_object_mut()?;
            renamed.extend(rename_keys(tables, arns));
        }
        _ => renamed.extend(rename(members, arns)),
    }
    if renamed.is_empty() {
        return None;
    }
    Some(Renamed { body: request.to_string().into_bytes(), arns: renamed })
}

/// Returns the name and the ARN that it stands for now.
fn rename(members: &mut Map<String, Value>, arns: &Arns) -> Option<(String, String)> {
    let Some(Value::String(table)) = members.get_mut("TableName") else { return None };
    let name = arns.table_of(table)?.to_owned();
    let arn = std::mem::replace(table, name.clone());
    Some((name, arn))
}

fn rename_keys(tables: &mut Map<String, Value>, arns: &Arns) -> Vec<(String, String)> {
    let mut renamed = Vec::new();
    let keyed = std::mem::take(tables);
    let names = keyed.keys().map(|key| {
        let name = arns.table_of(key).filter(|name| !keyed.contains_key(*name));
        name.map(str::to_owned)
    });
    let names: Vec<Option<String>> = names.collect();
    for ((key, value), name) in keyed.into_iter().zip(names) {
        match name {
            Some(name) => {
                tables.insert(name.clone(), value);
                renamed.push((name, key));
            }
            None => {
                tables.insert(key, value);
            }
        }
    }
    renamed
}

impl Renamed {
    /// The answer to the request as it was, which names tables as they were named.
    ///
    /// Source: AWS docs, `ConsumedCapacity` and `BatchGetItem`: "If you had specified the ARN of a table in the input, you'll see the
    /// table ARN in the response"; "a map of table name or table ARN to a list of items".
    pub(crate) fn answer(&self, action: Action, json: Vec<u8>) -> Vec<u8> {
        let is_batch = matches!(action, Action::BatchGetItem | Action::BatchWriteItem);
        if !is_batch && memchr::memmem::find(&json, CAPACITY.as_bytes()).is_none() {
            return json;
        }
        let Ok(Value::Object(mut members)) = serde_json::from_slice(&json) else { return json };
        for member in BY_TABLE.into_iter().filter(|_| is_batch) {
            if let Some(Value::Object(tables)) = members.get_mut(member) {
                let keyed = std::mem::take(tables).into_iter();
                tables.extend(keyed.map(|(name, value)| (self.as_named(name), value)));
            }
        }
        match members.get_mut(CAPACITY) {
            Some(Value::Array(all)) => all.iter_mut().for_each(|one| self.of_capacity(one)),
            Some(one) => self.of_capacity(one),
            None => {}
        }
        Value::Object(members).to_string().into_bytes()
    }

    fn of_capacity(&self, capacity: &mut Value) {
        if let Some(Value::String(table)) = capacity.get_mut("TableName") {
            *table = self.as_named(std::mem::take(table));
        }
    }

    fn as_named(&self, name: String) -> String {
        let arn = self.arns.iter().find(|(known, _)| *known == name);
        arn.map_or(name, |(_, arn)| arn.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(action: Action, body: &str) -> Option<String> {
        let arns = Arns::new("eu-west-1", "123456789012");
        let renamed = with_names(action, body.as_bytes(), &arns);
        renamed.map(|renamed| String::from_utf8(renamed.body).unwrap())
    }

    const ARN: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/items";

    #[test]
    fn an_arn_is_a_name() {
        let get = r#"{"TableName":"@","Key":{"id":{"S":"arn:aws:dynamodb:a:1:table/x"}}}"#;
        let expected = Some(get.replace('@', "items"));
        assert_eq!(renamed(Action::GetItem, &get.replace('@', ARN)), expected);
        let write = r#"{"TransactItems":[{"Put":{"TableName":"@"}},{"Delete":{"TableName":"b"}}]}"#;
        let expected = Some(write.replace('@', "items"));
        assert_eq!(renamed(Action::TransactWriteItems, &write.replace('@', ARN)), expected);
        let escaped = r#"{"TableName":"\u0061rn:aws:dynamodb:eu-west-1:123456789012:table/items"}"#;
        let expected = Some(r#"{"TableName":"items"}"#.to_owned());
        assert_eq!(renamed(Action::DescribeTable, escaped), expected);
    }

    /// Source: AWS docs (as `Renamed::answer`).
    #[test]
    fn batches_are_keyed_by_arns_and_so_are_their_answers() {
        let arns = Arns::new("eu-west-1", "123456789012");
        let body = format!(r#"{{"RequestItems":{{"{ARN}":{{"Keys":[]}},"other":{{"Keys":[]}}}}}}"#);
        let renamed = with_names(Action::BatchGetItem, body.as_bytes(), &arns).unwrap();
        let expected = r#"{"RequestItems":{"items":{"Keys":[]},"other":{"Keys":[]}}}"#;
        assert_eq!(String::from_utf8_lossy(&renamed.body), expected);
        let answer = r#"{"ConsumedCapacity":[{"TableName":"@"},{"TableName":"other"}],"Responses":{"@":[{"items":{"S":"items"}}],"other":[]},"UnprocessedKeys":{"@":{}}}"#;
        let told = renamed.answer(Action::BatchGetItem, answer.replace('@', "items").into_bytes());
        assert_eq!(String::from_utf8(told).unwrap(), answer.replace('@', ARN));
        let get = format!(r#"{{"TableName":"{ARN}"}}"#);
        let renamed = with_names(Action::GetItem, get.as_bytes(), &arns).unwrap();
        let answer =
            r#"{"ConsumedCapacity":{"TableName":"@"},"Item":{"ConsumedCapacity":{"S":"items"}}}"#;
        let told = renamed.answer(Action::GetItem, answer.replace('@', "items").into_bytes());
        assert_eq!(String::from_utf8(told).unwrap(), answer.replace('@', ARN));
    }

    #[test]
    fn what_is_no_arn_of_a_table_here_stays() {
        for name in [
            "items",
            "arn:aws:dynamodb:eu-west-1:123456789012:table/items/index/by-date",
            "arn:aws:dynamodb:eu-west-2:123456789012:table/items",
            "arn:aws:dynamodb:eu-west-1:000000000000:table/items",
            "arn:other:dynamodb:eu-west-1:123456789012:table/items",
            "arn:aws:dynamodb:eu-west-1:123456789012:stream/items:table/",
        ] {
            let body = format!(r#"{{"TableName":"{name}"}}"#);
            assert_eq!(renamed(Action::GetItem, &body), None, "{name}");
        }
        let nested = format!(r#"{{"Item":{{"TableName":{{"S":"{ARN}"}}}}}}"#);
        assert_eq!(renamed(Action::PutItem, &nested), None);
        let twice =
            format!(r#"{{"RequestItems":{{"{ARN}":{{"Keys":[]}},"items":{{"Keys":[]}}}}}}"#);
        assert_eq!(renamed(Action::BatchGetItem, &twice), None);
        assert_eq!(renamed(Action::GetItem, r#"{"TableName":":table/"#), None);
    }
}
