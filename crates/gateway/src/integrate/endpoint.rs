//! The port to the network, and the one way in which integrations and authorizers use it: within a timeout, the size of an answer and the
//! memory for all bodies. Who implements it only carries requests out and answers in.

use super::{Address, Reply};
use crate::error::{GatewayError, Stop};
use crate::exchange::{BodyError, Exchange, Full, Reservation, TRACE_ID, TRACEPARENT, Unread};
use crate::observe::{self, Propagated};
use crate::pipeline::Gateway;
use crate::site::Integration;
use bytes::{Bytes, BytesMut};
use http::{Method, Uri};
use http_body_util::BodyExt;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;
use vestibule_restapi::GatewayResponseType;

/// The network.
pub trait Endpoints: fmt::Debug + Send + Sync {
    /// Sends a request over HTTP/1.1 and returns the answer as soon as its head is there. A redirect is an answer like any
    /// other, and a request that may have been sent is not sent again. Dropping the future or the body gives the call up.
    ///
    /// # Errors
    /// [`EndpointError::Address`], [`EndpointError::Certificate`] and [`EndpointError::Network`].
    fn call(&self, call: EndpointCall) -> Calling;
}

/// A call under way.
pub type Calling =
    Pin<Box<dyn Future<Output = Result<http::Response<EndpointBody>, EndpointError>> + Send>>;

/// The body of an endpoint's answer, as it arrives.
pub type EndpointBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BodyError> + Send>>;

/// A request to an endpoint.
#[derive(Debug)]
pub struct EndpointCall {
    /// It has an absolute URI, and headers as they are to be sent.
    pub request: http::Request<Bytes>,
    /// Whether the certificate of an endpoint has to be issued by a known authority.
    pub verify_certificate: bool,
}

/// Why an endpoint did not answer. The texts are for the operator: lower case, no full stop.
#[derive(Debug)]
pub enum EndpointError {
    /// The answer was not complete in time.
    Timeout,
    /// Nothing can be at this address: the URI is none, or its host has no address.
    Address(String),
    /// Its certificate is none that is accepted.
    Certificate(String),
    /// It could not be reached, or what it sent is no HTTP.
    Network(String),
    /// The answer is larger than an answer may be.
    TooLarge {
        /// What it may have.
        bytes_max: usize,
    },
    /// The bodies of all requests together take too much memory.
    Full,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EndpointError::Timeout => f.write_str("it took too long"),
            EndpointError::Address(why)
            | EndpointError::Certificate(why)
            | EndpointError::Network(why) => f.write_str(why),
            EndpointError::TooLarge { bytes_max } => {
                write!(f, "the answer is larger than {bytes_max} bytes")
            }
            EndpointError::Full => f.write_str("there is no memory for the answer"),
        }
    }
}

/// Whom a call is for, as it may be shown.
#[derive(Debug)]
pub(crate) struct Called {
    method: Method,
    uri: Uri,
}

impl Called {
    pub(crate) fn of(call: &EndpointCall) -> Called {
        Called { method: call.request.method().clone(), uri: call.request.uri().clone() }
    }
}

impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, without_query(&self.uri))
    }
}

/// Calls an endpoint for an integration, and reports what is sent and what comes back. The reply has the endpoint's status.
pub(super) async fn reply(
    gateway: &Gateway,
    mut call: EndpointCall,
    integration: &Integration,
    exchange: &mut Exchange,
) -> Result<Reply, Stop> {
    if let Some(Propagated { traceparent, trace_id }) = gateway.spans().propagated(exchange) {
        let headers = call.request.headers_mut();
        // It is not signed.
        headers.insert(TRACE_ID, trace_id);
        if !integration.kind.is_aws() {
            headers.insert(TRACEPARENT, traceparent);
        }
    }
    let called = Called::of(&call);
    observe::called(exchange, format_args!("{called}"), call.request.body());
    let reply = unreported(gateway, exchange.share(), call, integration.timeout)
        .await
        .map_err(|error| error.stop(&format!("`{called}`"), integration))?;
    observe::replied(exchange, &reply.status, &reply.body);
    Ok(reply)
}

/// The same for whoever reports it in words of its own. `memory` is the exchange's share.
pub(crate) async fn unreported(
    gateway: &Gateway,
    memory: Reservation,
    call: EndpointCall,
    timeout: Duration,
) -> Result<Reply, EndpointError> {
    let answer = answer(gateway, memory, call, timeout).await.and_then(final_status)?;
    let (head, body) = answer.into_parts();
    Ok(Reply::new(head.status.as_str().to_owned(), head.headers, body))
}

