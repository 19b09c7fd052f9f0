//! Lambda authorizers: what their functions are asked, what becomes of what they say, and how often they are asked.

use super::access_log::{PHASES, logged};
use super::backend::{Backend, answer, before, before_stage, before_stage_with};
use super::definition::{answering, api, compile, compile_with, method, services_at, text};
use super::fixture::{IDS, Log, ask, fine, get, log, polled, store};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use vestibule_gateway::{
    AccessLogFormat, Calling, Clock, EndpointCall, EndpointError, EndpointUrl, Endpoints, Gateway,
    Ports, Services, Site, TraceMode,
};
use vestibule_restapi::{
    Authorization, AuthorizationType, Authorizer, AuthorizerType, HttpMethod, Integration,
    LoggingLevel, Method, MethodSetting, RestApi, RestApiId,
};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:guard";

/// Lets the caller do everything.
const ALLOW: &str = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement":
    [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}]},
    "context": {"name": "Ada", "count": 1, "is": true}, "usageIdentifierKey": "of-a-plan"}"#;

fn uri(function: &str) -> String {
    format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations")
}

/// An authorizer that keeps results for AWS's default time.
fn token() -> Authorizer {
    Authorizer {
        name: "guard".to_owned(),
        kind: AuthorizerType::Token,
        auth_type: None,
        uri: Some(text(&uri(FUNCTION))),
        credentials: None,
        identity_source: Some(text("method.request.header.X-Token")),
        identity_validation_expression: None,
        result_ttl_s: None,
        provider_arns: Vec::new(),
        place: text("guard").whole(),
    }
}

fn request(sources: &str) -> Authorizer {
    let identity_source = (!sources.is_empty()).then(|| text(sources));
    Authorizer { kind: AuthorizerType::Request, identity_source, ..token() }
}

/// A method whose callers the authorizer `guard` knows.
fn guarded(http_method: HttpMethod, integration: Integration) -> Method {
    Method {
        authorization: Authorization {
            kind: AuthorizationType::Custom,
            authorizer: Some("guard".to_owned()),
            scopes: Vec::new(),
            place: text("security").whole(),
        },
        ..method(http_method, integration)
    }
}

/// `GET /open` and `GET /items/{id}`, which say who calls.
fn behind(authorizer: Authorizer) -> RestApi {
    const WHO: &str = "$context.authorizer.principalId $context.authorizer.name \
                       $context.authorizer.count $context.authorizer.is";
    let mut api = api([
        ("/items/{id}", guarded(HttpMethod::Get, answering(WHO))),
        ("/others", guarded(HttpMethod::Get, answering(WHO))),
    ]);
    api.authorizers = vec![authorizer];
    api
}

