//! Roles that are assumed for calls of AWS: as whom a call is signed, and what becomes of one whose role is not to be had.

use super::backend::{Backend, before_snapshot};
use super::definition::{answering, api, compile_with, method, mock, services_at, text};
use super::fixture::{IDS, ask, get, internal_error, log};
use std::sync::{Arc, Mutex};
use vestibule_gateway::{Compiled, Gateway, Roles, Services, SignedEndpoints};
use vestibule_restapi::{
    Authorization, AuthorizationType, Authorizer, AuthorizerType, HttpMethod, Integration,
    IntegrationType, Method, RestApi,
};
use vestibule_sigv4::{CredentialSource, Credentials, CredentialsError, LookUp};

const ROLE: &str = "arn:aws:iam::123456789012:role/orders";
const AWS: (&str, &str) = ("lambda", "https://lambda.eu-west-1.amazonaws.com");
const URI: &str = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/hello/invocations";

/// What comes of assuming a role.
#[derive(Clone, Copy, Debug)]
pub(super) enum Assumed {
    /// A session with this access key.
    As(&'static str),
    Refused,
    Never,
}

/// Assumes every role alike, and notes which.
#[derive(Debug)]
pub(super) struct Fake {
    assumed: Arc<Mutex<Assumed>>,
    asked: Mutex<Vec<(String, String)>>,
}

impl Fake {
    pub(super) fn new(assumed: Assumed) -> Arc<Fake> {
        Arc::new(Fake { assumed: Arc::new(Mutex::new(assumed)), asked: Mutex::default() })
    }

    /// The roles that were asked for, with regions.
    pub(super) fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().unwrap().clone()
    }
}

impl Roles for Fake {
    fn assumed(&self, role: &str, region: &str) -> Arc<dyn CredentialSource> {
        self.asked.lock().unwrap().push((role.to_owned(), region.to_owned()));
        Arc::new(Session(Arc::clone(&self.assumed)))
    }
}

#[derive(Debug)]
struct Session(Arc<Mutex<Assumed>>);

impl CredentialSource for Session {
    fn at_hand(&self) -> Option<Arc<Credentials>> {
        let Assumed::As(id) = *self.0.lock().unwrap() else { return None };
        let (id, secret) = (id.to_owned(), "secret".to_owned());
        Some(Arc::new(Credentials::new(id, secret, Some("token-of-the-session".to_owned()))))
    }

    fn look_up(&self) -> LookUp<'_> {
        let why = "AccessDenied: User: arn:aws:iam::1:user/gateway is not authorized";
        let error = CredentialsError::new(why, "let the role's trust policy name the gateway");
        let assumed = *self.0.lock().unwrap();
        Box::pin(async move {
            match assumed {
                Assumed::Refused => Err(error),
                Assumed::As(_) | Assumed::Never => std::future::pending().await,
            }
        })
    }
}

/// A function that is called as this role.
fn called_as(role: &str) -> Integration {
    Integration {
        kind: IntegrationType::Aws,
        uri: Some(text(URI)),
        http_method: Some(text("POST")),
        credentials: Some(text(role)),
        request_templates: Vec::new(),
        ..mock("")
    }
}

fn of(integration: Integration) -> RestApi {
    api([("/", method(HttpMethod::Any, integration))])
}

/// The services with the gateway's own key `AKIDEXAMPLE`, and somebody who assumes roles.
fn services(endpoints: &[(&str, &str)], fake: &Arc<Fake>) -> Services {
    services_at(endpoints).with_roles(Arc::<Fake>::clone(fake))
}

fn gateway(backend: &Arc<Backend>, compiled: Compiled) -> Arc<Gateway> {
    before_snapshot(backend, compiled.snapshot.unwrap())
}

/// The access key that the last request was signed with, and its session token.
fn signed_by(backend: &Backend) -> (String, Option<String>) {
    let asked = backend.asked();
    let header = |name: &str| asked.lines().find_map(|line| line.strip_prefix(name));
    let authorization = header("authorization: AWS4-HMAC-SHA256 Credential=").unwrap();
    let (key, _) = authorization.split_once('/').unwrap();
    (key.to_owned(), header("x-amz-security-token: ").map(str::to_owned))
}

// Source: AWS docs (API_Integration: `credentials`).
#[tokio::test]
async fn a_call_of_aws_is_signed_as_the_integrations_role() {
    let (fake, backend) = (Fake::new(Assumed::As("ASIAFIRST")), Backend::fine(&[], "{}"));
    let gateway = gateway(&backend, compile_with(of(called_as(ROLE)), services(&[AWS], &fake)));
    assert_eq!(*fake.asked.lock().unwrap(), [(ROLE.to_owned(), "eu-west-1".to_owned())]);
    ask(&gateway, get("/")).await;
    let token = Some("token-of-the-session".to_owned());
    assert_eq!(signed_by(&backend), ("ASIAFIRST".to_owned(), token.clone()));
    // A session that is renewed counts from the next call on.
    *fake.assumed.lock().unwrap() = Assumed::As("ASIASECOND");
    ask(&gateway, get("/")).await;
    assert_eq!(signed_by(&backend), ("ASIASECOND".to_owned(), token));
}

