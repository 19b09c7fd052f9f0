//! Each case step by step: the canonical request, the string to sign, the signature; then the whole of signing at once.

use std::collections::BTreeMap;
use std::path::Path;
use vestibule_sigv4::{
    CanonicalRequest, Credentials, Dialect, Payload, Request, Scope, SignedHeaders, SigningKey,
    Timestamp, sign,
};

#[test]
fn every_case_has_its_canonical_request_string_to_sign_and_signature() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/sign");
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        check(&Case::read(&path));
        names.push(path);
    }
    assert_eq!(names.len(), 43);
}

/// A case as it is written down.
struct Case {
    name: String,
    blocks: BTreeMap<String, String>,
}

impl Case {
    fn read(path: &Path) -> Case {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(text.lines().nth(1).unwrap().starts_with("Source: "), "{name}");
        let pieces = text.split("\n```").skip(1).step_by(2);
        let block = |piece: &str| {
            let (title, text) = piece.split_once('\n').unwrap();
            (title.to_owned(), text.to_owned())
        };
        Case { name, blocks: pieces.map(block).collect() }
    }

    fn block(&self, title: &str) -> &str {
        &self.blocks[title]
    }
}

fn check(case: &Case) {
    let name = &case.name;
    let mut credentials = case.block("credentials").lines().map(str::to_owned);
    let mut next = || credentials.next();
    let credentials = Credentials::new(next().unwrap(), next().unwrap(), next());
    let (at, scope) = case.block("scope").split_once('\n').unwrap();
    let fields: Vec<&str> = scope.split('/').collect();
    let &[_, region, service, "aws4_request"] = fields.as_slice() else { panic!("{name}") };
    let scope = Scope { time: Timestamp::parse(at).unwrap(), region, service };
    assert_eq!(scope.credential_scope(), case.block("scope").lines().nth(1).unwrap(), "{name}");

    let (head, body) =
        case.block("request").split_once("\n\n").unwrap_or((case.block("request"), ""));
    let mut lines = head.lines();
    let line = lines.next().unwrap().strip_suffix(" HTTP/1.1").unwrap();
    let (method, target) = line.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let own: Vec<(&str, &[u8])> = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
    let payload = Payload::Bytes(body.as_bytes());
    let request = Request { method, path, query, headers: &own, payload };

    let added = sign(&request, &credentials, &scope);
    let all: Vec<(&str, &[u8])> = own
        .iter()
        .copied()
        .chain(added.iter().map(|(name, value)| (*name, value.as_bytes())))
        .collect();
    let expected = case.block("canonical request");
    let declared = expected.lines().rev().nth(1).unwrap();
    let signed = SignedHeaders::new(declared.split(';'));
    let dialect = Dialect::of_service(service);
    let canonical = CanonicalRequest::new(&Request { headers: &all, ..request }, &signed, dialect);
    assert_eq!(std::str::from_utf8(canonical.as_bytes()).unwrap(), expected, "{name}");
    let string_to_sign = scope.string_to_sign(&canonical);
    assert_eq!(string_to_sign, case.block("string to sign"), "{name}");
    let signature = SigningKey::derive(&credentials, &scope).sign(&string_to_sign).to_string();
    assert_eq!(signature, case.block("signature"), "{name}");

    let (last, authorization) = added.last().unwrap();
    assert_eq!(*last, "authorization", "{name}");
    let (id, scope) = (credentials.access_key_id(), scope.credential_scope());
    assert_eq!(
        *authorization,
        format!(
            "AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={declared}, Signature={signature}"
        ),
        "{name}"
    );
}