fn sent(path: &str, headers: &[(&str, &str)]) -> Request<Full<Bytes>> {
    let mut request = get(path);
    for (name, value) in headers {
        request
            .headers_mut()
            .append(http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
    }
    request
}

fn with_token(path: &str) -> Request<Full<Bytes>> {
    sent(path, &[("X-Token", "secret-token-of-a-caller")])
}

fn refused(status: &str, error_type: &str, body: &str) -> String {
    format!(
        "{status}\ncontent-type: application/json\nx-amzn-errortype: {error_type}\n{IDS}\n{body}"
    )
}

fn unauthorized() -> String {
    refused("401 Unauthorized", "UnauthorizedException", r#"{"message":"Unauthorized"}"#)
}

/// AWS's answer when a function fails.
fn broken() -> String {
    let status = "500 Internal Server Error";
    refused(status, "AuthorizerConfigurationException", r#"{"message":null}"#)
}

fn denied(clause: &str) -> String {
    let body =
        format!(r#"{{"Message":"User is not authorized to access this resource {clause}"}}"#);
    refused("403 Forbidden", "AccessDeniedException", &body)
}

const EXPLICITLY: &str = "with an explicit deny in an identity-based policy";
const IMPLICITLY: &str = "because no identity-based policy allows the execute-api:Invoke action";

/// The ARN of `GET` and a path.
fn arn(path: &str) -> String {
    format!("arn:aws:execute-api:us-east-1:000000000000:{}/prod/GET/{path}", RestApiId::of("api"))
}

/// The last line that was logged, without what is around its message.
fn said(log: &Log) -> String {
    let text = log.text();
    let line = text.lines().last().unwrap_or_default();
    let (line, _) = line.split_once(" request_id=").unwrap_or((line, ""));
    line.trim_start().split_once(' ').map_or("", |(_, said)| said).to_owned()
}

// Source: AWS docs (api-gateway-lambda-authorizer-input, -output).
#[tokio::test]
async fn a_function_is_asked_about_a_token_and_its_context_is_seen_as_text() {
    let backend = Backend::fine(&[], ALLOW);
    let gateway = before(&backend, behind(token()));
    assert_eq!(ask(&gateway, with_token("/items/a%20b/")).await, fine("me Ada 1 true"));
    let asked = backend.asked();
    let (head, event) = asked.split_once("\n\n").unwrap();
    let lines: Vec<&str> = head.lines().collect();
    assert_eq!(lines[0], "POST http://functions.test:3001/2015-03-31/functions/guard/invocations");
    assert!(
        lines.iter().any(|line| line.starts_with("authorization: AWS4-HMAC-SHA256 ")),
        "{head}"
    );
    let expected = format!(
        r#"{{"type":"TOKEN","methodArn":"{}","authorizationToken":"secret-token-of-a-caller"}}"#,
        arn("items/a%20b/")
    );
    assert_eq!(event, expected);
}

// Source: AWS docs (the members and their order; `{}` where nothing is); those of the request context are recorded for functions.
#[tokio::test]
async fn a_function_is_asked_about_a_request() {
    let backend = Backend::fine(&[], ALLOW);
    let gateway = before(&backend, behind(request("method.request.header.X-Key")));
    let asked_about = sent("/items/7?q=1&q=2", &[("X-Key", "k"), ("Host", "api.test")]);
    assert_eq!(ask(&gateway, asked_about).await, fine("me Ada 1 true"));
    let asked = backend.asked();
    let event: serde_json::Value =
        serde_json::from_str(asked.split_once("\n\n").unwrap().1).unwrap();
    let names: Vec<&String> = event.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "type",
            "methodArn",
            "resource",
            "path",
            "httpMethod",
            "headers",
            "multiValueHeaders",
            "queryStringParameters",
            "multiValueQueryStringParameters",
            "pathParameters",
            "stageVariables",
            "requestContext"
        ]
    );
    assert_eq!(event["type"], "REQUEST");
    assert_eq!(event["methodArn"], arn("items/7").as_str());
    assert_eq!(event["resource"], "/items/{id}");
    assert_eq!(event["path"], "/items/7");
    assert_eq!(event["httpMethod"], "GET");
    assert_eq!(event["headers"]["X-Key"], "k");
    assert_eq!(event["multiValueHeaders"]["X-Key"], serde_json::json!(["k"]));
    assert_eq!(event["queryStringParameters"], serde_json::json!({"q": "2"}));
    assert_eq!(event["multiValueQueryStringParameters"], serde_json::json!({"q": ["1", "2"]}));
    assert_eq!(event["pathParameters"], serde_json::json!({"id": "7"}));
    assert_eq!(event["stageVariables"], serde_json::json!({}));
    assert_eq!(event["requestContext"]["resourcePath"], "/items/{id}");
    assert_eq!(event["requestContext"]["identity"]["sourceIp"], "127.0.0.1");
    assert_eq!(event["requestContext"].get("authorizer"), None);
}

// Source: inferred (ours).
#[tokio::test]
async fn a_function_with_an_address_of_its_own_is_asked_there() {
    let backend = Backend::fine(&[], ALLOW);
    let url = EndpointUrl::parse("http://127.0.0.1:9000/guard").unwrap();
    let services = Services::default().with_functions(vec![("guard".to_owned(), url)]);
    let compiled = compile_with(behind(token()), services);
    let gateway = super::backend::before_snapshot(&backend, compiled.snapshot.unwrap());
    assert_eq!(ask(&gateway, with_token("/others")).await, fine("me Ada 1 true"));
    let asked = backend.asked();
    let (head, _) = asked.split_once("\n\n").unwrap();
    let trace_id = "Root=1-0000a8c0-000000000000000000000000;Parent=0000000000000000;Sampled=0";
    let length = asked.split_once("\n\n").unwrap().1.len();
    assert_eq!(
        head,
        format!(
            "POST http://127.0.0.1:9000/guard\ncontent-type: application/json\nhost: 127.0.0.1:9000\n\
             accept: application/json\nuser-agent: AmazonAPIGateway_{}\nx-amzn-trace-id: {trace_id}\n\
             content-length: {length}",
            RestApiId::of("api")
        )
    );
}

// Source: inferred (a stage says which function it is, as for integrations).
#[tokio::test]
async fn a_stage_variable_names_the_function() {
    let backend = Backend::fine(&[], ALLOW);
    let named = Authorizer { uri: Some(text(&uri("${stageVariables.guard}"))), ..token() };
    let variables = vec![("guard".to_owned(), "of-the-stage:live".to_owned())];
    let gateway = before_stage(&backend, behind(named.clone()), variables);
    assert_eq!(ask(&gateway, with_token("/others")).await, fine("me Ada 1 true"));
    let path = "/2015-03-31/functions/of-the-stage/invocations?Qualifier=live";
    assert_eq!(
        backend.asked().lines().next().unwrap(),
        format!("POST http://functions.test:3001{path}")
    );
    let gateway = before(&backend, behind(named));
    assert_eq!(ask(&gateway, with_token("/others")).await, broken());
    assert_eq!(backend.count(), 1);
}

// Source: AWS docs; the acceptance matrix of our reference, row 18. That the expression matches the whole token is inferred.
#[tokio::test]
async fn without_a_token_of_the_right_form_the_function_is_not_asked() {
    let backend = Backend::fine(&[], ALLOW);
    let expression = Some(text("Bearer [a-z]+"));
    let gateway = before(
        &backend,
        behind(Authorizer { identity_validation_expression: expression, ..token() }),
    );
    let missing = "the identity source `method.request.header.X-Token` of the authorizer `guard` is absent or empty";
    let mismatch =
        "the token does not match `identityValidationExpression` of the authorizer `guard`";
    for (headers, why) in [
        (&[][..], missing),
        (&[("X-Token", "")][..], missing),
        (&[("X-Token", "Bearer abc1")][..], mismatch),
        (&[("X-Token", "a Bearer abc")][..], mismatch),
        (&[("X-Token", "Bearer abc\td")][..], mismatch),
    ] {
        let log = log();
        assert_eq!(ask(&gateway, sent("/others", headers)).await, unauthorized(), "{headers:?}");
        assert_eq!(said(&log), format!("api.yaml:1:1: {why}"));
    }
    assert_eq!(backend.count(), 0);
    let good = sent("/others", &[("X-Token", "Bearer abc")]);
    assert_eq!(ask(&gateway, good).await, fine("me Ada 1 true"));
}

// Source: AWS docs: all of them have to be there.
#[tokio::test]
async fn without_one_of_its_identity_sources_a_request_is_not_asked_about() {
    let backend = Backend::fine(&[], ALLOW);
    let sources = "method.request.header.X-Key, method.request.querystring.q,\
                   context.httpMethod , stageVariables.tenant";
    let variables = vec![("tenant".to_owned(), "one".to_owned())];
    let gateway = before_stage(&backend, behind(request(sources)), variables);
    for (path, headers, source) in [
        ("/others?q=1", &[][..], "method.request.header.X-Key"),
        ("/others?q=", &[("X-Key", "k")][..], "method.request.querystring.q"),
    ] {
        let log = log();
        assert_eq!(ask(&gateway, sent(path, headers)).await, unauthorized());
        let why =
            format!("the identity source `{source}` of the authorizer `guard` is absent or empty");
        assert_eq!(said(&log), format!("api.yaml:1:1: {why}"));
    }
    assert_eq!(backend.count(), 0);
    assert_eq!(ask(&gateway, sent("/others?q=1", &[("X-Key", "k")])).await, fine("me Ada 1 true"));
    let gateway = before(&backend, behind(request("stageVariables.tenant")));
    assert_eq!(ask(&gateway, get("/others")).await, unauthorized());
}

/// A function that answers so.
async fn answered(
    status: u16,
    headers: &'static [(&str, &str)],
    payload: &'static str,
) -> (String, String) {
    let backend = Backend::new(move || Ok(answer(status, headers, payload)));
    let gateway = before(&backend, behind(token()));
    let log = log();
    let shown = ask(&gateway, with_token("/others")).await;
    assert!(!log.text().contains("secret"), "{}", log.text());
    (shown, said(&log))
}

// Source: AWS docs; the acceptance matrix of our reference, row 19. What the operator is told is ours.
#[tokio::test]
async fn a_function_that_fails_is_500_unless_it_says_unauthorized() {
    const FAILED: &[(&str, &str)] =
        &[("x-amz-function-error", "Unhandled"), ("x-amzn-requestid", "r-1")];
    let (shown, said) = answered(200, FAILED, r#"{"errorMessage": "Unauthorized"}"#).await;
    assert_eq!(shown, unauthorized());
    assert_eq!(
        said,
        "api.yaml:1:1: the function does not know the caller: it failed with `Unauthorized`"
    );
    let (shown, _) =
        answered(200, &[], r#"{"errorMessage": "Unauthorized", "errorType": "x"}"#).await;
    assert_eq!(shown, unauthorized());
    for (status, headers, payload, why) in [
        (
            200,
            FAILED,
            r#"{"errorMessage": "Unauthorized."}"#,
            "Authorizer error: Lambda execution failed with status 200 due to customer function error: \
             Unauthorized.. Lambda request id: r-1",
        ),
        (
            200,
            FAILED,
            r#"{"errorMessage": "no such table"}"#,
            "Authorizer error: Lambda execution failed with status 200 due to customer function error: \
             no such table. Lambda request id: r-1",
        ),
        (
            404,
            &[],
            "Function not found",
            "Authorizer error: Lambda refused the invocation with status 404: Function not found",
        ),
        (200, &[], "policy", "Invalid JSON in policy: it is no JSON, at line 1 column 1"),
        (
            200,
            &[],
            r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17"}}"#,
            "Could not parse policy: the policy has no `Statement`",
        ),
        (
            200,
            &[],
            r#"{"principalId": "me", "policyDocument": {"Statement": []}, "context": {"a": {}}}"#,
            "`context.a` of the result is an object, not a text, number or boolean",
        ),
    ] {
        let (shown, said) = answered(status, headers, payload).await;
        assert_eq!(shown, broken(), "{payload}");
        assert_eq!(said, format!("api.yaml:1:1: {why}"), "{payload}");
    }
}

// Source: the acceptance matrix of our reference, row 20, whose messages were observed in 2025 and 2026.
#[tokio::test]
async fn the_policy_decides_and_the_log_names_the_statement() {
    const DENY: &str = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"},
        {"Sid": "NotThese", "Action": "execute-api:*", "Effect": "Deny", "Resource": "arn:aws:execute-api:*:*:*/*/GET/oth*"}]}}"#;
    const OTHER: &str = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement":
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "arn:aws:execute-api:*:*:*/*/GET/items/7"}}}"#;
    let (shown, said) = answered(200, &[], DENY).await;
    assert_eq!(shown, denied(EXPLICITLY));
    assert_eq!(
        said,
        format!(
            "api.yaml:1:1: statement `NotThese` of the policy that the authorizer `guard` returned denies \
             `execute-api:Invoke` on `{}`",
            arn("others")
        )
    );
    let (shown, said) = answered(200, &[], OTHER).await;
    assert_eq!(shown, denied(IMPLICITLY));
    let arn = arn("others");
    assert_eq!(
        said,
        format!(
            "api.yaml:1:1: no statement of the policy that the authorizer `guard` returned allows \
             `execute-api:Invoke` on `{arn}` (statement 1: `Resource` is not about `{arn}`)"
        )
    );
}

