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
    say(
        "owner",
        access.owner.as_ref().map(|of| format!("{}/{}/{}", of.partition, of.region, of.account)),
    );
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
            "UpdateItem table=scores owner=aws/us-east-1/000000000000 keys=eve attributes=points,last,user,game",
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

/// What policies are asked about a request, a line each time, where they refuse it so.
async fn asked(
    action: Action,
    body: &str,
    refused: impl Fn(&[Access], Hidden) -> bool,
) -> (Vec<String>, bool) {
    let (tables, _state) = Embedded::open(&Options::new(Location::Ephemeral)).unwrap();
    tables.ensure_table(DEFINITION, None).await.unwrap();
    let times = std::sync::Mutex::new(Vec::new());
    let decide = |accesses: &[Access], hidden| {
        let keys = accesses.iter().flat_map(|access| access.leading_keys.iter().flatten());
        let keys: Vec<&str> = keys.map(String::as_str).collect();
        times.lock().unwrap().push(format!("{hidden:?} {}", keys.join(",")));
        refused(accesses, hidden).then_some(())
    };
    let refusal = tables.refusal(action, &Bytes::from(body.to_owned()), decide).await.unwrap();
    (times.into_inner().unwrap(), refusal.is_some())
}

/// Source: inferred (a request is not worth asking the store about what does not decide).
#[tokio::test]
async fn the_store_is_asked_for_keys_where_policies_hang_on_them() {
    let get = r#"{"TableName": "scores", "Key": {"game": {"S": "go"}, "user": {"S": "bob"}}}"#;
    let get = |refused: fn(&[Access], Hidden) -> bool| asked(Action::GetItem, get, refused);
    let (times, is_refused) = get(|_, _| false).await;
    assert_eq!((times, is_refused), (vec!["Against \u{fffd}".to_owned()], false));
    let hidden = vec!["Against \u{fffd}".to_owned(), "For \u{fffd}".to_owned()];
    assert_eq!(get(|_, _| true).await, (hidden.clone(), true));
    let told = [hidden.as_slice(), &["Against bob".to_owned()]].concat();
    let of_bob = |accesses: &[Access], hidden| {
        let keys = accesses[0].leading_keys.as_ref().unwrap();
        hidden == Hidden::Against && *keys != ["bob"]
    };
    assert_eq!(get(of_bob).await, (told.clone(), false));
    assert_eq!(get(|_, hidden| hidden == Hidden::Against).await, (told, true));
    let select = r#"{"Statement": "SELECT * FROM scores WHERE \"user\" = 'bob'"}"#;
    let against = |_: &[Access], hidden| hidden == Hidden::Against;
    let once = (vec!["Against \u{fffd}".to_owned()], true);
    assert_eq!(asked(Action::ExecuteStatement, select, against).await, once);
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
            NO_REQUEST,
        ),
        (
            Action::TagResource,
            r#"{"ResourceArn": "arn:scylla:alternator:alternator_scores:scylla:table/scores"}"#,
            NO_REQUEST,
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
            "ListTagsOfResource table=scores owner=aws/us-east-1/000000000000",
        ),
        (
            Action::GetShardIterator,
            r#"{"TableName": "public", "StreamArn": "arn:aws:dynamodb:us-east-1:000000000000:table/scores/stream/2026"}"#.to_owned(),
            "GetShardIterator table=scores/stream/2026 owner=aws/us-east-1/000000000000",
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

/// Source: AWS docs (the form of ARNs). Each of these would name one table to policies and another one to a store.
#[tokio::test]
async fn what_is_no_arn_to_every_reader_is_no_request() {
    let secret = "arn:aws-:table/scores/x:dynamodb:us-east-1:000000000000:table/secret";
    let stream = "arn:x/secret/stream/LABEL/:table/scores/stream/1";
    let tagged = "arn:aws:dynamodb:table/tenant1-a:x:table/tenant2";
    let forged = "eyJ0YWJsZV9uYW1lIjoic2VjcmV0Iiwic2hhcmRfaWQiOiJzIiwicG9zaXRpb24iOjB9";
    for (action, body) in [
        (Action::GetItem, format!(r#"{{"TableName": "{secret}", "Key": {{}}}}"#)),
        (Action::DescribeTable, format!(r#"{{"TableName": "{secret}"}}"#)),
        (Action::SearchVectors, format!(r#"{{"TableName": "{secret}"}}"#)),
        (
            Action::TransactGetItems,
            format!(r#"{{"TransactItems": [{{"Get": {{"TableName": "{secret}"}}}}]}}"#),
        ),
        (Action::BatchGetItem, format!(r#"{{"RequestItems": {{"{secret}": {{"Keys": []}}}}}}"#)),
        (Action::ExecuteStatement, format!(r#"{{"Statement": "SELECT * FROM \"{secret}\""}}"#)),
        (Action::ExecuteStatement, r#"{"Statement": "SELECT a, from FROM \"secret\""}"#.to_owned()),
        (Action::DescribeStream, format!(r#"{{"StreamArn": "{stream}"}}"#)),
        (Action::TagResource, format!(r#"{{"ResourceArn": "{tagged}"}}"#)),
        (Action::GetRecords, format!(r#"{{"ShardIterator": "{forged}"}}"#)),
        (Action::GetRecords, r#"{"ShardIterator": "x"}"#.to_owned()),
    ] {
        assert_eq!(touched(action, &body).await, [NO_REQUEST], "{body}");
    }
}

/// Source: AWS docs ("CreateTable": tags need `dynamodb:TagResource` too).
#[tokio::test]
async fn tags_of_a_new_table_are_another_action() {
    let body = r#"{"TableName": "new", "Tags": [{"Key": "a", "Value": "b"}]}"#;
    let expected = ["CreateTable table=new", "TagResource table=new"];
    assert_eq!(touched(Action::CreateTable, body).await, expected);
}

/// Source: AWS docs (service authorization reference: GetRecords is about a stream).
#[tokio::test]
async fn records_are_of_the_stream_of_their_iterator() {
    let (tables, _state) = Embedded::open(&Options::new(Location::Ephemeral)).unwrap();
    let with_stream = DEFINITION.replacen(
        '{',
        r#"{"StreamSpecification": {"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"}, "#,
        1,
    );
    tables.ensure_table(&with_stream, None).await.unwrap();
    let call = async |action, body: serde_json::Value| -> serde_json::Value {
        let reply = tables.call(action, Bytes::from(body.to_string())).await.unwrap();
        serde_json::from_slice(&reply.body).unwrap()
    };
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let table = call(Action::DescribeTable, json(r#"{"TableName": "scores"}"#)).await;
    let (arn, label) = (&table["Table"]["LatestStreamArn"], &table["Table"]["LatestStreamLabel"]);
    let (arn, label) = (arn.as_str().unwrap(), label.as_str().unwrap());
    let from = |arn: &str| serde_json::json!({"StreamArn": arn, "ShardId": "shardId-00000001-scores", "ShardIteratorType": "TRIM_HORIZON"});
    let iterator = call(Action::GetShardIterator, from(arn)).await;
    let body = Bytes::from(iterator.to_string());
    let accesses = tables.accesses(Action::GetRecords, &body).await.unwrap();
    assert_eq!(
        accesses.iter().map(line).collect::<Vec<_>>(),
        [format!("GetRecords table=scores/stream/{label}")]
    );
    let records = call(Action::GetRecords, iterator).await;
    let next =
        Bytes::from(serde_json::json!({"ShardIterator": records["NextShardIterator"]}).to_string());
    let accesses = tables.accesses(Action::GetRecords, &next).await.unwrap();
    assert_eq!(
        accesses.iter().map(line).collect::<Vec<_>>(),
        [format!("GetRecords table=scores/stream/{label}")]
    );
    // The engine reads the first, of another label, of another shard.
    use dynoxide::actions::get_shard_iterator::encode_shard_iterator as forged;
    for iterator in [
        forged("scores", "shardId-00000001-scores", 0),
        forged("scores/stream/1", "shardId-00000001-scores", 0),
        forged(&format!("scores/stream/{label}"), "shardId-00000001-other", 0),
    ] {
        let refused =
            call(Action::GetRecords, serde_json::json!({"ShardIterator": iterator})).await;
        assert_eq!(refused["message"], "Invalid shard iterator");
    }
    let lax = format!("arn:x/scores/stream/{label}/:table/other/stream/1");
    let refused = call(Action::GetShardIterator, from(&lax)).await;
    assert_eq!(
        refused["message"],
        format!("Requested resource not found: Stream: {lax} not found")
    );
}
