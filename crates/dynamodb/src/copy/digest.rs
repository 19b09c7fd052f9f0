//! What an item is known by: a digest that two items have alike exactly when DynamoDB holds them for equal. Names of members
//! come in any order, sets too; numbers are what they are worth, however they are written.

use dynoxide::types::normalize_dynamo_number;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// An item, or its key.
pub(super) type Item = Map<String, Value>;

/// The digest of an item: 128 bits of SHA-256.
pub(super) fn digest(item: &Item) -> u128 {
    let mut text = Vec::with_capacity(256);
    members(item, &mut text);
    let hash: [u8; 32] = Sha256::digest(&text).into();
    hash.iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

/// The item's key alone.
pub(super) fn key(item: &Item, names: &[String]) -> Item {
    let part = |name: &String| Some((name.clone(), item.get(name)?.clone()));
    names.iter().filter_map(part).collect()
}

/// Each part says its length first, so that no two texts of parts are one.
fn put(kind: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    out.extend((bytes.len() as u64).to_be_bytes());
    out.extend(bytes);
}

fn members(item: &Item, out: &mut Vec<u8>) {
    let mut names: Vec<&String> = item.keys().collect();
    names.sort_unstable();
    out.push(b'M');
    out.extend((names.len() as u64).to_be_bytes());
    for name in names {
        put(b'n', name.as_bytes(), out);
        attribute(item.get(name).unwrap_or(&Value::Null), out);
    }
}

/// An attribute value: an object with one member, which is its type.
fn attribute(value: &Value, out: &mut Vec<u8>) {
    let member = value.as_object().filter(|members| members.len() == 1);
    let Some((kind, value)) = member.and_then(|members| members.iter().next()) else {
        return foreign(value, out);
    };
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => put(b'S', text.as_bytes(), out),
        ("B", Value::String(text)) => put(b'B', text.as_bytes(), out),
        ("N", Value::String(text)) => put(b'N', normalize_dynamo_number(text).as_bytes(), out),
        ("BOOL", Value::Bool(is)) => put(b'b', &[u8::from(*is)], out),
        ("NULL", _) => put(b'0', &[], out),
        ("M", Value::Object(item)) => members(item, out),
        ("L", Value::Array(values)) => {
            out.push(b'L');
            out.extend((values.len() as u64).to_be_bytes());
            values.iter().for_each(|value| attribute(value, out));
        }
        ("SS", Value::Array(values)) => set(b's', values, str::to_owned, out),
        ("BS", Value::Array(values)) => set(b't', values, str::to_owned, out),
        ("NS", Value::Array(values)) => set(b'u', values, normalize_dynamo_number, out),
        _ => foreign(value, out),
    }
}

fn set(kind: u8, values: &[Value], of: impl Fn(&str) -> String, out: &mut Vec<u8>) {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), &of);
    let mut texts: Vec<String> = values.iter().map(text).collect();
    texts.sort_unstable();
    out.push(kind);
    out.extend((texts.len() as u64).to_be_bytes());
    texts.iter().for_each(|text| put(kind, text.as_bytes(), out));
}

/// What is no attribute value is known by its text.
fn foreign(value: &Value, out: &mut Vec<u8>) {
    put(b'?', value.to_string().as_bytes(), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> u128 {
        digest(&serde_json::from_str(text).unwrap())
    }

    // Source: AWS docs, "Supported data types": numbers are compared by value, sets have no order.
    #[test]
    fn what_dynamodb_holds_for_equal_has_one_digest() {
        for (one, other) in [
            (r#"{"a":{"S":"x"},"b":{"N":"1"}}"#, r#"{"b":{"N":"1.0"},"a":{"S":"x"}}"#),
            (r#"{"a":{"N":"100"}}"#, r#"{"a":{"N":"1E+2"}}"#),
            (r#"{"a":{"N":"-0"}}"#, r#"{"a":{"N":"0.00"}}"#),
            (r#"{"a":{"NS":["1","2.50"]}}"#, r#"{"a":{"NS":["2.5","01"]}}"#),
            (r#"{"a":{"SS":["y","x"]}}"#, r#"{"a":{"SS":["x","y"]}}"#),
            (r#"{"a":{"BS":["eQ==","eA=="]}}"#, r#"{"a":{"BS":["eA==","eQ=="]}}"#),
            (
                r#"{"a":{"M":{"p":{"N":"1"},"q":{"L":[{"N":"2"}]}}}}"#,
                r#"{"a":{"M":{"q":{"L":[{"N":"2.0"}]},"p":{"N":"1"}}}}"#,
            ),
        ] {
            assert_eq!(of(one), of(other), "{one} {other}");
        }
    }

    #[test]
    fn all_else_has_another_digest() {
        let items = [
            "{}",
            r#"{"a":{"S":""}}"#,
            r#"{"a":{"S":"1"}}"#,
            r#"{"a":{"N":"1"}}"#,
            r#"{"a":{"N":"-1"}}"#,
            r#"{"a":{"N":"10"}}"#,
            r#"{"a":{"N":"0.1"}}"#,
            r#"{"a":{"N":"12345678901234567890123456789012345678"}}"#,
            r#"{"a":{"N":"12345678901234567890123456789012345679"}}"#,
            r#"{"a":{"B":"1"}}"#,
            r#"{"a":{"BOOL":true}}"#,
            r#"{"a":{"BOOL":false}}"#,
            r#"{"a":{"NULL":true}}"#,
            r#"{"a":{"L":[]}}"#,
            r#"{"a":{"M":{}}}"#,
            r#"{"a":{"L":[{"S":"x"},{"S":"y"}]}}"#,
            r#"{"a":{"L":[{"S":"y"},{"S":"x"}]}}"#,
            r#"{"a":{"L":[{"L":[{"S":"x"}]},{"S":"y"}]}}"#,
            r#"{"a":{"L":[{"L":[{"S":"x"},{"S":"y"}]}]}}"#,
            r#"{"a":{"SS":["x","y"]}}"#,
            r#"{"a":{"SS":["xy"]}}"#,
            r#"{"a":{"NS":["1"]}}"#,
            r#"{"a":{"BS":["eA=="]}}"#,
            r#"{"a":{"SS":["eA=="]}}"#,
            r#"{"b":{"S":""}}"#,
            r#"{"a":{"S":""},"b":{"S":""}}"#,
        ];
        let mut digests: Vec<u128> = items.iter().map(|item| of(item)).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), items.len());
    }

    #[test]
    fn a_key_is_told_apart() {
        let item: Item = serde_json::from_str(r#"{"a":{"S":"x"},"b":{"N":"1"}}"#).unwrap();
        assert_eq!(Value::Object(key(&item, &["b".to_owned()])).to_string(), r#"{"b":{"N":"1"}}"#);
    }
}
