//! ID and access tokens with the claims that Cognito gives them, in its order.
//! AWS docs: amazon-cognito-user-pools-using-the-id-token, amazon-cognito-user-pools-using-the-access-token.

use crate::keys::IssuerKeys;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use vestibule_jwt::SignError;

/// The scope of access tokens of users who signed in without naming one.
const SIGN_IN_SCOPE: &str = "aws.cognito.signin.user.admin";

/// Attributes that are not texts.
const BOOLEANS: [&str; 2] = ["email_verified", "phone_number_verified"];

/// Claims that the issuer makes itself.
const RESERVED: [&str; 15] = [
    "aud",
    "auth_time",
    "client_id",
    "cognito:groups",
    "cognito:username",
    "event_id",
    "exp",
    "iat",
    "iss",
    "jti",
    "origin_jti",
    "scope",
    "sub",
    "token_use",
    "username",
];

/// A claim that is made by the issuer alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserved(pub String);

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// Who somebody is.
    Id,
    /// What somebody may do.
    Access,
}

/// Somebody for whom tokens are made.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The pool's issuer: `iss`.
    pub issuer: String,
    /// The app client that they signed in with.
    pub client: String,
    /// Their name.
    pub user: String,
    /// Their groups, in the order of their precedence.
    pub groups: Vec<String>,
    /// The scopes of their access tokens; without any, those of a sign-in.
    pub scopes: Vec<String>,
    /// Their attributes, which ID tokens have: `email`, `custom:tenant`.
    pub attributes: Vec<(String, String)>,
}

impl Bearer {
    /// Refuses attributes that are claims of the issuer's own.
    ///
    /// # Errors
    /// [`Reserved`] with the first of them.
    pub fn check(&self) -> Result<(), Reserved> {
        let is_reserved = |name: &&String| RESERVED.contains(&name.as_str());
        match self.attributes.iter().map(|(name, _)| name).find(is_reserved) {
            Some(name) => Err(Reserved(name.clone())),
            None => Ok(()),
        }
    }

    /// Makes a token at a moment (seconds since 1970-01-01 UTC) that is valid for so many seconds. The ids that tokens have are made of
    /// three random numbers.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn token(
        &self,
        kind: TokenUse,
        keys: &IssuerKeys,
        now_s: u64,
        valid_s: u64,
        ids: [u128; 3],
    ) -> Result<String, SignError> {
        let claims = Value::Object(self.claims(kind, now_s, valid_s, ids)).to_string();
        match kind {
            TokenUse::Id => keys.id.sign(&claims),
            TokenUse::Access => keys.access.sign(&claims),
        }
    }

    fn claims(
        &self,
        kind: TokenUse,
        now_s: u64,
        valid_s: u64,
        [origin, event, own]: [u128; 3],
    ) -> Map<String, Value> {
        let mut claims = Map::new();
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("sub", self.subject().into());
        if !self.groups.is_empty() {
            put("cognito:groups", self.groups.clone().into());
        }
        put("iss", self.issuer.clone().into());
        match kind {
            TokenUse::Id => put("cognito:username", self.user.clone().into()),
            TokenUse::Access => put("client_id", self.client.clone().into()),
        };
        put("origin_jti", uuid(origin).into());
        if kind == TokenUse::Id {
            put("aud", self.client.clone().into());
        }
        put("event_id", uuid(event).into());
        match kind {
            TokenUse::Id => put("token_use", "id".into()),
            TokenUse::Access => {
                put("token_use", "access".into());
                put("scope", self.scope().into())
            }
        };
        put("auth_time", now_s.into());
        put("exp", now_s.saturating_add(valid_s).into());
        put("iat", now_s.into());
        put("jti", uuid(own).into());
        match kind {
            TokenUse::Access => {
                put("username", self.user.clone().into());
                // Of tokens that the hosted pages make, which have scopes of resource servers.
                if !self.scopes.is_empty() {
                    put("version", json!(2));
                }
            }
            TokenUse::Id => {
                for (name, value) in &self.attributes {
                    put(name, attribute(name, value));
                }
            }
        }
        claims
    }

    fn scope(&self) -> String {
        if self.scopes.is_empty() { SIGN_IN_SCOPE.to_owned() } else { self.scopes.join(" ") }
    }

    /// A user's id: always the same of a name in a pool.
    fn subject(&self) -> String {
        let digest = Sha256::digest(format!("{}\n{}", self.issuer, self.user));
        let first = digest.iter().take(16).fold(0, |id: u128, byte| id << 8 | u128::from(*byte));
        uuid(first)
    }
}

