//! Many readers and writers at once, and what closing waits for.
//!
//! Source of all: inferred (the promises of the crate).

use bytes::Bytes;
use vestibule_dynamodb::{Action, Location, Options};

use crate::fixture::{ITEMS, Store, folder};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_read_sees_every_write_acknowledged_before_it() {
    let store = Store::new().await;
    let mut tasks = Vec::new();
    for writer in 0..8 {
        let tables = store.tables.clone();
        tasks.push(tokio::spawn(async move {
            for round in 0..20 {
                let put = format!(
                    r#"{{"TableName":"items","Item":{{"id":{{"S":"{writer}"}},"category":{{"S":"w{writer}"}},"n":{{"N":"{round}"}}}}}}"#
                );
                assert_eq!(tables.call(Action::PutItem, put.into()).await.unwrap().body, "{}");
                let get = format!(r#"{{"TableName":"items","Key":{{"id":{{"S":"{writer}"}}}}}}"#);
                let item = format!(
                    r#"{{"category":{{"S":"w{writer}"}},"id":{{"S":"{writer}"}},"n":{{"N":"{round}"}}}}"#
                );
                let got = tables.call(Action::GetItem, get.into()).await.unwrap();
                assert_eq!(got.body, format!(r#"{{"Item":{item}}}"#));
                let query = format!(
                    r#"{{"TableName":"items","IndexName":"by-category","KeyConditionExpression":"category = :c","ExpressionAttributeValues":{{":c":{{"S":"w{writer}"}}}}}}"#
                );
                let found = tables.call(Action::Query, query.into()).await.unwrap();
                assert_eq!(found.body, format!(r#"{{"Count":1,"Items":[{item}],"ScannedCount":1}}"#));
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_conditional_puts_of_one_key_one_wins() {
    let store = Store::new().await;
    let tasks: Vec<_> = (0..32)
        .map(|writer| {
            let tables = store.tables.clone();
            let put = format!(
                r#"{{"TableName":"items","Item":{{"id":{{"S":"1"}},"by":{{"N":"{writer}"}}}},"ConditionExpression":"attribute_not_exists(id)"}}"#
            );
            tokio::spawn(async move { tables.call(Action::PutItem, put.into()).await.unwrap() })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += usize::from(task.await.unwrap().is_success());
    }
    assert_eq!(winners, 1);
}

#[tokio::test]
async fn writes_that_nobody_waits_for_any_more_are_done_before_the_store_closes() {
    let folder = folder();
    let options = Options::new(Location::Directory(folder.path().to_owned()));
    let store = Store::open(&options);
    store.tables.ensure_table(ITEMS, None).await.unwrap();
    for id in 0..50 {
        let put = format!(r#"{{"TableName":"items","Item":{{"id":{{"S":"{id}"}}}}}}"#);
        let mut call = Box::pin(store.tables.call(Action::PutItem, Bytes::from(put)));
        // Polled once: the write is submitted. Then its caller goes.
        std::future::poll_fn(|context| {
            let _ = call.as_mut().poll(context);
            std::task::Poll::Ready(())
        })
        .await;
    }
    drop(store);
    let store = Store::open(&options);
    let scan = r#"{"TableName":"items","Select":"COUNT"}"#;
    store.expect(Action::Scan, scan, 200, r#"{"Count":50,"ScannedCount":50}"#).await;
}

#[test]
fn handles_go_where_they_are_needed() {
    fn is_shared<T: Clone + Send + Sync + 'static>() {}
    is_shared::<vestibule_dynamodb::Tables>();
    is_shared::<vestibule_dynamodb::State>();
}
