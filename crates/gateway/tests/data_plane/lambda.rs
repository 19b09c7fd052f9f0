//! Lambda functions: what they are given, and what becomes of what they return.

use super::backend::{Backend, answer, before, before_stage};
use super::definition::{api, compile, compile_with, deployed, json, line, method, mock, text};
use super::fixture::{CLIENT, IDS, ask, get, internal_error, log, post};
use http::Request;
use http_body_util::Full;
use std::sync::Arc;
use vestibule_gateway::{
    Client, ClientCertificate, Domains, EndpointError, Gateway, Services, Site,
};
use vestibule_restapi::{
    BasePathMapping, DomainName, HttpMethod, Integration, IntegrationResponse, IntegrationType,
    MutualTls, RestApi, RestApiId, Stage, StageName,
};

const TRACE_ID: &str = "Root=1-0000a8c0-000000000000000000000000;Parent=0000000000000000;Sampled=0";
const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:hello";

fn lambda(kind: IntegrationType, function: &str) -> Integration {
    let uri = format!(
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    );
    Integration {
        kind,
        uri: Some(text(&uri)),
        http_method: Some(text("POST")),
        request_templates: Vec::new(),
        ..mock("")
    }
}

fn proxy() -> Integration {
    lambda(IntegrationType::AwsProxy, ARN)
}

fn mapped() -> Integration {
    lambda(IntegrationType::Aws, ARN)
}

fn any(path: &str, integration: Integration) -> RestApi {
    api([(path, method(HttpMethod::Any, integration))])
}

/// A gateway whose function returns this.
fn returning(payload: &'static str) -> Arc<Gateway> {
    before(&Backend::fine(&[], payload), any("/", proxy()))
}

/// The answer of a gateway whose function returns this.
async fn result(payload: &'static str) -> String {
    ask(&returning(payload), get("/")).await
}

fn fine(status: &str, headers: &str, body: &str) -> String {
    format!("{status}\n{headers}x-amzn-trace-id: {TRACE_ID}\n{IDS}\n{body}")
}

fn failed(status: &str) -> String {
    internal_error().replace("500 Internal Server Error", status)
}

/// The least that a function of AWS_PROXY can say.
const PLAIN: &str = r#"{"statusCode": 200}"#;

/// The last line that was logged, without what is before its message.
fn said(log: &super::fixture::Log) -> String {
    let text = log.text();
    let line = text.lines().last().unwrap_or_default();
    let (line, _) = line.split_once(" request_id=").unwrap_or((line, ""));
    line.split_once(": ").map_or("", |(_, said)| said).to_owned()
}

