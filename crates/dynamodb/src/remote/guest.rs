//! The program's own tables at another Vestibule, whose clients find none named `vestibule.`: those are its own. There they have
//! other names, which only what is sent and answered shows.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use bytes::Bytes;
use http::header::SERVER;
use serde_json::{Map, Value};

use super::guard::{is_naming, rewritten};
use crate::protocol::SERVER_NAME;
use crate::reply::Reply;
use crate::side::{GUEST_PREFIX, OWN_PREFIX};

/// Members whose own members are named by tables.
const BY_TABLE: [&str; 4] = ["RequestItems", "Responses", "UnprocessedItems", "UnprocessedKeys"];

/// Members that name tables and are no part of a call that touches them.
const OF_LISTS: [&str; 3] = ["ExclusiveStartTableName", "LastEvaluatedTableName", "TableNames"];

/// Whether the store is another Vestibule.
#[derive(Debug, Default)]
pub(super) struct Guest(AtomicBool);

impl Guest {
    /// Reads of an answer who gave it. Returns whether the store is found to be another Vestibule by it.
    pub(super) fn learn(&self, reply: &Reply) -> bool {
        let is_ours = reply.headers.get(SERVER).is_some_and(|name| name == SERVER_NAME);
        is_ours && !self.0.swap(true, Relaxed)
    }

    pub(super) fn is_one(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// A request for own tables as it is sent.
pub(super) fn sent(body: Bytes) -> Bytes {
    renamed(&body, OWN_PREFIX, GUEST_PREFIX)
        .map_or(body, |body| Value::Object(body).to_string().into())
}

/// Its answer, with the names that are asked for.
pub(super) fn received(reply: Reply) -> Reply {
    match renamed(&reply.body, GUEST_PREFIX, OWN_PREFIX) {
        Some(body) => rewritten(reply, body),
        None => reply,
    }
}

/// The object with other names; none where it is no object.
fn renamed(body: &[u8], from: &str, to: &str) -> Option<Map<String, Value>> {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(body) else { return None };
    let names = Names { from, to };
    names.of_members(&mut members);
    Some(members)
}

/// One beginning of names in place of another.
#[derive(Clone, Copy)]
struct Names<'n> {
    from: &'n str,
    to: &'n str,
}

impl Names<'_> {
    fn of_members(self, members: &mut Map<String, Value>) {
        for (member, value) in members {
            match value {
                Value::String(_) | Value::Array(_)
                    if is_naming(member) || OF_LISTS.contains(&member.as_str()) =>
                {
                    self.of_names(value);
                }
                Value::Object(tables) if BY_TABLE.contains(&member.as_str()) => {
                    let renamed = std::mem::take(tables).into_iter();
                    *tables = renamed
                        .map(|(name, value)| (self.of(&name).unwrap_or(name), value))
                        .collect();
                }
                _ => self.of_value(value),
            }
        }
    }

    fn of_value(self, value: &mut Value) {
        match value {
            Value::Object(members) => self.of_members(members),
            Value::Array(values) => values.iter_mut().for_each(|value| self.of_value(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn of_names(self, value: &mut Value) {
        match value {
            Value::String(name) => *name = self.of(name).unwrap_or_else(|| std::mem::take(name)),
            Value::Array(names) => names.iter_mut().for_each(|name| self.of_names(name)),
            Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn of(self, name: &str) -> Option<String> {
        name.strip_prefix(self.from).map(|rest| format!("{}{rest}", self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: Bytes) -> String {
        String::from_utf8(body.to_vec()).unwrap()
    }

    // Source: AWS docs, DynamoDB API Reference: where requests and answers name tables.
    #[test]
    fn names_of_tables_are_others_there_and_items_are_not_touched() {
        for (ours, theirs) in [
            (r#"{"TableName":"vestibule.meta"}"#, r#"{"TableName":"guest.vestibule.meta"}"#),
            (
                r#"{"RequestItems":{"vestibule.usage":[{"PutRequest":{"Item":{"id":{"S":"vestibule.a"}}}}]}}"#,
                r#"{"RequestItems":{"guest.vestibule.usage":[{"PutRequest":{"Item":{"id":{"S":"vestibule.a"}}}}]}}"#,
            ),
            (
                r#"{"TransactItems":[{"Put":{"Item":{"id":{"S":"1"}},"TableName":"vestibule.a"}}]}"#,
                r#"{"TransactItems":[{"Put":{"Item":{"id":{"S":"1"}},"TableName":"guest.vestibule.a"}}]}"#,
            ),
            (
                r#"{"ExclusiveStartTableName":"vestibule.a"}"#,
                r#"{"ExclusiveStartTableName":"guest.vestibule.a"}"#,
            ),
        ] {
            assert_eq!(text(sent(Bytes::from(ours))), theirs);
            let answer =
                Reply { status: 200, headers: http::HeaderMap::new(), body: theirs.into() };
            assert_eq!(text(received(answer).body), ours);
        }
        let listed = r#"{"LastEvaluatedTableName":"guest.vestibule.a","TableNames":["guest.vestibule.a","items"]}"#;
        let answer = Reply { status: 200, headers: http::HeaderMap::new(), body: listed.into() };
        assert_eq!(
            text(received(answer).body),
            r#"{"LastEvaluatedTableName":"vestibule.a","TableNames":["vestibule.a","items"]}"#
        );
        assert_eq!(text(sent(Bytes::from_static(b"no object"))), "no object");
    }
}
