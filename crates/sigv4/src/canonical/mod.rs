//! The canonical form of a request: what is hashed and signed, alike for who signs and who verifies.

mod headers;
mod masked;
mod path;
mod query;

pub use headers::SignedHeaders;
pub(crate) use path::PathForm;
pub(crate) use query::{QueryForm, decoded, differs_verbatim, has_two_meanings};

use crate::dialect::Dialect;
use crate::hex;
use crate::request::Request;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use sha2::{Digest, Sha256};
use std::fmt;

/// All bytes but `A-Z a-z 0-9 - . _ ~`, which stand for themselves everywhere.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

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
        text.extend_from_slice(signed.joined().as_bytes());
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
        masked::masked(&self.0, is_secret)
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
