//! One event a request: what is logged is made from it here, and nowhere else.

use crate::error::{Detail, Stop};
use crate::exchange::Exchange;
use crate::limits::{COMMON_CHARS_MAX, LOGGED_BODY_BYTES_MAX};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use std::collections::HashSet;
use std::time::Duration;
use vestibule_dynamodb::Action;
use vestibule_restapi::one_line;

/// Something an operator may want to know of.
#[derive(Debug)]
enum Event<'e> {
    /// An endpoint is about to be called with this body.
    Called { exchange: &'e Exchange, action: Action, body: &'e [u8] },
    /// An endpoint answered.
    Replied { exchange: &'e Exchange, status: &'e str, body: &'e [u8] },
    /// A request was answered.
    Finished { exchange: &'e Exchange, status: StatusCode, stop: Option<&'e Stop>, total: Duration },
    /// A request ran to its end, and nobody waited for the answer any more.
    HungUp { exchange: &'e Exchange, status: StatusCode },
    /// A request could not be answered because of a bug.
    Panicked,
}

/// Reports a call of an endpoint.
pub(crate) fn called(exchange: &Exchange, action: Action, body: &[u8]) {
    log(&Event::Called { exchange, action, body });
}

/// Reports the answer of an endpoint.
pub(crate) fn replied(exchange: &Exchange, status: &str, body: &[u8]) {
    log(&Event::Replied { exchange, status, body });
}

/// Reports an answered request.
pub(crate) fn finished(
    exchange: &Exchange,
    status: StatusCode,
    stop: Option<&Stop>,
    total: Duration,
) {
    log(&Event::Finished { exchange, status, stop, total });
}

/// Reports a request whose client went away before the answer.
pub(crate) fn hung_up(exchange: &Exchange, status: StatusCode) {
    log(&Event::HungUp { exchange, status });
}

/// Reports a request that could not be answered because of a bug.
pub(crate) fn panicked() {
    log(&Event::Panicked);
}

fn log(event: &Event<'_>) {
    match event {
        // The words are those of AWS's execution log. The macros show a body only where the level is on.
        Event::Called { exchange, action, body } => tracing::debug!(
            request_id = exchange.request_id.as_str(),
            %action,
            "Endpoint request body after transformations: {}",
            shown_body(body, exchange)
        ),
        Event::Replied { exchange, status, body } => tracing::debug!(
            request_id = exchange.request_id.as_str(),
            status,
            "Endpoint response body before transformations: {}",
            shown_body(body, exchange)
        ),
        Event::Finished { exchange, status, stop, total } => {
            let (verb, path) = (exchange.method.as_str(), exchange.raw_path());
            let (status, request_id) = (status.as_u16(), exchange.request_id.as_str());
            let detail = match stop {
                Some(Stop::Gateway(error)) => error.detail.as_ref(),
                Some(Stop::Bare(_)) | None => None,
            };
            let took_us = u64::try_from(total.as_micros()).unwrap_or(u64::MAX);
            match detail {
                // The macros make the explanation only where the level is on.
                Some(detail) if status >= 500 => tracing::error!(
                    request_id,
                    verb,
                    path,
                    status,
                    took_us,
                    "{}",
                    explanation(detail, exchange)
                ),
                Some(detail) => tracing::info!(
                    request_id,
                    verb,
                    path,
                    status,
                    took_us,
                    "{}",
                    explanation(detail, exchange)
                ),
                None => tracing::debug!(request_id, verb, path, status, took_us, "answered"),
            }
        }
        Event::HungUp { exchange, status } => {
            let (verb, path) = (exchange.method.as_str(), exchange.raw_path());
            let (status, request_id) = (status.as_u16(), exchange.request_id.as_str());
            tracing::info!(
                request_id,
                verb,
                path,
                status = 499,
                "the client hung up; the request ran to its end and would have answered {status}"
            );
        }
        Event::Panicked => tracing::error!("a request met a bug in this program and got 500"),
    }
}

/// Headers whose values are credentials.
const CREDENTIALS: [&str; 5] =
    ["authorization", "cookie", "proxy-authorization", "x-amz-security-token", "x-api-key"];

/// What happened and where, with the values involved, unless one of them is a part of a credential. One line, whatever
/// stands in the values.
fn explanation(detail: &Detail, exchange: &Exchange) -> String {
    let credentials = credentials(exchange);
    let is_credential = |shown: &str| credentials.iter().any(|secret| shows(shown, secret));
    let text = if is_credential(&detail.message) {
        "the explanation is withheld: it shows a credential".to_owned()
    } else if detail.values.is_empty() {
        detail.to_string()
    } else if detail.values.iter().any(|shown| is_credential(shown)) {
        format!("{detail} (values withheld: they show a credential)")
    } else {
        format!("{detail} ({})", detail.values.join(", "))
    };
    one_line(&text)
}

/// The beginning of a body on one line, unless a part of a credential is in it.
fn shown_body(body: &[u8], exchange: &Exchange) -> String {
    let shown = body.get(..LOGGED_BODY_BYTES_MAX).unwrap_or(body);
    let text = String::from_utf8_lossy(shown);
    if credentials(exchange).iter().any(|secret| shows(&text, secret)) {
        return "(withheld: it shows a credential)".to_owned();
    }
    let text = one_line(&text);
    if shown.len() < body.len() { format!("{text} [TRUNCATED]") } else { text }
}

/// The credentials of a request, as sent and, of the scheme `Basic`, decoded.
fn credentials(exchange: &Exchange) -> Vec<String> {
    let values = CREDENTIALS.iter().flat_map(|name| exchange.headers.get_all(*name));
    let mut credentials = Vec::new();
    for value in values.map(|value| String::from_utf8_lossy(value.as_bytes())) {
        let basic =
            value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
        let decoded = basic.and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok());
        credentials.extend(decoded.and_then(|decoded| String::from_utf8(decoded).ok()));
        credentials.push(value.into_owned());
    }
    credentials
}

/// Whether a text shows a credential or a part of it. Takes time for the sum of both, not for their product.
fn shows(text: &str, secret: &str) -> bool {
    if secret.len() <= COMMON_CHARS_MAX {
        return !secret.is_empty() && text.contains(secret);
    }
    let shown: HashSet<&[u8]> = text.as_bytes().windows(COMMON_CHARS_MAX + 1).collect();
    secret.as_bytes().windows(COMMON_CHARS_MAX + 1).any(|part| shown.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_credential_is_seen() {
        let secret = "Bearer eyJhbGciOiJSUzI1NiJ9.payload.signature";
        assert!(shows("object `eyJhbGciOiJSUzI1NiJ9`", secret));
        assert!(!shows("object `Bearer`", secret));
        assert!(shows("argument 1 `hunter2`", "hunter2"));
        assert!(!shows("anything", ""));
    }
}
