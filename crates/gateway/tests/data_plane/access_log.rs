//! Lines of the access log: AWS's four forms, a stage's own, and what each variable shows.

use super::definition::{api, compiled, dynamodb, method, mock, text};
use super::fixture::{CLIENT, ask, get, post, served};
use std::sync::{Arc, Mutex};
use vestibule_gateway::{AccessLogFormat, Client, Gateway, Sampler, Site, StageView, TlsSession};
use vestibule_restapi::{AccessLogSettings, HttpMethod, RestApi, Stage, StageName};

fn things() -> RestApi {
    api([
        ("/things/{id}", method(HttpMethod::Get, mock("{\"statusCode\": 200}"))),
        ("/stored", method(HttpMethod::Post, dynamodb("PutItem", r#"{"TableName": "nowhere"}"#))),
        ("/broken", method(HttpMethod::Get, mock("$input.json($nothing)"))),
    ])
}

/// The phases of authorization, as lines of a form show them.
pub(crate) const PHASES: &str = "$context.authenticate.status $context.authenticate.error $context.authenticate.latency, \
    $context.authorizer.status $context.authorizer.error $context.authorizer.latency \
    $context.authorizer.integrationStatus $context.authorizer.integrationLatency $context.authorizer.requestId, \
    $context.authorize.status $context.authorize.error $context.authorize.latency";

/// The lines of a gateway whose own form this is.
pub(crate) fn logged(gateway: &Arc<Gateway>, format: AccessLogFormat) -> Arc<Mutex<Vec<String>>> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&lines);
    gateway.log_access(format, move |line| told.lock().unwrap().push(line));
    lines
}

/// The line of one request.
async fn line(format: &str, request: http::Request<http_body_util::Full<bytes::Bytes>>) -> String {
    let gateway = served(things());
    let lines = logged(&gateway, AccessLogFormat::parse(format));
    ask(&gateway, request).await;
    lines.lock().unwrap().join("\n")
}

// Source: AWS docs (set up logging: the four forms of the console).
#[tokio::test]
async fn the_four_forms_of_aws() {
    for (name, expected) in [
        (
            "clf",
            "127.0.0.1 - - [01/Jan/1970:12:00:00 +0000] \"GET /things/{id} HTTP/1.1\" 200 0 \
             00000000-0000-4000-8000-000000000000 AAAAAAAAAAAAAAA=",
        ),
        (
            "json",
            "{\"requestId\":\"00000000-0000-4000-8000-000000000000\",\
             \"extendedRequestId\":\"AAAAAAAAAAAAAAA=\",\"ip\":\"127.0.0.1\",\"caller\":\"-\",\
             \"user\":\"-\",\"requestTime\":\"01/Jan/1970:12:00:00 +0000\",\"httpMethod\":\"GET\",\
             \"resourcePath\":\"/things/{id}\",\"status\":\"200\",\"protocol\":\"HTTP/1.1\",\
             \"responseLength\":\"0\"}",
        ),
        (
            "xml",
            "<request id=\"00000000-0000-4000-8000-000000000000\">\
             <extendedRequestId>AAAAAAAAAAAAAAA=</extendedRequestId><ip>127.0.0.1</ip>\
             <caller>-</caller><user>-</user><requestTime>01/Jan/1970:12:00:00 +0000</requestTime>\
             <httpMethod>GET</httpMethod><resourcePath>/things/{id}</resourcePath>\
             <status>200</status><protocol>HTTP/1.1</protocol>\
             <responseLength>0</responseLength></request>",
        ),
        (
            "csv",
            "127.0.0.1,-,-,01/Jan/1970:12:00:00 +0000,GET,/things/{id},HTTP/1.1,200,0,\
             00000000-0000-4000-8000-000000000000,AAAAAAAAAAAAAAA=",
        ),
    ] {
        let gateway = served(things());
        let lines = logged(&gateway, AccessLogFormat::named(name).unwrap());
        ask(&gateway, get("/things/1")).await;
        assert_eq!(*lines.lock().unwrap(), [expected]);
    }
}

// Source: AWS docs (variables for access logging); the values without an endpoint are inferred.
#[tokio::test]
async fn what_is_known_at_the_end_alone() {
    let format = "$context.status $context.responseLatency $context.integrationLatency \
                  $context.integration.status $context.integrationStatus $context.endpointType \
                  $context.error.responseType $context.error.messageString $context.path \
                  $context.xrayTraceId $context.integrationErrorMessage $context.authorize.status \
                  $context.waf.status $context.wafResponseCode $context.customDomain.basePathMatched";
    assert_eq!(
        line(format, get("/things/1")).await,
        "200 0 0 200 200 EDGE - - /things/1 1-0000a8c0-000000000000000000000000 - - - - -"
    );
    assert_eq!(
        line(format, post("/stored", "{}")).await,
        "200 0 0 400 400 EDGE - - /stored 1-0000a8c0-000000000000000000000000 - - - - -"
    );
    assert_eq!(
        line(format, get("/broken")).await,
        "500 0 - - - EDGE API_CONFIGURATION_ERROR \"Internal server error\" /broken \
         1-0000a8c0-000000000000000000000000 - - - - -"
    );
    assert_eq!(
        line(format, get("/unknown")).await,
        "403 0 - - - EDGE MISSING_AUTHENTICATION_TOKEN \"Missing Authentication Token\" /unknown \
         1-0000a8c0-000000000000000000000000 - - - - -"
    );
}

// Source: AWS docs (variables for access logging); the form of the version is inferred.
#[tokio::test]
async fn what_tls_agreed_on() {
    let format = "$context.tlsVersion $context.cipherSuite $context.requestId";
    let agreed =
        TlsSession { version: Some("TLSv1.3"), cipher_suite: Some("TLS_AES_128_GCM_SHA256") };
    for (tls, expected) in [
        (Some(agreed), "TLSv1.3 TLS_AES_128_GCM_SHA256"),
        (None, "- -"),
        (Some(TlsSession::default()), "- -"),
    ] {
        let gateway = served(things());
        let lines = logged(&gateway, AccessLogFormat::parse(format));
        let answer = gateway.answer(get("/things/1"), Client { tls, ..CLIENT.into() }).await;
        assert_eq!(answer.status(), 200);
        let expected = format!("{expected} 00000000-0000-4000-8000-000000000000");
        assert_eq!(*lines.lock().unwrap(), [expected]);
    }
}

// Source: AWS docs (response streaming, routing rules); that an answer which is not streamed has no such times is inferred.
#[tokio::test]
async fn answers_are_not_streamed_and_domains_have_no_rules() {
    let format = "$context.integration.responseTransferMode $context.integration.timeToAllHeaders \
                  $context.integration.timeToFirstContent $context.customDomain.routingRuleIdMatched";
    assert_eq!(line(format, get("/things/1")).await, "BUFFERED - - -");
    assert_eq!(line(format, get("/unknown")).await, "- - - -");
}

// Source: AWS docs (set up logging: a format is a stage's).
#[tokio::test]
async fn a_stage_has_a_form_of_its_own() {
    let api = things();
    let stage = Stage::new(StageName::parse("prod").unwrap(), api.id.clone());
    let access_log = AccessLogSettings {
        destination: None,
        format: Some(text("own $context.requestId")),
        place: text("log").whole(),
    };
    let stage = Stage { access_log: Some(access_log), ..stage };
    let gateway = served(things());
    gateway.serve(Site::new([StageView::new(stage, Arc::new(compiled(api)))]));
    let lines = logged(&gateway, AccessLogFormat::named("clf").unwrap());
    ask(&gateway, get("/things/1")).await;
    assert_eq!(*lines.lock().unwrap(), ["own 00000000-0000-4000-8000-000000000000"]);
}

// Source: AWS docs (TestInvokeMethod is no request of a stage).
#[tokio::test]
async fn who_tests_a_method_leaves_no_line_and_is_not_counted() {
    let gateway = served(things());
    let lines = logged(&gateway, AccessLogFormat::parse("$context.requestId"));
    let spans = Arc::new(Mutex::new(0));
    let told = Arc::clone(&spans);
    let always = Sampler { follows_parent: false, ratio: 1.0 };
    gateway.trace_spans(always, move |_| *told.lock().unwrap() += 1);
    let answer = gateway.test_invoke(get("/things/1"), CLIENT).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(*lines.lock().unwrap(), [""; 0]);
    assert_eq!(*spans.lock().unwrap(), 0);
    let requests = |gateway: &Gateway| gateway.metrics().remove(0).samples.len();
    assert_eq!(requests(&gateway), 0);
    ask(&gateway, get("/things/1")).await;
    assert_eq!((lines.lock().unwrap().len(), *spans.lock().unwrap()), (1, 1));
    assert_eq!(requests(&gateway), 1);
}

// Source: inferred (AWS has no log for it: it is for no API).
#[tokio::test]
async fn a_request_for_no_api_has_no_line() {
    assert_eq!(line("$context.requestId", get("/%zz")).await, "");
}
