//! What is counted of requests, and that everything that can be counted is.

use super::definition::{answering, api, compiled, dynamodb, method, mock};
use super::fixture::{
    CLIENT, Noon, ask, called, get, polled, ports, post, slow, store, store_of_things,
};
use http::Request;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use vestibule_dynamodb::Action;
use vestibule_gateway::{
    CacheOptions, Clock, Family, Gateway, Limits, SampleValue, Site, StageView,
};
use vestibule_restapi::{HttpMethod, MethodSetting, RestApi, Stage, StageName};

/// A clock that goes on by a millisecond whenever it is looked at, and panics at one look.
#[derive(Debug)]
struct Ticking {
    looks: AtomicU64,
    panics_at: u64,
}

impl Clock for Ticking {
    fn epoch_ms(&self) -> u64 {
        0
    }

    fn elapsed(&self) -> Duration {
        let look = self.looks.fetch_add(1, Ordering::Relaxed);
        assert_ne!(look, self.panics_at, "on purpose");
        Duration::from_millis(look)
    }
}

fn things() -> RestApi {
    let get_item = r#"{"TableName": "things", "Key": {"id": {"S": "$input.params('id')"}}}"#;
    let put_item = r#"{"TableName": "$input.path('$.table')", "Item": {"id": {"S": "1"}}}"#;
    api([
        ("/things/{id}", method(HttpMethod::Get, dynamodb("GetItem", get_item))),
        ("/things", method(HttpMethod::Post, dynamodb("PutItem", put_item))),
        ("/broken", method(HttpMethod::Get, mock("$input.json($nothing)"))),
    ])
}

fn setting(resource: Option<&str>, metrics: bool) -> MethodSetting {
    MethodSetting {
        resource_path: resource.map(str::to_owned),
        http_method: None,
        metrics: Some(metrics),
        logging_level: None,
        data_trace: None,
        rate_per_second: None,
        burst_requests: None,
        caching: None,
        cache_ttl_s: None,
        cache_data_encrypted: None,
        require_authorization_for_cache_control: None,
        unauthorized_cache_control: None,
        place: super::definition::text("setting").whole(),
    }
}

fn staged(api: RestApi, settings: Vec<MethodSetting>) -> Site {
    let stage = Stage::new(StageName::parse("prod").unwrap(), api.id.clone());
    let stage = Stage { method_settings: settings, ..stage };
    Site::new([StageView::new(stage, Arc::new(compiled(api)))])
}

async fn counting(panics_at: u64, settings: Vec<MethodSetting>) -> Arc<Gateway> {
    let clock = Arc::new(Ticking { looks: AtomicU64::new(0), panics_at });
    let tables = store_of_things().await;
    called(&tables, Action::PutItem, r#"{"TableName": "things", "Item": {"id": {"S": "1"}}}"#)
        .await;
    let gateway = Gateway::new(ports(tables, clock));
    gateway.serve(staged(things(), settings));
    gateway
}

/// Every series in which something stands: its name, labels and number; of a histogram the count and the sum.
fn told(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        for sample in &family.samples {
            let labels: Vec<String> =
                sample.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let value = match &sample.value {
                SampleValue::Number(0) => continue,
                SampleValue::Number(number) => number.to_string(),
                SampleValue::Distribution(told) => {
                    format!("{} in {:.3} s", told.counts.iter().sum::<u64>(), told.sum)
                }
            };
            text.push_str(&format!("{}{{{}}} {value}\n", family.name, labels.join(",")));
        }
    }
    text
}

