//! Tokens and sets of keys: whatever they are, they are read or refused with a reason; what nobody has signed is not verified; what is
//! signed is verified, and nothing that differs from it by a byte.

use std::sync::LazyLock;

use serde_json::json;
use vestibule_jwt::{KeySet, SigningKey, Token};

use crate::lines;

/// A key whose private half no input has.
static KEY: LazyLock<Option<(SigningKey, KeySet)>> = LazyLock::new(|| {
    let key = SigningKey::generate().ok()?;
    let set = KeySet::parse(SigningKey::key_set(&[&key]).as_bytes()).ok()?;
    Some((key, set))
});

/// In no message of ours.
const MARK: &str = "Zq9";

/// Takes the first line as a token, the others as a set of keys.
pub fn token(data: &[u8]) {
    let Some(text) = lines::text(data) else { return };
    let (sent, keys) = lines::first_and_rest(text);
    let set = KeySet::parse(keys.as_bytes());
    match &set {
        Ok(set) => assert!(set.ids().all(|id| set.find(id).is_some())),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    match Token::parse(sent) {
        Ok(token) => {
            assert!(!token.key_id().is_empty());
            let key = set.as_ref().ok().and_then(|set| set.find(token.key_id()));
            if let Some(key) = key {
                // It says who it is of only when it is.
                let _claims = token.verified(key).map(|claims| claims.iter().count());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    // No part of a token is shown; words of ours that somebody sends are no secret.
    let marked = format!("{MARK}{sent}{MARK}");
    if let Err(error) = Token::parse(&marked) {
        assert!(!error.to_string().contains(MARK));
    }
    round_trip(text);
}

fn round_trip(text: &str) {
    let Some((key, set)) = &*KEY else { return };
    let Some(public) = set.find(key.id()) else { return };
    let claim: String = text.chars().take(64).collect();
    let Ok(signed) = key.sign(&json!({ "sub": claim }).to_string()) else { return };
    let verified = Token::parse(&signed).and_then(|token| token.verified(public));
    assert_eq!(verified.ok().as_ref().and_then(|claims| claims.text("sub")), Some(&*claim));
    let at = text.len() % signed.len();
    let letter = text.bytes().next().filter(u8::is_ascii_alphanumeric).unwrap_or(b'A');
    let changed: String = signed
        .char_indices()
        .map(|(index, c)| if index == at { char::from(letter) } else { c })
        .collect();
    if changed != signed {
        let verified = Token::parse(&changed).and_then(|token| token.verified(public));
        assert!(verified.is_err(), "{changed}");
    }
}
