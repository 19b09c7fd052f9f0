//! A signature that clock and scope allow, and whether it is the one that the key makes.

use super::presented::{Form, Presented};
use super::query::SIGNATURE;
use super::refusal::{Mismatch, Refusal};
use crate::canonical::{CanonicalRequest, QueryForm, Reading, differs_verbatim, has_two_meanings};
use crate::dialect::Dialect;
use crate::request::Request;
use crate::scope::{Scope, SigningKey};
use subtle::ConstantTimeEq;

/// What a client claims within the clock and the scope of a service: who it is. The signature is not compared yet.
#[derive(Clone, Debug)]
pub struct Claim(Presented);

/// Proof that a request was signed with the key of a claim's access key.
#[derive(Clone, Copy, Debug)]
pub struct Verified<'c>(&'c Claim);

impl Claim {
    pub(super) fn new(presented: Presented) -> Claim {
        Claim(presented)
    }

    /// What the request presented.
    pub fn presented(&self) -> &Presented {
        &self.0
    }

    /// The id of the access key whose secret has to be looked up.
    pub fn access_key_id(&self) -> &str {
        self.0.access_key_id()
    }

    /// The scope that the key is derived for.
    pub fn scope(&self) -> Scope<'_> {
        Scope { time: self.0.time, region: self.0.region(), service: self.0.service() }
    }

    /// Whether the request was made in a session, whose token is given, or in none. Takes the same time for each token of the
    /// same length. AWS tells after the signature was verified.
    pub fn is_of_session(&self, issued_token: Option<&str>) -> bool {
        match (self.0.session_token(), issued_token) {
            (Some(sent), Some(issued)) => sent.as_bytes().ct_eq(issued.as_bytes()).into(),
            (None, None) => true,
            _ => false,
        }
    }

    /// Verifies that this request, of which the claim was found, was signed with a key of [`Claim::scope`]. The payload is
    /// hashed as it is, whatever `X-Amz-Content-Sha256` says; a service that takes unsigned payloads hands in
    /// [`Payload::Unsigned`](crate::Payload::Unsigned).
    ///
    /// A query with a `+` or `;` as such has to be signed as it stands: signed as documented, `%2B` and `%3B` are the same, and whoever
    /// has a presigned URL could put a space, or another parameter, in their place.
    ///
    /// # Errors
    /// [`Refusal::Mismatch`], with what should have been signed.
    pub fn verify(&self, request: &Request<'_>, key: &SigningKey) -> Result<Verified<'_>, Refusal> {
        let payload_sha256 = request.payload.sha256();
        let reading = self.reading(&payload_sha256);
        let expected = self.expected(request, &reading);
        if !has_two_meanings(request.query) && self.is_signed(key, &expected) {
            return Ok(Verified(self));
        }
        if differs_verbatim(request.query) {
            let verbatim = Reading { query: QueryForm::Verbatim, ..reading };
            if self.is_signed(key, &self.expected(request, &verbatim)) {
                return Ok(Verified(self));
            }
        }
        Err(Refusal::Mismatch(Box::new(expected)))
    }

    /// How the request is read that the signature should be of.
    pub(super) fn reading<'p>(&self, payload_sha256: &'p str) -> Reading<'p> {
        let left_out: &[&str] = match self.0.form {
            Form::Header => &[],
            Form::Query => &[SIGNATURE],
        };
        let dialect = Dialect::of_service(self.0.service());
        Reading { left_out, ..Reading::of(dialect, payload_sha256) }
    }

    /// What is signed of a request that is read so.
    pub(super) fn expected(&self, request: &Request<'_>, reading: &Reading<'_>) -> Mismatch {
        let canonical_request = CanonicalRequest::read(request, &self.0.signed_headers, reading);
        let string_to_sign = self.scope().string_to_sign(&canonical_request);
        Mismatch { canonical_request, string_to_sign }
    }

    pub(super) fn is_signed(&self, key: &SigningKey, expected: &Mismatch) -> bool {
        key.sign(&expected.string_to_sign).is(&self.0.signature)
    }
}

impl<'c> Verified<'c> {
    /// The claim that is proven.
    pub fn claim(&self) -> &'c Claim {
        self.0
    }

    /// The id of the access key that signed.
    pub fn access_key_id(&self) -> &'c str {
        self.0.access_key_id()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Expectation, Payload, Timestamp};

    fn claim(token: Option<&str>) -> Claim {
        let authorization: &[u8] = b"AWS4-HMAC-SHA256 Credential=A/19700101/r/s/aws4_request, \
            SignedHeaders=host;x-amz-security-token, Signature=0";
        let mut headers: Vec<(&str, &[u8])> =
            vec![("x-amz-date", b"19700101T000000Z"), ("authorization", authorization)];
        headers.extend(token.map(|token| ("x-amz-security-token", token.as_bytes())));
        let payload = Payload::Bytes(b"");
        let request = Request { method: "GET", path: "/", query: "", headers: &headers, payload };
        let expected = Expectation::new("r", "s", Timestamp::from_epoch_s(0));
        Presented::find(&request).unwrap().unwrap().check(&expected).unwrap()
    }

    #[test]
    fn a_session_is_that_of_its_token() {
        for (sent, issued, is_same) in [
            (None, None, true),
            (Some("T"), Some("T"), true),
            (Some("T"), Some("t"), false),
            (Some("T"), Some("TT"), false),
            (Some("T"), None, false),
            (None, Some("T"), false),
            (Some(""), None, false),
        ] {
            assert_eq!(claim(sent).is_of_session(issued), is_same, "{sent:?} {issued:?}");
        }
    }

    #[test]
    fn debug_shows_neither_signature_nor_token() {
        assert_eq!(
            format!("{:?}", claim(Some("TOKEN"))),
            r#"Claim(Presented { form: Header, credential: "A/19700101/r/s/aws4_request", signed_headers: host;x-amz-security-token, signature: ***, time: 19700101T000000Z, expires_s: None, session_token: Some(***) })"#
        );
    }
}
