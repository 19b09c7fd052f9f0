//! Loads a document of items into the store, once.
//!
//! The document has the format of BatchWriteItem's `RequestItems`, bare or in that member, with
//! any number of items. Its form is checked whole before the first write; what the store alone
//! can judge, such as a set with duplicates, is refused with its batch, and the seed then loads again
//! at the next start. A loaded document is remembered by the SHA-256 of its bytes: the same bytes
//! never load again, other bytes load whole and put each of their items. After a crash in the
//! middle it loads again: puts repeat without harm.

use std::collections::HashMap;
use std::fmt::Write as _;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::ensure::message;
use crate::action::Action;
use crate::embedded::check_item;
use crate::handles::{State, Tables};
use crate::limits;
use crate::reply::{CallError, Reply};

/// How far the loading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeedProgress {
    /// Items that are in the store.
    pub done: usize,
    /// Items in the document.
    pub total: usize,
}

/// What became of a seed document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeded {
    /// Its items are in the store now.
    Loaded {
        /// How many.
        items: usize,
    },
    /// These bytes were loaded before, so nothing was written.
    AlreadyLoaded,
}

/// Why a seed document was not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// The document is larger than a seed can be.
    #[error("the seed has {bytes} bytes, the limit is {limit}: split it into several files")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The most there can be.
        limit: usize,
    },
    /// The document is not JSON.
    #[error("the seed is not JSON at line {line}, column {column}: {reason}")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the reader says.
        reason: String,
    },
    /// The document is refused; nothing was written. One finding a line.
    #[error("the seed is refused, nothing was written:\n{}", .findings.join("\n"))]
    Refused {
        /// Each names the table and the request's index, counted from 0.
        findings: Vec<String>,
    },
    /// DynamoDB refused a batch of items that looked right; batches before it were written.
    #[error("{action} refuses items {from} to {to} of the seed: {message}")]
    Batch {
        /// The action that refused.
        action: Action,
        /// The batch's first item in the document, from 0.
        from: usize,
        /// The batch's last item.
        to: usize,
        /// DynamoDB's words.
        message: String,
    },
    /// The store has no answer.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Loads `document` unless the same bytes were loaded before; calls `progress` after each batch.
///
/// # Errors
///
/// [`SeedError`]: for all but `Batch` and `Call` nothing was written.
pub async fn seed(
    tables: &Tables,
    state: &State,
    document: &[u8],
    mut progress: impl FnMut(SeedProgress),
) -> Result<Seeded, SeedError> {
    if document.len() > limits::SEED_BYTES {
        return Err(SeedError::TooLarge { bytes: document.len(), limit: limits::SEED_BYTES });
    }
    let mark = mark(document);
    if is_marked(state, &mark).await? {
        return Ok(Seeded::AlreadyLoaded);
    }
    let puts = read(tables, document).await?;
    let total = puts.len();
    let mut done = 0;
    for batch in puts.chunks(limits::BATCH_ITEMS) {
        write(tables, batch, done).await?;
        done += batch.len();
        progress(SeedProgress { done, total });
    }
    let item = json!({
        "TableName": "vestibule.meta",
        "Item": { "name": { "S": mark }, "items": { "N": total.to_string() } },
    });
    let reply = state.call(Action::PutItem, Bytes::from(item.to_string())).await?;
    expect(Action::PutItem, &reply, 0, total)?;
    Ok(Seeded::Loaded { items: total })
}

/// One item of the document and where it goes.
struct Put {
    table: String,
    item: Value,
}

/// Returns the name under which the document is remembered.
fn mark(document: &[u8]) -> String {
    let mut mark = "seed#".to_owned();
    for byte in Sha256::digest(document) {
        // Writing to a string cannot fail.
        let _ = write!(mark, "{byte:02x}");
    }
    mark
}

async fn is_marked(state: &State, mark: &str) -> Result<bool, SeedError> {
    let key = json!({ "TableName": "vestibule.meta", "Key": { "name": { "S": mark } } });
    let reply = state.call(Action::GetItem, Bytes::from(key.to_string())).await?;
    expect(Action::GetItem, &reply, 0, 0)?;
    Ok(reply.body != "{}")
}

/// Reads the document and checks every request in it.
async fn read(tables: &Tables, document: &[u8]) -> Result<Vec<Put>, SeedError> {
    let document: Value = serde_json::from_slice(document).map_err(|error| SeedError::NotJson {
        line: error.line(),
        // serde_json counts a column of 0 at the end of a line.
        column: error.column().max(1),
        reason: reason(&error),
    })?;
    let mut findings = Findings::default();
    let mut puts = Vec::new();
    match unwrapped(document) {
        Some(requests) => {
            for (table, requests) in requests {
                let keys = keys(tables, &table).await?;
                read_table(&table, requests, keys, &mut puts, &mut findings);
            }
        }
        None => findings.add("the seed must be an object of tables, each an array of requests"),
    }
    findings.into_result().map(|()| puts)
}

fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

fn unwrapped(document: Value) -> Option<Map<String, Value>> {
    let Value::Object(mut document) = document else { return None };
    match document.get_mut("RequestItems") {
        Some(Value::Object(requests)) => Some(std::mem::take(requests)),
        Some(_) | None => Some(document),
    }
}

/// What is wrong with the document; the first are kept, the rest are counted.
#[derive(Default)]
struct Findings {
    kept: Vec<String>,
    more: usize,
}

