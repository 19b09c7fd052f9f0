//! The answer of HTTP_PROXY: status, headers and body of the endpoint, some headers under other names (recorded on AWS).

use super::next_hop::NextHop;
use crate::integrate::Reply;
use crate::respond::{Draft, GATEWAY_HEADERS, client_name, within_limits};
use http::header::{CONTENT_ENCODING, VIA};
use http::{HeaderMap, StatusCode};

/// Passes an endpoint's reply on; says why when it cannot be sent.
pub(super) fn passed(reply: &Reply) -> Result<Draft, String> {
    let status = StatusCode::from_bytes(reply.status.as_bytes())
        .map_err(|_| format!("`{}` is no status", reply.status))?;
    let mut headers = HeaderMap::with_capacity(reply.headers().len() + GATEWAY_HEADERS);
    let next_hop = NextHop::of(reply.headers());
    for (name, value) in reply.headers() {
        // `Via` as its emulators have it.
        if name == VIA || next_hop.has(name) {
            continue;
        }
        if let Some(name) = client_name(name.clone()) {
            headers.append(name, value.clone());
        }
    }
    within_limits(&headers)?;
    let is_encoded = headers.contains_key(CONTENT_ENCODING);
    Ok(Draft { status, headers, body: reply.body.clone(), has_trace_id: false, is_encoded })
}
