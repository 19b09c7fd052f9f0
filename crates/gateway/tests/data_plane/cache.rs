//! The cache of answers: what is kept, for whom, for how long, and who may have it fetched anew. Source: AWS docs (api-gateway-caching), where a
//! test says no other.

use super::definition::{api, compile, compiled, line, method, mock, text, throttled};
use super::fixture::{CLIENT, get, polled, store};
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use vestibule_gateway::{
    CacheFuture, CacheKey, CacheOptions, CacheStore, CacheStoreError, CacheVersion, Cached,
    Calling, Clock, EndpointBody, EndpointCall, EndpointError, Endpoints, Gateway, Limits, Ports,
    Random, Response, SampleValue, Site, StageView, Trace, TraceMode,
};
use vestibule_restapi::{
    CanarySettings, HttpMethod, Integration, IntegrationType, MethodSetting, RestApi, Stage,
    StageName, UnauthorizedCacheControl,
};

/// Milliseconds that a test moves on.
#[derive(Debug, Default)]
struct Moving(AtomicU64);

impl Clock for Moving {
    fn epoch_ms(&self) -> u64 {
        0
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Relaxed))
    }
}

/// Other numbers each time.
#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Random for Counting {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Relaxed)
    }
}

/// A status and a body, or why there is none.
type Answer = Result<(u16, String), EndpointError>;

/// An endpoint that numbers its calls and answers each with its number, at once or when a test lets it.
#[derive(Debug, Default)]
struct Backend {
    calls: AtomicU64,
    is_held: bool,
    status: u16,
    coding: Option<&'static str>,
    seen: Mutex<Vec<http::HeaderMap>>,
    held: Mutex<Vec<Option<oneshot::Sender<Answer>>>>,
}

impl Backend {
    fn calls(&self) -> u64 {
        self.calls.load(Relaxed)
    }

    /// Lets it answer a call, which is counted from 1.
    fn answer(&self, call: u64, body: &str) {
        self.end(call, Ok((200, body.to_owned())));
    }

    fn end(&self, call: u64, answer: Answer) {
        let index = usize::try_from(call - 1).unwrap();
        let waiting = self.held.lock().unwrap()[index].take();
        // Its request may have been given up.
        let _: Result<(), Answer> = waiting.unwrap().send(answer);
    }
}

fn answer(status: u16, body: &str) -> http::Response<EndpointBody> {
    let body = Full::new(Bytes::from(body.to_owned())).map_err(Into::into);
    http::Response::builder()
        .status(status)
        .header("content-type", "text/plain")
        .body(Box::pin(body) as EndpointBody)
        .unwrap()
}

impl Endpoints for Backend {
    fn call(&self, call: EndpointCall) -> Calling {
        let number = self.calls.fetch_add(1, Relaxed) + 1;
        self.seen.lock().unwrap().push(call.request.headers().clone());
        if !self.is_held {
            let status = if self.status == 0 { 200 } else { self.status };
            let mut answer = answer(status, &number.to_string());
            let coding = self.coding.map(http::HeaderValue::from_static);
            answer
                .headers_mut()
                .extend(coding.map(|coding| (http::header::CONTENT_ENCODING, coding)));
            return Box::pin(std::future::ready(Ok(answer)));
        }
        let (sender, receiver) = oneshot::channel();
        self.held.lock().unwrap().push(Some(sender));
        Box::pin(async move {
            let (status, body) = receiver.await.unwrap()?;
            Ok(answer(status, &body))
        })
    }
}

/// A gateway in front of a backend.
struct Served {
    gateway: Arc<Gateway>,
    backend: Arc<Backend>,
    clock: Arc<Moving>,
}

impl Served {
    fn new(backend: Backend, options: CacheOptions, site: Site) -> Served {
        let (backend, clock) = (Arc::new(backend), Arc::new(Moving::default()));
        let ports = Ports {
            tables: store(),
            endpoints: Arc::<Backend>::clone(&backend),
            clock: Arc::<Moving>::clone(&clock),
            random: Arc::new(Counting::default()),
        };
        let gateway = Gateway::with_cache(ports, Limits::AWS, options);
        gateway.serve(site);
        Served { gateway, backend, clock }
    }

    /// One whose backend answers at once, with every GET cached.
    fn of(api: RestApi) -> Served {
        Served::new(Backend::default(), CacheOptions::default(), site(api, vec![cached()]))
    }

    /// One whose backend answers when a test lets it.
    fn held(api: RestApi) -> Served {
        let backend = Backend { is_held: true, ..Backend::default() };
        Served::new(backend, CacheOptions::default(), site(api, vec![cached()]))
    }

    async fn ask(&self, request: Request<Full<Bytes>>) -> String {
        body(self.gateway.answer(request, CLIENT).await).await
    }

    async fn get(&self, target: &str) -> String {
        self.ask(get(target)).await
    }

