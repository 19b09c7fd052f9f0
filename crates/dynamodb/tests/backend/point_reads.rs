//! GetItem while tables change below it: each answer is that of the table as it is now.
//!
//! Source of all: inferred (a call that follows an acknowledged change sees it).

use vestibule_dynamodb::{Action, Location, Options};

use crate::fixture::{self, EVENTS, Store, folder, validation};

const GET: &str = r#"{"TableName":"items","Key":{"id":{"S":"1"}}}"#;
const ITEM: &str = r#"{"Item":{"id":{"S":"1"},"n":{"N":"1"}}}"#;
const DEFINE: &str = r#""TableName":"items","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName""#;

async fn store() -> Store {
    let store = Store::new().await;
    store.put(r#"{"n":{"N":"1"},"id":{"S":"1"}}"#).await;
    store.expect(Action::GetItem, GET, 200, ITEM).await;
    store
}

async fn change(store: &Store, action: Action, body: &str) {
    let reply = store.reply(action, body).await;
    assert!(reply.is_success(), "{reply:?}");
}

#[tokio::test]
async fn a_table_made_again_with_another_key_is_read_by_that_key() {
    let store = store().await;
    change(&store, Action::DeleteTable, r#"{"TableName":"items"}"#).await;
    let gone = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}"#;
    store.expect(Action::GetItem, GET, 400, gone).await;
    let number = format!(
        r#"{{{DEFINE}:"id","AttributeType":"N"}}],"KeySchema":[{{"AttributeName":"id","KeyType":"HASH"}}]}}"#
    );
    change(&store, Action::CreateTable, &number).await;
    let mismatch = validation("The provided key element does not match the schema");
    store.expect(Action::GetItem, GET, 400, &mismatch).await;
    let get = r#"{"TableName":"items","Key":{"id":{"N":"1"}}}"#;
    store.expect(Action::GetItem, get, 200, "{}").await;
    store.put(r#"{"id":{"N":"1.0"}}"#).await;
    store.expect(Action::GetItem, get, 200, r#"{"Item":{"id":{"N":"1"}}}"#).await;
    change(&store, Action::DeleteTable, r#"{"TableName":"items"}"#).await;
    let both = format!(
        r#"{{{DEFINE}:"id","AttributeType":"S"}},{{"AttributeName":"at","AttributeType":"S"}}],"KeySchema":[{{"AttributeName":"id","KeyType":"HASH"}},{{"AttributeName":"at","KeyType":"RANGE"}}]}}"#
    );
    change(&store, Action::CreateTable, &both).await;
    store.expect(Action::GetItem, GET, 400, &mismatch).await;
    let get = r#"{"TableName":"items","Key":{"id":{"S":"1"},"at":{"S":"2"}}}"#;
    store.expect(Action::GetItem, get, 200, "{}").await;
}

#[tokio::test]
async fn a_new_index_and_a_time_to_live_leave_reads_as_they_are() {
    let store = store().await;
    let ttl =
        r#"{"TableName":"items","TimeToLiveSpecification":{"AttributeName":"n","Enabled":true}}"#;
    change(&store, Action::UpdateTimeToLive, ttl).await;
    store.expect(Action::GetItem, GET, 200, ITEM).await;
    let index = r#"{"TableName":"items","AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"}],
        "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by-n",
        "KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}"#;
    change(&store, Action::UpdateTable, index).await;
    store.expect(Action::GetItem, GET, 200, ITEM).await;
    store.put(r#"{"n":{"N":"2"},"id":{"S":"1"}}"#).await;
    store.expect(Action::GetItem, GET, 200, r#"{"Item":{"id":{"S":"1"},"n":{"N":"2"}}}"#).await;
}

#[tokio::test]
async fn an_item_is_read_at_once_after_a_change_of_tables_while_another_process_writes() {
    let folder = folder();
    let store = Store::open(&Options::new(Location::Directory(folder.path().to_owned())));
    store.tables.ensure_table(fixture::ITEMS, None).await.unwrap();
    store.put(r#"{"n":{"N":"1"},"id":{"S":"1"}}"#).await;
    store.expect(Action::GetItem, GET, 200, ITEM).await;
    store.tables.ensure_table(EVENTS, None).await.unwrap();
    let other = rusqlite::Connection::open(folder.path().join("tables.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    store.expect(Action::GetItem, GET, 200, ITEM).await;
}

#[tokio::test]
async fn the_last_handle_leaves_no_log_behind() {
    let folder = folder();
    let store = Store::open(&Options::new(Location::Directory(folder.path().to_owned())));
    store.tables.ensure_table(fixture::ITEMS, None).await.unwrap();
    store.put(r#"{"n":{"N":"1"},"id":{"S":"1"}}"#).await;
    store.expect(Action::GetItem, GET, 200, ITEM).await;
    drop(store);
    assert!(!folder.path().join("tables.db-wal").exists());
}

#[tokio::test]
async fn both_ways_to_read_an_item_agree() {
    let store = store().await;
    let by_engine =
        r#"{"TableName":"items","Key":{"id":{"S":"1"}},"ReturnConsumedCapacity":"NONE"}"#;
    store.expect(Action::GetItem, by_engine, 200, ITEM).await;
    let escaped = r#"{"TableName":"items","Key":{"id":{"S":"\u0031"}}}"#;
    store.expect(Action::GetItem, escaped, 200, ITEM).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reads_see_each_acknowledged_update_while_others_read_and_write() {
    let store = store().await;
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let tables = store.tables.clone();
            tokio::spawn(async move {
                let key = format!(r#""TableName":"items","Key":{{"id":{{"S":"t{task}"}}}}"#);
                for round in 1..=20 {
                    let update = format!(
                        r#"{{{key},"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{{":one":{{"N":"1"}}}}}}"#
                    );
                    assert!(tables.call(Action::UpdateItem, update.into()).await.unwrap().is_success());
                    let got = tables.call(Action::GetItem, format!("{{{key}}}").into()).await.unwrap();
                    let item = format!(r#"{{"Item":{{"id":{{"S":"t{task}"}},"n":{{"N":"{round}"}}}}}}"#);
                    assert_eq!(got.body, item);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}
