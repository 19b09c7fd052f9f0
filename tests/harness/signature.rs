//! A verifier of signatures, as the services of AWS have one: what a backend is asked with a signature has to be signed so.

use sha2::{Digest, Sha256};
use vestibule_sigv4::{
    CanonicalRequest, Credentials, Dialect, Payload, Request, Scope, SignedHeaders, SigningKey,
    Timestamp,
};

/// The key that the program signs with for endpoints of this machine when it has no other.
const KEY: &str = "test";

/// What is wrong with the signature of a request, as a backend shows it; nothing when it has none.
pub(crate) fn problem(asked: &str) -> Option<String> {
    let (head, body) = asked.split_once("\n\n").unwrap_or((asked, ""));
    let headers: Vec<(&str, &[u8])> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
    let text = |wanted: &str| {
        let named = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        named.and_then(|(_, value)| std::str::from_utf8(value).ok())
    };
    let authorization = text("authorization")?.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let field = |name: &str| {
        let mut fields = authorization.split(", ").filter_map(|field| field.split_once('='));
        fields.find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    };
    let scope: Vec<&str> = field("Credential").split('/').collect();
    let &[KEY, date, region, service, "aws4_request"] = scope.as_slice() else {
        return Some(format!("it is signed as `{}`", field("Credential")));
    };
    let Some(time) = text("x-amz-date").and_then(time).filter(|time| time.date() == date) else {
        return Some("its date is not that of its scope".to_owned());
    };
    let digest: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    if text("x-amz-content-sha256").is_some_and(|said| said != digest) {
        return Some("the hash of its body is another one".to_owned());
    }
    let mut words = head.lines().next().unwrap_or("").split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let payload = Payload::Bytes(body.as_bytes());
    let request = Request { method, path, query, headers: &headers, payload };
    let signed = SignedHeaders::new(field("SignedHeaders").split(';'));
    let canonical = CanonicalRequest::new(&request, &signed, Dialect::of_service(service));
    let scope = Scope { time, region, service };
    let credentials = Credentials::new(KEY.to_owned(), KEY.to_owned(), None);
    let key = SigningKey::derive(&credentials, &scope);
    let signature = key.sign(&scope.string_to_sign(&canonical)).to_string();
    let is_right = signature == field("Signature");
    (!is_right).then(|| format!("its signature is not `{signature}`"))
}

/// `20150830T123600Z`.
fn time(text: &str) -> Option<Timestamp> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse().ok();
    Some(Timestamp {
        year: number(0..4)?,
        month: number(4..6)?,
        day: number(6..8)?,
        hour: number(9..11)?,
        minute: number(11..13)?,
        second: number(13..15)?,
    })
}
