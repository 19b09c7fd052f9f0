//! Who signs: an access key, and the session that it belongs to. The secret parts are never shown.

use std::fmt;
use zeroize::Zeroizing;

/// An access key, long-term or temporary. Its secret parts are wiped from memory when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
}

impl Credentials {
    /// Credentials of AWS's environment variables, for example; `session_token` belongs to temporary ones.
    pub fn new(
        access_key_id: String,
        secret_access_key: String,
        session_token: Option<String>,
    ) -> Credentials {
        Credentials {
            access_key_id,
            secret_access_key: Zeroizing::new(secret_access_key),
            session_token: session_token.map(Zeroizing::new),
        }
    }

    /// The id of the key, which is no secret.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    pub(crate) fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    pub(crate) fn session_token(&self) -> Option<&str> {
        self.session_token.as_ref().map(|token| token.as_str())
    }
}

/// Shows the id alone.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &format_args!("***"))
            .field("session_token", &self.session_token.as_ref().map(|_| format_args!("***")))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let token = Some("TOKEN".to_owned());
        let credentials = Credentials::new("AKID".to_owned(), "SECRET".to_owned(), token);
        assert_eq!(
            format!("{credentials:?}"),
            r#"Credentials { access_key_id: "AKID", secret_access_key: ***, session_token: Some(***) }"#
        );
    }
}
