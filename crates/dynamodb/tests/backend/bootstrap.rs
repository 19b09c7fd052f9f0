//! Tables of definitions and seed documents.
//!
//! Source of all: inferred (the program's own rules); DynamoDB's words where they are quoted.

use vestibule_dynamodb::{
    Action, EnsureError, Ensured, Location, Options, SeedError, SeedProgress, Seeded, seed,
};

use crate::fixture::{EVENTS, ITEMS, Store, folder};

#[tokio::test]
async fn a_table_is_created_once() {
    let store = Store::empty();
    assert_eq!(store.tables.ensure_table(ITEMS, None).await, Ok(Ensured::Created));
    assert_eq!(store.tables.ensure_table(ITEMS, None).await, Ok(Ensured::Existing));
}

#[tokio::test]
async fn a_table_that_is_there_or_is_refused_makes_no_transaction_forgotten() {
    let store = Store::new().await;
    let add = r#"{"ClientRequestToken":"t","TransactItems":[{"Update":{"TableName":"items","Key":{"id":{"S":"1"}},"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1"}}}}]}"#;
    store.expect(Action::TransactWriteItems, add, 200, "{}").await;
    let existing = store.tables.ensure_table(ITEMS, None).await;
    assert_eq!(existing, Ok(Ensured::Existing));
    let missing = store.reply(Action::DeleteTable, r#"{"TableName":"missing"}"#).await;
    assert_eq!(missing.status, 400);
    store.expect(Action::TransactWriteItems, add, 200, "{}").await;
    let get = r#"{"TableName":"items","Key":{"id":{"S":"1"}}}"#;
    store.expect(Action::GetItem, get, 200, r#"{"Item":{"id":{"S":"1"},"n":{"N":"1"}}}"#).await;
}

#[tokio::test]
async fn time_to_live_is_turned_on_once() {
    let store = Store::empty();
    assert_eq!(store.tables.ensure_table(ITEMS, Some("expires")).await, Ok(Ensured::Created));
    assert_eq!(store.tables.ensure_table(ITEMS, Some("expires")).await, Ok(Ensured::Existing));
    let described =
        r#"{"TimeToLiveDescription":{"AttributeName":"expires","TimeToLiveStatus":"ENABLED"}}"#;
    store.expect(Action::DescribeTimeToLive, r#"{"TableName":"items"}"#, 200, described).await;
}

#[tokio::test]
async fn a_table_with_other_keys_or_indexes_is_named_and_left_alone() {
    let store = Store::new().await;
    let other = ITEMS
        .replace(
            r#"{"AttributeName":"id","AttributeType":"S"}"#,
            r#"{"AttributeName":"id","AttributeType":"N"}"#,
        )
        .replace("by-category", "by-kind");
    assert_eq!(
        store.tables.ensure_table(&other, None).await,
        Ok(Ensured::Different {
            difference: "KeySchema: `id` HASH N here, `id` HASH S in the store; \
                GlobalSecondaryIndexes: `by-kind` (`category` HASH S, `id` RANGE N, ALL) here, \
                `by-category` (`category` HASH S, `id` RANGE S, ALL) in the store"
                .to_owned()
        })
    );
    assert_eq!(store.tables.ensure_table(ITEMS, None).await, Ok(Ensured::Existing));
}

#[tokio::test]
async fn a_refused_definition_says_why() {
    let store = Store::empty();
    let reserved = ITEMS.replace("\"items\"", "\"vestibule.items\"");
    assert_eq!(
        store.tables.ensure_table(&reserved, None).await.unwrap_err().to_string(),
        "CreateTable refuses table `vestibule.items`: TableName `vestibule.items` is refused: \
         names beginning `vestibule.` are reserved"
    );
    let broken = store.tables.ensure_table("{", None).await.unwrap_err();
    assert!(matches!(broken, EnsureError::NotJson { .. }), "{broken}");
    let list = store.tables.ensure_table("[]", None).await.unwrap_err();
    assert_eq!(list.to_string(), "the table definition is not a JSON object: another kind of JSON");
}

fn document(items: usize) -> String {
    let requests: Vec<String> = (0..items)
        .map(|id| {
            format!(
                r#"{{"PutRequest":{{"Item":{{"id":{{"S":"{id:03}"}},"category":{{"S":"c"}}}}}}}}"#
            )
        })
        .collect();
    format!(r#"{{"items":[{}]}}"#, requests.join(","))
}

async fn count(store: &Store) -> u64 {
    let reply = store.reply(Action::Scan, r#"{"TableName":"items","Select":"COUNT"}"#).await;
    let counted: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    counted["Count"].as_u64().unwrap()
}

#[tokio::test]
async fn a_seed_is_loaded_once_and_told_in_batches() {
    let folder = folder();
    let options = Options::new(Location::Directory(folder.path().to_owned()));
    let store = Store::open(&options);
    store.tables.ensure_table(ITEMS, None).await.unwrap();
    let document = document(60);
    let mut told = Vec::new();
    let seeded = seed(&store.tables, &store.state, document.as_bytes(), |at| told.push(at)).await;
    assert_eq!(seeded, Ok(Seeded::Loaded { items: 60 }));
    let at = |done| SeedProgress { done, total: 60 };
    assert_eq!(told, [at(25), at(50), at(60)]);
    assert_eq!(count(&store).await, 60);
    let delete = r#"{"TableName":"items","Key":{"id":{"S":"000"}}}"#;
    store.expect(Action::DeleteItem, delete, 200, "{}").await;
    drop(store);
    let store = Store::open(&options);
    let seeded = seed(&store.tables, &store.state, document.as_bytes(), |_| {}).await;
    assert_eq!(seeded, Ok(Seeded::AlreadyLoaded));
    assert_eq!(count(&store).await, 59);
    let changed = format!("{document}\n");
    let seeded = seed(&store.tables, &store.state, changed.as_bytes(), |_| {}).await;
    assert_eq!(seeded, Ok(Seeded::Loaded { items: 60 }));
    assert_eq!(count(&store).await, 60);
}

#[tokio::test]
async fn a_seed_may_be_wrapped_and_name_several_tables() {
    let store = Store::new().await;
    let document = r#"{"RequestItems":{
        "items":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}],
        "events":[{"PutRequest":{"Item":{"stream":{"S":"s"},"at":{"N":"1"}}}}]}}"#;
    let seeded = seed(&store.tables, &store.state, document.as_bytes(), |_| {}).await;
    assert_eq!(seeded, Ok(Seeded::Loaded { items: 2 }));
    let get = r#"{"TableName":"events","Key":{"stream":{"S":"s"},"at":{"N":"1"}}}"#;
    let item = r#"{"Item":{"at":{"N":"1"},"stream":{"S":"s"}}}"#;
    store.expect(Action::GetItem, get, 200, item).await;
}

#[tokio::test]
async fn every_fault_of_a_seed_is_found_before_the_first_write() {
    let store = Store::new().await;
    let document = r#"{
        "items":[
            {"PutRequest":{"Item":{"id":{"S":"1"}}}},
            {"PutRequest":{"Item":{"name":{"S":"no key"}}}},
            {"PutRequest":{"Item":{"id":{"N":"1"}}}},
            {"PutRequest":{"Item":{"id":{"S":""}}}},
            {"DeleteRequest":{"Key":{"id":{"S":"1"}}}},
            {"PutRequest":{"Item":{"id":{"S":"1"},"other":{"S":"x"}}}},
            {"PutRequest":{"Item":{"id":{"S":"2"},"category":{"N":"1"}}}},
            {"PutRequest":{"Item":{"id":{"S":"3"},"n":{"N":1}}}},
            {"PutRequest":{"Item":{"id":{"S":"4"},"n":{"N":"abc"}}}},
            {"PutRequest":{"Item":{"id":{"S":"5"},"n":{}}}},
            "text"],
        "nope":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}],
        "events":{}}"#;
    let refused = seed(&store.tables, &store.state, document.as_bytes(), |_| {}).await.unwrap_err();
    let findings = [
        "table `items`, request 1: the key attribute `id` is missing",
        "table `items`, request 2: the key attribute `id` must have type S",
        "table `items`, request 3: the key attribute `id` is empty",
        "table `items`, request 4: it must be `{\"PutRequest\": {\"Item\": {...}}}`",
        "table `items`, request 5: the same key as request 0",
        "table `items`, request 6: the key attribute `category` must have type S",
        "table `items`, request 7: NUMBER_VALUE cannot be converted to String",
        "table `items`, request 8: The parameter cannot be converted to a numeric value: abc",
        "table `items`, request 9: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        "table `items`, request 10: it must be `{\"PutRequest\": {\"Item\": {...}}}`",
        "table `nope`: Requested resource not found: Table: nope not found",
        "table `events`: its value must be an array of requests",
    ];
    assert_eq!(refused, SeedError::Refused { findings: findings.map(str::to_owned).to_vec() });
    assert_eq!(count(&store).await, 0);
}

