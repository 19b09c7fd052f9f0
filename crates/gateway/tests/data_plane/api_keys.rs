//! Methods that require an API key: which keys open them, and what an operator reads of one that does not.

use super::definition::{answering, api, compiled, method, text};
use super::fixture::{Noon, ask, bare_error, fine, get, ports, store};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use std::sync::{Arc, Mutex};
use vestibule_gateway::{ApiKeys, Gateway, Site, StageView, TraceMode};
use vestibule_restapi::{
    ApiKey, ApiKeySource, ApiKeyValue, HttpMethod, RestApiId, Stage, StageName, UsagePlan,
    UsagePlanStage,
};

const GOOD: &str = "good-key-0123456789-x";
const OTHER: &str = "other-stage-0123456789";
const DISABLED: &str = "disabled-0123456789-x";
const ALONE: &str = "of-no-plan-0123456789";

fn key(id: &str, value: &str, is_enabled: bool) -> ApiKey {
    ApiKey {
        id: format!("id-of-{id}"),
        label: id.to_owned(),
        name: None,
        value: Some(ApiKeyValue(text(value))),
        is_enabled,
        place: text("key").whole(),
    }
}

fn plan(name: &str, stage: &str, keys: &[&str]) -> UsagePlan {
    let stage = StageName::parse(stage).unwrap();
    UsagePlan {
        id: name.to_owned(),
        label: name.to_owned(),
        name: None,
        stages: vec![UsagePlanStage { api: RestApiId::of("api"), stage, throttle: Vec::new() }],
        throttle: None,
        quota: None,
        keys: keys.iter().map(|key| format!("id-of-{key}")).collect(),
        place: text("plan").whole(),
    }
}

/// `/guarded` requires a key, `/open` does not; both say which one they see. The stages are `prod` and `test`.
fn gateway(source: ApiKeySource) -> Arc<Gateway> {
    let seen = || answering("$context.identity.apiKeyId $context.identity.apiKey");
    let mut guarded = method(HttpMethod::Get, seen());
    guarded.api_key_required = Some(text("security").whole());
    let mut api = api([("/guarded", guarded), ("/open", method(HttpMethod::Get, seen()))]);
    api.api_key_source = source;
    let snapshot = Arc::new(match source {
        ApiKeySource::Header => compiled(api),
        ApiKeySource::Authorizer => super::definition::compile(api).snapshot.unwrap(),
    });
    let stages = ["prod", "test"]
        .map(|name| Stage::new(StageName::parse(name).unwrap(), RestApiId::of("api")));
    let keys = [
        key("good", GOOD, true),
        key("other", OTHER, true),
        key("disabled", DISABLED, false),
        key("alone", ALONE, true),
    ];
    let plans = [plan("gold", "prod", &["good", "disabled"]), plan("free", "test", &["other"])];
    let mut findings = Vec::new();
    let keys = ApiKeys::compile(&keys, &plans, &stages, &mut findings);
    let findings: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        findings,
        [
            "the API key `disabled` is disabled, so it opens nothing",
            "the API key `alone` is in no usage plan, so it opens nothing",
        ]
    );
    let views = stages.map(|stage| StageView::new(stage, Arc::clone(&snapshot)));
    let gateway = Gateway::new(ports(store(), Arc::new(Noon)));
    gateway.serve(Site::new(views).with_api_keys(keys));
    gateway
}

fn with_key(path: &str, key: &str) -> Request<Full<Bytes>> {
    let mut request = get(&format!("/{}/prod{path}", RestApiId::of("api")));
    request.headers_mut().insert("X-API-Key", key.parse().unwrap());
    request
}

// Source: documented (api-gateway-mapping-template-reference: `identity.apiKey`, `identity.apiKeyId`).
#[tokio::test]
async fn a_key_of_a_plan_opens_its_stage_and_is_in_the_context() {
    let gateway = gateway(ApiKeySource::Header);
    let answer = fine(&format!("id-of-good {GOOD}"));
    assert_eq!(ask(&gateway, with_key("/guarded", GOOD)).await, answer);
}

// Source: documented (api-gateway-api-usage-plans: a key is looked at where a method requires one).
#[tokio::test]
async fn a_key_that_nothing_requires_is_ignored() {
    let gateway = gateway(ApiKeySource::Header);
    for key in [GOOD, "unknown"] {
        assert_eq!(ask(&gateway, with_key("/open", key)).await, fine(" "), "{key}");
    }
}

// Source: recorded (no key, an unknown and a disabled one are 403), documented (that of another stage).
#[tokio::test]
async fn every_other_key_is_the_same_403() {
    let gateway = gateway(ApiKeySource::Header);
    let forbidden = bare_error("403 Forbidden", "ForbiddenException", "Forbidden");
    let (shorter, longer) = (GOOD.trim_start_matches("g"), format!("{GOOD}x"));
    for key in ["", "unknown", OTHER, DISABLED, ALONE, shorter, &longer, &GOOD.to_uppercase()] {
        assert_eq!(ask(&gateway, with_key("/guarded", key)).await, forbidden, "{key}");
    }
    let none = get(&format!("/{}/prod/guarded", RestApiId::of("api")));
    assert_eq!(ask(&gateway, none).await, forbidden);
    assert_eq!(ask(&gateway, with_key("/guarded", &"k".repeat(9_000))).await, forbidden);
}

// Source: documented (api-gateway-api-key-source: with AUTHORIZER the header is not looked at).
#[tokio::test]
async fn a_key_in_the_header_is_none_where_the_authorizer_gives_them() {
    let gateway = gateway(ApiKeySource::Authorizer);
    let forbidden = bare_error("403 Forbidden", "ForbiddenException", "Forbidden");
    assert_eq!(ask(&gateway, with_key("/guarded", GOOD)).await, forbidden);
}

// Source: inferred (ours).
#[tokio::test]
async fn an_operator_reads_which_rule_decided() {
    let gateway = gateway(ApiKeySource::Header);
    let texts = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&texts);
    gateway.trace(TraceMode::Errors, move |trace| told.lock().unwrap().push(trace.text(false)));
    for key in ["", "unknown-0123456789", OTHER, DISABLED, ALONE] {
        ask(&gateway, with_key("/guarded", key)).await;
    }
    let id = RestApiId::of("api");
    let expected = [
        ("no API key was sent", "send one in the header `x-api-key`"),
        (
            "the API key that was sent is unknown",
            "the value of a key is wanted, neither its id nor its name",
        ),
        (
            "the usage plan `free` of the API key `other` does not hold the stage `prod` of `api`",
            "add the stage to a usage plan of the key, or the key to a plan of the stage",
        ),
        ("the API key `disabled` is disabled", "enable the key"),
        (
            "the API key `alone` is in no usage plan",
            "add the stage to a usage plan of the key, or the key to a plan of the stage",
        ),
    ];
    let expected = expected.map(|(why, help)| {
        format!(
            "\
warning[GW517]: GET /{id}/prod/guarded got 403: {why}
 --> api.yaml:1:1
  |
1 | security
  | ^^^^^^^^
  = help: {help}

  trace 0000000000000000 in 0.0 ms, request 00000000-0000-4000-8000-000000000000

"
        )
    });
    assert_eq!(*texts.lock().unwrap(), expected);
}
