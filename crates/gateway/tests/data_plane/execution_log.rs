//! The execution log of a stage whose method settings ask for one.

use super::definition::{answering, api, compiled, dynamodb, method, mock, text};
use super::fixture::{ask, get, log, post, served};
use http::Request;
use http_body_util::Full;
use std::sync::Arc;
use vestibule_gateway::{Site, StageView};
use vestibule_restapi::{HttpMethod, LoggingLevel, MethodSetting, RestApi, Stage, StageName};

fn things() -> RestApi {
    let put_item = r#"{"TableName": "nowhere", "Item": {}}"#;
    api([
        ("/things/{id}", method(HttpMethod::Get, answering("{\"id\": \"$input.params('id')\"}"))),
        ("/stored", method(HttpMethod::Post, dynamodb("PutItem", put_item))),
        ("/broken", method(HttpMethod::Get, mock("$input.json($nothing)"))),
    ])
}

/// What requests log at a stage with this setting for all its methods, without what is logged of every failure.
async fn logged(
    logging_level: LoggingLevel,
    data_trace: bool,
    requests: Vec<Request<Full<bytes::Bytes>>>,
) -> String {
    let setting = MethodSetting {
        resource_path: None,
        http_method: None,
        metrics: None,
        logging_level: Some(logging_level),
        data_trace: Some(data_trace),
        rate_per_second: None,
        burst_requests: None,
        caching: None,
        cache_ttl_s: None,
        cache_data_encrypted: None,
        require_authorization_for_cache_control: None,
        unauthorized_cache_control: None,
        place: text("setting").whole(),
    };
    let api = things();
    let stage = Stage::new(StageName::parse("prod").unwrap(), api.id.clone());
    let stage = Stage { method_settings: vec![setting], ..stage };
    let log = log();
    let gateway = served(things());
    gateway.serve(Site::new([StageView::new(stage, Arc::new(compiled(api)))]));
    for request in requests {
        ask(&gateway, request).await;
    }
    let text = log.text();
    let lines = text.lines().filter_map(|line| {
        let line = line.trim_start();
        let (level, line) = line.split_once(' ')?;
        let line = line.strip_prefix("(00000000-0000-4000-8000-000000000000)")?;
        let line =
            line.strip_suffix(" log_group=\"API-Gateway-Execution-Logs_9xymucop8r/prod\"")?;
        Some(format!("{level}{line}\n"))
    });
    lines.collect()
}

// Source: AWS docs (set up logging) and published logs; which lines need data tracing is inferred.
#[tokio::test]
async fn info_tells_of_every_request() {
    let mut request = get("/things/7?a=b");
    request.headers_mut().insert("authorization", "Bearer 0123456789abcdef".parse().unwrap());
    assert_eq!(
        logged(LoggingLevel::Info, false, vec![request.clone()]).await,
        "\
INFO Extended Request Id: AAAAAAAAAAAAAAA=
INFO Starting execution for request: 00000000-0000-4000-8000-000000000000
INFO HTTP Method: GET, Resource Path: /things/{id}
INFO Successfully completed execution
INFO Method completed with status: 200
"
    );
    assert_eq!(
        logged(LoggingLevel::Info, true, vec![request]).await,
        "\
INFO Extended Request Id: AAAAAAAAAAAAAAA=
INFO Starting execution for request: 00000000-0000-4000-8000-000000000000
INFO HTTP Method: GET, Resource Path: /things/{id}
INFO Method request path: {id=7}
INFO Method request query string: {a=b}
INFO Method request headers: {Authorization=***, X-Amzn-Trace-Id=Root=1-0000a8c0-000000000000000000000000, X-Forwarded-For=127.0.0.1, X-Forwarded-Port=80, X-Forwarded-Proto=http}
INFO Method request body before transformations: 
INFO Method response body after transformations: {\"id\": \"7\"}
INFO Method response headers: {Content-Type=application/json}
INFO Successfully completed execution
INFO Method completed with status: 200
"
    );
}

// Source: as above; that ERROR has the lines about the failure alone is inferred.
#[tokio::test]
async fn error_tells_of_failures() {
    let requests = || vec![get("/things/7"), get("/broken"), get("/unknown")];
    assert_eq!(
        logged(LoggingLevel::Error, true, requests()).await,
        "\
ERROR Execution failed due to configuration error: Unable to transform request
ERROR Method completed with status: 500
"
    );
    assert_eq!(logged(LoggingLevel::Off, true, requests()).await, "");
}

// Source: as above.
#[tokio::test]
async fn a_call_of_a_service_is_told_with_its_id() {
    assert_eq!(
        logged(LoggingLevel::Info, false, vec![post("/stored", "{}")]).await,
        "\
INFO Extended Request Id: AAAAAAAAAAAAAAA=
INFO Starting execution for request: 00000000-0000-4000-8000-000000000000
INFO HTTP Method: POST, Resource Path: /stored
INFO Sending request to https://dynamodb.us-east-1.amazonaws.com/?Action=PutItem
INFO Received response. Status: 400, Integration latency: 0 ms
INFO Successfully completed execution
INFO Method completed with status: 200
INFO AWS Integration Endpoint RequestId : 00000000000000000000000003VV4KQNSO5AEMVJF66Q9ASUAAJG
"
    );
}

// Source: inferred (ours).
#[tokio::test]
async fn a_flood_is_told_of_within_bounds() {
    let requests = (0..300).map(|_| get("/things/7")).collect();
    let text = logged(LoggingLevel::Info, false, requests).await;
    let ends = text.lines().filter(|line| line.ends_with("Method completed with status: 200"));
    assert_eq!(ends.count(), 200);
}
