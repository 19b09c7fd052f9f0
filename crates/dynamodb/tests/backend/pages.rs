//! Query and Scan without a limit: pages of at most 1 MB that join up.
//!
//! Source: AWS docs: "Paginating table query results" (1 MB a page); where exactly a page ends
//! is inferred.

use serde_json::Value;
use vestibule_dynamodb::Action;

use crate::fixture::Store;

/// Puts `count` items of the stream `s` with a text of `bytes` bytes each.
async fn fill(store: &Store, count: usize, bytes: usize) {
    let text = "x".repeat(bytes);
    let requests: Vec<String> = (0..count)
        .map(|at| {
            format!(
                r#"{{"PutRequest":{{"Item":{{"stream":{{"S":"s"}},"at":{{"N":"{at}"}},"odd":{{"BOOL":{}}},"text":{{"S":"{text}"}}}}}}}}"#,
                at % 2 == 1
            )
        })
        .collect();
    for batch in requests.chunks(25) {
        let body = format!(r#"{{"RequestItems":{{"events":[{}]}}}}"#, batch.join(","));
        store.expect(Action::BatchWriteItem, &body, 200, r#"{"UnprocessedItems":{}}"#).await;
    }
}

/// Follows the pages of a request (with a `@` where the start key goes) to their end; returns
/// each page's count, scanned count and bytes, and the sort keys of all items.
async fn follow(
    store: &Store,
    action: Action,
    request: &str,
) -> (Vec<(u64, u64, usize)>, Vec<String>) {
    let (mut pages, mut keys, mut from) = (Vec::new(), Vec::new(), String::new());
    loop {
        let reply = store.reply(action, &request.replace('@', &from)).await;
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        let page: Value = serde_json::from_slice(&reply.body).unwrap();
        let number = |name: &str| page[name].as_u64().unwrap();
        pages.push((number("Count"), number("ScannedCount"), reply.body.len()));
        for item in page["Items"].as_array().into_iter().flatten() {
            keys.push(item["at"]["N"].as_str().unwrap().to_owned());
        }
        let Some(last) = page.get("LastEvaluatedKey") else { return (pages, keys) };
        from = format!(r#","ExclusiveStartKey":{last}"#);
    }
}

fn numbers(count: usize, step: usize) -> Vec<String> {
    (0..count).skip(step - 1).step_by(step).map(|number| number.to_string()).collect()
}

const QUERY: &str = r##"{"TableName":"events","KeyConditionExpression":"#s = :s",
    "ExpressionAttributeNames":{"#s":"stream"},"ExpressionAttributeValues":{":s":{"S":"s"}}@}"##;

#[tokio::test]
async fn small_items_come_in_one_page_whatever_the_inner_pages() {
    let store = Store::new().await;
    fill(&store, 700, 10).await;
    let (pages, keys) = follow(&store, Action::Query, QUERY).await;
    assert_eq!(pages.iter().map(|page| (page.0, page.1)).collect::<Vec<_>>(), [(700, 700)]);
    assert_eq!(keys, numbers(700, 1));
    let count = QUERY.replace('@', r#","Select":"COUNT""#);
    store.expect(Action::Query, &count, 200, r#"{"Count":700,"ScannedCount":700}"#).await;
    let scan = r#"{"TableName":"events"@}"#;
    let (pages, keys) = follow(&store, Action::Scan, scan).await;
    assert_eq!(pages.iter().map(|page| (page.0, page.1)).collect::<Vec<_>>(), [(700, 700)]);
    assert_eq!(keys, numbers(700, 1));
}

#[tokio::test]
async fn an_exact_multiple_of_the_inner_page_ends_without_a_start_key() {
    let store = Store::new().await;
    fill(&store, 64, 10).await;
    let (pages, keys) = follow(&store, Action::Query, QUERY).await;
    assert_eq!(pages.iter().map(|page| page.0).collect::<Vec<_>>(), [64]);
    assert_eq!(keys, numbers(64, 1));
}

#[tokio::test]
async fn large_items_are_cut_near_1_mb_and_none_is_lost_or_doubled() {
    let store = Store::new().await;
    fill(&store, 150, 20_000).await;
    let (pages, keys) = follow(&store, Action::Query, QUERY).await;
    assert_eq!(keys, numbers(150, 1));
    assert_eq!(pages.iter().map(|page| page.0).collect::<Vec<_>>(), [52, 52, 46]);
    assert!(pages.iter().all(|page| page.2 < 1_200_000), "{pages:?}");
    let filtered = QUERY
        .replace("\"#s\":\"stream\"", "\"#s\":\"stream\",\"#o\":\"odd\"")
        .replace(":s\":{\"S\":\"s\"}", ":s\":{\"S\":\"s\"},\":t\":{\"BOOL\":true}")
        .replace('@', r##","FilterExpression":"#o = :t"@"##);
    let (pages, keys) = follow(&store, Action::Query, &filtered).await;
    assert_eq!(keys, numbers(150, 2));
    assert_eq!(pages.iter().map(|page| page.1).sum::<u64>(), 150);
    assert!(pages.len() >= 3, "{pages:?}");
}

#[tokio::test]
async fn a_page_of_medium_items_fills_up_over_several_inner_pages() {
    let store = Store::new().await;
    fill(&store, 1_000, 2_000).await;
    let (pages, keys) = follow(&store, Action::Query, QUERY).await;
    assert_eq!(keys, numbers(1_000, 1));
    assert!(pages.len() <= 3, "{pages:?}");
    assert!(pages.iter().all(|page| page.2 < 1_200_000), "{pages:?}");
    let (pages, keys) = follow(&store, Action::Scan, r#"{"TableName":"events"@}"#).await;
    assert_eq!(keys, numbers(1_000, 1));
    assert!(pages.len() <= 3, "{pages:?}");
}

#[tokio::test]
async fn a_consumed_capacity_that_is_asked_for_is_the_engines_own() {
    let store = Store::new().await;
    fill(&store, 100, 100).await;
    let query = QUERY.replace('@', r#","Select":"COUNT","ReturnConsumedCapacity":"TOTAL""#);
    let answer = r#"{"ConsumedCapacity":{"CapacityUnits":1.5,"TableName":"events"},"Count":100,"ScannedCount":100}"#;
    store.expect(Action::Query, &query, 200, answer).await;
    let asked_none = QUERY.replace('@', r#","Select":"COUNT","ReturnConsumedCapacity":"NONE""#);
    store.expect(Action::Query, &asked_none, 200, r#"{"Count":100,"ScannedCount":100}"#).await;
}

#[tokio::test]
async fn a_page_is_the_same_with_its_consumed_capacity() {
    let store = Store::new().await;
    fill(&store, 1_000, 2_000).await;
    let asked = QUERY.replace('@', r#","ReturnConsumedCapacity":"TOTAL"@"#);
    let (pages, keys) = follow(&store, Action::Query, &asked).await;
    let (expected, _) = follow(&store, Action::Query, QUERY).await;
    assert_eq!(keys, numbers(1_000, 1));
    let counts = |pages: &[(u64, u64, usize)]| -> Vec<(u64, u64)> {
        pages.iter().map(|page| (page.0, page.1)).collect()
    };
    assert_eq!(counts(&pages), counts(&expected));
    let one = QUERY.replace('@', r#","Select":"COUNT","ReturnConsumedCapacity":"TOTAL""#);
    let reply = store.reply(Action::Query, &one).await;
    let page: Value = serde_json::from_slice(&reply.body).unwrap();
    // AWS: a unit is 8 KB read eventually; an item here is its text and some 30 bytes of names and keys.
    let units = page["ConsumedCapacity"]["CapacityUnits"].as_f64().unwrap();
    assert!((126.0..=131.0).contains(&units), "{units}");
    let scan = r#"{"TableName":"events","ReturnConsumedCapacity":"TOTAL"@}"#;
    let (_, keys) = follow(&store, Action::Scan, scan).await;
    assert_eq!(keys, numbers(1_000, 1));
}

#[tokio::test]
async fn a_large_limit_is_read_in_pages_too_and_holds() {
    let store = Store::new().await;
    fill(&store, 700, 10).await;
    for (limit, pages) in [(300, vec![300, 300, 100]), (700, vec![700, 0]), (5_000, vec![700])] {
        for more in ["", r#","ReturnConsumedCapacity":"TOTAL""#] {
            let query = QUERY.replace('@', &format!(r#","Limit":{limit}{more}@"#));
            let (found, keys) = follow(&store, Action::Query, &query).await;
            assert_eq!(found.iter().map(|page| page.0).collect::<Vec<_>>(), pages, "{query}");
            assert_eq!(keys, numbers(700, 1));
        }
    }
}
