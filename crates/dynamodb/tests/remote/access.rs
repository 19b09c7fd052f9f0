//! What policies are asked about requests to a store on the network.
//!
//! Source: AWS docs (the form of ARNs); what other stores make of them: inferred from ScyllaDB Alternator, which takes any ARN's end
//! for the name of its own table.

use bytes::Bytes;
use vestibule_dynamodb::{Access, Action};

use crate::fake::{Does, Fake, open};

const NO_REQUEST: &str = r#"{"__type":"com.amazon.coral.service#SerializationException"}"#;

fn line(access: &Access) -> String {
    let owner = access.owner.as_ref().map_or("own", |owner| &owner.account);
    format!("{} of {owner}", access.table.as_deref().unwrap_or("*"))
}

/// What a request touches at a store there.
async fn touched(place: &str, action: Action, body: &str) -> Vec<String> {
    let store = open(&Fake::default(), place, 0).await.unwrap();
    store.fake.host_does("db:8000", Does::Answers(400, "{}"));
    store.fake.does(std::iter::repeat_n(Does::Answers(400, "{}"), 4));
    match store.tables.accesses(action, &Bytes::from(body.to_owned())).await {
        Ok(accesses) => accesses.iter().map(line).collect(),
        Err(refused) => vec![String::from_utf8_lossy(&refused.body).into_owned()],
    }
}

#[tokio::test(start_paused = true)]
async fn an_arn_of_another_is_also_the_own_table_where_the_store_may_take_it_so() {
    let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/items";
    let key = r#"{"Key": {"id": {"S": "1"}}}"#;
    let get = key.replacen('{', &format!(r#"{{"TableName": "{arn}", "#), 1);
    let batch = format!(r#"{{"RequestItems": {{"{arn}": {{"Keys": [{{"id": {{"S": "1"}}}}]}}}}}}"#);
    let tags = format!(r#"{{"ResourceArn": "{arn}"}}"#);
    let both = ["items of 123456789012", "items of own"];
    for (action, body) in [
        (Action::GetItem, &get),
        (Action::BatchGetItem, &batch),
        (Action::ListTagsOfResource, &tags),
        (Action::DescribeTable, &get),
    ] {
        assert_eq!(touched("http://db:8000", action, body).await, both, "{action}");
        assert_eq!(touched("aws", action, body).await, both[..1], "{action} at AWS");
    }
    let plain = get.replace(arn, "items");
    assert_eq!(touched("http://db:8000", Action::GetItem, &plain).await, ["items of own"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_arn_to_the_letter_is_no_request_to_any_store() {
    for arn in [
        "arn:aws:dynamodb:eu-west-1:123456789012:table/open:table/secret",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/items/index/i",
        "arn:other:dynamodb:eu-west-1:123456789012:table/items",
    ] {
        let get = format!(r#"{{"TableName": "{arn}", "Key": {{"id": {{"S": "1"}}}}}}"#);
        let tags = format!(r#"{{"ResourceArn": "{arn}"}}"#);
        for place in ["http://db:8000", "aws"] {
            assert_eq!(touched(place, Action::GetItem, &get).await, [NO_REQUEST], "{arn}");
            assert_eq!(touched(place, Action::TagResource, &tags).await, [NO_REQUEST], "{arn}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn alternators_own_arns_name_its_tables_there_alone() {
    let of = |keyspace: &str, table: &str| {
        format!(
            r#"{{"ResourceArn": "arn:scylla:alternator:alternator_{keyspace}:scylla:table/{table}"}}"#
        )
    };
    let own = of("items", "items");
    assert_eq!(touched("http://db:8000", Action::TagResource, &own).await, ["items of own"]);
    assert_eq!(touched("aws", Action::TagResource, &own).await, [NO_REQUEST]);
    for other in [of("open", "secret"), of("a/b", "a/b"), of("", "")] {
        let told = touched("http://db:8000", Action::TagResource, &other).await;
        assert_eq!(told, [NO_REQUEST], "{other}");
    }
}

#[tokio::test(start_paused = true)]
async fn iterators_and_twins_of_a_store_on_the_network_are_not_read() {
    let records = r#"{"ShardIterator": "whatever"}"#;
    assert_eq!(touched("http://db:8000", Action::GetRecords, records).await, ["* of own"]);
    let twins = r#"{"TableName": "open", "TableName": "secret", "Key": {}}"#;
    assert_eq!(touched("http://db:8000", Action::GetItem, twins).await, [NO_REQUEST]);
}
