//! Signing a request: the headers that it needs besides its own.

use crate::canonical::{CanonicalRequest, SignedHeaders};
use crate::credentials::Credentials;
use crate::dialect::Dialect;
use crate::request::Request;
use crate::scope::{ALGORITHM, Scope, SigningKey, string_to_sign};

/// Headers that a proxy or a transport may change or drop on the way (those that AWS's SDKs leave out too), and
/// `Content-Length`, which the transport writes.
const UNSIGNED: [&str; 17] = [
    "authorization",
    "baggage",
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-amzn-trace-id",
];

/// Headers that signing sets: values that a request has for them count as absent.
const SET: [&str; 3] = ["x-amz-content-sha256", "x-amz-date", "x-amz-security-token"];

/// Signs a request, which must have its `Host`. Returns the headers to set: names in lower case, `authorization` last. A
/// header of the request that signing sets has to be replaced by it.
pub fn sign(
    request: &Request<'_>,
    credentials: &Credentials,
    scope: &Scope<'_>,
) -> Vec<(&'static str, String)> {
    sign_with(&SigningKey::derive(credentials, scope), request, credentials, scope)
}

/// [`sign`] with a key that [`SigningKey::derive`] made of these credentials for the date, region and service of this scope.
pub fn sign_with(
    key: &SigningKey,
    request: &Request<'_>,
    credentials: &Credentials,
    scope: &Scope<'_>,
) -> Vec<(&'static str, String)> {
    let dialect = Dialect::of_service(scope.service);
    let (time, credential_scope) = (scope.time.date_time(), scope.credential_scope());
    let mut set = Vec::with_capacity(4);
    set.push(("x-amz-date", time.clone()));
    if let Some(token) = credentials.session_token() {
        set.push(("x-amz-security-token", token.to_owned()));
    }
    if dialect == Dialect::S3 {
        set.push(("x-amz-content-sha256", request.payload.sha256()));
    }
    let (headers, canonical) = canonical(request, &set, dialect);
    let signature = key.sign(&string_to_sign(&time, &credential_scope, &canonical));
    // Put together by hand: the formatter takes many times as long.
    let authorization = [
        ALGORITHM,
        " Credential=",
        credentials.access_key_id(),
        "/",
        &credential_scope,
        ", SignedHeaders=",
        &headers.joined(),
        ", Signature=",
        signature.as_str(),
    ];
    set.push(("authorization", authorization.concat()));
    set
}

/// The headers that are signed, and the canonical form of the request with them.
fn canonical(
    request: &Request<'_>,
    set: &[(&'static str, String)],
    dialect: Dialect,
) -> (SignedHeaders, CanonicalRequest) {
    let is_one_of = |names: &[&str], name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    let own = request.headers.iter().filter(|(name, _)| !is_one_of(&SET, name)).copied();
    let set = set.iter().map(|(name, value)| (*name, value.as_bytes()));
    let all: Vec<(&str, &[u8])> = own.chain(set).collect();
    let names = all.iter().map(|(name, _)| *name).filter(|name| !is_one_of(&UNSIGNED, name));
    let headers = SignedHeaders::new(names);
    let request = Request { headers: &all, ..*request };
    let canonical = CanonicalRequest::new(&request, &headers, dialect);
    (headers, canonical)
}
