//! Stores that are dead, slow, damaged or no stores. Source of all: inferred.

use vestibule_dynamodb::{Action, CallError, Reply};

use crate::fake::{Does, Fake, Store, answer, open};

fn unsound(reason: &str) -> CallError {
    CallError::Unsound { endpoint: "http://db:8000".to_owned(), reason: reason.to_owned() }
}

fn unreachable(reason: &str) -> CallError {
    CallError::Unreachable { endpoint: "http://db:8000".to_owned(), reason: reason.to_owned() }
}

/// What comes of a call when the store always does so, and how often it was asked.
async fn called(does: Does) -> (Result<(u16, String), CallError>, usize) {
    let store = Store::one().await;
    store.fake.host_does("db:8000", does);
    (store.get().await, store.fake.sent().len())
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_not_there() {
    let error = Err(unreachable("cannot connect: connection refused"));
    assert_eq!(called(Does::Refuses).await, (error, 3));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs() {
    assert_eq!(called(Does::Hangs).await, (Err(CallError::Deadline), 3));
    assert_eq!(called(Does::HangsInBody).await, (Err(CallError::Deadline), 2));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_closes_in_the_middle() {
    let error = unreachable("the answer broke off: the connection was closed");
    assert_eq!(called(Does::Breaks).await, (Err(error), 3));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_end_is_not_asked_for_again() {
    let error = CallError::TooLarge { bytes_max: 32 * 1024 * 1024 };
    assert_eq!(called(Does::Streams).await, (Err(error), 1));
}

#[tokio::test(start_paused = true)]
async fn what_answers_is_no_store() {
    let html = vec![("content-type", "text/html; charset=utf-8".to_owned())];
    let error = unsound("it answered 200 with `text/html; charset=utf-8` and no object of JSON");
    assert_eq!(called(Does::AnswersWith(200, html.clone(), "<html>")).await, (Err(error), 3));
    let error = unsound("it answered 503 with `text/html; charset=utf-8` and no object of JSON");
    assert_eq!(called(Does::AnswersWith(503, html, "<html>")).await, (Err(error), 3));
}

/// Source: AWS docs (API_TagResource: "an HTTP 200 response with an empty HTTP body").
#[tokio::test(start_paused = true)]
async fn an_action_that_is_done_may_have_nothing_to_say() {
    assert_eq!(called(Does::Answers(200, "")).await, (answer(200, ""), 1));
    let error = unsound("it answered 500 with `no content type` and no object of JSON");
    assert_eq!(called(Does::Answers(500, "")).await, (Err(error), 3));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_something_on_the_way_refuses_is_not_sent_again() {
    let store = Store::one().await;
    let html = vec![("content-type", "text/html".to_owned())];
    store.fake.host_does("db:8000", Does::AnswersWith(413, html, "<html>"));
    let error = unsound("it answered 413 with `text/html` and no object of JSON");
    for _ in 0..20 {
        assert_eq!(store.get().await, Err(error.clone()));
        assert_eq!(store.fake.sent().len(), 1);
    }
    assert_eq!(store.tables.health().unwrap().circuit_openings, 0);
    let error = unsound("it answered 307 with `no content type` and no object of JSON");
    assert_eq!(called(Does::Answers(307, "<html>")).await, (Err(error), 3));
}

#[tokio::test(start_paused = true)]
async fn a_damaged_answer_is_asked_for_again() {
    let crc = |crc: &str| vec![("x-amz-crc32", crc.to_owned())];
    let error = unsound("the checksum of its body is 2745614147, its header says `7`");
    assert_eq!(called(Does::AnswersWith(200, crc("7"), "{}")).await, (Err(error), 3));
    let store = Store::one().await;
    store.fake.does([Does::AnswersWith(200, crc("7"), "{}")]);
    store.fake.does([Does::AnswersWith(200, crc("2745614147"), "{}")]);
    assert_eq!(store.get().await, answer(200, "{}"));
}

// Source: AWS's words for a wrong signature, with a request and a token that are made up.
#[tokio::test(start_paused = true)]
async fn a_signature_that_is_not_taken_is_not_shown() {
    const REPEATED: &str = r#"{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"The request signature we calculated does not match the signature you provided. The Canonical String for this request should have been\n'POST\n/\n\nhost:db:8000\nx-amz-security-token:TOKEN\n'"}"#;
    const SHOWN: &str = r#"{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"the store does not take the signature: check the access key, the secret access key, the region and the clock of the gateway"}"#;
    let store = Store::one().await;
    let checksum = vec![("x-amz-crc32", crc32fast::hash(REPEATED.as_bytes()).to_string())];
    store.fake.host_does("db:8000", Does::AnswersWith(400, checksum, REPEATED));
    let reply = store.call(Action::GetItem, "{}").await.unwrap();
    assert_eq!((reply.status, reply.body.as_ref()), (400, SHOWN.as_bytes()));
    assert!(reply.headers.is_empty());
    assert_eq!(store.fake.sent().len(), 1);
    for (asked, name) in [
        (r#"{"__type":"IncompleteSignature","message":"TOKEN"}"#, "IncompleteSignature"),
        (r#"{"__type":"a\u0023IncompleteSignatureException"}"#, "IncompleteSignatureException"),
        (r#"{"__type":"SignatureDoesNotMatch","Message":"TOKEN"}"#, "SignatureDoesNotMatch"),
    ] {
        let (reply, _) = called(Does::Answers(403, asked)).await;
        let (status, body) = reply.unwrap();
        assert!(
            status == 403
                && body.contains(&format!(r#"{name}","message":"the store does not take"#))
        );
        assert!(!body.contains("TOKEN"));
    }
    let other = r#"{"__type":"AccessDeniedException","message":"TOKEN"}"#;
    assert_eq!(called(Does::Answers(400, other)).await, (answer(400, other), 1));
}

#[tokio::test(start_paused = true)]
async fn status_headers_and_body_are_the_stores() {
    let store = Store::one().await;
    let headers = [
        ("x-amzn-requestid", "4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG"),
        ("x-amz-crc32", "2745614147"),
        ("content-type", "application/x-amz-json-1.0"),
        ("date", "Fri, 27 Nov 2026 04:00:00 GMT"),
        ("content-length", "2"),
        ("connection", "keep-alive"),
    ];
    let headers = headers.map(|(name, value)| (name, value.to_owned()));
    store.fake.does([Does::AnswersWith(200, headers.to_vec(), "{}")]);
    let Reply { status, headers, body } = store.call(Action::PutItem, "{}").await.unwrap();
    assert_eq!((status, body.as_ref()), (200, &b"{}"[..]));
    let names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["x-amzn-requestid", "x-amz-crc32", "content-type", "date"]);
}

#[tokio::test(start_paused = true)]
async fn own_tables_are_not_asked_for() {
    let store = open(&Fake::default(), "http://db:8000", 0).await.unwrap();
    let reply = store.call(Action::Scan, r#"{"TableName":"vestibule.meta"}"#).await.unwrap();
    assert_eq!(reply.status, 400);
    assert!(store.fake.sent().is_empty());
}
