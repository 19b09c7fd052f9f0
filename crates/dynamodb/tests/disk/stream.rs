//! What a table's stream tells after its victim's end: done again from the begin on, its records make the table.
//!
//! Source: AWS docs, "Change data capture for DynamoDB Streams": a record appears once, in the order of the item's changes.

use serde_json::{Value, json};
use vestibule_dynamodb::Action;

use crate::fixture::Store;
use crate::verdict::Items;

/// Returns all records of a table's stream in their order; none when there is no table yet.
pub(crate) async fn of(store: &Store, table: &str) -> Vec<Value> {
    let described = call(store, Action::DescribeTable, json!({ "TableName": table })).await;
    let arn = &described["Table"]["LatestStreamArn"];
    if arn.is_null() {
        return Vec::new();
    }
    let stream = call(store, Action::DescribeStream, json!({ "StreamArn": arn })).await;
    let mut records = Vec::new();
    for shard in stream["StreamDescription"]["Shards"].as_array().unwrap() {
        let from = json!({
            "StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON",
        });
        let mut page = call(store, Action::GetShardIterator, from).await;
        let mut next = page["ShardIterator"].take();
        while !next.is_null() {
            page = call(store, Action::GetRecords, json!({ "ShardIterator": next })).await;
            let found = page["Records"].as_array_mut().unwrap();
            if found.is_empty() {
                break;
            }
            records.append(found);
            next = page["NextShardIterator"].take();
        }
    }
    records
}

/// Returns where records and table do not tell the same.
pub(crate) fn problems(table: &str, kept: &Items, records: &[Value]) -> Vec<String> {
    let (mut made, mut wrong) = (Items::new(), Vec::new());
    let mut newest = 0;
    for record in records {
        let change = &record["dynamodb"];
        let number: u128 = change["SequenceNumber"].as_str().unwrap().parse().unwrap();
        if number <= newest {
            wrong.push(format!("the stream of {table} tells {number} after {newest}"));
        }
        newest = number;
        let key = ["id", "stream"].iter().find_map(|name| change["Keys"][name]["S"].as_str());
        let key = key.unwrap().to_owned();
        let was = match change.get("NewImage") {
            Some(new) => made.insert(key.clone(), new.clone()),
            None => made.remove(&key),
        };
        if was.as_ref() != change.get("OldImage") {
            wrong.push(format!("the stream of {table} tells another past of {key}: {record}"));
        }
    }
    if made != *kept {
        let differs = |(key, item)| made.get(key) != Some(item);
        let one = kept
            .iter()
            .find(|entry| differs(*entry))
            .or_else(|| made.iter().find(|(key, _)| !kept.contains_key(*key)));
        wrong.push(format!("the stream of {table} makes another table: {one:?}"));
    }
    wrong
}

/// Calls, and returns the answer, be it an error.
async fn call(store: &Store, action: Action, body: Value) -> Value {
    serde_json::from_slice(&store.reply(action, &body.to_string()).await.body).unwrap()
}
