//! A token that nobody knows: read and verified, beside the library's verification of the same bytes with a key that it has parsed.

use std::hint::black_box;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_bench_report::cpu_ns;
use vestibule_jwt::{KeySet, SigningKey, Token};

use crate::Outcome;

/// A token with its key, as both sides want it.
pub(crate) struct Signature {
    token: String,
    keys: KeySet,
    signed: usize,
    signature: Vec<u8>,
    public: ParsedPublicKey,
}

impl Signature {
    pub(crate) fn new(key: &SigningKey, token: String) -> Outcome<Signature> {
        let published = SigningKey::key_set(&[key]);
        let keys = KeySet::parse(published.as_bytes()).map_err(|error| error.to_string())?;
        let set: serde_json::Value =
            serde_json::from_str(&published).map_err(|error| error.to_string())?;
        let number = |name: &str| {
            let text = set.pointer(&format!("/keys/0/{name}")).and_then(|text| text.as_str());
            text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or("no number")
        };
        let components = RsaPublicKeyComponents { n: number("n")?, e: number("e")? };
        let public = components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
        let public = public.map_err(|error| error.to_string())?;
        let (signed, signature) = token.rsplit_once('.').ok_or("no token")?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|error| error.to_string())?;
        let signed = signed.len();
        Ok(Signature { keys, signed, signature, public, token })
    }

    /// CPU of one, of so many: the whole, and the library alone.
    pub(crate) fn cpu_ns(&self, passes: usize) -> Outcome<(f64, f64)> {
        let before = cpu_ns()?;
        for _ in 0..passes {
            self.whole()?;
        }
        let between = cpu_ns()?;
        for _ in 0..passes {
            self.library()?;
        }
        let after = cpu_ns()?;
        Ok(((between - before) / passes as f64, (after - between) / passes as f64))
    }

    fn whole(&self) -> Outcome {
        let token = Token::parse(black_box(&self.token)).map_err(|error| error.to_string())?;
        let key = self.keys.find(token.key_id()).ok_or("an unknown key")?;
        black_box(token.verified(key).map_err(|error| error.to_string())?);
        Ok(())
    }

    fn library(&self) -> Outcome {
        let signed = self.token.as_bytes().get(..self.signed).ok_or("no token")?;
        let verified = self.public.verify_sig(black_box(signed), &self.signature);
        verified.map_err(|error| error.to_string())
    }
}
