//! A panic while a request is worked on: one answer, one line, and the next request is served.

use super::definition::{answering, api, deployed, method};
use super::fixture::{
    CLIENT, Noon, ask, fine, get, internal_error, log, polled, ports, served_with, shown, slow,
    store,
};
use http::Request;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vestibule_gateway::{Clock, Gateway, Ports, Random, Site, TraceMode};
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

/// Randomness that panics the first time it is asked past `calls`.
#[derive(Debug)]
struct Running {
    calls: AtomicUsize,
    last: usize,
}

impl Running {
    fn out_after(last: usize) -> Arc<Running> {
        Arc::new(Running { calls: AtomicUsize::new(0), last })
    }
}

impl Random for Running {
    fn next(&self) -> u64 {
        assert_ne!(self.calls.fetch_add(1, Ordering::Relaxed), self.last, "on purpose");
        0
    }
}

fn traced(random: &Arc<Running>, mode: TraceMode) -> Arc<Gateway> {
    let random = Arc::<Running>::clone(random);
    let gateway = Gateway::new(Ports { random, ..ports(store(), Arc::new(Noon)) });
    gateway.trace(mode, |_| {});
    let api = api([("/fine", method(HttpMethod::Any, answering("fine")))]);
    gateway.serve(Site::new([deployed(api)]));
    gateway
}

/// A trace takes its own id at last: what the request itself takes is known from one that is not traced.
#[tokio::test]
async fn a_panic_in_the_explanation_costs_no_answer() {
    let log = log();
    let counting = Running::out_after(usize::MAX);
    assert_eq!(ask(&traced(&counting, TraceMode::Off), get("/fine")).await, fine("fine"));
    let random = Running::out_after(counting.calls.load(Ordering::Relaxed));
    let gateway = traced(&random, TraceMode::All);
    assert_eq!(ask(&gateway, get("/fine")).await, fine("fine"));
    assert_eq!(
        log.text(),
        "ERROR a request was answered, but a bug in this program kept it from being explained\n"
    );
    assert_eq!(gateway.traces().len(), 0);
    assert_eq!(ask(&gateway, get("/fine")).await, fine("fine"));
    assert_eq!(gateway.traces().len(), 1);
}
