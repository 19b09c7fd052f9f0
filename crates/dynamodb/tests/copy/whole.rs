//! What a copy has of its source. Source of all: AWS docs, DynamoDB API Reference (the members of a table), else inferred.

use serde_json::{Value, json};
use vestibule_dynamodb::Action;
use vestibule_dynamodb::copy::Difference;

use crate::fixture::{Folder, compared, counts, done, embedded, fill, get, put, remote, table};

/// A table with all that a table can have.
fn of_all_kinds() -> Value {
    json!({
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": { "ReadCapacityUnits": 5, "WriteCapacityUnits": 6 },
        "AttributeDefinitions": [
            { "AttributeName": "id", "AttributeType": "S" },
            { "AttributeName": "at", "AttributeType": "N" },
            { "AttributeName": "kind", "AttributeType": "B" },
        ],
        "KeySchema": [
            { "AttributeName": "id", "KeyType": "HASH" },
            { "AttributeName": "at", "KeyType": "RANGE" },
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-kind",
            "KeySchema": [{ "AttributeName": "kind", "KeyType": "HASH" }],
            "Projection": { "ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "b"] },
            "ProvisionedThroughput": { "ReadCapacityUnits": 7, "WriteCapacityUnits": 8 },
        }],
        "LocalSecondaryIndexes": [{
            "IndexName": "local",
            "KeySchema": [
                { "AttributeName": "id", "KeyType": "HASH" },
                { "AttributeName": "kind", "KeyType": "RANGE" },
            ],
            "Projection": { "ProjectionType": "KEYS_ONLY" },
        }],
        "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" },
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "DeletionProtectionEnabled": true,
        "Tags": [{ "Key": "team", "Value": "blue" }],
    })
}

/// A description without what each store makes for itself.
fn lasting(mut described: Value) -> Value {
    let table = described["Table"].as_object_mut().unwrap();
    for own in ["CreationDateTime", "TableId", "LatestStreamArn", "LatestStreamLabel"] {
        table.remove(own);
    }
    described
}

#[tokio::test]
async fn a_table_is_copied_with_all_it_has() {
    let (from, (to, _)) = (embedded(), remote().await);
    table(&from, "all", of_all_kinds()).await;
    let specification = json!({ "Enabled": true, "AttributeName": "ends" });
    let body = json!({ "TableName": "all", "TimeToLiveSpecification": specification });
    done(&from, Action::UpdateTimeToLive, body).await;
    let item = json!({
        "id": { "S": "é\u{1F600}\"\\" }, "at": { "N": "-1.5E-7" }, "kind": { "B": "AAE=" },
        "s": { "S": "" }, "n": { "N": "12345678901234567890123456789012345678" },
        "b": { "BOOL": false }, "z": { "NULL": true },
        "ss": { "SS": ["x", "y"] }, "ns": { "NS": ["1", "2.50"] }, "bs": { "BS": ["AA=="] },
        "l": { "L": [{ "M": { "k": { "L": [] } } }, { "S": "x" }] }, "m": { "M": {} },
    });
    put(&from, "all", item).await;
    let (compared, notes) = Folder::new().copy_and_note(&from, &to).await;
    assert_eq!(counts(&compared), [("all", 1, 1, true), ("vestibule.meta", 0, 0, true)]);
    assert_eq!(notes, Vec::<String>::new());
    for (action, body) in [
        (Action::DescribeTable, json!({ "TableName": "all" })),
        (Action::DescribeTimeToLive, json!({ "TableName": "all" })),
        (Action::Scan, json!({ "TableName": "all" })),
        (Action::Scan, json!({ "TableName": "all", "IndexName": "by-kind" })),
    ] {
        let there = done(&to, action, body.clone()).await;
        let here = done(&from, action, body).await;
        match action {
            Action::DescribeTable => assert_eq!(lasting(there), lasting(here)),
            _ => assert_eq!(there, here),
        }
    }
    let described = done(&to, Action::DescribeTable, json!({ "TableName": "all" })).await;
    let arn = described["Table"]["TableArn"].clone();
    let tags = done(&to, Action::ListTagsOfResource, json!({ "ResourceArn": arn })).await;
    assert_eq!(tags, json!({ "Tags": [{ "Key": "team", "Value": "blue" }] }));
    // No item is an event of the new stream.
    let arn = described["Table"]["LatestStreamArn"].clone();
    let stream = done(&to, Action::DescribeStream, json!({ "StreamArn": arn })).await;
    let shard = stream["StreamDescription"]["Shards"][0]["ShardId"].clone();
    let body = json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
    let iterator = done(&to, Action::GetShardIterator, body).await["ShardIterator"].clone();
    let records = done(&to, Action::GetRecords, json!({ "ShardIterator": iterator })).await;
    assert_eq!(records["Records"], json!([]));
}

