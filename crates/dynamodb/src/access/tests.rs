//! Source: AWS docs ("Using IAM policy conditions for fine-grained access control", service authorization reference of DynamoDB).

use super::*;
use crate::embedded::{Embedded, Location, Options};
use bytes::Bytes;

const DEFINITION: &str = r#"{"TableName": "scores", "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "user", "AttributeType": "S"}, {"AttributeName": "game", "AttributeType": "S"},
        {"AttributeName": "team", "AttributeType": "N"}],
    "KeySchema": [{"AttributeName": "user", "KeyType": "HASH"}, {"AttributeName": "game", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [{"IndexName": "teams", "Projection": {"ProjectionType": "ALL"},
        "KeySchema": [{"AttributeName": "team", "KeyType": "HASH"}]}]}"#;

/// What a request touches, a line each.
async fn touched(action: Action, body: &str) -> Vec<String> {
    let (tables, _state) = Embedded::open(&Options::new(Location::Ephemeral)).unwrap();
    tables.ensure_table(DEFINITION, None).await.unwrap();
    let accesses = tables.accesses(action, &Bytes::from(body.to_owned())).await;
    accesses.iter().map(line).collect()
}

fn line(access: &Access) -> String {
    let mut line = access.action.to_owned();
    let mut say = |name: &str, value: Option<String>| {
        line.extend(value.map(|value| format!(" {name}={value}")));
    };
    say("table", access.table.clone());
    say("index", access.index.clone());
    say("keys", access.leading_keys.as_ref().map(|keys| keys.join(",")));
    say("attributes", access.attributes.as_ref().map(|names| names.join(",")));
    say("select", access.select.clone());
    say("returns", access.return_values.clone());
    say("capacity", access.return_consumed_capacity.clone());
    say("in", access.enclosing_operation.map(str::to_owned));
    line
}

#[tokio::test]
async fn items_have_keys_and_attributes() {
    let cases = [
        (
            Action::GetItem,
            r##"{"TableName": "scores", "Key": {"game": {"S": "go"}, "user": {"S": "bob"}},
                "ProjectionExpression": "#p, wins.total, list[0]", "ExpressionAttributeNames": {"#p": "points"}}"##,
            "GetItem table=scores keys=bob attributes=points,wins,list,game,user select=SPECIFIC_ATTRIBUTES",
        ),
        (
            Action::PutItem,
            r#"{"TableName": "scores", "Item": {"user": {"S": "bob"}, "game": {"S": "go"}, "points": {"N": "1"}},
                "ConditionExpression": "attribute_not_exists(owner) OR owner = :o", "ReturnValues": "ALL_OLD"}"#,
            "PutItem table=scores keys=bob attributes=owner,user,game,points returns=ALL_OLD",
        ),
        (
            Action::UpdateItem,
            r##"{"TableName": "arn:aws:dynamodb:us-east-1:000000000000:table/scores", "Key": {"user": {"S": "eve"}, "game": {"S": "go"}},
                "UpdateExpression": "SET points = if_not_exists(points, :z) + :n REMOVE #old", "ExpressionAttributeNames": {"#old": "last"}}"##,
            "UpdateItem table=scores keys=eve attributes=points,last,user,game",
        ),
        (
            Action::DeleteItem,
            r#"{"TableName": "scores", "Key": {"user": {"S": "bob"}, "user": {"S": "eve"}}}"#,
            "DeleteItem table=scores keys=eve attributes=user",
        ),
    ];
    for (action, body, expected) in cases {
        assert_eq!(touched(action, body).await, [expected]);
    }
}