// Source: AWS docs (apigateway-authorization-flow): an explicit denial stops a request before the function is asked; then either
// policy suffices.
#[tokio::test]
async fn the_resource_policy_decides_before_and_with_the_function() {
    const NONE: &str = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement":
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "arn:aws:execute-api:*:*:*/*/PUT/*"}}}"#;
    let with_policy = |effect: &str, payload: &'static str| {
        let mut api = behind(token());
        let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "EFFECT", "Principal": "*",
            "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/others"}}"#;
        api.policy = Some(text(&policy.replace("EFFECT", effect)));
        let backend = Backend::fine(&[], payload);
        (before(&backend, api), backend)
    };
    let (gateway, backend) = with_policy("Deny", ALLOW);
    let log = log();
    assert_eq!(
        ask(&gateway, with_token("/others")).await,
        denied("with an explicit deny in a resource-based policy")
    );
    assert_eq!(
        said(&log),
        format!(
            "api.yaml:1:40: statement 1 of the resource policy denies `execute-api:Invoke` on `{}`",
            arn("others")
        )
    );
    assert_eq!(backend.count(), 0);
    assert_eq!(ask(&gateway, with_token("/items/7")).await, fine("me Ada 1 true"));
    let (gateway, backend) = with_policy("Allow", NONE);
    assert_eq!(ask(&gateway, with_token("/others")).await, fine("me   "));
    assert_eq!(ask(&gateway, with_token("/items/7")).await, denied(IMPLICITLY));
    assert_eq!(backend.count(), 1);
}

