//! A request to a service of AWS or a function: the headers that every one has, then its signature.

use crate::exchange::{Exchange, TRACE_ID, pass_aside};
use crate::integrate::endpoint::takes_body;
use crate::integrate::{Address, EndpointCall};
use crate::pipeline::Gateway;
use crate::site::StageView;
use arc_swap::ArcSwapOption;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::sync::Arc;
use vestibule_sigv4::{Credentials, Payload, Request, Scope, SigningKey, Timestamp, sign_with};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

const SECONDS_A_DAY: u64 = 86_400;

/// Whom a request is signed for, and as whom.
#[derive(Debug)]
pub(crate) struct Signer {
    credentials: Arc<Credentials>,
    region: String,
    service: String,
    /// The key of the day on which something was signed last.
    key: ArcSwapOption<DayKey>,
}

/// A signing key and the day that it is of.
#[derive(Debug)]
struct DayKey {
    /// Counted from 1970-01-01.
    day: u64,
    key: SigningKey,
}

impl Signer {
    /// Signs as whom these credentials are, for a service by its name for signing.
    pub(crate) fn new(credentials: Arc<Credentials>, region: String, service: String) -> Signer {
        Signer { credentials, region, service, key: ArcSwapOption::empty() }
    }

    /// The service's name for signing.
    pub(crate) fn service(&self) -> &str {
        &self.service
    }

    /// The headers that sign a request at a moment.
    fn sign(&self, request: &Request<'_>, epoch_s: u64) -> Vec<(&'static str, String)> {
        let time = Timestamp::from_epoch_s(epoch_s);
        let scope = Scope { time, region: &self.region, service: &self.service };
        let kept = self.key_of(epoch_s / SECONDS_A_DAY, &scope);
        sign_with(&kept.key, request, &self.credentials, &scope)
    }

    fn key_of(&self, day: u64, scope: &Scope<'_>) -> Arc<DayKey> {
        if let Some(kept) = self.key.load_full().filter(|kept| kept.day == day) {
            return kept;
        }
        let key = SigningKey::derive(&self.credentials, scope);
        let kept = Arc::new(DayKey { day, key });
        self.key.store(Some(Arc::clone(&kept)));
        kept
    }
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
    let mut request = request.completed(stage);
    let sha256 = pass_aside(request.body.len(), || Payload::Bytes(&request.body).sha256());
    let pairs: Vec<(&str, &[u8])> =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let to_sign = Request {
        method: request.method.as_str(),
        path: request.address.uri.path(),
        query: request.address.uri.query().unwrap_or(""),
        headers: &pairs,
        payload: Payload::Sha256(&sha256),
    };
    for (name, value) in signer.sign(&to_sign, gateway.clock().epoch_ms() / 1000) {
        let mut value = HeaderValue::try_from(value)
            .map_err(|_| format!("the credentials do not make a header `{name}`"))?;
        value.set_sensitive(matches!(name, "authorization" | "x-amz-security-token"));
        request.headers.insert(HeaderName::from_static(name), value);
    }
    Ok(request.call(exchange))
}

impl Unsigned {
    /// The request without a signature: for whoever asks for none, and for traces, which have no use for it.
    pub(super) fn unsigned(self, stage: &StageView, exchange: &Exchange) -> EndpointCall {
        self.completed(stage).call(exchange)
    }

    /// With the headers that are signed.
    fn completed(mut self, stage: &StageView) -> Unsigned {
        self.headers.insert(HOST, self.address.host.clone());
        self.headers.entry(ACCEPT).or_insert(JSON);
        self.headers.entry(USER_AGENT).or_insert_with(|| stage.sender().user_agent.clone());
        self
    }

    /// With the headers that are not signed.
    fn call(self, exchange: &Exchange) -> EndpointCall {
        let Unsigned { method, address, mut headers, body } = self;
        headers.insert(TRACE_ID, exchange.trace_id().clone());
        if takes_body(&method) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        let mut request = http::Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = address.uri;
        *request.headers_mut() = headers;
        EndpointCall { request, verify_certificate: true }
    }
}

/// Gives a request a `Content-Type` when it has none.
pub(super) fn set_content_type(headers: &mut HeaderMap, value: HeaderValue) {
    headers.entry(CONTENT_TYPE).or_insert(value);
}
