//! The engine behind a wall: this file, `paging` and `direct` alone name its types.
//!
//! Decodes a request straight into the engine's own type, so that what is checked is what runs,
//! and writes answers and errors in DynamoDB's shape. Knows one file, no threads.

use std::path::Path;

use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::query::QueryRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::{Database, DynoxideError, Item};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::backend::Side;
use super::paging::{self, Paged};
use crate::action::{Action, refused_by_name};
use crate::limits;
use crate::reply::Reply;
use crate::wire::{self, Arns, Fault, Refused};

/// One connection to one of the engine's files.
pub(super) struct Engine {
    database: Database,
    side: Side,
    arns: Arns,
}

/// Why the engine cannot open a file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EngineFault {
    /// A newer engine wrote it: the schema found, and the newest one that is known.
    #[error("it has the engine's schema {found}, the newest known is {known}")]
    Newer { found: u32, known: u32 },
    /// It is not a database, or its pages make no sense.
    #[error("{0}")]
    Damaged(String),
    /// The system does not let it be used.
    #[error("{0}")]
    Unusable(String),
}

impl From<DynoxideError> for EngineFault {
    fn from(error: DynoxideError) -> EngineFault {
        let message = error.to_string();
        match error {
            DynoxideError::InternalServerError(text) if text.contains("newer version") => {
                let mut numbers = text
                    .split(|letter: char| !letter.is_ascii_digit())
                    .filter_map(|digits| digits.parse().ok());
                EngineFault::Newer {
                    found: numbers.next().unwrap_or_default(),
                    known: numbers.next().unwrap_or_default(),
                }
            }
            DynoxideError::InternalServerError(text) if text.contains("not a valid") => {
                EngineFault::Damaged("it is not a database".to_owned())
            }
            // The code's type is the engine's own dependency's; its name is stable.
            DynoxideError::SqliteError(error)
                if error
                    .sqlite_error_code()
                    .is_some_and(|code| format!("{code:?}") == "DatabaseCorrupt") =>
            {
                EngineFault::Damaged(error.to_string())
            }
            _ => EngineFault::Unusable(message),
        }
    }
}

impl Engine {
    /// Opens the file, which must exist; an empty one becomes a store without tables.
    pub(super) fn open(path: &Path, side: Side, arns: Arns) -> Result<Engine, EngineFault> {
        let name = path.to_str();
        let name = name.ok_or_else(|| EngineFault::Unusable("its path is not UTF-8".to_owned()))?;
        let database = Database::new(name).map_err(EngineFault::from)?;
        Ok(Engine { database, side, arns })
    }

    /// Does one action to its end on this thread.
    pub(super) fn perform(&self, action: Action, body: &[u8]) -> Reply {
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
        match outcome {
            Ok(json) => Reply::success(json),
            Err(failure) => self.explain(action, body, failure).into_reply(),
        }
    }

    fn dispatch(&self, action: Action, body: &[u8]) -> Result<Vec<u8>, Failure> {
        wire::check_loose_members(action, body).map_err(Failure::Refused)?;
        let database = &self.database;
        match action {
            Action::BatchExecuteStatement => {
                self.run(body, |request| database.batch_execute_statement(request))
            }
            Action::BatchGetItem => self.run(body, |request| database.batch_get_item(request)),
            Action::BatchWriteItem => self.run(body, |request| database.batch_write_item(request)),
            Action::CreateTable => self.create_table(body),
            Action::DeleteItem => self.run(body, |request| database.delete_item(request)),
            Action::DeleteTable => self.run(body, |request| database.delete_table(request)),
            Action::DescribeStream => self.run(body, |request| database.describe_stream(request)),
            Action::DescribeTable => self.run(body, |request| database.describe_table(request)),
            Action::DescribeTimeToLive => {
                self.run(body, |request| database.describe_time_to_live(request))
            }
            Action::ExecuteStatement => {
                self.run(body, |request| database.execute_statement(request))
            }
            Action::ExecuteTransaction => {
                self.run(body, |request| database.execute_transaction(request))
            }
            Action::GetItem => self.run(body, |request| database.get_item(request)),
            Action::GetRecords => self.run(body, |request| database.get_records(request)),
            Action::GetShardIterator => {
                self.run(body, |request| database.get_shard_iterator(request))
            }
            Action::ListStreams => self.run(body, |request| database.list_streams(request)),
            Action::ListTables => self.run(body, |request| database.list_tables(request)),
            Action::ListTagsOfResource => {
                self.run(body, |request| database.list_tags_of_resource(request))
            }
            Action::PutItem => self.run(body, |request| database.put_item(request)),
            Action::Query => self.page::<QueryRequest>(body),
            Action::Scan => self.page::<ScanRequest>(body),
            Action::SearchVectors => self.run(body, |request| database.search_vectors(request)),
            Action::TagResource => self.run(body, |request| database.tag_resource(request)),
            Action::TransactGetItems => {
                self.run(body, |request| database.transact_get_items(request))
            }
            Action::TransactWriteItems => {
                self.run(body, |request| database.transact_write_items(request))
            }
            Action::UntagResource => self.run(body, |request| database.untag_resource(request)),
            Action::UpdateItem => self.run(body, |request| database.update_item(request)),
            Action::UpdateTable => self.run(body, |request| database.update_table(request)),
            Action::UpdateTimeToLive => {
                self.run(body, |request| database.update_time_to_live(request))
            }
            refused_by_name!() => Err(Failure::Refused(Refused::Unsupported)),
        }
    }
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

/// Why an action has no success to report.
enum Failure {
    /// The body is not a request of this action.
    Unreadable(serde_json::Error),
    /// The request is refused before the engine sees it.
    Refused(Refused),
    /// The engine's error.
    Engine(DynoxideError),
}

impl Engine {
    fn run<Q, R>(
        &self,
        body: &[u8],
        work: impl FnOnce(Q) -> Result<R, DynoxideError>,
    ) -> Result<Vec<u8>, Failure>
    where
        Q: DeserializeOwned,
        R: Serialize,
    {
        let request = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        self.write(&work(request).map_err(Failure::Engine)?)
    }

