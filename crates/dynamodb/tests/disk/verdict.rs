//! What must be in a store after its victim's end: everything acknowledged, and nothing by halves.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use vestibule_dynamodb::{Action, Embedded, data};

use crate::fixture::Store;
use crate::stream;
use crate::victim::{Acknowledged, BATCH, item, options};

/// Returns what is lost, torn or damaged.
pub(crate) fn wrong(folder: &Path, acknowledged: &Acknowledged) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (tables, state) = match Embedded::open(&options(folder)) {
        Ok(handles) => handles,
        Err(error) => return vec![error.to_string()],
    };
    let store = Store { tables, state };
    let (items, events, sessions, told) = runtime.block_on(async {
        let told = [stream::of(&store, "events").await, stream::of(&store, "sessions").await];
        let items = scan(&store, "items", "id").await;
        (items, scan(&store, "events", "stream").await, scan(&store, "sessions", "id").await, told)
    });
    drop(store);
    let mut wrong = Vec::new();
    for (writer, rounds) in acknowledged {
        for round in 1..=*rounds {
            let id = format!("{writer}-{round}");
            wrong.extend(lost(&items, &id));
            wrong.extend(ended(&sessions, &told[1], &id));
        }
        // The round after the last acknowledged one may have begun.
        for kind in ["count", "once"] {
            let count = number(&items, &format!("{kind}-{writer}"));
            if !(*rounds..=rounds + 1).contains(&count) {
                wrong.push(format!("{kind} is {count} of {rounds} in {writer}"));
            }
        }
        // Of each transaction with a pair the addition is done once, acknowledged or not.
        let pairs = format!("pair-{writer}-");
        let pairs = items.keys().filter(|id| id.starts_with(&pairs)).count() as u64;
        if pairs != number(&items, &format!("once-{writer}")) {
            wrong.push(format!("{pairs} transactions of {writer} have not added once each"));
        }
    }
    wrong.extend(halves(&items, &events));
    for (table, (kept, told)) in
        [("events", (&events, &told[0])), ("sessions", (&sessions, &told[1]))]
    {
        wrong.extend(stream::problems(table, kept, told));
    }
    match data::check(folder) {
        Ok(checked) => wrong.extend(checked.findings.iter().map(ToString::to_string)),
        Err(error) => wrong.push(error.to_string()),
    }
    wrong
}

/// Returns what of an acknowledged round is not in the table as it was put.
fn lost(items: &Items, id: &str) -> Vec<String> {
    let batch = (0..BATCH).map(|at| format!("batch-{id}-{at}"));
    let kinds = ["single", "pair", "pair-sql", "statement"].map(|kind| format!("{kind}-{id}"));
    let mut lost: Vec<String> = Vec::new();
    for id in kinds.into_iter().chain(batch) {
        let put: Value = serde_json::from_str(&item(&id)).unwrap();
        match items.get(&id) {
            Some(found) if *found == put => {}
            Some(found) => lost.push(format!("{id} is {found}")),
            None => lost.push(format!("lost {id}")),
        }
    }
    if items.contains_key(&format!("gone-{id}")) {
        lost.push(format!("lost the deletion of gone-{id}"));
    }
    lost
}

/// Returns what is wrong with the items of an acknowledged round that have an end.
fn ended(sessions: &Items, told: &[Value], id: &str) -> Option<String> {
    if !sessions.contains_key(&format!("kept-{id}")) {
        return Some(format!("lost kept-{id}"));
    }
    let id = format!("ended-{id}");
    if sessions.contains_key(&id) {
        return Some(format!("lost the end of {id}"));
    }
    let by_time = |record: &&Value| {
        record["eventName"] == "REMOVE"
            && record["dynamodb"]["Keys"]["id"]["S"] == *id
            && record["userIdentity"]["PrincipalId"] == "dynamodb.amazonaws.com"
    };
    let records = told.iter().filter(by_time).count();
    (records != 1).then(|| format!("{records} records tell the end of {id}"))
}

fn number(items: &Items, id: &str) -> u64 {
    let number = items.get(id).and_then(|item| item["n"]["N"].as_str());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Items by their key.
pub(crate) type Items = BTreeMap<String, Value>;

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
