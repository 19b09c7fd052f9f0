//! The integrations HTTP and HTTP_PROXY: an endpoint that is called by its URL, with mappings and without.

mod next_hop;
mod request;
mod response;
mod uri;

pub(crate) use uri::{Address, UriError, UriTemplate};

use super::Reply;
use super::endpoint;
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::map::Mapped;
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

impl Verb {
    /// The verb of one request; says why when there is none.
    pub(super) fn of(&self, exchange: &Exchange) -> Result<http::Method, String> {
        match self {
            Verb::Always(method) => Ok(method.clone()),
            Verb::OfClient if exchange.verb() == exchange.method.as_str() => {
                Ok(exchange.method.clone())
            }
            Verb::OfClient => http::Method::from_bytes(exchange.verb().as_bytes())
                .map_err(|_| "the client's verb is none of HTTP".to_owned()),
        }
    }
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
    endpoint::reply(gateway, call, integration, exchange).await
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