// The members are recorded on AWS; those of `headers` are the client's and those that the gateway adds.
#[tokio::test]
async fn a_proxy_gets_the_whole_request_as_an_event() {
    let backend = Backend::fine(&[], PLAIN);
    let gateway = before(&backend, any("/things/{id}", proxy()));
    let request = Request::get("/things/a%20b/?q=1&r=x+y&q=2")
        .header("Host", "api.example.com:8080")
        .header("X-Many", "one")
        .header("X-Many", "two")
        .header("User-Agent", "test/1")
        .header("Connection", "close")
        .header("X-Forwarded-For", "10.0.0.9")
        .body(Full::default())
        .unwrap();
    let json = "content-type: application/json\n";
    assert_eq!(ask(&gateway, request).await, fine("200 OK", json, ""));
    let api_id = RestApiId::of("api");
    let asked = backend.asked();
    let (head, event) = asked.split_once("\n\n").unwrap();
    assert_eq!(
        head,
        format!(
            "POST http://functions.test:3001/2015-03-31/functions/hello/invocations\n\
             content-type: application/json\n\
             host: functions.test:3001\n\
             accept: application/json\n\
             user-agent: AmazonAPIGateway_{api_id}\n\
             x-amz-date: 19700101T120000Z\n\
             authorization: {}\n\
             x-amzn-trace-id: {TRACE_ID}\n\
             content-length: {}",
            signed(head),
            event.len()
        )
    );
    let expected = serde_json::json!({
        "resource": "/things/{id}",
        "path": "/things/a%20b/",
        "httpMethod": "GET",
        "headers": {
            "X-Many": "two",
            "User-Agent": "test/1",
            "X-Amzn-Trace-Id": "Root=1-0000a8c0-000000000000000000000000",
            "X-Forwarded-For": "10.0.0.9, 127.0.0.1",
            "X-Forwarded-Port": "80",
            "X-Forwarded-Proto": "http",
            "Host": "api.example.com:8080"
        },
        "multiValueHeaders": {
            "X-Many": ["one", "two"],
            "User-Agent": ["test/1"],
            "X-Amzn-Trace-Id": ["Root=1-0000a8c0-000000000000000000000000"],
            "X-Forwarded-For": ["10.0.0.9, 127.0.0.1"],
            "X-Forwarded-Port": ["80"],
            "X-Forwarded-Proto": ["http"],
            "Host": ["api.example.com:8080"]
        },
        "queryStringParameters": {"q": "2", "r": "x y"},
        "multiValueQueryStringParameters": {"q": ["1", "2"], "r": ["x y"]},
        "pathParameters": {"id": "a%20b"},
        "stageVariables": null,
        "requestContext": {
            "resourceId": vestibule_restapi::ResourceId::of("/things/{id}").to_string(),
            "resourcePath": "/things/{id}",
            "httpMethod": "GET",
            "extendedRequestId": "AAAAAAAAAAAAAAA=",
            "requestTime": "01/Jan/1970:12:00:00 +0000",
            "path": "/things/a%20b/",
            "accountId": "000000000000",
            "protocol": "HTTP/1.1",
            "stage": "prod",
            "domainPrefix": "api",
            "requestId": "00000000-0000-4000-8000-000000000000",
            "domainName": "api.example.com",
            "deploymentId": vestibule_restapi::DeploymentId::of(b"content").as_str(),
            "apiId": api_id.to_string(),
            "requestTimeEpoch": 43_200_000,
            "identity": {
                "sourceIp": "127.0.0.1",
                "userAgent": "test/1",
                "accessKey": null,
                "accountId": null,
                "caller": null,
                "cognitoAuthenticationProvider": null,
                "cognitoAuthenticationType": null,
                "cognitoIdentityId": null,
                "cognitoIdentityPoolId": null,
                "principalOrgId": null,
                "user": null,
                "userArn": null
            }
        },
        "body": null,
        "isBase64Encoded": false
    });
    assert_eq!(event, expected.to_string());
}

/// The authorization of a request, after a look at its form: that it is the right one is tested with the signer.
fn signed(head: &str) -> &str {
    let value = head.lines().find_map(|line| line.strip_prefix("authorization: ")).unwrap();
    let (scope, signature) = value.rsplit_once(", Signature=").unwrap();
    assert_eq!(
        scope,
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/19700101/us-east-1/lambda/aws4_request, \
         SignedHeaders=accept;content-type;host;x-amz-date"
    );
    assert_eq!(signature.len(), 64);
    value
}

/// The members of the last event.
fn event(backend: &Backend) -> serde_json::Value {
    let asked = backend.asked();
    serde_json::from_str(asked.split_once("\n\n").unwrap().1).unwrap()
}

