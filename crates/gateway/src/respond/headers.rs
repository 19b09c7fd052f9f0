//! Header names on the way out (recorded on AWS).

use crate::exchange::REQUEST_ID;
use crate::limits::{HEADERS_BYTES_MAX, RESPONSE_HEADERS_MAX};
use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, DATE, EXPECT, HOST, MAX_FORWARDS,
    PROXY_AUTHENTICATE, SERVER, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What a mapped response header of this name becomes.
static REMAPPED: [(HeaderName, HeaderName); 15] = [
    (AUTHORIZATION, HeaderName::from_static("x-amzn-remapped-authorization")),
    (CONNECTION, HeaderName::from_static("x-amzn-remapped-connection")),
    (CONTENT_LENGTH, HeaderName::from_static("x-amzn-remapped-content-length")),
    (CONTENT_MD5, HeaderName::from_static("x-amzn-remapped-content-md5")),
    (DATE, HeaderName::from_static("x-amzn-remapped-date")),
    (EXPECT, HeaderName::from_static("x-amzn-remapped-expect")),
    (HOST, HeaderName::from_static("x-amzn-remapped-host")),
    (MAX_FORWARDS, HeaderName::from_static("x-amzn-remapped-max-forwards")),
    (PROXY_AUTHENTICATE, HeaderName::from_static("x-amzn-remapped-proxy-authenticate")),
    (SERVER, HeaderName::from_static("x-amzn-remapped-server")),
    (TRAILER, HeaderName::from_static("x-amzn-remapped-trailer")),
    (UPGRADE, HeaderName::from_static("x-amzn-remapped-upgrade")),
    (USER_AGENT, HeaderName::from_static("x-amzn-remapped-user-agent")),
    (WWW_AUTHENTICATE, HeaderName::from_static("x-amzn-remapped-www-authenticate")),
    (REQUEST_ID, HeaderName::from_static("x-amzn-remapped-x-amzn-requestid")),
];

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

/// The name under which a header that is mapped, or that HTTP_PROXY passes on, reaches the client: some are remapped, `Transfer-Encoding` is dropped.
pub(crate) fn client_name(name: HeaderName) -> Option<HeaderName> {
    if name == TRANSFER_ENCODING {
        return None;
    }
    match REMAPPED.iter().find(|(known, _)| *known == name) {
        Some((_, remapped)) => Some(remapped.clone()),
        None => Some(name),
    }
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

/// Says why an answer cannot have these headers when they are too many.
pub(crate) fn within_limits(headers: &HeaderMap) -> Result<(), String> {
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
