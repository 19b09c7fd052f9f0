//! The local issuer: what stands behind a user pool where Cognito does not. It has keys, and makes tokens with Cognito's claims.
//!
//! Whoever verifies its tokens trusts its keys as those of any issuer. Where the keys are kept is for others to decide.
//!
//! ```
//! use vestibule_identity::{Bearer, IssuerKeys, TokenUse};
//! use vestibule_jwt::{KeySet, Token};
//!
//! let keys = IssuerKeys::generate()?;
//! let alice = Bearer {
//!     issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a1b2c3d4e".to_owned(),
//!     client: "web".to_owned(),
//!     user: "alice".to_owned(),
//!     groups: vec!["admin".to_owned()],
//!     scopes: vec![],
//!     attributes: vec![("email".to_owned(), "alice@example.com".to_owned())],
//! };
//! let token = alice.token(TokenUse::Id, &keys, 1_700_000_000, 3_600, [1, 2, 3])?;
//!
//! let published = KeySet::parse(keys.public().as_bytes())?;
//! let token = Token::parse(&token)?;
//! let key = published.find(token.key_id()).ok_or("an unknown key")?;
//! assert_eq!(token.verified(key)?.text("cognito:username"), Some("alice"));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod keys;
mod token;

pub use keys::{IssuerKeys, KeysError};
pub use token::{Bearer, Reserved, TokenUse};
