//! Access keys: long-term ones of users, temporary ones of sessions. Their secrets are never shown,
//! and wiped from memory when they go.

use std::fmt;

use zeroize::Zeroizing;

use crate::fault::quoted;
use crate::limits::{ACCESS_KEY_ID_CHARS_MAX, ACCESS_KEY_ID_CHARS_MIN};

/// An access key.
#[derive(Clone)]
pub struct AccessKey {
    id: String,
    secret: Zeroizing<String>,
    session: Option<Session>,
}

/// What makes an access key temporary.
#[derive(Clone)]
struct Session {
    token: Zeroizing<String>,
    expires_s: i64,
}

impl AccessKey {
    /// A key that lasts: `AKIA...`.
    ///
    /// ```
    /// use vestibule_iam::AccessKey;
    ///
    /// let key = AccessKey::long_term("AKIAIOSFODNN7EXAMPLE", "secret".to_owned()).unwrap();
    /// assert_eq!(format!("{key:?}"), r#"AccessKey { id: "AKIAIOSFODNN7EXAMPLE", secret: *** }"#);
    /// ```
    ///
    /// # Errors
    /// The id is none, or one of a temporary key; the secret is empty.
    pub fn long_term(id: &str, secret: String) -> Result<AccessKey, BadAccessKey> {
        AccessKey::of(id, secret, None)
    }

    /// A key of a session: `ASIA...`. It is good until `expires_s`, in seconds since 1970.
    ///
    /// # Errors
    /// The id is none, or one of a key that lasts; secret or token are empty.
    pub fn temporary(
        id: &str,
        secret: String,
        token: String,
        expires_s: i64,
    ) -> Result<AccessKey, BadAccessKey> {
        AccessKey::of(id, secret, Some(Session { token: Zeroizing::new(token), expires_s }))
    }

    fn of(id: &str, secret: String, session: Option<Session>) -> Result<AccessKey, BadAccessKey> {
        let secret = Zeroizing::new(secret);
        let chars = ACCESS_KEY_ID_CHARS_MIN..=ACCESS_KEY_ID_CHARS_MAX;
        let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let bad = |reason| BadAccessKey { id: id.to_owned(), reason };
        if !chars.contains(&id.len()) || !id.bytes().all(is_word) {
            return Err(bad(Reason::Id));
        }
        match &session {
            None if id.starts_with("ASIA") => return Err(bad(Reason::NoToken)),
            Some(_) if id.starts_with("AKIA") => return Err(bad(Reason::Token)),
            Some(session) if session.token.is_empty() => return Err(bad(Reason::NoToken)),
            _ if secret.is_empty() => return Err(bad(Reason::NoSecret)),
            _ => {}
        }
        Ok(AccessKey { id: id.to_owned(), secret, session })
    }

    /// The id, which is no secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The secret, to derive signing keys from.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The token of the session that the key belongs to.
    pub fn session_token(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session.token.as_str())
    }

    /// Whether its session has ended at `now_s`, in seconds since 1970.
    pub fn is_expired(&self, now_s: i64) -> bool {
        self.session.as_ref().is_some_and(|session| session.expires_s <= now_s)
    }
}

/// Shows the id alone.
impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("AccessKey");
        shown.field("id", &self.id).field("secret", &format_args!("***"));
        if let Some(session) = &self.session {
            shown.field("token", &format_args!("***")).field("expires_s", &session.expires_s);
        }
        shown.finish()
    }
}

/// What cannot be an access key. It repeats the id, never a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadAccessKey {
    id: String,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Id,
    Token,
    NoToken,
    NoSecret,
}

impl BadAccessKey {
    /// What to write instead.
    pub fn help(&self) -> &'static str {
        match self.reason {
            Reason::Id => "it has 3 to 128 letters, digits and `_`, as `AKIAIOSFODNN7EXAMPLE`",
            Reason::Token => "ids of temporary keys begin with `ASIA`",
            Reason::NoToken => "give its session token, or a key whose id begins with `AKIA`",
            Reason::NoSecret => "give its secret access key",
        }
    }
}

impl fmt::Display for BadAccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = quoted(&self.id);
        match self.reason {
            Reason::Id => write!(f, "{id} is not the id of an access key"),
            Reason::Token => write!(f, "the access key {id} lasts, but has a session token"),
            Reason::NoToken => write!(f, "the temporary access key {id} has no session token"),
            Reason::NoSecret => write!(f, "the access key {id} has no secret"),
        }
    }
}

impl std::error::Error for BadAccessKey {}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (IAM user guide, "IAM identifiers": prefixes), lengths as in the IAM API's
    //! `accessKeyIdType`, but for its least, which published examples go below.
    use super::*;

    #[test]
    fn a_key_tells_its_parts_and_shows_no_secret() {
        let (secret, token) = ("SECRET".to_owned(), "TOKEN".to_owned());
        let key = AccessKey::temporary("ASIAEXAMPLE", secret, token, 100).unwrap();
        assert_eq!((key.secret(), key.session_token()), ("SECRET", Some("TOKEN")));
        assert!(!key.is_expired(99) && key.is_expired(100));
        assert_eq!(
            format!("{key:?}"),
            r#"AccessKey { id: "ASIAEXAMPLE", secret: ***, token: ***, expires_s: 100 }"#
        );
        let key = AccessKey::long_term("AKIDEXAMPLE", "SECRET".to_owned()).unwrap();
        assert!(key.session_token().is_none() && !key.is_expired(i64::MAX));
    }

    #[test]
    fn what_cannot_be_a_key_is_refused_without_its_secret() {
        let secret = || "SECRET".to_owned();
        let long = "A".repeat(ACCESS_KEY_ID_CHARS_MAX + 1);
        let of_id = |id: &str| AccessKey::long_term(id, secret()).unwrap_err().to_string();
        assert_eq!(of_id(""), "`` is not the id of an access key");
        assert_eq!(of_id("AKIA/X"), "`AKIA/X` is not the id of an access key");
        assert_eq!(
            of_id(&long),
            format!("`{}...` is not the id of an access key", &"A".repeat(100))
        );
        assert_eq!(of_id("ASIAX"), "the temporary access key `ASIAX` has no session token");
        let empty = AccessKey::long_term("AKIAX", String::new()).unwrap_err();
        assert_eq!(empty.to_string(), "the access key `AKIAX` has no secret");
        let lasting = AccessKey::temporary("AKIAX", secret(), secret(), 1).unwrap_err();
        assert_eq!(lasting.to_string(), "the access key `AKIAX` lasts, but has a session token");
        let tokenless = AccessKey::temporary("ASIAX", secret(), String::new(), 1).unwrap_err();
        assert_eq!(tokenless.to_string(), "the temporary access key `ASIAX` has no session token");
    }
}
