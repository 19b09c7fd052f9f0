//! A table read from its begin to its end, in parts at one time where its store can, page by page.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::digest::Item;
use super::end::Asked;
use super::error::CopyError;
use crate::action::Action;
use crate::limits::COPY_SEGMENTS;

/// One part of a table.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) asked: Asked,
    pub(super) table: Arc<str>,
    /// From 0.
    pub(super) number: usize,
    pub(super) of: usize,
}

/// A page of items.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) items: Vec<Item>,
    /// Where the next page begins; none at the end.
    pub(super) next: Option<Value>,
}

/// In how many parts a table is read.
pub(super) fn segments(asked: &Asked) -> usize {
    if asked.door.has_segments() { COPY_SEGMENTS } else { 1 }
}

impl Segment {
    /// Reads the page that begins after a key.
    pub(super) async fn page(&self, after: Option<&Value>) -> Result<Page, CopyError> {
        self.read(None, after).await
    }

    /// The same with the next few items alone.
    pub(super) async fn glance(&self, after: Option<&Value>) -> Result<Page, CopyError> {
        self.read(Some(GLANCE), after).await
    }

    async fn read(&self, limit: Option<u32>, after: Option<&Value>) -> Result<Page, CopyError> {
        let mut body = Map::new();
        let mut set = |member: &str, value: Value| body.insert(member.to_owned(), value);
        set("TableName", json!(&*self.table));
        set("ConsistentRead", json!(true));
        limit.map(|limit| set("Limit", json!(limit)));
        if self.of > 1 {
            set("Segment", json!(self.number));
            set("TotalSegments", json!(self.of));
        }
        after.map(|after| set("ExclusiveStartKey", after.clone()));
        let mut page = self.asked.demand(Action::Scan, &self.table, &Value::Object(body)).await?;
        let next = page.get_mut("LastEvaluatedKey").map(Value::take).filter(|key| !key.is_null());
        if next.is_some() && next.as_ref() == after {
            let reason = "Scan begins after a key, and ends there again".to_owned();
            return Err(self.asked.silent(&self.table, reason));
        }
        let Some(Value::Array(items)) = page.get_mut("Items").map(Value::take) else {
            let reason = "Scan was answered without `Items`".to_owned();
            return Err(self.asked.silent(&self.table, reason));
        };
        let item = |item| match item {
            Value::Object(item) => Some(item),
            _ => None,
        };
        let items = items.into_iter().filter_map(item);
        let items = items.filter(|item| !stays(&self.table, item)).collect();
        Ok(Page { items, next })
    }
}

/// Whether an item belongs to its store: the version of the program's own tables, which each store has.
fn stays(table: &str, item: &Item) -> bool {
    table == META && item.get("name") == Some(&json!({ "S": "schema" }))
}

/// More than the one item that stays.
const GLANCE: u32 = 2;

/// The table of that version, which each store makes for itself.
pub(super) const META: &str = "vestibule.meta";
