//! Other services of AWS by signed request: their paths, their actions, and DynamoDB by its path.

use super::backend::{Backend, answer, before};
use super::definition::{api, compile, json, line, method, mock, services_at, text};
use super::fixture::{ask, called, get, internal_error, post, store_of_things};
use std::sync::Arc;
use vestibule_dynamodb::Action;
use vestibule_gateway::{Clock, Gateway, Ports, Site};
use vestibule_restapi::{
    HttpMethod, Integration, IntegrationResponse, IntegrationType, RestApi, RestApiId,
};

const TRACE_ID: &str = "Root=1-0000a8c0-000000000000000000000000;Parent=0000000000000000;Sampled=0";

/// An integration with `arn:aws:apigateway:eu-west-1:{of}`, called with this verb, and with these mappings.
fn service(verb: &str, of: &str, lines: &[(&str, &str)]) -> Integration {
    let lines = lines
        .iter()
        .map(|(destination, source)| line(&format!("integration.request.{destination}"), source));
    Integration {
        kind: IntegrationType::Aws,
        uri: Some(text(&format!("arn:aws:apigateway:eu-west-1:{of}"))),
        http_method: Some(text(verb)),
        request_parameters: lines.collect(),
        request_templates: Vec::new(),
        ..mock("")
    }
}

fn any(integration: Integration) -> RestApi {
    api([("/{id}", method(HttpMethod::Any, integration))])
}

