//! AWS_IAM and resource policies. Signatures were made by botocore 1.44.5 for one moment; words are observed on AWS, the rules are
//! documented (api-gateway-control-access-using-iam-policies-to-invoke-api, apigateway-authorization-flow).

use crate::access_log::{PHASES, logged};
use crate::definition::{answering, api, method, services, text, throttled};
use crate::fixture::{CLIENT, IDS, Nowhere, Zeros, ask, bare_error, fine, shown, store};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use std::sync::Arc;
use std::time::Duration;
use vestibule_gateway::{
    AccessLogFormat, Clock, Domains, Facts, Gateway, Ports, Principals, SampleValue, Site,
    StageView, TraceMode, compile,
};
use vestibule_iam::{AccessKey, Directory, Policy, PolicyKind, Principal};
use vestibule_restapi::{
    AccountId, AuthorizationType, BasePathMapping, Deployment, DeploymentId, DomainName,
    HttpMethod, MethodSetting, Region, RestApi, RestApiId, Sourced, Stage, StageName,
};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const HOST: &str = "abcde12345.execute-api.us-east-1.amazonaws.com";
const EVE: &str = "arn:aws:iam::111111111111:user/eve";

/// Seconds after 2026-01-02T03:04:05Z, when the requests were signed.
#[derive(Debug)]
struct After(i64);