    fn begin(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Pin<Box<impl Future<Output = Response> + use<>>> {
        let gateway = Arc::clone(&self.gateway);
        Box::pin(async move { gateway.answer(request, CLIENT).await })
    }

    /// What the metric of this name says.
    fn metric(&self, name: &str) -> u64 {
        let families = self.gateway.metrics();
        let family = families.iter().find(|family| family.name == name).unwrap();
        let numbers = family.samples.iter().map(|sample| match &sample.value {
            SampleValue::Number(number) => *number,
            SampleValue::Distribution(_) => panic!("{name} has no number"),
        });
        numbers.sum()
    }
}

async fn body(response: Response) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

/// What is said of all methods: their answers are cached.
fn cached() -> MethodSetting {
    MethodSetting {
        rate_per_second: None,
        burst_requests: None,
        caching: Some(true),
        ..throttled(None, None, 0.0, 0)
    }
}

fn staged(api: RestApi, settings: Vec<MethodSetting>, size: Option<&str>) -> StageView {
    let stage = Stage::new(StageName::parse("prod").unwrap(), api.id.clone());
    let cache_cluster = size.map(|size| (text("cluster").whole(), Some(size.to_owned())));
    let stage = Stage { method_settings: settings, cache_cluster, ..stage };
    StageView::new(stage, Arc::new(compiled(api)))
}

fn site(api: RestApi, settings: Vec<MethodSetting>) -> Site {
    Site::new([staged(api, settings, Some("0.5"))])
}

/// A backend behind a resource, with these parameters in the key.
fn backend(keys: &[&str]) -> Integration {
    Integration {
        kind: IntegrationType::HttpProxy,
        uri: Some(text("http://backend.test/things")),
        http_method: Some(text("GET")),
        request_templates: Vec::new(),
        cache_key_parameters: keys.iter().map(|key| text(key)).collect(),
        ..mock("")
    }
}

fn things(keys: &[&str]) -> RestApi {
    api([("/things", method(HttpMethod::Get, backend(keys)))])
}

fn with(target: &str, name: &str, value: &str) -> Request<Full<Bytes>> {
    let mut request = get(target);
    request.headers_mut().append(http::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
    request
}

fn anew(target: &str) -> Request<Full<Bytes>> {
    with(target, "cache-control", "max-age=0")
}

/// What is said of all methods: whoever asks has the answer fetched anew.
fn open() -> MethodSetting {
    MethodSetting { require_authorization_for_cache_control: Some(false), ..cached() }
}

fn opened(backend: Backend, api: RestApi) -> Served {
    Served::new(backend, CacheOptions::default(), site(api, vec![open()]))
}

#[tokio::test]
async fn an_answer_is_kept_for_its_time() {
    let served = Served::of(things(&[]));
    assert_eq!(served.get("/things").await, "1");
    served.clock.0.store(299_999, Relaxed);
    assert_eq!(served.get("/things").await, "1");
    served.clock.0.store(300_000, Relaxed);
    assert_eq!(served.get("/things").await, "2");
    assert_eq!(served.backend.calls(), 2);
    let told = ["vestibule_api_cache_hits", "vestibule_api_cache_misses"].map(|m| served.metric(m));
    assert_eq!(told, [1, 2]);
}

// Source: AWS docs (cacheTtlInSeconds: 0 turns caching off).
#[tokio::test]
async fn a_time_of_0_is_no_cache_and_the_most_exact_setting_counts() {
    let api = api([
        ("/long", method(HttpMethod::Get, backend(&[]))),
        ("/none", method(HttpMethod::Get, backend(&[]))),
        ("/off", method(HttpMethod::Get, backend(&[]))),
    ]);
    let of = |path: &str, setting: MethodSetting| MethodSetting {
        resource_path: Some(path.to_owned()),
        http_method: Some(HttpMethod::Get),
        ..setting
    };
    let settings = vec![
        cached(),
        of("/long", MethodSetting { caching: None, cache_ttl_s: Some(3_600), ..cached() }),
        of("/none", MethodSetting { caching: None, cache_ttl_s: Some(0), ..cached() }),
        of("/off", MethodSetting { caching: Some(false), ..cached() }),
    ];
    let served = Served::new(Backend::default(), CacheOptions::default(), site(api, settings));
    assert_eq!([served.get("/long").await, served.get("/none").await], ["1", "2"]);
    assert_eq!([served.get("/off").await, served.get("/off").await], ["3", "4"]);
    served.clock.0.store(3_599_999, Relaxed);
    assert_eq!([served.get("/long").await, served.get("/none").await], ["1", "5"]);
}

#[tokio::test]
async fn without_a_cache_cluster_nothing_is_cached() {
    let site = Site::new([staged(things(&[]), vec![cached()], None)]);
    let served = Served::new(Backend::default(), CacheOptions::default(), site);
    assert_eq!([served.get("/things").await, served.get("/things").await], ["1", "2"]);
    assert_eq!(served.metric("vestibule_api_cache_misses"), 0);
}

// Source: AWS docs (the key is made of the parameters); that a parameter with several values counts with all of them is inferred.
#[tokio::test]
async fn the_key_has_the_values_of_its_parameters_and_nothing_else() {
    let keys = ["method.request.querystring.a", "method.request.header.X-B"];
    let served = Served::of(things(&keys));
    assert_eq!(served.get("/things?a=1").await, "1");
    // Requests that differ in anything else get the same answer.
    assert_eq!(served.get("/things?a=1&c=2").await, "1");
    assert_eq!(served.ask(with("/things?a=1", "accept", "text/html")).await, "1");
    let others = [
        "/things",
        "/things?a=",
        "/things?a=2",
        "/things?a=1&a=2",
        "/things?a=2&a=1",
        "/things?a=1%2C2",
        "/things?A=1&a=3",
    ];
    for (number, target) in others.into_iter().enumerate() {
        assert_eq!(served.get(target).await, (number + 2).to_string(), "{target}");
    }
    assert_eq!(served.ask(with("/things?a=1", "x-b", "1")).await, "9");
    assert_eq!(served.ask(with("/things", "x-b", "a=1")).await, "10");
    assert_eq!(served.ask(with("/things?a=1", "X-B", "1")).await, "9");
    assert_eq!(served.backend.calls(), 10);
}

// Source: AWS docs (cacheKeyParameters: integration.request.*); that the value is the mapped one is inferred.
#[tokio::test]
async fn a_parameter_of_the_integration_has_the_value_that_is_mapped_onto_it() {
    // The case of a header's name does not count.
    let keys = ["integration.request.header.x-id"];
    let integration = Integration {
        request_parameters: vec![line("integration.request.header.X-Id", "method.request.path.id")],
        ..backend(&keys)
    };
    let served = Served::of(api([("/{id}", method(HttpMethod::Get, integration))]));
    let asked = [served.get("/1").await, served.get("/2").await, served.get("/1?a=1").await];
    assert_eq!(asked, ["1", "2", "1"]);
}

// Source: inferred (AWS refuses them too, users report): it would drop out of the key, and callers would get each other's answers.
#[test]
fn a_part_of_the_key_that_can_have_no_value_is_refused() {
    for (key, help) in [
        (
            "integration.request.header.X-Id",
            "nothing is mapped onto it: add it to `requestParameters` of the integration",
        ),
        (
            "integration.request.path.ID",
            "nothing is mapped onto it: add it to `requestParameters` of the integration",
        ),
        ("method.request.path.Id", "the path `/{id}` has no `{Id}`"),
        ("context.identity.user", "map it onto `integration.request.header.NAME` and name that"),
    ] {
        let integration = Integration {
            request_parameters: vec![line("integration.request.path.id", "method.request.path.id")],
            ..backend(&["method.request.path.id", "integration.request.path.id", key])
        };
        let compiled = compile(api([("/{id}", method(HttpMethod::Get, integration))]));
        assert!(compiled.snapshot.is_none(), "{key}");
        let found =
            compiled.diagnostics.iter().map(|finding| (&*finding.message, finding.help.as_deref()));
        let found: Vec<_> = found.map(|(message, help)| format!("{message} {help:?}")).collect();
        let said = format!("`{key}` cannot be a part of a cache key {:?}", Some(help));
        assert_eq!(found, [said], "{key}");
    }
}

// Source: inferred (ours): AWS's integration parameter has the value of the part.
#[tokio::test]
async fn a_part_of_the_body_counts_where_it_is_mapped_and_the_body_does_not() {
    let post = |keys: &[&str]| {
        let integration = Integration {
            http_method: Some(text("POST")),
            request_parameters: vec![line(
                "integration.request.header.X-Id",
                "method.request.body.id",
            )],
            ..backend(keys)
        };
        let api = api([("/things", method(HttpMethod::Post, integration))]);
        let exact = MethodSetting {
            resource_path: Some("/things".to_owned()),
            http_method: Some(HttpMethod::Post),
            ..cached()
        };
        Served::new(Backend::default(), CacheOptions::default(), site(api, vec![exact]))
    };
    let of = |body: &str| super::fixture::post("/things", body.to_owned());
    let (first, second) = (r#"{"id": 1, "n": 1}"#, r#"{"id": 2, "n": 1}"#);
    let served = post(&["integration.request.header.X-Id"]);
    assert_eq!(served.ask(of(first)).await, "1");
    assert_eq!(served.ask(of(second)).await, "2");
    assert_eq!(served.ask(of(r#"{"id": 1, "n": 2}"#)).await, "1");
    let served = post(&[]);
    assert_eq!([served.ask(of(first)).await, served.ask(of(second)).await], ["1", "1"]);
}

// Source: AWS docs (a method's cacheNamespace is the resource's id unless it says another).
#[tokio::test]
async fn resources_have_entries_of_their_own_unless_they_share_a_namespace() {
    let shared =
        |keys: &[&str]| Integration { cache_namespace: Some("things".to_owned()), ..backend(keys) };
    let key = ["method.request.querystring.a"];
    let served = Served::of(api([
        ("/a", method(HttpMethod::Get, backend(&[]))),
        ("/b", method(HttpMethod::Get, backend(&[]))),
        ("/c", method(HttpMethod::Get, shared(&key))),
        ("/d", method(HttpMethod::Get, shared(&key))),
        ("/e", method(HttpMethod::Get, shared(&["method.request.querystring.b"]))),
    ]));
    assert_eq!([served.get("/a").await, served.get("/b").await], ["1", "2"]);
    assert_eq!([served.get("/c?a=1").await, served.get("/d?a=1").await], ["3", "3"]);
    // The same value of another parameter is another key (inferred).
    assert_eq!(served.get("/e?b=1").await, "4");
}

// Source: AWS docs (GET alone unless a method is overridden); of ANY inferred.
#[tokio::test]
async fn what_is_said_of_all_methods_caches_get_alone() {
    let resource = |verb| method(verb, backend(&[]));
    let methods = || {
        api([
            ("/post", resource(HttpMethod::Post)),
            ("/head", resource(HttpMethod::Head)),
            ("/any", resource(HttpMethod::Any)),
        ])
    };
    let of = |path: &str, verb| MethodSetting {
        resource_path: Some(path.to_owned()),
        http_method: Some(verb),
        ..cached()
    };
    let request = |verb: Method, target: &str| {
        Request::builder().method(verb).uri(target).body(Full::default()).unwrap()
    };
    let all = [
        (Method::POST, "/post"),
        (Method::HEAD, "/head"),
        (Method::GET, "/any"),
        (Method::POST, "/any"),
    ];
    let calls = async |settings: Vec<MethodSetting>| {
        let site = site(methods(), settings);
        let served = Served::new(Backend::default(), CacheOptions::default(), site);
        let mut calls = Vec::new();
        for (verb, target) in all.clone() {
            let before = served.backend.calls();
            for _ in 0..2 {
                served.ask(request(verb.clone(), target)).await;
            }
            calls.push(served.backend.calls() - before);
        }
        calls
    };
    assert_eq!(calls(vec![cached()]).await, [2, 2, 2, 2]);
    let exact = vec![
        of("/post", HttpMethod::Post),
        of("/head", HttpMethod::Head),
        of("/any", HttpMethod::Any),
    ];
    assert_eq!(calls(exact).await, [1, 1, 1, 2]);
}

// Source: AWS docs (ids are of the request); that the trace id is fresh too is inferred.
#[tokio::test]
async fn each_answer_has_ids_of_its_own() {
    let integration = Integration { kind: IntegrationType::Http, ..backend(&[]) };
    let served = Served::of(api([("/things", method(HttpMethod::Get, integration))]));
    let first = served.gateway.answer(get("/things"), CLIENT).await;
    let second = served.gateway.answer(get("/things"), CLIENT).await;
    assert_eq!(served.backend.calls(), 1);
    let names = ["x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"];
    for name in names {
        assert_ne!(first.headers()[name], second.headers()[name], "{name}");
    }
    let rest = |answer: &Response| {
        let headers = answer.headers().iter().filter(|(name, _)| !names.contains(&name.as_str()));
        format!("{} {:?}", answer.status(), headers.collect::<Vec<_>>())
    };
    assert_eq!(rest(&first), r#"200 OK [("content-type", "application/json")]"#);
    assert_eq!(rest(&second), rest(&first));
    assert_eq!(body(second).await, "1");
}

// Source: inferred (ours): the coding is what each client takes.
#[tokio::test]
async fn an_answer_is_compressed_for_each_client_by_itself() {
    let mut api = things(&[]);
    api.minimum_compression_size = Some(0);
    let served = Served::of(api);
    let coding = async |request| {
        let answer = served.gateway.answer(request, CLIENT).await;
        answer.headers().get("content-encoding").map(|v| v.to_str().unwrap().to_owned())
    };
    let gzip = || with("/things", "accept-encoding", "gzip");
    assert_eq!(coding(gzip()).await.as_deref(), Some("gzip"));
    assert_eq!(coding(get("/things")).await, None);
    assert_eq!(coding(with("/things", "accept-encoding", "deflate")).await.unwrap(), "deflate");
    assert_eq!(served.get("/things").await, "1");
    assert_eq!(served.backend.calls(), 1);
}

// Source: users' reports of AWS (other answers than 2xx are cached); that they need not be is ours.
#[tokio::test]
async fn answers_of_the_method_are_kept_whatever_their_status_unless_the_operator_says_otherwise() {
    let of = |keeps_errors| {
        let backend = Backend { status: 404, ..Backend::default() };
        let options = CacheOptions { keeps_errors, ..CacheOptions::default() };
        Served::new(backend, options, site(things(&[]), vec![cached()]))
    };
    let served = of(true);
    assert_eq!([served.get("/things").await, served.get("/things").await], ["1", "1"]);
    let served = of(false);
    assert_eq!([served.get("/things").await, served.get("/things").await], ["1", "2"]);
}

// Source: inferred (ours): who asks for a part, or has an answer already, gets what is nobody else's.
#[tokio::test]
async fn what_answers_a_condition_or_a_range_is_kept_for_nobody() {
    for status in [206, 304, 412, 416] {
        let backend = Backend { status, ..Backend::default() };
        let site = site(things(&[]), vec![cached()]);
        let served = Served::new(backend, CacheOptions::default(), site);
        served.get("/things").await;
        served.get("/things").await;
        assert_eq!(served.backend.calls(), 2, "{status}");
    }
}

// Source: inferred (ours).
#[tokio::test]
async fn an_encoded_answer_is_kept_where_the_key_tells_who_takes_it() {
    let mapped = || Integration {
        request_parameters: vec![line(
            "integration.request.header.Accept-Encoding",
            "method.request.header.Accept-Encoding",
        )],
        ..backend(&["integration.request.header.accept-encoding"])
    };
    for (integration, calls) in
        [(backend(&[]), 2), (backend(&["method.request.header.accept-encoding"]), 1), (mapped(), 1)]
    {
        let encoding = Backend { coding: Some("br"), ..Backend::default() };
        let api = api([("/things", method(HttpMethod::Get, integration))]);
        let served = Served::new(encoding, CacheOptions::default(), site(api, vec![cached()]));
        for _ in 0..2 {
            served.ask(with("/things", "accept-encoding", "br")).await;
        }
        assert_eq!(served.backend.calls(), calls);
    }
}

// Source: inferred (ours).
#[tokio::test]
async fn an_endpoint_is_not_told_of_conditions_whose_answer_others_get() {
    let names = [
        "range",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "accept-encoding",
    ];
    let request = || {
        let mut request = get("/things");
        for name in names {
            request.headers_mut().insert(name, http::HeaderValue::from_static("x"));
        }
        request
    };
    let told = async |keys: &[&str], settings: Vec<MethodSetting>| {
        let site = site(things(keys), settings);
        let served = Served::new(Backend::default(), CacheOptions::default(), site);
        served.ask(request()).await;
        let seen = served.backend.seen.lock().unwrap();
        names.into_iter().filter(|name| seen[0].contains_key(*name)).collect::<Vec<_>>()
    };
    assert_eq!(told(&[], Vec::new()).await, names);
    assert_eq!(told(&[], vec![cached()]).await, [""; 0]);
    let key = ["method.request.header.Accept-Encoding"];
    assert_eq!(told(&key, vec![cached()]).await, ["accept-encoding"]);
}

// Source: inferred (what the gateway answers itself is no answer of the method).
#[tokio::test]
async fn what_the_gateway_answers_itself_is_not_kept() {
    let served = Served::held(things(&[]));
    for call in 1..=2 {
        let mut asked = served.begin(get("/things"));
        assert!(polled(&mut asked).await.is_pending());
        served.backend.end(call, Err(EndpointError::Network("down".to_owned())));
        assert_eq!(asked.await.status(), 504);
    }
    assert_eq!(served.metric("vestibule_cache_entries"), 0);
}

/// Asks for the same so often at once that each waits.
async fn waiting(
    served: &Served,
    requests: usize,
) -> Vec<Pin<Box<impl Future<Output = Response> + use<>>>> {
    let mut asked: Vec<_> = (0..requests).map(|_| served.begin(get("/things"))).collect();
    for request in &mut asked {
        assert!(polled(request).await.is_pending());
    }
    asked
}

// Source: inferred (ours).
#[tokio::test]
async fn requests_for_one_answer_make_one_call() {
    let served = Served::held(things(&[]));
    let asked = waiting(&served, 100).await;
    assert_eq!(served.backend.calls(), 1);
    served.backend.answer(1, "one");
    for request in asked {
        assert_eq!(body(request.await).await, "one");
    }
    assert_eq!(served.backend.calls(), 1);
    let told = ["vestibule_api_cache_hits", "vestibule_api_cache_misses"].map(|m| served.metric(m));
    assert_eq!(told, [99, 1]);
}

// Source: inferred (ours).
#[tokio::test]
async fn a_client_that_hangs_up_ends_the_call_for_nobody() {
    let served = Served::held(things(&[]));
    let mut asked = waiting(&served, 3).await;
    drop(asked.remove(0));
    served.backend.answer(1, "one");
    for request in asked {
        assert_eq!(body(request.await).await, "one");
    }
    assert_eq!(served.get("/things").await, "one");
    assert_eq!(served.backend.calls(), 1);
}

// Source: inferred (ours).
#[tokio::test]
async fn a_call_that_fails_is_made_again_by_each_that_waited() {
    let served = Served::held(things(&[]));
    let mut asked = waiting(&served, 3).await;
    served.backend.end(1, Err(EndpointError::Network("down".to_owned())));
    assert_eq!(asked.remove(0).await.status(), 504);
    for request in &mut asked {
        assert!(polled(request).await.is_pending());
    }
    assert_eq!(served.backend.calls(), 3);
    served.backend.answer(2, "two");
    served.backend.end(3, Err(EndpointError::Network("down".to_owned())));
    assert_eq!(body(asked.remove(0).await).await, "two");
    assert_eq!(asked.remove(0).await.status(), 504);
}

// Source: inferred (ours).
#[tokio::test(start_paused = true)]
async fn a_call_that_times_out_does_for_each_that_waits() {
    let served = Served::held(things(&[]));
    let asked = waiting(&served, 3).await;
    tokio::time::advance(Duration::from_millis(29_000)).await;
    for request in asked {
        let answer = request.await;
        assert_eq!(answer.status(), 504);
        assert_eq!(body(answer).await, "{\"message\": \"Endpoint request timed out\"}");
    }
    assert_eq!(served.backend.calls(), 1);
}

// Source: inferred (ours).
#[tokio::test]
async fn past_a_thousand_that_wait_a_request_calls_by_itself() {
    let served = Served::held(things(&[]));
    let asked = waiting(&served, 1_002).await;
    assert_eq!(served.backend.calls(), 2);
    served.backend.answer(2, "two");
    served.backend.answer(1, "one");
    let mut answers = Vec::new();
    for request in asked {
        answers.push(body(request.await).await);
    }
    assert_eq!(answers.pop().unwrap(), "two");
    assert!(answers.iter().all(|answer| answer == "one"));
    assert_eq!(served.get("/things").await, "one");
}

// Source: AWS docs (max-age=0; no other directive).
#[tokio::test]
async fn max_age_0_has_the_answer_fetched_anew() {
    let served = opened(Backend::default(), things(&[]));
    assert_eq!(served.get("/things").await, "1");
    for value in ["no-cache", "no-store", "max-age=1", "s-maxage=0", "max-age", "max-age=00"] {
        assert_eq!(served.ask(with("/things", "cache-control", value)).await, "1", "{value}");
    }
    assert_eq!(served.ask(anew("/things")).await, "2");
    assert_eq!(served.get("/things").await, "2");
    let listed = with("/things", "cache-control", "no-transform, Max-Age = 0");
    assert_eq!(served.ask(listed).await, "3");
}

fn refusing(strategy: Option<UnauthorizedCacheControl>) -> Served {
    let setting = MethodSetting { unauthorized_cache_control: strategy, ..cached() };
    let site = site(things(&[]), vec![setting]);
    Served::new(Backend::default(), CacheOptions::default(), site)
}

// Source: AWS docs (the three strategies, the first by default); the words of the header are of a project that stands in for API Gateway.
#[tokio::test]
async fn whoever_may_not_is_answered_as_the_stage_says() {
    use UnauthorizedCacheControl::{Fail, SucceedWithHeader, SucceedWithoutHeader};
    const WARNING: &str =
        "199 Cache-control headers were ignored because the caller was unauthorized.";
    for (strategy, status, warning) in [
        (None, 200, Some(WARNING)),
        (Some(SucceedWithHeader), 200, Some(WARNING)),
        (Some(SucceedWithoutHeader), 200, None),
        (Some(Fail), 403, None),
    ] {
        let served = refusing(strategy);
        // First nothing is kept, then the answer is.
        for _ in 0..2 {
            let answer = served.gateway.answer(anew("/things"), CLIENT).await;
            assert_eq!(answer.status(), status, "{strategy:?}");
            let told = answer.headers().get("warning").map(|value| value.to_str().unwrap());
            assert_eq!(told, warning, "{strategy:?}");
        }
        let asked = served.gateway.answer(get("/things"), CLIENT).await;
        assert_eq!(asked.headers().get("warning"), None);
        assert_eq!(served.backend.calls(), 1, "{strategy:?}");
    }
}

// Source: inferred (the words are those of a caller whom no policy allows to invoke).
#[tokio::test]
async fn a_refused_invalidation_says_what_is_missing() {
    let served = refusing(Some(UnauthorizedCacheControl::Fail));
    let api = vestibule_restapi::RestApiId::of("api");
    assert_eq!(
        served.ask(anew("/things")).await,
        format!(
            "{{\"Message\":\"User: anonymous is not authorized to perform: \
             execute-api:InvalidateCache on resource: \
             arn:aws:execute-api:us-east-1:********0000:{api}/prod/GET/things \
             because no resource-based policy allows the execute-api:InvalidateCache action\"}}"
        )
    );
}

// Source: inferred (of a resource policy AWS docs say nothing).
#[tokio::test]
async fn a_resource_policy_may_allow_it() {
    let served = |action: &str| {
        let mut api = things(&[]);
        let statement =
            format!(r#"{{"Effect":"Allow","Principal":"*","Action":{action},"Resource":"*"}}"#);
        api.policy = Some(text(&format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#)));
        Served::of(api)
    };
    let invoke = served(r#""execute-api:Invoke""#);
    assert_eq!([invoke.get("/things").await, invoke.ask(anew("/things")).await], ["1", "1"]);
    let both = served(r#"["execute-api:Invoke","execute-api:InvalidateCache"]"#);
    assert_eq!([both.get("/things").await, both.ask(anew("/things")).await], ["1", "2"]);
}

// Source: inferred (ours).
#[tokio::test]
async fn a_slow_call_does_not_put_its_answer_over_a_newer_one() {
    let held = Backend { is_held: true, ..Backend::default() };
    let served = opened(held, things(&[]));
    let mut older = served.begin(get("/things"));
    assert!(polled(&mut older).await.is_pending());
    let mut newer = served.begin(anew("/things"));
    assert!(polled(&mut newer).await.is_pending());
    let mut waits = served.begin(get("/things"));
    assert!(polled(&mut waits).await.is_pending());
    assert_eq!(served.backend.calls(), 2);
    served.backend.answer(2, "new");
    assert_eq!(body(newer.await).await, "new");
    assert_eq!(body(waits.await).await, "new");
    served.backend.answer(1, "old");
    assert_eq!(body(older.await).await, "old");
    assert_eq!(served.get("/things").await, "new");
}

// Source: inferred (ours): after an invalidation nobody sees what was there before, whatever became of it.
#[tokio::test]
async fn an_invalidation_that_fails_leaves_nothing() {
    let held = Backend { is_held: true, ..Backend::default() };
    let served = opened(held, things(&[]));
    let mut first = served.begin(get("/things"));
    assert!(polled(&mut first).await.is_pending());
    let mut second = served.begin(anew("/things"));
    assert!(polled(&mut second).await.is_pending());
    served.backend.end(2, Err(EndpointError::Network("down".to_owned())));
    assert_eq!(second.await.status(), 504);
    served.backend.answer(1, "old");
    assert_eq!(body(first.await).await, "old");
    let mut third = served.begin(get("/things"));
    assert!(polled(&mut third).await.is_pending());
    served.backend.answer(3, "new");
    assert_eq!(body(third.await).await, "new");
}

// Source: AWS docs (FlushStageCache).
#[tokio::test]
async fn a_flush_takes_out_what_is_kept_and_what_is_fetched() {
    let served = Served::held(things(&["method.request.querystring.a"]));
    let mut kept = served.begin(get("/things?a=1"));
    assert!(polled(&mut kept).await.is_pending());
    served.backend.answer(1, "1");
    kept.await;
    let mut fetched = served.begin(get("/things?a=2"));
    assert!(polled(&mut fetched).await.is_pending());
    let name = format!("{}/prod", vestibule_restapi::RestApiId::of("api"));
    assert_eq!(served.gateway.flush_cache(|_, stage| stage == "beta").await.unwrap(), [""; 0]);
    assert_eq!(served.metric("vestibule_cache_entries"), 1);
    assert_eq!(served.gateway.flush_cache(|_, stage| stage == "prod").await.unwrap(), [name]);
    served.backend.answer(2, "2");
    assert_eq!(body(fetched.await).await, "2");
    assert_eq!(served.metric("vestibule_cache_entries"), 0);
    assert_eq!(served.metric("vestibule_cache_bytes"), 0);
}

// Source: AWS docs (to enable, disable or resize the cache flushes); that a deployment does not is what users report.
#[tokio::test]
async fn a_deployment_keeps_what_is_cached_and_another_size_does_not() {
    let served = Served::of(things(&[]));
    let serve = |size: Option<&str>| {
        served.gateway.serve(Site::new([staged(things(&[]), vec![cached()], size)]));
    };
    assert_eq!(served.get("/things").await, "1");
    serve(Some("0.5"));
    assert_eq!(served.get("/things").await, "1");
    serve(Some("1.6"));
    assert_eq!(served.get("/things").await, "2");
    serve(None);
    assert_eq!(served.get("/things").await, "3");
    serve(Some("1.6"));
    assert_eq!(served.get("/things").await, "4");
    served.gateway.serve(Site::default());
    assert_eq!(served.metric("vestibule_cache_entries"), 0);
}

// Source: AWS docs (canarySettings.useStageCache).
#[tokio::test]
async fn a_canary_has_entries_of_its_own_unless_it_uses_those_of_the_stage() {
    for (uses_stage_cache, expected) in [(true, "1"), (false, "2")] {
        let served = Served::of(things(&[]));
        assert_eq!(served.get("/things").await, "1");
        let api = things(&[]);
        let stage = Stage {
            method_settings: vec![cached()],
            cache_cluster: Some((text("cluster").whole(), Some("0.5".to_owned()))),
            canary: Some(CanarySettings {
                deployment: None,
                percent_traffic: 100.0,
                variable_overrides: Vec::new(),
                uses_stage_cache,
                place: text("canary").whole(),
            }),
            ..Stage::new(StageName::parse("prod").unwrap(), api.id.clone())
        };
        served.gateway.serve(Site::new([StageView::new(stage, Arc::new(compiled(api)))]));
        assert_eq!(served.get("/things").await, expected);
        assert_eq!(served.get("/things").await, expected);
    }
}

// Source: AWS docs (TestInvokeMethod): it has no stage.
#[tokio::test]
async fn the_gateways_owner_is_not_answered_from_the_cache() {
    let served = Served::of(things(&[]));
    assert_eq!(served.get("/things").await, "1");
    let tested = served.gateway.test_invoke(get("/things"), CLIENT).await;
    assert_eq!(body(tested).await, "2");
    assert_eq!(served.get("/things").await, "1");
}

// Source: inferred (ours; how AWS's execution log tells of the cache is not known).
#[tokio::test]
async fn traces_tell_hits_from_misses() {
    let served = refusing(None);
    served.gateway.trace(TraceMode::All, |_| {});
    for request in [get("/things"), get("/things"), anew("/things")] {
        served.ask(request).await;
    }
    let mut traces = served.gateway.traces();
    traces.reverse();
    let found = |text: &str, of: &str| -> Vec<String> {
        text.lines().filter(|line| line.contains(of)).map(str::to_owned).collect()
    };
    let told: Vec<_> =
        traces.iter().flat_map(|trace| found(&trace.text(false), "  cache ")).collect();
    assert_eq!(
        told,
        [
            "  cache      miss",
            "  cache      hit: the integration was not called",
            "  cache      hit: the integration was not called; `Cache-Control: max-age=0` was ignored: the caller may not",
        ]
    );
    let logged = |trace: &Trace| found(&trace.execution_log(), "Cache ").len();
    assert_eq!(traces.iter().map(|trace| logged(trace)).collect::<Vec<_>>(), [1, 1, 1]);
    let calls = traces.iter().map(|trace| trace.text(false).matches("  call ").count());
    assert_eq!(calls.collect::<Vec<_>>(), [1, 0, 0]);
}

/// Answers of so many bytes, one a key.
async fn filled(bytes: u64, entry_bytes: usize, keys: usize) -> Served {
    let held = Backend { is_held: true, ..Backend::default() };
    let options = CacheOptions { bytes, ..CacheOptions::default() };
    let api = things(&["method.request.querystring.a"]);
    let served = Served::new(held, options, site(api, vec![cached()]));
    let text = "x".repeat(entry_bytes);
    for key in 0..keys {
        let mut asked = served.begin(get(&format!("/things?a={key}")));
        if polled(&mut asked).await.is_pending() {
            served.backend.answer(served.backend.calls(), &text);
            asked.await;
        }
    }
    served
}

// Source: inferred (ours).
#[tokio::test]
async fn a_cache_full_of_the_largest_answers_stays_within_its_bound() {
    const MIB: u64 = 1024 * 1024;
    let served = filled(16 * MIB, 1_048_576, 100).await;
    let bytes = served.metric("vestibule_cache_bytes");
    assert!((13 * MIB..=16 * MIB).contains(&bytes), "{bytes}");
    let entries = served.metric("vestibule_cache_entries");
    assert_eq!(served.metric("vestibule_cache_evictions"), 100 - entries);
}

// Source: AWS docs (1,048,576 bytes).
#[tokio::test]
async fn a_larger_answer_is_answered_and_not_kept() {
    let served = filled(256 * 1024 * 1024, 1_048_577, 2).await;
    assert_eq!(served.metric("vestibule_cache_entries"), 0);
    assert_eq!(served.backend.calls(), 2);
}

// Source: inferred (ours).
#[tokio::test]
async fn while_slow_clients_hold_what_may_be_kept_those_who_wait_call_by_themselves() {
    let held = Backend { is_held: true, ..Backend::default() };
    let options = CacheOptions { bytes: 0, ..CacheOptions::default() };
    let api = things(&["method.request.querystring.a"]);
    let served = Served::new(held, options, site(api, vec![cached()]));
    let pair = async |target: &str| {
        let mut pair = [served.begin(get(target)), served.begin(get(target))];
        for request in &mut pair {
            assert!(polled(request).await.is_pending());
        }
        pair
    };
    let [own, waits] = pair("/things?a=1").await;
    served.backend.answer(1, "one");
    own.await;
    let unsent = waits.await;
    let [own, mut waits] = pair("/things?a=2").await;
    served.backend.answer(2, "two");
    own.await;
    assert!(polled(&mut waits).await.is_pending());
    assert_eq!(served.backend.calls(), 3);
    drop(unsent);
    served.backend.answer(3, "three");
    assert_eq!(body(waits.await).await, "three");
    let [own, waits] = pair("/things?a=3").await;
    served.backend.answer(4, "four");
    assert_eq!([body(own.await).await, body(waits.await).await], ["four", "four"]);
}

/// A store in memory that several gateways could share.
#[derive(Debug, Default)]
struct Shared {
    entries: Mutex<Vec<([u8; 32], Bytes)>>,
    version: AtomicU64,
    is_down: std::sync::atomic::AtomicBool,
    hangs: std::sync::atomic::AtomicBool,
    /// A put waits as long as it is asked to.
    put_hangs: std::sync::atomic::AtomicBool,
    flushed: Mutex<Vec<String>>,
}

impl Shared {
    fn done<T: Send + 'static>(&self, value: T) -> CacheFuture<'static, T> {
        if self.hangs.load(Relaxed) {
            return Box::pin(std::future::pending());
        }
        let is_down = self.is_down.load(Relaxed);
        Box::pin(std::future::ready(if is_down { Err(CacheStoreError) } else { Ok(value) }))
    }

    fn version(&self) -> CacheVersion {
        CacheVersion { stage: 0, key: self.version.load(Relaxed) }
    }
}

impl CacheStore for Shared {
    fn get<'s>(&'s self, key: CacheKey<'s>) -> CacheFuture<'s, Cached> {
        let entries = self.entries.lock().unwrap();
        let found = entries.iter().find(|(known, _)| known == key.digest);
        let found = found.map(|(_, entry)| Cached::Entry(entry.clone()));
        self.done(found.unwrap_or(Cached::Nothing(self.version())))
    }

    fn put<'s>(
        &'s self,
        key: CacheKey<'s>,
        entry: Bytes,
        _: Duration,
        version: CacheVersion,
    ) -> CacheFuture<'s, ()> {
        if self.put_hangs.load(Relaxed) {
            return Box::pin(std::future::pending());
        }
        if version == self.version() {
            self.entries.lock().unwrap().push((*key.digest, entry));
        }
        self.done(())
    }

    fn invalidate<'s>(&'s self, key: CacheKey<'s>) -> CacheFuture<'s, CacheVersion> {
        self.entries.lock().unwrap().retain(|(known, _)| known != key.digest);
        self.version.fetch_add(1, Relaxed);
        self.done(self.version())
    }

    fn flush<'s>(&'s self, stage: &'s str) -> CacheFuture<'s, ()> {
        self.flushed.lock().unwrap().push(stage.to_owned());
        self.entries.lock().unwrap().clear();
        self.version.fetch_add(1, Relaxed);
        self.done(())
    }
}

fn sharing(shared: &Arc<Shared>) -> Served {
    sharing_of(shared, Backend::default())
}

fn sharing_of(shared: &Arc<Shared>, backend: Backend) -> Served {
    let shared = Some(Arc::<Shared>::clone(shared) as Arc<dyn CacheStore>);
    let options = CacheOptions { shared, ..CacheOptions::default() };
    Served::new(backend, options, site(things(&[]), vec![open()]))
}

/// Lets what goes on beside requests come to its end.
async fn settled() {
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
}

// Source: inferred (ours).
#[tokio::test(start_paused = true)]
async fn the_request_of_a_miss_does_not_wait_until_the_shared_store_has_its_answer() {
    let shared = Arc::new(Shared::default());
    let served = sharing(&shared);
    shared.put_hangs.store(true, Relaxed);
    let before = tokio::time::Instant::now();
    assert_eq!(served.get("/things").await, "1");
    // Nor does who comes meanwhile.
    assert_eq!(served.get("/things").await, "1");
    assert_eq!(before.elapsed(), Duration::ZERO);
    // Past a second it is given up.
    served.gateway.drained().await;
    assert_eq!(before.elapsed(), Duration::from_secs(1));
    assert_eq!(served.get("/things").await, "2");
}

// Source: AWS docs (to enable, disable or resize the cache flushes).
#[tokio::test]
async fn another_size_flushes_the_shared_store_too() {
    let shared = Arc::new(Shared::default());
    let served = sharing(&shared);
    assert_eq!(served.get("/things").await, "1");
    settled().await;
    served.gateway.serve(site(things(&[]), vec![open()]));
    settled().await;
    assert_eq!(*shared.flushed.lock().unwrap(), [""; 0]);
    served.gateway.serve(Site::new([staged(things(&[]), vec![open()], Some("1.6"))]));
    settled().await;
    let name = format!("{}/prod", vestibule_restapi::RestApiId::of("api"));
    assert_eq!(*shared.flushed.lock().unwrap(), [name]);
    assert_eq!(served.get("/things").await, "2");
}

// Source: inferred (ours).
#[tokio::test]
async fn a_flush_asks_the_shared_store_for_each_stage_whatever_it_answers() {
    let shared = Arc::new(Shared::default());
    let options = CacheOptions {
        shared: Some(Arc::<Shared>::clone(&shared) as Arc<dyn CacheStore>),
        ..CacheOptions::default()
    };
    let two = ["alpha", "beta"].map(|name| {
        let api = things(&[]);
        let stage = Stage {
            method_settings: vec![cached()],
            cache_cluster: Some((text("cluster").whole(), Some("0.5".to_owned()))),
            ..Stage::new(StageName::parse(name).unwrap(), api.id.clone())
        };
        StageView::new(stage, Arc::new(compiled(api)))
    });
    let served = Served::new(Backend::default(), options, Site::new(two));
    shared.is_down.store(true, Relaxed);
    assert_eq!(served.gateway.flush_cache(|_, _| true).await, Err(CacheStoreError));
    assert_eq!(shared.flushed.lock().unwrap().len(), 2);
}

// Source: inferred (ours).
#[tokio::test]
async fn nobody_waits_for_a_call_that_began_before_another_gateway_invalidated() {
    let shared = Arc::new(Shared::default());
    let backend = Backend { is_held: true, ..Backend::default() };
    let served = sharing_of(&shared, backend);
    let mut older = served.begin(get("/things"));
    assert!(polled(&mut older).await.is_pending());
    shared.version.fetch_add(1, Relaxed);
    let mut newer = served.begin(get("/things"));
    assert!(polled(&mut newer).await.is_pending());
    let mut waits = served.begin(get("/things"));
    assert!(polled(&mut waits).await.is_pending());
    assert_eq!(served.backend.calls(), 2);
    served.backend.answer(1, "old");
    served.backend.answer(2, "new");
    assert_eq!(body(older.await).await, "old");
    assert_eq!([body(newer.await).await, body(waits.await).await], ["new", "new"]);
    settled().await;
    assert_eq!(served.get("/things").await, "new");
}

// Source: inferred (ours).
#[tokio::test]
async fn a_store_that_answers_now_and_then_costs_no_call_for_each_turn() {
    let shared = Arc::new(Shared::default());
    let backend = Backend { is_held: true, ..Backend::default() };
    let served = sharing_of(&shared, backend);
    shared.is_down.store(true, Relaxed);
    let mut first = served.begin(get("/things"));
    assert!(polled(&mut first).await.is_pending());
    let mut later = Vec::new();
    for turn in 0..10 {
        shared.is_down.store(turn % 2 == 1, Relaxed);
        let mut request = served.begin(get("/things"));
        assert!(polled(&mut request).await.is_pending());
        later.push(request);
    }
    // Who is told a version does not wait for who was told none.
    assert_eq!(served.backend.calls(), 2);
    served.backend.answer(1, "unknown");
    served.backend.answer(2, "known");
    assert_eq!(body(first.await).await, "unknown");
    for request in later {
        assert_eq!(body(request.await).await, "known");
    }
}

// Source: inferred (ours).
#[tokio::test]
async fn gateways_that_share_a_store_share_their_answers() {
    let shared = Arc::new(Shared::default());
    let (one, two) = (sharing(&shared), sharing(&shared));
    assert_eq!(one.get("/things").await, "1");
    settled().await;
    assert_eq!(two.get("/things").await, "1");
    assert_eq!(two.backend.calls(), 0);
    assert_eq!(two.ask(anew("/things")).await, "1");
    assert_eq!(two.backend.calls(), 1);
    settled().await;
    assert_eq!(one.get("/things").await, "1");
    one.gateway.flush_cache(|_, _| true).await.unwrap();
    assert_eq!(one.get("/things").await, "2");
}

// Source: inferred (ours).
#[tokio::test(start_paused = true)]
async fn without_an_answer_of_the_shared_store_the_integration_is_called() {
    let shared = Arc::new(Shared::default());
    let served = sharing(&shared);
    shared.is_down.store(true, Relaxed);
    assert_eq!([served.get("/things").await, served.get("/things").await], ["1", "2"]);
    assert_eq!(served.ask(anew("/things")).await, "3");
    assert_eq!(served.gateway.flush_cache(|_, _| true).await, Err(CacheStoreError));
    shared.is_down.store(false, Relaxed);
    shared.hangs.store(true, Relaxed);
    assert_eq!(served.get("/things").await, "4");
    shared.hangs.store(false, Relaxed);
    assert_eq!([served.get("/things").await, served.get("/things").await], ["5", "5"]);
    settled().await;
    // What is no answer, as of another version of the program, is none.
    shared.entries.lock().unwrap()[0].1 = Bytes::from_static(b"\x09");
    assert_eq!(served.get("/things").await, "6");
}
