//! Tokens that were seen before: those whose signature was verified, until their key is gone, and those whose signature is wrong. Both
//! are known by their digest alone, are bounded in number, and cannot push the others out.

use super::keys::IssuerKeys;
use super::rules::Facts;
use super::text;
use crate::limits::{FORGED_TOKENS_MAX, VERIFIED_TOKENS_MAX};
use crate::pipeline::Gateway;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use vestibule_jwt::{Claims, KeySet};

/// The SHA-256 of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(token: &str) -> Digest {
        Digest(Sha256::digest(token.as_bytes()).into())
    }
}

/// A token whose signature is that of its issuer.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(super) facts: Facts,
    /// The claims as text.
    pub(super) text: Arc<[(String, String)]>,
    pub(super) keys: Arc<IssuerKeys>,
    /// The keys of which one has verified it.
    set: Arc<KeySet>,
}

impl Verified {
    pub(super) fn new(claims: Claims, keys: Arc<IssuerKeys>, set: Arc<KeySet>) -> Verified {
        let text = text::of(&claims).into();
        Verified { facts: Facts::of(&claims), text, keys, set }
    }

    /// Whether the issuer's keys are those that it was verified with.
    pub(super) fn is_current(&self, gateway: &Gateway) -> bool {
        self.keys.are(&self.set, gateway)
    }
}

/// Tokens that were seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    verified: Mutex<Recent<Arc<Verified>>>,
    /// With the keys that their signatures are not of.
    forged: Mutex<Recent<Weak<KeySet>>>,
}

impl Seen {
    pub(super) fn find(&self, digest: &Digest) -> Option<Arc<Verified>> {
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        verified.find(digest, VERIFIED_TOKENS_MAX).cloned()
    }

    pub(super) fn admit(&self, digest: Digest, token: Verified) -> Arc<Verified> {
        let token = Arc::new(token);
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        verified.put(digest, Arc::clone(&token), VERIFIED_TOKENS_MAX);
        token
    }

    /// Whether the signature is known to be of none of these keys.
    pub(super) fn is_forged(&self, digest: &Digest, set: &Arc<KeySet>) -> bool {
        let mut forged = self.forged.lock().unwrap_or_else(PoisonError::into_inner);
        let judged = forged.find(digest, FORGED_TOKENS_MAX);
        judged.is_some_and(|judged| std::ptr::eq(judged.as_ptr(), Arc::as_ptr(set)))
    }

    pub(super) fn refuse(&self, digest: Digest, set: &Arc<KeySet>) {
        let mut forged = self.forged.lock().unwrap_or_else(PoisonError::into_inner);
        forged.put(digest, Arc::downgrade(set), FORGED_TOKENS_MAX);
    }
}

/// What was used last, between half of a number and that number: when the newer half is full, the older one goes.
#[derive(Debug)]
struct Recent<T> {
    newer: HashMap<Digest, T>,
    older: HashMap<Digest, T>,
}

impl<T> Default for Recent<T> {
    fn default() -> Recent<T> {
        Recent { newer: HashMap::new(), older: HashMap::new() }
    }
}

impl<T> Recent<T> {
    fn find(&mut self, digest: &Digest, entries_max: usize) -> Option<&T> {
        if let Some(found) = self.older.remove(digest) {
            self.put(*digest, found, entries_max);
        }
        self.newer.get(digest)
    }

    fn put(&mut self, digest: Digest, value: T, entries_max: usize) {
        if self.newer.len() >= entries_max / 2 {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(digest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_number_is_bounded() {
        let mut recent = Recent::default();
        let digest = |n: usize| Digest::of(&n.to_string());
        for n in 0..1_000 {
            recent.put(digest(n), n, 100);
            assert_eq!(recent.find(&digest(0), 100), Some(&0));
            assert!(recent.newer.len() + recent.older.len() <= 100, "{n}");
        }
        assert_eq!(recent.find(&digest(999), 100), Some(&999));
        assert_eq!(recent.find(&digest(500), 100), None);
    }
}
