//! A verifier of signatures, as the services of AWS have one: what a backend is asked with a signature has to be signed so.

use super::store;
use vestibule_sigv4::{Credentials, Expectation, Payload, Presented, Request, SigningKey};

/// The key that the program signs with for endpoints of this machine when it has no other.
const KEY: &str = "test";

/// What is wrong with the signature of a request, as a backend shows it; nothing when it has none.
pub(crate) fn problem(asked: &str) -> Option<String> {
    let (head, body) = asked.split_once("\n\n").unwrap_or((asked, ""));
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or("").split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(&str, &[u8])> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
    // Backends are sent what clients send too, such as tokens of another kind.
    let is_signed = |(name, value): &(&str, &[u8])| {
        name.eq_ignore_ascii_case("authorization") && value.starts_with(b"AWS4-HMAC-SHA256 ")
    };
    if !headers.iter().any(is_signed) {
        return None;
    }
    let payload = Payload::Bytes(body.as_bytes());
    verify(&Request { method, path, query, headers: &headers, payload }).err()
}

fn verify(request: &Request<'_>) -> Result<(), String> {
    let Some(presented) = Presented::find(request).map_err(|refusal| refusal.to_string())? else {
        return Ok(());
    };
    let (region, service) = (presented.region().to_owned(), presented.service().to_owned());
    // When it was signed is what a case cannot know.
    let expected = Expectation::new(&region, &service, presented.time());
    let claim = presented.check(&expected).map_err(|refusal| refusal.to_string())?;
    if claim.access_key_id() != KEY && !store::has_key(claim.access_key_id()) {
        return Err(format!("it is signed as `{}`", claim.access_key_id()));
    }
    let named = |(name, _): &&(&str, &[u8])| name.eq_ignore_ascii_case("x-amz-content-sha256");
    let said = request.headers.iter().find(named).map(|(_, value)| *value);
    if said.is_some_and(|said| said != request.payload.sha256().as_bytes()) {
        return Err("the hash of its body is another one".to_owned());
    }
    let credentials = Credentials::new(KEY.to_owned(), store::SECRET.to_owned(), None);
    let key = SigningKey::derive(&credentials, &claim.scope());
    claim.verify(request, &key).map(drop).map_err(|refusal| refusal.to_string())
}
