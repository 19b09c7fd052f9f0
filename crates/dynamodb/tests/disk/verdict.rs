//! What must be in a store after its victim's end: everything acknowledged, and nothing by halves.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use vestibule_dynamodb::{Action, Embedded, data};

use crate::fixture::Store;
use crate::victim::{Acknowledged, BATCH, options};

/// Returns what is lost, torn or damaged.
pub(crate) fn wrong(folder: &Path, acknowledged: &Acknowledged) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (tables, state) = match Embedded::open(&options(folder)) {
        Ok(handles) => handles,
        Err(error) => return vec![error.to_string()],
    };
    let store = Store { tables, state };
    let (items, events) = runtime.block_on(async {
        (scan(&store, "items", "id").await, scan(&store, "events", "stream").await)
    });
    drop(store);
    let mut wrong = Vec::new();
    for (writer, rounds) in acknowledged {
        for round in 1..=*rounds {
            let id = format!("{writer}-{round}");
            let batch = (0..BATCH).map(|at| format!("batch-{id}-{at}"));
            let kept = [format!("single-{id}"), format!("pair-{id}")].into_iter().chain(batch);
            wrong.extend(kept.filter(|id| !items.contains_key(id)).map(|id| format!("lost {id}")));
            if items.contains_key(&format!("gone-{id}")) {
                wrong.push(format!("lost the deletion of gone-{id}"));
            }
        }
        // The round after the last acknowledged one may have begun.
        let count = items.get(&format!("count-{writer}")).and_then(|item| item["n"]["N"].as_str());
        let count: u64 = count.and_then(|count| count.parse().ok()).unwrap_or(0);
        if !(*rounds..=rounds + 1).contains(&count) {
            wrong.push(format!("counted {count} of {rounds} in {writer}"));
        }
    }
    wrong.extend(halves(&items, &events));
    match data::check(folder) {
        Ok(checked) => wrong.extend(checked.findings.iter().map(ToString::to_string)),
        Err(error) => wrong.push(error.to_string()),
    }
    wrong
}

type Items = BTreeMap<String, Value>;

/// Returns the transactions and batches of which only a part is there.
fn halves(items: &Items, events: &Items) -> Vec<String> {
    let mut wrong = Vec::new();
    let pairs = |of: &Items| -> Vec<String> {
        of.keys().filter(|id| id.starts_with("pair-")).cloned().collect()
    };
    if pairs(items) != pairs(events) {
        wrong.push("a transaction is torn".to_owned());
    }
    let mut batches: BTreeMap<&str, usize> = BTreeMap::new();
    for id in items.keys().filter(|id| id.starts_with("batch-")) {
        *batches.entry(id.rsplit_once('-').unwrap().0).or_default() += 1;
    }
    let torn = batches.iter().filter(|(_, parts)| **parts != BATCH);
    wrong.extend(torn.map(|(id, parts)| format!("{parts} of {id}")));
    wrong
}

/// Returns all items of a table by their key; none when there is no table yet.
async fn scan(store: &Store, table: &str, key: &str) -> Items {
    let mut items = Items::new();
    let mut from = String::new();
    loop {
        let body = format!(r#"{{"TableName":"{table}"{from}}}"#);
        let reply = store.reply(Action::Scan, &body).await;
        let mut page: Value = serde_json::from_slice(&reply.body).unwrap();
        if page["__type"].as_str().is_some_and(|kind| kind.ends_with("#ResourceNotFoundException"))
        {
            return items;
        }
        assert!(reply.is_success(), "{page}");
        for item in page["Items"].as_array_mut().unwrap() {
            items.insert(item[key]["S"].as_str().unwrap().to_owned(), item.take());
        }
        let Some(last) = page.get("LastEvaluatedKey") else { return items };
        from = format!(r#","ExclusiveStartKey":{last}"#);
    }
}
