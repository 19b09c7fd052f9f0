//! Who is let in with AWS_IAM and resource policies, and who is not, each in AWS's words: one row of the documented rules a test, with
//! the program's own clock. What user pools, functions and API keys say is in `cognito`, `lambda_authorizers` and pages.

use super::tls::{Sender, block_on, connect, sender};
use super::{Test, compare, equal, exchange, request};
use crate::harness::{Folder, Outcome, Program};
use bytes::Bytes;
use http_body_util::Full;
use std::time::{SystemTime, UNIX_EPOCH};
use vestibule_sigv4::{
    CanonicalRequest, Credentials, Dialect, Payload, Request, Scope, SignedHeaders, SigningKey,
    Timestamp, sign,
};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("who_does_not_sign_is_told_so", who_does_not_sign_is_told_so),
    (
        "an_unknown_path_is_answered_alike_whoever_guards_the_api",
        an_unknown_path_is_answered_alike_whoever_guards_the_api,
    ),
    (
        "a_wrong_secret_is_told_what_should_have_been_signed",
        a_wrong_secret_is_told_what_should_have_been_signed,
    ),
    (
        "a_signature_ends_after_five_minutes_and_does_not_come_early",
        a_signature_ends_after_five_minutes_and_does_not_come_early,
    ),
    ("an_access_key_that_nobody_has", an_access_key_that_nobody_has),
    ("a_session_is_its_token_and_ends", a_session_is_its_token_and_ends),
    ("what_is_not_as_it_was_signed_is_refused", what_is_not_as_it_was_signed_is_refused),
    ("over_http_2_the_authority_is_the_host", over_http_2_the_authority_is_the_host),
    ("the_scope_of_a_signature_has_to_be_the_apis", the_scope_of_a_signature_has_to_be_the_apis),
    (
        "identity_and_resource_policies_decide_by_table_a",
        identity_and_resource_policies_decide_by_table_a,
    ),
    ("another_account_needs_both_sides", another_account_needs_both_sides),
    (
        "without_authorization_the_resource_policy_decides",
        without_authorization_the_resource_policy_decides,
    ),
    (
        "options_without_authorization_has_its_own_say",
        options_without_authorization_has_its_own_say,
    ),
    ("a_custom_domain_is_signed_as_it_was_called", a_custom_domain_is_signed_as_it_was_called),
    ("a_presigned_request_ends_when_it_says", a_presigned_request_ends_when_it_says),
];

const TEMPLATE: &str = include_str!("admission.yaml");

const SETTINGS: &str = r#"version = 1

[[users]]
name = "alice"
policies = ["all.json"]
access_keys = [
    { id = "AKIAALICEEXAMPLE", secret_file = "secret" },
    { id = "ASIAALICEEXAMPLE", secret_file = "secret", session_token = "TOKEN/abc+def==" },
    { id = "ASIAENDEDEXAMPLE", secret_file = "secret", session_token = "TOKEN", expires = "2026-01-31T12:00:00Z" },
]

[[users]]
name = "bob"
access_keys = [{ id = "AKIABOBEXAMPLE", secret_file = "secret" }]

[[users]]
name = "eve"
arn = "arn:aws:iam::111111111111:user/eve"
policies = ["all.json"]
access_keys = [{ id = "AKIAEVEEXAMPLE", secret_file = "secret" }]
"#;

const ALL: &str =
    r#"{"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}"#;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

const ALICE: &str = "HTTP/1.1 200 OK\n\narn:aws:iam::000000000000:user/alice\n";
const BOB: &str = "HTTP/1.1 200 OK\n\narn:aws:iam::000000000000:user/bob\n";
const EVE: &str = "HTTP/1.1 200 OK\n\narn:aws:iam::111111111111:user/eve\n";
const OPEN: &str = "HTTP/1.1 200 OK\n\nopen\n";

