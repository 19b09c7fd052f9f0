//! What policies are asked about is what the store then answers of, whatever a request names its table by.
//!
//! Source: inferred (a text that names one table to policies and another one to the store lets a caller read what it may not).

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use vestibule_dynamodb::{Access, Action, Embedded, Location, Options, Tables};

/// Names that are parts of each other.
const NAMES: [&str; 3] = ["open", "secret", "open.secret"];

/// Every way in which a request names a table.
const FORMS: [&str; 11] = [
    "GetItem",
    "Query",
    "Scan",
    "BatchGetItem",
    "TransactGetItems",
    "statement",
    "quoted statement",
    "DescribeTable",
    "DescribeStream",
    "GetShardIterator",
    "twins",
];

/// A store of which nothing is changed.
struct Marked {
    runtime: Runtime,
    tables: Tables,
}

impl Marked {
    /// Each table has a stream, an index and one item, which tells where it is from.
    fn open() -> Marked {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (tables, _state) = Embedded::open(&Options::new(Location::Ephemeral)).unwrap();
        let store = Marked { runtime, tables };
        for name in NAMES {
            let definition = json!({
                "TableName": name, "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "GlobalSecondaryIndexes": [{"IndexName": "by-id", "Projection": {"ProjectionType": "ALL"},
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}],
                "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
            })
        .to_string();
            let ensured = store.tables.ensure_table(&definition, None);
            store.runtime.block_on(ensured).unwrap();
            let item = json!({"id": {"S": "1"}, "mark": {"S": format!("in `{name}`")}});
            let put = json!({"TableName": name, "Item": item});
            assert_eq!(store.call(Action::PutItem, &put.to_string()), "{}");
        }
        store
    }

    fn call(&self, action: Action, body: &str) -> String {
        let called = self.tables.call(action, Bytes::copy_from_slice(body.as_bytes()));
        String::from_utf8_lossy(&self.runtime.block_on(called).unwrap().body).into_owned()
    }

    /// Of whose items or descriptions the store answers, if policies may be asked, and which tables they are asked about.
    fn told(&self, action: Action, body: &str) -> Option<(Vec<&'static str>, Vec<Access>)> {
        let bytes = Bytes::copy_from_slice(body.as_bytes());
        let accesses = self.runtime.block_on(self.tables.accesses(action, &bytes)).ok()?;
        let mut answer = self.call(action, body);
        let iterator: Value = serde_json::from_str(&answer).unwrap_or_default();
        if let Some(iterator) = iterator.get("ShardIterator") {
            let records = json!({ "ShardIterator": iterator }).to_string();
            let (answered, asked) = self.told(Action::GetRecords, &records)?;
            assert!(is_all_decided(&answered, &asked), "{records}: {answered:?}, {asked:?}");
            answer = answered.iter().map(|name| format!("in `{name}`")).collect();
        }
        let is_of = |name: &&&str| {
            answer.contains(&format!("in `{name}`"))
                || answer.contains(&format!("\"TableName\":\"{name}\""))
        };
        Some((NAMES.iter().filter(is_of).copied().collect(), accesses))
    }

    fn request(&self, form: &str, text: &str) -> (Action, String) {
        let key = json!({"id": {"S": "1"}});
        let shard = |text: &str| {
            let name = text.split('/').nth(1).unwrap_or_default();
            format!("shardId-00000001-{name}")
        };
        let (action, body) = match form {
            "GetItem" => (Action::GetItem, json!({"TableName": text, "Key": key})),
            "Query" => (
                Action::Query,
                json!({"TableName": text, "IndexName": "by-id", "KeyConditionExpression": "id = :i",
                    "ExpressionAttributeValues": {":i": {"S": "1"}}}),
            ),
            "Scan" => (Action::Scan, json!({"TableName": text})),
            "BatchGetItem" => {
                (Action::BatchGetItem, json!({"RequestItems": {text: {"Keys": [key]}}}))
            }
            "TransactGetItems" => (
                Action::TransactGetItems,
                json!({"TransactItems": [{"Get": {"TableName": text, "Key": key}}]}),
            ),
            "statement" => {
                (Action::ExecuteStatement, json!({"Statement": format!("SELECT * FROM {text}")}))
            }
            "quoted statement" => (
                Action::ExecuteStatement,
                json!({"Statement": format!("SELECT * FROM \"{text}\"")}),
            ),
            "DescribeTable" => (Action::DescribeTable, json!({"TableName": text})),
            "DescribeStream" => (Action::DescribeStream, json!({"StreamArn": text})),
            "GetShardIterator" => (
                Action::GetShardIterator,
                json!({"StreamArn": text, "ShardId": shard(text), "ShardIteratorType": "TRIM_HORIZON"}),
            ),
            _ => {
                let body = format!(
                    r#"{{"TableName": "secret", "Key": {key}, "TableName": {}}}"#,
                    json!(text)
                );
                return (Action::GetItem, body);
            }
        };
        (action, body.to_string())
    }

    fn label(&self, name: &str) -> String {
        let described = json!({ "TableName": name }).to_string();
        let described: Value =
            serde_json::from_str(&self.call(Action::DescribeTable, &described)).unwrap();
        described["Table"]["LatestStreamLabel"].as_str().unwrap().to_owned()
    }
}

