//! The other side: keys that sign tokens, and the set in which their public halves are published.

use crate::token::ALGORITHM;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use std::fmt;

/// An RSA key that signs RS256.
pub struct SigningKey {
    id: String,
    pair: KeyPair,
}

/// The cryptography library has refused something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignError {
    /// A key could not be made.
    Generate,
    /// Bytes are no PKCS#8 of an RSA key.
    NotAKey,
    /// A text could not be signed.
    Sign,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SignError::Generate => "a key could not be made",
            SignError::NotAKey => "it is no RSA key in PKCS#8",
            SignError::Sign => "the token could not be signed",
        })
    }
}

impl std::error::Error for SignError {}

impl SigningKey {
    /// Makes a new key of 2,048 bits.
    ///
    /// # Errors
    /// [`SignError::Generate`].
    pub fn generate() -> Result<SigningKey, SignError> {
        KeyPair::generate(KeySize::Rsa2048).map(SigningKey::of).map_err(|_| SignError::Generate)
    }

    /// Reads a key from PKCS#8.
    ///
    /// # Errors
    /// [`SignError::NotAKey`].
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<SigningKey, SignError> {
        KeyPair::from_pkcs8(pkcs8).map(SigningKey::of).map_err(|_| SignError::NotAKey)
    }

    /// Returns the key as PKCS#8. It is secret.
    ///
    /// # Errors
    /// [`SignError::NotAKey`].
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, SignError> {
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&self.pair).map_err(|_| SignError::NotAKey)?;
        Ok(der.as_ref().to_vec())
    }

    /// Returns its id: base64 of the SHA-256 of its public numbers (RFC 7638), as long as Cognito's.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Signs claims, which are a JSON object. The header is Cognito's: `kid` and `alg`, no `typ`.
    ///
    /// # Errors
    /// [`SignError::Sign`].
    pub fn sign(&self, claims: &str) -> Result<String, SignError> {
        let header = json!({"kid": self.id, "alg": ALGORITHM}).to_string();
        let [header, claims] = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        let signed = format!("{header}.{claims}");
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        let made = self.pair.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature);
        made.map_err(|_| SignError::Sign)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Returns the set that publishes keys, as Cognito writes it.
    pub fn key_set(keys: &[&SigningKey]) -> String {
        let keys: Vec<_> = keys.iter().map(|key| key.public()).collect();
        json!({ "keys": keys }).to_string()
    }

    fn public(&self) -> serde_json::Value {
        let (n, e) = numbers(&self.pair);
        json!({"alg": ALGORITHM, "e": e, "kid": self.id, "kty": "RSA", "n": n, "use": "sig"})
    }

    fn of(pair: KeyPair) -> SigningKey {
        let (n, e) = numbers(&pair);
        // RFC 7638: the required members in the order of their names.
        let members = format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#);
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, members.as_bytes());
        SigningKey { id: STANDARD.encode(digest), pair }
    }
}

/// Modulus and exponent as a JWK has them.
fn numbers(pair: &KeyPair) -> (String, String) {
    let public = pair.public_key();
    let encoded = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
    (
        encoded(public.modulus().big_endian_without_leading_zero()),
        encoded(public.exponent().big_endian_without_leading_zero()),
    )
}

/// Without the key.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}
