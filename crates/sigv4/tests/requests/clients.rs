//! Requests that AWS's own clients signed, and their tampered twins. Source: oracle (`tests/clients`).

use crate::admission::{AccessKey, Received, Service};
use serde_json::Value;
use std::path::Path;
use vestibule_sigv4::{Refusal, Timestamp};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

#[test]
fn botocores_requests_have_their_answers() {
    check_all("botocore.jsonl", "20260102T030405Z", 110);
}

#[test]
fn requests_of_the_sdk_for_javascript_have_their_answers() {
    check_all("javascript.jsonl", "20260102T030405Z", 98);
}

/// Each was sent at a time of its own.
#[test]
fn curls_requests_have_their_answers() {
    check_all("curl.jsonl", "", 11);
}

#[test]
fn requests_of_awss_test_suite_have_their_answers() {
    check_all("aws_suite.jsonl", "20150830T123600Z", 76);
}

fn check_all(file: &str, now: &str, count: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(text.lines().count(), count);
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let now = case["now"].as_str().unwrap_or(now);
        check(&case, Timestamp::parse(now).unwrap());
    }
}

fn check(case: &Value, now: Timestamp) {
    let name = &case["name"];
    let received = received(case);
    let mut service = Service::new("us-east-1", case["service"].as_str().unwrap(), now);
    let session_token = case["session_token"].as_str().map(str::to_owned);
    service.access_keys = vec![
        access_key("AKIDEXAMPLE", session_token),
        access_key("ASIAEXAMPLE", Some("TOKEN/abc+def==".to_owned())),
    ];
    let answer = match service.admit(&received) {
        Ok(access_key_id) => {
            assert!(access_key_id.is_some(), "{name}");
            check_tampered(&service, &received, name);
            "admitted".to_owned()
        }
        Err(Refusal::Mismatch(_)) => {
            service.hint(&received).map_or(String::new(), |hint| hint.to_string())
        }
        Err(refusal) => refusal.to_string(),
    };
    assert_eq!(answer, case["answer"].as_str().unwrap(), "{name}");
}

/// A request of which something signed is changed is refused for its signature.
fn check_tampered(service: &Service, received: &Received, name: &Value) {
    let refused = |what: &str, tampered: &Received| {
        let answer = service.admit(tampered);
        assert!(matches!(answer, Err(Refusal::Mismatch(_))), "{name}, {what}: {answer:?}");
    };
    refused("method", &Received { method: "OPTIONS".to_owned(), ..received.clone() });
    let (path, query) = received.target.split_once('?').unwrap_or((&received.target, ""));
    refused("path", &Received { target: format!("{path}x?{query}"), ..received.clone() });
    refused("query", &Received { target: format!("{path}?{query}&x=2"), ..received.clone() });
    let body = [received.body.as_slice(), b" "].concat();
    refused("body", &Received { body, ..received.clone() });
    let signed = signed_headers(received);
    for (at, (header, value)) in received.headers.iter().enumerate() {
        let header = header.to_ascii_lowercase();
        // A date that is tampered with is not even read.
        if signed.contains(&header) && !["date", "x-amz-date"].contains(&header.as_str()) {
            let mut tampered = received.clone();
            tampered.headers[at].1 = [value.as_slice(), b"x"].concat();
            refused(&header, &tampered);
        }
    }
}

fn signed_headers(received: &Received) -> Vec<String> {
    received.with(|request| {
        let presented = vestibule_sigv4::Presented::find(request).unwrap().unwrap();
        presented.signed_headers().to_string().split(';').map(str::to_owned).collect()
    })
}

fn access_key(id: &str, session_token: Option<String>) -> AccessKey {
    AccessKey { id: id.to_owned(), secret: SECRET.to_owned(), session_token }
}

fn received(case: &Value) -> Received {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let header = |pair: &Value| (text(&pair[0]), text(&pair[1]).into_bytes());
    Received {
        method: text(&case["method"]),
        target: text(&case["target"]),
        headers: case["headers"].as_array().unwrap().iter().map(header).collect(),
        body: text(&case["body"]).into_bytes(),
    }
}
