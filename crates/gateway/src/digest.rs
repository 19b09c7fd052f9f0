//! What results of authorizers, their calls and cached answers are known by: digests of 256 bits, so that no token is kept and no two
//! are taken for one another.

use sha2::{Digest as _, Sha256};

/// A digest of texts, each of which counts with its length: no two lists of texts are taken for one another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digest(Sha256);

/// What something is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

impl Digest {
    pub(crate) fn add(&mut self, text: &[u8]) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text);
    }

    /// A list counts with its end too.
    pub(crate) fn add_all<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) {
        for text in texts {
            self.0.update([1]);
            self.add(text.as_ref().as_bytes());
        }
        self.0.update([0]);
    }

    pub(crate) fn key(self) -> Key {
        Key(self.0.finalize().into())
    }
}

impl Key {
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_list_of_texts_is_taken_for_another() {
        let of = |lists: &[&[&str]]| {
            let mut digest = Digest::default();
            lists.iter().for_each(|list| digest.add_all(*list));
            digest.key()
        };
        let all = [
            of(&[&["a", "b"]]),
            of(&[&["ab"]]),
            of(&[&["ab", ""]]),
            of(&[&["", "ab"]]),
            of(&[&["a"], &["b"]]),
            of(&[&["a", "b"], &[]]),
            of(&[]),
            of(&[&[]]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one), "{at}");
        }
    }
}
