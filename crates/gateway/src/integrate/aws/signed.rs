//! A request to a service of AWS or a function: the headers that every one has, then its signature.

use crate::error::GatewayError;
use crate::exchange::{Exchange, TRACE_ID, pass_aside};
use crate::integrate::endpoint::takes_body;
use crate::integrate::{Address, EndpointCall};
use crate::pipeline::Gateway;
use crate::site::StageView;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::sync::Arc;
use std::time::Duration;
use vestibule_restapi::{Place, Sourced};
use vestibule_sigv4::{CredentialSource, Credentials, CredentialsError, Payload, Request};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Whom a request is signed for, and as whom.
#[derive(Debug)]
pub(crate) struct Signer {
    signer: vestibule_sigv4::Signer,
    /// The role that is assumed for it.
    role: Option<Sourced>,
}

impl Signer {
    /// Signs as whom these credentials are, which may be those of a role, for a service by its name for signing.
    pub(crate) fn new(
        credentials: Arc<dyn CredentialSource>,
        role: Option<Sourced>,
        region: String,
        service: String,
    ) -> Signer {
        Signer { signer: vestibule_sigv4::Signer::new(credentials, region, service), role }
    }

    /// What signs, for whoever signs requests of its own.
    pub(in crate::integrate) fn signer(&self) -> &vestibule_sigv4::Signer {
        &self.signer
    }

    /// The service's name for signing.
    pub(crate) fn service(&self) -> &str {
        self.signer.service()
    }

    /// Why there will be nothing to sign with, where that is known without asking anybody.
    pub(crate) fn foreseen(&self) -> Option<CredentialsError> {
        self.signer.foreseen()
    }

    /// The role that is assumed for it.
    pub(crate) fn role(&self) -> Option<&str> {
        self.role.as_ref().map(Sourced::as_str)
    }

    /// The signer with credentials, which are there within the timeout.
    pub(crate) async fn ready(&self, timeout: Duration) -> Result<Ready<'_>, NotSigned> {
        let credentials = match self.signer.at_hand() {
            Some(credentials) => credentials,
            None => {
                let looked = tokio::time::timeout(timeout, self.signer.credentials()).await;
                let looked = looked.map_err(|_| self.too_slow(timeout))?;
                looked.map_err(|error| self.without_credentials(&error))?
            }
        };
        Ok(Ready { signer: &self.signer, credentials })
    }

    fn without_credentials(&self, error: &CredentialsError) -> NotSigned {
        let why = match &self.role {
            // In the words of AWS's execution log.
            Some(role) => format!(
                "API Gateway does not have permission to assume the provided role {}: {error}",
                role.as_str()
            ),
            None => format!("Invalid credentials: {error}"),
        };
        let place = self.role.as_ref().map(Sourced::whole);
        NotSigned { why, help: Some(error.help().to_owned()), place }
    }

    fn too_slow(&self, timeout: Duration) -> NotSigned {
        let whose = match &self.role {
            Some(role) => format!("those of the role `{}`", role.as_str()),
            None => "the gateway's own".to_owned(),
        };
        let milliseconds = timeout.as_millis();
        let why = format!("there were no credentials ({whose}) within {milliseconds} ms");
        let help = "see why they take so long, or give the integration more time";
        let place = self.role.as_ref().map(Sourced::whole);
        NotSigned { why, help: Some(help.to_owned()), place }
    }
}

/// A signer, and what it signs one request with.
#[derive(Debug)]
pub(crate) struct Ready<'s> {
    signer: &'s vestibule_sigv4::Signer,
    credentials: Arc<Credentials>,
}

/// Why a request is not signed, and so not sent.
#[derive(Debug)]
pub(crate) struct NotSigned {
    pub(crate) why: String,
    pub(crate) help: Option<String>,
    /// Where the role is named.
    place: Option<Place>,
}

impl NotSigned {
    /// AWS's 500; `place` is where the call is defined.
    pub(in crate::integrate) fn error(self, place: &Place) -> GatewayError {
        let place = self.place.unwrap_or_else(|| place.clone());
        GatewayError::configuration(self.why, Some(place)).help(self.help)
    }
}

/// A request without what all have.
pub(super) struct Unsigned {
    pub(super) method: Method,
    pub(super) address: Address,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Adds the headers that every request has and signs it.
pub(super) fn signed(
    gateway: &Gateway,
    stage: &StageView,
    exchange: &Exchange,
    ready: &Ready<'_>,
    request: Unsigned,
) -> Result<EndpointCall, NotSigned> {
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
    let epoch_s = gateway.clock().epoch_ms() / 1000;
    for (name, value) in ready.signer.sign(&to_sign, &ready.credentials, epoch_s) {
        let mut value = HeaderValue::try_from(value).map_err(|_| {
            let why = format!("the credentials do not make a header `{name}`");
            NotSigned { why, help: None, place: None }
        })?;
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
