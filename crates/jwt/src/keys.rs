//! JSON Web Key Sets (RFC 7517): of what an issuer publishes, the keys that verify RS256. Others are left alone.

use crate::error::KeySetError;
use crate::limits::{
    EXPONENT_BYTES_MAX, KEY_ID_BYTES_MAX, KEY_SET_BYTES_MAX, KEYS_MAX, MODULUS_BYTES,
};
use crate::token::ALGORITHM;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::fmt;

/// The keys of an issuer.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<Key>,
}

/// An RSA key that verifies RS256.
pub struct Key {
    id: String,
    public: ParsedPublicKey,
}

impl KeySet {
    /// Reads a set. Keys that are of no use for RS256 are left out, and of two with one id the second.
    ///
    /// # Errors
    /// When it is no set, or has no key that could be used.
    pub fn parse(text: &[u8]) -> Result<KeySet, KeySetError> {
        if text.len() > KEY_SET_BYTES_MAX {
            return Err(KeySetError::TooLarge);
        }
        let set: Value = serde_json::from_slice(text).map_err(|_| KeySetError::NotASet)?;
        let listed = set.get("keys").and_then(Value::as_array).ok_or(KeySetError::NotASet)?;
        if listed.len() > KEYS_MAX {
            return Err(KeySetError::TooManyKeys);
        }
        let mut keys: Vec<Key> = Vec::new();
        for key in listed.iter().filter_map(key) {
            if keys.iter().all(|known| known.id != key.id) {
                keys.push(key);
            }
        }
        if keys.is_empty() { Err(KeySetError::NoKey) } else { Ok(KeySet { keys }) }
    }

    /// Returns the key of this id.
    pub fn find(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// Iterates over the ids of the keys.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }
}

impl Key {
    pub(crate) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.public.verify_sig(signed, signature).is_ok()
    }

    /// A key from its numbers, big-endian; none when they make no key of a bearable size.
    fn new(id: &str, modulus: &[u8], exponent: &[u8]) -> Option<Key> {
        // A leading zero would be another spelling of the same number.
        let is_plain = |number: &[u8]| number.first().is_some_and(|first| *first != 0);
        let is_bearable =
            MODULUS_BYTES.contains(&modulus.len()) && exponent.len() <= EXPONENT_BYTES_MAX;
        // The library takes 1, with which everybody signs.
        let is_exponent = exponent != [1] && exponent.last().is_some_and(|last| last % 2 == 1);
        if !is_bearable || !is_exponent || !is_plain(modulus) || !is_plain(exponent) {
            return None;
        }
        let components = RsaPublicKeyComponents { n: modulus, e: exponent };
        let public = components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?;
        Some(Key { id: id.to_owned(), public })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

fn key(jwk: &Value) -> Option<Key> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let is = |name: &str, word: &str| jwk.get(name).is_none_or(|value| value == word);
    let may_verify = jwk.get("key_ops").is_none_or(|operations| {
        operations.as_array().is_some_and(|listed| listed.iter().any(|word| word == "verify"))
    });
    let is_of_use =
        text("kty") == Some("RSA") && is("use", "sig") && is("alg", ALGORITHM) && may_verify;
    let id = text("kid").filter(|id| (1..=KEY_ID_BYTES_MAX).contains(&id.len()))?;
    if !is_of_use {
        return None;
    }
    let number = |name| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    Key::new(id, &number("n")?, &number("e")?)
}

#[cfg(test)]
mod tests;
