//! Tables by their ARNs, time to live that is so already, tags of what is not there.

use serde_json::{Value, json};
use vestibule_dynamodb::Action;

use crate::fixture::{ITEMS, Store, own, validation};

const ARN: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/items";

// Source: AWS docs, DynamoDB API Reference: `TableName` takes the ARN too.
#[tokio::test]
async fn a_table_is_called_by_its_arn_too() {
    let store = Store::new().await;
    let put = r#"{"TableName":"@","Item":{"id":{"S":"1"}}}"#.replace('@', ARN);
    store.expect(Action::PutItem, &put, 200, "{}").await;
    let get = r#"{"TableName":"@","Key":{"id":{"S":"1"}}}"#;
    let item = r#"{"Item":{"id":{"S":"1"}}}"#;
    for name in ["items", ARN] {
        store.expect(Action::GetItem, &get.replace('@', name), 200, item).await;
    }
    let scan = r#"{"TableName":"@","Select":"COUNT"}"#.replace('@', ARN);
    store.expect(Action::Scan, &scan, 200, r#"{"Count":1,"ScannedCount":1}"#).await;
    let write = r#"{"TransactItems":[{"Delete":{"TableName":"@","Key":{"id":{"S":"1"}}}}]}"#;
    store.expect(Action::TransactWriteItems, &write.replace('@', ARN), 200, "{}").await;
    store.expect(Action::GetItem, &get.replace('@', ARN), 200, "{}").await;
    let batch = r#"{"RequestItems":{"@":[{"PutRequest":{"Item":{"id":{"S":"2"}}}}]}}"#;
    let written = r#"{"UnprocessedItems":{}}"#;
    store.expect(Action::BatchWriteItem, &batch.replace('@', ARN), 200, written).await;
    let batch =
        r#"{"RequestItems":{"@":{"Keys":[{"id":{"S":"2"}}]}},"ReturnConsumedCapacity":"TOTAL"}"#;
    let read = r#"{"ConsumedCapacity":[{"CapacityUnits":0.5,"TableName":"@"}],"Responses":{"@":[{"id":{"S":"2"}}]},"UnprocessedKeys":{}}"#;
    for name in ["items", ARN] {
        let expected = read.replace('@', name);
        store.expect(Action::BatchGetItem, &batch.replace('@', name), 200, &expected).await;
    }
    let counted = r#"{"TableName":"@","Key":{"id":{"S":"2"}},"ReturnConsumedCapacity":"TOTAL"}"#;
    let expected =
        r#"{"ConsumedCapacity":{"CapacityUnits":0.5,"TableName":"@"},"Item":{"id":{"S":"2"}}}"#;
    for name in ["items", ARN] {
        let expected = expected.replace('@', name);
        store.expect(Action::GetItem, &counted.replace('@', name), 200, &expected).await;
    }
    let missing = get.replace('@', "arn:aws:dynamodb:us-east-1:000000000000:table/nowhere");
    let not_found = own("ResourceNotFoundException", "Requested resource not found");
    store.expect(Action::GetItem, &missing, 400, &not_found).await;
    let foreign = get.replace('@', "arn:aws:dynamodb:us-east-1:111111111111:table/items");
    assert_eq!(store.reply(Action::GetItem, &foreign).await.status, 400);
}

// Source: AWS docs (the pattern of a name); that what is no ARN is read as a name is inferred.
#[tokio::test]
async fn a_malformed_arn_names_no_table() {
    let store = Store::new().await;
    for arn in [
        "arn:aws:dynamodb:us-east-1:000000000000:table/",
        "arn:aws:dynamodb:us-east-1:000000000000:table/items/",
        "arn:aws:dynamodb:us-east-1:000000000000:table/items/index/by-date",
        "arn:aws-x:dynamodb:us-east-1:000000000000:table/items",
        "ARN:aws:dynamodb:us-east-1:000000000000:table/items",
        "arn:aws:dynamodb:us-east-1:000000000000:table/other:table/items",
    ] {
        let get = format!(r#"{{"TableName":"{arn}","Key":{{"id":{{"S":"1"}}}}}}"#);
        let message = format!(
            "1 validation error detected: Value '{arn}' at 'tableName' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
        );
        store.expect(Action::GetItem, &get, 400, &validation(&message)).await;
        let batch = format!(r#"{{"RequestItems":{{"{arn}":{{"Keys":[{{"id":{{"S":"1"}}}}]}}}}}}"#);
        let reply = store.reply(Action::BatchGetItem, &batch).await;
        assert_eq!(reply.status, 400, "{arn}");
    }
}

// Source: recorded on AWS by its users; the other attribute by AWS's controllers for Kubernetes.
#[tokio::test]
async fn time_to_live_is_not_turned_on_or_off_twice() {
    let store = Store::new().await;
    let off = r#"{"TimeToLiveSpecification":{"AttributeName":"until","Enabled":false}}"#;
    let on = &off.replace("false", "true");
    let other = validation(
        "TimeToLive is active on a different AttributeName: current AttributeName is until",
    );
    let is_on = &validation("TimeToLive is already enabled");
    let is_off = &validation("TimeToLive is already disabled");
    let (other_on, other_off) = (on.replace("until", "x"), off.replace("until", "x"));
    for (change, status, answer) in [
        (off, 400, is_off.as_str()),
        (on, 200, on),
        (on, 400, is_on),
        (&other_on, 400, &other),
        (&other_off, 400, &other),
        (off, 200, off),
        (off, 400, is_off),
        (&other_on, 200, &other_on),
    ] {
        let request = change.replacen('{', r#"{"TableName":"items","#, 1);
        store.expect(Action::UpdateTimeToLive, &request, status, answer).await;
    }
}

// Source: AWS docs, "Change data capture for DynamoDB Streams": the stream of a new table is a new
// one.
#[tokio::test]
async fn a_new_table_does_not_show_what_the_old_one_of_its_name_did() {
    let store = Store::empty();
    let stream = r#"{"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"},"#;
    let create = ITEMS.replacen('{', stream, 1);
    let put = r#"{"TableName":"items","Item":{"id":{"S":"@"}}}"#;
    for id in ["old", "new"] {
        let created = store.reply(Action::CreateTable, &create).await;
        let created: Value = serde_json::from_slice(&created.body).unwrap();
        let stream = &created["TableDescription"]["LatestStreamArn"];
        store.expect(Action::PutItem, &put.replace('@', id), 200, "{}").await;
        let shards = json!({ "StreamArn": stream }).to_string();
        let shards = store.reply(Action::DescribeStream, &shards).await;
        let shards: Value = serde_json::from_slice(&shards.body).unwrap();
        let shard = &shards["StreamDescription"]["Shards"][0]["ShardId"];
        let from =
            json!({ "StreamArn": stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
        let iterator = store.reply(Action::GetShardIterator, &from.to_string()).await;
        let records = store.reply(Action::GetRecords, std::str::from_utf8(&iterator.body).unwrap());
        let records: Value = serde_json::from_slice(&records.await.body).unwrap();
        let records = records["Records"].as_array().unwrap();
        let keys: Vec<&Value> =
            records.iter().map(|record| &record["dynamodb"]["Keys"]["id"]["S"]).collect();
        assert_eq!(keys, [id]);
        assert!(store.reply(Action::DeleteTable, r#"{"TableName":"items"}"#).await.is_success());
    }
}

// Source: recorded on AWS (dynalite's tests against it).
#[tokio::test]
async fn tags_of_a_table_that_is_not_there_are_not_found() {
    let store = Store::new().await;
    let list = format!(r#"{{"ResourceArn":"{ARN}x"}}"#);
    let message = format!("Requested resource not found: ResourcArn: {ARN}x not found");
    let not_found = own("ResourceNotFoundException", &message);
    store.expect(Action::ListTagsOfResource, &list, 400, &not_found).await;
    let foreign = list.replace("000000000000", "111111111111");
    let reply = store.reply(Action::ListTagsOfResource, &foreign).await;
    assert!(String::from_utf8_lossy(&reply.body).contains("#AccessDeniedException"));
}