#[tokio::test]
async fn own_tables_come_along_and_the_version_stays() {
    let ((from, _), to) = (remote().await, embedded());
    let key = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
    let usage = json!({
        "AttributeDefinitions": [
            { "AttributeName": "plan", "AttributeType": "S" },
            { "AttributeName": "day_key", "AttributeType": "S" },
        ],
        "KeySchema": [key("plan", "HASH"), key("day_key", "RANGE")],
    });
    table(&from, "vestibule.usage", usage).await;
    let used = json!({ "plan": { "S": "p" }, "day_key": { "S": "d" }, "n": { "N": "7" } });
    put(&from, "vestibule.usage", used).await;
    put(&from, "vestibule.meta", json!({ "name": { "S": "seed#1" }, "items": { "N": "2" } })).await;
    let compared = Folder::new().copy(&from, &to).await.unwrap();
    let expected = [("vestibule.meta", 1, 1, true), ("vestibule.usage", 1, 1, true)];
    assert_eq!(counts(&compared), expected);
    let found = done(&to, Action::Scan, json!({ "TableName": "vestibule.meta" })).await;
    assert_eq!(found["Count"], json!(2));
}

#[tokio::test]
async fn pages_and_parts_are_all_copied() {
    let folder = Folder::new();
    let ((from, source), to) = (remote().await, embedded());
    table(&from, "items", json!({})).await;
    fill(&from, "items", 1_500, 4_000).await;
    source.rule(|_, _, _| crate::network::Fate::Done);
    let compared = folder.copy(&from, &to).await.unwrap();
    assert_eq!(counts(&compared)[0], ("items", 1_500, 1_500, true));
    // Four parts, two pages each, read once to copy and once to compare.
    assert!(source.count(Action::Scan) >= 16, "{}", source.count(Action::Scan));
    assert!(!folder.journal().exists());
}

#[tokio::test]
async fn what_differs_is_named() {
    let (from, (to, _)) = (embedded(), remote().await);
    table(&from, "items", json!({})).await;
    fill(&from, "items", 200, 10).await;
    Folder::new().copy(&from, &to).await.unwrap();
    let item = |id: &str, text: &str| json!({ "id": { "S": id }, "text": { "S": text } });
    put(&to, "items", item("7", "other")).await;
    put(&to, "items", item("more", "x")).await;
    let key = json!({ "id": { "S": "9" } });
    done(&to, Action::DeleteItem, json!({ "TableName": "items", "Key": key })).await;
    let compared = compared(&from, &to).await;
    let expected = [("items", 200, 200, false), ("vestibule.meta", 0, 0, true)];
    assert_eq!(counts(&compared), expected);
    assert_eq!(
        compared[0].differences,
        [
            Difference::Missing(r#"{"id":{"S":"9"}}"#.to_owned()),
            Difference::Surplus(r#"{"id":{"S":"more"}}"#.to_owned()),
            Difference::Unlike(r#"{"id":{"S":"7"}}"#.to_owned()),
        ]
    );
    assert_eq!(get(&from, "items", "7").await, item("7", "xxxxxxxxxx"));
}

#[tokio::test]
async fn a_table_that_was_there_keeps_its_settings_and_what_differs_is_noted() {
    let (from, (to, _)) = (embedded(), remote().await);
    table(&from, "all", of_all_kinds()).await;
    let mut other = of_all_kinds();
    other["StreamSpecification"] = json!({ "StreamEnabled": false });
    other["DeletionProtectionEnabled"] = json!(false);
    other["Tags"] = json!([{ "Key": "team", "Value": "red" }, { "Key": "cost", "Value": "1" }]);
    table(&to, "all", other).await;
    table(&from, "same", json!({ "Tags": [{ "Key": "team", "Value": "blue" }] })).await;
    table(&to, "same", json!({ "Tags": [{ "Key": "team", "Value": "blue" }] })).await;
    let specification = json!({ "Enabled": true, "AttributeName": "ends" });
    let body = json!({ "TableName": "all", "TimeToLiveSpecification": specification });
    done(&from, Action::UpdateTimeToLive, body).await;
    let (compared, notes) = Folder::new().copy_and_note(&from, &to).await;
    assert_eq!(counts(&compared)[..2], [("all", 0, 0, true), ("same", 0, 0, true)]);
    assert_eq!(
        notes,
        [
            "table `all` was at the target before and keeps its settings, which differ: time to live: `ends` at the source, none at the target; stream: `NEW_AND_OLD_IMAGES` at the source, none at the target; protection from deletion: on at the source, off at the target; tags: `cost`, `team` are not the same"
        ]
    );
    let described = done(&to, Action::DescribeTable, json!({ "TableName": "all" })).await;
    assert_eq!(described["Table"]["DeletionProtectionEnabled"], json!(false));
}