// Source: inferred (ours): AWS evaluates the path as it was sent; a slash at its end is no way around a denial.
#[tokio::test]
async fn a_denial_holds_for_the_path_that_was_routed_too() {
    const NOT_OTHERS: &str = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"},
        {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": "arn:aws:execute-api:*:*:*/*/GET/others"}]}}"#;
    const AS_SENT: &str = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement":
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "arn:aws:execute-api:*:*:*/*/GET/others/"}}}"#;
    let answered = async |payload: &'static str| {
        let gateway = before(&Backend::fine(&[], payload), behind(token()));
        ask(&gateway, with_token("/others/")).await
    };
    assert_eq!(answered(NOT_OTHERS).await, denied(EXPLICITLY));
    assert_eq!(answered(AS_SENT).await, fine("me   "));
}

// Source: inferred (ours): AWS evaluates the path as it was sent, and a backend may resolve it.
#[tokio::test]
async fn what_is_allowed_below_a_path_leads_to_none_beside_it() {
    const ITEMS: &str = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement":
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "arn:aws:execute-api:*:*:*/*/GET/items/*"}}}"#;
    const AS_SENT: &str = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement":
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "arn:aws:execute-api:*:*:*/*/GET/items/a%2Fb"}}}"#;
    let answered = async |payload: &'static str, path: &str| {
        let gateway = before(&Backend::fine(&[], payload), behind(token()));
        ask(&gateway, with_token(path)).await
    };
    for path in ["/items/..%2Fothers", "/items/%2e%2E%2fothers", "/items/x%2F..%2F..%2Fothers"] {
        assert_eq!(answered(ITEMS, path).await, denied(IMPLICITLY), "{path}");
        assert_eq!(answered(ALLOW, path).await, fine("me Ada 1 true"), "{path}");
    }
    assert_eq!(answered(ITEMS, "/items/x%2F..%2Fy").await, fine("me   "));
    assert_eq!(answered(ITEMS, "/items/..x").await, fine("me   "));
    assert_eq!(answered(AS_SENT, "/items/a%2Fb").await, fine("me   "));
}

