//! Bodies that are not requests, answered in DynamoDB's words.
//!
//! Source, unless a test says otherwise: recorded on AWS by the engine's authors (eu-west-2 and
//! us-east-1, 2026), see `serde_errors.rs` and `serialization_checks.rs` of dynoxide 3.2.0.

use vestibule_dynamodb::Action;

use crate::fixture::{Store, serialization, validation};

const BARE: &str = r#"{"__type":"com.amazon.coral.service#SerializationException"}"#;

#[tokio::test]
async fn what_is_not_json_is_a_bare_serialization_exception() {
    let store = Store::new().await;
    for body in [
        "",
        " ",
        "{",
        "nonsense",
        r#"{"TableName":"items""#,
        r#"{"TableName":items}"#,
        "{}x",
        "[]",
        "null",
        "\"x\"",
        "7",
    ] {
        store.expect(Action::GetItem, body, 400, BARE).await;
    }
    let reply = store.tables.call(Action::GetItem, bytes::Bytes::from_static(b"{\"a\":\"\xff\"}"));
    assert_eq!(reply.await.unwrap().body, BARE);
}

#[tokio::test]
async fn a_value_of_a_wrong_type_is_named_by_its_token() {
    let store = Store::new().await;
    let cases = [
        (r#"{"TableName":true,"Key":{}}"#, "TRUE_VALUE cannot be converted to String"),
        (r#"{"TableName":false,"Key":{}}"#, "FALSE_VALUE cannot be converted to String"),
        (r#"{"TableName":7,"Key":{}}"#, "NUMBER_VALUE cannot be converted to String"),
        (r#"{"TableName":7.5,"Key":{}}"#, "DECIMAL_VALUE cannot be converted to String"),
        (r#"{"TableName":[],"Key":{}}"#, "Unrecognized collection type class java.lang.String"),
        (r#"{"TableName":{},"Key":{}}"#, "Start of structure or map found where not expected"),
        (
            r#"{"TableName":"items","Key":[]}"#,
            "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
        ),
        (r#"{"TableName":"items","Key":"x"}"#, "Unexpected field type"),
        (r#"{"TableName":"items","Key":{"id":"x"}}"#, "Unexpected value type in payload"),
        (
            r#"{"TableName":"items","Key":{"id":[]}}"#,
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue",
        ),
        (
            r#"{"TableName":"items","Key":{"id":{"N":7}}}"#,
            "NUMBER_VALUE cannot be converted to String",
        ),
        (
            r#"{"TableName":"items","Key":{"id":{"S":"1"}},"ConsistentRead":"x"}"#,
            "Unexpected token received from parser",
        ),
        (
            r#"{"TableName":"items","Key":{"id":{"S":"1"}},"ConsistentRead":1}"#,
            "NUMBER_VALUE cannot be converted to Boolean",
        ),
    ];
    for (body, message) in cases {
        store.expect(Action::GetItem, body, 400, &serialization(message)).await;
    }
}

#[tokio::test]
async fn members_that_the_engine_reads_loosely_are_checked_too() {
    let store = Store::new().await;
    let cases = [
        (
            Action::Query,
            r#"{"TableName":"items","ExclusiveStartKey":"x"}"#,
            "Unexpected field type",
        ),
        (
            Action::Query,
            r#"{"TableName":"items","KeyConditions":[]}"#,
            "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.Condition>",
        ),
        (
            Action::Query,
            r#"{"TableName":"items","QueryFilter":{"a":{"AttributeValueList":{}}}}"#,
            "Start of structure or map found where not expected",
        ),
        (
            Action::Query,
            r#"{"TableName":"items","Limit":"5"}"#,
            "STRING_VALUE cannot be converted to Integer",
        ),
        (
            Action::Scan,
            r#"{"TableName":"items","ScanFilter":{"a":"b"}}"#,
            "Unexpected value type in payload",
        ),
        (
            Action::PutItem,
            r#"{"TableName":"items","Item":{},"Expected":{"a":{"Exists":3}}}"#,
            "NUMBER_VALUE cannot be converted to Boolean",
        ),
        (
            Action::UpdateItem,
            r#"{"TableName":"items","Key":{},"AttributeUpdates":5}"#,
            "Unexpected field type",
        ),
        (
            Action::CreateTable,
            r#"{"TableName":"abc","AttributeDefinitions":{}}"#,
            "Start of structure or map found where not expected",
        ),
        (
            Action::BatchWriteItem,
            r#"{"RequestItems":{"items":[{"PutRequest":[]}]}}"#,
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.PutRequest",
        ),
    ];
    for (action, body, message) in cases {
        store.expect(action, body, 400, &serialization(message)).await;
    }
}

#[tokio::test]
async fn a_missing_member_is_named() {
    let store = Store::new().await;
    let missing = |path: &str| {
        format!(
            "1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
        )
    };
    let cases = [
        (Action::GetItem, r#"{"TableName":"items"}"#, missing("key")),
        (Action::PutItem, r#"{"TableName":"items"}"#, missing("item")),
        (Action::BatchWriteItem, "{}", missing("requestItems")),
        (
            Action::BatchGetItem,
            r#"{"RequestItems":{"items":{}}}"#,
            missing("requestItems.items.member.keys"),
        ),
        (
            Action::TransactWriteItems,
            r#"{"TransactItems":[{"Put":{"TableName":"items"}}]}"#,
            missing("transactItems.1.member.put.item"),
        ),
        (Action::ExecuteStatement, "{}", missing("statement")),
        (
            Action::UpdateTimeToLive,
            r#"{"TableName":"items","TimeToLiveSpecification":{"Enabled":true}}"#,
            missing("timeToLiveSpecification.attributeName"),
        ),
    ];
    for (action, body, message) in cases {
        store.expect(action, body, 400, &validation(&message)).await;
    }
}

// Source: AWS docs: AttributeValue; the words as in the file's header.
#[tokio::test]
async fn bad_attribute_values_are_refused() {
    let store = Store::new().await;
    let empty =
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
    let two = "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
    let put =
        |value: &str| format!(r#"{{"TableName":"items","Item":{{"id":{{"S":"1"}},"v":{value}}}}}"#);
    store.expect(Action::PutItem, &put("{}"), 400, &validation(empty)).await;
    store.expect(Action::PutItem, &put(r#"{"X":"1"}"#), 400, &validation(empty)).await;
    store.expect(Action::PutItem, &put(r#"{"S":"1","N":"1"}"#), 400, &validation(two)).await;
    let null = "1 validation error detected: One or more parameter values were invalid: Null attribute value types must have the value of true";
    store.expect(Action::PutItem, &put(r#"{"NULL":false}"#), 400, &validation(null)).await;
}

// Source: inferred (AWS ignores members that it does not know).
#[tokio::test]
async fn unknown_members_are_ignored() {
    let store = Store::new().await;
    let get = r#"{"TableName":"items","Key":{"id":{"S":"1"}},"Unknown":{"deep":[1,2]}}"#;
    store.expect(Action::GetItem, get, 200, "{}").await;
}

// Source: inferred (AWS's reader keeps the last of two members of one name).
#[tokio::test]
async fn the_last_of_two_members_of_one_name_counts() {
    let store = Store::new().await;
    store.put(r#"{"id":{"S":"1"}}"#).await;
    let get = r#"{"TableName":"nope","TableName":"items","Key":{"id":{"S":"1"}}}"#;
    store.expect(Action::GetItem, get, 200, r#"{"Item":{"id":{"S":"1"}}}"#).await;
}

#[tokio::test]
async fn a_value_nested_too_deep_is_refused_and_an_absurd_one_is_not_read() {
    let store = Store::new().await;
    let nested = |levels: usize| {
        format!(
            r#"{{"TableName":"items","Item":{{"id":{{"S":"1"}},"v":{}{{"S":"x"}}{}}}}}"#,
            r#"{"L":["#.repeat(levels),
            "]}".repeat(levels)
        )
    };
    store.expect(Action::PutItem, &nested(31), 200, "{}").await;
    let too_deep = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";
    for levels in [70, 500, 1_900] {
        store.expect(Action::PutItem, &nested(levels), 400, &validation(too_deep)).await;
    }
    for levels in [2_100, 200_000] {
        store.expect(Action::PutItem, &nested(levels), 400, BARE).await;
    }
}

// Source: AWS docs: BatchWriteItem (16 MB a request); the status is inferred.
#[tokio::test]
async fn a_body_over_16_mb_is_refused_unread() {
    let store = Store::new().await;
    let body = " ".repeat(16 * 1024 * 1024 + 1);
    let refused = r#"{"__type":"com.amazon.coral.service#RequestEntityTooLargeException"}"#;
    store.expect(Action::PutItem, &body, 413, refused).await;
    store.expect(Action::GetItem, &" ".repeat(16 * 1024 * 1024), 400, BARE).await;
}
