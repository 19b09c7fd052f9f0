//! Header names on the way out (recorded on AWS).

use crate::limits::{HEADERS_BYTES_MAX, RESPONSE_HEADERS_MAX};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What a mapped response header of this name becomes.
const REMAPPED: [&str; 14] = [
    "authorization",
    "connection",
    "content-length",
    "content-md5",
    "date",
    "expect",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "trailer",
    "upgrade",
    "user-agent",
    "www-authenticate",
];

/// The name under which a header that is mapped, or that HTTP_PROXY passes on, reaches the client: some are remapped, `Transfer-Encoding` is dropped.
pub(crate) fn client_name(name: HeaderName) -> Option<HeaderName> {
    let text = name.as_str();
    if text == "transfer-encoding" {
        return None;
    }
    if REMAPPED.contains(&text) || text == "x-amzn-requestid" {
        return HeaderName::try_from(format!("x-amzn-remapped-{text}")).ok();
    }
    Some(name)
}

/// Gives an answer a header, in the place of one of that name; says why when it would have too many.
pub(crate) fn set_header(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: HeaderValue,
) -> Result<(), String> {
    headers.insert(name, value);
    within_limits(headers)
}

/// Gives an answer a header, beside those of that name; says why when it would have too many.
pub(crate) fn add_header(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: HeaderValue,
) -> Result<(), String> {
    headers.append(name, value);
    within_limits(headers)
}

fn within_limits(headers: &HeaderMap) -> Result<(), String> {
    if headers.len() > RESPONSE_HEADERS_MAX {
        return Err(format!("the answer has more than {RESPONSE_HEADERS_MAX} headers"));
    }
    let bytes = headers.iter().map(|(name, value)| name.as_str().len() + value.len());
    if bytes.sum::<usize>() > HEADERS_BYTES_MAX {
        return Err(format!("the answer's headers have more than {HEADERS_BYTES_MAX} bytes"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_names_are_remapped_and_one_is_dropped() {
        let of = |name: &'static str| {
            client_name(HeaderName::from_static(name)).map(|name| name.to_string())
        };
        assert_eq!(of("date").as_deref(), Some("x-amzn-remapped-date"));
        assert_eq!(of("x-amzn-requestid").as_deref(), Some("x-amzn-remapped-x-amzn-requestid"));
        assert_eq!(of("content-type").as_deref(), Some("content-type"));
        assert_eq!(of("transfer-encoding"), None);
    }
}
