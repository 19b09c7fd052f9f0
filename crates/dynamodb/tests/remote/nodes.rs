//! Several endpoints. Source: ScyllaDB Alternator docs, "Load balancing", for `/localnodes`; the rest inferred.

use std::time::Duration;

use tokio::time::sleep;
use vestibule_dynamodb::CallError;

use crate::fake::{Does, Fake, answer, open};

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_goes_to_another_endpoint() {
    let store = open(&Fake::default(), "http://a:8000,http://b:8000", 0).await.unwrap();
    store.fake.host_does("a:8000", Does::Refuses);
    for _ in 0..4 {
        assert_eq!(store.get().await, answer(200, "{}"));
        assert_eq!(store.fake.hosts(), ["a:8000", "b:8000"]);
    }
    assert_eq!(store.get().await, answer(200, "{}"));
    store.fake.sent();
    // The circuit of the one is open: it is not asked any more, and the store is not cut off.
    assert_eq!(store.get().await, answer(200, "{}"));
    assert_eq!(store.fake.hosts(), ["b:8000"]);
    assert!(!store.tables.health().unwrap().is_cut_off);
}

#[tokio::test(start_paused = true)]
async fn the_nodes_that_a_store_tells_are_asked() {
    let fake = Fake::default();
    fake.tells(r#"["10.0.0.1","10.0.0.2"]"#);
    let store = open(&fake, "http://seed:8043", 0).await.unwrap();
    store.get().await.unwrap();
    assert_eq!(store.fake.hosts(), ["10.0.0.1:8043"]);
    fake.tells(r#"["10.0.0.2"]"#);
    sleep(Duration::from_secs(11)).await;
    store.get().await.unwrap();
    assert_eq!(store.fake.hosts(), ["10.0.0.2:8043"]);
    // None of them answers: the seed is asked.
    store.fake.host_does("10.0.0.2:8043", Does::Refuses);
    let reason = "cannot connect: connection refused".to_owned();
    let endpoint = "http://10.0.0.2:8043".to_owned();
    assert_eq!(store.get().await, Err(CallError::Unreachable { endpoint, reason }));
    assert_eq!(store.get().await, answer(200, "{}"));
    let hosts = store.fake.hosts();
    assert_eq!(hosts.last().map(String::as_str), Some("seed:8043"));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_none_changes_nothing() {
    let fake = Fake::default();
    fake.tells(r#"["10.0.0.1"]"#);
    let store = open(&fake, "http://seed:8043", 0).await.unwrap();
    for no_list in ["[]", "{}", "[1]", "no JSON", r#"["a/b","http://evil","x@y"]"#] {
        fake.tells(no_list);
        sleep(Duration::from_secs(11)).await;
        store.get().await.unwrap();
        assert_eq!(store.fake.hosts(), ["10.0.0.1:8043"], "{no_list}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_looks_after_a_store_that_nobody_holds() {
    let fake = Fake::default();
    fake.tells(r#"["10.0.0.1"]"#);
    let store = open(&fake, "http://seed:8043", 0).await.unwrap();
    assert_eq!(fake.holders(), 3);
    drop(store);
    sleep(Duration::from_secs(11)).await;
    assert_eq!(fake.holders(), 1);
}

#[tokio::test(start_paused = true)]
async fn aws_is_not_asked_for_nodes() {
    let fake = Fake::default();
    fake.tells(r#"["10.0.0.1"]"#);
    let store = open(&fake, "aws", 0).await.unwrap();
    store.get().await.unwrap();
    assert_eq!(store.fake.hosts(), ["dynamodb.us-east-1.amazonaws.com"]);
}
