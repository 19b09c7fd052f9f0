//! Who has which access key, and which policies.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use crate::access_key::AccessKey;
use crate::bounds::Bounds;
use crate::fault::quoted;
use crate::policy::{Policy, PolicyKind};
use crate::principal::{Principal, PrincipalKind};

/// The principals that are known, by their access keys. Built once, then only read.
#[derive(Debug, Default)]
pub struct Directory {
    entries: Vec<Entry>,
    arns: HashSet<String>,
    keys: HashMap<String, (AccessKey, usize)>,
}

/// A principal and what is attached to it.
#[derive(Debug)]
struct Entry {
    principal: Principal,
    attached: Attached,
}

/// The policies of a principal, all of [`PolicyKind::Identity`].
#[derive(Clone, Debug, Default)]
pub struct Attached {
    /// The identity policies: what it may do.
    pub policies: Vec<Arc<Policy>>,
    /// The permissions boundary.
    pub boundary: Option<Arc<Policy>>,
    /// The session policies, of a session of a role alone.
    pub session_policies: Vec<Arc<Policy>>,
}

impl Attached {
    fn all(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.policies.iter().chain(&self.boundary).chain(&self.session_policies)
    }
}

/// Identity policies without bounds.
impl From<Vec<Arc<Policy>>> for Attached {
    fn from(policies: Vec<Arc<Policy>>) -> Attached {
        Attached { policies, ..Attached::default() }
    }
}

/// An access key and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'d> {
    /// The key.
    pub key: &'d AccessKey,
    /// Whose it is.
    pub principal: &'d Principal,
    attached: &'d Attached,
}

impl<'d> Holder<'d> {
    /// The identity policies, in the order that they were given.
    pub fn policies(&self) -> impl ExactSizeIterator<Item = &'d Policy> + use<'d> {
        self.attached.policies.iter().map(AsRef::as_ref)
    }

    /// What bounds it.
    pub fn bounds(&self) -> Bounds<'d> {
        let Attached { boundary, session_policies, .. } = self.attached;
        Bounds { boundary: boundary.as_deref(), session_policies }
    }

    /// The identity policies and those that bound it.
    pub fn all_policies(&self) -> impl Iterator<Item = &'d Policy> + use<'d> {
        self.attached.all().map(AsRef::as_ref)
    }
}

/// A principal that was put into a directory: keys are given to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrincipalId(usize);

impl Directory {
    /// A directory of nobody.
    pub fn new() -> Directory {
        Directory::default()
    }

    /// Puts a principal with its policies in.
    ///
    /// # Errors
    /// There is one with that ARN, one of the policies is none of identities, or session policies are
    /// given to who is no session.
    pub fn insert(
        &mut self,
        principal: Principal,
        attached: impl Into<Attached>,
    ) -> Result<PrincipalId, BadEntry> {
        let attached = attached.into();
        if attached.all().any(|policy| policy.kind() != PolicyKind::Identity) {
            return Err(BadEntry::Policy { arn: principal.arn });
        }
        let is_session = matches!(principal.kind, PrincipalKind::AssumedRole { .. });
        if !is_session && !attached.session_policies.is_empty() {
            return Err(BadEntry::Session { arn: principal.arn });
        }
        if !self.arns.insert(principal.arn.clone()) {
            return Err(BadEntry::Principal { arn: principal.arn });
        }
        self.entries.push(Entry { principal, attached });
        Ok(PrincipalId(self.entries.len() - 1))
    }

    /// Gives an access key to a principal, which may have several.
    ///
    /// # Errors
    /// Someone has that key already.
    pub fn give(&mut self, key: AccessKey, to: PrincipalId) -> Result<(), BadEntry> {
        if self.keys.contains_key(key.id()) {
            return Err(BadEntry::Key { id: key.id().to_owned() });
        }
        self.keys.insert(key.id().to_owned(), (key, to.0));
        Ok(())
    }

