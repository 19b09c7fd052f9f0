//! Source: AWS's words, documented or recorded, as `vestibule-sigv4` has them.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use vestibule_gateway::Arrival;
use vestibule_iam::{AccessKey, Directory, Policy, PolicyKind, Principal};
use vestibule_sigv4::{Credentials, Scope, sign};

use super::*;

/// Seconds since 1970 of 2026-01-02T03:04:05Z.
const NOW_S: u64 = 1_767_323_045;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

#[derive(Debug)]
pub(in crate::aws) struct StoppedClock(AtomicU64);

/// The time of all tests here.
pub(in crate::aws) fn stopped_clock() -> Arc<StoppedClock> {
    Arc::new(StoppedClock(AtomicU64::new(NOW_S * 1000)))
}

/// A call that alice signed.
pub(in crate::aws) fn call_of_alice(target: &str, body: &Bytes) -> Parts {
    let json = ("content-type", "application/x-amz-json-1.0");
    ALICE.of(&[json, ("x-amz-target", target)], body)
}

impl Clock for StoppedClock {
    fn epoch_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// Alice, whose policy hangs on the keys of tables.
pub(in crate::aws) fn principals() -> Arc<Principals> {
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "dynamodb:BatchGetItem",
        "Resource": "arn:aws:dynamodb:us-east-1:000000000000:table/*",
        "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "1"}}}}"#;
    let policy = Arc::new(Policy::parse(policy, PolicyKind::Identity).unwrap());
    let mut directory = Directory::new();
    let alice = Principal::user("arn:aws:iam::000000000000:user/alice", "AIDAEXAMPLE").unwrap();
    let alice = directory.insert(alice, vec![policy]).unwrap();
    let lasting = AccessKey::long_term("AKIAALICEEXAMPLE", SECRET.to_owned()).unwrap();
    directory.give(lasting, alice).unwrap();
    let ends_s = i64::try_from(NOW_S).unwrap() + 60;
    let (secret, token) = (SECRET.to_owned(), "TOKEN".to_owned());
    let temporary = AccessKey::temporary("ASIAALICEEXAMPLE", secret, token, ends_s).unwrap();
    directory.give(temporary, alice).unwrap();
    Arc::new(Principals::new(directory, Vec::new()))
}

pub(in crate::aws) fn client() -> Client {
    Client {
        source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        scheme: http::uri::Scheme::HTTP,
        port: 4566,
        host: None,
        arrival: Arrival::Direct,
        tls: None,
        certificate: None,
    }
}

/// A request that is signed so.
#[derive(Clone, Copy)]
struct Signing {
    id: &'static str,
    secret: &'static str,
    token: Option<&'static str>,
    region: &'static str,
    service: &'static str,
    at_s: u64,
}

const ALICE: Signing = Signing {
    id: "AKIAALICEEXAMPLE",
    secret: SECRET,
    token: None,
    region: "us-east-1",
    service: "dynamodb",
    at_s: NOW_S,
};

const BODY: Bytes = Bytes::from_static(b"{}");

impl Signing {
    fn head(self) -> Parts {
        self.of(&[], &BODY)
    }