impl Findings {
    fn add(&mut self, finding: impl Into<String>) {
        if self.kept.len() < limits::SEED_FINDINGS {
            self.kept.push(finding.into());
        } else {
            self.more += 1;
        }
    }

    fn into_result(mut self) -> Result<(), SeedError> {
        if self.kept.is_empty() {
            return Ok(());
        }
        if self.more > 0 {
            self.kept.push(format!("and {} more", self.more));
        }
        Err(SeedError::Refused { findings: self.kept })
    }
}

/// The attributes of a table's and its indexes' keys: name, type, and whether every item has it.
type Keys = Vec<(String, String, bool)>;

/// Returns the table's keys, or DynamoDB's words why there are none.
async fn keys(tables: &Tables, table: &str) -> Result<Result<Keys, String>, SeedError> {
    let body = json!({ "TableName": table });
    let reply = tables.call(Action::DescribeTable, Bytes::from(body.to_string())).await?;
    if !reply.is_success() {
        return Ok(Err(message(&reply)));
    }
    let reply: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let list = |name: &str| reply.pointer(&format!("/Table/{name}")).and_then(Value::as_array);
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let primary: Vec<String> = list("KeySchema")
        .into_iter()
        .flatten()
        .filter_map(|key| text(key, "AttributeName"))
        .collect();
    let keys = list("AttributeDefinitions").into_iter().flatten().filter_map(|definition| {
        let name = text(definition, "AttributeName")?;
        let is_primary = primary.contains(&name);
        Some((name, text(definition, "AttributeType")?, is_primary))
    });
    Ok(Ok(keys.collect()))
}

fn read_table(
    table: &str,
    requests: Value,
    keys: Result<Keys, String>,
    puts: &mut Vec<Put>,
    findings: &mut Findings,
) {
    let Value::Array(requests) = requests else {
        findings.add(format!("table `{table}`: its value must be an array of requests"));
        return;
    };
    let keys = match keys {
        Ok(keys) => keys,
        Err(message) => {
            findings.add(format!("table `{table}`: {message}"));
            return;
        }
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, request) in requests.into_iter().enumerate() {
        let read = item_of(request).and_then(|item| {
            let key = check(&item, &keys)?;
            match seen.insert(key, index) {
                Some(first) => Err(format!("the same key as request {first}")),
                None => Ok(item),
            }
        });
        match read {
            Ok(item) => puts.push(Put { table: table.to_owned(), item }),
            Err(reason) => findings.add(format!("table `{table}`, request {index}: {reason}")),
        }
    }
}

/// Returns the item of `{"PutRequest": {"Item": {...}}}`.
fn item_of(mut request: Value) -> Result<Value, String> {
    let has_others = request.as_object().is_none_or(|members| members.len() != 1);
    let put = request.get_mut("PutRequest").filter(|_| !has_others);
    let has_item_only = |put: &&mut Value| put.as_object().is_some_and(|put| put.len() == 1);
    let item = put.filter(has_item_only).and_then(|put| put.get_mut("Item"));
    match item.map(Value::take) {
        Some(item @ Value::Object(_)) => Ok(item),
        Some(_) | None => Err("it must be `{\"PutRequest\": {\"Item\": {...}}}`".to_owned()),
    }
}

/// Checks the item against the table's keys; returns its primary key in one form for all
/// spellings of the same JSON.
fn check(item: &Value, keys: &Keys) -> Result<String, String> {
    check_item(item)?;
    let mut primary = Vec::new();
    for (name, kind, is_primary) in keys {
        match item.get(name).map(|value| value.get(kind)) {
            Some(Some(value)) if value.as_str() == Some("") => {
                return Err(format!("the key attribute `{name}` is empty"));
            }
            Some(Some(value)) if *is_primary => primary.push(value.clone()),
            Some(Some(_)) => {}
            Some(None) => return Err(format!("the key attribute `{name}` must have type {kind}")),
            None if *is_primary => return Err(format!("the key attribute `{name}` is missing")),
            None => {}
        }
    }
    Ok(Value::Array(primary).to_string())
}

async fn write(tables: &Tables, batch: &[Put], from: usize) -> Result<(), SeedError> {
    let mut requests: Map<String, Value> = Map::new();
    for put in batch {
        let request = json!({ "PutRequest": { "Item": put.item } });
        match requests.get_mut(&put.table) {
            Some(Value::Array(list)) => list.push(request),
            Some(_) | None => {
                requests.insert(put.table.clone(), Value::Array(vec![request]));
            }
        }
    }
    let body = json!({ "RequestItems": requests });
    let reply = tables.call(Action::BatchWriteItem, Bytes::from(body.to_string())).await?;
    let to = from + batch.len().saturating_sub(1);
    expect(Action::BatchWriteItem, &reply, from, to)?;
    if reply.body == r#"{"UnprocessedItems":{}}"# {
        return Ok(());
    }
    let message = "the store did not take all of them: load the seed again".to_owned();
    Err(SeedError::Batch { action: Action::BatchWriteItem, from, to, message })
}

fn expect(action: Action, reply: &Reply, from: usize, to: usize) -> Result<(), SeedError> {
    if reply.is_success() {
        return Ok(());
    }
    Err(SeedError::Batch { action, from, to, message: message(reply) })
}