/// What the service is asked: verb and URI, headers but those that all requests have alike, and the body.
async fn asked(integration: Integration) -> String {
    let backend = Backend::fine(&[], "");
    let gateway = before(&backend, any(integration));
    let mut request = post("/a%20b?q=x+y", r#"{"n": 1}"#);
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    let answered = ask(&gateway, request).await;
    assert!(answered.starts_with("200 OK\n"), "{answered}");
    let common = format!(
        "user-agent: AmazonAPIGateway_{}\nx-amz-date: 19700101T120000Z\n",
        RestApiId::of("api")
    );
    let asked = backend.asked();
    let text = asked.replace(&common, "").replace(&format!("x-amzn-trace-id: {TRACE_ID}\n"), "");
    assert_eq!(text.len() + common.len() + TRACE_ID.len() + 18, asked.len(), "{asked}");
    // That signatures are right is tested with the signer, and against a verifier in the end-to-end cases.
    let (before, signature) = text.split_once(", Signature=").unwrap();
    format!("{before}{}", signature.get(64..).unwrap())
}

fn authorization(service: &str, headers: &str) -> String {
    format!(
        "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/19700101/eu-west-1/{service}/aws4_request, \
         SignedHeaders={headers}"
    )
}

// AWS docs: Tutorial: Create a REST API as an Amazon S3 proxy.
#[tokio::test]
async fn an_object_of_s3_is_called_by_its_path() {
    let lines = [
        ("path.bucket", "'things'"),
        ("path.key", "method.request.path.id"),
        ("header.x-amz-acl", "'private'"),
        ("querystring.versionId", "method.request.querystring.q"),
    ];
    assert_eq!(
        asked(service("PUT", "s3:path/{bucket}/{key}", &lines)).await,
        format!(
            "PUT https://objects.test/things/a%20b?versionId=x%20y\n\
             x-amz-acl: private\n\
             content-type: application/json\n\
             host: objects.test\n\
             accept: application/json\n\
             x-amz-content-sha256: e5d5f7c1d225fd6b13623ebb1b5b9d075c705659f81868b1e37005a0923b0346\n\
             {}\n\
             content-length: 8\n\n{{\"n\": 1}}",
            authorization(
                "s3",
                "accept;content-type;host;x-amz-acl;x-amz-content-sha256;x-amz-date"
            )
        )
    );
    // As its emulators have it: GET has no body, and so no type of one.
    assert_eq!(
        asked(service("GET", "s3:path/{bucket}/{key}", &lines[..2])).await,
        format!(
            "GET https://objects.test/things/a%20b\n\
             host: objects.test\n\
             accept: application/json\n\
             x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\
             {}\n\n",
            authorization("s3", "accept;host;x-amz-content-sha256;x-amz-date")
        )
    );
}

// AWS docs: PutIntegration, `uri`: an action is called with `Action={name}&{p1}={v1}`.
#[tokio::test]
async fn an_action_is_named_in_the_query() {
    let template = "MessageBody=$util.urlEncode($input.json('$'))";
    let integration = Integration {
        request_templates: json(template),
        ..service(
            "POST",
            "sqs:action/SendMessage&Version=2012-11-05",
            &[
                ("header.Content-Type", "'application/x-www-form-urlencoded'"),
                ("querystring.QueueUrl", "'https://q/1'"),
            ],
        )
    };
    assert_eq!(
        asked(integration).await,
        format!(
            "POST http://queues.test/?Action=SendMessage&Version=2012-11-05&QueueUrl=https%3A%2F%2Fq%2F1\n\
             content-type: application/x-www-form-urlencoded\n\
             host: queues.test\n\
             accept: application/json\n\
             {}\n\
             content-length: 29\n\nMessageBody=%7B%22n%22%3A1%7D",
            authorization("sqs", "accept;content-type;host;x-amz-date")
        )
    );
}

// AWS docs: Tutorial: Create a Step Functions API; as its emulators have it for Kinesis.
#[tokio::test]
async fn aws_knows_the_targets_of_some_services() {
    assert_eq!(
        asked(service("POST", "states:action/StartExecution", &[])).await,
        format!(
            "POST https://machines.test/base/?Action=StartExecution\n\
             x-amz-target: AWSStepFunctions.StartExecution\n\
             content-type: application/x-amz-json-1.0\n\
             host: machines.test\n\
             accept: application/json\n\
             {}\n\
             content-length: 8\n\n{{\"n\": 1}}",
            authorization("states", "accept;content-type;host;x-amz-date;x-amz-target")
        )
    );
    let kinesis = asked(service("POST", "kinesis:action/PutRecord", &[])).await;
    assert!(kinesis.contains("\nx-amz-target: Kinesis_20131202.PutRecord\n"), "{kinesis}");
    assert!(kinesis.contains("\ncontent-type: application/x-amz-json-1.1\n"), "{kinesis}");
}

// AWS docs: EventBridge through API Gateway maps the target by hand.
#[tokio::test]
async fn other_services_take_a_target_that_is_mapped() {
    let lines = [
        ("header.X-Amz-Target", "'AWSEvents.PutEvents'"),
        ("header.Content-Type", "'application/x-amz-json-1.1'"),
    ];
    assert_eq!(
        asked(service("POST", "events:path//", &lines)).await,
        format!(
            "POST https://buses.test/\n\
             x-amz-target: AWSEvents.PutEvents\n\
             content-type: application/x-amz-json-1.1\n\
             host: buses.test\n\
             accept: application/json\n\
             {}\n\
             content-length: 8\n\n{{\"n\": 1}}",
            authorization("events", "accept;content-type;host;x-amz-date;x-amz-target")
        )
    );
}

// AWS docs: PutIntegration, `uri`: a subdomain stands in front of the service.
#[tokio::test]
async fn a_subdomain_stands_in_front_of_the_host() {
    assert_eq!(
        asked(service("POST", "runtime.sagemaker:path//endpoints/e/invocations", &[])).await,
        format!(
            "POST https://runtime.models.test/endpoints/e/invocations\n\
             content-type: application/json\n\
             host: runtime.models.test\n\
             accept: application/json\n\
             {}\n\
             content-length: 8\n\n{{\"n\": 1}}",
            authorization("sagemaker", "accept;content-type;host;x-amz-date")
        )
    );
}

// AWS docs: the status of the service selects the response.
#[tokio::test]
async fn the_status_of_a_service_selects_the_response() {
    let response = |pattern: Option<&str>, status: &str| IntegrationResponse {
        selection_pattern: pattern.map(text),
        status_code: text(status),
        response_templates: json("$input.path('$.code')"),
        ..mock("").responses.remove(0)
    };
    let responses = vec![response(Some(r"4\d{2}"), "409"), response(None, "201")];
    let integration = Integration { responses, ..service("POST", "sns:action/Publish", &[]) };
    for (status, expected) in [(200, "201 Created"), (403, "409 Conflict"), (500, "201 Created")] {
        let backend = Backend::new(move || Ok(answer(status, &[], r#"{"code": "c"}"#)));
        let answered = ask(&before(&backend, any(integration.clone())), get("/x")).await;
        assert_eq!(answered.lines().next(), Some(expected));
        assert!(answered.contains(&format!("\nx-amzn-trace-id: {TRACE_ID}\n")), "{answered}");
        assert!(answered.ends_with("\n\nc"), "{answered}");
    }
}

#[test]
fn a_uri_that_is_none_is_refused_by_name() {
    let found = |of: &str| {
        let compiled = compile(any(service("POST", of, &[])));
        let finding = compiled.diagnostics.first().cloned();
        finding.map(|finding| format!("{} {}", finding.code.id(), finding.message))
    };
    let invalid = |of: &str| {
        Some(format!(
            "GW108 Invalid ARN specified in the request: `arn:aws:apigateway:eu-west-1:{of}`"
        ))
    };
    for of in ["sqs", "${stageVariables.service}:path/x", ".s3:path/x", "S3:path/x"] {
        assert_eq!(found(of), invalid(of), "{of}");
    }
    let neither = Some("GW108 AWS ARN for integration must contain path or action".to_owned());
    assert_eq!(found("sqs:x"), neither);
    assert_eq!(found("sqs:action/"), neither);
    assert_eq!(found("sqs:path/"), None);
    assert_eq!(
        found("s3:action/GetObject").as_deref(),
        Some("GW405 the form `s3:action/` is not supported")
    );
    assert_eq!(
        found("logs:action/PutLogEvents").as_deref(),
        Some("GW409 there is no endpoint of the service `logs`")
    );
    assert_eq!(
        found("s3:path/{bucket}").as_deref(),
        Some("GW303 nothing is mapped onto `{bucket}` of the URI")
    );
}

// AWS docs: Overview of API Gateway with DynamoDB; recorded for what DynamoDB answers to what it does not know.
#[tokio::test]
async fn dynamodb_is_called_by_its_path_with_a_target() {
    let gateway = |target: &str, content_type: &str, template: &str| {
        let lines = [("header.X-Amz-Target", target), ("header.Content-Type", content_type)];
        let integration = Integration {
            request_templates: json(template),
            ..service("POST", "dynamodb:path//", &lines)
        };
        any(integration)
    };
    let tables = store_of_things().await;
    let item = r#"{"TableName": "things", "Item": {"id": {"S": "a"}}}"#;
    called(&tables, Action::PutItem, item).await;
    let asked = async |api: RestApi| {
        let gateway = serving(tables.clone(), api);
        let answered = ask(&gateway, get("/a?target=DynamoDB_20120810.Query")).await;
        let (status, body) =
            (answered.lines().next().unwrap(), answered.split_once("\n\n").unwrap().1);
        format!("{status}: {body}")
    };
    let json_1_0 = "'application/x-amz-json-1.0'";
    let key = r#"{"TableName": "things", "Key": {"id": {"S": "$input.params('id')"}}}"#;
    let get_item = "'DynamoDB_20120810.GetItem'";
    assert_eq!(
        asked(gateway(get_item, json_1_0, key)).await,
        r#"200 OK: {"Item":{"id":{"S":"a"}}}"#
    );
    let query = "method.request.querystring.target";
    let template = r#"{"TableName": "things", "KeyConditionExpression": "id = :id",
                       "ExpressionAttributeValues": {":id": {"S": "a"}}}"#;
    assert_eq!(
        asked(gateway(query, json_1_0, template)).await,
        r#"200 OK: {"Count":1,"Items":[{"id":{"S":"a"}}],"ScannedCount":1}"#
    );
    let unknown = r#"200 OK: {"__type":"com.amazon.coral.service#UnknownOperationException"}"#;
    for (target, content_type) in [
        ("method.request.querystring.none", json_1_0),
        ("method.request.path.id", json_1_0),
        (get_item, "'application/json'"),
    ] {
        assert_eq!(asked(gateway(target, content_type, key)).await, unknown, "{target}");
    }
}

fn serving(tables: vestibule_dynamodb::Tables, api: RestApi) -> Arc<Gateway> {
    let clock: Arc<dyn Clock> = Arc::new(super::fixture::Noon);
    let endpoints = Backend::fine(&[], "");
    let random = Arc::new(super::fixture::Zeros);
    let gateway = Gateway::new(Ports { tables, endpoints, clock, random });
    gateway.serve(Site::new([super::definition::deployed(api)]));
    gateway
}

#[test]
fn targets_of_dynamodb_that_are_written_down_are_checked() {
    let found = |lines: &[(&str, &str)], of: &str| {
        let compiled = compile(any(service("POST", of, lines)));
        let finding = compiled.diagnostics.first().cloned();
        finding.map(|finding| {
            format!(
                "{} {}: {}",
                finding.code.id(),
                finding.message,
                finding.help.unwrap_or_default()
            )
        })
    };
    let target =
        |target: &str| found(&[("header.X-Amz-Target", &format!("'{target}'"))], "dynamodb:path//");
    assert_eq!(target("DynamoDB_20120810.GetItem"), None);
    assert_eq!(
        target("DynamoDB_20120810.GetItm").as_deref(),
        Some("GW306 unknown DynamoDB action `GetItm`: did you mean `GetItem`?")
    );
    let help = "map it: `integration.request.header.X-Amz-Target` from `'DynamoDB_20120810.GetItem'`, or use the form \
                `dynamodb:action/GetItem`";
    assert_eq!(
        target("GetItem"),
        Some(format!("GW306 `GetItem` is no target of DynamoDB: {help}"))
    );
    assert_eq!(
        found(&[], "dynamodb:path//"),
        Some(format!("GW303 nothing is mapped onto the header `X-Amz-Target`: {help}"))
    );
    assert_eq!(
        found(&[], "dynamodb:path/tables").as_deref(),
        Some("GW108 DynamoDB has the path `/` alone, not `/tables`: write `dynamodb:path//`")
    );
}

// Every action of the engine is reached by its name; with an empty request each answers for itself.
#[tokio::test]
async fn every_action_that_the_engine_has_is_an_integration() {
    let tables = store_of_things().await;
    for action in Action::ALL.iter().filter(|action| action.is_supported()) {
        let integration = super::definition::dynamodb(action.name(), "{}");
        let gateway = serving(tables.clone(), any(integration));
        let answered = ask(&gateway, get("/x")).await;
        let expected = called(&tables, *action, "{}").await;
        let body = answered.split_once("\n\n").unwrap().1;
        assert_eq!(body.as_bytes(), &expected[..], "{action}");
        assert!(!body.contains("UnknownOperationException"), "{action}: {body}");
    }
}

#[tokio::test]
async fn an_illegal_header_of_a_service_is_500() {
    for name in ["Authorization", "Content-Length", "TE", "X-Amzn-Trace-Id"] {
        let line = (format!("header.{name}"), "'x'");
        let integration = service("POST", "sqs:path/q", &[(line.0.as_str(), line.1)]);
        let backend = Backend::fine(&[], "");
        assert_eq!(ask(&before(&backend, any(integration)), get("/x")).await, internal_error());
        assert_eq!(backend.count(), 0);
    }
    let services = services_at(&[]);
    assert!(!format!("{services:?}").contains("wJalr"), "{services:?}");
}
