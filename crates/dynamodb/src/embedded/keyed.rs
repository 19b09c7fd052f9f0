//! Requests that name items by their keys: what the engine does with each, and which rows must
//! be readable for its answer to be true.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use dynoxide::actions::{
    batch_get_item, batch_write_item, delete_item, get_item, put_item, transact_get_items,
    transact_write_items, update_item,
};
use dynoxide::storage::Storage;
use dynoxide::{AttributeValue, DynoxideError, Item};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::expressions::Expressions;
use super::{rows, sets};
use crate::expression::{self, Expression, Member, Step};

/// A request about items named by their keys.
pub(super) trait Keyed: DeserializeOwned + Expressions {
    type Answer: Serialize;

    /// When the rows are looked at.
    const ROWS: Rows;

    /// The rows that the engine would read as absent when they are damaged: each one's table,
    /// and an item that has its key.
    fn rows(&self) -> Vec<(&str, &Item)>;

    /// Does the request. The future never waits: see [`ready`].
    fn run(self, storage: &Storage) -> Result<Self::Answer, DynoxideError>;

    /// Returns whether the answer says that an item is not there.
    fn has_absent(_answer: &Self::Answer) -> bool {
        true
    }
}

/// When the rows of a request are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// Before the engine decides by them.
    Before,
    /// After the engine has said that one is not there.
    WhenAbsent,
}

/// Returns what a future of the engine's has. On SQLite they never wait.
pub(super) fn ready<T>(
    future: impl Future<Output = Result<T, DynoxideError>>,
) -> Result<T, DynoxideError> {
    match pin!(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => {
            Err(DynoxideError::InternalServerError("the engine waits for nothing".to_owned()))
        }
    }
}

impl Keyed for get_item::GetItemRequest {
    type Answer = get_item::GetItemResponse;
    const ROWS: Rows = Rows::WhenAbsent;

    fn rows(&self) -> Vec<(&str, &Item)> {
        vec![(&self.table_name, &self.key)]
    }

    fn run(self, storage: &Storage) -> Result<Self::Answer, DynoxideError> {
        ready(get_item::execute(storage, self))
    }

    fn has_absent(answer: &Self::Answer) -> bool {
        answer.item.is_none()
    }
}

impl Keyed for transact_get_items::TransactGetItemsRequest {
    type Answer = transact_get_items::TransactGetItemsResponse;
    const ROWS: Rows = Rows::WhenAbsent;

    fn rows(&self) -> Vec<(&str, &Item)> {
        let gets = self.transact_items.iter().map(|item| &item.get);
        gets.map(|get| (get.table_name.as_str(), &get.key)).collect()
    }

    fn run(self, storage: &Storage) -> Result<Self::Answer, DynoxideError> {
        let gets = self.transact_items.iter().map(|item| &item.get);
        let projections: Vec<Option<Vec<Vec<Step>>>> = gets.map(projection).collect();
        let mut answer = ready(transact_get_items::execute(storage, self))?;
        // The engine leaves the key beside what is asked for.
        for (response, paths) in answer.responses.iter_mut().zip(projections) {
            if let (Some(item), Some(paths)) = (&mut response.item, paths) {
                *item = expression::project(item, &paths);
            }
        }
        Ok(answer)
    }

    fn has_absent(answer: &Self::Answer) -> bool {
        answer.responses.iter().any(|response| response.item.is_none())
    }
}

/// The paths that a Get of a transaction asks for.
fn projection(get: &transact_get_items::TransactGet) -> Option<Vec<Vec<Step>>> {
    let text = get.projection_expression.as_deref()?;
    let names = &get.expression_attribute_names;
    let expression = Expression { member: Member::Projection, text, names, values: &None };
    Some(expression::paths(&expression))
}

impl Keyed for batch_get_item::BatchGetItemRequest {
    type Answer = batch_get_item::BatchGetItemResponse;
    const ROWS: Rows = Rows::WhenAbsent;

    /// The engine itself refuses a damaged row here.
    fn rows(&self) -> Vec<(&str, &Item)> {
        Vec::new()
    }

    fn run(self, storage: &Storage) -> Result<Self::Answer, DynoxideError> {
        ready(batch_get_item::execute(storage, self))
    }
}

impl Keyed for put_item::PutItemRequest {
    type Answer = put_item::PutItemResponse;
    const ROWS: Rows = Rows::Before;

