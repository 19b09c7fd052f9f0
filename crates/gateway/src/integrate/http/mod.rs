//! The integrations HTTP and HTTP_PROXY: an endpoint that is called by its URL, with mappings and without.

mod next_hop;
mod request;
mod response;
mod uri;

pub(crate) use uri::{UriError, UriTemplate};

use super::Reply;
use super::endpoint::{self, final_status, without_query};
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::map::Mapped;
use crate::observe;
use crate::pipeline::Gateway;
use crate::respond::Draft;
use crate::site::{Integration, StageView};

/// An endpoint that is called by its URL.
#[derive(Debug)]
pub(crate) struct HttpEndpoint {
    /// Recorded on AWS: the integration's verb counts, not the client's.
    pub(crate) verb: Verb,
    pub(crate) uri: UriTemplate,
    /// Its template's place in the definition is that of the integration's URI.
    pub(crate) uri_place: vestibule_restapi::Place,
    pub(crate) verify_certificate: bool,
    pub(crate) kind: HttpKind,
}

impl HttpEndpoint {
    /// AWS's word for the integration type.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            HttpKind::Mapped => "HTTP",
            HttpKind::Proxy => "HTTP_PROXY",
        }
    }
}

/// Whether requests and answers are mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HttpKind {
    /// HTTP
    Mapped,
    /// HTTP_PROXY
    Proxy,
}

/// The verb towards an endpoint.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Always(http::Method),
    /// `ANY`: the client's.
    OfClient,
}

/// Calls the endpoint.
pub(super) async fn call(
    gateway: &Gateway,
    endpoint: &HttpEndpoint,
    integration: &Integration,
    stage: &StageView,
    mapped: Mapped,
    exchange: &mut Exchange,
) -> Result<Reply, Stop> {
    let call = request::of(endpoint, integration, stage, mapped, exchange)?;
    let called = format!("{} {}", call.request.method(), without_query(call.request.uri()));
    observe::called(exchange, &called, call.request.body());
    let answered = endpoint::call(gateway, exchange.share(), call, integration.timeout).await;
    let answer = answered
        .and_then(final_status)
        .map_err(|error| error.stop(&format!("`{called}`"), integration))?;
    let (head, body) = answer.into_parts();
    observe::replied(exchange, head.status.as_str(), &body);
    Ok(Reply { status: head.status.as_str().to_owned(), headers: head.headers, body })
}

/// The request that was sent, made again.
pub(super) fn call_again(
    endpoint: &HttpEndpoint,
    integration: &Integration,
    stage: &StageView,
    mapped: Mapped,
    exchange: &Exchange,
) -> Option<endpoint::EndpointCall> {
    request::of(endpoint, integration, stage, mapped, exchange).ok()
}

/// The answer that a reply is under HTTP_PROXY; `None` for HTTP.
pub(super) fn passed(
    endpoint: &HttpEndpoint,
    integration: &Integration,
    reply: &Reply,
) -> Option<Result<Draft, Stop>> {
    if endpoint.kind == HttpKind::Mapped {
        return None;
    }
    let failed = |why| GatewayError::configuration(why, Some(integration.place.clone())).into();
    Some(response::passed(reply).map_err(failed))
}