impl Clock for After {
    fn epoch_ms(&self) -> u64 {
        (1_767_323_045 + self.0).unsigned_abs() * 1000
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// `/music`, for which callers sign, and `/open`, for which nobody does.
fn definition() -> RestApi {
    let signed = |verb| {
        let mut method = method(verb, answering("$context.identity.userArn"));
        method.authorization.kind = AuthorizationType::AwsIam;
        method
    };
    let mut api = api([
        ("/music", signed(HttpMethod::Get)),
        ("/music/{a}/{b}", signed(HttpMethod::Any)),
        ("/a+b/%2B/%40", signed(HttpMethod::Get)),
        ("/files/{name}", method(HttpMethod::Get, answering("file"))),
        ("/open", method(HttpMethod::Get, answering("open"))),
    ]);
    let mut post = signed(HttpMethod::Post);
    post.integration = Some(answering("$input.body"));
    api.resources[0].methods.push(post);
    api.id = RestApiId::parse("abcde12345").unwrap();
    api
}

/// Bob may do what `policy` says; `AKIDEXAMPLE` lasts, `ASIAEXAMPLE` is of a session that ends a minute later. Eve is of another
/// account and may do everything.
fn principals(policy: Option<&str>) -> Principals {
    let mut directory = Directory::new();
    let mut documents = Vec::new();
    let mut add = |arn: &str, policy: Option<&str>, keys: Vec<AccessKey>| {
        let policies = policy.map(|text| {
            let parsed = Arc::new(Policy::parse(text, PolicyKind::Identity).unwrap());
            documents.push((Arc::clone(&parsed), Sourced::inline("bob.json", text)));
            parsed
        });
        let principal = Principal::user(arn, "AIDAEXAMPLE").unwrap();
        let id = directory.insert(principal, Vec::from_iter(policies)).unwrap();
        keys.into_iter().for_each(|key| directory.give(key, id).unwrap());
    };
    let secret = || SECRET.to_owned();
    let lasting = AccessKey::long_term("AKIDEXAMPLE", secret()).unwrap();
    let token = "TOKEN/abc+def==".to_owned();
    let session = AccessKey::temporary("ASIAEXAMPLE", secret(), token, 1_767_323_105).unwrap();
    add("arn:aws:iam::000000000000:user/bob", policy, vec![lasting, session]);
    let foreign = AccessKey::long_term("AKIDFOREIGN", secret()).unwrap();
    add(EVE, Some(ALL), vec![foreign]);
    Principals::new(directory, documents)
}

const ALL: &str =
    r#"{"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}"#;

struct Setup {
    identity_policy: Option<&'static str>,
    resource_policy: Option<&'static str>,
    clock: After,
}

const ALLOWED: Setup = Setup { identity_policy: Some(ALL), resource_policy: None, clock: After(0) };

impl Setup {
    fn gateway(self) -> Arc<Gateway> {
        self.serving(|_| {})
    }

    /// The same with a stage that is changed before it is served.
    fn serving(self, change: impl FnOnce(&mut Stage)) -> Arc<Gateway> {
        let mut api = definition();
        api.policy = self.resource_policy.map(text);
        let deployment = Deployment { id: DeploymentId::of(b"content"), api: Arc::new(api) };
        let account = AccountId::parse("000000000000").unwrap();
        let facts = Facts {
            principals: Arc::new(principals(self.identity_policy)),
            services: services(),
            ..Facts::new(account, Region::parse("us-east-1").unwrap())
        };
        let compiled = compile(&deployment, &facts);
        let findings: Vec<String> = compiled.diagnostics.iter().map(ToString::to_string).collect();
        assert_eq!(findings, Vec::<String>::new());
        let name = StageName::parse("prod").unwrap();
        let mut stage = Stage::new(name, deployment.api.id.clone());
        change(&mut stage);
        let gateway = Gateway::new(Ports {
            tables: store(),
            endpoints: Arc::new(Nowhere),
            clock: Arc::new(self.clock),
            random: Arc::new(Zeros),
        });
        let stages = [stage];
        let domain = DomainName {
            name: text("api.example.com"),
            mappings: vec![BasePathMapping {
                base_path: Some(text("shop")),
                api: deployment.api.id.clone(),
                stage: Some(StageName::parse("prod").unwrap()),
                place: text("mapping").whole(),
            }],
            mutual_tls: None,
            place: text("domain").whole(),
        };
        let mut findings = Vec::new();
        let domains = Domains::compile(&[domain], &stages, &mut findings);
        assert_eq!(findings.len(), 0);
        let snapshot = Arc::new(compiled.snapshot.unwrap());
        let views = stages.map(|stage| StageView::new(stage, Arc::clone(&snapshot)));
        gateway.serve(Site::new(views).with_domains(domains));
        gateway
    }
}

struct Signed<'s> {
    verb: &'s str,
    target: &'s str,
    headers: &'s [(&'s str, &'s str)],
    signed_headers: &'s str,
    access_key: &'s str,
    signature: &'s str,
    body: &'static str,
}

/// The simplest of the vectors: `GET /prod/music/`.
const PLAIN: Signed<'_> = Signed {
    verb: "GET",
    target: "/prod/music/",
    headers: &[],
    signed_headers: "host;x-amz-date",
    access_key: "AKIDEXAMPLE",
    signature: "8bffa8f9792d7b5f5be66395c3810778cc4418acb54800ea5df283db2a98c464",
    body: "",
};

impl Signed<'_> {
    fn request(&self) -> Request<Full<Bytes>> {
        let Signed { access_key, signed_headers, signature, .. } = self;
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={access_key}/20260102/us-east-1/execute-api/aws4_request, \
             SignedHeaders={signed_headers}, Signature={signature}"
        );
        let mut request = Request::builder()
            .method(self.verb)
            .uri(self.target)
            .header("Host", HOST)
            .header("X-Amz-Date", "20260102T030405Z")
            .header("Authorization", authorization);
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        request.body(Full::new(Bytes::from_static(self.body.as_bytes()))).unwrap()
    }
}

fn plain(target: &str) -> Request<Full<Bytes>> {
    Request::get(target).header("Host", HOST).body(Full::default()).unwrap()
}

fn refused(error_type: &str, body: &str) -> String {
    format!(
        "403 Forbidden\ncontent-type: application/json\nx-amzn-errortype: {error_type}\n{IDS}\n{body}"
    )
}

