//! The signature in `Authorization`.

use super::presented::{Date, Fields, Form};
use super::refusal::Refusal;
use crate::request::Request;
use crate::scope::ALGORITHM;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// How names of AWS's algorithms begin: what begins otherwise is no signature of AWS's, such as `Bearer`.
const ALGORITHMS: &str = "AWS4-";

/// Reads `AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`. AWS reads whatever stands there so: a token of
/// another kind is a signature that lacks everything.
pub(super) fn fields(value: &[u8], request: &Request<'_>) -> Result<Fields, Refusal> {
    let header_text = String::from_utf8_lossy(value);
    let (algorithm, parts) = algorithm_and_parts(&header_text);
    if algorithm.starts_with(ALGORITHMS) && algorithm != ALGORITHM {
        return Err(Refusal::UnsupportedAlgorithm { algorithm: algorithm.to_owned() });
    }
    let (mut credential, mut signature, mut signed_headers) = (None, None, None);
    let is_between = |c: char| c == ',' || c.is_ascii_whitespace();
    for part in parts.split(is_between).filter(|part| !part.is_empty()) {
        let Some((name, value_of_part)) = part.split_once('=') else {
            return Err(Refusal::MissingEqualSign { header_sha256: sha256_base64(value) });
        };
        // Of several the last one counts.
        match name {
            "Credential" => credential = Some(value_of_part),
            "Signature" => signature = Some(value_of_part),
            "SignedHeaders" => signed_headers = Some(value_of_part),
            _ => {}
        }
    }
    let text = |name| request.header(name).map(|text| String::from_utf8_lossy(text).into_owned());
    let date = text("x-amz-date").map(Date::Amz).or_else(|| text("date").map(Date::Http));
    let missing = [
        ("'Credential' parameter", credential.is_none()),
        ("'Signature' parameter", signature.is_none()),
        ("'SignedHeaders' parameter", signed_headers.is_none()),
        ("existence of either a 'X-Amz-Date' or a 'Date' header", date.is_none()),
    ];
    let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
        (credential, signature, signed_headers, date)
    else {
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        let missing = missing.map(|(what, _)| what).collect();
        return Err(Refusal::IncompleteHeader { missing, header_sha256: sha256_base64(value) });
    };
    if algorithm != ALGORITHM {
        return Err(Refusal::UnsupportedAlgorithm { algorithm: algorithm.to_owned() });
    }
    Ok(Fields {
        form: Form::Header,
        credential: credential.to_owned(),
        signed_headers: signed_headers.to_owned(),
        signature: signature.to_owned(),
        date,
        expires: None,
        session_token: text("x-amz-security-token").map(Zeroizing::new),
    })
}

/// The first word and what follows it. A lone word that names no algorithm, such as a token without `Bearer`, is a part.
fn algorithm_and_parts(header: &str) -> (&str, &str) {
    match header.split_once(|c: char| c.is_ascii_whitespace()) {
        Some(split) => split,
        None if header.starts_with(ALGORITHMS) => (header, ""),
        None => ("", header),
    }
}

/// AWS says which header it could not read by its hash, as a secret may stand there.
fn sha256_base64(value: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(value))
}