/// Serves the API, with a resource policy if there is one.
fn serve(policy: Option<&str>) -> Outcome<(Folder, Program)> {
    let folder = Folder::new()?;
    let tags = "      Tags:";
    let policy = policy.map_or_else(String::new, |policy| format!("      Policy: {policy}\n"));
    folder.write("template.yaml", &TEMPLATE.replacen(tags, &format!("{policy}{tags}"), 1))?;
    folder.write("vestibule.toml", SETTINGS)?;
    folder.write("all.json", ALL)?;
    folder.write("secret", SECRET)?;
    let program = Program::serve(&folder, &["template.yaml", "--log", "debug"])?;
    Ok((folder, program))
}

/// What a client signs, and how.
#[derive(Clone, Copy)]
struct Client<'c> {
    key: &'c str,
    secret: &'c str,
    token: Option<&'c str>,
    age_s: i64,
    region: &'c str,
    service: &'c str,
    verb: &'c str,
    host: &'c str,
    path: &'c str,
    body: &'c str,
}

const CLIENT: Client<'_> = Client {
    key: "AKIAALICEEXAMPLE",
    secret: SECRET,
    token: None,
    age_s: 0,
    region: "us-east-1",
    service: "execute-api",
    verb: "GET",
    host: "api.example.com",
    path: "/items/1",
    body: "",
};

impl Client<'_> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program has the real clock, and so have its clients"
    )]
    fn time(&self) -> Outcome<Timestamp> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now_s = now.map_err(|error| error.to_string())?.as_secs();
        Ok(Timestamp::from_epoch_s(now_s.saturating_add_signed(-self.age_s)))
    }

    fn credentials(&self) -> Credentials {
        let token = self.token.map(str::to_owned);
        Credentials::new(self.key.to_owned(), self.secret.to_owned(), token)
    }

    /// The headers that sign the request.
    fn signature(&self) -> Outcome<Vec<(&'static str, String)>> {
        let Client { verb, host, path, body, region, service, .. } = *self;
        let request = Request {
            method: verb,
            path,
            query: "",
            headers: &[("host", host.as_bytes())],
            payload: Payload::Bytes(body.as_bytes()),
        };
        let scope = Scope { time: self.time()?, region, service };
        Ok(sign(&request, &self.credentials(), &scope))
    }

    /// The request, signed in its header.
    fn signed(&self) -> Outcome<String> {
        let Client { verb, host, path, body, .. } = *self;
        let mut text = format!("{verb} {path} HTTP/1.1\r\nhost: {host}\r\n");
        for (name, value) in self.signature()? {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        Ok(format!("{text}content-length: {}\r\n\r\n{body}", body.len()))
    }

    /// The request, presigned for some seconds.
    fn presigned(&self, expires_s: u32) -> Outcome<String> {
        let Client { verb, host, path, region, service, .. } = *self;
        let scope = Scope { time: self.time()?, region, service };
        let credential = format!("{}/{}", self.key, scope.credential_scope()).replace('/', "%2F");
        let query = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date={}\
             &X-Amz-Expires={expires_s}&X-Amz-SignedHeaders=host",
            scope.time.date_time()
        );
        let request = Request {
            method: verb,
            path,
            query: &query,
            headers: &[("host", host.as_bytes())],
            payload: Payload::Bytes(b""),
        };
        let canonical =
            CanonicalRequest::new(&request, &SignedHeaders::new(["host"]), Dialect::General);
        let key = SigningKey::derive(&self.credentials(), &scope);
        let signature = key.sign(&scope.string_to_sign(&canonical));
        Ok(format!(
            "{verb} {path}?{query}&X-Amz-Signature={signature} HTTP/1.1\r\nhost: {host}\r\n\r\n"
        ))
    }
}

fn refused(error_type: &str, body: &str) -> String {
    format!("HTTP/1.1 403 Forbidden\nx-amzn-errortype: {error_type}\n\n{body}\n")
}

