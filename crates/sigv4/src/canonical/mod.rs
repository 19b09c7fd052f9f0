//! The canonical form of a request: what is hashed and signed, alike for who signs and who verifies.

mod headers;
mod path;
mod query;

pub use headers::SignedHeaders;
pub(crate) use path::PathForm;
pub(crate) use query::{QueryForm, decoded, differs_verbatim};

use crate::dialect::Dialect;
use crate::hex;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use sha2::{Digest, Sha256};
use std::fmt;

/// All bytes but `A-Z a-z 0-9 - . _ ~`, which stand for themselves everywhere.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request as it is on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The verb, such as `POST`.
    pub method: &'r str,
    /// The path, still percent-encoded.
    pub path: &'r str,
    /// What stands behind the `?`, still percent-encoded; empty when there is nothing.
    pub query: &'r str,
    /// Names, in any case, and values. A name may stand several times. A request of HTTP/2 has its authority as `host`.
    pub headers: &'r [(&'r str, &'r [u8])],
    /// The body.
    pub payload: Payload<'r>,
}

impl<'r> Request<'r> {
    /// The value of a header, without white space at its ends: the first one of several.
    pub(crate) fn header(&self, name: &str) -> Option<&'r [u8]> {
        let named = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim_ascii())
    }
}

/// What a signature covers of the body.
#[derive(Clone, Copy)]
pub enum Payload<'r> {
    /// All of it.
    Bytes(&'r [u8]),
    /// Nothing: `UNSIGNED-PAYLOAD`.
    Unsigned,
}

impl Payload<'_> {
    /// The payload's line of a canonical request, the value of `X-Amz-Content-Sha256`.
    pub fn sha256(&self) -> String {
        match self {
            Payload::Bytes(bytes) => hex::lower(&Sha256::digest(bytes)),
            Payload::Unsigned => "UNSIGNED-PAYLOAD".to_owned(),
        }
    }
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Payload::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Payload::Unsigned => f.write_str("Unsigned"),
        }
    }
}

/// Verb, path, query, signed headers, their names and the payload's hash, a line each. It may hold a session token, so it
/// is not shown.
pub struct CanonicalRequest(Vec<u8>);

/// How a canonical request is made of a request.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'p> {
    pub(crate) path: PathForm,
    pub(crate) query: QueryForm,
    /// Parameters of the query that are no part of it.
    pub(crate) left_out: &'p [&'p str],
    /// The payload's line.
    pub(crate) payload_sha256: &'p str,
}

impl<'p> Reading<'p> {
    /// How a dialect has it.
    pub(crate) fn of(dialect: Dialect, payload_sha256: &'p str) -> Reading<'p> {
        let path = match dialect {
            Dialect::General => PathForm::EncodedAgain,
            Dialect::S3 => PathForm::AsSent,
        };
        Reading { path, query: QueryForm::Encoded, left_out: &[], payload_sha256 }
    }
}

impl CanonicalRequest {
    /// Makes the canonical form of a request of which these headers are signed. A signed header that it does not have is
    /// an empty one.
    pub fn new(
        request: &Request<'_>,
        signed: &SignedHeaders,
        dialect: Dialect,
    ) -> CanonicalRequest {
        let payload_sha256 = request.payload.sha256();
        CanonicalRequest::read(request, signed, &Reading::of(dialect, &payload_sha256))
    }

    /// [`CanonicalRequest::new`] that does not look at the payload.
    pub(crate) fn read(
        request: &Request<'_>,
        signed: &SignedHeaders,
        reading: &Reading<'_>,
    ) -> CanonicalRequest {
        let mut text = Vec::with_capacity(512);
        text.extend_from_slice(request.method.as_bytes());
        text.push(b'\n');
        path::canonical(request.path, reading.path, &mut text);
        text.push(b'\n');
        query::sorted(request.query, reading.query, reading.left_out, &mut text);
        text.push(b'\n');
        headers::lines(request.headers, signed, &mut text);
        text.push(b'\n');
        text.extend_from_slice(signed.to_string().as_bytes());
        text.push(b'\n');
        text.extend_from_slice(reading.payload_sha256.as_bytes());
        CanonicalRequest(text)
    }

    /// The text. Values of headers may be other than UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text without values that are secret: `***` stands for those of the headers and parameters of the query whose names,
    /// in lower case, `is_secret` says yes to, and of `X-Amz-Security-Token`.
    pub fn masked(&self, is_secret: impl Fn(&str) -> bool) -> String {
        let is_secret = |name: &str| {
            let name = decoded(name).to_ascii_lowercase();
            name == "x-amz-security-token" || is_secret(&name)
        };
        let value_masked = |text: &str, between: char| match text.split_once(between) {
            Some((name, _)) if is_secret(name) => format!("{name}{between}***"),
            _ => text.to_owned(),
        };
        let text = String::from_utf8_lossy(&self.0);
        let mut is_header = true;
        let line_masked = |(at, line): (usize, &str)| {
            is_header &= !(at > 2 && line.is_empty());
            match at {
                0 | 1 => line.to_owned(),
                2 => {
                    let pairs: Vec<String> =
                        line.split('&').map(|pair| value_masked(pair, '=')).collect();
                    pairs.join("&")
                }
                _ if is_header => value_masked(line, ':'),
                _ => line.to_owned(),
            }
        };
        let lines: Vec<String> = text.split('\n').enumerate().map(line_masked).collect();
        lines.join("\n")
    }

    /// Its SHA-256 in lower-case hexadecimal digits.
    pub fn sha256(&self) -> String {
        hex::lower(&Sha256::digest(&self.0))
    }
}

impl fmt::Debug for CanonicalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CanonicalRequest({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked() {
        let headers: [(&str, &[u8]); 4] = [
            ("host", b"h:8080"),
            ("cookie", b"session=1"),
            ("x-amz-security-token", b"TOKEN"),
            ("x-note", b"a:b"),
        ];
        let request = Request {
            method: "GET",
            path: "/prod/X-Amz-Security-Token=1",
            query: "X-Amz-Security-Token=TOKEN&b=1&password=2&flag",
            headers: &headers,
            payload: Payload::Bytes(b""),
        };
        let signed = SignedHeaders::new(headers.map(|(name, _)| name));
        let canonical = CanonicalRequest::new(&request, &signed, Dialect::General);
        assert_eq!(
            canonical.masked(|name| ["cookie", "password"].contains(&name)),
            "GET\n/prod/X-Amz-Security-Token%3D1\nX-Amz-Security-Token=***&b=1&flag=&password=***\n\
             cookie:***\nhost:h:8080\nx-amz-security-token:***\nx-note:a:b\n\n\
             cookie;host;x-amz-security-token;x-note\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert!(canonical.masked(|_| false).contains("cookie:session=1\n"));
    }
}
