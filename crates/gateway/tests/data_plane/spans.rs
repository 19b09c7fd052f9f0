//! Requests as spans: of which trace they are, what is told of them, and what backends are told.

use super::backend::{Backend, before};
use super::definition::{api, dynamodb, method, mock, text};
use super::fixture::{ask, get, post, served};
use http::Request;
use http_body_util::Full;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use vestibule_gateway::{Gateway, Sampler, Span, SpanValue};
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

// Source: as recorded, HTTP_PROXY passes a client's headers on.
#[tokio::test]
async fn without_spans_a_callers_header_passes() {
    let backend = Backend::fine(&[], "fine");
    let gateway = before(&backend, things());
    ask(&gateway, with(get("/passed"), "traceparent", W3C)).await;
    assert!(backend.asked().contains(&format!("traceparent: {W3C}\n")));
}
