//! Time to live: items whose time is over are deleted, some at a time.
//!
//! AWS docs: "Using time to live (TTL) in DynamoDB": the attribute is a number of seconds since
//! 1970; an item is deleted when it is in the past and not more than five years ago. Deletions
//! are in the indexes at once, and a stream tells them as DynamoDB's own.
//! Whoever calls has the clock and decides how often.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use crate::action::Action;
use crate::bootstrap::list;
use crate::handles::{Door, State, Tables};
use crate::limits;
use crate::reply::CallError;

/// How far the looking for items whose time is over is, in the tables of one handle.
#[derive(Debug)]
pub struct Expiry {
    handle: Door,
    /// The tables of this pass that are not looked through, the current one first.
    tables: VecDeque<Timed>,
    /// Where the current table is to be looked at next.
    from: Option<Value>,
}

impl From<Tables> for Expiry {
    fn from(tables: Tables) -> Expiry {
        Expiry::new(Door::Tables(tables))
    }
}

impl From<State> for Expiry {
    fn from(state: State) -> Expiry {
        Expiry::new(Door::State(state))
    }
}

/// A table whose items have a time to live.
#[derive(Debug)]
struct Timed {
    name: String,
    attribute: String,
    keys: Vec<String>,
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Items that were deleted.
    pub deleted: usize,
    /// Whether all tables are looked through: the next round begins with the first.
    pub is_pass_over: bool,
}

impl Expiry {
    fn new(handle: Door) -> Expiry {
        Expiry { handle, tables: VecDeque::new(), from: None }
    }

    /// Looks at some thousand items at most and deletes those whose time was over at `now_s`,
    /// in seconds since 1970. What cannot be read or deleted is logged and left for the next pass.
    ///
    /// # Errors
    ///
    /// [`CallError`]: the store has no answer. The next round goes on.
    pub async fn round(&mut self, now_s: u64) -> Result<Round, CallError> {
        let handle = &self.handle;
        let mut round = Round::default();
        // A store on the network deletes by itself, and several gateways may be before it.
        if handle.is_remote() {
            return Ok(Round { is_pass_over: true, ..round });
        }
        if self.tables.is_empty() {
            self.tables = timed(handle).await?;
        }
        for _ in 0..limits::EXPIRY_PAGES {
            let Some(table) = self.tables.front() else { break };
            let (expired, next) = page(handle, table, self.from.take(), now_s).await?;
            round.deleted += delete(handle, table, expired).await?;
            if next.is_none() {
                self.tables.pop_front();
            }
            self.from = next;
        }
        round.is_pass_over = self.tables.is_empty();
        Ok(round)
    }
}

/// Returns the tables whose items have a time to live.
async fn timed(handle: &Door) -> Result<VecDeque<Timed>, CallError> {
    let mut found = VecDeque::new();
    let mut request = json!({});
    loop {
        let page = call(handle, Action::ListTables, &request).await?.unwrap_or_default();
        for name in list(&page, "TableNames").iter().filter_map(Value::as_str) {
            found.extend(described(handle, name).await?);
        }
        let Some(last) = page.get("LastEvaluatedTableName") else { return Ok(found) };
        request = json!({ "ExclusiveStartTableName": last });
    }
}

async fn described(handle: &Door, name: &str) -> Result<Option<Timed>, CallError> {
    let request = json!({ "TableName": name });
    let time = call(handle, Action::DescribeTimeToLive, &request).await?.unwrap_or_default();
    let time = time.get("TimeToLiveDescription").unwrap_or(&Value::Null);
    let is_enabled = time.get("TimeToLiveStatus").is_some_and(|status| status == "ENABLED");
    let attribute = time.get("AttributeName").and_then(Value::as_str);
    let (true, Some(attribute)) = (is_enabled, attribute) else { return Ok(None) };
    let table = call(handle, Action::DescribeTable, &request).await?.unwrap_or_default();
    let table = table.get("Table").unwrap_or(&Value::Null);
    let keys = list(table, "KeySchema").iter();
    let keys = keys.filter_map(|key| key.get("AttributeName")?.as_str().map(str::to_owned));
    let (name, attribute) = (name.to_owned(), attribute.to_owned());
    Ok(Some(Timed { name, attribute, keys: keys.collect() }))
}

/// Returns the expired items of a page, their keys and times alone, and where the next begins.
async fn page(
    handle: &Door,
    table: &Timed,
    from: Option<Value>,
    now_s: u64,
) -> Result<(Vec<Map<String, Value>>, Option<Value>), CallError> {
    let mut names = Map::new();
    names.insert("#t".to_owned(), json!(table.attribute));
    let mut projection = "#t".to_owned();
    for (at, key) in table.keys.iter().enumerate().filter(|(_, key)| **key != table.attribute) {
        names.insert(format!("#k{at}"), json!(key));
        projection.push_str(&format!(",#k{at}"));
    }
    let oldest = now_s.saturating_sub(limits::EXPIRY_OLDEST_S);
    let mut request = json!({
        "TableName": table.name,
        "Limit": limits::EXPIRY_PAGE_ITEMS,
        "FilterExpression": "#t >= :oldest AND #t < :now",
        "ProjectionExpression": projection,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {
            ":oldest": { "N": oldest.to_string() }, ":now": { "N": now_s.to_string() }
        },
    });
    if let (Some(from), Some(request)) = (from, request.as_object_mut()) {
        request.insert("ExclusiveStartKey".to_owned(), from);
    }
    let Some(mut page) = call(handle, Action::Scan, &request).await? else {
        // Where the next page would begin is not told of one that cannot be read.
        let table = &table.name;
        tracing::error!(table, "expired items from here on stay: `vestibule data check` says why");
        return Ok((Vec::new(), None));
    };
    let next = page.get_mut("LastEvaluatedKey").map(Value::take);
    let items = list(&page, "Items").iter().filter_map(|item| item.as_object().cloned());
    Ok((items.collect(), next))
}

/// Deletes the items that still have the time that was read; returns how many.
async fn delete(
    handle: &Door,
    table: &Timed,
    items: Vec<Map<String, Value>>,
) -> Result<usize, CallError> {
    // At one time, so that they share a sync.
    let mut deletions = JoinSet::new();
    for mut item in items {
        let time = item.get(&table.attribute).cloned();
        item.retain(|name, _| table.keys.contains(name));
        let request = json!({
            "TableName": table.name,
            "Key": item,
            "ConditionExpression": "#t = :t",
            "ExpressionAttributeNames": { "#t": table.attribute },
            "ExpressionAttributeValues": { ":t": time },
        });
        let (handle, body) = (handle.clone(), Bytes::from(request.to_string()));
        deletions.spawn(async move { handle.expire(body).await });
    }
    let mut deleted = 0;
    while let Some(ended) = deletions.join_next().await {
        match ended {
            Ok(reply) => deleted += usize::from(reply?.is_success()),
            Err(error) => tracing::error!(table = table.name, %error, "an expired item stays"),
        }
    }
    Ok(deleted)
}

/// Returns the answer, or nothing when it is an error, which is logged.
async fn call(handle: &Door, action: Action, request: &Value) -> Result<Option<Value>, CallError> {
    let reply = handle.call(action, Bytes::from(request.to_string())).await?;
    if reply.is_success() {
        return Ok(serde_json::from_slice(&reply.body).ok());
    }
    let answer = String::from_utf8_lossy(&reply.body);
    tracing::warn!(action = action.name(), %answer, "items whose time is over may stay");
    Ok(None)
}
