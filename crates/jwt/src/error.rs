//! Why a token or a set of keys is refused, in words for whoever operates the verifier: never the token or a part of its
//! signature.

use crate::limits::{KEY_SET_BYTES_MAX, KEYS_MAX, SHOWN_CHARS_MAX, TOKEN_BYTES_MAX};
use std::fmt;

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It is longer than a token may be.
    TooLong,
    /// It does not have the three parts of a signed token.
    NotThreeParts,
    /// A part is not base64url without padding.
    Encoding(Part),
    /// A part is not a JSON object, or has a member twice or too many of them.
    Object(Part),
    /// It says that it is signed in a way other than RS256, or does not say how.
    Algorithm(Option<String>),
    /// It does not name the key that it is signed with, or not as a text of a bearable length.
    KeyId,
    /// Its header has a member that would let the token choose how it is verified.
    Member(&'static str),
    /// Its signature is not that of the key.
    Signature,
}

/// A part of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// How it is signed.
    Header,
    /// What it claims.
    Claims,
    /// The signature.
    Signature,
}

impl Part {
    fn as_str(self) -> &'static str {
        match self {
            Part::Header => "header",
            Part::Claims => "claims",
            Part::Signature => "signature",
        }
    }
}

impl TokenError {
    pub(crate) fn algorithm(name: &str) -> TokenError {
        TokenError::Algorithm(Some(name.chars().take(SHOWN_CHARS_MAX).collect()))
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenError::TooLong => write!(f, "it has more than {TOKEN_BYTES_MAX} bytes"),
            TokenError::NotThreeParts => f.write_str(
                "it is no signed token: those have three parts with two dots between them",
            ),
            TokenError::Encoding(part) => {
                write!(f, "its {} is not base64url without padding", part.as_str())
            }
            TokenError::Object(part) => write!(
                f,
                "its {} is not a JSON object that has each of a bearable number of members once",
                part.as_str()
            ),
            TokenError::Algorithm(Some(name)) => {
                write!(f, "its header says `alg: {name}`, only RS256 is taken")
            }
            TokenError::Algorithm(None) => {
                f.write_str("its header does not say `alg`, only RS256 is taken")
            }
            TokenError::KeyId => f.write_str("its header does not name a key by `kid`"),
            TokenError::Member(name) => {
                write!(f, "its header has `{name}`, which is never followed")
            }
            TokenError::Signature => {
                f.write_str("its signature is not that of the key which it names")
            }
        }
    }
}

impl std::error::Error for TokenError {}

/// Why a set of keys is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySetError {
    /// It is larger than a set may be.
    TooLarge,
    /// It is not a JSON object with an array `keys`.
    NotASet,
    /// It has more keys than a set may have.
    TooManyKeys,
    /// None of its keys verifies RS256.
    NoKey,
}

impl fmt::Display for KeySetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeySetError::TooLarge => write!(f, "it has more than {KEY_SET_BYTES_MAX} bytes"),
            KeySetError::NotASet => {
                f.write_str("it is no JSON Web Key Set: those are objects with an array `keys`")
            }
            KeySetError::TooManyKeys => write!(f, "it has more than {KEYS_MAX} keys"),
            KeySetError::NoKey => f.write_str(
                "it has no key for RS256: RSA of 2,048 to 8,192 bits, with `kid`, `n` and `e`",
            ),
        }
    }
}

impl std::error::Error for KeySetError {}