/// Good for 300 seconds; its session ends after 60.
const PRESIGNED: &str = "/prod/music?x=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLE%2F20260102\
                     %2Fus-east-1%2Fexecute-api%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=300\
                     &X-Amz-Security-Token=TOKEN%2Fabc%2Bdef%3D%3D&X-Amz-SignedHeaders=host\
                     &X-Amz-Signature=8350152c25f630e604caea4cb3fc19a3ee4c2a2f9eb3764c73476ea88d1a320d";

const BOB: &str = "arn:aws:iam::000000000000:user/bob";

#[tokio::test]
async fn requests_that_botocore_signed_are_admitted() {
    let gateway = ALLOWED.gateway();
    assert_eq!(ask(&gateway, PLAIN.request()).await, fine(BOB));
    let query = Signed {
        target: "/prod/music?artist=No%20One&b=&a=2&a=1",
        signature: "9295eaff9da1f9d2d16cdd4f53f6bbabfd0d326e7f90ba13ae9b6dde6cdf1921",
        ..PLAIN
    };
    assert_eq!(ask(&gateway, query.request()).await, fine(BOB));
    let body = Signed {
        verb: "POST",
        target: "/prod/music/a%20b/x@y",
        headers: &[("Content-Type", "application/json")],
        signed_headers: "content-type;host;x-amz-date",
        signature: "b00a3bc8c95995ec4637747d4f8ec4054bac39c70b0a0f690e1da20ef2881b65",
        body: "{\"a\":1}",
        ..PLAIN
    };
    assert_eq!(ask(&gateway, body.request()).await, fine(BOB));
    let session = Signed {
        target: "/prod/music",
        headers: &[("X-Amz-Security-Token", "TOKEN/abc+def==")],
        signed_headers: "host;x-amz-date;x-amz-security-token",
        access_key: "ASIAEXAMPLE",
        signature: "c1ccaca2b984b6afd70c6b2489123af9ef064b90375c295f028d0a544311a167",
        ..PLAIN
    };
    assert_eq!(ask(&gateway, session.request()).await, fine(BOB));
    assert_eq!(ask(&gateway, plain(PRESIGNED)).await, fine(BOB));
}

// Source: AWS docs (variables for access logging) and AWS's blog on their phases; the messages are those of the answers.
#[tokio::test]
async fn the_access_log_tells_authentication_and_authorization_apart() {
    let line = async |setup: Setup, request| {
        let gateway = setup.gateway();
        let lines = logged(&gateway, AccessLogFormat::parse(PHASES));
        ask(&gateway, request).await;
        lines.lock().unwrap().join("\n")
    };
    assert_eq!(line(ALLOWED, PLAIN.request()).await, "200 - 0, - - - - - -, 200 - 0");
    assert_eq!(line(ALLOWED, plain("/prod/open")).await, "- - -, - - - - - -, - - -");
    let tampered = Signed { target: "/prod/music/?a=b", ..PLAIN };
    assert_eq!(
        line(ALLOWED, tampered.request()).await,
        "403 The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing \
         method. Consult the service documentation for details. 0, - - - - - -, - - -"
    );
    let nothing = Setup { identity_policy: None, ..ALLOWED };
    assert_eq!(
        line(nothing, PLAIN.request()).await,
        "200 - 0, - - - - - -, 403 User: arn:aws:iam::000000000000:user/bob is not authorized to perform: execute-api:Invoke on resource: \
         arn:aws:execute-api:us-east-1:********0000:abcde12345/prod/GET/music/ because no identity-based policy allows the \
         execute-api:Invoke action 0"
    );
}

