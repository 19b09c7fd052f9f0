//! The version of the program's own tables, kept in `vestibule.meta` under the name `schema`: the same in every store.

use serde::Deserialize;

use crate::reply::Reply;

/// The version that this program writes. There is no older one to migrate from yet.
pub(crate) const SCHEMA: u32 = 1;

/// The request that makes the table.
pub(crate) const CREATE: &str = r#"{"TableName":"vestibule.meta","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"name","AttributeType":"S"}],"KeySchema":[{"AttributeName":"name","KeyType":"HASH"}]}"#;

/// The request that reads the version.
pub(crate) const GET: &str =
    r#"{"TableName":"vestibule.meta","Key":{"name":{"S":"schema"}},"ConsistentRead":true}"#;

/// The request that writes the version where there is none.
pub(crate) fn stamp_of(version: u32) -> String {
    format!(
        r##"{{"TableName":"vestibule.meta","Item":{{"name":{{"S":"schema"}},"version":{{"N":"{version}"}}}},"ConditionExpression":"attribute_not_exists(#n)","ExpressionAttributeNames":{{"#n":"name"}}}}"##
    )
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "Item")]
    item: Stamp,
}

#[derive(Deserialize)]
struct Stamp {
    version: Version,
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "N")]
    number: String,
}

/// The version in a reply to [`GET`].
pub(crate) fn version(reply: &Reply) -> Option<u32> {
    let found: Found = serde_json::from_slice(&reply.body).ok()?;
    found.item.version.number.parse().ok()
}
