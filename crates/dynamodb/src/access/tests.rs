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
    match tables.accesses(action, &Bytes::from(body.to_owned())).await {
        Ok(accesses) => accesses.iter().map(line).collect(),
        Err(refused) => vec![String::from_utf8_lossy(&refused.body).into_owned()],
    }
}

/// What DynamoDB says of what is no request.
const NO_REQUEST: &str = r#"{"__type":"com.amazon.coral.service#SerializationException"}"#;

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
        ("SELECT /* FROM public */ * FROM \"scores\"", "PartiQLSelect table=scores"),
        ("SELECT * -- FROM public\nFROM scores", "PartiQLSelect table=scores"),
        ("SELECT*FROM\"scores\".teams", "PartiQLSelect table=scores index=teams"),
        ("/**/UPDATE\"scores\"SET a = 1", "PartiQLUpdate table=scores"),
        ("FROM scores WHERE user = 'bob' SET a = 1", "PartiQLUpdate table=scores"),
        ("SELECT 1.5e3FROM scores WHERE a = 'x FROM public'", "PartiQLSelect table=scores"),
        (
            "SELECT \"a FROM public\", 'it''s FROM public' FROM 'scores'",
            "PartiQLSelect table=scores",
        ),
        ("SELECT * FROM \"a\"\"b\"", "PartiQLSelect table=a\"b"),
        ("SELECT # FROM public", "PartiQLSelect"),
        ("SELECT 'open FROM public", "PartiQLSelect"),
        ("SELECT /* open FROM public", "PartiQLSelect"),
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
        (
            Action::TagResource,
            r#"{"ResourceArn": "arn:scylla:alternator:alternator_scores:scylla:table/scores"}"#,
            "TagResource table=scores",
        ),
        // The store may find a table in it: which is not known here.
        (
            Action::TagResource,
            r#"{"ResourceArn": "arn:scylla:alternator:alternator_scores:x/scores"}"#,
            NO_REQUEST,
        ),
        (Action::UntagResource, r#"{"ResourceArn": "scores"}"#, NO_REQUEST),
        (Action::ListTables, "{}", "ListTables"),
    ] {
        assert_eq!(touched(action, body).await, [expected]);
    }
}

