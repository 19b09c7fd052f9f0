//! The program's own tables in a remote store: made when something is first kept there, refused when they are newer.
//! Source of all: inferred (the rules of the embedded store).

use bytes::Bytes;
use vestibule_dynamodb::{Action, CallError, RemoteError};

use crate::fake::{Does, Fake, NOT_FOUND, Store, open};

const VERSION: &str = r#"{"Item":{"name":{"S":"schema"},"version":{"N":"1"}}}"#;

fn put() -> Bytes {
    Bytes::from_static(br#"{"TableName":"vestibule.meta","Item":{"name":{"S":"x"}}}"#)
}

fn targets(fake: &Fake) -> Vec<String> {
    fake.sent().into_iter().map(|sent| sent.target).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_is_made_at_the_start() {
    let store = Store::one().await;
    assert_eq!(targets(&store.fake), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn the_first_use_makes_the_table_and_stamps_it() {
    let store = Store::one().await;
    // The table is there a while after it was asked for.
    store.fake.does([Does::Answers(200, "{}"), Does::Answers(400, NOT_FOUND)]);
    let fake = store.fake.clone();
    let call = tokio::spawn(async move {
        let state = store.state.clone();
        (state.call(Action::PutItem, put()).await, state.call(Action::PutItem, put()).await, store)
    });
    tokio::task::yield_now().await;
    fake.meta_does(Does::Answers(200, VERSION));
    let (first, second, _store) = call.await.unwrap();
    assert_eq!((first.unwrap().status, second.unwrap().status), (200, 200));
    let sent = fake.sent();
    let targets: Vec<&str> = sent.iter().map(|sent| sent.target.as_str()).collect();
    assert_eq!(targets, ["CreateTable", "PutItem", "PutItem", "PutItem", "PutItem"]);
    let stamp = r##"{"TableName":"vestibule.meta","Item":{"name":{"S":"schema"},"version":{"N":"1"}},"ConditionExpression":"attribute_not_exists(#n)","ExpressionAttributeNames":{"#n":"name"}}"##;
    assert_eq!(sent[2].body, stamp);
}

#[tokio::test(start_paused = true)]
async fn a_store_with_a_version_is_used_as_it_is() {
    let fake = Fake::default();
    fake.meta_does(Does::Answers(200, VERSION));
    let store = open(&fake, "http://db:8000", 0).await.unwrap();
    store.state.call(Action::PutItem, put()).await.unwrap();
    assert_eq!(targets(&fake), ["PutItem"]);
}

#[tokio::test(start_paused = true)]
async fn a_newer_store_is_refused() {
    let fake = Fake::default();
    let newer = r#"{"Item":{"name":{"S":"schema"},"version":{"N":"2"}}}"#;
    fake.meta_does(Does::Answers(200, newer));
    let place = || "http://db:8000".to_owned();
    let error = open(&fake, "http://db:8000", 0).await.err();
    assert_eq!(error, Some(RemoteError::Newer { place: place(), found: 2, known: 1 }));
    // One that becomes newer while this program runs takes nothing from it.
    fake.meta_does(Does::Answers(400, NOT_FOUND));
    let store = open(&fake, "http://db:8000", 0).await.unwrap();
    fake.meta_does(Does::Answers(200, newer));
    let reason = "`vestibule.meta` has schema 2, this program knows up to 1: run a newer version";
    let refused = CallError::Unsound { endpoint: place(), reason: reason.to_owned() };
    assert_eq!(store.state.call(Action::PutItem, put()).await, Err(refused));
    assert_eq!(targets(&fake), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn whoever_may_not_read_own_tables_still_serves_users() {
    let denied = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: x is not authorized"}"#;
    let fake = Fake::default();
    fake.meta_does(Does::Answers(400, denied));
    let store = open(&fake, "aws", 0).await.unwrap();
    assert_eq!(store.get().await.unwrap().0, 200);
    let reason = format!("`vestibule.meta` answered `{denied}`");
    let endpoint = "https://dynamodb.us-east-1.amazonaws.com".to_owned();
    let refused = CallError::Unsound { endpoint, reason };
    assert_eq!(store.state.call(Action::PutItem, put()).await, Err(refused));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_not_there_is_waited_for() {
    let fake = Fake::default();
    fake.meta_does(Does::Refuses);
    let opening = tokio::spawn({
        let fake = fake.clone();
        async move { open(&fake, "http://db:8000", 0).await.map(|_| ()) }
    });
    tokio::time::sleep(std::time::Duration::from_secs(20)).await;
    fake.meta_does(Does::Answers(400, NOT_FOUND));
    assert_eq!(opening.await.unwrap(), Ok(()));
    fake.meta_does(Does::Refuses);
    let begin = tokio::time::Instant::now();
    let error = open(&fake, "http://db:8000", 0).await.err().unwrap();
    assert_eq!(begin.elapsed().as_secs(), 30);
    assert_eq!(
        error.to_string(),
        "the store cannot be used: `http://db:8000` gave no answer: cannot connect: connection refused"
    );
}

/// A store that says that it is one of us has own tables under other names, and users do not see those.
#[tokio::test(start_paused = true)]
async fn another_vestibule_keeps_them_under_other_names() {
    let fake = Fake::default();
    let server = || vec![("server", "Vestibule".to_owned())];
    fake.meta_does(Does::AnswersWith(200, server(), VERSION));
    let store = open(&fake, "http://db:4566", 0).await.unwrap();
    store.state.call(Action::PutItem, put()).await.unwrap();
    let sent = fake.sent();
    assert_eq!(sent[0].body, r#"{"TableName":"guest.vestibule.meta","Item":{"name":{"S":"x"}}}"#);
    fake.does([Does::Answers(200, r#"{"TableNames":["guest.vestibule.meta","items"]}"#)]);
    let listed = store.tables.call(Action::ListTables, Bytes::from_static(b"{}")).await.unwrap();
    assert_eq!(listed.body, r#"{"TableNames":["items"]}"#);
    fake.does([Does::Answers(200, r#"{"TableNames":["guest.vestibule.meta","items"]}"#)]);
    let listed = store.state.call(Action::ListTables, Bytes::from_static(b"{}")).await.unwrap();
    assert_eq!(listed.body, r#"{"TableNames":["vestibule.meta","items"]}"#);
    let get = Bytes::from_static(br#"{"TableName":"guest.vestibule.meta","Key":{}}"#);
    let hidden = store.tables.call(Action::GetItem, get).await.unwrap();
    assert_eq!((hidden.status, hidden.body), (400, Bytes::from(NOT_FOUND)));
    let create = Bytes::from_static(br#"{"TableName":"guest.vestibule.mine"}"#);
    let refused = store.tables.call(Action::CreateTable, create).await.unwrap();
    let body = String::from_utf8(refused.body.to_vec()).unwrap();
    assert!(body.contains("names beginning `guest.vestibule.` are reserved"), "{body}");
    // Only the lists were sent.
    assert_eq!(targets(&fake), ["ListTables", "ListTables"]);
}