// Recorded on AWS: null for what is empty. The coding of what is no UTF-8 is that of its emulators.
// Source: documented (rest-api-mutual-tls; the members: the payload format of Lambda), inferred (403 for another domain's).
#[tokio::test]
async fn the_certificate_of_a_client_is_in_the_event() {
    let backend = Backend::fine(&[], PLAIN);
    let gateway = before(&backend, any("/", proxy()));
    let stage = Stage::new(StageName::parse("prod").unwrap(), RestApiId::of("api"));
    let place = text("mutual TLS").whole();
    let domain = DomainName {
        name: text("*.Example.com"),
        mappings: vec![BasePathMapping {
            base_path: None,
            api: stage.api.clone(),
            stage: Some(stage.name.clone()),
            place: place.clone(),
        }],
        mutual_tls: Some(MutualTls { truststore_uri: None, place: place.clone() }),
        place,
    };
    let domains = Domains::compile(&[domain], &[stage], &mut Vec::new());
    gateway.serve(Site::new([deployed(any("/", proxy()))]).with_domains(domains));
    let ask = async |domain: &str| {
        let certificate = ClientCertificate {
            domain: domain.to_owned(),
            pem: "PEM".to_owned(),
            subject_dn: "CN=client".to_owned(),
            issuer_dn: "CN=issuer".to_owned(),
            serial_number: "1".to_owned(),
            not_before: "Aug  5 00:28:21 2020 GMT".to_owned(),
            not_after: "Aug  5 00:28:21 2120 GMT".to_owned(),
        };
        let client = Client { certificate: Some(Arc::new(certificate)), ..CLIENT.into() };
        let request = Request::get("/").header("host", "api.example.com");
        gateway.answer(request.body(Full::default()).unwrap(), client).await.status().as_u16()
    };
    assert_eq!(ask("api.example.com").await, 403);
    assert_eq!(ask("*.example.com").await, 200);
    let expected = serde_json::json!({
        "clientCertPem": "PEM",
        "subjectDN": "CN=client",
        "issuerDN": "CN=issuer",
        "serialNumber": "1",
        "validity": {
            "notBefore": "Aug  5 00:28:21 2020 GMT",
            "notAfter": "Aug  5 00:28:21 2120 GMT",
        },
    });
    assert_eq!(event(&backend)["requestContext"]["identity"]["clientCert"], expected);
}

#[tokio::test]
async fn a_body_is_text_or_base64() {
    let backend = Backend::fine(&[], PLAIN);
    let mut api = any("/", proxy());
    api.binary_media_types = vec![text("image/png")];
    let gateway = before(&backend, api);
    for (content_type, body, expected, is_encoded) in [
        ("text/plain", b"caf\xc3\xa9".as_slice(), "café", false),
        ("text/plain", b"\xff\x00", "/wA=", true),
        ("image/png", b"text", "dGV4dA==", true),
    ] {
        let mut request = post("/", body);
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        ask(&gateway, request).await;
        let event = event(&backend);
        assert_eq!(event["body"], expected);
        assert_eq!(event["isBase64Encoded"], is_encoded);
        assert_eq!(event["queryStringParameters"], serde_json::Value::Null);
        assert_eq!(event["multiValueQueryStringParameters"], serde_json::Value::Null);
        assert_eq!(event["pathParameters"], serde_json::Value::Null);
    }
}