/// What was signed of a body is what was sent, not what it decompresses to.
#[tokio::test]
async fn a_body_that_was_not_signed_is_refused() {
    let body = Signed {
        verb: "POST",
        target: "/prod/music/a%20b/x@y",
        headers: &[("Content-Type", "application/json")],
        signed_headers: "content-type;host;x-amz-date",
        signature: "b00a3bc8c95995ec4637747d4f8ec4054bac39c70b0a0f690e1da20ef2881b65",
        body: "{\"a\":2}",
        ..PLAIN
    };
    let answer = ask(&ALLOWED.gateway(), body.request()).await;
    assert!(answer.starts_with("403 Forbidden"), "{answer}");
    assert!(answer.contains("x-amzn-errortype: InvalidSignatureException"), "{answer}");
}

#[tokio::test]
async fn who_does_not_sign_is_told_so() {
    let gateway = ALLOWED.gateway();
    let missing = refused(
        "MissingAuthenticationTokenException",
        r#"{"message":"Missing Authentication Token"}"#,
    );
    assert_eq!(ask(&gateway, plain("/prod/music")).await, missing);
    assert_eq!(ask(&gateway, plain("/prod/nowhere")).await, missing);
    let incomplete = refused(
        "IncompleteSignatureException",
        r#"{"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY='."}"#,
    );
    for path in ["/prod/music", "/prod/nowhere"] {
        let mut bearer = plain(path);
        bearer.headers_mut().insert("Authorization", "Bearer abc".parse().unwrap());
        assert_eq!(ask(&gateway, bearer).await, incomplete);
    }
}

#[tokio::test]
async fn a_wrong_signature_is_answered_with_what_should_have_been_signed() {
    let wrong = Signed { signature: &"ab".repeat(32), ..PLAIN };
    let expected = refused(
        "InvalidSignatureException",
        r#"{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'GET\n/prod/music/\n\nhost:abcde12345.execute-api.us-east-1.amazonaws.com\nx-amz-date:20260102T030405Z\n\nhost;x-amz-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/us-east-1/execute-api/aws4_request\n"#,
    );
    let answer = ask(&ALLOWED.gateway(), wrong.request()).await;
    assert!(answer.starts_with(&expected), "{answer}");
}

/// Source: inferred (ours): AWS says neither that it takes such a request nor that it does not.
#[tokio::test]
async fn a_verb_that_replaces_the_signed_one_has_to_be_signed() {
    for (request, verb) in [(PLAIN.request(), "GET"), (PLAIN.request(), "POST")] {
        let mut request = request;
        request.headers_mut().insert("X-HTTP-Method-Override", verb.parse().unwrap());
        let expected = match verb {
            "GET" => fine(BOB),
            _ => refused(
                "InvalidSignatureException",
                r#"{"message":"'X-HTTP-Method-Override' must be a 'SignedHeader' in the AWS Authorization."}"#,
            ),
        };
        assert_eq!(ask(&ALLOWED.gateway(), request).await, expected, "{verb}");
    }
}

#[tokio::test]
async fn clocks_may_differ_by_five_minutes() {
    let at = |seconds| Setup { clock: After(seconds), ..ALLOWED }.gateway();
    assert_eq!(ask(&at(300), PLAIN.request()).await, fine(BOB));
    assert_eq!(ask(&at(-300), PLAIN.request()).await, fine(BOB));
    let message = r#"{"message":"Signature expired: 20260102T030405Z is now earlier than 20260102T030505Z (20260102T031005Z - 5 min.)"}"#;
    assert_eq!(ask(&at(360), PLAIN.request()).await, refused("InvalidSignatureException", message));
}

#[tokio::test]
async fn an_unknown_key_and_a_session_that_has_ended_are_told_apart() {
    let unknown = Signed { access_key: "AKIDUNKNOWN", ..PLAIN };
    assert_eq!(
        ask(&ALLOWED.gateway(), unknown.request()).await,
        refused(
            "UnrecognizedClientException",
            r#"{"message":"The security token included in the request is invalid."}"#
        )
    );
    let gateway = Setup { clock: After(100), ..ALLOWED }.gateway();
    assert_eq!(
        ask(&gateway, plain(PRESIGNED)).await,
        refused(
            "ExpiredTokenException",
            r#"{"message":"The security token included in the request is expired"}"#
        )
    );
}

