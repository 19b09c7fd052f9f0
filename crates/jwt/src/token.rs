//! A token as somebody sent it: three parts in base64url, of which nothing is believed before the signature is verified.
//! RFC 7515 (JWS, compact), RFC 7519 (JWT).

use crate::claims::Claims;
use crate::error::{Part, TokenError};
use crate::keys::Key;
use crate::limits::{CLAIMS_MAX, HEADER_MEMBERS_MAX, KEY_ID_BYTES_MAX, TOKEN_BYTES_MAX};
use crate::members::Members;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::fmt;

/// The one algorithm.
pub(crate) const ALGORITHM: &str = "RS256";

/// Header members with which a token would say by itself what verifies it, or how it is to be read.
const NEVER_FOLLOWED: [&str; 5] = ["crit", "jku", "jwk", "x5c", "x5u"];

/// A token that was read and not verified.
pub struct Token<'t> {
    /// What is signed: header and claims as they were sent.
    signed: &'t str,
    key_id: String,
    claims: Members<CLAIMS_MAX>,
    signature: Vec<u8>,
}

impl<'t> Token<'t> {
    /// Reads a token.
    ///
    /// # Errors
    /// Whatever is wrong with it, except for its signature.
    pub fn parse(text: &'t str) -> Result<Token<'t>, TokenError> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::TooLong);
        }
        let three = || {
            let (signed, signature) = text.rsplit_once('.')?;
            let (header, claims) = signed.split_once('.')?;
            (!claims.contains('.')).then_some((signed, header, claims, signature))
        };
        let (signed, header, claims, signature) = three().ok_or(TokenError::NotThreeParts)?;
        let key_id = key_id(&object(header, Part::Header)?)?;
        let claims = object(claims, Part::Claims)?;
        let signature = decoded(signature, Part::Signature)?;
        Ok(Token { signed, key_id, claims, signature })
    }

    /// Returns the id of the key that it says it is signed with.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Returns who it says has issued it. Nobody has vouched for that yet: it is good for choosing whose keys verify it.
    pub fn claimed_issuer(&self) -> Option<&str> {
        self.claims.get("iss")?.as_str()
    }

    /// Returns its claims, when its signature is that of `key`.
    ///
    /// # Errors
    /// [`TokenError::Signature`].
    pub fn verified(self, key: &Key) -> Result<Claims, TokenError> {
        match key.verifies(self.signed.as_bytes(), &self.signature) {
            true => Ok(Claims(self.claims)),
            false => Err(TokenError::Signature),
        }
    }
}

/// Without what it claims, and without its signature.
impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

fn decoded(text: &str, part: Part) -> Result<Vec<u8>, TokenError> {
    // It takes no padding and no bits behind the end: a part has one spelling.
    URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Encoding(part))
}

fn object<const MAX: usize>(text: &str, part: Part) -> Result<Members<MAX>, TokenError> {
    Members::parse(&decoded(text, part)?).ok_or(TokenError::Object(part))
}

