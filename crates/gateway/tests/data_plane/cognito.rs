//! Methods with a user pool: whom they let in and why not, and what an issuer is asked meanwhile.

use super::access_log::{PHASES, logged};
use super::backend::{Backend, answer};
use super::definition::{answering, api, compile_for, method, services, text};
use super::fixture::{IDS, Log, Zeros, ask, fine, get, log, store};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use vestibule_gateway::{
    AccessLogFormat, Calling, Clock, EndpointCall, Endpoints, Gateway, KeySource, Ports, Site,
    StageView, TokenForm, UserPool, UserPools,
};
use vestibule_jwt::SigningKey;
use vestibule_restapi::{
    Authorization, AuthorizationType, Authorizer, AuthorizerType, HttpMethod, Method, RestApi,
    Stage, StageName,
};

const ARN: &str = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool";
const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool";
const NOW_S: u64 = 1_600_000_000;

/// The keys of the pool, and those of somebody else.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());
static OTHER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());

/// A clock that tests move: milliseconds since [`NOW_S`].
#[derive(Debug, Default)]
struct Moving(AtomicU64);

impl Moving {
    fn by(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Moving {
    fn epoch_ms(&self) -> u64 {
        NOW_S * 1000 + self.0.load(Ordering::SeqCst)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// What an issuer says, which tests change.
#[derive(Clone, Default)]
struct Says(Arc<Mutex<(u16, String)>>);

impl Says {
    fn keys(keys: &[&SigningKey]) -> Says {
        let says = Says::default();
        says.now(200, SigningKey::key_set(keys));
        says
    }

    fn now(&self, status: u16, body: impl Into<String>) {
        *self.0.lock().unwrap() = (status, body.into());
    }

    fn issuer(&self) -> Arc<Backend> {
        let says = self.clone();
        Backend::new(move || {
            let (status, body) = says.0.lock().unwrap().clone();
            Ok(answer(status, &[], body.leak()))
        })
    }
}

/// A gateway, the clock it goes by, and what it logs.
struct Served {
    gateway: Arc<Gateway>,
    clock: Arc<Moving>,
    log: Log,
}

impl Served {
    async fn with(&self, path: &str, token: &str) -> String {
        let mut request = get(path);
        request.headers_mut().insert("authorization", token.parse().unwrap());
        ask(&self.gateway, request).await
    }

    /// Why the last request was refused.
    fn why(&self) -> String {
        let text = self.log.text();
        let line = text.lines().rev().find(|line| line.contains("authorizer `users`")).unwrap();
        let (_, from) = line.split_once("authorizer `users` ").unwrap();
        from.split(" request_id=").next().unwrap_or(from).to_owned()
    }

    /// The reason for which a token is refused with 401.
    async fn refused(&self, path: &str, token: &str) -> String {
        assert_eq!(self.with(path, token).await, unauthorized("Unauthorized"));
        let why = self.why();
        why.strip_prefix("refuses the token: ").unwrap_or(&why).to_owned()
    }
}

fn users() -> Authorizer {
    Authorizer {
        name: "users".to_owned(),
        kind: AuthorizerType::CognitoUserPools,
        auth_type: None,
        uri: None,
        credentials: None,
        identity_source: Some(text("method.request.header.Authorization")),
        identity_validation_expression: None,
        result_ttl_s: None,
        provider_arns: vec![text(ARN)],
        place: text("users").whole(),
    }
}

fn guarded(scopes: &[&str]) -> Method {
    let template = "$context.authorizer.claims.sub $context.authorizer.claims['cognito:groups'] \
                    $context.authorizer.claims.exp [$!context.authorizer.principalId]";
    let mut method = method(HttpMethod::Get, answering(template));
    method.authorization = Authorization {
        kind: AuthorizationType::CognitoUserPools,
        authorizer: Some("users".to_owned()),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        place: text("security").whole(),
    };
    method
}

/// `/plain` has no scopes, `/scoped` has two.
fn pair(authorizer: Authorizer) -> RestApi {
    let mut api =
        api([("/plain", guarded(&[])), ("/scoped", guarded(&["items/read", "items/write"]))]);
    api.authorizers = vec![authorizer];
    api
}

fn serve(endpoints: Arc<dyn Endpoints>, api: RestApi, pools: UserPools) -> Served {
    let clock = Arc::new(Moving::default());
    let ports = Ports {
        tables: store(),
        endpoints,
        clock: Arc::<Moving>::clone(&clock),
        random: Arc::new(Zeros),
    };
    let gateway = Gateway::new(ports);
    let stage = Stage::new(StageName::parse("prod").unwrap(), api.id.clone());
    let compiled = compile_for(api, services(), pools);
    let findings: Vec<String> = compiled.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(findings, Vec::<String>::new());
    gateway.serve(Site::new([StageView::new(stage, Arc::new(compiled.snapshot.unwrap()))]));
    Served { gateway, clock, log: log() }
}

/// A pool of Cognito's with this issuer.
fn cognito(says: &Says) -> (Served, Arc<Backend>) {
    let issuer = says.issuer();
    (serve(Arc::<Backend>::clone(&issuer), pair(users()), UserPools::default()), issuer)
}

/// The claims of an ID token that is right, with these in their places; null takes one away.
fn id(changes: Value) -> Value {
    changed(
        json!({
            "sub": "alice", "cognito:groups": ["admin", "users"], "iss": ISSUER, "aud": "client",
            "token_use": "id", "auth_time": NOW_S, "exp": NOW_S + 3600, "iat": NOW_S,
        }),
        changes,
    )
}

/// The same of an access token.
fn access(changes: Value) -> Value {
    changed(
        json!({
            "sub": "alice", "iss": ISSUER, "client_id": "client", "token_use": "access",
            "scope": "openid items/read", "exp": NOW_S + 3600, "iat": NOW_S,
        }),
        changes,
    )
}

fn changed(mut claims: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn signed(claims: Value) -> String {
    KEY.sign(&claims.to_string()).unwrap()
}

fn unauthorized(message: &str) -> String {
    format!(
        "401 Unauthorized\ncontent-type: application/json\n\
         x-amzn-errortype: UnauthorizedException\n{IDS}\n{{\"message\":\"{message}\"}}"
    )
}

fn no_keys() -> String {
    format!(
        "500 Internal Server Error\ncontent-type: application/json\n\
         x-amzn-errortype: AuthorizerConfigurationException\n{IDS}\n{{\"message\":null}}"
    )
}

const EXPIRES: &str = "Sun Sep 13 13:26:40 UTC 2020";

fn alice() -> String {
    fine(&format!("alice admin,users {EXPIRES} []"))
}

// Source: AWS docs apigateway-enable-cognito-user-pool; acceptance matrix.
#[tokio::test]
async fn a_method_without_scopes_takes_id_tokens() {
    let (served, issuer) = cognito(&Says::keys(&[&KEY]));
    let token = signed(id(json!({})));
    for header in [token.clone(), format!("Bearer {token}"), format!("bearer  {token}")] {
        assert_eq!(served.with("/plain", &header).await, alice());
    }
    let refused = served.refused("/plain", &signed(access(json!({})))).await;
    assert_eq!(refused, "it is an access token: the method has no scopes, and takes ID tokens");
    assert_eq!(issuer.count(), 1);
    assert_eq!(
        issuer.asked(),
        "GET https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool/.well-known/jwks.json\n\
         host: cognito-idp.us-east-1.amazonaws.com\naccept: application/json\n\n"
    );
}

// Source: AWS docs apigateway-enable-cognito-user-pool; acceptance matrix.
#[tokio::test]
async fn a_method_with_scopes_takes_access_tokens_that_have_one() {
    let (served, _) = cognito(&Says::keys(&[&KEY]));
    let admitted = served.with("/scoped", &signed(access(json!({})))).await;
    assert_eq!(admitted, fine(&format!("alice  {EXPIRES} []")));
    let other = signed(access(json!({"scope": "items/reader openid"})));
    let why =
        "its scopes are `items/reader` or `openid`: the method takes `items/read` or `items/write`";
    assert_eq!(served.refused("/scoped", &other).await, why);
    let none = signed(access(json!({"scope": null})));
    let why = "its scopes are not there: the method takes `items/read` or `items/write`";
    assert_eq!(served.refused("/scoped", &none).await, why);
    let why = "it is an ID token: the method takes access tokens with the scope `items/read` or `items/write`";
    assert_eq!(served.refused("/scoped", &signed(id(json!({})))).await, why);
    let refresh = signed(access(json!({"token_use": "refresh"})));
    let why = "its `token_use` is `refresh`, neither `id` nor `access`";
    assert_eq!(served.refused("/scoped", &refresh).await, why);
    let none = signed(access(json!({"token_use": null})));
    assert_eq!(served.refused("/scoped", &none).await, "it has no `token_use`");
}

// Source: AWS docs apigateway-integrate-with-cognito; acceptance matrix.
#[tokio::test]
async fn without_a_token_nobody_comes_in_and_nobody_is_asked() {
    let (served, issuer) = cognito(&Says::keys(&[&KEY]));
    assert_eq!(ask(&served.gateway, get("/plain")).await, unauthorized("Unauthorized"));
    let why = "finds no token: the header `authorization` is missing or empty";
    assert_eq!(served.why(), why);
    for header in ["", " ", "Bearer", "Bearer "] {
        assert_eq!(served.refused("/plain", header).await, why, "{header}");
    }
    let why = "it is no signed token: those have three parts with two dots between them";
    assert_eq!(served.refused("/plain", "garbage, not a token").await, why);
    assert_eq!(
        served.refused("/plain", &signed(id(json!({"iss": "https://evil.example"})))).await,
        format!("its `iss` is `https://evil.example`, taken are tokens of `{ISSUER}`")
    );
    assert_eq!(
        served.refused("/plain", &signed(id(json!({"iss": null})))).await,
        format!("it has no `iss`, taken are tokens of `{ISSUER}`")
    );
    assert_eq!(issuer.count(), 0);
}

// Source: AWS docs apigateway-integrate-with-cognito (expired); RFC 7519 (nbf), HTTP APIs' JWT authorizers (iat).
#[tokio::test]
async fn a_token_is_taken_from_its_beginning_to_its_end() {
    let (served, _) = cognito(&Says::keys(&[&KEY]));
    let token = signed(id(json!({"exp": NOW_S + 10})));
    assert_eq!(served.with("/plain", &token).await.lines().next(), Some("200 OK"));
    served.clock.by(Duration::from_millis(9_999));
    assert_eq!(served.with("/plain", &token).await.lines().next(), Some("200 OK"));
    served.clock.by(Duration::from_millis(1));
    let answer = served.with("/plain", &token).await;
    assert_eq!(answer, unauthorized("The incoming token has expired"));
    let why = "refuses the token: it has expired: `exp` is 1600000010, the clock says 1600000010";
    assert_eq!(served.why(), why);
    for name in ["nbf", "iat"] {
        let soon = signed(id(json!({name: NOW_S + 70})));
        assert_eq!(served.with("/plain", &soon).await.lines().next(), Some("200 OK"), "{name}");
        let later = signed(id(json!({name: NOW_S + 71})));
        let why = format!("its `{name}` is 1600000071, in the future: the clock says 1600000010");
        assert_eq!(served.refused("/plain", &later).await, why);
    }
    for exp in [json!(null), json!("1700000000"), json!([1_700_000_000])] {
        let why = "it has no `exp`, a number of seconds since 1970";
        assert_eq!(served.refused("/plain", &signed(id(json!({"exp": exp})))).await, why);
    }
}

/// A token whose header is this, with the claims of a right one and a signature.
fn with_header(header: &str) -> String {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", encode(header), encode(&id(json!({})).to_string()), encode("signature"))
}

// Source: inferred (RFC 8725; what AWS's own verifier of tokens refuses).
#[tokio::test]
async fn what_is_forged_is_refused() {
    let (served, issuer) = cognito(&Says::keys(&[&KEY]));
    let key = KEY.id();
    let right = signed(id(json!({})));
    let (signed_part, signature) = right.rsplit_once('.').unwrap();
    let (header, _) = signed_part.split_once('.').unwrap();
    let other = signed(id(json!({"sub": "root"})));
    let (other_part, _) = other.rsplit_once('.').unwrap();
    let wrong = "its signature is not that of the key which it names";
    let cases = [
        (format!("{other_part}.{signature}"), wrong.to_owned()),
        (with_header(&format!(r#"{{"alg":"RS256","kid":"{key}"}}"#)), wrong.to_owned()),
        (
            with_header(r#"{"alg":"none"}"#),
            "its header says `alg: none`, only RS256 is taken".to_owned(),
        ),
        (
            with_header(&format!(r#"{{"alg":"HS256","kid":"{key}"}}"#)),
            "its header says `alg: HS256`, only RS256 is taken".to_owned(),
        ),
        (
            with_header(&format!(r#"{{"alg":"RS256","kid":"{key}","jwk":{{}}}}"#)),
            "its header has `jwk`, which is never followed".to_owned(),
        ),
        (
            with_header(&format!(r#"{{"alg":"RS256","alg":"RS256","kid":"{key}"}}"#)),
            "its header is not a JSON object that has each of a bearable number of members once"
                .to_owned(),
        ),
        (
            signed_part.to_owned(),
            "it is no signed token: those have three parts with two dots between them".to_owned(),
        ),
        (
            format!("{header}.{signature}"),
            "it is no signed token: those have three parts with two dots between them".to_owned(),
        ),
        (
            OTHER.sign(&id(json!({})).to_string()).unwrap(),
            format!(
                "its `kid` is `{}`, which is not among the keys of `{ISSUER}` in `{ISSUER}/.well-known/jwks.json`",
                OTHER.id()
            ),
        ),
    ];
    for (token, why) in cases {
        assert_eq!(served.refused("/plain", &token).await, why);
        assert_eq!(served.refused("/plain", &token).await, why, "again");
    }
    assert_eq!(issuer.count(), 1);
    assert_eq!(served.with("/plain", &right).await, alice());
    let log = served.log.text();
    assert!(!log.contains(signature) && !log.contains(header), "{log}");
}

// Source: inferred (ours).
#[tokio::test]
async fn a_flood_of_bad_tokens_asks_the_issuer_once_in_a_while() {
    let says = Says::keys(&[&KEY]);
    let (served, issuer) = cognito(&says);
    for n in 0..500 {
        let token = with_header(&format!(r#"{{"alg":"RS256","kid":"unknown-{n}"}}"#));
        assert_eq!(served.with("/plain", &token).await, unauthorized("Unauthorized"));
    }
    assert_eq!(issuer.count(), 1);
    served.clock.by(Duration::from_secs(10));
    for n in 0..500 {
        let token = with_header(&format!(r#"{{"alg":"RS256","kid":"unknown-{n}"}}"#));
        assert_eq!(served.with("/plain", &token).await, unauthorized("Unauthorized"));
    }
    assert_eq!(issuer.count(), 2);
    // Those with the right key id and a wrong signature ask nobody.
    for n in 0..50 {
        let token = with_header(&format!(r#"{{"alg":"RS256","kid":"{}","n":{n}}}"#, KEY.id()));
        assert_eq!(served.with("/plain", &token).await, unauthorized("Unauthorized"));
    }
    assert_eq!(served.with("/plain", &signed(id(json!({})))).await, alice());
    assert_eq!(issuer.count(), 2);
}

// Source: AWS docs supported-gateway-response-types; that it is this kind is inferred.
#[tokio::test]
async fn when_keys_cannot_be_had_the_authorizer_is_misconfigured_for_a_moment() {
    let says = Says::default();
    says.now(503, "down");
    let (served, issuer) = cognito(&says);
    let token = signed(id(json!({})));
    for _ in 0..100 {
        assert_eq!(served.with("/plain", &token).await, no_keys());
    }
    assert_eq!(issuer.count(), 1);
    assert_eq!(
        served.why(),
        format!(
            "has no keys: those of `{ISSUER}` cannot be had from `{ISSUER}/.well-known/jwks.json`: \
             it answered 503 Service Unavailable"
        )
    );
    for (body, why) in [
        ("garbage".to_owned(), "it is no JSON Web Key Set: those are objects with an array `keys`"),
        (
            r#"{"keys":[]}"#.to_owned(),
            "it has no key for RS256: RSA of 2,048 to 8,192 bits, with `kid`, `n` and `e`",
        ),
        ("x".repeat(10 * 1024 * 1024), "the answer is larger than 262144 bytes"),
    ] {
        says.now(200, body);
        served.clock.by(Duration::from_secs(5));
        assert_eq!(served.with("/plain", &token).await, no_keys());
        assert!(served.why().ends_with(why), "{}", served.why());
    }
    assert_eq!(issuer.count(), 4);
    says.now(200, SigningKey::key_set(&[&KEY]));
    assert_eq!(served.with("/plain", &token).await, no_keys());
    served.clock.by(Duration::from_secs(5));
    assert_eq!(served.with("/plain", &token).await, alice());
    let warned = format!("the keys of `{ISSUER}` cannot be had from");
    let lines = served.log.text().lines().filter(|line| line.contains("WARN")).count();
    assert!(served.log.text().contains(&warned));
    assert_eq!(lines, 4, "one for each new reason");
}

/// Lets what was spawned run.
async fn meanwhile() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

// Source: inferred (ours).
#[tokio::test]
async fn keys_are_refreshed_beside_requests_and_kept_when_the_issuer_is_down() {
    let says = Says::keys(&[&KEY]);
    let (served, issuer) = cognito(&says);
    let token = |n: u64| signed(id(json!({"exp": NOW_S + 100_000, "n": n})));
    let status = async |n| served.with("/plain", &token(n)).await.lines().next().map(str::to_owned);
    assert_eq!(status(0).await.as_deref(), Some("200 OK"));
    says.now(503, "down");
    served.clock.by(Duration::from_secs(600));
    assert_eq!(status(0).await.as_deref(), Some("200 OK"));
    meanwhile().await;
    assert_eq!(issuer.count(), 2);
    assert_eq!(status(0).await.as_deref(), Some("200 OK"));
    assert_eq!(status(1).await.as_deref(), Some("200 OK"));
    meanwhile().await;
    assert_eq!(issuer.count(), 2);
    // It is back, with other keys: the old ones are gone, with the tokens that were known.
    says.now(200, SigningKey::key_set(&[&OTHER]));
    served.clock.by(Duration::from_secs(5));
    assert_eq!(status(0).await.as_deref(), Some("200 OK"));
    meanwhile().await;
    assert_eq!(issuer.count(), 3);
    assert_eq!(status(0).await.as_deref(), Some("401 Unauthorized"));
}

// Source: inferred (ours).
#[tokio::test]
async fn a_new_key_is_fetched_when_a_token_names_it() {
    let says = Says::keys(&[&KEY]);
    let (served, issuer) = cognito(&says);
    assert_eq!(served.with("/plain", &signed(id(json!({})))).await, alice());
    says.now(200, SigningKey::key_set(&[&KEY, &OTHER]));
    let new = OTHER.sign(&id(json!({})).to_string()).unwrap();
    assert_eq!(served.with("/plain", &new).await, unauthorized("Unauthorized"));
    served.clock.by(Duration::from_secs(10));
    assert_eq!(served.with("/plain", &new).await, alice());
    assert_eq!(served.with("/plain", &signed(id(json!({})))).await, alice());
    assert_eq!(issuer.count(), 2);
}

/// An issuer that answers when the test lets it.
#[derive(Debug)]
struct Slow {
    asked: AtomicU64,
    may_answer: Arc<tokio::sync::Semaphore>,
}

impl Endpoints for Slow {
    fn call(&self, _: EndpointCall) -> Calling {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let may_answer = Arc::clone(&self.may_answer);
        Box::pin(async move {
            let _permit = may_answer.acquire().await.unwrap();
            Ok(answer(200, &[], SigningKey::key_set(&[&KEY]).leak()))
        })
    }
}

// Source: inferred (ours).
#[tokio::test]
async fn those_who_come_first_share_one_fetch() {
    let may_answer = Arc::new(tokio::sync::Semaphore::new(0));
    let slow = Slow { asked: AtomicU64::new(0), may_answer: Arc::clone(&may_answer) };
    let slow = Arc::new(slow);
    let served = serve(Arc::<Slow>::clone(&slow), pair(users()), UserPools::default());
    let tasks: Vec<_> = (0..100)
        .map(|n| {
            let mut request = get("/plain");
            let token = signed(id(json!({"n": n})));
            request.headers_mut().insert("authorization", token.parse().unwrap());
            let gateway = Arc::clone(&served.gateway);
            tokio::spawn(async move { ask(&gateway, request).await })
        })
        .collect();
    meanwhile().await;
    assert_eq!(slow.asked.load(Ordering::SeqCst), 1);
    may_answer.add_permits(1);
    for task in tasks {
        assert_eq!(task.await.unwrap(), alice());
    }
    assert_eq!(slow.asked.load(Ordering::SeqCst), 1);
}

// Source: inferred (ours).
#[tokio::test(start_paused = true)]
async fn an_issuer_that_never_answers_is_given_up() {
    let may_answer = Arc::new(tokio::sync::Semaphore::new(0));
    let slow = Arc::new(Slow { asked: AtomicU64::new(0), may_answer });
    let served = serve(slow, pair(users()), UserPools::default());
    assert_eq!(served.with("/plain", &signed(id(json!({})))).await, no_keys());
    assert!(served.why().ends_with("it took too long"), "{}", served.why());
}

// Source: AWS docs: `identityValidationExpression` is matched against `aud`.
#[tokio::test]
async fn an_expression_is_matched_against_the_whole_audience() {
    let mut authorizer = users();
    authorizer.identity_validation_expression = Some(text("client|web"));
    let served = serve(Says::keys(&[&KEY]).issuer(), pair(authorizer), UserPools::default());
    assert_eq!(served.with("/plain", &signed(id(json!({})))).await, alice());
    let why = "its `aud` is `client2`, which does not match `identityValidationExpression` (api.yaml:1:1)";
    assert_eq!(served.refused("/plain", &signed(id(json!({"aud": "client2"})))).await, why);
    let why = "its `aud` is not there, which does not match `identityValidationExpression` (api.yaml:1:1)";
    assert_eq!(served.refused("/scoped", &signed(access(json!({})))).await, why);
}

fn said(form: TokenForm, clients: &[&str]) -> UserPools {
    let issuer = "https://login.example/realm".to_owned();
    UserPools::new(vec![UserPool {
        pool: "us-east-1_Pool".to_owned(),
        keys: KeySource::Url("https://login.example/certs".to_owned()),
        issuer,
        clients: clients.iter().map(|client| (*client).to_owned()).collect(),
        tokens: form,
    }])
}

// Source: AWS docs (variables for access logging) and AWS's blog on their phases: there is no phase `authorize` here.
#[tokio::test]
async fn the_access_log_tells_what_became_of_a_token() {
    let (served, _) = cognito(&Says::keys(&[&KEY]));
    let lines = logged(&served.gateway, AccessLogFormat::parse(PHASES));
    served.with("/plain", &signed(id(json!({})))).await;
    served.with("/plain", &signed(id(json!({"exp": NOW_S - 1})))).await;
    assert_eq!(
        *lines.lock().unwrap(),
        ["- - -, 200 - 0 - - -, - - -", "- - -, 401 The incoming token has expired 0 - - -, - - -",]
    );
}

// Source: AWS docs (tokens are for a client of the pool).
#[tokio::test]
async fn a_token_is_for_a_client_of_the_pool() {
    let pools = said(TokenForm::Cognito, &["web", "mobile"]);
    let says = Says::keys(&[&KEY]);
    let issuer = says.issuer();
    let served = serve(Arc::<Backend>::clone(&issuer), pair(users()), pools);
    let of = |claims: Value| signed(changed(claims, json!({"iss": "https://login.example/realm"})));
    assert_eq!(served.with("/plain", &of(id(json!({"aud": "web"})))).await, alice());
    assert_eq!(issuer.asked().lines().next(), Some("GET https://login.example/certs"));
    let why = "its `aud` is `client`, the clients of the pool are `web` or `mobile`";
    assert_eq!(served.refused("/plain", &of(id(json!({})))).await, why);
    let why = "its `client_id` is `client`, the clients of the pool are `web` or `mobile`";
    assert_eq!(served.refused("/scoped", &of(access(json!({})))).await, why);
    let mobile = of(access(json!({"client_id": "mobile"})));
    assert_eq!(served.with("/scoped", &mobile).await.lines().next(), Some("200 OK"));
}

// Source: inferred (ours): the forms of tokens that other issuers make.
#[tokio::test]
async fn tokens_of_other_issuers_are_told_apart_by_scopes_and_client() {
    let pools = said(TokenForm::OpenIdConnect, &["web"]);
    let served = serve(Says::keys(&[&KEY]).issuer(), pair(users()), pools);
    let of = |changes: Value| {
        let own = json!({"iss": "https://login.example/realm", "token_use": null});
        signed(changed(changed(id(json!({})), own), changes))
    };
    assert_eq!(served.with("/plain", &of(json!({"aud": ["api", "web"]}))).await, alice());
    let why = "it has neither `token_use` nor scopes, and its `aud` is no known client: it is no ID token and no access token";
    assert_eq!(served.refused("/plain", &of(json!({"aud": "api"}))).await, why);
    let scoped = of(json!({"aud": "api", "azp": "web", "scp": ["items/write"]}));
    assert_eq!(served.with("/scoped", &scoped).await, alice());
    let why = "it is an access token: the method has no scopes, and takes ID tokens";
    assert_eq!(served.refused("/plain", &scoped).await, why);
}

// Source: inferred (ours).
#[tokio::test]
async fn a_document_is_read_again_when_a_token_names_another_key() {
    let text = Arc::new(Mutex::new(Err("no such file".to_owned())));
    let reads = Arc::clone(&text);
    let read = move || reads.lock().unwrap().clone();
    let pools = UserPools::new(vec![UserPool {
        pool: ARN.to_owned(),
        issuer: ISSUER.to_owned(),
        keys: KeySource::Document("keys.json".to_owned(), Arc::new(read)),
        clients: vec![],
        tokens: TokenForm::Cognito,
    }]);
    let served = serve(Says::default().issuer(), pair(users()), pools);
    let token = signed(id(json!({})));
    assert_eq!(served.with("/plain", &token).await, no_keys());
    let why =
        format!("has no keys: those of `{ISSUER}` cannot be had from `keys.json`: no such file");
    assert_eq!(served.why(), why);
    *text.lock().unwrap() = Ok(SigningKey::key_set(&[&KEY]).into_bytes());
    assert_eq!(served.with("/plain", &token).await, alice());
    let other = OTHER.sign(&id(json!({})).to_string()).unwrap();
    assert_eq!(served.with("/plain", &other).await, unauthorized("Unauthorized"));
    *text.lock().unwrap() = Ok(SigningKey::key_set(&[&KEY, &OTHER]).into_bytes());
    // Once a second, so that unknown keys cost no more.
    assert_eq!(served.with("/plain", &other).await, unauthorized("Unauthorized"));
    served.clock.by(Duration::from_secs(1));
    assert_eq!(served.with("/plain", &other).await, alice());
}

// Source: recorded (a token is taken from the header that is named); that it is masked is ours.
#[tokio::test]
async fn a_token_in_a_header_of_another_name_is_no_less_a_secret() {
    let mut authorizer = users();
    authorizer.identity_source = Some(text("method.request.header.X-Session"));
    let served = serve(Says::keys(&[&KEY]).issuer(), pair(authorizer), UserPools::default());
    let traces = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&traces);
    served.gateway.trace(vestibule_gateway::TraceMode::Errors, move |trace| {
        told.lock().unwrap().push_str(&trace.text(false));
    });
    let token = signed(id(json!({"aud": null, "token_use": "access"})));
    let mut request = get("/plain");
    request.headers_mut().insert("x-session", token.parse().unwrap());
    assert_eq!(ask(&served.gateway, request).await, unauthorized("Unauthorized"));
    let text = traces.lock().unwrap().clone();
    let finding = "warning[GW517]: GET /plain got 401: the authorizer `users` refuses the token: it is an access token";
    assert_eq!(text.get(..finding.len()), Some(finding));
    assert!(!text.contains(&token), "{text}");
    let log = served.log.text();
    assert!(!log.contains(&token), "{log}");
}

fn findings(authorizer: Authorizer) -> Vec<String> {
    let compiled = compile_for(pair(authorizer), services(), UserPools::default());
    assert!(compiled.snapshot.is_none());
    assert_eq!(compiled.refused_methods, 2);
    compiled.diagnostics.iter().map(|finding| finding.message.clone()).collect()
}

// Source: AWS docs CreateAuthorizer.
#[tokio::test]
async fn a_broken_authorizer_refuses_every_method_that_names_it() {
    let found = findings(Authorizer { provider_arns: vec![text("us-east-1_Pool")], ..users() });
    assert_eq!(found, ["`us-east-1_Pool` is not the ARN of a user pool"]);
    let found = findings(Authorizer { provider_arns: vec![], ..users() });
    assert_eq!(found, ["the authorizer `users` names no user pool"]);
    let source = Some(text("method.request.querystring.token"));
    let found = findings(Authorizer { identity_source: source, ..users() });
    assert_eq!(
        found,
        ["`method.request.querystring.token` does not name the header that has the token"]
    );
    let broken = Some(text("(a"));
    let found = findings(Authorizer { identity_validation_expression: broken, ..users() });
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("`(a` is not a regular expression: "), "{found:?}");
}
