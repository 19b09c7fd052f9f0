//! A request to a service of AWS: the headers that every one has, then its signature.

use crate::exchange::{Exchange, TRACE_ID};
use crate::integrate::endpoint::takes_body;
use crate::integrate::{Address, EndpointCall};
use crate::pipeline::Gateway;
use crate::site::StageView;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use vestibule_sigv4::{Credentials, Payload, Request, Scope, Timestamp, sign};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Whom a request is signed for, and as whom.
#[derive(Debug)]
pub(crate) struct Signer {
    pub(crate) credentials: std::sync::Arc<Credentials>,
    pub(crate) region: String,
    /// The service's name for signing.
    pub(crate) service: String,
}

/// A request without what all have.
pub(super) struct Unsigned {
    pub(super) method: Method,
    pub(super) address: Address,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Adds the headers that every request has and signs it; says why when there is no such request.
pub(super) fn signed(
    gateway: &Gateway,
    stage: &StageView,
    exchange: &Exchange,
    signer: &Signer,
    request: Unsigned,
) -> Result<EndpointCall, String> {
    let Unsigned { method, address: Address { uri, host }, mut headers, body } = request;
    headers.insert(HOST, host);
    headers.entry(ACCEPT).or_insert(JSON);
    headers.entry(USER_AGENT).or_insert_with(|| stage.sender().user_agent.clone());
    let pairs: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let to_sign = Request {
        method: method.as_str(),
        path: uri.path(),
        query: uri.query().unwrap_or(""),
        headers: &pairs,
        payload: Payload::Bytes(&body),
    };
    let time = Timestamp::from_epoch_s(gateway.clock().epoch_ms() / 1000);
    let scope = Scope { time, region: &signer.region, service: &signer.service };
    for (name, value) in sign(&to_sign, &signer.credentials, &scope) {
        let mut value = HeaderValue::try_from(value)
            .map_err(|_| format!("the credentials do not make a header `{name}`"))?;
        value.set_sensitive(matches!(name, "authorization" | "x-amz-security-token"));
        headers.insert(HeaderName::from_static(name), value);
    }
    headers.insert(TRACE_ID, exchange.trace_id().clone());
    if takes_body(&method) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Ok(EndpointCall { request, verify_certificate: true })
}

/// Gives a request a `Content-Type` when it has none.
pub(super) fn set_content_type(headers: &mut HeaderMap, value: HeaderValue) {
    headers.entry(CONTENT_TYPE).or_insert(value);
}
