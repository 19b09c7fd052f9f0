//! Canonical requests: what they are made of can be made canonical again and stays the same; order and case of header names
//! say nothing; they are in proportion to the request. Signatures: whatever a request presents is read or refused with a
//! reason, what is signed is admitted, and refused with another body.

use vestibule_sigv4::{
    CanonicalRequest, Claim, Credentials, Dialect, Expectation, Payload, Presented, Refusal,
    Request, Scope, SignedHeaders, SigningKeys, Timestamp, sign,
};

use crate::{lines, message};

const SECRET: &str = "secret-key";

/// Takes the first line as `METHOD target`, then header lines, an empty line, and the body.
pub fn sigv4(data: &[u8]) {
    with_request(data, |request| {
        for dialect in [Dialect::General, Dialect::S3] {
            check(request, dialect);
        }
        check_sign(request);
    });
}

/// Takes a request as [`sigv4`] does.
pub fn sigv4_verify(data: &[u8]) {
    with_request(data, |request| {
        check_presented(request);
        check_admission(request);
    });
}

fn with_request(data: &[u8], then: impl FnOnce(&Request<'_>)) {
    let Some(text) = lines::text(data) else { return };
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let (line, headers) = lines::first_and_rest(head);
    let (method, target) = line.split_once(' ').unwrap_or((line, ""));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(&str, &[u8])> = headers
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
    let payload = Payload::Bytes(body.as_bytes());
    then(&Request { method, path, query, headers: &headers, payload });
}

fn check(request: &Request<'_>, dialect: Dialect) {
    let signed = SignedHeaders::new(request.headers.iter().map(|(name, _)| *name));
    let canonical = text(request, &signed, dialect);
    let names = signed.to_string();
    let length =
        request.method.len() + 3 * (request.path.len() + request.query.len()) + 2 * names.len();
    let values: usize = request.headers.iter().map(|(_, value)| value.len() + 2).sum();
    assert!(canonical.len() <= length + values + 3 * 256 + request.query.len(), "{canonical}");

    let mut lines = canonical.split('\n').skip(1);
    let (path, query) = (lines.next().unwrap_or(""), lines.next().unwrap_or(""));
    let is_plain = |text: &str, also: &[char]| {
        text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~%".contains(c) || also.contains(&c))
    };
    assert!(path.starts_with('/') && is_plain(path, &['/']), "{path}");
    assert!(is_plain(query, &['&', '=']), "{query}");
    if dialect == Dialect::S3 {
        assert_eq!(text(&Request { path, ..*request }, &signed, dialect), canonical);
    }
    assert_eq!(text(&Request { query, ..*request }, &signed, dialect), canonical);

    let upper: Vec<String> =
        request.headers.iter().map(|(name, _)| name.to_ascii_uppercase()).collect();
    let mut headers: Vec<(&str, &[u8])> = upper
        .iter()
        .zip(request.headers)
        .map(|(name, (_, value))| (name.as_str(), *value))
        .collect();
    // The values of one name keep their order.
    headers.sort_by_key(|(name, _)| std::cmp::Reverse(*name));
    assert_eq!(text(&Request { headers: &headers, ..*request }, &signed, dialect), canonical);
}

fn text(request: &Request<'_>, signed: &SignedHeaders, dialect: Dialect) -> String {
    let canonical = CanonicalRequest::new(request, signed, dialect);
    String::from_utf8_lossy(canonical.as_bytes()).into_owned()
}

/// Signing sets its headers and tells no secret.
fn check_sign(request: &Request<'_>) {
    let token = Some("session-token".to_owned());
    let credentials = Credentials::new("AKID".to_owned(), SECRET.to_owned(), token);
    let time = Timestamp::from_epoch_s(1_440_938_160);
    let set = sign(request, &credentials, &Scope { time, region: "us-east-1", service: "s3" });
    let names: Vec<&str> = set.iter().map(|(name, _)| *name).collect();
    let expected = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "authorization"];
    assert_eq!(names, expected);
    assert!(set.iter().all(|(_, value)| !value.contains(SECRET)));
}

