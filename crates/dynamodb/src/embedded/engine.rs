//! The engine behind a wall: which connection does an action, and the answer in DynamoDB's shape.
//!
//! Decodes a request straight into the engine's own type, so that what is checked is what runs.
//! Knows one file, no threads. Items go through a connection that is ours to watch: it can hold
//! many calls in one transaction (`together`) and look at the rows they name (`rows`).
//! The rest goes through the engine's own, opened at the first such call.

use std::path::Path;

use dynoxide::actions::batch_get_item::BatchGetItemRequest;
use dynoxide::actions::batch_write_item::BatchWriteItemRequest;
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::query::QueryRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::actions::transact_get_items::TransactGetItemsRequest;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::actions::update_item::UpdateItemRequest;
use dynoxide::storage::Storage;
use dynoxide::{Database, DynoxideError, Item};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::backend::Side;
use super::call::Call;
use super::engine_fault::EngineFault;
use super::failure::Failure;
use super::keyed::{Keyed, Rows};
use super::paging::{self, Paged};
use super::rows;
use super::together::{self, Brackets};
use crate::action::{Action, refused_by_name};
use crate::limits;
use crate::reply::Reply;
use crate::wire::{self, Arns, Fault, Refused};

/// One of the engine's files, open.
pub(super) struct Engine {
    path: String,
    /// For items. Nothing after a table has changed: it keeps their descriptions.
    items: Option<Storage>,
    brackets: Brackets,
    /// For tables, streams, tags, statements, and transactions with a token.
    others: Option<Database>,
    side: Side,
    arns: Arns,
}

impl Engine {
    /// Opens the file, which must exist; an empty one becomes a store without tables.
    pub(super) fn open(path: &Path, side: Side, arns: Arns) -> Result<Engine, EngineFault> {
        let path = path.to_str();
        let path = path.ok_or_else(|| EngineFault::Unusable("its path is not UTF-8".to_owned()))?;
        let mut engine = Engine {
            path: path.to_owned(),
            items: None,
            brackets: Brackets::default(),
            others: None,
            side,
            arns,
        };
        engine.items()?;
        Ok(engine)
    }

    /// Does one action to its end on this thread.
    pub(super) fn perform(&mut self, action: Action, body: &[u8]) -> Reply {
        if body.len() > limits::BODY_BYTES {
            return Fault::too_large().into_reply();
        }
        let outcome = self.dispatch(action, body).or_else(|failure| match failure {
            // AWS reads a member that is given twice as its last one; the engine refuses it.
            Failure::Unreadable(error) if wire::is_repeated_member(&error) => {
                let once = wire::last_of_each_member(body).unwrap_or_default();
                self.dispatch(action, &once)
            }
            other => Err(other),
        });
        if changes_tables(action) {
            self.items = None;
        }
        match outcome {
            Ok(json) => Reply::success(json),
            Err(failure) => failure.explain(action, body, &self.arns).into_reply(),
        }
    }

    /// Does calls one after another in one transaction, which is durable when this returns.
    /// Each has its own answer; one that is refused leaves nothing behind.
    ///
    /// INVARIANT: each may be with others; see [`Call::may_be_with_others`].
    pub(super) fn perform_together(&mut self, calls: &[Call]) -> Vec<Reply> {
        let brackets = self.brackets.clone();
        if let Err(error) = self.items() {
            let action = calls.first().map_or("", |call| call.action.name());
            tracing::error!(action, %error, "cannot open the store");
            return calls.iter().map(|_| Fault::internal().into_reply()).collect();
        }
        together::perform(self, &brackets, calls)
    }

    /// Returns the connection for items.
    pub(super) fn items(&mut self) -> Result<&Storage, EngineFault> {
        let items = match self.items.take() {
            Some(items) => items,
            None => {
                let items = Storage::new(&self.path)?;
                items.conn().set_prepared_statement_cache_capacity(limits::STATEMENTS);
                self.brackets.watch(items.conn());
                items
            }
        };
        Ok(self.items.insert(items))
    }

    fn others(&mut self) -> Result<&Database, EngineFault> {
        let others = match self.others.take() {
            Some(others) => others,
            None => Database::new(&self.path)?,
        };
        Ok(self.others.insert(others))
    }

