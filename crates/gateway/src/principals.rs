//! Who may sign requests: the principals of the settings, with the texts of their policies.

use std::sync::Arc;
use vestibule_iam::{Directory, Holder, Policy, StatementRef};
use vestibule_restapi::{Place, Sourced};

/// The principals that are known, by their access keys. A deployment keeps those that it was compiled with.
#[derive(Debug, Default)]
pub struct Principals {
    directory: Directory,
    documents: Vec<(Arc<Policy>, Sourced)>,
}

impl Principals {
    /// Principals, and the texts that their policies were parsed from.
    pub fn new(directory: Directory, documents: Vec<(Arc<Policy>, Sourced)>) -> Principals {
        Principals { directory, documents }
    }

    /// Whether nobody has an access key.
    pub fn is_empty(&self) -> bool {
        self.directory.keys_len() == 0
    }

    /// Their policies, with the texts that they were parsed from.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (&Policy, &Sourced)> {
        self.documents.iter().map(|(policy, text)| (&**policy, text))
    }

    /// The texts of their policies.
    pub fn policies(&self) -> impl Iterator<Item = &str> {
        self.documents.iter().map(|(_, text)| text.as_str())
    }

    /// Whose access key that is.
    pub fn find(&self, access_key_id: &str) -> Option<Holder<'_>> {
        self.directory.find(access_key_id)
    }

    /// The text of a policy of theirs.
    pub fn text(&self, policy: &Policy) -> Option<&Sourced> {
        let is_own = |(known, _): &&(Arc<Policy>, _)| std::ptr::eq(&raw const **known, policy);
        self.documents.iter().find(is_own).map(|(_, text)| text)
    }

    /// Where a statement of a caller's policy stands.
    pub fn place(&self, statement: StatementRef<'_>) -> Option<Place> {
        Some(self.text(statement.policy)?.place(statement.range()))
    }
}