/// What a request presents is read or refused, and what no key of ours signed is refused.
fn check_presented(request: &Request<'_>) {
    let presented = match Presented::find(request) {
        Ok(Some(presented)) => presented,
        Ok(None) => return,
        Err(refusal) => return check_refusal(&refusal),
    };
    let (region, service) = (presented.region().to_owned(), presented.service().to_owned());
    let expected = Expectation::new(&region, &service, presented.time());
    match presented.check(&expected) {
        Ok(claim) => check_mismatch(&claim, request),
        Err(refusal) => check_refusal(&refusal),
    }
}

fn check_mismatch(claim: &Claim, request: &Request<'_>) {
    let key = SigningKeys::new(2).of(claim, SECRET);
    let Err(refusal) = claim.verify(request, &key) else { return };
    check_refusal(&refusal);
    let Refusal::Mismatch(mismatch) = refusal else {
        return assert_eq!(refusal.error_type(), "InvalidSignatureException");
    };
    assert!(mismatch.string_to_sign.ends_with(&mismatch.canonical_request.sha256()));
    let query = 3 * request.query.len() + request.query.matches('&').count() + 2;
    // The value of `Host` stands for `:authority` too.
    let headers: usize = request.headers.iter().map(|(_, value)| 2 * value.len() + 2).sum();
    let names = 3 * claim.presented().signed_headers().to_string().len() + 256;
    let length = request.method.len() + 3 * request.path.len() + query + headers + names;
    assert!(mismatch.canonical_request.as_bytes().len() <= length);
    assert!(mismatch.canonical_request.masked(|_| true).ends_with(&request.payload.sha256()));
    if let Some(hint) = claim.hint(request, &key) {
        message::is_said(&hint);
    }
}

fn check_refusal(refusal: &Refusal) {
    message::is_said(refusal);
    assert!(refusal.error_type().ends_with("Exception"));
}

/// What we sign is admitted, and with another body refused. So is a query with a bare `+` or `;`, which are signed as part of a value
/// and read otherwise.
fn check_admission(request: &Request<'_>) {
    let set = ["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"];
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let own =
        request.headers.iter().copied().filter(|(name, _)| {
            is_name(name) && set.iter().all(|set| !set.eq_ignore_ascii_case(name))
        });
    let mut headers: Vec<(&str, &[u8])> = own.chain([("Host", b"h".as_slice())]).collect();
    let time = Timestamp::from_epoch_s(1_440_938_160);
    let scope = Scope { time, region: "us-east-1", service: "execute-api" };
    let token = Some("session-token".to_owned());
    let credentials = Credentials::new("AKID".to_owned(), SECRET.to_owned(), token);
    let added = sign(&Request { headers: &headers, ..*request }, &credentials, &scope);
    headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
    let signed = Request { headers: &headers, ..*request };
    let presented = match Presented::find(&signed) {
        Ok(presented) => presented,
        Err(refusal) => return assert!(matches!(refusal, Refusal::TwoSignatures), "{refusal}"),
    };
    let claim = presented.map(|it| it.check(&Expectation::new(scope.region, scope.service, time)));
    assert!(matches!(claim, Some(Ok(_))), "{claim:?}");
    let Some(Ok(claim)) = claim else { return };
    assert!(claim.is_of_session(Some("session-token")));
    let key = SigningKeys::new(2).of(&claim, SECRET);
    let has_one_meaning = !request.query.contains(['+', ';']);
    let verified = claim.verify(&signed, &key);
    assert_eq!(verified.is_ok(), has_one_meaning, "{verified:?}");
    let other = Request { payload: Payload::Bytes(b"another body"), ..signed };
    let is_same = request.payload.sha256() == other.payload.sha256();
    assert_eq!(claim.verify(&other, &key).is_ok(), is_same && has_one_meaning);
}