    fn rows(&self) -> Vec<(&str, &Item)> {
        vec![(&self.table_name, &self.item)]
    }

    fn run(self, storage: &Storage) -> Result<Self::Answer, DynoxideError> {
        ready(put_item::execute(storage, self))
    }
}

impl Keyed for update_item::UpdateItemRequest {
    type Answer = update_item::UpdateItemResponse;
    const ROWS: Rows = Rows::Before;

    fn rows(&self) -> Vec<(&str, &Item)> {
        vec![(&self.table_name, &self.key)]
    }

    fn run(mut self, storage: &Storage) -> Result<Self::Answer, DynoxideError> {
        sets::normalize_update(&mut self);
        // The engine tells the key of an item that was not there.
        let wants_old = self.return_values.as_deref() == Some("ALL_OLD");
        let was_there = !wants_old || rows::is_there(storage, &self.table_name, &self.key)?;
        let inner = changed_inside(&self);
        let mut answer = ready(update_item::execute(storage, self))?;
        answer.attributes = answer.attributes.filter(|_| was_there);
        if let Some(attributes) = &mut answer.attributes {
            attributes.retain(|name, value| !inner.contains(name) || !is_empty(value));
        }
        answer.attributes = answer.attributes.filter(|attributes| !attributes.is_empty());
        Ok(answer)
    }
}

/// The attributes of which an update changes nothing but what is inside, when it tells what it changed. The engine tells an empty list
/// of one in which nothing was there to be changed; AWS does not tell it.
fn changed_inside(request: &update_item::UpdateItemRequest) -> Vec<String> {
    let tells_changes =
        matches!(request.return_values.as_deref(), Some("UPDATED_OLD" | "UPDATED_NEW"));
    let Some(text) = request.update_expression.as_deref().filter(|_| tells_changes) else {
        return Vec::new();
    };
    let (names, values) =
        (&request.expression_attribute_names, &request.expression_attribute_values);
    let paths = expression::paths(&Expression { member: Member::Update, text, names, values });
    let inner = paths.into_iter().filter(|path| path.len() > 1);
    let top = inner.filter_map(|path| match path.into_iter().next() {
        Some(Step::Name(name)) => Some(name),
        _ => None,
    });
    top.collect()
}

fn is_empty(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::L(list) => list.is_empty(),
        AttributeValue::M(map) => map.is_empty(),
        _ => false,
    }
}

impl Keyed for delete_item::DeleteItemRequest {
    type Answer = delete_item::DeleteItemResponse;
    const ROWS: Rows = Rows::Before;

    fn rows(&self) -> Vec<(&str, &Item)> {
        vec![(&self.table_name, &self.key)]
    }

    fn run(self, storage: &Storage) -> Result<Self::Answer, DynoxideError> {
        ready(delete_item::execute(storage, self))
    }
}

impl Keyed for batch_write_item::BatchWriteItemRequest {
    type Answer = batch_write_item::BatchWriteItemResponse;
    const ROWS: Rows = Rows::Before;

    /// None: it has no conditions and tells nothing of what was there, so that it is the way to
    /// replace or to delete a damaged row.
    fn rows(&self) -> Vec<(&str, &Item)> {
        Vec::new()
    }

    fn run(self, storage: &Storage) -> Result<Self::Answer, DynoxideError> {
        ready(batch_write_item::execute(storage, self))
    }
}

impl Keyed for transact_write_items::TransactWriteItemsRequest {
    type Answer = transact_write_items::TransactWriteItemsResponse;
    const ROWS: Rows = Rows::Before;

    fn rows(&self) -> Vec<(&str, &Item)> {
        let mut rows: Vec<(&str, &Item)> = Vec::with_capacity(self.transact_items.len());
        for item in &self.transact_items {
            rows.extend(item.put.iter().map(|put| (put.table_name.as_str(), &put.item)));
            rows.extend(item.update.iter().map(|one| (one.table_name.as_str(), &one.key)));
            rows.extend(item.delete.iter().map(|one| (one.table_name.as_str(), &one.key)));
            rows.extend(item.condition_check.iter().map(|one| (one.table_name.as_str(), &one.key)));
        }
        rows
    }

    fn run(self, storage: &Storage) -> Result<Self::Answer, DynoxideError> {
        ready(transact_write_items::execute(storage, self))
    }
}
