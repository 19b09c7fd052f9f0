//! A request as it is signed: the parts of it that a signature covers.

use crate::hex;
use sha2::{Digest, Sha256};
use std::fmt;

/// A request as it is on the wire.
#[derive(Clone, Copy)]
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

/// Shows no query and no values of headers: both hold secrets.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &names)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

/// What a signature covers of the body.
#[derive(Clone, Copy)]
pub enum Payload<'r> {
    /// All of it.
    Bytes(&'r [u8]),
    /// All of it, by its SHA-256 in lower-case hexadecimal digits: what [`Payload::sha256`] made of the bytes.
    Sha256(&'r str),
    /// Nothing: `UNSIGNED-PAYLOAD`.
    Unsigned,
}

impl Payload<'_> {
    /// The payload's line of a canonical request, the value of `X-Amz-Content-Sha256`.
    pub fn sha256(&self) -> String {
        match self {
            Payload::Bytes(bytes) => hex::lower(&Sha256::digest(bytes)),
            Payload::Sha256(digits) => (*digits).to_owned(),
            Payload::Unsigned => "UNSIGNED-PAYLOAD".to_owned(),
        }
    }
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Payload::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Payload::Sha256(digits) => write!(f, "Sha256({digits})"),
            Payload::Unsigned => f.write_str("Unsigned"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let request = Request {
            method: "GET",
            path: "/p",
            query: "X-Amz-Security-Token=TOKEN",
            headers: &[("x-amz-security-token", b"TOKEN")],
            payload: Payload::Bytes(b"body"),
        };
        assert_eq!(
            format!("{request:?}"),
            r#"Request { method: "GET", path: "/p", headers: ["x-amz-security-token"], payload: Bytes(4 bytes), .. }"#
        );
    }
}
