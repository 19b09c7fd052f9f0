//! The memory of all requests together: past it the next is refused, and it is given back.

use super::definition::{answering, api, method, mock};
use super::fixture::{CLIENT, MB, ask, bare_error, fine, get, polled, post, served, slow};
use bytes::Bytes;
use http::Request;
use vestibule_restapi::HttpMethod;

fn refused() -> String {
    bare_error("503 Service Unavailable", "ServiceUnavailableException", "Service Unavailable")
}

/// 512 MB, and a body that arrives counts twice: 25 of 10 MB fit.
const WAITING: usize = 25;

// Source: inferred (ours).
#[tokio::test]
async fn bodies_that_arrive_share_512_mb() {
    let mut integration = mock("");
    integration.request_templates.clear();
    let gateway = served(api([("/fine", method(HttpMethod::Post, integration))]));
    let mut body = br#"{"statusCode":200}"#.to_vec();
    body.resize(10 * MB, b' ');
    let body = Bytes::from(body);
    let mut waiting = Vec::new();
    for _ in 0..WAITING {
        let (sender, slow) = slow();
        sender.send(body.clone()).unwrap();
        let request = Request::post("/fine").body(slow).unwrap();
        let mut answer = Box::pin(gateway.answer(request, CLIENT));
        assert!(polled(&mut answer).await.is_pending());
        waiting.push((sender, answer));
    }
    assert_eq!(ask(&gateway, post("/fine", body.clone())).await, refused());
    assert_eq!(ask(&gateway, post("/fine", r#"{"statusCode":200}"#)).await, fine(""));
    // One that ends makes room for one.
    let (sender, answer) = waiting.pop().unwrap();
    drop(sender);
    assert_eq!(answer.await.status(), 200);
    assert_eq!(ask(&gateway, post("/fine", body.clone())).await, fine(""));
    // Those whose callers go away give it back too.
    drop(waiting);
    gateway.drained().await;
    for _ in 0..WAITING + 1 {
        assert_eq!(ask(&gateway, post("/fine", body.clone())).await, fine(""));
    }
}

/// The longest text that a template can have.
const TEMPLATE_BYTES: usize = 300 * 1024;

// Source: inferred (ours).
#[tokio::test]
async fn answers_that_nobody_reads_share_512_mb() {
    let long = "x".repeat(TEMPLATE_BYTES);
    let gateway = served(api([
        ("/long", method(HttpMethod::Get, answering(&long))),
        ("/short", method(HttpMethod::Get, answering("short"))),
    ]));
    let mut unread = Vec::new();
    for _ in 0..512 * MB / TEMPLATE_BYTES {
        let response = gateway.answer(get("/long"), CLIENT).await;
        assert_eq!(response.status(), 200);
        unread.push(response);
    }
    assert_eq!(ask(&gateway, get("/long")).await, refused());
    assert_eq!(ask(&gateway, get("/short")).await, fine("short"));
    // One that is given up makes room for one.
    unread.pop();
    assert_eq!(ask(&gateway, get("/long")).await, fine(&long));
    // Its head alone holds nothing.
    let heads: Vec<_> = unread.into_iter().map(|response| response.into_parts().0).collect();
    for _ in &heads {
        assert_eq!(gateway.answer(get("/long"), CLIENT).await.status(), 200);
    }
}