/// Whether policies of this account's tables are asked about each of these.
fn is_all_decided(answered: &[&str], asked: &[Access]) -> bool {
    let is_own = |access: &&Access| {
        access.owner.as_ref().is_none_or(|owner| {
            (owner.partition.as_str(), owner.region.as_str(), owner.account.as_str())
                == ("aws", "us-east-1", "000000000000")
        })
    };
    let own: Vec<&Access> = asked.iter().filter(is_own).collect();
    answered.iter().all(|name| {
        own.iter().any(|access| {
            let table = access.table.as_deref().unwrap_or_default();
            table.split('/').next() == Some(*name)
        })
    })
}

fn arn(name: &str) -> String {
    format!("arn:aws:dynamodb:us-east-1:000000000000:table/{name}")
}

/// Texts that are names, ARNs, nearly ARNs, and parts of them in another order.
fn texts(labels: Vec<String>) -> impl Strategy<Value = String> {
    let mut pieces: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    pieces.extend(labels.iter().cloned());
    for piece in [
        "arn:",
        "aws",
        "aws-cn",
        "arn:aws:dynamodb:us-east-1:000000000000:table/",
        "us-east-1",
        "000000000000",
        ":dynamodb:",
        ":table/",
        "table/",
        "/index/by-id",
        "/stream/",
        "/",
        ":",
        ".",
        "\"",
        "'",
        "\"\"",
        " ",
        "--",
        "/*",
        "*/",
        "\n",
        "FROM",
        ",",
        "\\u0061",
        "%2F",
        "\0",
        "é",
        "ARN:",
        "arn:scylla:alternator:alternator_",
        ":scylla:table/",
        "\".\"by-id\"",
    ] {
        pieces.push(piece.to_owned());
    }
    let mut whole: Vec<String> =
        NAMES.iter().flat_map(|name| [(*name).to_owned(), arn(name)]).collect();
    for (name, label) in NAMES.iter().zip(labels) {
        whole.push(format!("{}/stream/{label}", arn(name)));
        whole.push(format!("\"{name}\""));
    }
    let whole = prop::sample::select(whole);
    let pieces = prop::sample::select(pieces);
    let jumbled = prop::collection::vec(pieces.clone(), 1..9).prop_map(|all| all.concat());
    let spliced = (whole.clone(), pieces, any::<prop::sample::Index>(), 0usize..4);
    let spliced = spliced.prop_map(|(whole, piece, at, cut)| {
        let at = at.index(whole.len() + 1);
        let (before, after) = whole.split_at(at);
        format!("{before}{piece}{}", after.get(cut..).unwrap_or_default())
    });
    let joined = (whole.clone(), whole.clone()).prop_map(|(a, b)| format!("{a}{b}"));
    prop_oneof![1 => whole, 3 => jumbled, 4 => spliced, 2 => joined]
}

#[test]
fn each_form_is_about_the_table_that_it_names() {
    let store = Marked::open();
    for name in NAMES {
        for form in FORMS {
            let stream = format!("{}/stream/{}", arn(name), store.label(name));
            let names = match form {
                "DescribeStream" | "GetShardIterator" => vec![stream],
                "statement" if name.contains('.') => continue,
                "statement" => vec![name.to_owned()],
                // Statements of the store take no ARNs.
                "quoted statement" => vec![name.to_owned()],
                _ => vec![name.to_owned(), arn(name)],
            };
            for text in names {
                let (action, body) = store.request(form, &text);
                let (answered, asked) = store.told(action, &body).unwrap();
                assert_eq!(answered, [name], "{form}: {body}");
                assert!(is_all_decided(&answered, &asked), "{body}: {asked:?}");
            }
        }
    }
}

#[test]
fn whatever_names_a_table_names_it_to_policies() {
    let store = Marked::open();
    let labels = NAMES.iter().map(|name| store.label(name)).collect();
    let config = ProptestConfig { cases: 6_000, ..ProptestConfig::default() };
    let forms = prop::sample::select(&FORMS[..]);
    let checked = proptest::test_runner::TestRunner::new(config).run(
        &(forms, texts(labels)),
        |(form, text)| {
            let (action, body) = store.request(form, &text);
            if let Some((answered, asked)) = store.told(action, &body) {
                prop_assert!(
                    is_all_decided(&answered, &asked),
                    "{}: the store answers of {:?}, policies are asked about {:?}",
                    body,
                    answered,
                    asked
                );
            }
            Ok(())
        },
    );
    if let Err(found) = checked {
        panic!("{found}");
    }
}
