//! Canonical requests: what they are made of can be made canonical again and stays the same; order and case of header names
//! say nothing; they are in proportion to the request.

use vestibule_sigv4::{
    CanonicalRequest, Credentials, Dialect, Payload, Request, Scope, SignedHeaders, Timestamp, sign,
};

use crate::lines;

/// Takes the first line as `METHOD target`, then header lines, an empty line, and the body.
pub fn sigv4(data: &[u8]) {
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
    let request = Request { method, path, query, headers: &headers, payload };
    for dialect in [Dialect::General, Dialect::S3] {
        check(&request, dialect);
    }
    check_sign(&request);
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
    let credentials = Credentials::new("AKID".to_owned(), "secret-key".to_owned(), token);
    let time = Timestamp::from_epoch_s(1_440_938_160);
    let set = sign(request, &credentials, &Scope { time, region: "us-east-1", service: "s3" });
    let names: Vec<&str> = set.iter().map(|(name, _)| *name).collect();
    let expected = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "authorization"];
    assert_eq!(names, expected);
    assert!(set.iter().all(|(_, value)| !value.contains("secret-key")));
}