// Recorded on AWS.
#[tokio::test]
async fn a_result_is_the_answer() {
    let json = "content-type: application/json\n";
    for (payload, expected) in [
        (r#"{"statusCode": 201, "body": "made"}"#, fine("201 Created", "", "made")),
        (r#"{"statusCode": "404"}"#, fine("404 Not Found", "", "")),
        (r#"{"statusCode": 200, "headers": null, "body": null}"#, fine("200 OK", "", "")),
        (
            r#"{"headers": {"Test-Header": "value", "header-bool": true}}"#,
            fine("200 OK", "test-header: value\nheader-bool: true\n", ""),
        ),
        (
            r#"{"multiValueHeaders": {"test": ["a", "b"]}}"#,
            fine("200 OK", "test: a\ntest: b\n", ""),
        ),
        (
            r#"{"headers": {"test-multi": "value-solo"}, "multiValueHeaders": {"tesT-Multi": ["value-multi"]}}"#,
            fine("200 OK", "test-multi: value-multi\ntest-multi: value-solo\n", ""),
        ),
        (
            r#"{"headers": {"test": "same"}, "multiValueHeaders": {"test": ["same"]}}"#,
            fine("200 OK", "test: same\n", ""),
        ),
        (r#"{"body": "dGV4dA==", "isBase64Encoded": true}"#, fine("200 OK", "", "dGV4dA==")),
    ] {
        let expected = match expected.contains("\ncontent-type") {
            true => expected,
            false => {
                // The default stands behind the function's own headers.
                expected.replacen("x-amzn-trace-id", &format!("{json}x-amzn-trace-id"), 1)
            }
        };
        assert_eq!(result(payload).await, expected, "{payload}");
    }
}

// Recorded on AWS, also for HTTP_PROXY; AWS docs: known issues.
#[tokio::test]
async fn some_headers_of_a_result_have_other_names() {
    let payload = r#"{"headers": {"Content-Type": "text/html", "WWW-Authenticate": "Basic",
                      "Content-Length": "3", "Transfer-Encoding": "chunked", "Set-Cookie": "a=1"}}"#;
    assert_eq!(
        result(payload).await,
        fine(
            "200 OK",
            "content-type: text/html\nx-amzn-remapped-www-authenticate: Basic\n\
             x-amzn-remapped-content-length: 3\nset-cookie: a=1\n",
            ""
        )
    );
}

// Recorded on AWS for what is of the wrong form; what the operator is told is ours.
#[tokio::test]
async fn a_malformed_result_is_502_and_the_log_names_the_member() {
    for (payload, reason) in [
        ("", "the result is no JSON: EOF while parsing a value at line 1 column 0"),
        (r#""justAString""#, "the result is a text, not an object"),
        ("null", "the result is null, not an object"),
        ("{}", "the result is an empty object"),
        (
            r#"{"statusCode": 200, "wrongValue": "value"}"#,
            "`wrongValue` is no member of a result: it has `statusCode`, `headers`, `multiValueHeaders`, `body`, \
             `isBase64Encoded`",
        ),
        (
            r#"{"statuscode": 200}"#,
            "`statuscode` is no member of a result: it has `statusCode`, `headers`, `multiValueHeaders`, `body`, \
             `isBase64Encoded`",
        ),
        (
            r#"{"statusCode": "test"}"#,
            r#"`statusCode` is `"test"`, which is no status from 200 to 599"#,
        ),
        (r#"{"statusCode": 99}"#, "`statusCode` is `99`, which is no status from 200 to 599"),
        (
            r#"{"multiValueHeaders": {"a": "b"}}"#,
            "`multiValueHeaders` has a text for `a`, not a list",
        ),
        (r#"{"headers": {"a": ["b"]}}"#, "`headers` has a list for `a`, not a text"),
        (r#"{"headers": "a"}"#, "`headers` is a text, not an object"),
        (r#"{"body": {"a": 1}}"#, "`body` is an object, not a text"),
        (
            r#"{"isBase64Encoded": "maybe"}"#,
            "`isBase64Encoded` is a text, neither `true` nor `false`",
        ),
        (r#"{"headers": {"a b": "c"}}"#, "the header `a b` cannot be sent"),
        (r#"{"headers": {"a": "b\nc"}}"#, "the value of the header `a` cannot be sent"),
    ] {
        let log = log();
        assert_eq!(result(payload).await, failed("502 Bad Gateway"), "{payload}");
        assert_eq!(said(&log), format!("Malformed Lambda proxy response: {reason}"), "{payload}");
    }
}

// Recorded on AWS.
#[tokio::test]
async fn base64_is_decoded_for_a_client_that_wants_bytes() {
    let payload = r#"{"body": "dGV4dA==", "isBase64Encoded": true}"#;
    let asked = |payload: &'static str, accept: &'static str| async move {
        let mut api = any("/", proxy());
        api.binary_media_types = vec![text("image/png")];
        let gateway = before(&Backend::fine(&[], payload), api);
        let mut request = get("/");
        request.headers_mut().insert("accept", accept.parse().unwrap());
        let shown = ask(&gateway, request).await;
        let (_, body) = shown.split_once("\n\n").unwrap();
        (shown.lines().next().unwrap().to_owned(), body.to_owned())
    };
    let pair = |status: &str, body: &str| (status.to_owned(), body.to_owned());
    assert_eq!(asked(payload, "image/png, text/html").await, pair("200 OK", "text"));
    assert_eq!(asked(payload, "text/html, image/png").await, pair("200 OK", "dGV4dA=="));
    let broken = r#"{"body": "no base64!", "isBase64Encoded": true}"#;
    let error = r#"{"message": "Internal server error"}"#;
    assert_eq!(asked(broken, "image/png").await, pair("500 Internal Server Error", error));
}

// AWS docs: Handling Lambda errors with an API Gateway API.
#[tokio::test]
async fn a_function_that_fails_is_502_and_one_that_is_not_invoked_500() {
    let log = log();
    let error = r#"{"errorMessage": "it broke", "errorType": "Exception"}"#;
    let headers = [("x-amz-function-error", "Unhandled"), ("x-amzn-requestid", "id-1")];
    let backend = Backend::new(move || Ok(answer(200, &headers, error)));
    let gateway = before(&backend, any("/", proxy()));
    assert_eq!(ask(&gateway, get("/")).await, failed("502 Bad Gateway"));
    assert_eq!(
        said(&log),
        "Lambda execution failed with status 200 due to customer function error: it broke. Lambda request id: id-1"
    );
    for status in [403, 404, 429, 500, 502, 503] {
        let backend = Backend::new(move || Ok(answer(status, &[], r#"{"Message": "no"}"#)));
        let gateway = before(&backend, any("/", proxy()));
        assert_eq!(ask(&gateway, get("/")).await, internal_error(), "{status}");
    }
    assert_eq!(said(&log), r#"Lambda refused the invocation with status 503: {"Message": "no"}"#);
}

#[tokio::test]
async fn a_function_that_does_not_answer_is_504() {
    let network = || EndpointError::Network("refused".to_owned());
    let timeout = Backend::new(|| Err(EndpointError::Timeout));
    let network = Backend::new(move || Err(network()));
    for (backend, message) in [
        (timeout, "Endpoint request timed out"),
        (network, "Network error communicating with endpoint"),
    ] {
        let gateway = before(&backend, any("/", proxy()));
        let expected = failed("504 Gateway Timeout").replace("Internal server error", message);
        assert_eq!(ask(&gateway, get("/")).await, expected);
    }
}

// Recorded on AWS for AWS_PROXY.
#[tokio::test]
async fn a_function_is_invoked_with_post_alone() {
    for integration in [proxy(), mapped()] {
        let integration = Integration { http_method: Some(text("GET")), ..integration };
        let compiled = compile(any("/", integration));
        let findings: Vec<String> =
            compiled.diagnostics.iter().map(|finding| finding.message.clone()).collect();
        assert_eq!(findings, ["Lambda functions are invoked with POST, not with GET"]);
        let backend = Backend::fine(&[], PLAIN);
        let gateway = super::backend::before_snapshot(&backend, compiled.snapshot.unwrap());
        assert_eq!(ask(&gateway, get("/")).await, internal_error());
        assert_eq!(backend.count(), 0);
    }
}

// Recorded on AWS.
#[tokio::test]
async fn mappings_of_a_proxy_are_ignored_unless_they_are_illegal() {
    let with = |destination: &str, source: &str| {
        let request_parameters = vec![line(destination, source)];
        any("/", Integration { request_parameters, ..proxy() })
    };
    let backend = Backend::fine(&[], PLAIN);
    let gateway = before(&backend, with("integration.request.header.X-Mapped", "'yes'"));
    assert_eq!(ask(&gateway, get("/")).await.lines().next(), Some("200 OK"));
    assert!(!backend.asked().to_ascii_lowercase().contains("x-mapped"));
    let gateway = before(&backend, with("integration.request.header.Authorization", "'no'"));
    assert_eq!(ask(&gateway, get("/")).await, internal_error());
    assert_eq!(backend.count(), 1);
}

// AWS docs: stage variables of Lambda functions; the name for emulators and `Qualifier` are ours.
#[tokio::test]
async fn a_function_is_named_with_the_variables_of_its_stage() {
    let asked = async |function: &str, variable: &str| {
        let backend = Backend::fine(&[], PLAIN);
        let api = any("/", lambda(IntegrationType::AwsProxy, function));
        let variables = vec![("fn".to_owned(), variable.to_owned())];
        let gateway = before_stage(&backend, api, variables);
        let answered = ask(&gateway, get("/")).await;
        match backend.count() {
            0 => answered.lines().next().unwrap_or_default().to_owned(),
            _ => backend.asked().lines().next().unwrap_or_default().to_owned(),
        }
    };
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:${stageVariables.fn}";
    let url = "POST http://functions.test:3001/2015-03-31/functions";
    assert_eq!(asked(arn, "hello").await, format!("{url}/hello/invocations"));
    assert_eq!(asked(arn, "hello:live").await, format!("{url}/hello/invocations?Qualifier=live"));
    assert_eq!(asked("${stageVariables.fn}", "f").await, format!("{url}/f/invocations"));
    let log = log();
    assert_eq!(asked("${stageVariables.other}", "f").await, "500 Internal Server Error");
    assert_eq!(said(&log), "the URI has the stage variable `other`, which the stage does not have");
    assert_eq!(asked(arn, "a/../b").await, "500 Internal Server Error");
}

#[tokio::test]
async fn an_endpoint_of_aws_is_asked_for_the_arn() {
    let aws = "https://lambda.us-east-1.amazonaws.com";
    let services = super::definition::services_at(&[("lambda", aws)]);
    let compiled = compile_with(any("/", proxy()), services);
    let backend = Backend::fine(&[], PLAIN);
    let gateway = super::backend::before_snapshot(&backend, compiled.snapshot.unwrap());
    ask(&gateway, get("/")).await;
    assert_eq!(
        backend.asked().lines().next(),
        Some(
            "POST https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/\
             arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Ahello/invocations"
        )
    );
}

fn response(pattern: Option<&str>, status: &str, template: &str) -> IntegrationResponse {
    let response_templates = if template.is_empty() { Vec::new() } else { json(template) };
    IntegrationResponse {
        selection_pattern: pattern.map(text),
        status_code: text(status),
        response_templates,
        ..mock("").responses.remove(0)
    }
}

// Recorded on AWS: the error's text selects, not the status; what a template makes is the payload.
#[tokio::test]
async fn a_function_with_mappings_is_given_what_templates_make() {
    let integration = Integration {
        request_templates: json(r#"{"name": "$input.params('name')"}"#),
        responses: vec![
            response(Some("200"), "500", ""),
            response(Some(".*Not Found.*"), "404", r#"{"why": $input.json('$.errorMessage')}"#),
            response(Some(".+"), "502", "failed: $input.path('$.errorType')"),
            response(None, "201", "made $input.path('$.made')"),
        ],
        ..mapped()
    };
    let asked = async |payload: &'static str| {
        let backend = Backend::fine(&[("x-amz-executed-version", "$LATEST")], payload);
        let gateway = before(&backend, any("/", integration.clone()));
        let answered = ask(&gateway, get("/?name=x")).await;
        let asked = backend.asked();
        assert!(asked.ends_with("\n\n{\"name\": \"x\"}"), "{asked}");
        let (status, body) =
            (answered.lines().next().unwrap(), answered.split_once("\n\n").unwrap().1);
        assert!(answered.contains(&format!("\nx-amzn-trace-id: {TRACE_ID}\n")));
        format!("{status}: {body}")
    };
    assert_eq!(asked(r#"{"made": 7}"#).await, "201 Created: made 7");
    assert_eq!(asked(r#"{"statusCode": 200, "made": 8}"#).await, "201 Created: made 8");
    assert_eq!(
        asked(r#"{"errorMessage": "it was Not Found"}"#).await,
        r#"404 Not Found: {"why": "it was Not Found"}"#
    );
    assert_eq!(
        asked(r#"{"errorMessage": "other", "errorType": "E"}"#).await,
        "502 Bad Gateway: failed: E"
    );
}

// AWS docs: Set up asynchronous invocation of the backend Lambda function.
#[tokio::test]
async fn an_event_is_invoked_by_a_mapped_header() {
    let line = line("integration.request.header.X-Amz-Invocation-Type", "'Event'");
    let integration = Integration { request_parameters: vec![line], ..mapped() };
    let backend = Backend::new(|| Ok(answer(202, &[], "")));
    let gateway = before(&backend, any("/", integration));
    assert_eq!(ask(&gateway, get("/")).await.lines().next(), Some("200 OK"));
    let asked = backend.asked();
    assert!(asked.contains("\nx-amz-invocation-type: Event\n"), "{asked}");
    assert!(asked.ends_with("\n\n{}"), "{asked}");
    assert!(
        asked.contains("SignedHeaders=accept;content-type;host;x-amz-date;x-amz-invocation-type")
    );
}

// AWS docs say that what Lambda refuses is 500; a payload that is no JSON is seen by the mappings (as users report).
#[tokio::test]
async fn what_lambda_says_of_a_payload_is_a_reply_and_all_else_500() {
    let asked = async |status: u16| {
        let words = r#"{"Type":"User","message":"Could not parse request body into json"}"#;
        let backend = Backend::new(move || Ok(answer(status, &[], words)));
        ask(&before(&backend, any("/", mapped())), get("/")).await
    };
    let words = r#"{"Type":"User","message":"Could not parse request body into json"}"#;
    let json = "content-type: application/json\n";
    assert_eq!(asked(400).await, fine("200 OK", json, words));
    for status in [403, 404, 429, 500] {
        assert_eq!(asked(status).await, internal_error(), "{status}");
    }
}

#[test]
fn a_function_without_an_endpoint_or_credentials_is_refused_with_a_remedy() {
    let finding = |services: Services, uri: &str| {
        let integration = Integration { uri: Some(text(uri)), ..proxy() };
        let compiled = compile_with(any("/", integration), services);
        assert!(compiled.snapshot.is_none());
        let finding = compiled.diagnostics.first().unwrap().clone();
        let help = finding.help.clone().unwrap_or_default();
        format!("{} {} ({help})", finding.code.id(), finding.message)
    };
    let uri =
        format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}/invocations");
    assert_eq!(
        finding(Services::default(), &uri),
        "GW409 there is no endpoint of the service `lambda` (say where functions are invoked: `--lambda-endpoint URL`, \
         such as `http://127.0.0.1:3001` of `sam local start-lambda`)"
    );
    let url = vestibule_gateway::EndpointUrl::parse("http://10.0.0.1").unwrap();
    assert_eq!(
        finding(Services::new(vec![("lambda".to_owned(), url)], None), &uri),
        "GW409 there are no credentials to sign requests to the service `lambda` with (set AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY; an endpoint on this machine is called without them)"
    );
    let help = "write `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{ARN of the function}/invocations`";
    for (uri, message) in [
        (
            "arn:aws:apigateway:us-east-1:firehose:action/PutRecord",
            "AWS_PROXY integrations with Firehose are not supported yet",
        ),
        (
            "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/f/response-streaming-invocations",
            "streamed answers of functions are not supported yet",
        ),
        (
            "arn:aws:apigateway:us-east-1:dynamodb:action/GetItem",
            "AWS_PROXY integrations call Lambda functions alone",
        ),
    ] {
        assert_eq!(
            finding(super::definition::services(), uri),
            format!("GW405 {message} ({help})")
        );
    }
}
