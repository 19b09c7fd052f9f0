//! The execution log of a stage whose method settings ask for one.

use super::definition::{answering, api, compiled, dynamodb, method, mock, text};
use super::fixture::{ask, get, log, post, served};
use http::Request;
use http_body_util::Full;
use std::sync::Arc;
use vestibule_gateway::{ApiKeys, Site, StageView};
use vestibule_restapi::{
    ApiKey, ApiKeyValue, HttpMethod, LoggingLevel, MethodSetting, QuotaPeriod, QuotaSettings,
    ResourceId, RestApi, RestApiId, Stage, StageName, ThrottleSettings, UsagePlan, UsagePlanStage,
};

fn things() -> RestApi {
    let put_item = r#"{"TableName": "nowhere", "Item": {}}"#;
    api([
        ("/things/{id}", method(HttpMethod::Get, answering("{\"id\": \"$input.params('id')\"}"))),
        ("/stored", method(HttpMethod::Post, dynamodb("PutItem", put_item))),
        ("/broken", method(HttpMethod::Get, mock("$input.json($nothing)"))),
    ])
}

fn setting(logging_level: LoggingLevel, data_trace: bool) -> MethodSetting {
    MethodSetting {
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
    }
}

fn stage(method_settings: Vec<MethodSetting>) -> Stage {
    let stage = Stage::new(StageName::parse("prod").unwrap(), RestApiId::of("api"));
    Stage { method_settings, ..stage }
}

