//! Source of all: inferred (the program's own rule), over the request syntax of each action in AWS's DynamoDB API Reference.

use super::*;
use crate::reply::Reply;
use http::{HeaderMap, HeaderValue};

const ARN: &str = "arn:aws:dynamodb:us-east-1:000000000000";

/// Requests for each action and each form of a table's name, the name as `@`.
fn doors() -> Vec<(Action, String)> {
    let named = [
        Action::CreateBackup,
        Action::DeleteItem,
        Action::DeleteTable,
        Action::DescribeContinuousBackups,
        Action::DescribeContributorInsights,
        Action::DescribeKinesisStreamingDestination,
        Action::DescribeTable,
        Action::DescribeTableReplicaAutoScaling,
        Action::DescribeTimeToLive,
        Action::DisableKinesisStreamingDestination,
        Action::EnableKinesisStreamingDestination,
        Action::GetItem,
        Action::ListBackups,
        Action::ListContributorInsights,
        Action::ListStreams,
        Action::PutItem,
        Action::Query,
        Action::Scan,
        Action::SearchVectors,
        Action::UpdateContinuousBackups,
        Action::UpdateContributorInsights,
        Action::UpdateItem,
        Action::UpdateKinesisStreamingDestination,
        Action::UpdateTable,
        Action::UpdateTableReplicaAutoScaling,
        Action::UpdateTimeToLive,
        Action::CreateTable,
    ];
    let arns: &[(Action, &str, &str)] = &[
        (Action::DeleteBackup, "BackupArn", "table/@/backup/01"),
        (Action::DeleteResourcePolicy, "ResourceArn", "table/@"),
        (Action::DeleteResourcePolicy, "ResourceArn", "table/@/stream/2026"),
        (Action::DescribeBackup, "BackupArn", "table/@/backup/01"),
        (Action::DescribeExport, "ExportArn", "table/@/export/01"),
        (Action::DescribeImport, "ImportArn", "table/@/import/01"),
        (Action::DescribeStream, "StreamArn", "table/@/stream/2026"),
        (Action::ExportTableToPointInTime, "TableArn", "table/@"),
        (Action::GetResourcePolicy, "ResourceArn", "table/@"),
        (Action::GetShardIterator, "StreamArn", "table/@/stream/2026"),
        (Action::ListBackups, "ExclusiveStartBackupArn", "table/@/backup/01"),
        (Action::ListExports, "TableArn", "table/@"),
        (Action::ListImports, "TableArn", "table/@"),
        (Action::ListTagsOfResource, "ResourceArn", "table/@"),
        (Action::ListTagsOfResource, "ResourceArn", "table/@/index/i"),
        (Action::PutResourcePolicy, "ResourceArn", "table/@"),
        (Action::TagResource, "ResourceArn", "table/@"),
        (Action::UntagResource, "ResourceArn", "table/@"),
        (Action::RestoreTableFromBackup, "BackupArn", "table/@/backup/01"),
        (Action::RestoreTableToPointInTime, "SourceTableArn", "table/@"),
        (Action::ListStreams, "ExclusiveStartStreamArn", "table/@/stream/2026"),
        (Action::GetRecords, "ShardIterator", "table/@/stream/2026|1|AAAA"),
    ];
    let others = [
        (Action::BatchGetItem, r#"{"RequestItems":{"items":{"Keys":[]},"@":{"Keys":[]}}}"#),
        (Action::BatchGetItem, r#"{"RequestItems":{"arn:aws:dynamodb:a:1:table/@":{"Keys":[]}}}"#),
        (Action::BatchWriteItem, r#"{"RequestItems":{"@":[{"PutRequest":{"Item":{}}}]}}"#),
        (Action::TransactGetItems, r#"{"TransactItems":[{"Get":{"TableName":"@"}}]}"#),
        (Action::TransactWriteItems, r#"{"TransactItems":[{"Put":{"TableName":"@"}}]}"#),
        (
            Action::TransactWriteItems,
            r#"{"TransactItems":[{"Put":{"TableName":"a"}},{"ConditionCheck":{"TableName":"@"}}]}"#,
        ),
        (Action::ExecuteStatement, r#"{"Statement":"SELECT * FROM \"@\""}"#),
        (Action::ExecuteStatement, r#"{"Statement":"select*from\"@\".\"index\""}"#),
        (Action::ExecuteStatement, r#"{"Statement":"INSERT INTO `@` VALUE {'a':'b'}"}"#),
        (
            Action::ExecuteStatement,
            r#"{"Statement":"SELECT * FROM \"arn:aws:dynamodb:a:1:table/@\""}"#,
        ),
        (Action::ExecuteStatement, r#"{"Statement":"/* \" */ UPDATE \"@\" SET a=1"}"#),
        (Action::ExecuteStatement, r#"{"Statement":"DELETE FROM -- '\n\"@\" WHERE a='b'"}"#),
        (Action::ExecuteStatement, r#"{"Statement":"SELECT '\\' FROM \"@\" WHERE a = ' '"}"#),
        (Action::BatchExecuteStatement, r#"{"Statements":[{"Statement":"SELECT * FROM \"@\""}]}"#),
        (
            Action::ExecuteTransaction,
            r#"{"TransactStatements":[{"Statement":"DELETE FROM \"@\""}]}"#,
        ),
        (Action::CreateGlobalTable, r#"{"GlobalTableName":"@","ReplicationGroup":[]}"#),
        (Action::DescribeGlobalTable, r#"{"GlobalTableName":"@"}"#),
        (Action::DescribeGlobalTableSettings, r#"{"GlobalTableName":"@"}"#),
        (Action::UpdateGlobalTable, r#"{"GlobalTableName":"@","ReplicaUpdates":[]}"#),
        (Action::UpdateGlobalTableSettings, r#"{"GlobalTableName":"@"}"#),
        (Action::ImportTable, r#"{"TableCreationParameters":{"TableName":"@"}}"#),
        (Action::RestoreTableFromBackup, r#"{"TargetTableName":"@","BackupArn":"b"}"#),
        (Action::RestoreTableToPointInTime, r#"{"SourceTableName":"@","TargetTableName":"a"}"#),
        (Action::RestoreTableToPointInTime, r#"{"SourceTableName":"a","TargetTableName":"@"}"#),
        (
            Action::GetRecords,
            r#"{"ShardIterator":"000|arn:aws:dynamodb:ddblocal:0:table/@/stream/1"}"#,
        ),
        (Action::ListExports, r#"{"NextToken":"arn:aws:dynamodb:a:1:table/@/export/1"}"#),
        (Action::ListGlobalTables, r#"{"TableName":"@"}"#),
        (Action::TagResource, r#"{"ResourceArn":"arn:aws:dynamodb::1:global-table/@"}"#),
        // Alternator's own: its reader takes what follows the first `/`.
        (
            Action::TagResource,
            r#"{"ResourceArn":"arn:scylla:alternator:alternator_@:scylla:table/@"}"#,
        ),
        (Action::TagResource, r#"{"ResourceArn":"arn:scylla:alternator:alternator_@:x/@"}"#),
        (Action::UntagResource, r#"{"ResourceArn":"arn:scylla:alternator:alternator_@:/@"}"#),
        (Action::GetItem, r#"{"TableName":"arn:scylla:alternator:alternator_@:x/@"}"#),
        (
            Action::ExecuteStatement,
            r#"{"Statement":"SELECT * FROM \"arn:scylla:alternator:alternator_@:x/@\""}"#,
        ),
    ];
    let by_name = named.iter().flat_map(|action| {
        let arn = format!(r#"{{"TableName":"{ARN}:table/@"}}"#);
        [(*action, r#"{"TableName":"@"}"#.to_owned()), (*action, arn)]
    });
    let by_arn = arns
        .iter()
        .map(|(action, member, arn)| (*action, format!(r#"{{"{member}":"{ARN}:{arn}"}}"#)));
    let others = others.iter().map(|(action, body)| (*action, (*body).to_owned()));
    by_name.chain(by_arn).chain(others).collect()
}

fn sent(action: Action, body: &str) -> Result<String, String> {
    let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
    let admitted = admit(Side::Tables, action, Bytes::copy_from_slice(body.as_bytes()));
    admitted.map(text).map_err(|fault| text(fault.into_reply().body))
}

#[test]
fn no_door_leads_to_an_own_table() {
    for (action, body) in doors() {
        for name in ["vestibule.meta", "vestibule.", "\\u0076estibule.meta", "vestibule\\u002emeta"]
        {
            // In a statement the name is in a text within the text.
            let refused = sent(action, &body.replace('@', name)).unwrap_err();
            let is_refusal =
                refused.contains("ResourceNotFoundException") || refused.contains("reserved");
            assert!(is_refusal, "{action} {body}: {refused}");
        }
        for name in ["items", "Vestibule.meta", "xvestibule.meta", "vestibule-meta", "vestibul.e"] {
            let body = body.replace('@', name);
            assert_eq!(sent(action, &body), Ok(body.clone()), "{action}");
        }
    }
}

#[test]
fn every_action_that_can_name_a_table_has_a_door() {
    let nameless = [Action::DescribeEndpoints, Action::DescribeLimits, Action::ListTables];
    let doors = doors();
    for action in Action::ALL.iter().filter(|action| !nameless.contains(action)) {
        assert!(doors.iter().any(|(tried, _)| tried == action), "{action}");
    }
}

#[test]
fn the_answer_is_that_of_a_table_that_is_not_there() {
    let own = |message: &str| {
        let kind = "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException";
        Err(format!(r#"{{"__type":"{kind}","message":"{message}"}}"#))
    };
    let named = r#"{"TableName":"vestibule.meta"}"#;
    assert_eq!(sent(Action::GetItem, named), own("Requested resource not found"));
    let table = "Requested resource not found: Table: vestibule.meta not found";
    assert_eq!(sent(Action::DescribeTable, named), own(table));
    let reserved = r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"TableName `vestibule.meta` is refused: names beginning `vestibule.` are reserved"}"#;
    assert_eq!(sent(Action::CreateTable, named), Err(reserved.to_owned()));
}

#[test]
fn a_member_that_stands_twice_reaches_the_store_once() {
    let first = r#"{"TableName":"vestibule.meta","TableName":"items","Limit":1}"#;
    assert_eq!(sent(Action::Scan, first), Ok(r#"{"TableName":"items","Limit":1}"#.to_owned()));
    let last = r#"{"TableName":"items","\u0054ableName":"vestibule.meta"}"#;
    let not_found = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}"#;
    assert_eq!(sent(Action::Scan, last), Err(not_found.to_owned()));
    let inner =
        r#"{"RequestItems":{"vestibule.meta":{"Keys":[]}},"RequestItems":{"a":{"Keys":[]}}}"#;
    let once = r#"{"RequestItems":{"a":{"Keys":[]}}}"#;
    assert_eq!(sent(Action::BatchGetItem, inner), Ok(once.to_owned()));
}

#[test]
fn what_another_reader_may_read_otherwise_is_not_sent() {
    let serialization = r#"{"__type":"com.amazon.coral.service#SerializationException"}"#;
    let utf16: Vec<u8> =
        r#"{"TableName":"vestibule.meta"}"#.encode_utf16().flat_map(u16::to_be_bytes).collect();
    // `v` in two bytes, which a lenient reader of UTF-8 takes.
    let overlong = b"{\"TableName\":\"\xc1\xb6estibule.meta\"}".to_vec();
    for body in [
        utf16,
        overlong,
        b"{\"TableName\":\"vestibule.meta\"} trailing".to_vec(),
        b"// vestibule.meta\n{\"TableName\":\"vestibule.meta\"}".to_vec(),
        b"{'TableName':'vestibule.meta'}".to_vec(),
        b"{TableName:\"vestibule.meta\"}".to_vec(),
        b"{\"TableName\":\"vestibule.meta\",}".to_vec(),
        b"\xef\xbb\xbf{\"TableName\":\"vestibule.meta\"}".to_vec(),
        b"{\"TableName\":\"\\vestibule.meta\"}".to_vec(),
        b"{\"TableName\":\"\\ud800\\u0076\"}".to_vec(),
    ] {
        let refused = admit(Side::Tables, Action::GetItem, Bytes::from(body)).unwrap_err();
        assert_eq!(refused.into_reply().body, serialization);
    }
}

#[test]
fn data_may_say_vestibule() {
    for (action, body) in [
        (
            Action::PutItem,
            r#"{"TableName":"items","Item":{"id":{"S":"vestibule.meta"},"vestibule.x":{"S":"a"},"TableName":{"M":{"TableName":{"S":"vestibule.meta"},"BackupArn":{"S":"table/vestibule.meta"}}}}}"#,
        ),
        (
            Action::Query,
            r##"{"TableName":"items","ExpressionAttributeNames":{"#TableName":"vestibule.x"},"ExpressionAttributeValues":{":v":{"S":"vestibule.meta"}}}"##,
        ),
        (
            Action::BatchWriteItem,
            r#"{"RequestItems":{"items":[{"PutRequest":{"Item":{"RequestItems":{"M":{"vestibule.meta":{"S":"x"}}}}}}]}}"#,
        ),
        (
            Action::ExecuteStatement,
            r#"{"Statement":"INSERT INTO \"items\" VALUE {'id':'vestibule.meta'}"}"#,
        ),
        (
            Action::TagResource,
            r#"{"ResourceArn":"arn:aws:dynamodb:a:1:table/items","Tags":[{"Key":"vestibule.x","Value":"vestibule.y"}]}"#,
        ),
        (Action::ListTables, r#"{"ExclusiveStartTableName":"vestibule.meta"}"#),
    ] {
        assert_eq!(sent(action, body), Ok(body.to_owned()));
    }
}

#[test]
fn the_other_side_sees_its_own_tables_alone() {
    let state = |action, body: &'static str| {
        admit(Side::State, action, Bytes::from_static(body.as_bytes())).is_ok()
    };
    assert!(state(Action::GetItem, r#"{"TableName":"vestibule.meta","Key":{}}"#));
    assert!(!state(Action::GetItem, r#"{"TableName":"items","Key":{}}"#));
    assert!(!state(Action::CreateTable, r#"{"TableName":"items"}"#));
    assert!(!state(Action::ExecuteStatement, r#"{"Statement":"SELECT * FROM \"items\""}"#));
    assert!(!state(Action::BatchGetItem, r#"{"RequestItems":{"items":{}}}"#));
}

#[test]
fn a_body_over_the_limit_is_refused() {
    let body = Bytes::from(vec![b' '; crate::limits::BODY_BYTES + 1]);
    assert_eq!(admit(Side::Tables, Action::PutItem, body).unwrap_err().into_reply().status, 413);
}

fn reply(body: &str) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-crc32", HeaderValue::from_static("1"));
    Reply { status: 200, headers, body: Bytes::copy_from_slice(body.as_bytes()) }
}

#[test]
fn lists_leave_own_tables_out() {
    for (action, whole, without) in [
        (
            Action::ListStreams,
            r#"{"Streams":[{"TableName":"vestibule.a"},{"TableName":"b"}],"LastEvaluatedStreamArn":"x"}"#,
            r#"{"Streams":[{"TableName":"b"}],"LastEvaluatedStreamArn":"x"}"#,
        ),
        (
            Action::ListBackups,
            r#"{"BackupSummaries":[{"TableName":"vestibule.a","BackupName":"c"}]}"#,
            r#"{"BackupSummaries":[]}"#,
        ),
        (
            Action::ListExports,
            r#"{"ExportSummaries":[{"ExportArn":"arn:aws:dynamodb:a:1:table/vestibule.a/export/1"}]}"#,
            r#"{"ExportSummaries":[]}"#,
        ),
        (
            Action::ListGlobalTables,
            r#"{"GlobalTables":[{"GlobalTableName":"vestibule.a"},{"GlobalTableName":"b"}]}"#,
            r#"{"GlobalTables":[{"GlobalTableName":"b"}]}"#,
        ),
    ] {
        let filtered = without_own(action, reply(whole));
        assert_eq!(filtered.body, without);
        assert!(filtered.headers.is_empty());
        assert_eq!(without_own(action, reply(without)), reply(without));
    }
}

/// What comes of one ListTables over these pages: what was asked for, and the answer.
fn listed(request: &str, pages: &[&str]) -> (Vec<String>, String) {
    let mut listing = Listing::new(request.as_bytes()).unwrap();
    let mut asked = Vec::new();
    for page in pages {
        match listing.page(reply(page)) {
            Page::Last(reply) => return (asked, String::from_utf8(reply.body.to_vec()).unwrap()),
            Page::Next(body) => asked.push(String::from_utf8(body.to_vec()).unwrap()),
        }
    }
    panic!("it wants more than {} pages", pages.len());
}

#[test]
fn pages_of_tables_end_at_tables_of_users() {
    let plain = r#"{"LastEvaluatedTableName":"b","TableNames":["a","b"]}"#;
    assert_eq!(listed("{}", &[plain]), (vec![], plain.to_owned()));
    let within = r#"{"TableNames":["a","vestibule.meta","z"]}"#;
    assert_eq!(listed("{}", &[within]), (vec![], r#"{"TableNames":["a","z"]}"#.to_owned()));
    let first = r#"{"TableNames":["vestibule.a"],"LastEvaluatedTableName":"vestibule.a"}"#;
    let second = r#"{"TableNames":["vestibule.b","w","x"],"LastEvaluatedTableName":"x"}"#;
    let next = r#"{"Limit":100,"ExclusiveStartTableName":"vestibule.a"}"#.to_owned();
    let answer = r#"{"LastEvaluatedTableName":"w","TableNames":["w"]}"#.to_owned();
    assert_eq!(listed(r#"{"Limit":1}"#, &[first, second]), (vec![next.clone()], answer));
    let end = r#"{"TableNames":["vestibule.b"]}"#;
    let empty = r#"{"TableNames":[]}"#.to_owned();
    assert_eq!(listed(r#"{"Limit":1}"#, &[first, end]), (vec![next], empty));
    let many = r#"{"TableNames":["w","x","y"],"LastEvaluatedTableName":"y"}"#;
    let cut = r#"{"LastEvaluatedTableName":"x","TableNames":["w","x"]}"#.to_owned();
    let next = r#"{"Limit":100,"ExclusiveStartTableName":"vestibule.a"}"#.to_owned();
    assert_eq!(listed(r#"{"Limit":2}"#, &[first, many]), (vec![next.clone()], cut));
    assert_eq!(listed(r#"{"Limit":3}"#, &[first, many]), (vec![next], many.to_owned()));
}
