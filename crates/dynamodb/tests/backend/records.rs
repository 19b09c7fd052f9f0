//! Records of streams: their form, and that they are there for a day.
//!
//! Source: AWS docs, "Change data capture for DynamoDB Streams": "DynamoDB Streams ... stores this information in a log for up to
//! 24 hours".

use serde_json::{Value, json};
use vestibule_dynamodb::{Action, Expiry};

use crate::fixture::Store;

/// 2100: more than a day after whatever the system's clock says.
const LATE_S: u64 = 4_102_444_800;

async fn call(store: &Store, action: Action, body: Value) -> Value {
    let reply = store.reply(action, &body.to_string()).await;
    assert_eq!(reply.status, 200, "{action} {body}: {:?}", reply.body);
    serde_json::from_slice(&reply.body).unwrap()
}

async fn store() -> Store {
    let store = Store::empty();
    for name in ["one", "other"] {
        let create = json!({
            "TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "KEYS_ONLY" },
        });
        call(&store, Action::CreateTable, create).await;
    }
    store
}

async fn put(store: &Store, table: &str, ids: std::ops::Range<usize>) {
    let put = |id: usize| json!({ "PutRequest": { "Item": { "id": { "S": id.to_string() } } } });
    let puts: Vec<Value> = ids.map(put).collect();
    for batch in puts.chunks(25) {
        call(store, Action::BatchWriteItem, json!({ "RequestItems": { table: batch } })).await;
    }
}

/// The records of a table's stream, from its begin on.
async fn told(store: &Store, table: &str) -> Vec<Value> {
    let described = call(store, Action::DescribeTable, json!({ "TableName": table })).await;
    let arn = described["Table"]["LatestStreamArn"].clone();
    let stream = call(store, Action::DescribeStream, json!({ "StreamArn": arn })).await;
    let shard = stream["StreamDescription"]["Shards"][0]["ShardId"].clone();
    let body = json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
    let iterator = call(store, Action::GetShardIterator, body).await["ShardIterator"].clone();
    let mut found = call(store, Action::GetRecords, json!({ "ShardIterator": iterator })).await;
    std::mem::take(found["Records"].as_array_mut().unwrap())
}

/// The keys in a table's stream.
async fn records(store: &Store, table: &str) -> Vec<String> {
    let id = |record: &Value| record["dynamodb"]["Keys"]["id"]["S"].as_str().unwrap().to_owned();
    told(store, table).await.iter().map(id).collect()
}

/// Source: AWS docs, "Record" and "Identity" of the API of DynamoDB Streams, and the models of its SDKs: what events of Lambda
/// call `principalId` is `PrincipalId` here.
#[tokio::test]
async fn a_record_has_the_members_that_sdks_read() {
    let store = store().await;
    let time_to_live = json!({
        "TableName": "one",
        "TimeToLiveSpecification": { "AttributeName": "ends", "Enabled": true },
    });
    call(&store, Action::UpdateTimeToLive, time_to_live).await;
    let item = json!({ "id": { "S": "1" }, "ends": { "N": "1795751999" } });
    call(&store, Action::PutItem, json!({ "TableName": "one", "Item": item })).await;
    let round = Expiry::from(store.tables.clone()).round(1_795_752_000).await.unwrap();
    assert_eq!(round.deleted, 1);
    let told = told(&store, "one").await;
    let members =
        |record: &Value| -> Vec<String> { record.as_object().unwrap().keys().cloned().collect() };
    let all = ["awsRegion", "dynamodb", "eventID", "eventName", "eventSource", "eventVersion"];
    assert_eq!(members(&told[0]), all);
    assert_eq!(told[0]["awsRegion"], "us-east-1");
    assert_eq!(told[1]["eventName"], "REMOVE");
    let by_time = json!({ "PrincipalId": "dynamodb.amazonaws.com", "Type": "Service" });
    assert_eq!(told[1]["userIdentity"], by_time);
}

#[tokio::test]
async fn records_are_removed_when_they_are_a_day_old() {
    let store = store().await;
    put(&store, "one", 0..2).await;
    put(&store, "other", 2..3).await;
    // A time at which they are not written yet.
    assert_eq!(store.tables.trim_records(1_000_000).await, Ok(true));
    assert_eq!(records(&store, "one").await, ["0", "1"]);
    assert_eq!(store.tables.trim_records(LATE_S).await, Ok(true));
    assert_eq!(records(&store, "one").await, Vec::<String>::new());
    assert_eq!(records(&store, "other").await, Vec::<String>::new());
    // What comes afterwards is in the stream, and the items are what they were.
    put(&store, "one", 7..8).await;
    assert_eq!(records(&store, "one").await, ["7"]);
    let count = json!({ "TableName": "one", "Select": "COUNT" });
    assert_eq!(call(&store, Action::Scan, count).await["Count"], json!(3));
}

#[tokio::test]
async fn many_records_are_removed_some_thousand_at_once() {
    let store = store().await;
    put(&store, "one", 0..4_100).await;
    assert_eq!(store.tables.trim_records(LATE_S).await, Ok(false));
    assert_eq!(records(&store, "one").await, ["4096", "4097", "4098", "4099"]);
    assert_eq!(store.tables.trim_records(LATE_S).await, Ok(true));
    assert_eq!(records(&store, "one").await, Vec::<String>::new());
}
