//! What an answer may have: headers, bytes.

use super::definition::{api, dynamodb, method, mock};
use super::fixture::{
    CLIENT, MB, Noon, ask, called, fine, get, internal_error, log, post, served, served_with,
    store_of_things,
};
use std::fmt::Write as _;
use std::sync::Arc;
use vestibule_dynamodb::Action;
use vestibule_gateway::Gateway;
use vestibule_restapi::HttpMethod;

/// A mock whose answer gets every member of the request's body as a header.
fn overriding() -> Arc<Gateway> {
    let template = "#set($context.responseOverride.header = $input.path('$')){\"statusCode\": 200}";
    served(api([("/over", method(HttpMethod::Post, mock(template)))]))
}

fn members(number: usize) -> String {
    let members: Vec<String> = (0..number).map(|n| format!(r#""h{n}":"x""#)).collect();
    format!("{{{}}}", members.join(","))
}

/// The log's line about it.
const TOO_MANY_HEADERS: &str = "ERROR api.yaml:1:1: the answer has more than 200 headers request_id=\"00000000-0000-4000-8000-000000000000\" \
     verb=\"POST\" path=\"/over\" status=500 took_us=0\n";

// Source: inferred (ours; a map of headers holds 32,768 names and panics with one more).
#[tokio::test(flavor = "multi_thread")]
async fn forty_thousand_headers_are_refused() {
    let log = log();
    let gateway = overriding();
    assert_eq!(ask(&gateway, post("/over", members(40_000))).await, internal_error());
    assert_eq!(log.text(), TOO_MANY_HEADERS);
    let one = ask(&gateway, post("/over", r#"{"content-type":"text/plain"}"#)).await;
    assert_eq!(one, fine("").replace("application/json", "text/plain"));
}

// Source: inferred (ours).
#[tokio::test]
async fn an_answer_has_at_most_200_headers_of_its_own() {
    let log = log();
    let gateway = overriding();
    let answer = gateway.answer(post("/over", members(200)), CLIENT).await;
    // With the media type and the two ids.
    assert_eq!((answer.status().as_u16(), answer.headers().len()), (200, 203));
    assert_eq!(log.text(), "");
    assert_eq!(ask(&gateway, post("/over", members(201))).await, internal_error());
    assert_eq!(log.text(), TOO_MANY_HEADERS);
}

/// Items of one BatchGetItem, the text of each, and what the text of the last is for an answer of 10 MB.
const ITEMS: usize = 27;
const TEXT_BYTES: usize = 390_000;

fn item(id: usize, text_bytes: usize) -> String {
    format!(r#"{{"id":{{"S":"{id:02}"}},"text":{{"S":"{}"}}}}"#, "x".repeat(text_bytes))
}

// Source: AWS docs: quotas (10 MB); that the answer is 500 is inferred.
#[tokio::test]
async fn an_answer_has_at_most_10_mb() {
    let log = log();
    let tables = store_of_things().await;
    let mut keys = String::new();
    let mut left = 10 * MB - r#"{"Responses":{"things":[]},"UnprocessedKeys":{}}"#.len();
    for id in 0..ITEMS {
        let empty = item(id, 0).len() + usize::from(id > 0);
        let text_bytes = TEXT_BYTES.min(left - empty);
        left -= empty + text_bytes;
        let body = format!(r#"{{"TableName":"things","Item":{}}}"#, item(id, text_bytes));
        assert_eq!(called(&tables, Action::PutItem, body).await, "{}");
        let comma = if id > 0 { "," } else { "" };
        write!(keys, r#"{comma}{{"id":{{"S":"{id:02}"}}}}"#).unwrap();
    }
    assert_eq!(left, 0);
    let template = format!(r#"{{"RequestItems":{{"things":{{"Keys":[{keys}]}}}}}}"#);
    let api = api([("/all", method(HttpMethod::Get, dynamodb("BatchGetItem", &template)))]);
    let gateway = served_with(api, tables.clone(), Arc::new(Noon));
    let answer = gateway.answer(get("/all"), CLIENT).await;
    let length = http_body::Body::size_hint(answer.body()).exact();
    assert_eq!((answer.status().as_u16(), length), (200, Some(10 * 1024 * 1024)));

    let one_more = format!(r#"{{"TableName":"things","Item":{}}}"#, item(0, TEXT_BYTES + 1));
    assert_eq!(called(&tables, Action::PutItem, one_more).await, "{}");
    assert_eq!(ask(&gateway, get("/all")).await, internal_error());
    assert_eq!(
        log.text(),
        "ERROR api.yaml:1:1: the answer is larger than 10485760 bytes \
         request_id=\"00000000-0000-4000-8000-000000000000\" verb=\"GET\" path=\"/all\" status=500 took_us=0\n"
    );
}
