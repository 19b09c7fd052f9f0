//! What a request may bring: bytes of its body, of its headers and of its target, and the time its body may take.

use super::definition::{answering, api, line, method, mock};
use super::fixture::{CLIENT, IDS, MB, ask, bare_error, fine, get, post, served, shown, slow};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use std::sync::Arc;
use std::time::Duration;
use vestibule_gateway::Gateway;
use vestibule_restapi::{HttpMethod, RestApi};

fn api_of_one() -> RestApi {
    api([("/fine", method(HttpMethod::Any, answering("fine")))])
}

fn too_large() -> String {
    bare_error("413 Payload Too Large", "RequestTooLargeException", "Request Too Long")
}

// Source: AWS docs: quotas (10 MB); recorded on AWS (the answer).
#[tokio::test]
async fn a_body_has_at_most_10_mb() {
    let gateway = served(api_of_one());
    assert_eq!(ask(&gateway, post("/fine", vec![b' '; 10 * MB])).await, fine("fine"));
    assert_eq!(ask(&gateway, post("/fine", vec![b' '; 10 * MB + 1])).await, too_large());
}

// Source: AWS docs: quotas (10 MB). In chunks nothing says how long the body will be.
#[tokio::test]
async fn a_body_in_chunks_has_at_most_10_mb() {
    let gateway = served(api_of_one());
    let chunk = Bytes::from(vec![b' '; MB]);
    for (last, expected) in [(None, fine("fine")), (Some(Bytes::from(" ")), too_large())] {
        let (sender, body) = slow();
        for chunk in std::iter::repeat_n(&chunk, 10).chain(&last) {
            sender.send(chunk.clone()).unwrap();
        }
        drop(sender);
        let request = Request::post("/fine").body(body).unwrap();
        assert_eq!(shown(gateway.answer(request, CLIENT).await).await, expected);
    }
}

// Source: AWS docs: quotas (10 MB). Refused before a path is looked at or a byte is read.
#[tokio::test]
async fn a_declared_length_past_10_mb_is_refused_before_the_body_is_read() {
    let gateway = served(api_of_one());
    let (_sender, body) = slow();
    let request = Request::post("/nothing").header("content-length", 10 * MB + 1);
    let answer = gateway.answer(request.body(body).unwrap(), CLIENT).await;
    assert_eq!(shown(answer).await, too_large());
}

// Source: inferred (ours: 30 s, then 408).
#[tokio::test(start_paused = true)]
async fn a_body_has_30_seconds() {
    let gateway = served(api_of_one());
    let (_sender, body) = slow();
    let begun = tokio::time::Instant::now();
    let answer = gateway.answer(Request::post("/fine").body(body).unwrap(), CLIENT).await;
    assert_eq!(
        shown(answer).await,
        bare_error("408 Request Timeout", "RequestTimeoutException", "Request Timeout")
    );
    let took = begun.elapsed();
    assert_eq!(Duration::from_secs(took.as_secs()), Duration::from_secs(30));
}

// Source: inferred (ours: a byte now and then does not prolong it).
#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_has_30_seconds_too() {
    let gateway = served(api_of_one());
    let (sender, body) = slow();
    let answer = tokio::spawn({
        let gateway = Arc::clone(&gateway);
        async move { gateway.answer(Request::post("/fine").body(body).unwrap(), CLIENT).await }
    });
    // Paused time runs on by itself while everybody waits.
    for _ in 0..29 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        sender.send(Bytes::from(" ")).unwrap();
    }
    assert!(!answer.is_finished());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(answer.await.unwrap().status(), 408);
}

async fn with_header(gateway: &Arc<Gateway>, value_bytes: usize) -> String {
    let request = Request::get("/fine").header("x", "v".repeat(value_bytes));
    ask(gateway, request.body(Full::default()).unwrap()).await
}

// Source: AWS docs: quotas (10,240 bytes); the answer is inferred.
#[tokio::test]
async fn headers_have_at_most_10240_bytes_with_their_names() {
    let gateway = served(api_of_one());
    assert_eq!(with_header(&gateway, 10_239).await, fine("fine"));
    assert_eq!(
        with_header(&gateway, 10_240).await,
        bare_error(
            "431 Request Header Fields Too Large",
            "RequestHeaderFieldsTooLargeException",
            "Request Header Fields Too Large"
        )
    );
}

// Source: AWS docs: quotas (10,240 bytes); the answer is inferred.
#[tokio::test]
async fn a_target_has_at_most_10240_bytes() {
    let gateway = served(api_of_one());
    let target = |bytes: usize| get(&format!("/fine?q={}", "v".repeat(bytes - "/fineq=".len())));
    assert_eq!(ask(&gateway, target(10_240)).await, fine("fine"));
    assert_eq!(
        ask(&gateway, target(10_241)).await,
        bare_error("414 URI Too Long", "RequestUriTooLongException", "Request URI too long")
    );
}

/// More than half of what one reading of a body may make: a second reading of it would fail.
fn many_values() -> String {
    format!(r#"{{"x":"v","y":[{}0]}}"#, "0,".repeat(1_200_000))
}

// Source: inferred (a body is read once, however many lines map a part of it).
#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_read_once_for_20_mappings() {
    let mut integration = mock(r#"{"statusCode": 200}"#);
    integration.request_parameters = (0..20)
        .map(|n| line(&format!("integration.request.header.a{n}"), "method.request.body.x"))
        .collect();
    let gateway = served(api([("/mapped", method(HttpMethod::Post, integration))]));
    assert_eq!(ask(&gateway, post("/mapped", many_values())).await, fine(""));
    assert_eq!(
        ask(&gateway, post("/mapped", "[")).await,
        format!(
            "400 Bad Request\ncontent-type: application/json\nx-amzn-errortype: BadRequestException\n\
             {IDS}\n{{\"message\": \"Invalid JSON in request body\"}}"
        )
    );
}