#[tokio::test]
async fn a_long_list_of_faults_is_cut_and_counted() {
    let store = Store::new().await;
    let document = format!(r#"{{"items":[{}]}}"#, vec!["7"; 60].join(","));
    let SeedError::Refused { findings } =
        seed(&store.tables, &store.state, document.as_bytes(), |_| {}).await.unwrap_err()
    else {
        panic!("another error");
    };
    assert_eq!(findings.len(), 51);
    assert_eq!(findings[50], "and 10 more");
}

#[tokio::test]
async fn a_seed_that_is_not_json_says_where() {
    let store = Store::new().await;
    let refused = seed(&store.tables, &store.state, b"{\n  \"items\": [,]}", |_| {}).await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the seed is not JSON at line 2, column 13: expected value"
    );
    let refused = seed(&store.tables, &store.state, b"[]", |_| {}).await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the seed is refused, nothing was written:\n\
         the seed must be an object of tables, each an array of requests"
    );
}

#[tokio::test]
async fn an_item_that_is_too_large_is_found_before_the_first_write() {
    let store = Store::new().await;
    let large = "x".repeat(400 * 1024);
    let document = format!(
        r#"{{"items":[{{"PutRequest":{{"Item":{{"id":{{"S":"1"}},"t":{{"S":"{large}"}}}}}}}}]}}"#
    );
    let refused = seed(&store.tables, &store.state, document.as_bytes(), |_| {}).await;
    let finding = "table `items`, request 0: Item size has exceeded the maximum allowed size";
    assert_eq!(refused, Err(SeedError::Refused { findings: vec![finding.to_owned()] }));
    assert_eq!(store.tables.ensure_table(EVENTS, None).await, Ok(Ensured::Existing));
}