const UNSIGNED: (&str, &str) =
    ("MissingAuthenticationTokenException", r#"{"message":"Missing Authentication Token"}"#);

const BEARER: (&str, &str) = (
    "IncompleteSignatureException",
    r#"{"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY='."}"#,
);

fn with_bearer(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: api.test\r\nauthorization: Bearer abc\r\n\r\n")
}

// Source: recorded on AWS.
fn who_does_not_sign_is_told_so() -> Outcome {
    let (_folder, program) = serve(None)?;
    exchange(&program, &request("GET", "/items/1"), &refused(UNSIGNED.0, UNSIGNED.1))?;
    exchange(&program, &with_bearer("/items/1"), &refused(BEARER.0, BEARER.1))
}

// Source: recorded on AWS.
fn an_unknown_path_is_answered_alike_whoever_guards_the_api() -> Outcome {
    let (_folder, program) = serve(None)?;
    for path in ["/items", "/claims/1", "/nowhere"] {
        exchange(&program, &request("GET", path), &refused(UNSIGNED.0, UNSIGNED.1))?;
        exchange(&program, &with_bearer(path), &refused(BEARER.0, BEARER.1))?;
    }
    // A path that is there has its own authorizer's say.
    let unauthorized = "HTTP/1.1 401 Unauthorized\nx-amzn-errortype: UnauthorizedException\n\n{\"message\":\"Unauthorized\"}\n";
    exchange(&program, &with_bearer("/claims"), unauthorized)
}

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
                        Key and signing method. Consult the service documentation for details.";

/// The answer to a signature that should have been of this request.
fn mismatch(canonical: &str) -> String {
    let body = format!(
        r#"{{"message":"{MISMATCH}\n\nThe Canonical String for this request should have been\n'{canonical}'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n{{{{amz-date}}}}\n{{{{re \d+}}}}/us-east-1/execute-api/aws4_request\n{{{{re [0-9a-f]+}}}}'\n"}}"#
    );
    refused("InvalidSignatureException", &body)
}

const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// Source: recorded on AWS.
fn a_wrong_secret_is_told_what_should_have_been_signed() -> Outcome {
    let (_folder, program) = serve(None)?;
    let wrong = Client { secret: "another", ..CLIENT }.signed()?;
    let canonical = format!(
        r"GET\n/items/1\n\nhost:api.example.com\nx-amz-date:{{{{amz-date}}}}\n\nhost;x-amz-date\n{EMPTY_SHA256}"
    );
    exchange(&program, &wrong, &mismatch(&canonical))?;
    let log = program.stop()?.stderr;
    match log.contains(SECRET) {
        true => Err(format!("a secret is shown: {log}")),
        false => Ok(()),
    }
}

// Source: recorded on AWS.
fn a_signature_ends_after_five_minutes_and_does_not_come_early() -> Outcome {
    let (_folder, program) = serve(None)?;
    for (age_s, words) in [
        (
            360,
            "Signature expired: {{amz-date}} is now earlier than {{amz-date}} ({{amz-date}} - 5 min.)",
        ),
        (
            -360,
            "Signature not yet current: {{amz-date}} is still later than {{amz-date}} ({{amz-date}} + 5 min.)",
        ),
    ] {
        let body = format!("{{\"message\":\"{words}\"}}");
        let client = Client { age_s, ..CLIENT };
        exchange(&program, &client.signed()?, &refused("InvalidSignatureException", &body))?;
    }
    for age_s in [240, -240] {
        exchange(&program, &Client { age_s, ..CLIENT }.signed()?, ALICE)?;
    }
    Ok(())
}

// Source: recorded on AWS.
fn an_access_key_that_nobody_has() -> Outcome {
    let (_folder, program) = serve(None)?;
    let client = Client { key: "AKIANOBODYEXAMPLE", ..CLIENT };
    let body = r#"{"message":"The security token included in the request is invalid."}"#;
    exchange(&program, &client.signed()?, &refused("UnrecognizedClientException", body))
}

// Source: AWS docs (temporary credentials); the words are recorded on AWS.
fn a_session_is_its_token_and_ends() -> Outcome {
    let (_folder, program) = serve(None)?;
    let session = Client { key: "ASIAALICEEXAMPLE", token: Some("TOKEN/abc+def=="), ..CLIENT };
    exchange(&program, &session.signed()?, ALICE)?;
    let invalid = r#"{"message":"The security token included in the request is invalid"}"#;
    for token in [None, Some("TOKEN/abc+def="), Some("TOKEN")] {
        let client = Client { token, ..session };
        exchange(&program, &client.signed()?, &refused("UnrecognizedClientException", invalid))?;
    }
    // The key of no session has no token.
    let client = Client { token: Some("TOKEN"), ..CLIENT };
    exchange(&program, &client.signed()?, &refused("UnrecognizedClientException", invalid))?;
    let ended = Client { key: "ASIAENDEDEXAMPLE", token: Some("TOKEN"), ..CLIENT };
    let body = r#"{"message":"The security token included in the request is expired"}"#;
    exchange(&program, &ended.signed()?, &refused("ExpiredTokenException", body))
}

// Source: AWS docs (create-signed-request): whatever is signed may not change.
fn what_is_not_as_it_was_signed_is_refused() -> Outcome {
    let (_folder, program) = serve(None)?;
    let signed = Client { verb: "POST", body: r#"{"n":1}"#, ..CLIENT }.signed()?;
    exchange(&program, &signed, ALICE)?;
    for (what, from, to) in [
        ("the body", r#"{"n":1}"#, r#"{"n":2}"#),
        ("the verb", "POST ", "PUT "),
        ("the path", "/items/1 ", "/items/2 "),
        ("the query", "/items/1 ", "/items/1?a=b "),
        ("the host", "host: api.example.com", "host: api.example.org"),
        ("the access key", "AKIAALICEEXAMPLE", "AKIAEVEEXAMPLE2"),
        ("more of a signature", "\r\ncontent-length", "0\r\ncontent-length"),
        ("less of what is signed", "host;x-amz-date", "host"),
        ("no signature", "Signature=", "Signatur="),
    ] {
        let tampered = signed.replacen(from, to, 1);
        let mut connection = program.connect()?;
        connection.send(tampered.as_bytes())?;
        let answer = connection.response(false)?;
        if answer.status() != 403 || tampered == signed {
            return Err(format!("{what}: {} {}", answer.status_line, answer.text()));
        }
    }
    let (rest, _) = signed.split_once("\r\ncontent-length").ok_or("no signature")?;
    let truncated = rest.get(..rest.len() - 8).ok_or("no signature")?;
    let truncated = format!("{truncated}\r\ncontent-length: 7\r\n\r\n{{\"n\":1}}");
    let canonical = r"POST\n/items/1\n\nhost:api.example.com\nx-amz-date:{{amz-date}}\n\nhost;x-amz-date\n{{re [0-9a-f]+}}";
    exchange(&program, &truncated, &mismatch(canonical))
}

// Source: AWS docs (create-signed-request): `host` is signed, which HTTP/2 has as `:authority`.
fn over_http_2_the_authority_is_the_host() -> Outcome {
    let (_folder, program) = serve(None)?;
    block_on(async {
        let mut sender = sender(connect(&program).await?, true).await?;
        for (host, status) in [("api.example.com", 200), ("api.example.org", 403)] {
            let failed = |error: &dyn std::fmt::Display| format!("no answer: {error}");
            let mut request = hyper::Request::builder().uri(format!("http://{host}/items/1"));
            for (name, value) in CLIENT.signature()? {
                request = request.header(name, value);
            }
            let request = request.body(Full::<Bytes>::default()).map_err(|error| failed(&error))?;
            let Sender::Http2(sender) = &mut sender else { return Err("no HTTP/2".to_owned()) };
            let answer = sender.send_request(request).await.map_err(|error| failed(&error))?;
            equal(host, answer.status().as_u16(), status)?;
        }
        Ok(())
    })
}

// Source: recorded on AWS.
fn the_scope_of_a_signature_has_to_be_the_apis() -> Outcome {
    let (_folder, program) = serve(None)?;
    let region = "Credential should be scoped to a valid Region, not 'eu-west-1'. ";
    let service = "Credential should be scoped to correct service: 'execute-api'. ";
    for (client, words) in [
        (Client { region: "eu-west-1", ..CLIENT }, region.to_owned()),
        (Client { service: "dynamodb", ..CLIENT }, service.to_owned()),
        (
            Client { region: "eu-west-1", service: "dynamodb", ..CLIENT },
            format!("{region}{service}"),
        ),
    ] {
        let body = format!("{{\"message\":\"{words}\"}}");
        exchange(&program, &client.signed()?, &refused("InvalidSignatureException", &body))?;
    }
    Ok(())
}

/// A refusal by policies: of whom, on what, and why.
fn denied(who: &str, path: &str, why: &str) -> String {
    let body = format!(
        "{{\"Message\":\"User: {who} is not authorized to perform: execute-api:Invoke on resource: \
         arn:aws:execute-api:us-east-1:********0000:abcde12345/prod/{path} {why}\"}}"
    );
    refused("AccessDeniedException", &body)
}

const SILENT_IDENTITY: &str =
    "because no identity-based policy allows the execute-api:Invoke action";
const SILENT_RESOURCE: &str =
    "because no resource-based policy allows the execute-api:Invoke action";

/// A resource policy that lets everybody call everything.
const EVERYBODY: &str = "{Statement: {Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}}";

// Source: AWS docs apigateway-authorization-flow, table A; the words are recorded on AWS.
fn identity_and_resource_policies_decide_by_table_a() -> Outcome {
    let bob = Client { key: "AKIABOBEXAMPLE", ..CLIENT };
    let arn = "arn:aws:iam::000000000000:user";
    {
        let (_folder, program) = serve(None)?;
        exchange(&program, &CLIENT.signed()?, ALICE)?;
        let silent = denied(&format!("{arn}/bob"), "GET/items/1", SILENT_IDENTITY);
        exchange(&program, &bob.signed()?, &silent)?;
    }
    {
        let (_folder, program) = serve(Some(EVERYBODY))?;
        exchange(&program, &bob.signed()?, BOB)?;
    }
    let nobody = "{Statement: {Effect: Deny, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/prod/GET/items/*'}}";
    let (_folder, program) = serve(Some(nobody))?;
    let explicit = "with an explicit deny in a resource-based policy";
    exchange(
        &program,
        &CLIENT.signed()?,
        &denied(&format!("{arn}/alice"), "GET/items/1", explicit),
    )?;
    exchange(&program, &Client { verb: "PUT", ..CLIENT }.signed()?, ALICE)
}

// Source: AWS docs apigateway-authorization-flow, table B.
fn another_account_needs_both_sides() -> Outcome {
    let eve = Client { key: "AKIAEVEEXAMPLE", ..CLIENT };
    let arn = "arn:aws:iam::111111111111:user/eve";
    {
        let (_folder, program) = serve(None)?;
        let silent = denied(arn, "GET/items/1", SILENT_RESOURCE);
        exchange(&program, &eve.signed()?, &silent)?;
    }
    {
        let (_folder, program) = serve(Some(EVERYBODY))?;
        exchange(&program, &eve.signed()?, EVE)?;
    }
    // Her account has not let her, whatever the API says.
    let folder = Folder::new()?;
    let tags = "      Tags:";
    let template = TEMPLATE.replacen(tags, &format!("      Policy: {EVERYBODY}\n{tags}"), 1);
    folder.write("template.yaml", &template)?;
    let powerless = SETTINGS.replacen("user/eve\"\npolicies = [\"all.json\"]", "user/eve\"", 1);
    folder.write("vestibule.toml", &powerless)?;
    folder.write("all.json", ALL)?;
    folder.write("secret", SECRET)?;
    let program = Program::serve(&folder, &["template.yaml"])?;
    exchange(&program, &eve.signed()?, &denied(arn, "GET/items/1", SILENT_IDENTITY))
}

// Source: AWS docs apigateway-authorization-flow; the words are recorded on AWS.
fn without_authorization_the_resource_policy_decides() -> Outcome {
    let from = |network: &str| {
        format!(
            "{{Statement: {{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*', \
             Condition: {{IpAddress: {{'aws:SourceIp': '{network}'}}}}}}}}"
        )
    };
    {
        let (_folder, program) = serve(Some(&from("127.0.0.0/8")))?;
        exchange(&program, &request("GET", "/open"), OPEN)?;
    }
    let (_folder, program) = serve(Some(&from("192.0.2.0/24")))?;
    exchange(
        &program,
        &request("GET", "/open"),
        &denied("anonymous", "GET/open", SILENT_RESOURCE),
    )?;
    // What a client says of itself is not believed.
    let said = "GET /open HTTP/1.1\r\nhost: api.test\r\nx-forwarded-for: 192.0.2.1\r\n\r\n";
    exchange(&program, said, &denied("anonymous", "GET/open", SILENT_RESOURCE))
}

// Source: AWS docs how-to-cors: a preflight request is answered without authorization.
fn options_without_authorization_has_its_own_say() -> Outcome {
    let (_folder, program) = serve(None)?;
    for path in ["/items/1", "/claims"] {
        exchange(&program, &request("OPTIONS", path), OPEN)?;
    }
    // A mere header does not make it one.
    let overridden =
        "OPTIONS /items/1 HTTP/1.1\r\nhost: api.test\r\nx-http-method-override: GET\r\n\r\n";
    exchange(&program, overridden, &refused(UNSIGNED.0, UNSIGNED.1))
}

// Source: AWS docs: a client signs the host and the path that it calls.
fn a_custom_domain_is_signed_as_it_was_called() -> Outcome {
    let (_folder, program) = serve(None)?;
    let domain = Client { host: "shop.example.com", path: "/shop/items/1", ..CLIENT };
    let signed = domain.signed()?;
    exchange(&program, &signed, ALICE)?;
    let inner = Client { path: "/prod/items/1", ..domain }.signed()?;
    let moved = inner.replacen("/prod/items/1", "/shop/items/1", 1);
    let canonical = format!(
        r"GET\n/shop/items/1\n\nhost:shop.example.com\nx-amz-date:{{{{amz-date}}}}\n\nhost;x-amz-date\n{EMPTY_SHA256}"
    );
    exchange(&program, &moved, &mismatch(&canonical))
}

// Source: AWS docs (sigv4 query parameters); the words are recorded on AWS.
fn a_presigned_request_ends_when_it_says() -> Outcome {
    let (_folder, program) = serve(None)?;
    exchange(&program, &Client { age_s: 240, ..CLIENT }.presigned(300)?, ALICE)?;
    exchange(&program, &Client { age_s: 600_000, ..CLIENT }.presigned(604_800)?, ALICE)?;
    let over = Client { age_s: 120, ..CLIENT }.presigned(60)?;
    let body = "{\"message\":\"Signature expired: {{amz-date}} is now earlier than {{amz-date}} ({{amz-date}} - 1 min.)\"}";
    exchange(&program, &over, &refused("InvalidSignatureException", body))?;
    // Who makes it last longer has changed what was signed.
    let longer = over.replacen("X-Amz-Expires=60&", "X-Amz-Expires=600&", 1);
    let mut connection = program.connect()?;
    connection.send(longer.as_bytes())?;
    let answer = connection.response(false)?;
    let status =
        "HTTP/1.1 403 Forbidden\nx-amzn-errortype: InvalidSignatureException\n\n{{re .*}}\n";
    compare(&answer, status)?;
    match answer.text().contains(MISMATCH) {
        true => Ok(()),
        false => Err(format!("another refusal: {}", answer.text())),
    }
}
