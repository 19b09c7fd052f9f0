//! JSON Web Tokens signed with RS256: read strictly, verified by a set of keys, and signed. Bytes in, bytes out.
//!
//! A [`Token`] is what somebody sent. Its claims are had from [`Token::verified`] alone, so that nobody trusts them before. Who
//! issued it, for whom and until when is for the caller to judge.
//!
//! What decides how a token is verified is the verifier, never the token: every algorithm but RS256 is refused, and so are keys
//! that the token brings along, and extensions that it calls critical (RFC 7515, RFC 8725).
//!
//! ```
//! use vestibule_jwt::{KeySet, SigningKey, Token};
//!
//! let key = SigningKey::generate()?;
//! let sent = key.sign(r#"{"sub":"alice"}"#)?;
//!
//! let keys = KeySet::parse(SigningKey::key_set(&[&key]).as_bytes())?;
//! let token = Token::parse(&sent)?;
//! let key = keys.find(token.key_id()).ok_or("an unknown key")?;
//! let claims = token.verified(key)?;
//! assert_eq!(claims.text("sub"), Some("alice"));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod error;
mod keys;
mod limits;
mod members;
mod sign;
mod token;

pub use claims::Claims;
pub use error::{KeySetError, TokenError};
pub use keys::{Key, KeySet};
pub use limits::KEY_SET_BYTES_MAX;
pub use sign::{SignError, SigningKey};
pub use token::Token;
