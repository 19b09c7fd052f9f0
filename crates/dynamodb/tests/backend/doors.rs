//! Names beginning `vestibule.` do not exist for `Tables`, whatever the door.
//!
//! Source of all: inferred (the program's own rule). `vestibule.meta` is in every store.

use vestibule_dynamodb::Action;

use crate::fixture::{EVENTS, Store, own, validation};

const HIDDEN: &str = "vestibule.meta";
/// A name of the same form that is nowhere.
const MISSING: &str = "wwwwwwwww.meta";

/// One request for each action and each form of the name, the table's name as `@`.
const DOORS: &[(Action, &str)] = &[
    (Action::GetItem, r#"{"TableName":"@","Key":{"name":{"S":"schema"}}}"#),
    (
        Action::GetItem,
        r#"{"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/@","Key":{"name":{"S":"schema"}}}"#,
    ),
    (Action::PutItem, r#"{"TableName":"@","Item":{"name":{"S":"x"}}}"#),
    (Action::UpdateItem, r#"{"TableName":"@","Key":{"name":{"S":"schema"}}}"#),
    (Action::DeleteItem, r#"{"TableName":"@","Key":{"name":{"S":"schema"}}}"#),
    (
        Action::Query,
        r#"{"TableName":"@","KeyConditionExpression":"id = :s","ExpressionAttributeValues":{":s":{"S":"schema"}}}"#,
    ),
    (Action::Scan, r#"{"TableName":"@"}"#),
    (Action::BatchGetItem, r#"{"RequestItems":{"@":{"Keys":[{"name":{"S":"schema"}}]}}}"#),
    (
        Action::BatchGetItem,
        r#"{"RequestItems":{"arn:aws:dynamodb:us-east-1:000000000000:table/@":{"Keys":[{"name":{"S":"schema"}}]}}}"#,
    ),
    (
        Action::BatchWriteItem,
        r#"{"RequestItems":{"@":[{"PutRequest":{"Item":{"name":{"S":"x"}}}}]}}"#,
    ),
    (
        Action::BatchWriteItem,
        r#"{"RequestItems":{"@":[{"DeleteRequest":{"Key":{"name":{"S":"schema"}}}}]}}"#,
    ),
    (
        Action::TransactGetItems,
        r#"{"TransactItems":[{"Get":{"TableName":"@","Key":{"name":{"S":"schema"}}}}]}"#,
    ),
    (
        Action::TransactWriteItems,
        r#"{"TransactItems":[{"Put":{"TableName":"@","Item":{"name":{"S":"x"}}}}]}"#,
    ),
    (
        Action::TransactWriteItems,
        r#"{"TransactItems":[{"Delete":{"TableName":"@","Key":{"name":{"S":"schema"}}}}]}"#,
    ),
    (
        Action::TransactWriteItems,
        r#"{"TransactItems":[{"Update":{"TableName":"@","Key":{"name":{"S":"schema"}},"UpdateExpression":"REMOVE x"}}]}"#,
    ),
    (
        Action::TransactWriteItems,
        r#"{"TransactItems":[{"ConditionCheck":{"TableName":"@","Key":{"name":{"S":"schema"}},"ConditionExpression":"attribute_exists(version)"}}]}"#,
    ),
    (Action::ExecuteStatement, r#"{"Statement":"SELECT * FROM \"@\""}"#),
    (
        Action::ExecuteStatement,
        r#"{"Statement":"SELECT * FROM \"@\".\"index\" WHERE name = 'schema'"}"#,
    ),
    (Action::ExecuteStatement, r#"{"Statement":"INSERT INTO \"@\" VALUE {'name':'x'}"}"#),
    (Action::ExecuteStatement, r#"{"Statement":"UPDATE \"@\" SET version=9 WHERE name='schema'"}"#),
    (Action::ExecuteStatement, r#"{"Statement":"DELETE FROM \"@\" WHERE name='schema'"}"#),
    (
        Action::BatchExecuteStatement,
        r#"{"Statements":[{"Statement":"SELECT * FROM \"@\" WHERE name='schema'"}]}"#,
    ),
    (
        Action::ExecuteTransaction,
        r#"{"TransactStatements":[{"Statement":"DELETE FROM \"@\" WHERE name='schema'"}]}"#,
    ),
    (Action::DescribeTable, r#"{"TableName":"@"}"#),
    (Action::DeleteTable, r#"{"TableName":"@"}"#),
    (Action::UpdateTable, r#"{"TableName":"@","BillingMode":"PAY_PER_REQUEST"}"#),
    (Action::DescribeTimeToLive, r#"{"TableName":"@"}"#),
    (
        Action::UpdateTimeToLive,
        r#"{"TableName":"@","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"t"}}"#,
    ),
    (
        Action::ListTagsOfResource,
        r#"{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/@"}"#,
    ),
    (
        Action::TagResource,
        r#"{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/@","Tags":[{"Key":"k","Value":"v"}]}"#,
    ),
    (
        Action::UntagResource,
        r#"{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/@","TagKeys":["k"]}"#,
    ),
    (Action::ListStreams, r#"{"TableName":"@"}"#),
    (
        Action::DescribeStream,
        r#"{"StreamArn":"arn:aws:dynamodb:us-east-1:000000000000:table/@/stream/2026-01-01T00:00:00.000"}"#,
    ),
    (
        Action::GetShardIterator,
        r#"{"StreamArn":"arn:aws:dynamodb:us-east-1:000000000000:table/@/stream/2026-01-01T00:00:00.000","ShardId":"shardId-00000001-@","ShardIteratorType":"TRIM_HORIZON"}"#,
    ),
    (Action::GetRecords, r#"{"ShardIterator":"@"}"#),
    (
        Action::SearchVectors,
        r#"{"TableName":"@","IndexName":"v","SearchVector":[{"N":"1"}],"TopK":1}"#,
    ),
];

#[tokio::test]
async fn every_door_answers_as_for_a_table_that_is_nowhere() {
    let store = Store::new().await;
    for (action, request) in DOORS {
        let hidden = store.reply(*action, &request.replace('@', HIDDEN)).await;
        let missing = store.reply(*action, &request.replace('@', MISSING)).await;
        let hidden = String::from_utf8(hidden.body.to_vec()).unwrap().replace(HIDDEN, "@");
        let missing = String::from_utf8(missing.body.to_vec()).unwrap().replace(MISSING, "@");
        assert_eq!(hidden, missing, "{action} {request}");
        assert!(!hidden.contains("schema\""), "{action} shows an item: {hidden}");
    }
    let stamp = r#"{"TableName":"vestibule.meta"}"#;
    let reply = store.state_reply(Action::Scan, stamp).await;
    let whole =
        r#"{"Count":1,"Items":[{"name":{"S":"schema"},"version":{"N":"1"}}],"ScannedCount":1}"#;
    assert_eq!(reply.body, whole);
}

#[test]
fn the_doors_cover_every_action_that_can_name_a_table() {
    let elsewhere = [Action::CreateTable, Action::ListTables];
    for action in Action::ALL.iter().filter(|action| action.is_supported()) {
        let is_tried = DOORS.iter().any(|(tried, _)| tried == action);
        assert!(is_tried || elsewhere.contains(action), "{action} has no door in the test");
    }
}

#[tokio::test]
async fn an_escaped_name_is_the_same_name() {
    let store = Store::new().await;
    let get = r#"{"TableName":"\u0076estibule.meta","Key":{"name":{"S":"schema"}}}"#;
    let not_found = own("ResourceNotFoundException", "Requested resource not found");
    store.expect(Action::GetItem, get, 400, &not_found).await;
}

#[tokio::test]
async fn data_may_say_vestibule() {
    let store = Store::new().await;
    store.put(r#"{"id":{"S":"vestibule.meta"},"vestibule.x":{"S":"TableName"}}"#).await;
    let get = r#"{"TableName":"items","Key":{"id":{"S":"vestibule.meta"}}}"#;
    let item = r#"{"Item":{"id":{"S":"vestibule.meta"},"vestibule.x":{"S":"TableName"}}}"#;
    store.expect(Action::GetItem, get, 200, item).await;
}

#[tokio::test]
async fn a_list_of_tables_has_none_of_them() {
    let store = Store::new().await;
    store.expect(Action::ListTables, "{}", 200, r#"{"TableNames":["events","items"]}"#).await;
    let from = r#"{"ExclusiveStartTableName":"vestibule."}"#;
    store.expect(Action::ListTables, from, 200, r#"{"TableNames":[]}"#).await;
}

#[tokio::test]
async fn a_table_of_such_a_name_cannot_be_made() {
    let store = Store::empty();
    let refused =
        validation("TableName `vestibule.x` is refused: names beginning `vestibule.` are reserved");
    for name in ["vestibule.x", r"\u0076estibule.x"] {
        let create = EVENTS.replace("events", name);
        store.expect(Action::CreateTable, &create, 400, &refused).await;
    }
    let twice =
        EVENTS.replacen('{', r#"{"TableName":"harmless","#, 1).replace("events", "vestibule.x");
    store.expect(Action::CreateTable, &twice, 400, &refused).await;
    store.expect(Action::ListTables, "{}", 200, r#"{"TableNames":[]}"#).await;
}

#[tokio::test]
async fn the_state_has_no_other_tables() {
    let store = Store::new().await;
    let refused = validation("TableName `events` is refused: names must begin `vestibule.`");
    let reply = store.state_reply(Action::CreateTable, EVENTS).await;
    assert_eq!((reply.status, reply.body), (400, refused.into()));
    let not_found = own("ResourceNotFoundException", "Requested resource not found");
    let get = r#"{"TableName":"items","Key":{"id":{"S":"1"}}}"#;
    let reply = store.state_reply(Action::GetItem, get).await;
    assert_eq!((reply.status, reply.body), (400, not_found.into()));
    let create = EVENTS.replace("events", "vestibule.events");
    assert_eq!(store.state_reply(Action::CreateTable, &create).await.status, 200);
    let list = store.state_reply(Action::ListTables, "{}").await;
    assert_eq!(list.body, r#"{"TableNames":["vestibule.events","vestibule.meta"]}"#);
    store.expect(Action::ListTables, "{}", 200, r#"{"TableNames":["events","items"]}"#).await;
}
