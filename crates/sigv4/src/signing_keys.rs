//! Signing keys kept: deriving one costs four times what signing with it does.

use crate::scope::SigningKey;
use crate::verify::Claim;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Signing keys by access key, date, region and service, a bounded number of them. Those that nobody asked for go first.
///
/// ```
/// # use vestibule_sigv4::{Claim, SigningKeys, Refusal, Request, Verified};
/// # fn secret_of(access_key_id: &str) -> Option<String> { None }
/// fn verify<'c>(keys: &SigningKeys, claim: &'c Claim, request: &Request<'_>) -> Result<Verified<'c>, Refusal> {
///     let secret = secret_of(claim.access_key_id()).ok_or(Refusal::UnknownAccessKey)?;
///     claim.verify(request, &keys.of(claim, &secret))
/// }
/// ```
pub struct SigningKeys {
    generation_max: usize,
    generations: Mutex<Generations>,
}

/// Keys that were asked for lately, and those from before. When the young are as many as may be, they become the old, and what
/// was old goes.
#[derive(Default)]
struct Generations {
    young: HashMap<String, Kept>,
    old: HashMap<String, Kept>,
}

/// A key and the secret that it is of: when the secret of an access key changes, its signing keys do.
struct Kept {
    secret_access_key: Zeroizing<String>,
    key: Arc<SigningKey>,
}

impl SigningKeys {
    /// Keeps at most so many keys; at least two.
    pub fn new(keys_max: usize) -> SigningKeys {
        SigningKeys { generation_max: (keys_max / 2).max(1), generations: Mutex::default() }
    }

    /// The key that a claim has to be signed with, where this is the secret of its access key.
    pub fn of(&self, claim: &Claim, secret_access_key: &str) -> Arc<SigningKey> {
        let credential = claim.presented().credential();
        if let Some(key) =
            self.generations().key(credential, secret_access_key, self.generation_max)
        {
            return key;
        }
        let key = Arc::new(SigningKey::derive_from(secret_access_key, &claim.scope()));
        let secret_access_key = Zeroizing::new(secret_access_key.to_owned());
        let kept = Kept { secret_access_key, key: Arc::clone(&key) };
        self.generations().keep(credential.to_owned(), kept, self.generation_max);
        key
    }

    /// Whoever panicked with the lock has left whole entries.
    fn generations(&self) -> std::sync::MutexGuard<'_, Generations> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn key(&mut self, credential: &str, secret: &str, max: usize) -> Option<Arc<SigningKey>> {
        if let Some(kept) = self.young.get(credential) {
            return kept.key_of(secret);
        }
        let (credential, kept) = self.old.remove_entry(credential)?;
        let key = kept.key_of(secret)?;
        self.keep(credential, kept, max);
        Some(key)
    }

    fn keep(&mut self, credential: String, kept: Kept, max: usize) {
        if self.young.len() >= max && !self.young.contains_key(&credential) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(credential, kept);
    }
}

impl Kept {
    fn key_of(&self, secret: &str) -> Option<Arc<SigningKey>> {
        let is_same = self.secret_access_key.as_bytes().ct_eq(secret.as_bytes());
        bool::from(is_same).then(|| Arc::clone(&self.key))
    }
}

/// Shows how many keys there are.
impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let generations = self.generations();
        write!(f, "SigningKeys({} keys)", generations.young.len() + generations.old.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Expectation, Payload, Presented, Request, Timestamp};

    /// The claim of an access key, which signed nothing.
    fn claim(access_key_id: &str) -> Claim {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={access_key_id}/19700101/r/s/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let headers: [(&str, &[u8]); 2] =
            [("x-amz-date", b"19700101T000000Z"), ("authorization", authorization.as_bytes())];
        let payload = Payload::Bytes(b"");
        let request = Request { method: "GET", path: "/", query: "", headers: &headers, payload };
        let expected = Expectation::new("r", "s", Timestamp::from_epoch_s(0));
        Presented::find(&request).unwrap().unwrap().check(&expected).unwrap()
    }

    fn is_kept(keys: &SigningKeys, claim: &Claim) -> bool {
        let credential = claim.presented().credential();
        let generations = keys.generations();
        generations.young.contains_key(credential) || generations.old.contains_key(credential)
    }

    #[test]
    fn a_key_is_derived_once() {
        let keys = SigningKeys::new(4);
        let first = keys.of(&claim("A"), "secret");
        assert!(Arc::ptr_eq(&first, &keys.of(&claim("A"), "secret")));
        assert!(!Arc::ptr_eq(&first, &keys.of(&claim("B"), "secret")));
        let derived = SigningKey::derive_from("secret", &claim("A").scope());
        assert_eq!(first.sign("text").to_string(), derived.sign("text").to_string());
    }

    #[test]
    fn a_key_is_of_its_secret() {
        let keys = SigningKeys::new(4);
        let first = keys.of(&claim("A"), "secret");
        let second = keys.of(&claim("A"), "another");
        assert_ne!(first.sign("text").to_string(), second.sign("text").to_string());
        assert!(Arc::ptr_eq(&second, &keys.of(&claim("A"), "another")));
    }

    #[test]
    fn those_that_nobody_asked_for_go_first() {
        let keys = SigningKeys::new(4);
        for access_key_id in ["A", "B", "C", "A", "D", "A", "E"] {
            keys.of(&claim(access_key_id), "secret");
        }
        let kept: Vec<bool> =
            ["A", "B", "C", "D", "E"].iter().map(|id| is_kept(&keys, &claim(id))).collect();
        assert_eq!(kept, [true, false, false, true, true]);
        assert_eq!(format!("{keys:?}"), "SigningKeys(3 keys)");
    }

    #[test]
    fn there_are_never_more_than_may_be() {
        for (keys_max, kept_max) in [(0, 2), (1, 2), (2, 2), (10, 10)] {
            let keys = SigningKeys::new(keys_max);
            for number in 0..100 {
                keys.of(&claim(&number.to_string()), "secret");
                let generations = keys.generations();
                assert!(generations.young.len() + generations.old.len() <= kept_max);
            }
        }
    }
}
