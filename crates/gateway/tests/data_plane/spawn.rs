//! Who runs a request: its caller as long as nothing waits, a task of its own from then on.

use super::definition::{answering, api, dynamodb, method};
use super::fixture::{
    CLIENT, IDS, Noon, ask, called, fine, get, log, polled, served, served_with, shown, slow,
    store_of_things,
};
use http::Request;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use vestibule_dynamodb::Action;
use vestibule_restapi::{HttpMethod, RestApi};

fn puts() -> RestApi {
    let put = r#"{"TableName":"things","Item":{"id":{"S":"$input.path('$.id')"}}}"#;
    api([("/things", method(HttpMethod::Post, dynamodb("PutItem", put)))])
}

// Source: inferred (a write that was sent to the store is not left half done).
#[tokio::test]
async fn a_request_whose_caller_has_gone_runs_to_its_end() {
    let log = log();
    let tables = store_of_things().await;
    let gateway = served_with(puts(), tables.clone(), Arc::new(Noon));
    let (sender, body) = slow();
    let request = Request::post("/things?secret=1").body(body).unwrap();
    let mut answer = Box::pin(gateway.answer(request, CLIENT));
    assert!(polled(&mut answer).await.is_pending());
    drop(answer);
    let mut drained = Box::pin(gateway.drained());
    assert!(polled(&mut drained).await.is_pending());
    sender.send(r#"{"id":"#.into()).unwrap();
    sender.send(r#""one"}"#.into()).unwrap();
    drop(sender);
    drained.await;
    let key = r#"{"TableName":"things","Key":{"id":{"S":"one"}}}"#;
    assert_eq!(called(&tables, Action::GetItem, key).await, r#"{"Item":{"id":{"S":"one"}}}"#);
    assert_eq!(
        log.text(),
        " INFO the client hung up; the request ran to its end and would have answered 200 \
         request_id=\"00000000-0000-4000-8000-000000000000\" verb=\"POST\" path=\"/things\" status=499\n"
    );
}

// Source: inferred (as above, and nobody hung up).
#[tokio::test]
async fn a_caller_that_waits_gets_the_answer_of_the_task() {
    let log = log();
    let gateway = served_with(puts(), store_of_things().await, Arc::new(Noon));
    let (sender, body) = slow();
    let request = Request::post("/things").body(body).unwrap();
    let mut answer = Box::pin(gateway.answer(request, CLIENT));
    assert!(polled(&mut answer).await.is_pending());
    sender.send(r#"{"id":"two"}"#.into()).unwrap();
    drop(sender);
    assert_eq!(
        shown(answer.await).await,
        format!(
            "200 OK\ncontent-type: application/json\n\
             x-amzn-trace-id: Root=1-0000a8c0-000000000000000000000000;Parent=0000000000000000;Sampled=0\n\
             {IDS}\n{{}}"
        )
    );
    assert_eq!(log.text(), "");
}

// Source: inferred (a task for a request that never waits would be work for nothing).
#[test]
fn a_request_that_is_answered_at_once_needs_no_task() {
    // Outside a runtime a task cannot even be spawned.
    let gateway = served(api([("/fine", method(HttpMethod::Get, answering("fine")))]));
    let answer = pin!(gateway.answer(get("/fine"), CLIENT));
    let Poll::Ready(response) = answer.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it waits");
    };
    assert_eq!(response.status(), 200);
}

// Source: inferred (GetItem runs on the thread that asks).
#[tokio::test]
async fn a_read_of_one_item_is_answered_at_once() {
    let item = r#"{"TableName":"things","Key":{"id":{"S":"none"}}}"#;
    let api = api([("/things", method(HttpMethod::Get, dynamodb("GetItem", item)))]);
    let gateway = served_with(api, store_of_things().await, Arc::new(Noon));
    let mut answer = Box::pin(gateway.answer(get("/things"), CLIENT));
    let Poll::Ready(response) = polled(&mut answer).await else { panic!("it waits") };
    assert_eq!(response.status(), 200);
}

// Source: inferred (ours).
#[tokio::test]
async fn an_idle_gateway_is_drained_and_still_answers() {
    let gateway = served(api([("/fine", method(HttpMethod::Get, answering("fine")))]));
    let mut drained = Box::pin(gateway.drained());
    assert!(polled(&mut drained).await.is_ready());
    assert_eq!(ask(&gateway, get("/fine")).await, fine("fine"));
}
