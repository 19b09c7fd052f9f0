//! Limits of stages and methods. Source: recorded-on-AWS wording of the 429, AWS docs (api-gateway-request-throttling) for the buckets.

use crate::definition::{answering, api, compiled, method, throttled};
use crate::fixture::{CLIENT, Noon, ask, fine, get, ports, store};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use vestibule_gateway::{Clock, Gateway, Site, StageView};
use vestibule_restapi::{HttpMethod, MethodSetting, RestApi, Stage, StageName};

/// Milliseconds that a test moves on.
#[derive(Debug, Default)]
struct Moving(AtomicU64);

impl Clock for Moving {
    fn epoch_ms(&self) -> u64 {
        43_200_000
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

fn definition() -> RestApi {
    let fine = || method(HttpMethod::Get, answering("fine"));
    api([("/a", fine()), ("/b", fine())])
}

fn site(settings: Vec<MethodSetting>) -> Site {
    let api = definition();
    let stage = Stage::new(StageName::parse("prod").unwrap(), api.id.clone());
    let stage = Stage { method_settings: settings, ..stage };
    Site::new([StageView::new(stage, Arc::new(compiled(api)))])
}

fn gateway(settings: Vec<MethodSetting>) -> (Arc<Gateway>, Arc<Moving>) {
    let clock = Arc::new(Moving::default());
    let gateway = Gateway::new(ports(store(), clock.clone()));
    gateway.serve(site(settings));
    (gateway, clock)
}

/// Which of so many requests are let in.
async fn admitted(gateway: &Arc<Gateway>, path: &str, requests: usize) -> usize {
    let mut admitted = 0;
    for _ in 0..requests {
        admitted += usize::from(ask(gateway, get(path)).await == fine("fine"));
    }
    admitted
}

#[tokio::test]
async fn past_its_limit_a_method_answers_429() {
    let (gateway, _) = gateway(vec![throttled(None, None, 1.0, 1)]);
    assert_eq!(ask(&gateway, get("/a")).await, fine("fine"));
    let expected = "429 Too Many Requests\ncontent-type: application/json\n\
                    x-amzn-errortype: TooManyRequestsException\n\
                    x-amzn-requestid: 00000000-0000-4000-8000-000000000000\n\
                    x-amz-apigw-id: AAAAAAAAAAAAAAA=\n\n{\"message\":\"Too Many Requests\"}";
    assert_eq!(ask(&gateway, get("/a")).await, expected);
}

#[tokio::test]
async fn a_method_has_a_bucket_of_its_own_and_the_most_exact_setting() {
    let exact = throttled(Some("/b"), Some(HttpMethod::Get), 10.0, 3);
    let (gateway, clock) = gateway(vec![exact, throttled(None, None, 10.0, 2)]);
    assert_eq!(admitted(&gateway, "/a", 5).await, 2);
    assert_eq!(admitted(&gateway, "/b", 5).await, 3);
    clock.0.store(100, Ordering::Relaxed);
    assert_eq!(admitted(&gateway, "/a", 5).await, 1);
}

#[tokio::test]
async fn zero_lets_none_in_and_minus_one_is_no_limit() {
    let (gateway, _) =
        gateway(vec![throttled(Some("/a"), None, 0.0, 5), throttled(Some("/b"), None, -1.0, 5)]);
    assert_eq!(admitted(&gateway, "/a", 3).await, 0);
    assert_eq!(admitted(&gateway, "/b", 20).await, 20);
}

#[tokio::test]
async fn a_reload_keeps_what_was_taken_and_takes_the_new_limit() {
    let (gateway, _) = gateway(vec![throttled(None, None, 1.0, 2)]);
    assert_eq!(admitted(&gateway, "/a", 5).await, 2);
    gateway.serve(site(vec![throttled(None, None, 1.0, 2)]));
    assert_eq!(admitted(&gateway, "/a", 5).await, 0);
    gateway.serve(site(vec![throttled(None, None, 1.0, 4)]));
    assert_eq!(admitted(&gateway, "/a", 5).await, 2);
    gateway.serve(site(Vec::new()));
    assert_eq!(admitted(&gateway, "/a", 5).await, 5);
}

/// AWS docs: TestInvokeMethod is not throttled.
#[tokio::test]
async fn the_gateways_owner_is_not_counted() {
    let gateway = Gateway::new(ports(store(), Arc::new(Noon)));
    gateway.serve(site(vec![throttled(None, None, 0.0, 0)]));
    assert_eq!(gateway.test_invoke(get("/a"), CLIENT).await.status(), 200);
    assert_eq!(gateway.answer(get("/a"), CLIENT).await.status(), 429);
}
