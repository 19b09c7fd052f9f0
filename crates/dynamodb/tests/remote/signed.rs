//! What is signed, as whom, and at which time.

use vestibule_dynamodb::{Action, RemoteError};
use vestibule_sigv4::{Credentials, FixedCredentials, Signer};

use crate::fake::{Does, Fake, Store, answer, open};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;

const SKEWED: &str = r#"{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature expired: 20261127T040000Z is now earlier than 20261127T044500Z (20261127T050000Z - 15 min.)"}"#;

/// What is told of it.
const NOT_TAKEN: &str = r#"{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"the store does not take the signature: check the access key, the secret access key, the region and the clock of the gateway"}"#;

fn skewed(date: &str) -> Does {
    Does::AnswersWith(400, vec![("date", date.to_owned())], SKEWED)
}

fn header(sent: &crate::fake::Sent, name: &str) -> String {
    sent.headers[name].to_str().unwrap().to_owned()
}

// Source: the signature is what aws4 1.13.2 (npm) makes of the same request.
#[tokio::test(start_paused = true)]
async fn a_request_is_signed_for_its_region() {
    let store = open(&Fake::default(), "aws", 0).await.unwrap();
    store.get().await.unwrap();
    let [sent] = <[_; 1]>::try_from(store.fake.sent()).unwrap();
    assert_eq!(sent.host, "dynamodb.us-east-1.amazonaws.com");
    assert_eq!(header(&sent, "x-amz-date"), "20261127T040000Z");
    assert_eq!(header(&sent, "content-type"), "application/x-amz-json-1.0");
    assert_eq!(header(&sent, "accept-encoding"), "identity");
    let signed = "AWS4-HMAC-SHA256 Credential=AKID/20261127/us-east-1/dynamodb/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=";
    let authorization = header(&sent, "authorization");
    assert_eq!(
        authorization.strip_prefix(signed),
        Some("95d43a4b8216a71e3d11d254d75f9b3d30a63d0523df4d1dc11122ecc12034da")
    );
}

// Source: AWS docs, "Amazon DynamoDB endpoints" and DynamoDB Streams API Reference: a host and a
// target of its own, the same service in the scope. What has one host for both knows them by the
// target.
#[tokio::test(start_paused = true)]
async fn streams_are_a_service_of_their_own() {
    let aws = [
        ("aws", "streams.dynamodb.us-east-1.amazonaws.com"),
        ("https://dynamodb.us-east-1.amazonaws.com", "streams.dynamodb.us-east-1.amazonaws.com"),
        (
            "https://vpce-1.dynamodb.us-east-1.vpce.amazonaws.com",
            "vpce-1.dynamodb.us-east-1.vpce.amazonaws.com",
        ),
        ("http://dynamodb.internal:8000", "dynamodb.internal:8000"),
    ];
    for (place, host) in aws {
        let store = open(&Fake::default(), place, 0).await.unwrap();
        store.tables.call(Action::ListStreams, Bytes::from_static(b"{}")).await.unwrap();
        store.get().await.unwrap();
        let [streams, items] = <[_; 2]>::try_from(store.fake.sent()).unwrap();
        assert_eq!(
            (streams.host.as_str(), streams.target.as_str()),
            (host, "DynamoDBStreams_20120810.ListStreams")
        );
        assert!(header(&streams, "authorization").contains("/us-east-1/dynamodb/aws4_request, "));
        let plain = host.strip_prefix("streams.").unwrap_or(host);
        assert_eq!((items.host.as_str(), items.target.as_str()), (plain, "GetItem"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_wrong_is_corrected_for_all_that_follows() {
    let store = Store::one().await;
    store.fake.does([skewed("Fri, 27 Nov 2026 05:00:00 GMT")]);
    assert_eq!(store.get().await, answer(200, "{}"));
    assert_eq!(store.get().await, answer(200, "{}"));
    let dates: Vec<String> =
        store.fake.sent().iter().map(|sent| header(sent, "x-amz-date")).collect();
    assert_eq!(dates, ["20261127T040000Z", "20261127T050000Z", "20261127T050000Z"]);
}

#[tokio::test(start_paused = true)]
async fn a_signature_that_is_wrong_for_another_reason_is_not_sent_again() {
    let store = Store::one().await;
    store.fake.does([skewed("Fri, 27 Nov 2026 04:03:59 GMT")]);
    assert_eq!(store.get().await, answer(400, NOT_TAKEN));
    assert_eq!(store.fake.sent().len(), 1);
    // A clock that jumps is followed once a call.
    store.fake.host_does("db:8000", skewed("Fri, 27 Nov 2026 05:00:00 GMT"));
    assert_eq!(store.get().await, answer(400, NOT_TAKEN));
    assert_eq!(store.fake.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_role_signs_its_own_calls() {
    let store = open(&Fake::default(), "aws", 0).await.unwrap();
    let token = Some("TOKEN".to_owned());
    let role = Credentials::new("ASIA".to_owned(), "other".to_owned(), token);
    let role = Arc::new(FixedCredentials::new(role));
    let signer = Signer::new(role, "us-east-1".to_owned(), "dynamodb".to_owned());
    let body = Bytes::from_static(b"{}");
    let call = store.tables.call_as(&signer, Action::GetItem, body, Duration::from_secs(1));
    call.await.unwrap();
    let sent = store.fake.sent();
    assert!(header(&sent[0], "authorization").contains("Credential=ASIA/"));
    assert_eq!(header(&sent[0], "x-amz-security-token"), "TOKEN");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_know_who_signs_is_not_opened() {
    let fake = Fake::default();
    fake.meta_does(Does::Answers(
        400,
        r#"{"__type":"com.amazon.coral.service#UnrecognizedClientException","message":"The security token included in the request is invalid."}"#,
    ));
    let error = open(&fake, "aws", 0).await.err();
    let message =
        "UnrecognizedClientException: The security token included in the request is invalid.";
    let refused = RemoteError::Refused { place: "aws".to_owned(), message: message.to_owned() };
    assert_eq!(error, Some(refused));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_take_the_signature_is_not_opened_and_not_quoted() {
    let fake = Fake::default();
    fake.meta_does(Does::Answers(
        400,
        r#"{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"The Canonical String for this request should have been\n'POST\nx-amz-security-token:TOKEN'"}"#,
    ));
    let error = open(&fake, "aws", 0).await.err().unwrap().to_string();
    let told = "the store `aws` refuses what is signed: InvalidSignatureException: the store does not take the signature: check the access key, the secret access key, the region and the clock of the gateway";
    assert_eq!(error, told);
}
