//! The scope of a signature, the key that belongs to it, and the signature.

use crate::canonical::CanonicalRequest;
use crate::credentials::Credentials;
use crate::hex;
use crate::timestamp::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The algorithm's name, as it stands in what is signed and in `Authorization`.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a credential scope ends with.
pub(crate) const TERMINATOR: &str = "aws4_request";

/// When, where and for whom a signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'s> {
    /// When the request was made.
    pub time: Timestamp,
    /// Such as `us-east-1`.
    pub region: &'s str,
    /// The service's name for signing, such as `dynamodb`.
    pub service: &'s str,
}

impl Scope<'_> {
    /// `YYYYMMDD/region/service/aws4_request`.
    pub fn credential_scope(&self) -> String {
        [&self.time.date(), self.region, self.service, TERMINATOR].join("/")
    }

    /// What is signed: algorithm, moment, scope and the hash of the canonical request.
    pub fn string_to_sign(&self, request: &CanonicalRequest) -> String {
        string_to_sign(&self.time.date_time(), &self.credential_scope(), request)
    }
}

/// The same of a time and a credential scope that are texts already.
pub(crate) fn string_to_sign(time: &str, scope: &str, request: &CanonicalRequest) -> String {
    [ALGORITHM, time, scope, &request.sha256()].join("\n")
}

/// The key of one day, region and service. It signs any number of requests of these and no other, and is a secret: it is
/// wiped from memory when it goes.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Derives the key from credentials.
    pub fn derive(credentials: &Credentials, scope: &Scope<'_>) -> SigningKey {
        SigningKey::derive_from(credentials.secret_access_key(), scope)
    }

    /// Derives the key from a secret access key.
    pub fn derive_from(secret_access_key: &str, scope: &Scope<'_>) -> SigningKey {
        let secret = Zeroizing::new(format!("AWS4{secret_access_key}"));
        let date = scope.time.date();
        let parts = [date.as_str(), scope.region, scope.service, TERMINATOR];
        let derived = parts.into_iter().fold(keyed(secret.as_bytes()), |key, part| {
            keyed(key.chain_update(part.as_bytes()).finalize().as_bytes())
        });
        SigningKey(derived)
    }

    /// Signs a text.
    pub fn sign(&self, text: &str) -> Signature {
        let mac = self.0.clone().chain_update(text.as_bytes());
        Signature(hex::lower(&mac.finalize().into_bytes()))
    }
}

/// Shows nothing of the key.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

/// A signature: 64 lower-case hexadecimal digits.
#[derive(Clone, Debug)]
pub struct Signature(String);

impl Signature {
    /// Whether a signature that somebody sent is this one. Takes the same time for each of the same length.
    pub(crate) fn is(&self, sent: &str) -> bool {
        self.0.as_bytes().ct_eq(sent.as_bytes()).into()
    }
}

impl Signature {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[expect(clippy::expect_used, reason = "a key of HMAC may have any length")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_key() {
        let credentials = Credentials::new("AKID".to_owned(), "SECRET".to_owned(), None);
        let time = Timestamp::from_epoch_s(0);
        let scope = Scope { time, region: "us-east-1", service: "iam" };
        let key = SigningKey::derive(&credentials, &scope);
        assert_eq!(format!("{key:?}"), "SigningKey(***)");
    }
}