// Source: inferred (emulators take any call as that of any role; whoever names an STS wants it asked).
#[tokio::test]
async fn elsewhere_a_role_is_assumed_where_an_sts_is_named() {
    let local = ("lambda", "http://localhost:3001");
    for (endpoints, key) in [
        (&[local][..], "AKIDEXAMPLE"),
        (&[local, ("sts", "http://localhost:3002")][..], "ASIAROLE"),
    ] {
        let (fake, backend) = (Fake::new(Assumed::As("ASIAROLE")), Backend::fine(&[], "{}"));
        let compiled = compile_with(of(called_as(ROLE)), services(endpoints, &fake));
        ask(&gateway(&backend, compiled), get("/")).await;
        assert_eq!(signed_by(&backend).0, key);
    }
}

// Source: AWS's execution log, as users report it; that nothing is sent is inferred.
#[tokio::test]
async fn without_the_role_nothing_is_sent() {
    let (fake, backend) = (Fake::new(Assumed::Refused), Backend::fine(&[], "{}"));
    let gateway = gateway(&backend, compile_with(of(called_as(ROLE)), services(&[AWS], &fake)));
    let log = log();
    assert_eq!(ask(&gateway, get("/")).await, internal_error());
    assert_eq!(backend.count(), 0);
    let line = log.text();
    assert_eq!(
        line.split_once(" request_id=").unwrap().0.trim_start(),
        format!(
            "ERROR api.yaml:1:1: API Gateway does not have permission to assume the provided role {ROLE}: \
             AccessDenied: User: arn:aws:iam::1:user/gateway is not authorized"
        )
    );
}

// Source: inferred (an integration's timeout bounds all that it waits for).
#[tokio::test(start_paused = true)]
async fn a_role_is_waited_for_no_longer_than_the_integration_may_take() {
    let (fake, backend) = (Fake::new(Assumed::Never), Backend::fine(&[], "{}"));
    let integration = Integration { timeout_ms: 700, ..called_as(ROLE) };
    let gateway = gateway(&backend, compile_with(of(integration), services(&[AWS], &fake)));
    let (log, start) = (log(), tokio::time::Instant::now());
    assert_eq!(ask(&gateway, get("/")).await, internal_error());
    assert_eq!((start.elapsed().as_millis(), backend.count()), (700, 0));
    assert!(
        log.text().contains(&format!(
            "there were no credentials (those of the role `{ROLE}`) within 700 ms"
        )),
        "{}",
        log.text()
    );
}

/// A method behind a Lambda authorizer that is asked as a role.
fn guarded(role: &str) -> RestApi {
    let authorization = Authorization {
        kind: AuthorizationType::Custom,
        authorizer: Some("guard".to_owned()),
        scopes: Vec::new(),
        place: text("security").whole(),
    };
    let guarded = Method { authorization, ..method(HttpMethod::Get, answering("let in")) };
    let mut api = api([("/", guarded)]);
    api.authorizers = vec![Authorizer {
        name: "guard".to_owned(),
        kind: AuthorizerType::Token,
        auth_type: None,
        uri: Some(text(URI)),
        credentials: Some(text(role)),
        identity_source: None,
        identity_validation_expression: None,
        result_ttl_s: Some(0),
        provider_arns: Vec::new(),
        place: text("guard").whole(),
    }];
    api
}

// Source: AWS docs (CreateAuthorizer: `authorizerCredentials`); the answer is that of any fault of the authorizer's configuration.
#[tokio::test]
async fn an_authorizers_function_is_asked_as_its_role() {
    let (fake, backend) = (Fake::new(Assumed::As("ASIAGUARD")), Backend::fine(&[], "{}"));
    let gateway = gateway(&backend, compile_with(guarded(ROLE), services(&[AWS], &fake)));
    let request = || {
        let mut request = get("/");
        request.headers_mut().insert("authorization", "token".parse().unwrap());
        request
    };
    ask(&gateway, request()).await;
    assert_eq!(signed_by(&backend).0, "ASIAGUARD");
    *fake.assumed.lock().unwrap() = Assumed::Refused;
    let expected = format!(
        "500 Internal Server Error\ncontent-type: application/json\n\
         x-amzn-errortype: AuthorizerConfigurationException\n{IDS}\n{{\"message\":null}}"
    );
    assert_eq!(ask(&gateway, request()).await, expected);
    assert_eq!(backend.count(), 1);
}