// Source: AWS docs (metrics and dimensions: by API and stage always, by method where the stage's settings say so); names ours.
#[tokio::test]
async fn requests_are_counted_by_method_where_the_stage_asks_for_it() {
    let settings = vec![setting(None, false), setting(Some("/things/{id}"), true)];
    let gateway = counting(u64::MAX, settings).await;
    ask(&gateway, get("/things/1")).await;
    ask(&gateway, get("/things/2")).await;
    ask(&gateway, post("/things", r#"{"table": "nowhere"}"#)).await;
    ask(&gateway, get("/broken")).await;
    ask(&gateway, get("/unknown")).await;
    ask(&gateway, get("/%zz")).await;
    assert_eq!(
        told(&gateway.metrics()),
        "\
vestibule_api_requests{api=api,stage=prod} 3
vestibule_api_requests{api=api,stage=prod,resource=/things/{id},method=GET} 2
vestibule_api_4xx_errors{api=api,stage=prod} 1
vestibule_api_5xx_errors{api=api,stage=prod} 1
vestibule_api_request_bytes{api=api,stage=prod} 20
vestibule_api_response_bytes{api=api,stage=prod} 190
vestibule_api_response_bytes{api=api,stage=prod,resource=/things/{id},method=GET} 27
vestibule_api_latency_seconds{api=api,stage=prod} 3 in 0.009 s
vestibule_api_latency_seconds{api=api,stage=prod,resource=/things/{id},method=GET} 2 in 0.010 s
vestibule_api_integration_latency_seconds{api=api,stage=prod} 1 in 0.001 s
vestibule_api_integration_latency_seconds{api=api,stage=prod,resource=/things/{id},method=GET} 2 in 0.002 s
vestibule_api_template_seconds{api=api,stage=prod} 2 in 0.003 s
vestibule_api_template_seconds{api=api,stage=prod,resource=/things/{id},method=GET} 2 in 0.004 s
vestibule_api_gateway_responses{api=api,stage=prod,response_type=API_CONFIGURATION_ERROR} 1
vestibule_api_gateway_responses{api=api,stage=prod,response_type=MISSING_AUTHENTICATION_TOKEN} 1
vestibule_unrouted_requests{status=400} 1
vestibule_dynamodb_calls{action=GetItem} 2
vestibule_dynamodb_calls{action=PutItem,error=ResourceNotFoundException} 1
"
    );
}

// Source: inferred (ours).
#[tokio::test]
async fn a_reload_keeps_what_is_still_served_and_forgets_the_rest() {
    let gateway = counting(u64::MAX, vec![setting(Some("/things/{id}"), true)]).await;
    ask(&gateway, get("/things/1")).await;
    ask(&gateway, get("/unknown")).await;
    let requests = || {
        let mut families = gateway.metrics();
        families.truncate(1);
        told(&families)
    };
    let both = "\
vestibule_api_requests{api=api,stage=prod} 1
vestibule_api_requests{api=api,stage=prod,resource=/things/{id},method=GET} 1
";
    gateway.serve(staged(things(), vec![setting(None, true)]));
    assert_eq!(requests(), both);
    ask(&gateway, get("/unknown")).await;
    let other = api([("/other", method(HttpMethod::Get, answering("fine")))]);
    gateway.serve(staged(other, vec![setting(None, true)]));
    assert_eq!(requests(), "vestibule_api_requests{api=api,stage=prod} 2\n");
}

/// A gateway whose cache has room for one answer of a few bytes, after hits, misses and an eviction.
async fn caching() -> Arc<Gateway> {
    let cache = CacheOptions { bytes: 1_000, ..CacheOptions::default() };
    let gateway = Gateway::with_cache(ports(store(), Arc::new(Noon)), Limits::AWS, cache);
    let fine = || method(HttpMethod::Get, answering("fine"));
    let api = api([("/a", fine()), ("/b", fine())]);
    let stage = Stage {
        method_settings: vec![MethodSetting { caching: Some(true), ..setting(None, false) }],
        cache_cluster: Some((super::definition::text("cluster").whole(), None)),
        ..Stage::new(StageName::parse("prod").unwrap(), api.id.clone())
    };
    gateway.serve(Site::new([StageView::new(stage, Arc::new(compiled(api)))]));
    for path in ["/a", "/a", "/b"] {
        ask(&gateway, get(path)).await;
    }
    gateway
}

/// A metric that is defined and that nothing moves would tell its reader that all is well.
// Source: inferred (ours).
#[tokio::test]
async fn every_metric_moves() {
    let gateway = counting(1, Vec::new()).await;
    let mut moved = Vec::new();
    let mut look = |gateway: &Gateway| {
        for family in gateway.metrics() {
            if !told(std::slice::from_ref(&family)).is_empty() {
                moved.push(family.name);
            }
        }
    };
    // It meets the clock's panic.
    ask(&gateway, get("/things/1")).await;
    ask(&gateway, get("/things/1")).await;
    ask(&gateway, post("/things", r#"{"table": "nowhere"}"#)).await;
    ask(&gateway, get("/broken")).await;
    ask(&gateway, get("/unknown")).await;
    ask(&gateway, get("/%zz")).await;
    let (sender, body) = slow();
    let request = Request::post("/things").body(body).unwrap();
    let mut answer = Box::pin(gateway.answer(request, CLIENT));
    sender.send("{}".into()).unwrap();
    assert!(polled(&mut answer).await.is_pending());
    look(&gateway);
    look(caching().await.as_ref());
    moved.sort_unstable();
    moved.dedup();
    let mut all: Vec<&str> = gateway.metrics().iter().map(|family| family.name).collect();
    all.sort_unstable();
    assert_eq!(moved, all);
    drop(sender);
    answer.await;
}
