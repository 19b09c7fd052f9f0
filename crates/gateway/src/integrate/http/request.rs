//! The request to an HTTP endpoint: its verb, URI, headers and body (recorded on AWS).

use super::next_hop::NextHop;
use super::{HttpEndpoint, HttpKind, UriTemplate};
use crate::cache::{MethodCache, cache_of};
use crate::error::{GatewayError, Stop};
use crate::exchange::{Exchange, TRACE_ID};
use crate::integrate::endpoint::takes_body;
use crate::integrate::{Address, EndpointCall};
use crate::map::{HeaderRules, Mapped, RequestParameters};
use crate::site::{Integration, Sender, StageView};
use bytes::Bytes;
use http::HeaderMap;
use http::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue,
    USER_AGENT, VIA,
};

const API_ID: HeaderName = HeaderName::from_static("x-amzn-apigateway-api-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Headers that the gateway gives a request itself, at most.
const OWN_HEADERS: usize = 7;

/// What HTTP_PROXY does not forward, beside what no integration sees; the trace id that it adds is a whole one.
const NOT_FORWARDED: [HeaderName; 4] = [HOST, CONTENT_ENCODING, VIA, TRACE_ID];

/// Makes the call.
pub(super) fn of(
    endpoint: &HttpEndpoint,
    integration: &Integration,
    stage: &StageView,
    mapped: Mapped,
    exchange: &Exchange,
) -> Result<EndpointCall, Stop> {
    let Mapped { parameters, body, .. } = mapped;
    let failed = |why: String| GatewayError::configuration(why, Some(integration.place.clone()));
    let method = endpoint.verb.of(exchange).map_err(failed)?;
    let Address { uri, host } = address(&endpoint.uri, endpoint.kind, stage, &parameters, exchange)
        .map_err(|why| GatewayError::configuration(why, Some(endpoint.uri_place.clone())))?;
    let takes_body = takes_body(&method);
    let body = if takes_body { body } else { Bytes::new() };
    let of_client = if endpoint.kind == HttpKind::Proxy { exchange.headers.len() } else { 0 };
    let mut headers = HeaderMap::with_capacity(OWN_HEADERS + of_client + parameters.headers.len());
    headers.insert(HOST, host);
    if endpoint.kind == HttpKind::Proxy {
        forward(&mut headers, cache_of(stage, exchange), exchange);
    }
    HeaderRules::Http.set(&mut headers, parameters.headers);
    add_own(&mut headers, endpoint.kind, stage, exchange, !body.is_empty());
    if takes_body {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Ok(EndpointCall { request, verify_certificate: endpoint.verify_certificate })
}

fn address(
    template: &UriTemplate,
    kind: HttpKind,
    stage: &StageView,
    parameters: &RequestParameters,
    exchange: &Exchange,
) -> Result<Address, String> {
    let of_client = match kind {
        HttpKind::Mapped => [].as_slice(),
        HttpKind::Proxy => exchange.query_parameters.as_slice(),
    };
    let query = of_client.iter().chain(&parameters.querystring);
    let query = query.map(|(name, value)| (name.as_str(), value.as_str()));
    template.fill(stage, parameters, query).map_err(|error| error.to_string())
}

/// The headers that are seen, without those that are none of the endpoint's business, and without those that would have it answer one
/// client otherwise than the others that get its answer.
fn forward(headers: &mut HeaderMap, cache: Option<&MethodCache>, exchange: &Exchange) {
    let next_hop = NextHop::of(&exchange.headers);
    let forwards = |name: &HeaderName| cache.is_none_or(|cache| cache.forwards(name));
    for (name, value) in exchange.seen_headers() {
        if !NOT_FORWARDED.contains(name) && !next_hop.has(name) && forwards(name) {
            headers.append(name, value.clone());
        }
    }
}

/// What the gateway adds: where nothing else says it, and what only it says.
fn add_own(
    headers: &mut HeaderMap,
    kind: HttpKind,
    stage: &StageView,
    exchange: &Exchange,
    has_body: bool,
) {
    headers.entry(ACCEPT).or_insert(JSON);
    if kind == HttpKind::Mapped && has_body {
        let of_client = || exchange.headers.get(CONTENT_TYPE).cloned().unwrap_or(JSON);
        headers.entry(CONTENT_TYPE).or_insert_with(of_client);
    }
    let Sender { user_agent, api_id } = stage.sender();
    headers.entry(USER_AGENT).or_insert_with(|| user_agent.clone());
    headers.insert(API_ID, api_id.clone());
    headers.insert(TRACE_ID, exchange.trace_id().clone());
}
