//! Items: puts, gets, updates, deletes, conditions, queries, batches and transactions.

use vestibule_dynamodb::Action;

use crate::fixture::{Store, own, validation};

// Source: AWS docs: GetItem, PutItem; attribute order inferred (sorted).
#[tokio::test]
async fn what_is_put_is_got_with_its_attributes_sorted() {
    let store = Store::new().await;
    store
        .put(
            r#"{"zeta":{"L":[{"N":"1.50"},{"BOOL":true},{"NULL":true}]},"id":{"S":"1"},
            "alpha":{"M":{"y":{"S":"é\n"},"x":{"B":"AAEC"}}},"set":{"SS":["b","a"]}}"#,
        )
        .await;
    let get = r#"{"TableName":"items","Key":{"id":{"S":"1"}}}"#;
    let item = r#"{"Item":{"alpha":{"M":{"x":{"B":"AAEC"},"y":{"S":"é\n"}}},"id":{"S":"1"},"set":{"SS":["a","b"]},"zeta":{"L":[{"N":"1.5"},{"BOOL":true},{"NULL":true}]}}}"#;
    store.expect(Action::GetItem, get, 200, item).await;
}

// Source: recorded (GetItem of a missing key is 200 and `{}`).
#[tokio::test]
async fn a_get_of_a_missing_key_is_empty() {
    let store = Store::new().await;
    let get = r#"{"TableName":"items","Key":{"id":{"S":"none"}}}"#;
    store.expect(Action::GetItem, get, 200, "{}").await;
}

// Source: AWS docs: GetItem (ProjectionExpression, ReturnConsumedCapacity); member order inferred.
#[tokio::test]
async fn a_get_projects_and_counts() {
    let store = Store::new().await;
    store.put(r#"{"id":{"S":"1"},"name":{"S":"a"},"size":{"N":"3"}}"#).await;
    let get = r##"{"TableName":"items","Key":{"id":{"S":"1"}},"ProjectionExpression":"#n",
        "ExpressionAttributeNames":{"#n":"name"},"ReturnConsumedCapacity":"TOTAL"}"##;
    let answer = r#"{"ConsumedCapacity":{"CapacityUnits":0.5,"TableName":"items"},"Item":{"name":{"S":"a"}}}"#;
    store.expect(Action::GetItem, get, 200, answer).await;
}

// Source: AWS docs: UpdateItem, DeleteItem (ReturnValues).
#[tokio::test]
async fn updates_and_deletes_return_what_is_asked() {
    let store = Store::new().await;
    store.put(r#"{"id":{"S":"1"},"n":{"N":"1"}}"#).await;
    let update = r##"{"TableName":"items","Key":{"id":{"S":"1"}},"UpdateExpression":"ADD n :one SET #t = :t",
        "ExpressionAttributeNames":{"#t":"title"},
        "ExpressionAttributeValues":{":one":{"N":"1"},":t":{"S":"x"}},"ReturnValues":"ALL_NEW"}"##;
    let new = r#"{"Attributes":{"id":{"S":"1"},"n":{"N":"2"},"title":{"S":"x"}}}"#;
    store.expect(Action::UpdateItem, update, 200, new).await;
    let delete = r#"{"TableName":"items","Key":{"id":{"S":"1"}},"ReturnValues":"ALL_OLD"}"#;
    store.expect(Action::DeleteItem, delete, 200, new).await;
    store.expect(Action::DeleteItem, delete, 200, "{}").await;
}

// Source: AWS docs: "Error handling with DynamoDB"; PutItem (ReturnValuesOnConditionCheckFailure).
#[tokio::test]
async fn a_failed_condition_is_400_and_shows_the_old_item_when_asked() {
    let store = Store::new().await;
    store.put(r#"{"id":{"S":"1"},"b":{"S":"x"},"a":{"S":"y"}}"#).await;
    let put = r#"{"TableName":"items","Item":{"id":{"S":"1"}},
        "ConditionExpression":"attribute_not_exists(id)"}"#;
    let failed = own("ConditionalCheckFailedException", "The conditional request failed");
    store.expect(Action::PutItem, put, 400, &failed).await;
    let put = r#"{"TableName":"items","Item":{"id":{"S":"1"}},
        "ConditionExpression":"attribute_not_exists(id)",
        "ReturnValuesOnConditionCheckFailure":"ALL_OLD"}"#;
    let shown = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","Item":{"a":{"S":"y"},"b":{"S":"x"},"id":{"S":"1"}},"message":"The conditional request failed"}"#;
    store.expect(Action::PutItem, put, 400, shown).await;
}

