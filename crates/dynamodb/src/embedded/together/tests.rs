//! What calls in one transaction leave behind, and what a lost one answers.
//!
//! Source of all: inferred (the promise of `together.rs`).

use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::action::Action;
use crate::side::Side;
use crate::wire::Arns;

const INTERNAL: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}"#;

fn engine(folder: &tempfile::TempDir) -> Engine {
    let arns = Arns::new("us-east-1", "000000000000");
    Engine::open(&folder.path().join("tables.db"), Side::Tables, arns).unwrap()
}

fn with_table(folder: &tempfile::TempDir) -> Engine {
    let mut engine = engine(folder);
    let table = json!({"TableName": "items", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"}});
    let create = Call::new(Action::CreateTable, Bytes::from(table.to_string()));
    assert!(engine.perform(&[create])[0].is_success());
    engine
}

fn put(id: &str) -> Call {
    let body = json!({"TableName": "items", "Item": {"id": {"S": id}},
        "ConditionExpression": "attribute_not_exists(id)"});
    Call::new(Action::PutItem, Bytes::from(body.to_string()))
}

/// Returns the ids of all items, in order.
fn ids(engine: &mut Engine) -> Vec<String> {
    let reply = engine.answer(Action::Scan, br#"{"TableName":"items"}"#);
    let page: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let items = page["Items"].as_array().unwrap().iter();
    let mut ids: Vec<String> = items.map(|item| item["id"]["S"].as_str().unwrap().into()).collect();
    ids.sort();
    ids
}

fn bodies(replies: &[Reply]) -> Vec<&str> {
    replies.iter().map(|reply| std::str::from_utf8(&reply.body).unwrap()).collect()
}

#[test]
fn a_refused_call_leaves_nothing_and_the_others_are_there_for_other_connections() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = with_table(&folder);
    let pair = json!({"TransactItems": [
        {"Put": {"TableName": "items", "Item": {"id": {"S": "torn"}}}},
        {"Put": {"TableName": "items", "Item": {"id": {"S": "1"}},
            "ConditionExpression": "attribute_not_exists(id)"}}]});
    let pair = Call::new(Action::TransactWriteItems, Bytes::from(pair.to_string()));
    let replies = writer.perform(&[put("1"), put("1"), pair, put("2")]);
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [200, 400, 400, 200]);
    assert_eq!(ids(&mut engine(&folder)), ["1", "2"]);
}

#[test]
fn a_batch_and_writes_beside_it_are_one_transaction_and_one_sync() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = with_table(&folder);
    let commits = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&commits);
    writer.storage().unwrap().conn().commit_hook(Some(move || {
        count.fetch_add(1, Ordering::SeqCst);
        false
    }));
    let request = |id: usize| json!({"PutRequest": {"Item": {"id": {"S": id.to_string()}}}});
    let body = json!({"RequestItems": {"items": (0..25).map(request).collect::<Vec<_>>()}});
    let batch = Call::new(Action::BatchWriteItem, Bytes::from(body.to_string()));
    let written = r#"{"UnprocessedItems":{}}"#;
    assert_eq!(bodies(&writer.perform(std::slice::from_ref(&batch))), [written]);
    assert_eq!(commits.load(Ordering::SeqCst), 1);
    let replies = writer.perform(&[put("a"), batch, put("b")]);
    assert_eq!(bodies(&replies), ["{}", written, "{}"]);
    assert_eq!(commits.load(Ordering::SeqCst), 2);
    assert_eq!(ids(&mut engine(&folder)).len(), 27);
}

#[test]
fn a_commit_that_fails_fails_all_of_them_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = with_table(&folder);
    writer.storage().unwrap().conn().commit_hook(Some(|| true));
    assert_eq!(bodies(&writer.perform(&[put("1"), put("2")])), [INTERNAL, INTERNAL]);
    writer.storage().unwrap().conn().commit_hook(None::<fn() -> bool>);
    assert!(ids(&mut engine(&folder)).is_empty());
    assert_eq!(bodies(&writer.perform(&[put("1"), put("2")])), ["{}", "{}"]);
    assert_eq!(ids(&mut engine(&folder)), ["1", "2"]);
}

#[test]
fn calls_that_find_the_file_taken_wait_for_it_once_together() {
    static WAITS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let folder = tempfile::tempdir().unwrap();
    let mut writer = with_table(&folder);
    let count = |_| WAITS.fetch_add(1, Ordering::SeqCst) > usize::MAX / 2;
    writer.storage().unwrap().conn().busy_handler(Some(count)).unwrap();
    let other = Connection::open(folder.path().join("tables.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(bodies(&writer.perform(&[put("1"), put("2"), put("3")])), [INTERNAL; 3]);
    assert_eq!(WAITS.load(Ordering::SeqCst), 1);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(bodies(&writer.perform(&[put("1"), put("2")])), ["{}", "{}"]);
}

#[test]
fn a_file_that_cannot_grow_fails_what_is_not_durable_and_goes_on_when_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = with_table(&folder);
    let pages = |writer: &mut Engine, most: &str| {
        let limit = format!("PRAGMA max_page_count = {most}");
        let connection = writer.storage().unwrap().conn();
        connection.query_row(&limit, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let size = pages(&mut writer, "1");
    assert!(size > 1, "a file has at least the pages that it has");
    let large = json!({"TableName": "items",
        "Item": {"id": {"S": "large"}, "text": {"S": "x".repeat(100_000)}}});
    let large = Call::new(Action::PutItem, Bytes::from(large.to_string()));
    let replies = writer.perform(&[put("1"), large.clone(), put("2")]);
    assert_eq!(bodies(&replies), [INTERNAL, INTERNAL, "{}"]);
    assert_eq!(ids(&mut engine(&folder)), ["2"]);
    pages(&mut writer, "1000000");
    assert_eq!(bodies(&writer.perform(&[large])), ["{}"]);
}

#[test]
fn a_deletion_by_time_to_live_is_told_in_the_stream_as_dynamodbs_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = with_table(&folder);
    let delete = |id: &str, by| {
        let body = json!({"TableName": "items", "Key": {"id": {"S": id}}});
        let body = Bytes::from(body.to_string());
        Call { action: Action::DeleteItem, body, by }
    };
    let calls = [put("1"), put("2"), delete("1", By::TimeToLive), delete("2", By::Caller)];
    assert_eq!(bodies(&writer.perform(&calls)), ["{}"; 4]);
    let connection = writer.storage().unwrap().conn();
    let mut records = connection
        .prepare("SELECT event_name, user_identity FROM _stream_records ORDER BY id")
        .unwrap();
    let records: Vec<(String, Option<String>)> = records
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let own = r#"{"type":"Service","principalId":"dynamodb.amazonaws.com"}"#;
    let expected = [("INSERT", None), ("INSERT", None), ("REMOVE", Some(own)), ("REMOVE", None)];
    let expected = expected.map(|(event, by)| (event.to_owned(), by.map(str::to_owned)));
    assert_eq!(records, expected);
}