    /// Runs a Query or Scan.
    fn page<Q: Paged>(&self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let request: Q = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        let again = || serde_json::from_slice(body).ok();
        let page = paging::read(&self.database, request, again).map_err(Failure::Engine)?;
        self.write(&page)
    }

    fn create_table(&self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let request: CreateTableRequest =
            serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        self.side.admit(&request.table_name).map_err(Failure::Refused)?;
        self.write(&self.database.create_table(request).map_err(Failure::Engine)?)
    }

    fn write(&self, response: &impl Serialize) -> Result<Vec<u8>, Failure> {
        wire::to_sorted_json(response, &self.arns)
            .map_err(|error| Failure::Engine(DynoxideError::InternalServerError(error.to_string())))
    }

    fn explain(&self, action: Action, body: &[u8], failure: Failure) -> Fault {
        match failure {
            Failure::Unreadable(error) => wire::explain_unreadable(action, body, &error).into(),
            Failure::Refused(refused) => refused.into(),
            Failure::Engine(error) => self.translate(action, error),
        }
    }

    /// Writes an engine's error as DynamoDB does. What went wrong inside is logged, not told.
    fn translate(&self, action: Action, error: DynoxideError) -> Fault {
        let message = error.to_string();
        let kind = error.error_type();
        match error {
            DynoxideError::ConditionalCheckFailedException(_, item) => {
                // AWS: ExecuteStatement's condition failure with an item has a capital `Message`.
                let is_capital = matches!(action, Action::ExecuteStatement) && item.is_some();
                let item = item.and_then(|item| wire::to_sorted_json(&item, &self.arns).ok());
                Fault::new(kind, is_capital, &message).with("Item", item)
            }
            DynoxideError::TransactionCanceledException(_, reasons) => {
                let reasons = wire::to_sorted_json(&reasons, &self.arns).ok();
                Fault::new(kind, true, &message).with("CancellationReasons", reasons)
            }
            DynoxideError::SerializationException(_) => {
                Fault::from(Refused::Serialization((!message.is_empty()).then_some(message)))
            }
            DynoxideError::EnvelopedValidation(_) => {
                Fault::from(Refused::Validation(wire::enveloped(action, &message)))
            }
            other if other.status_code() != 400 => {
                tracing::error!(action = action.name(), error = %message, "the store failed");
                Fault::internal()
            }
            _ => Fault::new(kind, false, &message),
        }
    }
}

#[cfg(test)]
mod tests {
    use dynoxide::storage::Storage;

    use super::*;

    // Source: SQLite docs: "PRAGMA synchronous": in WAL mode FULL (2) syncs the log after each
    // transaction, which NORMAL (1) does not.
    #[test]
    fn what_is_committed_is_synced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tables.db");
        let arns = Arns::new("us-east-1", "000000000000");
        let _engine = Engine::open(&path, Side::Tables, arns).unwrap();
        // The engine hides its connection; this one is opened in the same way.
        let storage = Storage::new(path.to_str().unwrap()).unwrap();
        let number = |pragma: &str| {
            storage.conn().query_row(pragma, [], |row| row.get::<_, i64>(0)).unwrap()
        };
        assert_eq!(number("PRAGMA synchronous"), 2);
        let mode = storage.conn().query_row("PRAGMA journal_mode", [], |row| row.get(0));
        assert_eq!(mode, Ok("wal".to_owned()));
    }
}
