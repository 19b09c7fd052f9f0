//! A panic while a request is worked on: one answer, one line, and the next request is served.

use super::definition::{answering, api, method};
use super::fixture::{
    CLIENT, ask, fine, get, internal_error, log, polled, served_with, shown, slow, store,
};
use http::Request;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vestibule_gateway::{Clock, Gateway};
use vestibule_restapi::HttpMethod;

/// A clock that panics when it is asked for the second time: when the first request is at its end.
#[derive(Debug, Default)]
struct Broken(AtomicUsize);

impl Clock for Broken {
    fn epoch_ms(&self) -> u64 {
        0
    }

    fn elapsed(&self) -> Duration {
        assert_ne!(self.0.fetch_add(1, Ordering::Relaxed), 1, "on purpose");
        Duration::ZERO
    }
}

fn gateway() -> Arc<Gateway> {
    let api = api([("/fine", method(HttpMethod::Any, answering("fine")))]);
    served_with(api, store(), Arc::new(Broken::default()))
}

// Source: inferred (AWS's answer to a failure of its own).
#[tokio::test]
async fn a_panic_is_answered_with_500_and_ids() {
    let log = log();
    let gateway = gateway();
    assert_eq!(ask(&gateway, get("/fine")).await, internal_error());
    assert_eq!(log.text(), "ERROR a request met a bug in this program and got 500\n");
    assert_eq!(ask(&gateway, get("/fine")).await, fine("fine"));
}

// Source: inferred (the same in a task).
#[tokio::test]
async fn a_panic_in_a_task_is_answered_with_500_and_ids() {
    let log = log();
    let gateway = gateway();
    let (sender, body) = slow();
    let request = Request::post("/fine").body(body).unwrap();
    let mut answer = Box::pin(gateway.answer(request, CLIENT));
    assert!(polled(&mut answer).await.is_pending());
    drop(sender);
    assert_eq!(shown(answer.await).await, internal_error());
    assert_eq!(log.text(), "ERROR a request met a bug in this program and got 500\n");
    assert_eq!(ask(&gateway, get("/fine")).await, fine("fine"));
    gateway.drained().await;
}