// Source: AWS docs (1,600 bytes, the words); the form of the answer is inferred.
#[tokio::test]
async fn an_invocation_whose_arn_is_too_long_is_414() {
    let backend = Backend::fine(&[], ALLOW);
    let gateway = before(&backend, behind(token()));
    let room = 1_600 - arn("items/").len();
    let path = |bytes: usize| format!("/items/{}", "x".repeat(bytes));
    assert_eq!(ask(&gateway, with_token(&path(room))).await, fine("me Ada 1 true"));
    let too_long = ask(&gateway, with_token(&path(room + 1))).await;
    assert_eq!(
        too_long,
        super::fixture::bare_error(
            "414 URI Too Long",
            "RequestUriTooLongException",
            "Request URI too long"
        )
    );
    assert_eq!(backend.count(), 1);
}

/// A clock that a test sets.
#[derive(Debug, Default)]
struct Hand(AtomicU64);

impl Clock for Hand {
    fn epoch_ms(&self) -> u64 {
        43_200_000
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

fn gateway_with(endpoints: Arc<dyn Endpoints>, clock: &Arc<Hand>, api: RestApi) -> Arc<Gateway> {
    let gateway = Gateway::new(Ports {
        tables: store(),
        endpoints,
        clock: Arc::<Hand>::clone(clock),
        random: Arc::new(super::fixture::Zeros),
    });
    serve(&gateway, api);
    gateway
}

fn serve(gateway: &Gateway, api: RestApi) {
    gateway.serve(Site::new([super::definition::deployed(api)]));
}

// Source: AWS docs (300 s by default, 3,600 at most, 0 for none); that another definition's results are not used is ours.
#[tokio::test]
async fn results_are_kept_for_their_time_also_through_a_reload() {
    let (backend, clock) = (Backend::fine(&[], ALLOW), Arc::new(Hand::default()));
    let gateway = gateway_with(backend.clone(), &clock, behind(token()));
    let asked = async |gateway: &Arc<Gateway>, path: &str| {
        assert_eq!(ask(gateway, with_token(path)).await, fine("me Ada 1 true"));
        backend.count()
    };
    assert_eq!(asked(&gateway, "/others").await, 1);
    clock.0.store(299, Ordering::SeqCst);
    assert_eq!(asked(&gateway, "/others").await, 1);
    assert_eq!(asked(&gateway, "/items/7").await, 1);
    serve(&gateway, behind(token()));
    assert_eq!(asked(&gateway, "/others").await, 1);
    clock.0.store(300, Ordering::SeqCst);
    assert_eq!(asked(&gateway, "/others").await, 2);
    // Each of these is another authorizer.
    serve(&gateway, behind(Authorizer { result_ttl_s: Some(3_600), ..token() }));
    assert_eq!(asked(&gateway, "/others").await, 3);
    let uri = Some(text(&uri("another")));
    serve(&gateway, behind(Authorizer { uri, ..token() }));
    assert_eq!(asked(&gateway, "/others").await, 4);
    serve(&gateway, behind(Authorizer { result_ttl_s: Some(0), ..token() }));
    assert_eq!(asked(&gateway, "/others").await, 5);
    assert_eq!(asked(&gateway, "/others").await, 6);
}

// Source: AWS docs; the acceptance matrix of our reference, row 21.
#[tokio::test]
async fn a_kept_policy_decides_about_other_methods() {
    const ITEMS: &str = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement":
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "arn:aws:execute-api:*:*:*/*/GET/items/*"}}}"#;
    let (backend, clock) = (Backend::fine(&[], ITEMS), Arc::new(Hand::default()));
    let gateway = gateway_with(backend.clone(), &clock, behind(token()));
    assert_eq!(ask(&gateway, with_token("/items/7")).await, fine("me   "));
    assert_eq!(ask(&gateway, with_token("/others")).await, denied(IMPLICITLY));
    assert_eq!(backend.count(), 1);
}

