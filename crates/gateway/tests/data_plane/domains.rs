//! Which stage answers for a host: several stages of an API, and custom domains.

use super::access_log::logged;
use super::definition::{answering, api, compiled, method, text};
use super::fixture::{Noon, ask, bare_error, fine, ports, store};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use std::sync::Arc;
use vestibule_gateway::{AccessLogFormat, Domains, Gateway, Site, StageView};
use vestibule_restapi::{BasePathMapping, DomainName, HttpMethod, RestApiId, Stage, StageName};

fn stage(name: &str) -> Stage {
    Stage {
        variables: vec![("is".to_owned(), format!("the variable of {name}"))],
        ..Stage::new(StageName::parse(name).unwrap(), RestApiId::of("api"))
    }
}

fn mapping(base_path: Option<&str>, stage: Option<&str>) -> BasePathMapping {
    BasePathMapping {
        base_path: base_path.map(text),
        api: RestApiId::of("api"),
        stage: stage.map(|stage| StageName::parse(stage).unwrap()),
        place: text("mapping").whole(),
    }
}

/// The stages `prod` and `test` of one API, whose `/x` says what it is called with; `shop.test` maps them.
fn gateway() -> Arc<Gateway> {
    let template = "$context.stage $context.path $context.resourcePath, $stageVariables.is";
    let snapshot = Arc::new(compiled(api([("/x", method(HttpMethod::Get, answering(template)))])));
    let stages = [stage("prod"), stage("test")];
    let domain = DomainName {
        name: text("shop.test"),
        mappings: vec![
            mapping(Some("v1"), Some("prod")),
            mapping(Some("v1/next"), Some("test")),
            mapping(Some("by-name"), None),
        ],
        mutual_tls: None,
        place: text("domain").whole(),
    };
    let mut findings = Vec::new();
    let domains = Domains::compile(&[domain], &stages, &mut findings);
    assert_eq!(findings.len(), 0);
    let views = stages.map(|stage| StageView::new(stage, Arc::clone(&snapshot)));
    let gateway = Gateway::new(ports(store(), Arc::new(Noon)));
    gateway.serve(Site::new(views).with_domains(domains));
    gateway
}

fn at(host: &str, path: &str) -> Request<Full<Bytes>> {
    Request::get(path).header("host", host).body(Full::default()).unwrap()
}

#[tokio::test]
async fn a_custom_domain_maps_base_paths_to_stages() {
    let gateway = gateway();
    for (path, answer) in [
        ("/v1/x", "prod /v1/x /x, the variable of prod"),
        ("/v1/next/x", "test /v1/next/x /x, the variable of test"),
        ("/by-name/test/x", "test /by-name/test/x /x, the variable of test"),
        ("//v1/x/", "prod /v1/x/ /x, the variable of prod"),
    ] {
        assert_eq!(ask(&gateway, at("Shop.test:8080", path)).await, fine(answer), "{path}");
    }
}

// Source: AWS docs (variables for access logging: `v1/orders` of a mapping with that path).
#[tokio::test]
async fn the_access_log_shows_the_base_path() {
    let gateway = gateway();
    let format = AccessLogFormat::parse("$context.customDomain.basePathMatched");
    let lines = logged(&gateway, format);
    for path in ["/v1/x", "/v1/next/x", "/by-name/test/x", "//v1/x/"] {
        ask(&gateway, at("shop.test", path)).await;
    }
    ask(&gateway, at("localhost", &format!("/{}/test/x", RestApiId::of("api")))).await;
    assert_eq!(*lines.lock().unwrap(), ["v1", "v1/next", "by-name", "v1", "-"]);
}

#[tokio::test]
async fn a_custom_domain_answers_for_its_base_paths_alone() {
    let gateway = gateway();
    let forbidden = bare_error("403 Forbidden", "ForbiddenException", "Forbidden");
    let id = RestApiId::of("api");
    for path in ["/x", "/v10/x", "/by-name/other/x", &format!("/{id}/prod/x")] {
        assert_eq!(ask(&gateway, at("shop.test", path)).await, forbidden, "{path}");
    }
}

#[tokio::test]
async fn other_hosts_name_api_and_stage_in_the_path() {
    let gateway = gateway();
    let id = RestApiId::of("api");
    let answer = fine("test /test/x /x, the variable of test");
    assert_eq!(ask(&gateway, at("localhost", &format!("/{id}/test/x"))).await, answer);
    let host = format!("{id}.execute-api.localhost:8080");
    assert_eq!(ask(&gateway, at(&host, "/test/x")).await, answer);
}
