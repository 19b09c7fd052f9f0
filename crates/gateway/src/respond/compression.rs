//! Answers in gzip or deflate, where the API compresses and the client says it takes them.
//!
//! AWS docs: api-gateway-receive-response-with-compressed-payload. What the gateway answers itself is no integration's answer
//! and is not compressed (inferred), nor is an empty body.

use crate::coding::Coding;
use crate::exchange::{Exchange, aside};
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue};
use http::{Response, StatusCode};

/// Compresses an integration's answer that is not compressed yet and not too small, when the client takes it.
pub(super) fn compress(exchange: &Exchange, response: &mut Response<Bytes>) {
    let stage = exchange.stage.as_ref();
    let Some(least) = stage.and_then(|stage| stage.snapshot().minimum_compression_size) else {
        return;
    };
    let body = response.body();
    let is_bodiless =
        matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if is_bodiless || body.is_empty() || body.len() < least {
        return;
    }
    if response.headers().contains_key(CONTENT_ENCODING) {
        return;
    }
    let Some(coding) = accepted(&exchange.headers) else { return };
    // Where it cannot be, as when memory is short, the answer goes as it is.
    let compressed = aside(body.len(), || coding.encode(body)).ok();
    if let Some(compressed) = compressed.and_then(|made| exchange.held(made).ok()) {
        *response.body_mut() = compressed;
        let name = HeaderValue::from_static(coding.name());
        response.headers_mut().insert(CONTENT_ENCODING, name);
    }
}

/// The coding that `Accept-Encoding` prefers, when it is one of AWS's: the first of those with the highest weight counts
/// alone, and `*` names none (AWS docs: api-gateway-enable-compression; the first of equals inferred).
fn accepted(headers: &HeaderMap) -> Option<Coding> {
    let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut preferred = ("identity", 0.0);
    for member in lists.flat_map(|list| list.split(',')) {
        let (name, parameters) = member.split_once(';').unwrap_or((member, ""));
        let Some(weight) = weight(parameters) else { continue };
        if weight > preferred.1 {
            preferred = (name.trim(), weight);
        }
    }
    Coding::named(preferred.0)
}

/// The weight among the parameters of a member, 1 without one; `None` when it is no weight.
fn weight(parameters: &str) -> Option<f64> {
    let mut pairs = parameters.split(';').filter_map(|pair| pair.split_once('='));
    let Some((_, weight)) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("q")) else {
        return Some(1.0);
    };
    weight.trim().parse().ok().filter(|weight| (0.0..=1.0).contains(weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted_of(lists: &[&'static str]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_static(list));
        }
        accepted(&headers).map(Coding::name)
    }

    // Source: AWS docs (the first eight); inferred.
    #[test]
    fn the_preferred_coding_counts_alone() {
        let table: [(&[&str], Option<&str>); 18] = [
            (&[], None),
            (&[""], None),
            (&["*"], None),
            (&["gzip"], Some("gzip")),
            (&["deflate,gzip"], Some("deflate")),
            (&["deflate;q=0.5,gzip;q=1.0"], Some("gzip")),
            (&["gzip;q=1.0,identity;q=0.5,*;q=0"], Some("gzip")),
            (&["gzip, deflate, br"], Some("gzip")),
            (&["br, gzip"], None),
            (&["br;q=0.1, gzip;q=0.2"], Some("gzip")),
            (&["identity, gzip;q=0.9"], None),
            (&["identity;q=0, gzip;q=0.1"], Some("gzip")),
            (&["gzip;q=0"], None),
            (&["identity;q=0"], None),
            (&["GZIP ; Q=0.3"], Some("gzip")),
            (&["gzip;q=2, deflate;q=0.1"], Some("deflate")),
            (&["gzip;q=NaN"], None),
            (&["gzip;q=0.1", "deflate"], Some("deflate")),
        ];
        for (lists, expected) in table {
            assert_eq!(accepted_of(lists), expected, "{lists:?}");
        }
    }
}