const DENIED: &str = "User: arn:aws:iam::000000000000:user/bob is not authorized to perform: execute-api:Invoke on resource: \
                      arn:aws:execute-api:us-east-1:********0000:abcde12345/prod/GET/music/";

#[tokio::test]
async fn identity_and_resource_policies_decide_together() {
    let denied = |clause: &str| {
        refused("AccessDeniedException", &format!("{{\"Message\":\"{DENIED}{clause}\"}}"))
    };
    let open = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}}"#;
    let closed = r#"{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/music*"}}"#;
    let implicit = " because no identity-based policy allows the execute-api:Invoke action";
    let cases = [
        (None, None, denied(implicit)),
        (Some(ALL), None, fine(BOB)),
        (None, Some(open), fine(BOB)),
        (Some(ALL), Some(closed), denied(" with an explicit deny in a resource-based policy")),
    ];
    for (identity_policy, resource_policy, expected) in cases {
        let gateway = Setup { identity_policy, resource_policy, clock: After(0) }.gateway();
        assert_eq!(ask(&gateway, PLAIN.request()).await, expected);
    }
}

// Source: AWS docs (api-gateway-caching: a policy allows `execute-api:InvalidateCache`; not to another account).
#[tokio::test]
async fn a_policy_allows_its_caller_to_have_a_cached_answer_fetched_anew() {
    const BOTH: &str =
        r#"{"Statement": {"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}}"#;
    let open = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "execute-api:*",
        "Resource": "execute-api:/*"}}"#;
    let bob = || PLAIN.request();
    let eve = || Signed { access_key: "AKIDFOREIGN", ..PLAIN }.request();
    type Ask = fn() -> Request<Full<Bytes>>;
    let cases: [(Option<&str>, Option<&str>, Ask, bool); 4] = [
        (Some(ALL), None, bob, false),
        (Some(BOTH), None, bob, true),
        (Some(ALL), Some(open), bob, true),
        (Some(ALL), Some(open), eve, false),
    ];
    for (identity_policy, resource_policy, signed, is_allowed) in cases {
        let setup = Setup { identity_policy, resource_policy, clock: After(0) };
        let gateway = setup.serving(|stage| {
            stage.cache_cluster = Some((text("cluster").whole(), None));
            stage.method_settings = vec![MethodSetting {
                rate_per_second: None,
                burst_requests: None,
                caching: Some(true),
                ..throttled(None, None, 0.0, 0)
            }];
        });
        let mut anew = signed();
        anew.headers_mut().insert("cache-control", "max-age=0".parse().unwrap());
        assert_eq!(gateway.answer(signed(), CLIENT).await.status(), 200);
        let answer = gateway.answer(anew, CLIENT).await;
        assert_eq!(answer.headers().contains_key("warning"), !is_allowed);
        let families = gateway.metrics();
        let misses = families.iter().find(|f| f.name == "vestibule_api_cache_misses").unwrap();
        let expected = SampleValue::Number(if is_allowed { 2 } else { 1 });
        assert_eq!(misses.samples[0].value, expected, "{identity_policy:?} {resource_policy:?}");
    }
}

/// Table B: a caller of another account needs both sides to allow. Which key signed is no part of what is signed.
#[tokio::test]
async fn another_account_needs_both_sides_to_allow() {
    let foreign = Signed { access_key: "AKIDFOREIGN", ..PLAIN };
    let open = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:user/eve"},
        "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}}"#;
    let both = Setup { resource_policy: Some(open), ..ALLOWED }.gateway();
    assert_eq!(ask(&both, foreign.request()).await, fine(EVE));
    let message = "User: arn:aws:iam::111111111111:user/eve is not authorized to perform: execute-api:Invoke on resource: \
                   arn:aws:execute-api:us-east-1:********0000:abcde12345/prod/GET/music/ \
                   because no resource-based policy allows the execute-api:Invoke action";
    assert_eq!(
        ask(&ALLOWED.gateway(), foreign.request()).await,
        refused("AccessDeniedException", &format!("{{\"Message\":\"{message}\"}}"))
    );
}

