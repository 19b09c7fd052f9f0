//! Requests as spans: of which trace they are, what is told of them, and what backends are told.

use super::access_log::logged;
use super::backend::{Backend, before};
use super::definition::{api, dynamodb, method, mock, text};
use super::fixture::{ask, get, post, served, served_with, store};
use http::Request;
use http_body_util::Full;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vestibule_gateway::{AccessLogFormat, Clock, Gateway, Sampler, Span, SpanValue};
use vestibule_restapi::{HttpMethod, Integration, IntegrationType, RestApi};

const ALWAYS: Sampler = Sampler { follows_parent: true, ratio: 1.0 };
const W3C: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn things() -> RestApi {
    let proxy = Integration {
        kind: IntegrationType::HttpProxy,
        uri: Some(text("http://backend.test/passed")),
        http_method: Some(text("GET")),
        request_templates: Vec::new(),
        ..mock("")
    };
    api([
        ("/things/{id}", method(HttpMethod::Get, mock("{\"statusCode\": 200}"))),
        ("/stored", method(HttpMethod::Post, dynamodb("PutItem", r#"{"TableName": "nowhere"}"#))),
        ("/broken", method(HttpMethod::Get, mock("$input.json($nothing)"))),
        ("/passed", method(HttpMethod::Get, proxy)),
    ])
}

fn spans(gateway: &Arc<Gateway>, sampler: Sampler) -> Arc<Mutex<Vec<Span>>> {
    let spans = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&spans);
    gateway.trace_spans(sampler, move |spans| told.lock().unwrap().extend(spans));
    spans
}

async fn told(sampler: Sampler, request: Request<Full<bytes::Bytes>>) -> String {
    let gateway = served(things());
    let spans = spans(&gateway, sampler);
    ask(&gateway, request).await;
    let spans = spans.lock().unwrap();
    spans.iter().map(shown).collect()
}

fn shown(span: &Span) -> String {
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    };
    let mut text = format!("{} trace {}", span.name, hex(&span.trace_id));
    if let Some(parent) = span.parent_span_id {
        write!(text, " in {}", hex(&parent)).unwrap();
    }
    text.push_str(if span.is_call { " calls" } else { "" });
    text.push_str(if span.is_error { " fails" } else { "" });
    for (name, value) in &span.attributes {
        match value {
            SpanValue::Text(value) => write!(text, "\n  {name}={value}").unwrap(),
            SpanValue::Number(value) => write!(text, "\n  {name}={value}").unwrap(),
        }
    }
    text + "\n"
}

fn with(
    mut request: Request<Full<bytes::Bytes>>,
    name: &'static str,
    value: &str,
) -> Request<Full<bytes::Bytes>> {
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

// Source: W3C Trace Context; names of attributes: OpenTelemetry's semantic conventions, those of `vestibule` ours.
#[tokio::test]
async fn a_request_and_its_call_are_spans_of_the_callers_trace() {
    assert_eq!(
        told(ALWAYS, with(post("/stored", "{}"), "traceparent", W3C)).await,
        "\
POST /stored trace 0af7651916cd43dd8448eb211c80319c in b7ad6b7169203331
  http.request.method=POST
  url.path=/stored
  http.response.status_code=200
  client.address=127.0.0.1
  aws.request_id=00000000-0000-4000-8000-000000000000
  http.route=/stored
  vestibule.api=api
  vestibule.stage=prod
DynamoDB PutItem trace 0af7651916cd43dd8448eb211c80319c in 0000000000000000 calls fails
  db.system.name=aws.dynamodb
  db.operation.name=PutItem
  error.type=ValidationException
  http.response.status_code=400
  aws.request_id=00000000000000000000000003VV4KQNSO5AEMVJF66Q9ASUAAJG
"
    );
    assert_eq!(
        told(ALWAYS, get("/broken")).await,
        "\
GET /broken trace 0000a8c0000000000000000000000000 fails
  http.request.method=GET
  url.path=/broken
  http.response.status_code=500
  client.address=127.0.0.1
  aws.request_id=00000000-0000-4000-8000-000000000000
  http.route=/broken
  vestibule.api=api
  vestibule.stage=prod
  error.type=API_CONFIGURATION_ERROR
"
    );
}

// Source: OpenTelemetry's specification (built-in samplers).
#[tokio::test]
async fn the_caller_or_a_ratio_decides() {
    let unsampled = W3C.replace("-01", "-00");
    let never = Sampler { ratio: 0.0, ..ALWAYS };
    let own = |ratio| Sampler { follows_parent: false, ratio };
    for (sampler, traceparent, expected) in [
        (ALWAYS, W3C, true),
        (ALWAYS, unsampled.as_str(), false),
        (never, W3C, true),
        (ALWAYS, "", true),
        (never, "", false),
        (own(0.0), W3C, false),
        (own(1.0), unsampled.as_str(), true),
        // The last 8 bytes of the id are 0x8448eb211c80319c: 51.67 % of all are below.
        (own(0.03), W3C, false),
        (own(0.52), W3C, true),
    ] {
        let is_told =
            !told(sampler, with(get("/things/1"), "traceparent", traceparent)).await.is_empty();
        assert_eq!(is_told, expected, "{sampler:?} {traceparent}");
    }
}

// Source: W3C Trace Context; AWS docs (X-Ray: the root of `X-Amzn-Trace-Id`).
#[tokio::test]
async fn backends_are_told_the_trace() {
    let backend = Backend::fine(&[], "fine");
    let gateway = before(&backend, things());
    let spans = spans(&gateway, ALWAYS);
    ask(&gateway, with(get("/passed"), "traceparent", W3C)).await;
    let asked = backend.asked();
    let line =
        |name: &str| asked.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("none");
    let call: String = spans
        .lock()
        .unwrap()
        .last()
        .map(|span| span.span_id.iter().map(|byte| format!("{byte:02x}")).collect())
        .unwrap();
    assert_eq!(line("traceparent: "), format!("00-0af7651916cd43dd8448eb211c80319c-{call}-01"));
    assert_eq!(
        line("x-amzn-trace-id: "),
        "Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=0000000000000000;Sampled=1"
    );
}

// Source: AWS docs (X-Ray: a header names the segment that calls); W3C Trace Context (what cannot be read begins a new trace).
#[tokio::test]
async fn a_call_is_below_the_request_whatever_its_caller_sent() {
    let sent = async |headers: &[(&'static str, &str)]| {
        let backend = Backend::fine(&[], "fine");
        let gateway = before(&backend, things());
        let spans = spans(&gateway, ALWAYS);
        let request = headers
            .iter()
            .fold(get("/passed"), |request, (name, value)| with(request, name, value));
        ask(&gateway, request).await;
        let asked = backend.asked();
        let line = |name: &str| {
            let found = asked.lines().find_map(|line| line.strip_prefix(name));
            found.unwrap_or("none").to_owned()
        };
        let told = spans.lock().unwrap();
        let traces: Vec<_> = told.iter().map(|span| span.trace_id).collect();
        assert_eq!(traces.len(), 2);
        assert_eq!(traces[0], traces[1]);
        [line("traceparent: "), line("x-amzn-trace-id: "), line("tracestate: ")]
    };
    let own = "Root=1-0000a8c0-000000000000000000000000;Parent=0000000000000000;Sampled=1";
    let root = "1-5759e988-bd862e3fe1be46a994272793";
    let whole = format!("Root={root};Parent=53995c3f42cd8ad8;Sampled=1");
    // The ids of spans are zeros in tests: that of the caller is replaced.
    assert_eq!(
        sent(&[("x-amzn-trace-id", &whole)]).await,
        [
            "00-5759e988bd862e3fe1be46a994272793-0000000000000000-01",
            &format!("Root={root};Parent=0000000000000000;Sampled=1"),
            "none"
        ]
    );
    let unsampled = whole.replace("Sampled=1", "Sampled=0");
    assert_eq!(
        sent(&[("x-amzn-trace-id", &unsampled), ("traceparent", W3C)]).await,
        [
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            &format!("Root={root};Parent=0000000000000000;Sampled=1"),
            "none"
        ]
    );
    let long = "a".repeat(8_000);
    for broken in ["00-1-2-3", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", &long] {
        assert_eq!(
            sent(&[
                ("traceparent", broken),
                ("x-amzn-trace-id", "Root=2-3"),
                ("tracestate", "a=b")
            ])
            .await,
            ["00-0000a8c0000000000000000000000000-0000000000000000-01", own, "a=b"],
            "{broken}"
        );
    }
    let state = format!("vendor={}", "a".repeat(8_000));
    let [_, _, passed] = sent(&[("tracestate", &state)]).await;
    assert_eq!(passed, state);
}

/// A wall clock that is put back by an hour whenever it is looked at; what is measured goes on by a millisecond.
#[derive(Debug)]
struct PutBack(AtomicU64);

impl Clock for PutBack {
    fn epoch_ms(&self) -> u64 {
        100 * 3_600_000 - 3_600_000 * self.0.fetch_add(1, Ordering::Relaxed)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

// Source: inferred (ours): durations are no differences of wall clocks.
#[tokio::test]
async fn a_clock_that_is_put_back_turns_no_duration_round() {
    let clock = Arc::new(PutBack(AtomicU64::new(0)));
    let gateway = served_with(things(), store(), clock);
    let spans = spans(&gateway, ALWAYS);
    let lines = logged(&gateway, AccessLogFormat::parse("$context.responseLatency"));
    ask(&gateway, post("/stored", "{}")).await;
    let spans = spans.lock().unwrap();
    let [request, call] = spans.as_slice() else { panic!("{} spans", spans.len()) };
    assert!(request.begin_epoch_ns < call.begin_epoch_ns);
    assert!(call.begin_epoch_ns < call.end_epoch_ns);
    assert!(call.end_epoch_ns < request.end_epoch_ns);
    let took_ms = (request.end_epoch_ns - request.begin_epoch_ns) / 1_000_000;
    assert_eq!(*lines.lock().unwrap(), [took_ms.to_string()]);
    assert!(took_ms < 100, "{took_ms}");
}

// Source: AWS's limit of all headers, 10,240 bytes.
#[tokio::test]
async fn a_state_past_the_limit_of_headers_is_refused() {
    let backend = Backend::fine(&[], "fine");
    let gateway = before(&backend, things());
    let answer = ask(&gateway, with(get("/passed"), "tracestate", &"a".repeat(10_240))).await;
    assert_eq!(answer.lines().next(), Some("431 Request Header Fields Too Large"));
    assert_eq!(backend.count(), 0);
}

// Source: as recorded, HTTP_PROXY passes a client's headers on.
#[tokio::test]
async fn without_spans_a_callers_header_passes() {
    let backend = Backend::fine(&[], "fine");
    let gateway = before(&backend, things());
    ask(&gateway, with(get("/passed"), "traceparent", W3C)).await;
    assert!(backend.asked().contains(&format!("traceparent: {W3C}\n")));
}