// Source: AWS docs: all identity sources in order. That each value of a name counts is ours.
#[tokio::test]
async fn no_caller_is_taken_for_another() {
    let backend = Backend::fine(&[], ALLOW);
    let sources = "method.request.header.a,method.request.header.b,method.request.querystring.q";
    let gateway = before(&backend, behind(request(sources)));
    let callers: [(&str, &[(&str, &str)]); 8] = [
        ("/others?q=1", &[("a", "x"), ("b", "y")]),
        ("/others?q=1", &[("a", "y"), ("b", "x")]),
        ("/others?q=1", &[("a", "x,y"), ("b", "y")]),
        ("/others?q=1", &[("a", "x"), ("a", "y"), ("b", "y")]),
        ("/others?q=1", &[("a", "y"), ("a", "x"), ("b", "y")]),
        ("/others?q=1", &[("a", "x"), ("b", "y1")]),
        ("/others?q=11", &[("a", "x"), ("b", "y")]),
        ("/others?q=2&q=1", &[("a", "x"), ("b", "y")]),
    ];
    for (number, (path, headers)) in callers.into_iter().enumerate() {
        ask(&gateway, sent(path, headers)).await;
        assert_eq!(backend.count(), number + 1, "{path} {headers:?}");
        ask(&gateway, sent(path, headers)).await;
        assert_eq!(backend.count(), number + 1, "{path} {headers:?}");
    }
}

// Source: inferred (ours).
#[tokio::test]
async fn a_bad_token_is_asked_about_once_a_second() {
    let backend = Backend::fine(&[], r#"{"errorMessage": "Unauthorized"}"#);
    let clock = Arc::new(Hand::default());
    let gateway = gateway_with(backend.clone(), &clock, behind(token()));
    for _ in 0..50 {
        assert_eq!(ask(&gateway, with_token("/others")).await, unauthorized());
    }
    assert_eq!(backend.count(), 1);
    clock.0.store(1, Ordering::SeqCst);
    assert_eq!(ask(&gateway, with_token("/others")).await, unauthorized());
    assert_eq!(backend.count(), 2);
}

type Answered = oneshot::Sender<&'static str>;

/// A function that answers when a test says so.
#[derive(Debug, Default)]
struct Waiting(Mutex<Vec<Answered>>);

impl Endpoints for Waiting {
    fn call(&self, _: EndpointCall) -> Calling {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().unwrap().push(sender);
        Box::pin(async {
            let gone = |_| EndpointError::Network("gone".to_owned());
            receiver.await.map(|payload| answer(200, &[], payload)).map_err(gone)
        })
    }
}

// Source: inferred (ours).
#[tokio::test]
async fn requests_with_one_token_share_a_call_and_a_client_that_hangs_up_ends_it_for_nobody() {
    let (function, clock) = (Arc::new(Waiting::default()), Arc::new(Hand::default()));
    let gateway = gateway_with(function.clone(), &clock, behind(token()));
    let asked = |path: &'static str| Box::pin(ask(&gateway, with_token(path)));
    let mut first = asked("/others");
    assert!(polled(&mut first).await.is_pending());
    let mut others: Vec<_> = (0..20).map(|_| asked("/others")).collect();
    for other in &mut others {
        assert!(polled(other).await.is_pending());
        tokio::task::yield_now().await;
    }
    // The one that asks goes away.
    drop(first);
    let calls = std::mem::take(&mut *function.0.lock().unwrap());
    assert_eq!(calls.len(), 1);
    calls.into_iter().for_each(|call| call.send(ALLOW).unwrap());
    for other in others {
        assert_eq!(other.await, fine("me Ada 1 true"));
    }
    gateway.drained().await;
    assert!(function.0.lock().unwrap().is_empty());
}

// Source: inferred (ours): a network that fails is AWS's 500, and nothing of a token is shown.
#[tokio::test]
async fn a_function_that_cannot_be_reached_is_500() {
    for (error, why) in [
        (
            (|| EndpointError::Network("refused".to_owned())) as fn() -> EndpointError,
            "the function at `POST http://functions.test:3001/2015-03-31/functions/guard/invocations`: refused",
        ),
        (
            || EndpointError::Timeout,
            "the function at `POST http://functions.test:3001/2015-03-31/functions/guard/invocations` took \
             longer than 29 s",
        ),
    ] {
        let backend = Backend::new(move || Err(error()));
        let gateway = before(&backend, behind(token()));
        let log = log();
        assert_eq!(ask(&gateway, with_token("/others")).await, broken());
        assert_eq!(said(&log), format!("api.yaml:1:1: {why}"));
    }
}

// Source: inferred (ours): whatever the header is called.
#[tokio::test]
async fn what_a_caller_is_known_by_is_in_no_trace() {
    const ECHO: &str = r#"{"principalId": "me", "policyDocument": {"Statement": {"Action": "*",
        "Effect": "Allow", "Resource": "*"}}, "context": {"echo": "secret-token-of-a-caller"}}"#;
    let backend = Backend::fine(&[], ECHO);
    let method = guarded(HttpMethod::Get, answering("$context.authorizer.echo"));
    let mut api = api([("/others", method)]);
    api.authorizers = vec![token()];
    let gateway = before(&backend, api);
    gateway.trace(TraceMode::All, |_| {});
    let shown = ask(&gateway, with_token("/others?x=secret-token-of-a-caller")).await;
    assert_eq!(shown, fine("secret-token-of-a-caller"));
    let trace = gateway.traces().remove(0);
    let told = format!("{}{}{}", trace.text(false), trace.json(), trace.execution_log());
    assert!(!told.contains("secret"), "{told}");
    assert!(told.contains("authorizer guard knows the caller\n"), "{told}");
}