/// The client signs the host and the path that it called; botocore made the signature.
#[tokio::test]
async fn a_custom_domain_is_signed_with_its_own_host_and_base_path() {
    let mut request = Signed {
        target: "/shop/music",
        signature: "c0e67b1dccf7058bdc4a2eef25b4a1c29a99bdf1e06a3916409da4d6751970a5",
        ..PLAIN
    }
    .request();
    request.headers_mut().insert("Host", "api.example.com".parse().unwrap());
    assert_eq!(ask(&ALLOWED.gateway(), request).await, fine(BOB));
}

#[tokio::test]
async fn a_presigned_request_ends_when_it_says() {
    let at = |seconds| Setup { clock: After(seconds), ..ALLOWED }.gateway();
    assert_eq!(ask(&at(59), plain(PRESIGNED)).await, fine(BOB));
    let answer = ask(&at(301), plain(PRESIGNED)).await;
    assert!(answer.contains("InvalidSignatureException"), "{answer}");
    assert!(answer.contains("Signature expired: 20260102T030405Z is now earlier than"), "{answer}");
}

#[tokio::test]
async fn a_method_without_authorization_needs_the_resource_policy_to_allow() {
    let own = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
        "Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}}}"#;
    let other = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
        "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}}"#;
    let with = |policy| Setup { resource_policy: Some(policy), ..ALLOWED }.gateway();
    assert_eq!(ask(&with(own), plain("/prod/open")).await, fine("open"));
    let message = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: \
                   arn:aws:execute-api:us-east-1:********0000:abcde12345/prod/GET/open \
                   because no resource-based policy allows the execute-api:Invoke action";
    assert_eq!(
        ask(&with(other), plain("/prod/open")).await,
        refused("AccessDeniedException", &format!("{{\"Message\":\"{message}\"}}"))
    );
}

