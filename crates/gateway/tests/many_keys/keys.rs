//! What is counted of a key is made at its first request, and is small.

#![cfg(target_os = "linux")]

use super::definition::{answering, api, compiled, method, text};
use super::fixture::{CLIENT, MB, Noon, get, ports, store};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use std::num::NonZeroU32;
use std::sync::Arc;
use vestibule_gateway::{
    ApiKeys, Ask, Batch, Decided, Deciding, Gateway, Granted, Reading, SharedStore, Sharing, Site,
    StageView, WhenLost,
};
use vestibule_restapi::{
    ApiKey, ApiKeyValue, HttpMethod, QuotaPeriod, QuotaSettings, RestApiId, Stage, StageName,
    ThrottleSettings, UsagePlan, UsagePlanStage,
};

const KEYS: usize = 100_000;

/// AWS's most of a stage.
const METHODS: usize = 20;

fn value(number: usize) -> String {
    format!("value-of-key-{number:010}")
}

fn keys() -> Vec<ApiKey> {
    let place = text("keys").whole();
    let key = |number: usize| ApiKey {
        id: format!("key{number:07}"),
        label: format!("Key{number:07}"),
        name: None,
        value: Some(ApiKeyValue(text(&value(number)))),
        is_enabled: true,
        place: place.clone(),
    };
    (0..KEYS).map(key).collect()
}

fn plan(keys: &[ApiKey]) -> UsagePlan {
    let limit = || ThrottleSettings { rate_per_second: Some(0.001), burst_requests: Some(2) };
    let methods = (0..METHODS).map(|number| (format!("/{number}/GET"), limit()));
    UsagePlan {
        id: "plan".to_owned(),
        label: "Plan".to_owned(),
        name: None,
        stages: vec![UsagePlanStage {
            api: RestApiId::of("api"),
            stage: StageName::parse("prod").unwrap(),
            throttle: methods.collect(),
        }],
        throttle: Some(limit()),
        quota: Some(QuotaSettings { quota_requests: 9, offset: 0, period: QuotaPeriod::Month }),
        keys: keys.iter().map(|key| key.id.clone()).collect(),
        place: text("plan").whole(),
    }
}

fn site(keys: &[ApiKey]) -> Site {
    let paths: [String; METHODS] = std::array::from_fn(|number| format!("/{number}"));
    let guarded = std::array::from_fn::<_, METHODS, _>(|number| {
        let mut guarded = method(HttpMethod::Get, answering("fine"));
        guarded.api_key_required = Some(text("security").whole());
        (paths[number].as_str(), guarded)
    });
    let snapshot = Arc::new(compiled(api(guarded)));
    let stage = Stage::new(StageName::parse("prod").unwrap(), RestApiId::of("api"));
    let (plans, mut findings) = ([plan(keys)], Vec::new());
    let keys = ApiKeys::compile(keys, &plans, std::slice::from_ref(&stage), &mut findings);
    assert!(findings.is_empty());
    Site::new([StageView::new(stage, snapshot)]).with_api_keys(keys)
}

fn request(number: usize) -> Request<Full<Bytes>> {
    let mut request = get(&format!("/{}", number % METHODS));
    request.headers_mut().insert("x-api-key", value(number).parse().unwrap());
    request
}

async fn status(gateway: &Arc<Gateway>, number: usize) -> u16 {
    gateway.answer(request(number), CLIENT).await.status().as_u16()
}

/// Resident bytes of this process.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() * 1024
}

fn grown(since: usize) -> usize {
    resident().saturating_sub(since)
}

/// What a key may take once it has called, its share of the maps with it.
const KEY_BYTES_MAX: usize = 800;

/// The same of a gateway among several, which knows something of each limit that was asked for.
const SHARED_KEY_BYTES_MAX: usize = 2_400;

/// A store that lets in all.
#[derive(Debug)]
struct Generous;

impl SharedStore for Generous {
    fn decide(&self, batch: Batch) -> Deciding<'_> {
        let granted = |ask: &Ask| Granted { requests: ask.requests, refused_by: None };
        let asks = batch.asks.iter().map(granted).collect();
        let meters = batch.meters.iter().map(|_| Reading { level: 1, recalled: 0 }).collect();
        Box::pin(async { Ok(Decided { asks, meters }) })
    }

    fn is_there(&self) -> bool {
        true
    }

    fn gateways(&self) -> NonZeroU32 {
        NonZeroU32::MIN
    }

    fn is_gathering(&self) -> bool {
        false
    }
}

// Source: inferred (ours).
#[tokio::test]
async fn a_key_takes_memory_from_its_first_request_on_and_little() {
    // Kept to the end: what is freed would be used again, and not be seen.
    let keys = keys();
    let (first, second, third) = (site(&keys), site(&keys), site(&keys));
    let gateway = Gateway::new(ports(store(), Arc::new(Noon)));
    let before = resident();
    gateway.serve(first);
    assert_eq!(status(&gateway, 0).await, 200);
    let served = grown(before);
    assert!(served < 4 * MB, "{served} bytes before the keys call");
    for number in 1..KEYS {
        assert_eq!(status(&gateway, number).await, 200);
    }
    let called = grown(before);
    assert!(called < KEYS * KEY_BYTES_MAX, "{} bytes a key", called / KEYS);
    assert_eq!(gateway.unwritten_use(2 * KEYS).len(), KEYS);
    // Another site finds what was taken, and makes nothing anew.
    gateway.serve(second);
    for number in (0..KEYS).step_by(100) {
        assert_eq!(status(&gateway, number).await, 200);
        assert_eq!(status(&gateway, number).await, 429);
    }
    let reloaded = grown(before);
    assert!(reloaded < called + 4 * MB, "{reloaded} bytes after {called}");
    let shared = Gateway::new(ports(store(), Arc::new(Noon)));
    shared.share(Sharing { store: Arc::new(Generous), when_lost: WhenLost::Share, gateways: None });
    shared.serve(third);
    let before = resident();
    for number in 0..KEYS {
        assert_eq!(status(&shared, number).await, 200);
    }
    let called = grown(before);
    assert!(called < KEYS * SHARED_KEY_BYTES_MAX, "{} bytes a key", called / KEYS);
    drop(keys);
}