/// That the requests of the next test are no fancy.
#[tokio::test]
async fn the_store_takes_lists_for_objects_and_passes_over_what_it_does_not_know() {
    let (tables, _state) = Embedded::open(&Options::new(Location::Ephemeral)).unwrap();
    tables.ensure_table(DEFINITION, None).await.unwrap();
    let key = r#"{"user": {"S": "eve"}, "game": {"S": "go"}}"#;
    let put = format!(r#"{{"TransactItems": [[["scores", {key}]]]}}"#);
    let lists = format!(r#"["scores", {key}]"#);
    let unknown = format!(r#"{{"TableName": "scores", "Key": {key}, "x": "\ud800"}}"#);
    let batch = format!(r#"{{"RequestItems": {{"scores": [[{key}]]}}}}"#);
    for (action, body, expected) in [
        (Action::TransactWriteItems, put, "{}"),
        (Action::GetItem, lists, r#"{"Item":{"game":{"S":"go"},"user":{"S":"eve"}}}"#),
        (Action::GetItem, unknown, r#"{"Item":{"game":{"S":"go"},"user":{"S":"eve"}}}"#),
        (
            Action::BatchGetItem,
            batch,
            r#"{"Responses":{"scores":[{"game":{"S":"go"},"user":{"S":"eve"}}]},"UnprocessedKeys":{}}"#,
        ),
    ] {
        let reply = tables.call(action, Bytes::from(body)).await.unwrap();
        assert_eq!(reply.body, expected);
    }
}

/// Source: the store, as the test before shows.
#[tokio::test]
async fn what_the_store_may_read_otherwise_is_no_request() {
    let key = r#"{"user": {"S": "eve"}, "game": {"S": "go"}}"#;
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let put = r#"{"user": {"S": "eve"}, "game": {"S": "go"}}"#;
    let cases = [
        (Action::GetItem, format!(r#"["scores", {key}]"#)),
        (Action::GetItem, format!(r#"{{"TableName": "scores", "Key": {key}, "x": "\ud800"}}"#)),
        (Action::GetItem, format!(r#"{{"TableName": "scores", "Key": {key}, "x": {deep}}}"#)),
        (Action::TransactWriteItems, format!(r#"{{"TransactItems": [[["scores", {put}]]]}}"#)),
        (
            Action::TransactGetItems,
            format!(r#"{{"TransactItems": [{{"Get": ["scores", {key}]}}]}}"#),
        ),
        (Action::BatchGetItem, format!(r#"{{"RequestItems": {{"scores": [[{key}]]}}}}"#)),
        (Action::BatchWriteItem, format!(r#"{{"RequestItems": {{"scores": [[[{put}]]]}}}}"#)),
        (
            Action::BatchWriteItem,
            format!(r#"{{"RequestItems": {{"scores": [{{"PutRequest": [{put}]}}]}}}}"#),
        ),
        (Action::BatchExecuteStatement, r#"{"Statements": [["SELECT * FROM scores"]]}"#.to_owned()),
        (Action::GetItem, String::new()),
        (Action::GetItem, "null".to_owned()),
    ];
    for (action, body) in cases {
        assert_eq!(touched(action, &body).await, [NO_REQUEST], "{body}");
    }
}

/// Source: the store: members that an action does not have are passed over, `null` is as if a member were not there.
#[tokio::test]
async fn members_that_an_action_does_not_have_say_nothing() {
    let (bob, eve) = (r#"{"user": {"S": "bob"}}"#, r#"{"user": {"S": "eve"}}"#);
    let table = r#""TableName": "scores""#;
    let cases = [
        (
            Action::PutItem,
            format!(r#"{{{table}, "Key": {bob}, "Item": {eve}}}"#),
            "PutItem table=scores keys=eve attributes=user",
        ),
        (
            Action::DeleteItem,
            format!(r#"{{{table}, "Item": {bob}, "Key": {eve}}}"#),
            "DeleteItem table=scores keys=eve attributes=user",
        ),
        (
            Action::GetItem,
            format!(r#"{{{table}, "IndexName": "teams", "Key": {eve}, "Select": "SPECIFIC_ATTRIBUTES"}}"#),
            "GetItem table=scores keys=eve attributes=user select=ALL_ATTRIBUTES",
        ),
        (
            Action::GetItem,
            format!(r#"{{{table}, "Key": {eve}, "ProjectionExpression": null, "AttributesToGet": null}}"#),
            "GetItem table=scores keys=eve attributes=user select=ALL_ATTRIBUTES",
        ),
        (
            Action::ListTagsOfResource,
            r#"{"TableName": "public", "ResourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/scores"}"#.to_owned(),
            "ListTagsOfResource table=scores",
        ),
        (
            Action::GetShardIterator,
            r#"{"TableName": "public", "StreamArn": "arn:aws:dynamodb:us-east-1:000000000000:table/scores/stream/2026"}"#.to_owned(),
            "GetShardIterator table=scores/stream/2026",
        ),
        (
            Action::SearchVectors,
            r#"{"TableName": "scores", "IndexName": "v"}"#.to_owned(),
            "SearchVectors table=scores index=v keys=\u{fffd} attributes=\u{fffd}",
        ),
    ];
    for (action, body, expected) in cases {
        assert_eq!(touched(action, &body).await, [expected], "{body}");
    }
}

/// Source: the store, which cuts expressions so.
#[tokio::test]
async fn attributes_are_seen_without_space_around_them() {
    let body = r#"{"TableName": "scores", "Key": {"user": {"S": "bob"}},
        "UpdateExpression": "SET mine=:one-total,other=mine-spent"}"#;
    let expected = "UpdateItem table=scores keys=bob attributes=mine,total,other,spent,user";
    assert_eq!(touched(Action::UpdateItem, body).await, [expected]);
}

/// A list of a request's size is read in a time that is none.
#[tokio::test]
async fn many_attributes_are_told_at_once() {
    let names: Vec<String> = (0..200_000).map(|n| format!("\"a{n}\"")).collect();
    let body = format!(
        r#"{{"TableName": "scores", "Key": {{}}, "AttributesToGet": [{}]}}"#,
        names.join(",")
    );
    let line = touched(Action::GetItem, &body).await.concat();
    assert_eq!(line.matches(',').count(), 199_999);
}

/// Source: AWS docs (BatchGetItem: 100 items; TransactGetItems, TransactWriteItems and ExecuteTransaction: 100 actions).
#[tokio::test]
async fn more_tables_and_parts_than_a_request_may_have_are_not_looked_up() {
    let of = |count: usize| {
        let each = |text: &str| {
            let all = (0..count).map(|n| text.replace('@', &n.to_string()));
            all.collect::<Vec<String>>().join(",")
        };
        [
            (
                Action::BatchGetItem,
                format!(r#"{{"RequestItems": {{{}}}}}"#, each(r#""t@": {"Keys": []}"#)),
            ),
            (Action::BatchWriteItem, format!(r#"{{"RequestItems": {{{}}}}}"#, each(r#""t@": []"#))),
            (
                Action::TransactGetItems,
                format!(r#"{{"TransactItems": [{}]}}"#, each(r#"{"Get": {"TableName": "t@"}}"#)),
            ),
            (
                Action::ExecuteTransaction,
                format!(
                    r#"{{"TransactStatements": [{}]}}"#,
                    each(r#"{"Statement": "SELECT * FROM t@"}"#)
                ),
            ),
        ]
    };
    for (action, body) in of(100) {
        assert_eq!(touched(action, &body).await.len(), 100, "{action}");
    }
    for (action, body) in of(101) {
        assert_eq!(touched(action, &body).await, [NO_REQUEST], "{action}");
    }
    // One action for each item is what a store takes.
    let part = r#"{"Put": {"TableName": "a"}, "Delete": {"TableName": "b"}}"#;
    let parts = format!(r#"{{"TransactItems": [{}]}}"#, vec![part; 51].join(","));
    assert_eq!(touched(Action::TransactWriteItems, &parts).await, [NO_REQUEST]);
}