/// The key's id, of a header that says nothing unheard-of.
fn key_id(header: &Members<HEADER_MEMBERS_MAX>) -> Result<String, TokenError> {
    match header.get("alg") {
        Some(Value::String(name)) if name == ALGORITHM => {}
        Some(Value::String(name)) => return Err(TokenError::algorithm(name)),
        Some(_) | None => return Err(TokenError::Algorithm(None)),
    }
    if let Some(name) = NEVER_FOLLOWED.iter().find(|name| header.get(name).is_some()) {
        return Err(TokenError::Member(name));
    }
    let id = header.get("kid").and_then(Value::as_str).unwrap_or_default();
    match id.len() {
        1..=KEY_ID_BYTES_MAX => Ok(id.to_owned()),
        _ => Err(TokenError::KeyId),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}.{claims}.AAAA")
    }

    fn refused(text: &str) -> TokenError {
        Token::parse(text).map(|token| token.key_id().to_owned()).unwrap_err()
    }

    fn refused_header(header: &str) -> String {
        refused(&token(header, "{}")).to_string()
    }

    #[test]
    fn a_token_names_its_key_and_its_issuer() {
        let text = token(r#"{"kid":"k/1=","alg":"RS256","typ":"JWT"}"#, r#"{"iss":"https://i"}"#);
        let token = Token::parse(&text).unwrap();
        assert_eq!((token.key_id(), token.claimed_issuer()), ("k/1=", Some("https://i")));
        assert_eq!(format!("{token:?}"), r#"Token { key_id: "k/1=", .. }"#);
    }

    /// RFC 8725, 3.1: the caller names the algorithms, never the token.
    #[test]
    fn only_rs256_is_taken() {
        for name in ["none", "None", "nOnE", "HS256", "rs256", "RS384", "PS256", "ES256", ""] {
            let header = format!(r#"{{"kid":"k","alg":"{name}"}}"#);
            let expected = format!("its header says `alg: {name}`, only RS256 is taken");
            assert_eq!(refused_header(&header), expected);
        }
        for header in [r#"{"kid":"k"}"#, r#"{"kid":"k","alg":["RS256"]}"#, r#"{"alg":null}"#] {
            assert_eq!(
                refused_header(header),
                "its header does not say `alg`, only RS256 is taken"
            );
        }
        let header = format!(r#"{{"kid":"k","alg":"{}"}}"#, "x".repeat(1000));
        assert_eq!(refused_header(&header).len(), 22 + 32 + 22);
    }

    /// RFC 7515, 4.1.2 to 4.1.6 and 4.1.11.
    #[test]
    fn what_a_token_says_of_its_own_verification_is_not_followed() {
        for name in NEVER_FOLLOWED {
            let header = format!(r#"{{"kid":"k","alg":"RS256","{name}":"https://evil.example"}}"#);
            assert_eq!(
                refused_header(&header),
                format!("its header has `{name}`, which is never followed")
            );
        }
    }

    #[test]
    fn a_key_is_named_by_a_text_of_256_bytes_at_most() {
        let header = |id: &str| format!(r#"{{"alg":"RS256","kid":{id}}}"#);
        assert_eq!(
            Token::parse(&token(&header(&format!("\"{}\"", "k".repeat(256))), "{}"))
                .unwrap()
                .key_id()
                .len(),
            256
        );
        for id in ["\"\"", "1", "null", "[\"k\"]", &format!("\"{}\"", "k".repeat(257))] {
            assert_eq!(
                refused_header(&header(id)),
                "its header does not name a key by `kid`",
                "{id}"
            );
        }
        assert_eq!(refused_header(r#"{"alg":"RS256"}"#), "its header does not name a key by `kid`");
    }

    #[test]
    fn a_member_that_stands_twice_is_refused() {
        let twice = r#"{"alg":"RS256","kid":"k","alg":"RS256"}"#;
        assert_eq!(refused(&token(twice, "{}")), TokenError::Object(Part::Header));
        let header = r#"{"alg":"RS256","kid":"k"}"#;
        let claims = r#"{"sub":"alice","sub":"root"}"#;
        assert_eq!(refused(&token(header, claims)), TokenError::Object(Part::Claims));
        let many = (0..257).map(|n| format!("\"c{n}\":1")).collect::<Vec<_>>().join(",");
        assert_eq!(
            refused(&token(header, &format!("{{{many}}}"))),
            TokenError::Object(Part::Claims)
        );
    }

    #[test]
    fn a_token_has_three_parts() {
        for text in ["", ".", "a", "a.b", "a.b.c.d", "a.b.c.d.e", "Bearer"] {
            assert_eq!(refused(text), TokenError::NotThreeParts, "{text}");
        }
        assert_eq!(refused(".."), TokenError::Object(Part::Header));
    }

    /// The last character of a part may not carry bits that are thrown away, or one token would have several spellings.
    #[test]
    fn a_part_has_one_spelling() {
        let good = token(r#"{"alg":"RS256","kid":"k"}"#, r#"{"a":1}"#);
        assert_eq!(Token::parse(&good).unwrap().key_id(), "k");
        let (rest, _) = good.rsplit_once('.').unwrap();
        for signature in ["AAAA=", "AAA=", "AA==", "AAB", "AA A", "AA+A", "AA/A", "AA\nA", "A"] {
            let text = format!("{rest}.{signature}");
            assert_eq!(refused(&text), TokenError::Encoding(Part::Signature), "{signature}");
        }
        assert_eq!(refused(&format!(" {good}")), TokenError::Encoding(Part::Header));
        assert_eq!(refused("é.e30.AAAA"), TokenError::Encoding(Part::Header));
    }

    #[test]
    fn a_token_has_16_kib_at_most() {
        let header = r#"{"alg":"RS256","kid":"kk"}"#;
        let of = |bytes: usize| {
            let text = token(header, "{}");
            format!("{text}{}", "A".repeat(bytes - text.len()))
        };
        assert_eq!(Token::parse(&of(16 * 1024)).unwrap().key_id(), "kk");
        assert_eq!(refused(&of(16 * 1024 + 1)), TokenError::TooLong);
    }

    #[test]
    fn claims_are_not_nested_without_end() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(1000), "]".repeat(1000));
        let text = token(r#"{"alg":"RS256","kid":"k"}"#, &deep);
        assert_eq!(refused(&text), TokenError::Object(Part::Claims));
    }
}
