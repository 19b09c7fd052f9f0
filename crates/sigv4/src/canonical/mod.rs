//! The canonical form of a request: what is hashed and signed, alike for who signs and who verifies.

mod headers;
mod path;
mod query;

pub use headers::SignedHeaders;

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
    /// Names, in any case, and values. A name may stand several times.
    pub headers: &'r [(&'r str, &'r [u8])],
    /// The body.
    pub payload: Payload<'r>,
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

impl CanonicalRequest {
    /// Makes the canonical form of a request of which these headers are signed. A signed header that it does not have is
    /// an empty one.
    pub fn new(
        request: &Request<'_>,
        signed: &SignedHeaders,
        dialect: Dialect,
    ) -> CanonicalRequest {
        let mut text = Vec::with_capacity(512);
        text.extend_from_slice(request.method.as_bytes());
        text.push(b'\n');
        match dialect {
            Dialect::General => path::encoded_again(request.path, &mut text),
            Dialect::S3 => path::as_sent(request.path, &mut text),
        }
        text.push(b'\n');
        query::sorted(request.query, &mut text);
        text.push(b'\n');
        headers::lines(request.headers, signed, &mut text);
        text.push(b'\n');
        text.extend_from_slice(signed.to_string().as_bytes());
        text.push(b'\n');
        text.extend_from_slice(request.payload.sha256().as_bytes());
        CanonicalRequest(text)
    }

    /// The text. Values of headers may be other than UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
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
