//! What a failing request logs of its values: all that explains it, no credential, one line.

use super::definition::{api, method, mock};
use super::fixture::{CLIENT, internal_error, log, post, served, shown};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use vestibule_restapi::HttpMethod;

/// Fails with the value of `X-Value` as its object.
const FAILING: &str = "$input.params('X-Value').substring(99)";

/// The line that a request with these headers logs; its template makes it fail.
async fn logged(template: &str, headers: &[(&str, &str)]) -> String {
    let mut request = Request::get("/t");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    logged_of(template, HttpMethod::Get, request.body(Full::default()).unwrap()).await
}

async fn logged_of(template: &str, verb: HttpMethod, request: Request<Full<Bytes>>) -> String {
    let log = log();
    let gateway = served(api([("/t", method(verb, mock(template)))]));
    let answer = gateway.answer(request, CLIENT).await;
    assert_eq!(shown(answer).await, internal_error());
    let line = log.text();
    let (head, tail) = line.split_once(" request_id=").unwrap();
    assert_eq!(
        tail,
        format!(
            "\"00000000-0000-4000-8000-000000000000\" verb=\"{verb}\" path=\"/t\" status=500 took_us=0\n"
        )
    );
    head.to_owned()
}

/// The line of [`FAILING`] with what it shows of its values.
fn failed(shown: &str) -> String {
    format!(
        "ERROR api.yaml:1:25: the template failed at `.substring(99)`: \
         index 99 is out of range for length 18 ({shown})"
    )
}

// Source: inferred (ours).
#[tokio::test]
async fn the_values_of_a_failing_template_are_shown() {
    assert_eq!(
        logged(FAILING, &[("x-value", "plain-0123456789ab")]).await,
        failed("object `plain-0123456789ab`, argument 1 `99`")
    );
}

// Source: inferred (ours: from 12 characters on, a part of a credential is one).
#[tokio::test]
async fn a_value_that_shows_a_credential_is_withheld() {
    let withheld = failed("values withheld: they show a credential");
    let value = ("x-value", "token-0123456789ab");
    for name in
        ["authorization", "x-api-key", "cookie", "proxy-authorization", "x-amz-security-token"]
    {
        for credential in ["Bearer token-0123456789ab", "a token-012345"] {
            let line = logged(FAILING, &[value, (name, credential)]).await;
            assert_eq!(line, withheld, "{name}: {credential}");
        }
        let apart = logged(FAILING, &[value, (name, "89ab token-01234")]).await;
        assert_eq!(apart, failed("object `token-0123456789ab`, argument 1 `99`"), "{name}");
    }
    let both = [value, ("cookie", "theme=dark"), ("cookie", "id=token-0123456789ab")];
    assert_eq!(logged(FAILING, &both).await, withheld);
}

// Source: inferred (ours: a short credential counts as a whole).
#[tokio::test]
async fn a_short_credential_is_withheld_too() {
    let key = ("x-api-key", "0123");
    let value = ("x-value", "plain-0123456789ab");
    assert_eq!(
        logged(FAILING, &[value, key]).await,
        failed("values withheld: they show a credential")
    );
}

// Source: inferred (ours); RFC 7617 for the scheme. The credential is `user:hunter2-secret`.
#[tokio::test]
async fn the_decoded_form_of_basic_is_withheld_too() {
    for scheme in ["Basic", "basic"] {
        let header = format!("{scheme} dXNlcjpodW50ZXIyLXNlY3JldA==");
        let template =
            "$util.base64Decode($input.params('Authorization').substring(6)).substring(99)";
        assert_eq!(
            logged(template, &[("authorization", &header)]).await,
            "ERROR api.yaml:1:64: the template failed at `.substring(99)`: \
             index 99 is out of range for length 19 (values withheld: they show a credential)"
        );
    }
}

// Source: inferred (ours).
#[tokio::test]
async fn what_a_mock_was_given_shows_no_credential() {
    const NO_STATUS: &str = "ERROR api.yaml:1:1: Unable to parse statusCode. \
                             It should be an integer that is defined in the request template";
    let template = "$input.params('Authorization')";
    assert_eq!(
        logged(template, &[("authorization", "Bearer s3cr3t-token-0123456789")]).await,
        format!("{NO_STATUS} (values withheld: they show a credential)")
    );
    assert_eq!(logged(template, &[]).await, format!("{NO_STATUS} (the template gave ``)"));
}

// Source: inferred (ours): the reason itself quotes what a header cannot be named.
#[tokio::test]
async fn a_reason_that_shows_a_credential_is_withheld() {
    let template = "#set($context.responseOverride.header[$input.params('X-Value')] = 'x')\
                    {\"statusCode\": 200}";
    let value = ("x-value", "s3cr3t token");
    assert_eq!(
        logged(template, &[value]).await,
        "ERROR api.yaml:1:1: `s3cr3t token` in `$context.responseOverride.header` is no header name"
    );
    assert_eq!(
        logged(template, &[value, ("authorization", "Bearer s3cr3t token")]).await,
        "ERROR the explanation is withheld: it shows a credential"
    );
}

// Source: inferred (ours): what cannot be decoded is not in the reason.
#[tokio::test]
async fn a_broken_escape_shows_no_credential() {
    let template = "$util.urlDecode($input.params('Authorization'))";
    assert_eq!(
        logged(template, &[("authorization", "Basic %zz s3cr3t-0123456789")]).await,
        "ERROR api.yaml:1:6: the template failed at `.urlDecode($input.params('Authorization'))`: \
         `$util.urlDecode` met a broken `%` escape (values withheld: they show a credential)"
    );
}

// Source: inferred (ours): a value cannot begin a line of its own, nor move the cursor.
#[tokio::test]
async fn a_value_cannot_forge_a_line() {
    let body = r#"{"a":"x\n2026-01-01T00:00:00Z ERROR forged\r\u001b[2J\u0085\u0000"}"#;
    assert_eq!(
        logged_of("$input.path('$.a')", HttpMethod::Post, post("/t", body)).await,
        "ERROR api.yaml:1:1: Unable to parse statusCode. It should be an integer that is defined in the \
         request template (the template gave `x\\n2026-01-01T00:00:00Z ERROR forged\\r\\u{1b}[2J\\u{85}\\u{0}`)"
    );
}

// Source: inferred (ours: 200 characters of a body, 80 of a value).
#[tokio::test]
async fn long_values_are_cut() {
    let long = "é".repeat(5_000);
    let body = |text: &str| post("/t", format!(r#"{{"a":"{text}"}}"#));
    assert_eq!(
        logged_of("$input.path('$.a')", HttpMethod::Post, body(&long)).await,
        format!(
            "ERROR api.yaml:1:1: Unable to parse statusCode. It should be an integer that is defined in the \
             request template (the template gave `{}`)",
            "é".repeat(200)
        )
    );
    let failing =
        logged_of("$input.path('$.a').substring(9999)", HttpMethod::Post, body(&long)).await;
    assert_eq!(failing.chars().filter(|c| *c == 'é').count(), 80);
}