    /// A request with these headers too, which are signed.
    fn of(self, further: &[(&str, &str)], body: &Bytes) -> Parts {
        let host = [("host", "localhost:4566")];
        let headers = host.iter().chain(further).map(|(name, value)| (*name, value.as_bytes()));
        let headers: Vec<(&str, &[u8])> = headers.collect();
        let request = Request {
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            payload: Payload::Bytes(body),
        };
        let token = self.token.map(str::to_owned);
        let credentials = Credentials::new(self.id.to_owned(), self.secret.to_owned(), token);
        let time = Timestamp::from_epoch_s(self.at_s);
        let scope = Scope { time, region: self.region, service: self.service };
        let mut signed = http::Request::post("/").header(HOST, "localhost:4566");
        for (name, value) in further {
            signed = signed.header(*name, *value);
        }
        for (name, value) in sign(&request, &credentials, &scope) {
            signed = signed.header(name, value);
        }
        signed.body(()).unwrap().into_parts().0
    }
}

/// What the request is told at this time, or whose access key it is.
fn told_at(now_s: u64, is_verifying: bool, head: &Parts, body: &Bytes) -> String {
    let clock = Arc::new(StoppedClock(AtomicU64::new(now_s * 1000)));
    let callers = Callers::new(principals(), "us-east-1".to_owned(), is_verifying, clock);
    let client = client();
    let claimed = callers.claim(head, &client, find(head, &client), "dynamodb");
    let verified = claimed.and_then(|claim| callers.verify(&claim, head, &client, body));
    match verified {
        Ok(Some(caller)) => caller.holder().unwrap().0.principal.arn().to_owned(),
        Ok(None) => "taken".to_owned(),
        Err(refusal) => {
            let body = refusal.into_reply().body;
            let text = String::from_utf8_lossy(&body).into_owned();
            let begin = r#"{"__type":"com.amazon.coral.service#"#;
            text.strip_prefix(begin).unwrap().split("\\n").next().unwrap().to_owned()
        }
    }
}

fn told(signing: Signing) -> String {
    told_at(NOW_S, true, &signing.head(), &BODY)
}

const ARN: &str = "arn:aws:iam::000000000000:user/alice";
const INVALID_TOKEN: &str = r#"UnrecognizedClientException","message":"The security token included in the request is invalid"}"#;
const MISMATCH: &str = r#"InvalidSignatureException","message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."#;

#[test]
fn whoever_has_the_secret_is_known() {
    assert_eq!(told(ALICE), ARN);
    assert_eq!(told(Signing { secret: "another", ..ALICE }), MISMATCH);
    let another_body = Bytes::from_static(b"[]");
    assert_eq!(told_at(NOW_S, true, &ALICE.head(), &another_body), MISMATCH);
    let nobody = r#"UnrecognizedClientException","message":"The security token included in the request is invalid."}"#;
    assert_eq!(told(Signing { id: "AKIANOBODYEXAMPL", ..ALICE }), nobody);
}

#[test]
fn clocks_may_differ_by_five_minutes() {
    assert_eq!(told(Signing { at_s: NOW_S - 300, ..ALICE }), ARN);
    assert_eq!(told(Signing { at_s: NOW_S + 300, ..ALICE }), ARN);
    assert_eq!(
        told(Signing { at_s: NOW_S - 301, ..ALICE }),
        r#"InvalidSignatureException","message":"Signature expired: 20260102T025904Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)"}"#
    );
    assert_eq!(
        told(Signing { at_s: NOW_S + 301, ..ALICE }),
        r#"InvalidSignatureException","message":"Signature not yet current: 20260102T030906Z is still later than 20260102T030905Z (20260102T030405Z + 5 min.)"}"#
    );
}

#[test]
fn region_and_service_are_those_of_the_endpoint() {
    assert_eq!(
        told(Signing { region: "eu-west-1", ..ALICE }),
        r#"InvalidSignatureException","message":"Credential should be scoped to a valid Region, not 'eu-west-1'. "}"#
    );
    assert_eq!(
        told(Signing { service: "s3", ..ALICE }),
        r#"InvalidSignatureException","message":"Credential should be scoped to correct service: 'dynamodb'. "}"#
    );
}

#[test]
fn a_session_needs_its_token_and_ends() {
    let session = Signing { id: "ASIAALICEEXAMPLE", token: Some("TOKEN"), ..ALICE };
    assert_eq!(told(session), ARN);
    assert_eq!(told(Signing { token: None, ..session }), INVALID_TOKEN);
    assert_eq!(told(Signing { token: Some("OTHER"), ..session }), INVALID_TOKEN);
    assert_eq!(told(Signing { token: Some("TOKEN"), ..ALICE }), INVALID_TOKEN);
    let later_s = NOW_S + 61;
    let head = Signing { at_s: later_s, ..session }.head();
    assert_eq!(
        told_at(later_s, true, &head, &BODY),
        r#"ExpiredTokenException","message":"The security token included in the request is expired"}"#
    );
}

#[test]
fn on_loopback_the_form_alone_counts() {
    let on_loopback = |signing: Signing| told_at(NOW_S, false, &signing.head(), &BODY);
    let any = Signing {
        id: "any",
        secret: "any",
        token: Some("any"),
        region: "mars-north-1",
        service: "dynamodb",
        at_s: 0,
    };
    assert_eq!(on_loopback(any), "taken");
    assert_eq!(
        on_loopback(Signing { region: "", ..any }.with_slash()),
        r#"IncompleteSignatureException","message":"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/19700101//dynamodb/aws4_request'"}"#
    );
    let unsigned = http::Request::post("/").header(HOST, "localhost").body(()).unwrap();
    let missing = r#"MissingAuthenticationTokenException","message":"Request is missing Authentication Token"}"#;
    assert_eq!(told_at(NOW_S, false, &unsigned.into_parts().0, &BODY), missing);
}

// Source: inferred: whoever is passed on is not at this machine.
#[test]
fn on_loopback_the_signature_of_who_is_passed_on_counts() {
    let with = |name: &'static str, value: &'static str| {
        let mut head = Signing { id: "any", secret: "any", ..ALICE }.head();
        head.headers.insert(name, http::HeaderValue::from_static(value));
        told_at(NOW_S, false, &head, &BODY)
    };
    for own in ["localhost", "a.localhost:80", "127.0.0.1:4566", "[::1]:4566", "LOCALHOST."] {
        assert_eq!(with("host", own), "taken", "{own}");
    }
    let nobody = r#"UnrecognizedClientException","message":"The security token included in the request is invalid."}"#;
    for other in ["tables.example.com", "10.0.0.1:4566", "localhost.example.com", "a b", ""] {
        assert_eq!(with("host", other), nobody, "{other}");
    }
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.7"),
        ("forwarded", "for=203.0.113.7"),
        ("via", "1.1 proxy"),
        ("x-real-ip", "203.0.113.7"),
    ] {
        assert_eq!(with(name, value), nobody, "{name}");
    }
    // Who has an access key is known then, and policies hold.
    let mut head = ALICE.head();
    head.headers.insert("via", http::HeaderValue::from_static("1.1 proxy"));
    assert_eq!(told_at(NOW_S, false, &head, &BODY), ARN);
}

// Source: AWS docs, "Elements of an AWS API request signature" (`x-amz-` headers are signed); the words are those for `Host`.
#[test]
fn what_is_called_is_signed() {
    let mut head = ALICE.head();
    let target = http::HeaderValue::from_static("DynamoDB_20120810.DeleteTable");
    head.headers.insert("x-amz-target", target);
    let unsigned = r#"InvalidSignatureException","message":"'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization."}"#;
    assert_eq!(told_at(NOW_S, true, &head, &BODY), unsigned);
    assert_eq!(told_at(NOW_S, false, &head, &BODY), "taken");
}

impl Signing {
    /// With an id that has a part too many.
    fn with_slash(self) -> Signing {
        Signing { id: "a/b", ..self }
    }
}

#[test]
fn those_who_may_call_are_replaced() {
    let callers = Callers::new(principals(), "us-east-1".to_owned(), true, stopped_clock());
    let (head, client) = (ALICE.head(), client());
    let claim = callers.claim(&head, &client, find(&head, &client), "dynamodb").unwrap();
    callers.replace(Arc::default());
    let refused = callers.verify(&claim, &head, &client, &BODY).unwrap_err();
    let Refusal::Common { error_type, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(error_type, "UnrecognizedClientException");
}