// Source: AWS docs and published logs (the words of the lines).
#[tokio::test]
async fn the_execution_log_tells_of_an_authorizer() {
    let log_of = async |payload: &'static str| {
        let gateway = before(&Backend::fine(&[], payload), behind(token()));
        gateway.trace(TraceMode::All, |_| {});
        ask(&gateway, with_token("/others")).await;
        gateway.traces().remove(0).execution_log()
    };
    let lines = |log: String| -> Vec<String> {
        let message = |line: &str| line.split_once(" : ").unwrap_or(("", line)).1.to_owned();
        log.lines().map(message).collect()
    };
    let id = "00000000-0000-4000-8000-000000000000";
    let started = format!("Starting authorizer: guard for request: {id}");
    let log = lines(log_of(ALLOW).await);
    assert_eq!(
        log[1..4],
        [
            started.clone(),
            "Successfully completed authorizer execution".to_owned(),
            format!("Starting execution for request: {id}")
        ]
    );
    let log = lines(log_of("no policy").await);
    assert_eq!(log[1..3], [started, format!("Unauthorized request: {id}")]);
    let why = "Invalid JSON in policy: it is no JSON, at line 1 column 2";
    assert_eq!(log[log.len() - 2], format!("Execution failed due to configuration error: {why}"));
}

// Source: published logs of AWS: of who is unknown nothing more is said.
#[tokio::test]
async fn the_execution_log_of_a_stage_ends_where_nobody_is_known() {
    let lines = async |request: Request<Full<Bytes>>| {
        let backend = Backend::fine(&[], r#"{"errorMessage": "Unauthorized"}"#);
        let gateway = before_stage_with(&backend, behind(token()), |stage| {
            stage.method_settings = vec![logging()];
        });
        let log = log();
        ask(&gateway, request).await;
        let text = log.text();
        let lines = text.lines().filter_map(|line| line.split_once("-000000000000) "));
        let lines =
            lines.filter_map(|(_, line)| Some(line.split_once(" log_group=")?.0.to_owned()));
        lines.collect::<Vec<_>>()
    };
    let id = "00000000-0000-4000-8000-000000000000";
    assert_eq!(
        lines(with_token("/others")).await,
        [
            "Extended Request Id: AAAAAAAAAAAAAAA=",
            &format!("Starting authorizer: guard for request: {id}"),
            &format!("Unauthorized request: {id}"),
        ]
    );
    // The function is not asked about it.
    assert_eq!(
        lines(get("/others")).await,
        [
            "Extended Request Id: AAAAAAAAAAAAAAA=",
            "the identity source `method.request.header.X-Token` of the authorizer `guard` is absent or empty",
            "Method completed with status: 401",
        ]
    );
}

fn logging() -> MethodSetting {
    MethodSetting {
        resource_path: None,
        http_method: None,
        metrics: None,
        logging_level: Some(LoggingLevel::Info),
        data_trace: None,
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

// Source: AWS docs (variables for access logging) and AWS's blog on their phases.
#[tokio::test]
async fn the_access_log_tells_what_an_authorizer_said_and_how_long_it_took() {
    const DENY: &str = r#"{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement":
        [{"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": "*"}]}}"#;
    let line = async |payload: &'static str, request: Request<Full<Bytes>>| {
        let backend = Backend::fine(&[("x-amzn-RequestId", "of-lambda")], payload);
        let gateway = before(&backend, behind(token()));
        let lines = logged(&gateway, AccessLogFormat::parse(PHASES));
        ask(&gateway, request).await;
        lines.lock().unwrap().join("\n")
    };
    assert_eq!(line(ALLOW, with_token("/others")).await, "- - -, 200 - 0 200 0 of-lambda, 200 - 0");
    assert_eq!(
        line(DENY, with_token("/others")).await,
        "- - -, 200 - 0 200 0 of-lambda, 403 User is not authorized to access this resource with an explicit deny in an \
         identity-based policy 0"
    );
    assert_eq!(line(ALLOW, get("/others")).await, "- - -, 401 Unauthorized 0 - - -, - - -");
    assert_eq!(
        line("no policy", with_token("/others")).await,
        "- - -, 500 - 0 200 0 of-lambda, - - -"
    );
    // Of the second request the function is not asked.
    let backend = Backend::fine(&[], ALLOW);
    let gateway = before(&backend, behind(token()));
    let lines = logged(&gateway, AccessLogFormat::parse(PHASES));
    ask(&gateway, with_token("/others")).await;
    ask(&gateway, with_token("/others")).await;
    assert_eq!(
        *lines.lock().unwrap(),
        ["- - -, 200 - 0 200 0 -, 200 - 0", "- - -, 200 - 0 - - -, 200 - 0"]
    );
}

