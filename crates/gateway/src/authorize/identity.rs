//! Who calls: what `$context.identity` and `$context.authorizer` show of it.

use super::Grant;
use crate::exchange::ClientCertificate;
use http::HeaderName;
use std::fmt;
use std::sync::Arc;

/// What is known of a caller beside its address. Empty for one that nobody asked who it is.
#[derive(Default)]
pub(crate) struct Identity {
    /// Members of `$context.identity` that a caller without credentials has no value for, such as `userArn`.
    pub(crate) members: Vec<(&'static str, String)>,
    /// `$context.identity.clientCert`; none where none is demanded.
    pub(crate) client_certificate: Option<Arc<ClientCertificate>>,
    /// `$context.authorizer`; none where no authorizer let it in.
    pub(crate) authorizer: Option<Authorizer>,
    /// Headers that a credential was looked for in, beside those that have one by their names.
    pub(crate) secret_headers: Vec<HeaderName>,
    /// The authorizer that was asked, also one that let nobody in.
    pub(crate) asked: Option<Asked>,
}

/// An authorizer that was asked of a caller.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) authorizer: String,
    /// Whether what it said had been said before.
    pub(crate) is_kept: bool,
}

/// What an authorizer said of the caller that it let in.
#[derive(Default)]
pub(crate) struct Authorizer {
    /// `principalId` and the context of a function's result, as text.
    pub(crate) values: Vec<(String, String)>,
    /// `usageIdentifierKey` of a function's result: the value of an API key.
    pub(crate) usage_identifier_key: Option<String>,
    /// The claims of a token, as text.
    pub(crate) claims: Option<Arc<[(String, String)]>>,
    /// What a function granted it.
    pub(crate) grant: Option<Arc<Grant>>,
}

/// Names alone: values may be API keys, or what a function knows of its caller.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<&str> = self.members.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Identity")
            .field("members", &members)
            .field("authorizer", &self.authorizer)
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
}

/// Names alone.
impl fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let claims = self.claims.iter().flat_map(|claims| claims.iter());
        let names: Vec<&str> = self.values.iter().chain(claims).map(|(name, _)| &**name).collect();
        f.debug_struct("Authorizer").field("names", &names).finish_non_exhaustive()
    }
}

impl Identity {
    /// The member of `$context.identity` of this name.
    pub(crate) fn member(&self, name: &str) -> Option<&str> {
        let named = self.members.iter().find(|(known, _)| *known == name);
        named.map(|(_, value)| value.as_str())
    }
}

impl Authorizer {
    /// The text at a path below `$context.authorizer`, such as `principalId` or `claims.sub`.
    pub(crate) fn value(&self, path: &str) -> Option<&str> {
        let (pairs, name) = match (path.strip_prefix("claims."), &self.claims) {
            (Some(name), Some(claims)) => (&**claims, name),
            (Some(_), None) | (None, _) => (&*self.values, path),
        };
        pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_value() {
        let claims = vec![("email".to_owned(), "alice@example.com".to_owned())];
        let authorizer = Authorizer {
            values: vec![("principalId".to_owned(), "alice".to_owned())],
            usage_identifier_key: Some("key-of-alice".to_owned()),
            claims: Some(claims.into()),
            ..Authorizer::default()
        };
        let identity = Identity {
            members: vec![("apiKey", "key-of-alice".to_owned())],
            authorizer: Some(authorizer),
            ..Identity::default()
        };
        assert_eq!(
            format!("{identity:?}"),
            r#"Identity { members: ["apiKey"], authorizer: Some(Authorizer { names: ["principalId", "email"], .. }), asked: None, .. }"#
        );
    }
}
