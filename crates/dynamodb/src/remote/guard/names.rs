//! The tables that a request names, wherever it does: by name, in ARNs, as members of `RequestItems`, in statements.
//!
//! Source: AWS docs, DynamoDB API Reference, each action's request syntax. Every member that names a table is a text whose own name
//! ends in one of the words below. In the data of items no member of such a name is a text: values there are objects.

use serde_json::Value;

use super::statement;
use crate::side::{GUEST_PREFIX, Side};

/// How the names of members end that are tables' names or ARNs.
const NAMING: [&str; 4] = ["TableName", "Arn", "ShardIterator", "NextToken"];

/// Members from where a list goes on: they name nothing that is touched.
const ELSEWHERE: [&str; 2] = ["ExclusiveStartTableName", "ExclusiveStartGlobalTableName"];

/// What stands between the parts of an ARN, of an iterator of a stream, and around both in a statement.
const ENDS: [char; 6] = ['/', ':', '|', '"', '\'', '`'];

/// The first table of a request that is not of this side.
pub(super) fn foreign(side: Side, request: &Value) -> Option<String> {
    match request {
        Value::Object(members) => members.iter().find_map(|(member, value)| match value {
            Value::String(text) if member == "Statement" => statement::foreign(side, text),
            Value::String(text) if is_naming(member) => of_text(side, text),
            Value::Object(tables) if member == "RequestItems" => {
                tables.keys().find_map(|name| of_text(side, name)).or_else(|| foreign(side, value))
            }
            _ => foreign(side, value),
        }),
        Value::Array(values) => values.iter().find_map(|value| foreign(side, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

pub(in crate::remote) fn is_naming(member: &str) -> bool {
    // A placeholder of an expression begins with `#`.
    member.bytes().all(|byte| byte.is_ascii_alphabetic())
        && NAMING.iter().any(|end| member.ends_with(end))
        && !ELSEWHERE.contains(&member)
}

/// Whether a name is that of one of the program's own tables, as they are named here or at another Vestibule.
pub(super) fn is_own(name: &str) -> bool {
    Side::State.owns(name) || name.starts_with(GUEST_PREFIX)
}

/// A name, or an ARN with a name in it, when the table is not of this side.
///
/// Where the name stands in an ARN each store decides for itself: Alternator's reads what follows the first `/`, whatever is before
/// it. So an own table's name is seen wherever a part of the text begins with it.
pub(super) fn of_text(side: Side, text: &str) -> Option<String> {
    let named = match side {
        Side::Tables => text.split(ENDS).find(|name| is_own(name)),
        Side::State => Some(text).filter(|name| !side.owns(name)),
    };
    named.map(str::to_owned)
}