/// Message, note and help of what forbids the call.
fn refused(compiled: &Compiled) -> String {
    assert!(compiled.snapshot.is_none());
    let errors =
        compiled.diagnostics.iter().filter(|f| f.severity == vestibule_restapi::Severity::Error);
    let texts = errors.map(|finding| {
        let notes = finding.notes.join(", ");
        let help = finding.help.as_deref().unwrap_or_default();
        format!("{} {} [{notes}] ({help})", finding.code.id(), finding.message)
    });
    texts.collect::<Vec<_>>().join("\n")
}

// Source: inferred (ours).
#[test]
fn what_is_no_role_to_assume_is_refused_by_name() {
    let help = "write the ARN of a role, such as `arn:aws:iam::123456789012:role/orders`";
    for (role, finding) in [
        (
            "arn:aws:iam::123456789012:role/${stageVariables.role}",
            format!(
                "GW407 a role that a stage variable names is not assumed yet: \
                 `arn:aws:iam::123456789012:role/${{stageVariables.role}}` [] ({help})"
            ),
        ),
        ("orders", format!("GW108 `orders` is no ARN of a role [] ({help})")),
        (
            "arn:aws:iam::*:role/orders",
            format!("GW108 `arn:aws:iam::*:role/orders` is no ARN of a role [] ({help})"),
        ),
        (
            "arn:aws:iam::123456789012:role/",
            format!("GW108 `arn:aws:iam::123456789012:role/` is no ARN of a role [] ({help})"),
        ),
    ] {
        let fake = Fake::new(Assumed::Refused);
        for api in [of(called_as(role)), guarded(role)] {
            let compiled = compile_with(api, services(&[AWS], &fake));
            assert_eq!(refused(&compiled), finding, "{role}");
        }
        assert_eq!(*fake.asked.lock().unwrap(), []);
        // Emulators take any.
        let local = services(&[("lambda", "http://localhost:3001")], &fake);
        assert!(compile_with(of(called_as(role)), local).snapshot.is_some(), "{role}");
    }
    let (fake, anyone) = (Fake::new(Assumed::Refused), "arn:aws:iam::*:user/*");
    assert_eq!(
        refused(&compile_with(of(called_as(anyone)), services(&[AWS], &fake))),
        "GW401 calls with the caller's own identity are not supported yet \
         [an API is never served less protected than its definition says] \
         (serve a definition without it, or wait for the version that enforces it)"
    );
    assert_eq!(
        refused(&compile_with(of(called_as(ROLE)), services_at(&[AWS]))),
        format!(
            "GW407 nobody assumes roles: a call of AWS as `{ROLE}` is not made \
             [the gateway's own rights never stand in for those of a role] ()"
        )
    );
}

/// A source that knows that it has nothing.
#[derive(Debug)]
struct Nothing;

impl CredentialSource for Nothing {
    fn at_hand(&self) -> Option<Arc<Credentials>> {
        None
    }

    fn look_up(&self) -> LookUp<'_> {
        Box::pin(std::future::pending())
    }

    fn foreseen(&self) -> Option<CredentialsError> {
        Some(CredentialsError::new("there are no credentials: none", "set some"))
    }
}

// Source: inferred (ours).
#[test]
fn calls_that_nothing_can_sign_are_told_once_with_their_number() {
    let open = Integration { credentials: None, ..called_as(ROLE) };
    let path = |path| (path, method(HttpMethod::Any, open.clone()));
    let told = |api: RestApi, endpoint: (&str, &str)| {
        let services = services_at(&[endpoint]);
        let services = services.with_credentials(Arc::new(Nothing), SignedEndpoints::Elsewhere);
        let compiled = compile_with(api, services);
        assert!(compiled.snapshot.is_some());
        let texts = compiled.diagnostics.iter().map(|finding| {
            let notes = finding.notes.join(", ");
            let help = finding.help.as_deref().unwrap_or_default();
            format!("{} {} [{notes}] ({help})", finding.code.id(), finding.message)
        });
        texts.collect::<Vec<_>>()
    };
    let finding = |by: &str, further: &str| {
        format!(
            "GW121 {by} calls `lambda`, and there are no credentials: none \
             [such a call is not made: its request is answered with 500{further}] (set some)"
        )
    };
    let third = ", of 2 further calls the same is true";
    let three = api([path("/a"), path("/b"), path("/c")]);
    assert_eq!(told(three, AWS), [finding("`ANY /a`", third)]);
    let second = ", of 1 further call the same is true";
    let two = api([path("/a"), path("/b")]);
    assert_eq!(told(two.clone(), AWS), [finding("`ANY /a`", second)]);
    // Methods share their authorizer.
    let mut guard = guarded(ROLE);
    guard.authorizers[0].credentials = None;
    assert_eq!(told(guard, AWS), [finding("the authorizer `guard`", "")]);
    // Emulators take any.
    assert_eq!(told(two, ("lambda", "http://localhost:3001")), Vec::<String>::new());
}