fn attribute(name: &str, value: &str) -> Value {
    match value {
        "true" | "false" if BOOLEANS.contains(&name) => Value::Bool(value == "true"),
        text => Value::from(text),
    }
}

/// A UUID of version 4.
fn uuid(random: u128) -> String {
    const VERSION: u128 = 0xf << 76;
    const VARIANT: u128 = 0x3 << 62;
    let bits = random & !VERSION & !VARIANT | 0x4 << 76 | 0x2 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        bits >> 96,
        bits >> 80 & 0xffff,
        bits >> 64 & 0xffff,
        bits >> 48 & 0xffff,
        bits & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alice() -> Bearer {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Bearer {
            issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool".to_owned(),
            client: "web".to_owned(),
            user: "alice".to_owned(),
            groups: vec!["admin".to_owned(), "users".to_owned()],
            scopes: vec![],
            attributes: vec![
                pair("email", "alice@example.com"),
                pair("email_verified", "true"),
                pair("custom:age", "true"),
            ],
        }
    }

    fn claims(bearer: &Bearer, kind: TokenUse) -> String {
        Value::Object(bearer.claims(kind, 1_700_000_000, 3_600, [0, 1, u128::MAX])).to_string()
    }

    // Source: AWS docs (the example payloads).
    #[test]
    fn an_id_token_says_who_somebody_is() {
        let expected = r#"{"sub":"SUB","cognito:groups":["admin","users"],"iss":"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool","cognito:username":"alice","origin_jti":"00000000-0000-4000-8000-000000000000","aud":"web","event_id":"00000000-0000-4000-8000-000000000001","token_use":"id","auth_time":1700000000,"exp":1700003600,"iat":1700000000,"jti":"ffffffff-ffff-4fff-bfff-ffffffffffff","email":"alice@example.com","email_verified":true,"custom:age":"true"}"#;
        let alice = alice();
        assert_eq!(claims(&alice, TokenUse::Id), expected.replace("SUB", &alice.subject()));
    }

    // Source: AWS docs (the example payloads).
    #[test]
    fn an_access_token_says_what_somebody_may_do() {
        let expected = r#"{"sub":"SUB","cognito:groups":["admin","users"],"iss":"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool","client_id":"web","origin_jti":"00000000-0000-4000-8000-000000000000","event_id":"00000000-0000-4000-8000-000000000001","token_use":"access","scope":"aws.cognito.signin.user.admin","auth_time":1700000000,"exp":1700003600,"iat":1700000000,"jti":"ffffffff-ffff-4fff-bfff-ffffffffffff","username":"alice"}"#;
        let mut alice = alice();
        assert_eq!(claims(&alice, TokenUse::Access), expected.replace("SUB", &alice.subject()));
        alice.groups.clear();
        alice.scopes = vec!["items/read".to_owned(), "items/write".to_owned()];
        let expected = expected
            .replace("SUB", &alice.subject())
            .replace(r#""cognito:groups":["admin","users"],"#, "")
            .replace("aws.cognito.signin.user.admin", "items/read items/write")
            .replace(r#""username":"alice"}"#, r#""username":"alice","version":2}"#);
        assert_eq!(claims(&alice, TokenUse::Access), expected);
    }

    #[test]
    fn a_user_has_one_id_in_a_pool() {
        let (alice, mut other) = (alice(), alice());
        other.client = "mobile".to_owned();
        assert_eq!(other.subject(), alice.subject());
        other.user = "bob".to_owned();
        assert_ne!(other.subject(), alice.subject());
    }

    #[test]
    fn claims_of_the_issuers_own_are_no_attributes() {
        let mut alice = alice();
        assert_eq!(alice.check(), Ok(()));
        alice.attributes.push(("exp".to_owned(), "0".to_owned()));
        assert_eq!(alice.check(), Err(Reserved("exp".to_owned())));
    }
}
