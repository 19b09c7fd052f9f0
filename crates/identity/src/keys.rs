//! The keys of the issuer: one for ID tokens and one for access tokens, as Cognito has them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::fmt;
use vestibule_jwt::{SignError, SigningKey};
use zeroize::Zeroizing;

/// The version of their text form.
const VERSION: u32 = 1;

/// The keys of an issuer.
#[derive(Debug)]
pub struct IssuerKeys {
    pub(crate) id: SigningKey,
    pub(crate) access: SigningKey,
}

/// Why there are no keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysError {
    /// They could not be made or read.
    Key(SignError),
    /// A text is none that has been made of keys.
    Text,
    /// It was made by a later version of this program.
    Newer,
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeysError::Key(error) => error.fmt(f),
            KeysError::Text => f.write_str("these are no keys of an issuer"),
            KeysError::Newer => f.write_str("the keys were written by a later version"),
        }
    }
}

impl std::error::Error for KeysError {}

/// PKCS#8 in Base64.
#[derive(Deserialize, Serialize)]
struct Written {
    version: u32,
    id: Zeroizing<String>,
    access: Zeroizing<String>,
}

impl IssuerKeys {
    /// Makes new keys.
    ///
    /// # Errors
    /// When there is no randomness for them.
    pub fn generate() -> Result<IssuerKeys, KeysError> {
        let key = || SigningKey::generate().map_err(KeysError::Key);
        Ok(IssuerKeys { id: key()?, access: key()? })
    }

    /// Reads keys from their text form.
    ///
    /// # Errors
    /// When it is none, or one of a later version.
    pub fn read(text: &str) -> Result<IssuerKeys, KeysError> {
        let written: Written = serde_json::from_str(text).map_err(|_| KeysError::Text)?;
        if written.version > VERSION {
            return Err(KeysError::Newer);
        }
        let key = |text: &str| {
            let pkcs8 = Zeroizing::new(STANDARD.decode(text).map_err(|_| KeysError::Text)?);
            SigningKey::from_pkcs8(&pkcs8).map_err(KeysError::Key)
        };
        Ok(IssuerKeys { id: key(&written.id)?, access: key(&written.access)? })
    }

    /// Returns the text form. It is secret: whoever has it can be anybody.
    ///
    /// # Errors
    /// When the library does not give the keys away.
    pub fn write(&self) -> Result<Zeroizing<String>, KeysError> {
        let text = |key: &SigningKey| {
            let pkcs8 = Zeroizing::new(key.to_pkcs8().map_err(KeysError::Key)?);
            Ok(Zeroizing::new(STANDARD.encode(&*pkcs8)))
        };
        let written =
            Written { version: VERSION, id: text(&self.id)?, access: text(&self.access)? };
        serde_json::to_string(&written).map(Zeroizing::new).map_err(|_| KeysError::Text)
    }

    /// Returns the public halves, as the issuer publishes them.
    pub fn public(&self) -> String {
        SigningKey::key_set(&[&self.id, &self.access])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_their_text() {
        let keys = IssuerKeys::generate().unwrap();
        let again = IssuerKeys::read(&keys.write().unwrap()).unwrap();
        assert_eq!(again.public(), keys.public());
        assert_ne!(keys.id.id(), keys.access.id());
        assert!(!keys.public().contains("\"d\""));
    }

    #[test]
    fn what_is_no_text_of_keys_is_refused() {
        let read = |text: &str| IssuerKeys::read(text).unwrap_err().to_string();
        assert_eq!(read(""), "these are no keys of an issuer");
        assert_eq!(read(r#"{"version":1}"#), "these are no keys of an issuer");
        assert_eq!(
            read(r#"{"version":2,"id":"","access":""}"#),
            "the keys were written by a later version"
        );
        assert_eq!(read(r#"{"version":1,"id":"","access":""}"#), "it is no RSA key in PKCS#8");
        assert_eq!(read(r#"{"version":1,"id":"?","access":""}"#), "these are no keys of an issuer");
    }
}
