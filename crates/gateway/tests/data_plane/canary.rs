//! Canaries: a share of a stage's requests with stage variables of their own.

use super::definition::{answering, api, compiled, method, text};
use super::fixture::{CLIENT, Noon, ask, get, log, ports, shown as shown_answer, store};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use vestibule_gateway::{AccessLogFormat, Gateway, Ports, Random, SampleValue, Site, StageView};
use vestibule_restapi::{
    CanarySettings, HttpMethod, LoggingLevel, MethodSetting, RestApi, Stage, StageName,
};

/// The number that it was told last.
#[derive(Debug, Default)]
struct Told(AtomicU64);

impl Random for Told {
    fn next(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

fn settings(percent_traffic: f64) -> CanarySettings {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    CanarySettings {
        deployment: None,
        percent_traffic,
        variable_overrides: vec![pair("table", "new"), pair("added", "yes")],
        uses_stage_cache: false,
        place: text("canary").whole(),
    }
}

fn shown() -> RestApi {
    let template = "$stageVariables.table $stageVariables.same $stageVariables.added \
                    $context.isCanaryRequest #if($context.isCanaryRequest == true)canary#end";
    api([("/shown", method(HttpMethod::Get, answering(template)))])
}

/// A gateway whose stage has such a canary, and the numbers that it draws.
fn gateway(canary: Option<CanarySettings>) -> (Arc<Gateway>, Arc<Told>) {
    let api = shown();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let setting = MethodSetting {
        resource_path: None,
        http_method: None,
        metrics: None,
        logging_level: Some(LoggingLevel::Info),
        data_trace: None,
        rate_per_second: Some(1.0),
        burst_requests: Some(3),
        caching: None,
        cache_ttl_s: None,
        cache_data_encrypted: None,
        require_authorization_for_cache_control: None,
        unauthorized_cache_control: None,
        place: text("setting").whole(),
    };
    let stage = Stage {
        variables: vec![pair("table", "old"), pair("same", "kept")],
        method_settings: vec![setting],
        canary,
        ..Stage::new(StageName::parse("prod").unwrap(), api.id.clone())
    };
    let told = Arc::new(Told::default());
    let random = Arc::clone(&told);
    let gateway = Gateway::new(Ports { random, ..ports(store(), Arc::new(Noon)) });
    gateway.serve(Site::new([StageView::new(stage, Arc::new(compiled(api)))]));
    (gateway, told)
}

/// The body of one answer, where this number is drawn.
async fn answered((gateway, told): &(Arc<Gateway>, Arc<Told>), drawn: u64) -> String {
    told.0.store(drawn, Ordering::Relaxed);
    body(&ask(gateway, get("/shown")).await)
}

fn body(answer: &str) -> String {
    answer.split_once("\n\n").unwrap().1.to_owned()
}

const OF_STAGE: &str = "old kept  false ";
const OF_CANARY: &str = "new kept yes true canary";

// Source: AWS docs (canary release: the overrides stand over the stage's variables; variables for data transformations:
// `isCanaryRequest` is there with a canary alone); that it is a boolean is inferred.
#[tokio::test]
async fn the_canary_has_variables_of_its_own() {
    assert_eq!(answered(&gateway(None), 0).await, "old kept   ");
    assert_eq!(answered(&gateway(Some(settings(0.0))), 0).await, OF_STAGE);
    assert_eq!(answered(&gateway(Some(settings(100.0))), u64::MAX).await, OF_CANARY);
}

// Source: AWS docs (API_CanarySettings: percentTraffic).
#[tokio::test]
async fn a_share_of_the_draws_is_the_canarys() {
    let gateway = gateway(Some(settings(25.0)));
    let quarter = 1_u64 << 62;
    assert_eq!(answered(&gateway, quarter).await, OF_STAGE);
    // A draw has 53 bits.
    assert_eq!(answered(&gateway, quarter - (1 << 11)).await, OF_CANARY);
}

// Source: AWS docs (canary release: logs and metrics of its own); the label is ours.
#[tokio::test]
async fn its_requests_are_told_apart() {
    let serving = gateway(Some(settings(50.0)));
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&lines);
    let format = AccessLogFormat::parse("$context.stage $context.isCanaryRequest");
    serving.0.log_access(format, move |line| told.lock().unwrap().push(line));
    let log = log();
    assert_eq!(answered(&serving, 0).await, OF_CANARY);
    assert_eq!(answered(&serving, u64::MAX).await, OF_STAGE);
    assert_eq!(*lines.lock().unwrap(), ["prod true", "prod false"]);
    let families = serving.0.metrics();
    assert_eq!(families[0].name, "vestibule_api_requests");
    let of_stage = vec![("api", "api".to_owned()), ("stage", "prod".to_owned())];
    let of_canary = [of_stage.clone(), vec![("canary", "true".to_owned())]].concat();
    let counted = [of_stage, of_canary].map(|labels| (labels, SampleValue::Number(1)));
    let samples = families[0].samples.iter().map(|s| (s.labels.clone(), s.value.clone()));
    assert_eq!(samples.collect::<Vec<_>>(), counted);
    let text = log.text();
    let ends = text.lines().filter_map(|line| line.split_once("Successfully completed execution"));
    assert_eq!(
        ends.map(|(_, end)| end).collect::<Vec<_>>(),
        [
            " log_group=\"API-Gateway-Execution-Logs_9xymucop8r/prod/Canary\"",
            " log_group=\"API-Gateway-Execution-Logs_9xymucop8r/prod\"",
        ]
    );
}

// Source: inferred (ours).
#[tokio::test]
async fn a_reload_keeps_what_is_counted_of_a_canary() {
    let serving = gateway(Some(settings(50.0)));
    assert_eq!(answered(&serving, 0).await, OF_CANARY);
    let api = shown();
    let stage = Stage::new(StageName::parse("prod").unwrap(), api.id.clone());
    let stage = Stage { canary: Some(settings(50.0)), ..stage };
    serving.0.serve(Site::new([StageView::new(stage, Arc::new(compiled(api)))]));
    assert_eq!(serving.0.metrics()[0].samples.len(), 1);
}

// Source: inferred (a limit is the stage's; of one of a canary's own AWS docs say nothing).
#[tokio::test]
async fn stage_and_canary_share_a_limit() {
    let gateway = gateway(Some(settings(50.0)));
    for (drawn, expected) in [(0, OF_CANARY), (u64::MAX, OF_STAGE), (0, OF_CANARY)] {
        assert_eq!(answered(&gateway, drawn).await, expected);
    }
    let refused = "{\"message\":\"Too Many Requests\"}";
    assert_eq!(answered(&gateway, 0).await, refused);
    assert_eq!(answered(&gateway, u64::MAX).await, refused);
}

// Source: AWS docs (TestInvokeMethod calls a method of the API, no deployment).
#[tokio::test]
async fn who_tests_a_method_meets_no_canary() {
    let (gateway, _) = gateway(Some(settings(100.0)));
    let answer = shown_answer(gateway.test_invoke(get("/shown"), CLIENT).await).await;
    assert_eq!(body(&answer), OF_STAGE);
}
