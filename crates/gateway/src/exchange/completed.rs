//! A request's headers as every step sees them, whichever HTTP it came by: with what HTTP/2 and whole URLs as targets say
//! elsewhere.

use super::Exchange;
use http::header::{COOKIE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};

impl Exchange {
    /// Completes the headers of a request that is within AWS's limits.
    pub(crate) fn complete_headers(&mut self) {
        let headers = &mut self.headers;
        // RFC 9112, 3.2.2: a host beside a whole URL does not count.
        if let Some(authority) = self.uri.authority()
            && let Some(host) = authority.as_str().rsplit('@').next()
        {
            insert(headers, HOST, host.as_bytes());
        }
        // RFC 9113, 8.2.3: HTTP/2 may send each cookie by itself.
        if headers.get_all(COOKIE).iter().nth(1).is_some() {
            let cookies = joined(headers, &COOKIE, b"; ");
            insert(headers, COOKIE, &cookies);
        }
    }
}

/// The values of a header as one.
fn joined(headers: &HeaderMap, name: &HeaderName, separator: &[u8]) -> Vec<u8> {
    let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    values.join(separator)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &[u8]) {
    // It is made of header values or of a target.
    if let Ok(value) = HeaderValue::from_bytes(value) {
        headers.insert(name, value);
    }
}
