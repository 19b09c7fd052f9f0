//! When a call is made again. Source: AWS SDKs and Tools Reference Guide, "Retry behavior" (standard mode).

use std::time::Duration;

use bytes::Bytes;
use vestibule_dynamodb::{Action, CallError, Place, RemoteOptions};

use crate::fake::{Does, FAILED, Fake, Store, THROTTLED, answer, open, open_with};

#[tokio::test(start_paused = true)]
async fn trouble_is_asked_again_and_the_last_answer_is_the_calls() {
    let store = Store::one().await;
    for trouble in [Does::Answers(400, THROTTLED), Does::Answers(500, FAILED), Does::Refuses] {
        store.fake.does([trouble.clone(), trouble.clone()]);
        assert_eq!(store.get().await, answer(200, "{}"));
        assert_eq!(store.fake.sent().len(), 3);
    }
    store.fake.does([Does::Answers(500, FAILED), Does::Refuses, Does::Answers(400, THROTTLED)]);
    assert_eq!(store.get().await, answer(400, THROTTLED));
    let health = store.tables.health().unwrap();
    assert_eq!(health.retries, 8);
    assert_eq!(health.attempts.answered, 4);
    assert_eq!((health.attempts.throttled, health.attempts.failing), (3, 3));
    assert_eq!((health.attempts.broken, health.attempts.timeout), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_the_request_is_not_asked_again() {
    let store = Store::one().await;
    let refused = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}"#;
    store.fake.does([Does::Answers(400, refused)]);
    assert_eq!(store.get().await, answer(400, refused));
    assert_eq!(store.fake.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn pauses_are_random_up_to_a_time_that_doubles() {
    // The dice show 49,999 µs of at most 50,000, then of at most 100,000.
    let store = open(&Fake::default(), "http://db:8000", 49_999).await.unwrap();
    store.fake.does([Does::Refuses, Does::Refuses]);
    assert_eq!(store.get().await, answer(200, "{}"));
    let at: Vec<Duration> = store.fake.sent().iter().map(|sent| sent.at).collect();
    assert_eq!(at.len(), 3);
    // Timers have a millisecond.
    let pauses = [at[1] - at[0], at[2] - at[1]].map(|pause| pause.as_millis());
    assert_eq!(pauses, [50, 50]);
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_in_its_time_whatever_the_store_does() {
    let store = open(&Fake::default(), "http://db:8000", 300_000).await.unwrap();
    let body = || Bytes::from_static(br#"{"TableName":"items"}"#);
    let begin = tokio::time::Instant::now();
    // A pause that would end too late is not made: the answer that there is comes at once.
    store.fake.does([Does::Answers(400, THROTTLED)]);
    let timeout = Duration::from_millis(250);
    let reply = store.tables.call_within(Action::Scan, body(), timeout).await.unwrap();
    assert_eq!((reply.status, begin.elapsed()), (400, Duration::ZERO));
    store.fake.host_does("db:8000", Does::Hangs);
    let late = store.tables.call_within(Action::Scan, body(), timeout).await;
    assert_eq!((late, begin.elapsed().as_millis()), (Err(CallError::Deadline), 250));
    let begin = tokio::time::Instant::now();
    let late = store.call(Action::Scan, r#"{"TableName":"items"}"#).await;
    assert_eq!((late, begin.elapsed().as_secs()), (Err(CallError::Deadline), 30));
    assert_eq!(store.fake.sent().len(), 2 + 3);
}

#[tokio::test(start_paused = true)]
async fn the_budget_of_all_calls_ends() {
    let store = Store::one().await;
    store.fake.host_does("db:8000", Does::Answers(400, THROTTLED));
    for call in 0..60 {
        assert_eq!(store.get().await, answer(400, THROTTLED));
        let expected = if call < 50 { 3 } else { 1 };
        assert_eq!(store.fake.sent().len(), expected, "call {call}");
    }
    assert_eq!(store.tables.health().unwrap().retry_budget, 0);
    store.fake.host_does("db:8000", Does::Answers(200, "{}"));
    for _ in 0..5 {
        assert_eq!(store.get().await, answer(200, "{}"));
    }
    store.fake.sent();
    store.fake.does([Does::Answers(400, THROTTLED)]);
    assert_eq!(store.get().await, answer(200, "{}"));
    assert_eq!(store.fake.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_settings_say_how_many_attempts_there_are() {
    let options = |attempts| RemoteOptions {
        attempts,
        ..RemoteOptions::new(Place::parse("http://db:8000").unwrap())
    };
    for (attempts, made) in [(0, 1), (1, 1), (5, 5)] {
        let store = open_with(&Fake::default(), options(attempts), 0).await.unwrap();
        store.fake.host_does("db:8000", Does::Answers(500, FAILED));
        assert_eq!(store.get().await, answer(500, FAILED));
        assert_eq!(store.fake.sent().len(), made, "{attempts}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_is_sent_again_has_the_same_token() {
    let store = Store::one().await;
    store.fake.does([Does::Hangs, Does::Breaks]);
    let body = r#"{"TransactItems":[]}"#;
    store.call(Action::TransactWriteItems, body).await.unwrap();
    let bodies: Vec<String> = store.fake.sent().into_iter().map(|sent| sent.body).collect();
    let token = "00000000-0000-4000-8000-000000000000";
    let sent = format!(r#"{{"ClientRequestToken":"{token}","TransactItems":[]}}"#);
    assert_eq!(bodies, [sent.clone(), sent.clone(), sent]);
}