    fn dispatch(&mut self, action: Action, body: &[u8]) -> Result<Vec<u8>, Failure> {
        wire::check_loose_members(action, body).map_err(Failure::Refused)?;
        match action {
            Action::BatchGetItem => self.keyed::<BatchGetItemRequest>(body),
            Action::BatchWriteItem => self.keyed::<BatchWriteItemRequest>(body),
            Action::DeleteItem => self.keyed::<DeleteItemRequest>(body),
            Action::GetItem => self.keyed::<GetItemRequest>(body),
            Action::PutItem => self.keyed::<PutItemRequest>(body),
            Action::Query => self.page::<QueryRequest>(body),
            Action::Scan => self.page::<ScanRequest>(body),
            Action::TransactGetItems => self.keyed::<TransactGetItemsRequest>(body),
            Action::TransactWriteItems => self.transact_write_items(body),
            Action::UpdateItem => self.keyed::<UpdateItemRequest>(body),
            Action::BatchExecuteStatement => self.other(body, Database::batch_execute_statement),
            Action::CreateTable => self.create_table(body),
            Action::DeleteTable => self.other(body, Database::delete_table),
            Action::DescribeStream => self.other(body, Database::describe_stream),
            Action::DescribeTable => self.other(body, Database::describe_table),
            Action::DescribeTimeToLive => self.other(body, Database::describe_time_to_live),
            Action::ExecuteStatement => self.other(body, Database::execute_statement),
            Action::ExecuteTransaction => self.other(body, Database::execute_transaction),
            Action::GetRecords => self.other(body, Database::get_records),
            Action::GetShardIterator => self.other(body, Database::get_shard_iterator),
            Action::ListStreams => self.other(body, Database::list_streams),
            Action::ListTables => self.other(body, Database::list_tables),
            Action::ListTagsOfResource => self.other(body, Database::list_tags_of_resource),
            Action::SearchVectors => self.other(body, Database::search_vectors),
            Action::TagResource => self.other(body, Database::tag_resource),
            Action::UntagResource => self.other(body, Database::untag_resource),
            Action::UpdateTable => self.other(body, Database::update_table),
            Action::UpdateTimeToLive => self.other(body, Database::update_time_to_live),
            refused_by_name!() => Err(Failure::Refused(Refused::Unsupported)),
        }
    }

    /// Runs a request that names items by their keys.
    fn keyed<Q: Keyed>(&mut self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let request: Q = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        let answer = run_keyed(self.items()?, request)?;
        self.write(&answer)
    }

    /// The engine remembers a transaction's token in the handle that did it.
    fn transact_write_items(&mut self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let request: TransactWriteItemsRequest =
            serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        if request.client_request_token.is_none() {
            let answer = run_keyed(self.items()?, request)?;
            return self.write(&answer);
        }
        check_rows(self.items()?, &request.rows())?;
        let answer = self.others()?.transact_write_items(request).map_err(Failure::Engine)?;
        self.write(&answer)
    }

    /// Runs a Query or Scan.
    fn page<Q: Paged>(&mut self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let request: Q = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        let again = || serde_json::from_slice(body).ok();
        let page = paging::read(self.items()?, request, again).map_err(Failure::Engine)?;
        self.write(&page)
    }

    fn create_table(&mut self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let request: CreateTableRequest =
            serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        self.side.admit(&request.table_name).map_err(Failure::Refused)?;
        let answer = self.others()?.create_table(request).map_err(Failure::Engine)?;
        self.write(&answer)
    }

    fn other<Q: DeserializeOwned, R: Serialize>(
        &mut self,
        body: &[u8],
        work: impl FnOnce(&Database, Q) -> Result<R, DynoxideError>,
    ) -> Result<Vec<u8>, Failure> {
        let request = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        let answer = work(self.others()?, request).map_err(Failure::Engine)?;
        self.write(&answer)
    }

    fn write(&self, response: &impl Serialize) -> Result<Vec<u8>, Failure> {
        wire::to_sorted_json(response, &self.arns)
            .map_err(|error| Failure::Engine(DynoxideError::InternalServerError(error.to_string())))
    }
}

fn run_keyed<Q: Keyed>(storage: &Storage, request: Q) -> Result<Q::Answer, Failure> {
    match Q::ROWS {
        Rows::Before => {
            check_rows(storage, &request.rows())?;
            request.run(storage).map_err(Failure::Engine)
        }
        Rows::WhenAbsent => {
            let rows: Vec<(String, Item)> = request
                .rows()
                .into_iter()
                .map(|(table, key)| (table.to_owned(), key.clone()))
                .collect();
            let answer = request.run(storage).map_err(Failure::Engine)?;
            if Q::has_absent(&answer) {
                let rows: Vec<(&str, &Item)> =
                    rows.iter().map(|(table, key)| (table.as_str(), key)).collect();
                check_rows(storage, &rows)?;
            }
            Ok(answer)
        }
    }
}

fn check_rows(storage: &Storage, rows: &[(&str, &Item)]) -> Result<(), Failure> {
    rows.iter().try_for_each(|(table, key)| rows::check(storage, table, key))
}

/// Checks one item as a write would, its keys aside: its JSON, its values and its size.
pub(crate) fn check_item(item: &serde_json::Value) -> Result<(), String> {
    wire::check_item(item)?;
    let text = item.to_string();
    let read: Item =
        serde_json::from_str(&text).map_err(|error| wire::explain_unreadable_item(&error))?;
    if dynoxide::types::item_size(&read) > limits::ITEM_BYTES {
        return Err("Item size has exceeded the maximum allowed size".to_owned());
    }
    Ok(())
}

/// Returns whether the action can change a table's description.
pub(super) fn changes_tables(action: Action) -> bool {
    matches!(
        action,
        Action::CreateTable
            | Action::DeleteTable
            | Action::UpdateTable
            | Action::UpdateTimeToLive
            | Action::TagResource
            | Action::UntagResource
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: SQLite docs: "PRAGMA synchronous": in WAL mode FULL (2) syncs the log after each
    // transaction, which NORMAL (1) does not.
    #[test]
    fn what_is_committed_is_synced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tables.db");
        let arns = Arns::new("us-east-1", "000000000000");
        let mut engine = Engine::open(&path, Side::Tables, arns).unwrap();
        let connection = engine.items().unwrap().conn();
        let number =
            |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(number("PRAGMA synchronous"), 2);
        let mode = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0));
        assert_eq!(mode, Ok("wal".to_owned()));
    }
}
