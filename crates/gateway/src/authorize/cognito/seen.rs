//! Tokens that were seen before: those whose signature was verified, until their key is gone, and those whose signature is wrong. Both
//! are bounded in number, the former in bytes too, and cannot push the others out.
//!
//! A verified token is looked for by a hash that costs a small part of a digest, and compared as a whole; of the others, which
//! anybody can make, the digest alone is kept.

use super::keys::IssuerKeys;
use super::rules::Facts;
use super::text;
use crate::digest::{Digest, Key};
use crate::limits::{FORGED_TOKENS_MAX, VERIFIED_TOKENS_BYTES_MAX, VERIFIED_TOKENS_MAX};
use crate::pipeline::Gateway;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use foldhash::quality::RandomState;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, Hash};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use vestibule_jwt::{Claims, KeySet};

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

    /// Bytes of texts. The keys are shared by all tokens of their issuer.
    fn bytes(&self) -> usize {
        let claim = |(name, value): &(String, String)| {
            size_of::<(String, String)>() + name.len() + value.len()
        };
        self.text.iter().map(claim).sum::<usize>() + self.facts.bytes()
    }

    /// Whether the issuer's keys are those that it was verified with.
    pub(super) fn is_current(&self, gateway: &Gateway) -> bool {
        self.keys.are(&self.set, gateway)
    }
}

/// Tokens that were seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// By a hash with a seed of this process.
    verified: Mutex<Recent<u64, (SecretText, Arc<Verified>)>>,
    seed: RandomState,
    /// With the keys that their signatures are not of.
    forged: Mutex<Recent<Key, Weak<KeySet>>>,
}

/// A token as it was sent.
struct SecretText(Box<str>);

impl Seen {
    pub(super) fn find(&self, token: &str) -> Option<Arc<Verified>> {
        let hash = self.seed.hash_one(token);
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, found) = verified.find(&hash)?;
        known.is(token).then(|| Arc::clone(found))
    }

    pub(super) fn admit(&self, token: &str, found: Verified) -> Arc<Verified> {
        let found = Arc::new(found);
        let hash = self.seed.hash_one(token);
        let entry = (SecretText(token.into()), Arc::clone(&found));
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        verified.put(hash, entry);
        found
    }

    /// Whether the signature is known to be of none of these keys.
    pub(super) fn is_forged(&self, token: &str, set: &Arc<KeySet>) -> bool {
        let key = digest(token);
        let mut forged = self.forged.lock().unwrap_or_else(PoisonError::into_inner);
        let judged = forged.find(&key);
        judged.is_some_and(|judged| std::ptr::eq(judged.as_ptr(), Arc::as_ptr(set)))
    }

    pub(super) fn refuse(&self, token: &str, set: &Arc<KeySet>) {
        let mut forged = self.forged.lock().unwrap_or_else(PoisonError::into_inner);
        forged.put(digest(token), Arc::downgrade(set));
    }
}

fn digest(token: &str) -> Key {
    let mut digest = Digest::default();
    digest.add(token.as_bytes());
    digest.key()
}

impl SecretText {
    fn is(&self, other: &str) -> bool {
        verify_slices_are_equal(self.0.as_bytes(), other.as_bytes()).is_ok()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText")
    }
}

/// Bytes of a verified token beside its texts: its place in the table, twice as large as its entries at most, and the count of who
/// uses it.
const ENTRY_BYTES: usize =
    2 * size_of::<(u64, (SecretText, Arc<Verified>))>() + size_of::<Verified>() + 16;

/// What an entry is counted as.
trait Entry {
    const ENTRIES_MAX: usize;
    const BYTES_MAX: usize;

    fn bytes(&self) -> usize;
}

impl Entry for (SecretText, Arc<Verified>) {
    const ENTRIES_MAX: usize = VERIFIED_TOKENS_MAX;
    const BYTES_MAX: usize = VERIFIED_TOKENS_BYTES_MAX;

    fn bytes(&self) -> usize {
        let (token, verified) = self;
        ENTRY_BYTES + token.0.len() + verified.bytes()
    }
}

impl Entry for Weak<KeySet> {
    const ENTRIES_MAX: usize = FORGED_TOKENS_MAX;
    const BYTES_MAX: usize = usize::MAX;

    fn bytes(&self) -> usize {
        0
    }
}

/// What was used last, between half of a number (or of its bytes) and all of it: when the newer half is full, the older one goes.
#[derive(Debug)]
struct Recent<K, T> {
    newer: HashMap<K, T>,
    newer_bytes: usize,
    older: HashMap<K, T>,
}

impl<K, T> Default for Recent<K, T> {
    fn default() -> Recent<K, T> {
        Recent { newer: HashMap::new(), newer_bytes: 0, older: HashMap::new() }
    }
}

impl<K: Copy + Eq + Hash, T: Entry> Recent<K, T> {
    fn find(&mut self, key: &K) -> Option<&T> {
        if let Some(found) = self.older.remove(key) {
            self.put(*key, found);
        }
        self.newer.get(key)
    }

    fn put(&mut self, key: K, entry: T) {
        let bytes = entry.bytes();
        if let Some(before) = self.newer.remove(&key) {
            self.newer_bytes = self.newer_bytes.saturating_sub(before.bytes());
        }
        let is_full = self.newer.len() >= T::ENTRIES_MAX / 2
            || self.newer_bytes.saturating_add(bytes) > T::BYTES_MAX / 2;
        if is_full {
            self.older = std::mem::take(&mut self.newer);
            self.newer_bytes = 0;
        }
        self.newer_bytes = self.newer_bytes.saturating_add(bytes);
        self.newer.insert(key, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts its bytes.
    #[derive(Debug, PartialEq)]
    struct Sized(usize);

    impl Entry for Sized {
        const ENTRIES_MAX: usize = 100;
        const BYTES_MAX: usize = 10_000;

        fn bytes(&self) -> usize {
            self.0
        }
    }

    #[test]
    fn what_is_used_stays_and_the_number_is_bounded() {
        let mut recent = Recent::default();
        for n in 0..1_000 {
            recent.put(n, Sized(n % 7));
            assert_eq!(recent.find(&0), Some(&Sized(0)));
            assert!(recent.newer.len() + recent.older.len() <= 100, "{n}");
        }
        assert_eq!(recent.find(&999), Some(&Sized(999 % 7)));
        assert_eq!(recent.find(&500), None);
    }

    #[test]
    fn the_bytes_are_bounded() {
        let mut recent = Recent::default();
        for n in 0..1_000 {
            // The same one again is counted once.
            recent.put(n, Sized(900));
            recent.put(n, Sized(1_000));
            let kept = recent.newer.values().chain(recent.older.values());
            assert!(kept.map(Sized::bytes).sum::<usize>() <= 10_000, "{n}");
        }
        assert_eq!(recent.newer_bytes, recent.newer.values().map(Sized::bytes).sum::<usize>());
        assert_eq!(recent.find(&999), Some(&Sized(1_000)));
    }

    #[test]
    fn a_token_is_compared_as_a_whole_and_never_shown() {
        let text = SecretText("header.claims.signature".into());
        assert!(text.is("header.claims.signature"));
        for other in ["header.claims.signaturf", "header.claims.signatur", ""] {
            assert!(!text.is(other), "{other}");
        }
        assert_eq!(format!("{text:?}"), "SecretText");
    }
}
