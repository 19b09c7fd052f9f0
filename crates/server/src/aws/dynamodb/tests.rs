//! Calls of a store on the network that gives no answer.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use serde_json::json;
use tokio::time::Instant;
use vestibule_dynamodb::{AnswerBody, Network, Place, Remote, RemoteOptions, Sending};
use vestibule_gateway::{BodyError, Calling, EndpointCall, Endpoints, Ports};
use vestibule_sigv4::{Credentials, FixedCredentials};

use super::*;
use crate::aws::caller::tests::{call_of_alice, client, principals, stopped_clock};
use crate::serve::{SystemClock, SystemRandom, SystemWorld};

/// Never answers, but to whoever looks at the start for the program's own tables.
#[derive(Debug)]
struct Silent;

impl Network for Silent {
    fn send(&self, request: http::Request<Bytes>) -> Sending {
        let is_look = request.body().windows(14).any(|bytes| bytes == b"vestibule.meta");
        Box::pin(async move {
            if !is_look {
                std::future::pending::<()>().await;
            }
            let body = Full::new(Bytes::from_static(b"{}"));
            let body = body.map_err(|never: Infallible| -> BodyError { match never {} });
            Ok(http::Response::new(Box::pin(body) as AnswerBody))
        })
    }
}

impl Endpoints for Silent {
    fn call(&self, _: EndpointCall) -> Calling {
        Box::pin(std::future::pending())
    }
}

async fn dynamodb() -> DynamoDb {
    let options = RemoteOptions::new(Place::parse("http://127.0.0.1:8000").unwrap());
    let credentials = Credentials::new("AKIDGATEWAY".to_owned(), "secret".to_owned(), None);
    let source = Arc::new(FixedCredentials::new(credentials));
    let world = Arc::new(SystemWorld(Arc::new(SystemClock::new())));
    let (tables, _) = Remote::open(&options, Arc::new(Silent), world, source).await.unwrap();
    let (clock, random) = (stopped_clock(), Arc::new(SystemRandom));
    let ports = Ports { tables: tables.clone(), endpoints: Arc::new(Silent), clock, random };
    let owner = Owner { account: "000000000000".to_owned(), region: "us-east-1".to_owned() };
    let (gateway, random, calls) = (Gateway::new(ports), Arc::new(SystemRandom), Arc::default());
    DynamoDb { tables, owner, gateway, random, calls }
}

/// The answer to a call of alice, and the seconds that it took.
async fn told(target: &str, body: &serde_json::Value) -> (String, u64) {
    let dynamodb = dynamodb().await;
    let callers = Callers::new(principals(), "us-east-1".to_owned(), true, stopped_clock());
    let body = Bytes::from(body.to_string());
    let (head, client) = (call_of_alice(target, &body), client());
    let request = Request { head: &head, client: &client, callers: &callers };
    let found = caller::find(&head, &client);
    let body = Full::new(body).map_err(|never| match never {});
    let began = Instant::now();
    let reply = dynamodb.answer(request, found, Box::pin(body)).await;
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    (format!("{} {text}", reply.status), began.elapsed().as_secs())
}

// Source: inferred (a decision needs the keys of every table that is named).
#[tokio::test(start_paused = true)]
async fn a_decision_that_waits_for_the_store_has_an_end() {
    let keys = json!({ "Keys": [{ "id": { "S": "1" } }] });
    let body = json!({ "RequestItems": { "a": keys, "b": keys, "c": keys } });
    let (answer, took_s) = told("DynamoDB_20120810.BatchGetItem", &body).await;
    assert_eq!(
        answer,
        r#"500 {"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}"#
    );
    assert_eq!(took_s, 30);
}

// Source: inferred (what no policy allows whatever its keys are is refused without a store).
#[tokio::test(start_paused = true)]
async fn what_no_keys_would_change_is_decided_without_the_store() {
    let body = json!({ "TableName": "a", "Key": { "id": { "S": "1" } } });
    let (answer, took_s) = told("DynamoDB_20120810.GetItem", &body).await;
    let denied = r#"400 {"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: arn:aws:iam::000000000000:user/alice is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/a because no identity-based policy allows the dynamodb:GetItem action"}"#;
    assert_eq!((answer.as_str(), took_s), (denied, 0));
}

// Source: inferred (a large body is read aside, where no other timer is looked at).
#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_is_no_way_past_the_end() {
    let tables: serde_json::Map<String, serde_json::Value> = (0..90)
        .map(|n| {
            let key = json!({ "id": { "S": "x".repeat(1_000) } });
            (format!("t{n}"), json!({ "Keys": [key] }))
        })
        .collect();
    let body = Bytes::from(json!({ "RequestItems": tables }).to_string());
    let dynamodb = dynamodb().await;
    let callers = Callers::new(principals(), "us-east-1".to_owned(), true, stopped_clock());
    let (head, client) = (call_of_alice("DynamoDB_20120810.BatchGetItem", &body), client());
    let found = caller::find(&head, &client);
    let claim = callers.claim(&head, &client, found, SERVICE).unwrap();
    let caller = callers.verify(&claim, &head, &client, &body).unwrap().unwrap();
    let request = Request { head: &head, client: &client, callers: &callers };
    let passed = Instant::now();
    let permitted = dynamodb.permit(&caller, Action::BatchGetItem, &body, request, passed).await;
    assert!(matches!(permitted, Err(Refusal::Internal)), "{permitted:?}");
}