#[tokio::test]
async fn queries_have_the_key_of_their_index() {
    let cases = [
        (
            r##"{"TableName": "scores", "KeyConditionExpression": "(#u = :u) AND begins_with(game, :g)",
                "ExpressionAttributeNames": {"#u": "user"}, "ExpressionAttributeValues": {":u": {"S": "bob"}, ":g": {"S": "g"}}}"##,
            "Query table=scores keys=bob attributes=user,game select=ALL_ATTRIBUTES",
        ),
        (
            r#"{"TableName": "scores", "IndexName": "teams", "KeyConditionExpression": ":t = team",
                "ExpressionAttributeValues": {":t": {"N": "7"}}}"#,
            "Query table=scores index=teams keys=7 attributes=team select=ALL_PROJECTED_ATTRIBUTES",
        ),
        (
            r#"{"TableName": "scores", "Select": "COUNT",
                "KeyConditions": {"user": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "bob"}]}}}"#,
            "Query table=scores keys=bob attributes=user select=COUNT",
        ),
        (
            r#"{"TableName": "scores", "KeyConditionExpression": "user > :u", "ExpressionAttributeValues": {":u": {"S": "a"}}}"#,
            "Query table=scores keys=\u{fffd} attributes=user select=ALL_ATTRIBUTES",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(touched(Action::Query, body).await, [expected]);
    }
    let scan = r#"{"TableName": "scores", "FilterExpression": "size(points) > :n"}"#;
    assert_eq!(
        touched(Action::Scan, scan).await,
        ["Scan table=scores attributes=points select=ALL_ATTRIBUTES"]
    );
}

#[tokio::test]
async fn batches_and_transactions_are_told_part_by_part() {
    let batch = r#"{"RequestItems": {"scores": [{"PutRequest": {"Item": {"user": {"S": "bob"}, "x": {"S": ""}}}},
        {"DeleteRequest": {"Key": {"user": {"S": "eve"}}}}]}, "ReturnConsumedCapacity": "TOTAL"}"#;
    assert_eq!(
        touched(Action::BatchWriteItem, batch).await,
        ["BatchWriteItem table=scores keys=bob,eve attributes=user,x capacity=TOTAL"]
    );
    let get = r#"{"RequestItems": {"scores": {"Keys": [{"user": {"S": "bob"}, "game": {"S": "go"}}]}, "other": {"Keys": [{"a": {"S": "b"}}]}}}"#;
    assert_eq!(
        touched(Action::BatchGetItem, get).await,
        [
            "BatchGetItem table=scores keys=bob attributes=user,game select=ALL_ATTRIBUTES",
            "BatchGetItem table=other keys=\u{fffd} attributes=a select=ALL_ATTRIBUTES",
        ]
    );
    let transaction = r#"{"TransactItems": [{"Put": {"TableName": "scores", "Item": {"user": {"S": "bob"}}}},
        {"ConditionCheck": {"TableName": "scores", "Key": {"user": {"S": "eve"}}, "ConditionExpression": "points > :n"}}]}"#;
    assert_eq!(
        touched(Action::TransactWriteItems, transaction).await,
        [
            "PutItem table=scores keys=bob attributes=user in=TransactWriteItems",
            "ConditionCheckItem table=scores keys=eve attributes=points,user in=TransactWriteItems",
        ]
    );
}

#[tokio::test]
async fn statements_name_their_table_and_hide_their_keys() {
    let hidden = "keys=\u{fffd} attributes=\u{fffd}";
    for (statement, expected) in [
        (
            "SELECT * FROM \"scores\".\"teams\" WHERE team = 7",
            "PartiQLSelect table=scores index=teams",
        ),
        ("insert into scores value {'user': 'bob'}", "PartiQLInsert table=scores"),
        ("UPDATE \"scores\" SET points = 1 WHERE user = 'bob'", "PartiQLUpdate table=scores"),
        ("DELETE FROM scores WHERE user = 'FROM other'", "PartiQLDelete table=scores"),
        ("EXISTS(SELECT * FROM scores WHERE user = 'bob')", "PartiQLSelect table=scores"),
        ("", "PartiQLSelect"),
    ] {
        let body = serde_json::json!({ "Statement": statement }).to_string();
        let expected = format!("{expected} {hidden}");
        assert_eq!(touched(Action::ExecuteStatement, &body).await, [expected]);
    }
}

#[tokio::test]
async fn other_actions_are_about_a_table_or_about_none() {
    for (action, body, expected) in [
        (Action::DescribeTable, r#"{"TableName": "scores"}"#, "DescribeTable table=scores"),
        (
            Action::ListTagsOfResource,
            r#"{"ResourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/scores/index/x"}"#,
            "ListTagsOfResource table=scores",
        ),
        (Action::ListTables, "{}", "ListTables"),
    ] {
        assert_eq!(touched(action, body).await, [expected]);
    }
    assert_eq!(touched(Action::GetItem, "[]").await, Vec::<String>::new());
}