/// `/open/` is routed as `/open`: a denial of the one is not passed by with the other. AWS evaluates what was sent alone.
#[tokio::test]
async fn a_denial_holds_for_every_way_to_write_the_path() {
    let policy = r#"{"Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
        {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/open"}]}"#;
    let gateway = Setup { resource_policy: Some(policy), ..ALLOWED }.gateway();
    for path in ["/prod/open", "/prod/open/", "/prod//open", "//prod/open"] {
        let answer = ask(&gateway, plain(path)).await;
        assert!(answer.starts_with("403 Forbidden"), "{path}: {answer}");
    }
}

/// A backend behind a greedy path may decode and resolve what it is sent. AWS evaluates what was sent alone.
#[tokio::test]
async fn what_a_backend_may_take_a_path_for_is_evaluated_too() {
    let policy = r#"{"Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/files/*"},
        {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/files/admin"}]}"#;
    let gateway = Setup { resource_policy: Some(policy), ..ALLOWED }.gateway();
    assert_eq!(ask(&gateway, plain("/prod/files/a%20b")).await, fine("file"));
    for path in [
        "/prod/files/admin",
        "/prod/files/%61dmin",
        "/prod/files/.%2Fadmin",
        "/prod/files/%2e%2e%2fopen",
    ] {
        let answer = ask(&gateway, plain(path)).await;
        assert!(answer.starts_with("403 Forbidden"), "{path}: {answer}");
    }
}

/// IAM: a request that no service handed on says so, and one of a session without a second factor too.
#[tokio::test]
async fn keys_that_aws_always_gives_are_there() {
    let policy = r#"{"Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
        {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/open",
         "Condition": {"Bool": {"aws:ViaAWSService": "false"}}},
        {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/music*",
         "Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}}]}"#;
    let gateway = Setup { resource_policy: Some(policy), ..ALLOWED }.gateway();
    for request in [plain("/prod/open"), PLAIN.request()] {
        assert!(ask(&gateway, request).await.starts_with("403 Forbidden"));
    }
}

/// Documented: 1,600 bytes are evaluated.
#[tokio::test]
async fn an_arn_that_is_too_long_is_414() {
    let policy =
        r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let gateway = Setup { resource_policy: Some(policy), ..ALLOWED }.gateway();
    let arn = "arn:aws:execute-api:us-east-1:000000000000:abcde12345/prod/GET/files/";
    let file = |bytes: usize| format!("/prod/files/{}", "a".repeat(bytes));
    assert_eq!(ask(&gateway, plain(&file(1_600 - arn.len()))).await, fine("file"));
    let too_long =
        bare_error("414 URI Too Long", "RequestUriTooLongException", "Request URI too long");
    assert_eq!(ask(&gateway, plain(&file(1_601 - arn.len()))).await, too_long);
}

#[tokio::test]
async fn the_owner_of_the_gateway_signs_nothing() {
    let gateway = ALLOWED.gateway();
    let response = gateway.test_invoke(plain("/prod/music"), CLIENT).await;
    assert_eq!(shown(response).await, fine(""));
}

/// Source: inferred (ours).
#[tokio::test]
async fn what_a_signature_lacks_is_told_with_its_remedy() {
    let scope = "20260102/eu-west-1/execute-api/aws4_request";
    let foreign_region = {
        let mut request = PLAIN.request();
        let authorization = request.headers()["authorization"].to_str().unwrap();
        let moved = authorization.replace("20260102/us-east-1/execute-api/aws4_request", scope);
        request.headers_mut().insert("authorization", moved.parse().unwrap());
        request
    };
    let mut bearer = plain("/prod/music");
    bearer.headers_mut().insert("Authorization", "Bearer abc".parse().unwrap());
    let unsigned_host = Signed { signed_headers: "x-amz-date", ..PLAIN };
    let unknown = Signed { access_key: "AKIDUNKNOWN", ..PLAIN };
    // Which key signed is no part of what is signed.
    let tokenless = Signed { access_key: "ASIAEXAMPLE", ..PLAIN };
    let cases = [
        (
            plain("/prod/music"),
            0,
            "the method asks for AWS_IAM, and the request is not signed",
            "sign the request with an access key (Signature Version 4, service `execute-api`)",
        ),
        (
            bearer,
            0,
            "the signature cannot be taken: Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 \
             and encoded with Base64): 'w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY='.",
            "sign the request with an access key (Signature Version 4): what stands in `Authorization` is no such signature, or not a \
             whole one",
        ),
        (
            unsigned_host.request(),
            0,
            "the signature cannot be taken: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
            "sign that header too",
        ),
        (
            foreign_region,
            0,
            "the signature cannot be taken: Credential should be scoped to a valid Region, not 'eu-west-1'.",
            "sign for the service `execute-api` in the region `us-east-1`, and for the day of the request",
        ),
        (
            PLAIN.request(),
            360,
            "the request was signed 360 seconds ago, or the client's clock is behind",
            "set the client's clock, or sign the request when it is sent",
        ),
        (
            PLAIN.request(),
            -301,
            "the client's clock is 301 seconds ahead",
            "set the client's clock, or sign the request when it is sent",
        ),
        (
            unknown.request(),
            0,
            "nobody has the access key `AKIDUNKNOWN`",
            "give a user of the settings that access key: `[[users.access_keys]]` of `vestibule.toml`",
        ),
        (
            tokenless.request(),
            0,
            "the access key `ASIAEXAMPLE` is temporary, and the request has no session token",
            "send the session token of the access key as `X-Amz-Security-Token`, and none with a key that lasts",
        ),
        (
            plain(PRESIGNED),
            100,
            "the session of the access key `ASIAEXAMPLE` has ended",
            "get new temporary credentials",
        ),
    ];
    for (request, seconds, why, help) in cases {
        let gateway = Setup { clock: After(seconds), ..ALLOWED }.gateway();
        gateway.trace(TraceMode::Errors, |_| {});
        ask(&gateway, request).await;
        let traces: Vec<String> = gateway.traces().iter().map(|trace| trace.text(false)).collect();
        let [trace] = traces.as_slice() else { panic!("{why}: {traces:?}") };
        assert!(trace.contains(&format!(" got 403: {why}\n")), "{why}: {trace}");
        assert!(trace.contains(&format!("= help: {help}\n")), "{help}: {trace}");
    }
}

/// Source: inferred (ours).
#[tokio::test]
async fn who_has_to_allow_a_caller_of_another_account_is_told() {
    let foreign = Signed { access_key: "AKIDFOREIGN", ..PLAIN };
    let gateway = ALLOWED.gateway();
    gateway.trace(TraceMode::Errors, |_| {});
    ask(&gateway, foreign.request()).await;
    let traces: Vec<String> = gateway.traces().iter().map(|trace| trace.text(false)).collect();
    for line in [
        "no statement of the resource policy allows arn:aws:iam::111111111111:user/eve `execute-api:Invoke` on \
         `arn:aws:execute-api:us-east-1:000000000000:abcde12345/prod/GET/music/`\n",
        "= help: the caller is of another account: both its own policies and the resource policy have to allow it\n",
    ] {
        assert!(traces.concat().contains(line), "{traces:?}");
    }
}

#[tokio::test]
async fn the_trace_says_which_rule_decided_and_no_secret() {
    let gateway = Setup {
        identity_policy: Some(
            r#"{"Statement": {"Sid": "Reads", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:*/*/GET/albums"}}"#,
        ),
        ..ALLOWED
    }
    .gateway();
    gateway.trace(TraceMode::All, |_| {});
    ask(&gateway, PLAIN.request()).await;
    let wrong = Signed {
        headers: &[
            ("Content-Type", "application/json"),
            ("X-Amz-Security-Token", "TOKEN/abc+def=="),
        ],
        signed_headers: "content-type;host;x-amz-date;x-amz-security-token",
        signature: &"ab".repeat(32),
        ..PLAIN
    };
    ask(&gateway, wrong.request()).await;
    let traces: Vec<String> = gateway.traces().iter().map(|trace| trace.text(false)).collect();
    let [mismatch, denied] = traces.as_slice() else { panic!("{traces:?}") };
    for line in [
        "no statement allows arn:aws:iam::000000000000:user/bob `execute-api:Invoke` on \
         `arn:aws:execute-api:us-east-1:000000000000:abcde12345/prod/GET/music/`",
        "bob.json:1:15: statement `Reads` allows something else: `Resource` is not about \
         `arn:aws:execute-api:us-east-1:000000000000:abcde12345/prod/GET/music/`",
    ] {
        assert!(denied.contains(line), "{denied}");
    }
    let lines = "authorize  AWS_IAM: the signature is not one of the access key `AKIDEXAMPLE` of \
        `arn:aws:iam::000000000000:user/bob`
             the canonical request that should have been signed:
             | GET
             | /prod/music/
             | 
             | content-type:application/json
             | host:abcde12345.execute-api.us-east-1.amazonaws.com
             | x-amz-date:20260102T030405Z
             | x-amz-security-token:***
             | 
             | content-type;host;x-amz-date;x-amz-security-token
             | e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
";
    assert!(mismatch.contains(lines), "{mismatch}");
    for secret in [SECRET, &"ab".repeat(6), "TOKEN/abc+def"] {
        assert!(!mismatch.contains(secret), "{mismatch}");
    }
}
