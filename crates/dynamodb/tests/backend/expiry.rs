//! Items whose time to live is over are deleted, and no others.
//!
//! Source: AWS docs, "Using time to live (TTL) in DynamoDB".

use serde_json::Value;
use vestibule_dynamodb::{Action, Expiry, Round};

use crate::fixture::{EVENTS, ITEMS, Store};

const NOW_S: u64 = 1_795_752_000;
const FIVE_YEARS_S: u64 = 157_680_000;

/// A store whose table `items` has its time to live in `ends`, a reserved word's neighbour.
async fn store() -> Store {
    let store = Store::empty();
    store.tables.ensure_table(EVENTS, None).await.unwrap();
    store.tables.ensure_table(ITEMS, Some("ends")).await.unwrap();
    store
}

async fn ids(store: &Store) -> Vec<String> {
    let reply = store.reply(Action::Scan, r#"{"TableName":"items"}"#).await;
    let page: Value = serde_json::from_slice(&reply.body).unwrap();
    let items = page["Items"].as_array().unwrap().iter();
    let mut ids: Vec<String> = items.map(|item| item["id"]["S"].as_str().unwrap().into()).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn only_numbers_of_the_last_five_years_end_an_item() {
    let store = store().await;
    let cases = [
        ("past", r#"{"N":"1795751999"}"#.to_owned()),
        ("now", format!(r#"{{"N":"{NOW_S}"}}"#)),
        ("future", r#"{"N":"1795752001"}"#.to_owned()),
        ("five-years", format!(r#"{{"N":"{}"}}"#, NOW_S - FIVE_YEARS_S)),
        ("older", format!(r#"{{"N":"{}"}}"#, NOW_S - FIVE_YEARS_S - 1)),
        ("text", r#"{"S":"1795751999"}"#.to_owned()),
        ("negative", r#"{"N":"-1"}"#.to_owned()),
        ("list", r#"{"L":[{"N":"1795751999"}]}"#.to_owned()),
        ("milliseconds", r#"{"N":"1795751999000"}"#.to_owned()),
    ];
    for (id, ends) in &cases {
        store
            .put(&format!(r#"{{"id":{{"S":"{id}"}},"category":{{"S":"c"}},"ends":{ends}}}"#))
            .await;
    }
    store.put(r#"{"id":{"S":"none"}}"#).await;
    let event = r#"{"TableName":"events","Item":{"stream":{"S":"s"},"at":{"N":"1"},"ends":{"N":"1795751999"}}}"#;
    store.expect(Action::PutItem, event, 200, "{}").await;

    let round = Expiry::from(store.tables.clone()).round(NOW_S).await.unwrap();
    assert_eq!(round, Round { deleted: 2, is_pass_over: true });
    let left = ["future", "list", "milliseconds", "negative", "none", "now", "older", "text"];
    assert_eq!(ids(&store).await, left);
    let index = r#"{"TableName":"items","IndexName":"by-category","KeyConditionExpression":"category = :c","ExpressionAttributeValues":{":c":{"S":"c"}},"Select":"COUNT"}"#;
    store.expect(Action::Query, index, 200, r#"{"Count":7,"ScannedCount":7}"#).await;
    let events = r#"{"TableName":"events","Select":"COUNT"}"#;
    store.expect(Action::Scan, events, 200, r#"{"Count":1,"ScannedCount":1}"#).await;
}

#[tokio::test]
async fn a_round_is_bounded_and_a_pass_comes_to_its_end() {
    let store = store().await;
    let puts: Vec<String> = (0..2_500)
        .map(|id| {
            let ends = if id % 2 == 0 { NOW_S - 1 } else { NOW_S + 1 };
            format!(
                r#"{{"PutRequest":{{"Item":{{"id":{{"S":"{id:04}"}},"ends":{{"N":"{ends}"}}}}}}}}"#
            )
        })
        .collect();
    for batch in puts.chunks(25) {
        let body = format!(r#"{{"RequestItems":{{"items":[{}]}}}}"#, batch.join(","));
        store.expect(Action::BatchWriteItem, &body, 200, r#"{"UnprocessedItems":{}}"#).await;
    }
    let mut expiry = Expiry::from(store.tables.clone());
    let mut rounds = Vec::new();
    while rounds.last().is_none_or(|round: &Round| !round.is_pass_over) {
        rounds.push(expiry.round(NOW_S).await.unwrap());
    }
    assert_eq!(rounds.len(), 3);
    assert!(rounds.iter().all(|round| round.deleted <= 1_024), "{rounds:?}");
    assert_eq!(rounds.iter().map(|round| round.deleted).sum::<usize>(), 1_250);
    let count = r#"{"TableName":"items","Select":"COUNT"}"#;
    store.expect(Action::Scan, count, 200, r#"{"Count":1250,"ScannedCount":1250}"#).await;
    let round = expiry.round(NOW_S + 2).await.unwrap();
    assert_eq!(round.deleted, 1_024);
}

#[tokio::test]
async fn a_time_to_live_in_the_sort_key_ends_items_too() {
    let store = Store::empty();
    store.tables.ensure_table(EVENTS, Some("at")).await.unwrap();
    for at in [NOW_S - 1, NOW_S + 1] {
        let put = format!(
            r#"{{"TableName":"events","Item":{{"stream":{{"S":"s"}},"at":{{"N":"{at}"}}}}}}"#
        );
        store.expect(Action::PutItem, &put, 200, "{}").await;
    }
    let round = Expiry::from(store.tables.clone()).round(NOW_S).await.unwrap();
    assert_eq!(round, Round { deleted: 1, is_pass_over: true });
    let count = r#"{"TableName":"events","Select":"COUNT"}"#;
    store.expect(Action::Scan, count, 200, r#"{"Count":1,"ScannedCount":1}"#).await;
}

#[tokio::test]
async fn a_store_without_times_has_nothing_to_do() {
    let store = Store::new().await;
    let round = Expiry::from(store.tables.clone()).round(NOW_S).await.unwrap();
    assert_eq!(round, Round { deleted: 0, is_pass_over: true });
}

#[tokio::test]
async fn the_programs_own_items_end_too() {
    let store = Store::empty();
    let create = EVENTS.replace("\"events\"", "\"vestibule.events\"");
    assert!(store.state_reply(Action::CreateTable, &create).await.is_success());
    let timed = r#"{"TableName":"vestibule.events","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"at"}}"#;
    assert!(store.state_reply(Action::UpdateTimeToLive, timed).await.is_success());
    let put =
        r#"{"TableName":"vestibule.events","Item":{"stream":{"S":"s"},"at":{"N":"1795751999"}}}"#;
    assert_eq!(store.state_reply(Action::PutItem, put).await.body, "{}");
    let round = Expiry::from(store.state.clone()).round(NOW_S).await.unwrap();
    assert_eq!(round, Round { deleted: 1, is_pass_over: true });
}