// Source: AWS docs: "Error handling with DynamoDB"; words recorded by the engine's authors.
#[tokio::test]
async fn a_missing_table_is_not_found_in_the_words_of_each_action() {
    let store = Store::new().await;
    let get = r#"{"TableName":"nope","Key":{"id":{"S":"1"}}}"#;
    let not_found = own("ResourceNotFoundException", "Requested resource not found");
    store.expect(Action::GetItem, get, 400, &not_found).await;
    let named =
        own("ResourceNotFoundException", "Requested resource not found: Table: nope not found");
    store.expect(Action::DescribeTable, r#"{"TableName":"nope"}"#, 400, &named).await;
}

// Source: AWS docs: Query; order of members inferred (alphabetical).
#[tokio::test]
async fn a_query_on_an_index_sees_the_put_before_it_and_pages() {
    let store = Store::new().await;
    for id in ["1", "2", "3"] {
        store.put(&format!(r#"{{"id":{{"S":"{id}"}},"category":{{"S":"books"}}}}"#)).await;
    }
    store.put(r#"{"id":{"S":"4"},"category":{"S":"toys"}}"#).await;
    let query = r#"{"TableName":"items","IndexName":"by-category","Limit":2,
        "KeyConditionExpression":"category = :c","ExpressionAttributeValues":{":c":{"S":"books"}}}"#;
    let page = r#"{"Count":2,"Items":[{"category":{"S":"books"},"id":{"S":"1"}},{"category":{"S":"books"},"id":{"S":"2"}}],"LastEvaluatedKey":{"category":{"S":"books"},"id":{"S":"2"}},"ScannedCount":2}"#;
    store.expect(Action::Query, query, 200, page).await;
    let query = r#"{"TableName":"items","IndexName":"by-category","Limit":2,
        "KeyConditionExpression":"category = :c","ExpressionAttributeValues":{":c":{"S":"books"}},
        "ExclusiveStartKey":{"category":{"S":"books"},"id":{"S":"2"}}}"#;
    let page =
        r#"{"Count":1,"Items":[{"category":{"S":"books"},"id":{"S":"3"}}],"ScannedCount":1}"#;
    store.expect(Action::Query, query, 200, page).await;
    let query = r#"{"TableName":"items","IndexName":"by-category",
        "KeyConditionExpression":"category = :c","ExpressionAttributeValues":{":c":{"S":"none"}}}"#;
    store.expect(Action::Query, query, 200, r#"{"Count":0,"Items":[],"ScannedCount":0}"#).await;
}

// Source: AWS docs: BatchWriteItem, BatchGetItem.
#[tokio::test]
async fn batches_write_and_read_several_items() {
    let store = Store::new().await;
    let write = r#"{"RequestItems":{"items":[{"PutRequest":{"Item":{"id":{"S":"1"},"n":{"N":"1"}}}}],
        "events":[{"PutRequest":{"Item":{"stream":{"S":"s"},"at":{"N":"7"}}}}]}}"#;
    store.expect(Action::BatchWriteItem, write, 200, r#"{"UnprocessedItems":{}}"#).await;
    let read = r#"{"RequestItems":{"items":{"Keys":[{"id":{"S":"1"}}]},
        "events":{"Keys":[{"stream":{"S":"s"},"at":{"N":"7"}}]}}}"#;
    let found = r#"{"Responses":{"events":[{"at":{"N":"7"},"stream":{"S":"s"}}],"items":[{"id":{"S":"1"},"n":{"N":"1"}}]},"UnprocessedKeys":{}}"#;
    store.expect(Action::BatchGetItem, read, 200, found).await;
}

// Source: AWS docs: TransactWriteItems (TransactionCanceledException); member order inferred.
#[tokio::test]
async fn a_cancelled_transaction_gives_a_reason_for_each_action_and_changes_nothing() {
    let store = Store::new().await;
    store.put(r#"{"id":{"S":"1"}}"#).await;
    let write = r#"{"TransactItems":[
        {"Put":{"TableName":"items","Item":{"id":{"S":"2"}}}},
        {"Put":{"TableName":"items","Item":{"id":{"S":"1"}},
            "ConditionExpression":"attribute_not_exists(id)"}}]}"#;
    let cancelled = r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}],"Message":"Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]"}"#;
    store.expect(Action::TransactWriteItems, write, 400, cancelled).await;
    let get = r#"{"TableName":"items","Key":{"id":{"S":"2"}}}"#;
    store.expect(Action::GetItem, get, 200, "{}").await;
}