    /// Returns whose access key that is.
    pub fn find(&self, access_key_id: &str) -> Option<Holder<'_>> {
        let (key, entry) = self.keys.get(access_key_id)?;
        let Entry { principal, attached } = self.entries.get(*entry)?;
        Some(Holder { key, principal, attached })
    }

    /// How many access keys there are.
    pub fn keys_len(&self) -> usize {
        self.keys.len()
    }
}

/// What a directory does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadEntry {
    /// A key that someone has already.
    Key {
        /// Its id.
        id: String,
    },
    /// A principal that is there already.
    Principal {
        /// Its ARN.
        arn: String,
    },
    /// A policy that is attached to a principal but made for something else.
    Policy {
        /// The ARN of the principal.
        arn: String,
    },
    /// Session policies of a principal that is no session of a role.
    Session {
        /// Its ARN.
        arn: String,
    },
}

impl fmt::Display for BadEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadEntry::Key { id } => write!(f, "the access key {} is given twice", quoted(id)),
            BadEntry::Principal { arn } => write!(f, "{} is there twice", quoted(arn)),
            BadEntry::Policy { arn } => {
                write!(f, "a policy of {} is not one of an identity", quoted(arn))
            }
            BadEntry::Session { arn } => {
                write!(f, "{} has session policies and is no session of a role", quoted(arn))
            }
        }
    }
}

impl std::error::Error for BadEntry {}

#[cfg(test)]
mod tests {
    //! Source: inferred (what each name promises).
    use super::*;

    fn user(name: &str) -> Principal {
        Principal::user(&format!("arn:aws:iam::123456789012:user/{name}"), "AIDAEXAMPLE").unwrap()
    }

    fn key(id: &str) -> AccessKey {
        AccessKey::long_term(id, "SECRET".to_owned()).unwrap()
    }

    fn policy(kind: PolicyKind, principal: &str) -> Arc<Policy> {
        let text = format!(
            r#"{{"Statement": {{{principal} "Effect": "Allow", "Action": "*", "Resource": "*"}}}}"#
        );
        Arc::new(Policy::parse(&text, kind).unwrap())
    }

    #[test]
    fn keys_lead_to_their_principals() {
        let mut directory = Directory::new();
        let bob = directory.insert(user("bob"), vec![policy(PolicyKind::Identity, "")]).unwrap();
        let eve = directory.insert(user("eve"), Vec::new()).unwrap();
        directory.give(key("AKIA1"), bob).unwrap();
        directory.give(key("AKIA2"), eve).unwrap();
        directory.give(key("AKIA3"), bob).unwrap();
        let found = |id: &str| {
            let holder = directory.find(id)?;
            Some((holder.key.id(), holder.principal.username()?, holder.policies().len()))
        };
        assert_eq!(found("AKIA1"), Some(("AKIA1", "bob", 1)));
        assert_eq!(found("AKIA2"), Some(("AKIA2", "eve", 0)));
        assert_eq!(found("AKIA3"), Some(("AKIA3", "bob", 1)));
        assert_eq!(found("akia1"), None);
        assert_eq!(directory.keys_len(), 3);
    }

    #[test]
    fn nobody_and_nothing_is_there_twice() {
        let mut directory = Directory::new();
        let bob = directory.insert(user("bob"), Vec::new()).unwrap();
        directory.give(key("AKIA1"), bob).unwrap();
        let again = directory.give(key("AKIA1"), bob).unwrap_err();
        assert_eq!(again.to_string(), "the access key `AKIA1` is given twice");
        let again = directory.insert(user("bob"), Vec::new()).unwrap_err();
        assert_eq!(again.to_string(), "`arn:aws:iam::123456789012:user/bob` is there twice");
        let foreign = policy(PolicyKind::Resource, r#""Principal": "*","#);
        let refused = directory.insert(user("eve"), vec![foreign]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "a policy of `arn:aws:iam::123456789012:user/eve` is not one of an identity"
        );
    }
}
