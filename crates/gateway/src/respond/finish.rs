//! The one exit: a draft or a stop becomes a response, with the headers AWS sends.

use super::{GatewayResponses, compression};
use crate::clock::Random;
use crate::error::{BareError, GatewayError, Stop};
use crate::exchange::{Exchange, REQUEST_ID, TRACE_ID, extended_request_id, request_id};
use crate::throttle::RateLimits;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WARNING};
use http::{HeaderMap, StatusCode};
use http_body_util::Full;

/// What a client gets.
pub type Response = http::Response<Full<Bytes>>;

/// The same while its body can still be looked at.
pub(crate) type Whole = http::Response<Bytes>;

/// An answer of a method, before the gateway adds what is its own.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Recorded on AWS: answers of DynamoDB, HTTP and Lambda have one; those of a mock and of HTTP_PROXY have not.
    pub(crate) has_trace_id: bool,
    /// The integration compressed its answer.
    pub(crate) is_encoded: bool,
}

/// Headers that the gateway gives an answer of its own unless it tells limits, at most: room for them is made with the others.
pub(crate) const GATEWAY_HEADERS: usize = 4;

const EXTENDED_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-apigw-id");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
/// AWS's words, as a project says that stands in for API Gateway.
const CACHE_CONTROL_IGNORED: HeaderValue = HeaderValue::from_static(
    "199 Cache-control headers were ignored because the caller was unauthorized.",
);
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A response whose body can still be looked at, and what stopped the request.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) response: Whole,
    pub(crate) stop: Option<Stop>,
}

/// Makes the response.
pub(crate) fn finish(exchange: &Exchange, outcome: Result<Draft, Stop>) -> Finished {
    let (mut response, stop) = match outcome {
        Ok(draft) => {
            let is_encoded = draft.is_encoded;
            let mut response = draft_response(exchange, draft);
            if exchange.is_cache_control_ignored {
                response.headers_mut().append(WARNING, CACHE_CONTROL_IGNORED);
            }
            if !is_encoded {
                compression::compress(exchange, &mut response);
            }
            (response, None)
        }
        Err(stop) => {
            let response = match &stop {
                Stop::Bare(bare) => bare_response(bare),
                Stop::Gateway(error) => gateway_response(exchange, error),
            };
            (response, Some(stop))
        }
    };
    let headers = response.headers_mut();
    insert(headers, REQUEST_ID, exchange.request_id.clone());
    insert(headers, EXTENDED_REQUEST_ID, exchange.extended_request_id.clone());
    if let Some(limits) = &exchange.rate_limits {
        tell_limits(headers, limits);
    }
    // HTTP/1 would leave these bodies out by itself, HTTP/2 would send them.
    if matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        response.body_mut().clear();
    } else if exchange.method == http::Method::HEAD && !response.body().is_empty() {
        // What a backend answers to HEAD has no body, and says nothing of the length that another verb would get.
        let length = HeaderValue::from(response.body().len());
        response.headers_mut().insert(CONTENT_LENGTH, length);
        response.body_mut().clear();
    }
    Finished { response, stop }
}

/// AWS's 500 for a request of which nothing is left.
pub(crate) fn after_panic(random: &dyn Random) -> Response {
    let body = Bytes::from_static(b"{\"message\": \"Internal server error\"}");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let mut response = error_response(status, "InternalServerErrorException", JSON, body);
    insert(response.headers_mut(), REQUEST_ID, request_id(random));
    insert(response.headers_mut(), EXTENDED_REQUEST_ID, extended_request_id(random));
    response.map(Full::new)
}

/// Beside what an endpoint tells of its own: the headers are lists. When to come again a gateway response may have said.
fn tell_limits(headers: &mut HeaderMap, limits: &RateLimits) {
    let RateLimits { limit, policy, retry_after } = limits;
    for (name, value) in [(RATE_LIMIT, limit), (RATE_LIMIT_POLICY, policy)] {
        if let Some(value) = value {
            headers.append(name, value.clone());
        }
    }
    if let Some(value) = retry_after {
        headers.entry(RETRY_AFTER).or_insert_with(|| value.clone());
    }
}

fn draft_response(exchange: &Exchange, draft: Draft) -> Whole {
    let mut response = http::Response::new(draft.body);
    *response.status_mut() = draft.status;
    *response.headers_mut() = draft.headers;
    let headers = response.headers_mut();
    headers.entry(CONTENT_TYPE).or_insert(JSON);
    if draft.has_trace_id {
        headers.insert(TRACE_ID, exchange.trace_id().clone());
    }
    response
}

fn bare_response(bare: &BareError) -> Whole {
    let body = format!("{{\"message\":{}}}", serde_json::Value::from(bare.message));
    error_response(bare.status, bare.error_type, JSON, body.into())
}

fn gateway_response(exchange: &Exchange, error: &GatewayError) -> Whole {
    let Some(stage) = &exchange.stage else {
        // A request that is too large is refused before routing; nothing of that answer can be customised.
        let rendered = GatewayResponses::default().render(exchange, error);
        return error_response(rendered.status, error.error_type, JSON, rendered.body);
    };
    let rendered = stage.snapshot().gateway_responses.render(exchange, error);
    let mut response =
        error_response(rendered.status, error.error_type, rendered.content_type, rendered.body);
    for (name, value) in rendered.headers {
        response.headers_mut().insert(name, value);
    }
    response
}

fn error_response(
    status: StatusCode,
    error_type: &'static str,
    content_type: HeaderValue,
    body: Bytes,
) -> Whole {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(error_type));
    response
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: String) {
    // Takes the text over instead of copying it.
    if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::from(value)) {
        headers.insert(name, value);
    }
}
