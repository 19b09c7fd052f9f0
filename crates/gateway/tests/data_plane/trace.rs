//! Which requests are traced, and that no credential is in a trace.

use super::definition::{api, method, mock};
use super::fixture::{ask, get, post, served};
use std::sync::{Arc, Mutex};
use vestibule_gateway::{Gateway, TraceMode};
use vestibule_restapi::{HttpMethod, RestApi};

/// A gateway that traces, and the text of its traces.
fn traced(api: RestApi, mode: TraceMode) -> (Arc<Gateway>, Arc<Mutex<Vec<String>>>) {
    let gateway = served(api);
    let texts = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&texts);
    gateway.trace(mode, move |trace| told.lock().unwrap().push(trace.text(false)));
    (gateway, texts)
}

/// `/bad` fails in its template, `/good` does not.
fn pair() -> RestApi {
    api([
        ("/bad", method(HttpMethod::Get, mock("$input.params('X-Value').substring(99)"))),
        ("/good", method(HttpMethod::Get, mock("{\"statusCode\": 200}"))),
    ])
}

// Source: inferred (ours).
#[tokio::test]
async fn without_tracing_there_is_no_trace() {
    let (gateway, texts) = traced(pair(), TraceMode::Off);
    ask(&gateway, get("/bad")).await;
    assert_eq!(texts.lock().unwrap().len(), 0);
    assert!(gateway.traces().is_empty());
}

// Source: inferred (ours).
#[tokio::test]
async fn what_went_wrong_is_told_with_its_place_and_value() {
    let (gateway, texts) = traced(pair(), TraceMode::Errors);
    ask(&gateway, get("/good")).await;
    assert_eq!(texts.lock().unwrap().len(), 0);
    let mut request = get("/bad");
    request.headers_mut().insert("x-value", "short".parse().unwrap());
    ask(&gateway, request).await;
    let expected = "\
error[GW307]: GET /bad got 500: the template failed at `.substring(99)`: index 99 is out of range for length 5
 --> api.yaml:1:25
  |
1 | $input.params('X-Value').substring(99)
  |                         ^^^^^^^^^^^^^^
  = value: object `short`, argument 1 `99`

  route      GET /bad of api, stage prod
  headers    x-value=`short`, x-amzn-trace-id=`Root=1-0000a8c0-000000000000000000000000`, x-forwarded-for=`127.0.0.1`, x-forwarded-port=`80`, x-forwarded-proto=`http`
  request    api.yaml:1:1 (application/json) failed
  gateway    API_CONFIGURATION_ERROR
  answer     500: {\"message\": \"Internal server error\"}
  times      route 0.0 ms, authorize 0.0 ms, validate 0.0 ms, map 0.0 ms, request 0.0 ms
  trace 0000000000000000 in 0.0 ms, request 00000000-0000-4000-8000-000000000000

";
    assert_eq!(*texts.lock().unwrap(), [expected]);
    assert_eq!(gateway.traces().len(), 1);
    assert_eq!(gateway.traces_of("0000000000000000").len(), 1);
    assert_eq!(gateway.traces_of("00000000-0000-4000-8000-000000000000").len(), 1);
    assert_eq!(gateway.traces_of("another").len(), 0);
}

// Source: inferred (ours): 20 at once, while the clock stands still.
#[tokio::test]
async fn a_flood_of_failures_is_not_explained_one_by_one() {
    let (gateway, texts) = traced(pair(), TraceMode::Errors);
    for _ in 0..25 {
        ask(&gateway, get("/bad")).await;
    }
    assert_eq!(texts.lock().unwrap().len(), 20);
    let (gateway, texts) = traced(pair(), TraceMode::All);
    for _ in 0..25 {
        ask(&gateway, get("/good")).await;
    }
    assert_eq!(texts.lock().unwrap().len(), 25);
}

// Source: inferred (ours).
#[tokio::test]
async fn no_credential_is_in_a_trace() {
    let template = "{\"statusCode\": 200, \"auth\": \"$input.params('Authorization')\", \
                    \"key\": \"$input.params('x-api-key')\", \"body\": $input.json('$.token'), \
                    \"query\": \"$input.params('access_token')\"}";
    let api = api([("/t", method(HttpMethod::Post, mock(template)))]);
    let (gateway, texts) = traced(api, TraceMode::All);
    let secret = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0";
    let body = format!("{{\"token\": \"{secret}\"}}");
    let mut request = post("/t?access_token=s3cr3t-of-the-query", body);
    let headers = [
        ("authorization", format!("Bearer {secret}")),
        ("cookie", "session=0123456789abcdef".to_owned()),
        ("x-api-key", "k3y-of-a-client".to_owned()),
        ("x-amz-security-token", "session-token-of-sts".to_owned()),
    ];
    for (name, value) in headers {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    ask(&gateway, request).await;
    let all = gateway.traces();
    let trace = all.first().unwrap();
    let texts = [texts.lock().unwrap().concat(), trace.json().to_string()];
    for text in texts {
        for secret in [
            "eyJhbGciOiJIUzI1NiJ9",
            "0123456789abcdef",
            "k3y-of-a-client",
            "session-token-of-sts",
            "s3cr3t-of-the-query",
        ] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.contains("***"), "{text}");
    }
}

// Source: inferred (ours): 16 KB of a body are kept.
#[tokio::test]
async fn a_long_body_is_cut() {
    let template = "{\"statusCode\": 200}";
    let api = api([("/t", method(HttpMethod::Post, mock(template)))]);
    let (gateway, _) = traced(api, TraceMode::All);
    ask(&gateway, post("/t", format!("{}é", "x".repeat(16 * 1024 - 1)))).await;
    let document = gateway.traces().first().unwrap().json();
    let body = document.pointer("/steps/0/body").unwrap();
    assert_eq!(body["bytes"], 16 * 1024 + 1);
    assert_eq!(body["cut"], true);
    assert_eq!(body["text"].as_str().unwrap(), "x".repeat(16 * 1024 - 1));
}
