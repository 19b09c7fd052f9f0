//! The tables of the bench and the bodies of its requests.

use std::fmt::Write;

use bytes::Bytes;

/// Items that reads ask for.
pub(crate) const ITEMS: u64 = 10_000;

/// A table with one index over all attributes, as many APIs have it.
pub(crate) const TABLE: &str = r#"{"TableName":"items","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},{"AttributeName":"category","AttributeType":"S"}],
"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
"GlobalSecondaryIndexes":[{"IndexName":"by-category","KeySchema":[
    {"AttributeName":"category","KeyType":"HASH"},{"AttributeName":"id","KeyType":"RANGE"}],
    "Projection":{"ProjectionType":"ALL"}}]}"#;

/// A table without an index, for one large partition and for many items.
pub(crate) const PLAIN: &str = r#"{"TableName":"plain","BillingMode":"PAY_PER_REQUEST",
"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"}],
"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}]}"#;

/// Some 400 bytes of JSON.
pub(crate) fn put(id: u64) -> Bytes {
    Bytes::from(format!(r#"{{"TableName":"items","Item":{}}}"#, item(id)))
}

fn item(id: u64) -> String {
    format!(
        r#"{{"id":{{"S":"{id}"}},"category":{{"S":"c{}"}},"name":{{"S":"{}"}},"price":{{"N":"12.50"}},"tags":{{"L":[{{"S":"a"}},{{"S":"b"}}]}},"ok":{{"BOOL":true}}}}"#,
        id % (ITEMS / 20),
        "x".repeat(250)
    )
}

/// 25 items.
pub(crate) fn batch(id: u64) -> Bytes {
    let puts = (0..25).map(|at| format!(r#"{{"PutRequest":{{"Item":{}}}}}"#, item(id * 25 + at)));
    let puts = puts.collect::<Vec<_>>().join(",");
    Bytes::from(format!(r#"{{"RequestItems":{{"items":[{puts}]}}}}"#))
}

/// 25 items of `bytes` bytes in one partition of the table without an index.
pub(crate) fn plain_batch(partition: &str, first: u64, bytes: usize) -> Bytes {
    let text = "x".repeat(bytes);
    let mut body = r#"{"RequestItems":{"plain":["#.to_owned();
    for number in first..first + 25 {
        let comma = if number == first { "" } else { "," };
        // Writing to a string does not fail.
        let _ = write!(
            body,
            r#"{comma}{{"PutRequest":{{"Item":{{"p":{{"S":"{partition}"}},"n":{{"N":"{number}"}},"t":{{"S":"{text}"}}}}}}}}"#
        );
    }
    body.push_str("]}}");
    Bytes::from(body)
}

pub(crate) fn get(id: u64) -> Bytes {
    Bytes::from(format!(r#"{{"TableName":"items","Key":{{"id":{{"S":"{}"}}}}}}"#, id % ITEMS))
}

/// 20 items of the index.
pub(crate) fn query(id: u64) -> Bytes {
    Bytes::from(format!(
        r#"{{"TableName":"items","IndexName":"by-category","KeyConditionExpression":"category = :c","ExpressionAttributeValues":{{":c":{{"S":"c{}"}}}}}}"#,
        id % (ITEMS / 20)
    ))
}

/// A page of one partition; `more` begins with a comma.
pub(crate) fn page(partition: &str, more: &str) -> Bytes {
    Bytes::from(format!(
        r#"{{"TableName":"plain","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{{":p":{{"S":"{partition}"}}}}{more}}}"#
    ))
}