/// What requests log at a site, without what is logged of every failure.
async fn logged_at(site: Site, requests: Vec<Request<Full<bytes::Bytes>>>) -> String {
    let log = log();
    let gateway = served(things());
    gateway.serve(site);
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

/// The same at a stage with this setting for all its methods.
async fn logged(
    logging_level: LoggingLevel,
    data_trace: bool,
    requests: Vec<Request<Full<bytes::Bytes>>>,
) -> String {
    let stage = stage(vec![setting(logging_level, data_trace)]);
    logged_at(Site::new([StageView::new(stage, Arc::new(compiled(things())))]), requests).await
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
INFO Verifying Usage Plan for request: 00000000-0000-4000-8000-000000000000. API Key:  API Stage: 9xymucop8r/prod
INFO API Key  authorized because method 'GET /things/{id}' does not require API Key. Request will not contribute to throttle or quota limits
INFO Usage Plan check succeeded for API Key  and API Stage 9xymucop8r/prod
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
INFO Verifying Usage Plan for request: 00000000-0000-4000-8000-000000000000. API Key:  API Stage: 9xymucop8r/prod
INFO API Key  authorized because method 'GET /things/{id}' does not require API Key. Request will not contribute to throttle or quota limits
INFO Usage Plan check succeeded for API Key  and API Stage 9xymucop8r/prod
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
INFO Verifying Usage Plan for request: 00000000-0000-4000-8000-000000000000. API Key:  API Stage: 9xymucop8r/prod
INFO API Key  authorized because method 'POST /stored' does not require API Key. Request will not contribute to throttle or quota limits
INFO Usage Plan check succeeded for API Key  and API Stage 9xymucop8r/prod
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

const KEY: &str = "kkkkkkkkkkkkkkkkkkkkab12cd";

/// `/guarded` requires a key of the plan, which has this throttle and quota; `/open` takes so many requests at once.
fn planned(throttle: Option<(f64, u32)>, quota: Option<u32>, open: Option<u32>) -> Site {
    let mut guarded = method(HttpMethod::Get, answering("fine"));
    guarded.api_key_required = Some(text("security").whole());
    let open_method = method(HttpMethod::Get, answering("fine"));
    let api = api([("/guarded", guarded), ("/open", open_method)]);
    let limited = MethodSetting {
        resource_path: Some("/open".to_owned()),
        rate_per_second: open.map(|_| 1.0),
        burst_requests: open,
        logging_level: None,
        ..setting(LoggingLevel::Info, false)
    };
    let stages = [stage(vec![setting(LoggingLevel::Info, false), limited])];
    let plan = UsagePlan {
        id: "gold".to_owned(),
        label: "Gold".to_owned(),
        name: None,
        stages: vec![UsagePlanStage {
            api: RestApiId::of("api"),
            stage: StageName::parse("prod").unwrap(),
            throttle: Vec::new(),
        }],
        throttle: throttle.map(|(rate, burst)| ThrottleSettings {
            rate_per_second: Some(rate),
            burst_requests: Some(burst),
        }),
        quota: quota.map(|quota_requests| QuotaSettings {
            quota_requests,
            offset: 0,
            period: QuotaPeriod::Day,
        }),
        keys: vec!["one".to_owned()],
        place: text("plan").whole(),
    };
    let key = ApiKey {
        id: "one".to_owned(),
        label: "one".to_owned(),
        name: None,
        value: Some(ApiKeyValue(text(KEY))),
        is_enabled: true,
        place: text("key").whole(),
    };
    let keys = ApiKeys::compile(&[key], &[plan], &stages, &mut Vec::new());
    let snapshot = Arc::new(compiled(api));
    let views = stages.map(|stage| StageView::new(stage, Arc::clone(&snapshot)));
    Site::new(views).with_api_keys(keys)
}

fn with_key(key: &str) -> Request<Full<bytes::Bytes>> {
    let mut request = get("/guarded");
    request.headers_mut().insert("x-api-key", key.parse().unwrap());
    request
}

/// The lines of the last request.
fn last(text: &str) -> &str {
    text.rfind("INFO Extended").and_then(|at| text.get(at..)).unwrap_or(text)
}

// Source: published logs of AWS (the lines without a key); with a key the same words, inferred.
#[tokio::test]
async fn a_key_of_a_plan_is_told_of_by_its_end() {
    assert_eq!(
        logged_at(planned(None, None, None), vec![with_key(KEY)]).await,
        "\
INFO Extended Request Id: AAAAAAAAAAAAAAA=
INFO Verifying Usage Plan for request: 00000000-0000-4000-8000-000000000000. API Key: ******ab12cd API Stage: 9xymucop8r/prod
INFO Usage Plan check succeeded for API Key ******ab12cd and API Stage 9xymucop8r/prod
INFO Starting execution for request: 00000000-0000-4000-8000-000000000000
INFO HTTP Method: GET, Resource Path: /guarded
INFO Successfully completed execution
INFO Method completed with status: 200
"
    );
}

// Source: a published log of AWS (an unknown key); without a key AWS's page about troubleshooting.
#[tokio::test]
async fn a_key_of_no_plan_is_told_of() {
    let refused = |key: &str, why: &str| {
        format!(
            "\
INFO Extended Request Id: AAAAAAAAAAAAAAA=
INFO Verifying Usage Plan for request: 00000000-0000-4000-8000-000000000000. API Key: {key} API Stage: 9xymucop8r/prod
INFO API Key {key} not authorized because method 'GET /guarded' requires API Key and API Key is not associated with a Usage Plan \
             for API Stage 9xymucop8r/prod: {why}
INFO Method completed with status: 403
"
        )
    };
    let unknown = logged_at(planned(None, None, None), vec![with_key("an-unknown-key")]).await;
    assert_eq!(unknown, refused("******wn-key", "No Usage Plan found for key and API Stage"));
    let none = logged_at(planned(None, None, None), vec![get("/guarded")]).await;
    assert_eq!(none, refused("", "No API Key"));
}

// Source: a published log of AWS (of a stage's throttle); AWS's page about 429s of API Gateway (of a plan's throttle and quota).
#[tokio::test]
async fn a_limit_that_is_passed_is_told_of() {
    let passed = |key: &str, why: &str| {
        format!(
            "\
INFO Extended Request Id: AAAAAAAAAAAAAAA=
INFO Verifying Usage Plan for request: 00000000-0000-4000-8000-000000000000. API Key: {key} API Stage: 9xymucop8r/prod
INFO {why}
INFO Method completed with status: 429
"
        )
    };
    let of = |path: &str| {
        let resource = ResourceId::of(path);
        format!("RestApi 9xymucop8r, Stage prod, Resource {resource}, HttpMethod GET")
    };
    let open = planned(None, None, Some(1));
    let text = logged_at(open, vec![get("/open"), get("/open")]).await;
    let why = format!("Key throttle limit exceeded for {}. Limit: 1.00 Burst: 1", of("/open"));
    assert_eq!(last(&text), passed("", &why));
    let throttled = planned(Some((2.5, 1)), None, None);
    let text = logged_at(throttled, vec![with_key(KEY), with_key(KEY)]).await;
    let guarded = of("/guarded");
    let why = format!(
        "API Key ******ab12cd exceeded throttle limit for API Stage 9xymucop8r/prod: Key throttle limit exceeded for \
         Usage Plan ID gold, {guarded}. Limit: 2.50 Burst: 1"
    );
    assert_eq!(last(&text), passed("******ab12cd", &why));
    let used_up = planned(None, Some(1), None);
    let text = logged_at(used_up, vec![with_key(KEY), with_key(KEY)]).await;
    let why = "API Key ******ab12cd exceeded quota limit for API Stage 9xymucop8r/prod: Key quota exhausted for \
               Usage Plan ID gold. Q Limit: 1 Period: DAY";
    assert_eq!(last(&text), passed("******ab12cd", why));
}

// Source: published logs of AWS; that the stage has to ask for tracing is inferred.
#[tokio::test]
async fn a_stage_with_tracing_tells_of_the_trace() {
    let stage = Stage {
        tracing: Some(text("tracing").whole()),
        ..stage(vec![setting(LoggingLevel::Info, false)])
    };
    let site = Site::new([StageView::new(stage, Arc::new(compiled(things())))]);
    let text = logged_at(site, vec![get("/things/7")]).await;
    assert_eq!(
        text.lines().last(),
        Some("INFO X-ray Tracing ID : Root=1-0000a8c0-000000000000000000000000")
    );
}
