//! The request to an HTTP endpoint: its verb, URI, headers and body (recorded on AWS).

use super::next_hop::NextHop;
use super::{HttpEndpoint, HttpKind, UriTemplate};
use crate::error::{GatewayError, Stop};
use crate::exchange::{Exchange, TRACE_ID};
use crate::integrate::EndpointCall;
use crate::integrate::endpoint::{host, takes_body};
use crate::map::{HeaderRules, Mapped, RequestParameters};
use crate::site::{Integration, StageView};
use bytes::Bytes;
use http::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue,
    USER_AGENT, VIA,
};
use http::{HeaderMap, Uri};

const API_ID: HeaderName = HeaderName::from_static("x-amzn-apigateway-api-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

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
    let uri = uri(&endpoint.uri, endpoint.kind, stage, &parameters, exchange)
        .map_err(|why| GatewayError::configuration(why, Some(endpoint.uri_place.clone())))?;
    let takes_body = takes_body(&method);
    let body = if takes_body { body } else { Bytes::new() };
    let mut headers = HeaderMap::new();
    headers.extend(HeaderValue::try_from(host(&uri)).ok().map(|host| (HOST, host)));
    if endpoint.kind == HttpKind::Proxy {
        forward(&mut headers, exchange);
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

fn uri(
    template: &UriTemplate,
    kind: HttpKind,
    stage: &StageView,
    parameters: &RequestParameters,
    exchange: &Exchange,
) -> Result<Uri, String> {
    let of_client = match kind {
        HttpKind::Mapped => [].as_slice(),
        HttpKind::Proxy => exchange.query_parameters.as_slice(),
    };
    let query = of_client.iter().chain(&parameters.querystring);
    let query = query.map(|(name, value)| (name.as_str(), value.as_str()));
    template.fill(stage, parameters, query).map_err(|error| error.to_string())
}

/// The headers that are seen, without those that are none of the endpoint's business.
fn forward(headers: &mut HeaderMap, exchange: &Exchange) {
    let next_hop = NextHop::of(&exchange.headers);
    for (name, value) in exchange.seen_headers() {
        if !NOT_FORWARDED.contains(name) && !next_hop.has(name) {
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
    let api_id = stage.api_id().as_str();
    if !headers.contains_key(USER_AGENT) {
        insert(headers, USER_AGENT, format!("AmazonAPIGateway_{api_id}"));
    }
    insert(headers, API_ID, api_id.to_owned());
    insert(headers, TRACE_ID, exchange.trace_id());
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: String) {
    // Neither ids nor trace ids have bytes that a header may not have.
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}
