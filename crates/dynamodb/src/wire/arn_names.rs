//! Tables that a request names by their ARNs.
//!
//! Source: AWS docs, DynamoDB API Reference: `TableName` takes a table's ARN as well as its name.

use serde_json::{Map, Value};

use super::sorted::Arns;
use super::twins;
use crate::action::Action;

/// The request with names in the place of ARNs of this store's tables; none when it has no such
/// ARN. Any other ARN stays, and names no table. In batches, which are keyed by tables, it stays
/// too.
pub(crate) fn with_names(action: Action, body: &[u8], arns: &Arns) -> Option<Vec<u8>> {
    if matches!(action, Action::BatchGetItem | Action::BatchWriteItem)
        || memchr::memmem::find(body, b":table/").is_none()
    {
        return None;
    }
    let mut request = twins::read(body).ok()?.value;
    let members = request.as_object_mut()?;
    let is_renamed = match action {
        Action::TransactGetItems | Action::TransactWriteItems => {
            let items = members.get_mut("TransactItems")?.as_array_mut()?;
            let parts = items.iter_mut().filter_map(Value::as_object_mut);
            let parts = parts.flat_map(Map::values_mut).filter_map(Value::as_object_mut);
            let mut is_renamed = false;
            for part in parts {
                is_renamed |= rename(part, arns);
            }
            is_renamed
        }
        _ => rename(members, arns),
    };
    is_renamed.then(|| request.to_string().into_bytes())
}

/// Returns whether there was an ARN.
fn rename(members: &mut Map<String, Value>, arns: &Arns) -> bool {
    let Some(Value::String(table)) = members.get_mut("TableName") else { return false };
    let Some(name) = arns.table_of(table).map(str::to_owned) else { return false };
    *table = name;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(action: Action, body: &str) -> Option<String> {
        let arns = Arns::new("eu-west-1", "123456789012");
        with_names(action, body.as_bytes(), &arns).map(|body| String::from_utf8(body).unwrap())
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
        let batch = format!(r#"{{"RequestItems":{{"{ARN}":{{"Keys":[]}}}}}}"#);
        assert_eq!(renamed(Action::BatchGetItem, &batch), None);
        assert_eq!(renamed(Action::GetItem, r#"{"TableName":":table/"#), None);
    }
}