// Source: AWS docs: DescribeTable (TableArn).
#[tokio::test]
async fn arns_name_the_configured_region_and_account() {
    let mut options = vestibule_dynamodb::Options::new(vestibule_dynamodb::Location::Ephemeral);
    options.region = "eu-central-1".to_owned();
    options.account = "123456789012".to_owned();
    let store = Store::open(&options);
    store.tables.ensure_table(crate::fixture::EVENTS, None).await.unwrap();
    let reply = store.reply(Action::DescribeTable, r#"{"TableName":"events"}"#).await;
    let described: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(
        described.pointer("/Table/TableArn").unwrap(),
        "arn:aws:dynamodb:eu-central-1:123456789012:table/events"
    );
    let tags = r#"{"ResourceArn":"arn:aws:dynamodb:eu-central-1:123456789012:table/events"}"#;
    store.expect(Action::ListTagsOfResource, tags, 200, r#"{"Tags":[]}"#).await;
}

// Source: AWS docs: "Error handling with DynamoDB"; refused by name here.
#[tokio::test]
async fn an_action_that_the_store_has_not_is_unknown() {
    let store = Store::new().await;
    let unknown = r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;
    store.expect(Action::CreateBackup, "{}", 400, unknown).await;
}

// Source: AWS docs: "Naming rules"; an item without its key is refused.
#[tokio::test]
async fn an_item_without_its_key_is_refused() {
    let store = Store::new().await;
    let put = r#"{"TableName":"items","Item":{"name":{"S":"x"}}}"#;
    let refused =
        validation("One or more parameter values were invalid: Missing the key id in the item");
    store.expect(Action::PutItem, put, 400, &refused).await;
}

// Source: inferred (a handle must not keep the description of a table that was made anew).
#[tokio::test]
async fn a_table_made_anew_with_another_key_is_read_by_its_new_key() {
    let store = Store::new().await;
    store.put(r#"{"id":{"S":"1"}}"#).await;
    let by_id = r#"{"TableName":"items","Key":{"id":{"S":"1"}}}"#;
    store.expect(Action::GetItem, by_id, 200, r#"{"Item":{"id":{"S":"1"}}}"#).await;
    let scan = r#"{"TableName":"items"}"#;
    store
        .expect(
            Action::Scan,
            scan,
            200,
            r#"{"Count":1,"Items":[{"id":{"S":"1"}}],"ScannedCount":1}"#,
        )
        .await;
    assert_eq!(store.reply(Action::DeleteTable, scan).await.status, 200);
    let not_found = own("ResourceNotFoundException", "Requested resource not found");
    store.expect(Action::GetItem, by_id, 400, &not_found).await;
    let other = crate::fixture::EVENTS.replace("events", "items");
    store.tables.ensure_table(&other, None).await.unwrap();
    let mismatch = validation("The provided key element does not match the schema");
    store.expect(Action::GetItem, by_id, 400, &mismatch).await;
    store.expect(Action::Scan, scan, 200, r#"{"Count":0,"Items":[],"ScannedCount":0}"#).await;
}

// Source: AWS docs: "Change data capture for DynamoDB Streams" (the ARN leads to the records).
#[tokio::test]
async fn a_stream_is_followed_by_the_arns_it_shows() {
    let mut options = vestibule_dynamodb::Options::new(vestibule_dynamodb::Location::Ephemeral);
    options.region = "eu-central-1".to_owned();
    let store = Store::open(&options);
    let streamed = crate::fixture::ITEMS.replacen(
        '{',
        r#"{"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"},"#,
        1,
    );
    store.tables.ensure_table(&streamed, None).await.unwrap();
    store.put(r#"{"id":{"S":"1"}}"#).await;
    let list = value(&store, Action::ListStreams, "{}").await;
    let arn = list["Streams"][0]["StreamArn"].as_str().unwrap();
    assert!(
        arn.starts_with("arn:aws:dynamodb:eu-central-1:000000000000:table/items/stream/"),
        "{arn}"
    );
    let describe = format!(r#"{{"StreamArn":"{arn}"}}"#);
    let described = value(&store, Action::DescribeStream, &describe).await;
    let shard = described["StreamDescription"]["Shards"][0]["ShardId"].as_str().unwrap();
    let from = format!(
        r#"{{"StreamArn":"{arn}","ShardId":"{shard}","ShardIteratorType":"TRIM_HORIZON"}}"#
    );
    let iterator = value(&store, Action::GetShardIterator, &from).await;
    let records = format!(r#"{{"ShardIterator":{}}}"#, iterator["ShardIterator"]);
    let records = value(&store, Action::GetRecords, &records).await;
    let record = &records["Records"][0];
    assert_eq!(record["dynamodb"]["Keys"], serde_json::json!({ "id": { "S": "1" } }));
    assert_eq!(record["awsRegion"], "eu-central-1");
}

async fn value(store: &Store, action: Action, body: &str) -> serde_json::Value {
    let reply = store.reply(action, body).await;
    assert_eq!(reply.status, 200, "{action} {body}: {:?}", reply.body);
    serde_json::from_slice(&reply.body).unwrap()
}