/// Calls an endpoint and reads its whole answer. `memory` is the exchange's share, which the body keeps as long as it is held.
async fn answer(
    gateway: &Gateway,
    memory: Reservation,
    call: EndpointCall,
    timeout: Duration,
) -> Result<http::Response<Bytes>, EndpointError> {
    let calling = gateway.endpoints().call(call);
    let answered = async {
        let (head, body) = calling.await?.into_parts();
        let body = memory.read_answer(body).await.map_err(unread)?;
        Ok(http::Response::from_parts(head, body))
    };
    tokio::time::timeout(timeout, answered).await.unwrap_or(Err(EndpointError::Timeout))
}

/// Fetches a document that the gateway itself needs, such as the keys of an issuer: of what is answered with 200, `bytes_max` at most.
pub(crate) async fn fetch(
    endpoints: &dyn Endpoints,
    url: &str,
    bytes_max: usize,
    timeout: Duration,
) -> Result<Bytes, EndpointError> {
    let address = Address::of(url).map_err(|error| EndpointError::Address(error.to_string()))?;
    let request = http::Request::get(address.uri)
        .header(http::header::HOST, address.host)
        .header(http::header::ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|error| EndpointError::Address(error.to_string()))?;
    let answer = answered(endpoints, request, bytes_max, timeout).await?;
    match answer.status() {
        http::StatusCode::OK => Ok(answer.into_body()),
        status => Err(EndpointError::Network(format!("it answered {status}"))),
    }
}

/// The whole answer to a request that is nobody's but the program's own: of at most so many bytes, within this time. It is read
/// outside of the memory for bodies.
///
/// # Errors
/// There was no answer, or none that small and fast.
pub async fn answered(
    endpoints: &dyn Endpoints,
    request: http::Request<Bytes>,
    bytes_max: usize,
    timeout: Duration,
) -> Result<http::Response<Bytes>, EndpointError> {
    let calling = endpoints.call(EndpointCall { request, verify_certificate: true });
    let answered = async {
        let (head, mut body) = calling.await?.into_parts();
        let mut read = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| unread(Unread::Broken(error)))?;
            let Ok(chunk) = frame.into_data() else { continue };
            if read.len() + chunk.len() > bytes_max {
                return Err(EndpointError::TooLarge { bytes_max });
            }
            read.extend_from_slice(&chunk);
        }
        Ok(http::Response::from_parts(head, read.freeze()))
    };
    tokio::time::timeout(timeout, answered).await.unwrap_or(Err(EndpointError::Timeout))
}

fn unread(reason: Unread) -> EndpointError {
    match reason {
        Unread::Broken(error) => EndpointError::Network(format!("the answer broke off: {error}")),
        Unread::TooLarge { bytes_max } => EndpointError::TooLarge { bytes_max },
        Unread::Full(Full) => EndpointError::Full,
    }
}

impl EndpointError {
    /// The answer for the client, with what the operator is told; `endpoint` says whom the integration called.
    pub(crate) fn stop(self, endpoint: &str, integration: &Integration) -> Stop {
        use GatewayResponseType::{IntegrationFailure, IntegrationTimeout};
        const ERROR_TYPE: &str = "InternalServerErrorException";
        let place = Some(integration.place.clone());
        let failure = "Network error communicating with endpoint";
        let (error, detail) = match self {
            EndpointError::Full => return Full.into(),
            EndpointError::Timeout => (
                GatewayError::new(IntegrationTimeout, ERROR_TYPE, "Endpoint request timed out"),
                format!("{endpoint} took longer than {} ms", integration.timeout.as_millis()),
            ),
            EndpointError::Address(why) => {
                let detail = format!("Invalid endpoint address: {endpoint}: {why}");
                return GatewayError::configuration(detail, place).into();
            }
            // AWS docs (re:Post, errors with SSL certificates): a configuration error, as the next one.
            EndpointError::Certificate(why) => {
                let detail = format!("the certificate of {endpoint} is not accepted: {why}");
                return GatewayError::configuration(detail, place).into();
            }
            EndpointError::TooLarge { bytes_max } => {
                let detail = format!(
                    "Integration response of {endpoint} is larger than allowed maximum of \
                     {bytes_max} bytes"
                );
                return GatewayError::configuration(detail, place).into();
            }
            EndpointError::Network(why) => (
                GatewayError::new(IntegrationFailure, ERROR_TYPE, failure),
                format!("{failure}: {endpoint}: {why}"),
            ),
        };
        error.detail(detail, place).into()
    }
}

/// An answer whose status is a final one. `101 Switching Protocols` would be the end of HTTP.
fn final_status(answer: http::Response<Bytes>) -> Result<http::Response<Bytes>, EndpointError> {
    match answer.status().is_informational() {
        true => Err(EndpointError::Network(format!("it answered {}", answer.status()))),
        false => Ok(answer),
    }
}

/// Whether a request with this verb is sent with its body (as AWS's emulators have it).
pub(super) fn takes_body(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A URI as it may be shown: a query has keys and tokens in it.
pub(crate) fn without_query(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or("");
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    format!("{scheme}://{authority}{}", uri.path())
}
