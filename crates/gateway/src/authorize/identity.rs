//! Who calls: what `$context.identity` and `$context.authorizer` show of it.

use super::Grant;
use crate::exchange::ClientCertificate;
use http::HeaderName;
use std::sync::Arc;

/// What is known of a caller beside its address. Empty for one that nobody asked who it is.
#[derive(Debug, Default)]
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
#[derive(Debug, Default)]
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