fn findings(authorizer: Authorizer) -> Vec<String> {
    let compiled = compile(behind(authorizer));
    let first = compiled.diagnostics.iter().map(|finding| {
        let help = finding.help.as_deref().unwrap_or("");
        format!("{}: {} ({help})", finding.code.id(), finding.message)
    });
    first.collect()
}

// Source: inferred (our own words); what AWS takes is documented.
#[test]
fn what_is_wrong_with_an_authorizer_is_found_at_deployment() {
    let source = "it is one of `method.request.header.NAME`, `method.request.querystring.NAME`, \
                  `stageVariables.NAME` and `context.NAME`";
    let token_with = |source: &str| Authorizer { identity_source: Some(text(source)), ..token() };
    for (authorizer, expected) in [
        (
            token_with("method.request.querystring.token"),
            "GW303: `method.request.querystring.token` does not name the header that has the token \
             (write it like `method.request.header.Authorization`)"
                .to_owned(),
        ),
        (
            Authorizer { identity_validation_expression: Some(text("(")), ..token() },
            "GW305: `(` is not a regular expression: Parsing error at position 1: Opening parenthesis \
             without closing parenthesis ()"
                .to_owned(),
        ),
        (
            request("method.request.header.a, method.request.path.id"),
            format!("GW303: `method.request.path.id` is no identity source ({source})"),
        ),
        (
            request("method.request.header.a,"),
            format!("GW303: `` is no identity source ({source})"),
        ),
        (
            request(""),
            "GW107: the authorizer `guard` keeps its results and says not what it knows a caller by \
             (name what identifies a caller in `identitySource`, such as `method.request.header.Authorization`, \
             or set `authorizerResultTtlInSeconds` to 0)"
                .to_owned(),
        ),
        (
            Authorizer { uri: None, ..token() },
            "GW107: the authorizer `guard` names no function (name it in `authorizerUri`)".to_owned(),
        ),
        (
            Authorizer { uri: Some(text("arn:aws:apigateway:us-east-1:sqs:path/x")), ..token() },
            "GW108: `arn:aws:apigateway:us-east-1:sqs:path/x` names no Lambda function (write \
             `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{ARN of the function}/invocations`)"
                .to_owned(),
        ),
    ] {
        assert_eq!(findings(authorizer), [expected]);
    }
    let none = Authorizer { result_ttl_s: Some(0), ..request("") };
    assert_eq!(findings(none), Vec::<String>::new());
}

// Source: inferred (our own words).
#[test]
fn an_authorizer_whose_function_nobody_can_ask_is_refused_with_the_remedy() {
    let compiled = compile_with(behind(token()), services_at(&[]));
    let finding = &compiled.diagnostics[0];
    assert_eq!(finding.message, "there is no endpoint of the service `lambda`");
    assert_eq!(
        finding.help.as_deref(),
        Some(
            "say where functions are invoked: `--lambda-endpoint URL`, such as `http://127.0.0.1:3001` of \
             `sam local start-lambda`; or give the function an address under `[functions]` of `vestibule.toml`"
        )
    );
    assert_eq!(compiled.refused_methods, 2);
    assert!(compiled.snapshot.is_none());
}
