//! What AWS's own signer signed is admitted, and with one byte changed refused. Source: oracle (aws-sigv4).

use crate::admission::{AccessKey, Received, Service};
use crate::oracle::{Case, HOST, ID, REGION, SECRET, added, case};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::sample::Index;
use vestibule_sigv4::{CanonicalRequest, Dialect, Presented, Refusal, SignedHeaders, Timestamp};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_awss_signer_signs_is_admitted_and_one_byte_changed_is_refused(
        case in case().prop_map(encoded_again),
        presigned_s in proptest::option::of(1..604_800_u64),
        tamperings in proptest::collection::vec((any::<Index>(), any::<Index>(), 0x20..0x7f_u8), 16),
    ) {
        let (service, received) = (service(&case), received(&case, presigned_s));
        let admitted = service.admit(&received).unwrap();
        prop_assert_eq!(admitted.as_deref(), Some(ID));
        let signed = seen(&received).unwrap();
        for (part, at, byte) in tamperings {
            let tampered = tampered(&received, part, at, byte);
            // Some bytes say the same otherwise, such as the case of an escape.
            if seen(&tampered).as_ref() != Some(&signed) {
                let answer = service.admit(&tampered);
                prop_assert!(!matches!(answer, Ok(Some(_))), "{:?} of {:?}", tampered, received);
            }
        }
    }
}

/// Source: inferred (a reader of the query takes `;` for `&` and `+` for a space, the documented form for what they are encoded).
#[test]
fn what_was_signed_encoded_is_not_sent_as_it_is() {
    let case = Case {
        method: "GET",
        path: "/prod/music".to_owned(),
        query: "q=1%3Badmin%3D1%2B2".to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        service: "execute-api",
        token: None,
        epoch_s: 1_767_323_045,
    };
    let service = service(&case);
    for presigned_s in [None, Some(60)] {
        let signed = received(&case, presigned_s);
        assert_eq!(service.admit(&signed).unwrap().as_deref(), Some(ID));
        for (encoded, sent) in [("%3B", ";"), ("%2B", "+")] {
            let target = signed.target.replacen(encoded, sent, 1);
            let tampered = Received { target, ..signed.clone() };
            let answer = service.admit(&tampered);
            assert!(matches!(answer, Err(Refusal::Mismatch(_))), "{tampered:?}");
            assert_eq!(
                service.hint(&tampered).unwrap().to_string(),
                "the client signed a `+` or `;` of the query as part of a value, and it was sent as it is: `+` reads as a space and \
                 `;` ends a parameter, so they have to be sent as `%2B` and `%3B`"
            );
        }
    }
}

/// The path of S3 is signed as that signer writes it anew, and a `;` of a query is for that signer always part of a value: neither is
/// what was asked for here.
fn encoded_again(case: Case) -> Case {
    let service = if case.service == "s3" { "execute-api" } else { case.service };
    let query = case.query.replace(';', "%3B");
    Case { service, query, ..case }
}

fn service(case: &Case) -> Service {
    let mut service = Service::new(REGION, case.service, Timestamp::from_epoch_s(case.epoch_s));
    let session_token = case.token.clone();
    let access_key = AccessKey { id: ID.to_owned(), secret: SECRET.to_owned(), session_token };
    service.access_keys = vec![access_key];
    service
}

/// The request with what AWS's signer adds.
fn received(case: &Case, presigned_s: Option<u64>) -> Received {
    let mut headers = vec![("Host".to_owned(), HOST.to_owned())];
    headers.extend(case.headers.iter().cloned());
    let mut query = case.query.clone();
    let added = added(case, presigned_s);
    if presigned_s.is_some() {
        for (name, value) in added {
            query += &format!("&{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC));
        }
    } else {
        headers.extend(added);
    }
    Received {
        method: case.method.to_owned(),
        target: format!("{}?{query}", case.path),
        headers: headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect(),
        body: case.body.clone(),
    }
}

/// What a verifier sees of a request: what it presents, and what is signed of it.
fn seen(received: &Received) -> Option<[Vec<u8>; 3]> {
    received.with(|request| {
        let presented = Presented::find(request).ok()??;
        let signed = SignedHeaders::new(presented.signed_headers().to_string().split(';'));
        let canonical = CanonicalRequest::new(request, &signed, Dialect::General);
        let signature = presented.signature().as_bytes();
        let other = format!("{presented:?}, {:?}", presented.session_token());
        Some([signature.to_owned(), other.into_bytes(), canonical.as_bytes().to_owned()])
    })
}

/// The request with one byte of a part changed.
fn tampered(received: &Received, part: Index, at: Index, byte: u8) -> Received {
    let mut tampered = received.clone();
    let change = |bytes: &mut [u8]| {
        if !bytes.is_empty() {
            bytes[at.index(bytes.len())] = byte;
        }
    };
    let change_text = |text: &mut String| {
        let mut bytes = std::mem::take(text).into_bytes();
        change(&mut bytes);
        *text = String::from_utf8(bytes).unwrap();
    };
    match part.index(received.headers.len() + 3) {
        0 => change_text(&mut tampered.method),
        1 => change_text(&mut tampered.target),
        2 => change(&mut tampered.body),
        header => change(&mut tampered.headers[header - 3].1),
    }
    tampered
}
