//! The engine behind a wall: which connection does an action, and the answer in DynamoDB's shape.
//!
//! Decodes a request straight into the engine's own type, so that what is checked is what runs.
//! Knows one file, no threads. The connection is ours to watch: it can hold many calls in one
//! transaction (`together`), also a change of a table, which the engine does in several, and look
//! at the rows that a call names (`rows`). Transactions with a token alone go through a handle of
//! the engine's, which remembers the tokens.

use std::path::Path;

use dynoxide::actions;
use dynoxide::actions::batch_get_item::BatchGetItemRequest;
use dynoxide::actions::batch_write_item::BatchWriteItemRequest;
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::execute_transaction::ExecuteTransactionRequest;
use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::query::QueryRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::actions::tag_resource::TagResourceRequest;
use dynoxide::actions::transact_get_items::TransactGetItemsRequest;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::actions::untag_resource::UntagResourceRequest;
use dynoxide::actions::update_item::UpdateItemRequest;
use dynoxide::actions::vector_lifecycle::VectorIndexLifecycle;
use dynoxide::storage::Storage;
use dynoxide::{Database, DynoxideError, Item};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::Call;
use super::engine_fault::EngineFault;
use super::expressions::{self, Spoiled};
use super::failure::Failure;
use super::indexes::{self, Outside};
use super::keyed::{Keyed, Rows, ready};
use super::paging::{self, Paged};
use super::together::{self, Brackets};
use super::told::Told;
use super::{definitions, key_updates, key_values, records, rows, sets, settings, streams};
use crate::action::{Action, refused_by_name};
use crate::limits;
use crate::reply::Reply;
use crate::side::Side;
use crate::wire::{self, Arns, Fault, Refused};

macro_rules! plain {
    ($engine:expr, $body:expr, $action:ident) => {
        $engine.plain($body, |storage, request| ready(actions::$action::execute(storage, request)))
    };
}

/// One of the engine's files, open.
pub(super) struct Engine {
    path: String,
    /// Nothing after a table has changed: it keeps their descriptions.
    storage: Option<Storage>,
    brackets: Brackets,
    /// How far new vector indexes are.
    vectors: VectorIndexLifecycle,
    /// Remembers the tokens of transactions, until a table is changed. Opened at the first one.
    tokens: Option<Database>,
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
            storage: None,
            brackets: Brackets::default(),
            vectors: VectorIndexLifecycle::new(),
            tokens: None,
            side,
            arns,
        };
        records::index(engine.storage()?.conn())?;
        Ok(engine)
    }

    /// Does calls one after another: one, or several that may be with others. What they write is
    /// durable when this returns. One that is refused leaves nothing behind.
    pub(super) fn perform(&mut self, calls: &[Call]) -> Vec<Reply> {
        if let [call] = calls
            && !call.wants_transaction()
        {
            return vec![self.answer(call.action, &call.body)];
        }
        let brackets = self.brackets.clone();
        if let Err(error) = self.storage() {
            tracing::error!(path = self.path, %error, "cannot open the store");
            return calls.iter().map(|_| Fault::internal().into_reply()).collect();
        }
        let replies = together::perform(self, &brackets, calls);
        if calls.iter().any(|call| changes_tables(call.action)) {
            self.storage = None;
        }
        if have_changed_tables(calls, &replies) {
            self.tokens = None;
        }
        replies
    }

    /// Does one action to its end on this thread.
    pub(super) fn answer(&mut self, action: Action, body: &[u8]) -> Reply {
        if body.len() > limits::BODY_BYTES {
            return Fault::too_large().into_reply();
        }
        let renamed = wire::with_names(action, body, &self.arns);
        let body = renamed.as_ref().map_or(body, |renamed| &renamed.body);
        let outcome = self.dispatch(action, body).or_else(|failure| match failure {
            // AWS reads a member that is given twice as its last one; the engine refuses it.
            Failure::Unreadable(error) if wire::is_repeated_member(&error) => {
                let once = wire::last_of_each_member(body).unwrap_or_default();
                self.dispatch(action, &once)
            }
            other => Err(other),
        });
        match outcome {
            Ok(json) => Reply::success(match &renamed {
                Some(renamed) => renamed.answer(action, json),
                None => json,
            }),
            Err(failure) => failure.explain(action, body, &self.arns).into_reply(),
        }
    }

    /// Returns the connection.
    pub(super) fn storage(&mut self) -> Result<&Storage, EngineFault> {
        let storage = match self.storage.take() {
            Some(storage) => storage,
            None => {
                let storage = Storage::new(&self.path)?;
                storage.conn().set_prepared_statement_cache_capacity(limits::STATEMENTS);
                self.brackets.watch(storage.conn());
                storage
            }
        };
        Ok(self.storage.insert(storage))
    }

    /// Writes back what the log has, and empties it. Where that cannot be done, as on a full disk, the log stays.
    pub(super) fn empty_log(&mut self) -> Result<(), EngineFault> {
        let emptied =
            self.storage()?.conn().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(reason) = emptied {
            tracing::warn!(path = self.path, %reason, "the log of the store cannot be written back");
        }
        Ok(())
    }

    fn tokens(&mut self) -> Result<&Database, EngineFault> {
        let tokens = match self.tokens.take() {
            Some(tokens) => tokens,
            None => Database::new(&self.path)?,
        };
        Ok(self.tokens.insert(tokens))
    }

    fn dispatch(&mut self, action: Action, body: &[u8]) -> Result<Vec<u8>, Failure> {
        wire::check_loose_members(action, body).map_err(Failure::Refused)?;
        wire::check_names(action, body).map_err(Failure::Refused)?;
        match action {
            Action::BatchGetItem => self.keyed::<BatchGetItemRequest>(body),
            Action::BatchWriteItem => self.keyed::<BatchWriteItemRequest>(body),
            Action::DeleteItem => self.keyed::<DeleteItemRequest>(body),
            Action::GetItem => self.keyed::<GetItemRequest>(body),
            Action::PutItem => self.keyed::<PutItemRequest>(body),
            Action::Query => self.query(body),
            Action::Scan => self.scan(body),
            Action::TransactGetItems => {
                self.at_one_moment(|engine| engine.keyed::<TransactGetItemsRequest>(body))
            }
            Action::TransactWriteItems => self.transact_write_items(body),
            Action::UpdateItem => self.keyed::<UpdateItemRequest>(body),
            Action::CreateTable => self.create_table(body),
            Action::DeleteTable => self.about_vectors(body, settings::delete_table),
            Action::DescribeTable => self.about_vectors(body, |storage, request, vectors| {
                ready(actions::describe_table::execute(storage, request, vectors))
            }),
            Action::SearchVectors => self.about_vectors(body, |storage, request, vectors| {
                ready(actions::search_vectors::execute(storage, request, vectors))
            }),
            Action::UpdateTable => self.about_vectors(body, |storage, request, vectors| {
                streams::check_update(storage, &request)?;
                ready(actions::update_table::execute(storage, request, vectors))
            }),
            Action::ExecuteTransaction => self.execute_transaction(body),
            Action::BatchExecuteStatement => plain!(self, body, batch_execute_statement),
            Action::DescribeStream => {
                let arns = self.arns.clone();
                self.plain(body, |storage, request: DescribeStreamRequest| {
                    streams::check_stream(storage, &request.stream_arn, &arns)?;
                    ready(actions::describe_stream::execute(storage, request))
                })
            }
            Action::DescribeTimeToLive => plain!(self, body, describe_time_to_live),
            Action::ExecuteStatement => plain!(self, body, execute_statement),
            Action::GetRecords => self.plain(body, |storage, mut request: GetRecordsRequest| {
                request.shard_iterator =
                    streams::engines_iterator(storage, &request.shard_iterator)?;
                let mut answer = ready(actions::get_records::execute(storage, request))?;
                answer.next_shard_iterator =
                    streams::with_stream(storage, answer.next_shard_iterator);
                Ok(Told::from(answer))
            }),
            Action::GetShardIterator => {
                let arns = self.arns.clone();
                self.plain(body, |storage, request: GetShardIteratorRequest| {
                    streams::check_stream(storage, &request.stream_arn, &arns)?;
                    let mut answer = ready(actions::get_shard_iterator::execute(storage, request))?;
                    answer.shard_iterator = streams::with_stream(storage, answer.shard_iterator);
                    Ok(answer)
                })
            }
            Action::ListStreams => self.plain(body, |storage, request: ListStreamsRequest| {
                streams::check_limit(request.limit)?;
                ready(actions::list_streams::execute(storage, request))
            }),
            Action::ListTables => plain!(self, body, list_tables),
            Action::ListTagsOfResource => {
                let arns = self.arns.clone();
                self.plain(body, |storage, request| {
                    settings::list_tags_of_resource(storage, request, &arns)
                })
            }
            Action::TagResource => {
                let arns = self.arns.clone();
                self.plain(body, |storage, mut request: TagResourceRequest| {
                    settings::check_tagged(&mut request.resource_arn, &arns)?;
                    ready(actions::tag_resource::execute(storage, request))
                })
            }
            Action::UntagResource => {
                let arns = self.arns.clone();
                self.plain(body, |storage, mut request: UntagResourceRequest| {
                    settings::check_tagged(&mut request.resource_arn, &arns)?;
                    ready(actions::untag_resource::execute(storage, request))
                })
            }
            Action::UpdateTimeToLive => self.plain(body, settings::update_time_to_live),
            refused_by_name!() => Err(Failure::Refused(Refused::Unsupported)),
        }
    }

    /// Runs a request that names items by their keys.
    fn keyed<Q: Keyed>(&mut self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut request: Q = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        let spoiled = expressions::spoil(&mut request);
        let answer = run_keyed(self.storage()?, request);
        self.write(&unspoiled(spoiled, answer)?)
    }

    /// Reads as of one moment, where the engine would read each item as it is by then. AWS docs: TransactGetItems is
    /// serializable with transactions and single writes.
    fn at_one_moment(
        &mut self,
        read: impl FnOnce(&mut Engine) -> Result<Vec<u8>, Failure>,
    ) -> Result<Vec<u8>, Failure> {
        self.run("BEGIN DEFERRED")?;
        let answer = read(self);
        self.run("ROLLBACK")?;
        answer
    }

    fn run(&mut self, statement: &str) -> Result<(), Failure> {
        self.storage()?.conn().execute_batch(statement).map_err(|error| {
            let reason = format!("{statement}: {error}");
            Failure::Engine(DynoxideError::InternalServerError(reason))
        })
    }

    fn transact_write_items(&mut self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut request: TransactWriteItemsRequest =
            serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        expressions::check_placeholders(&request)?;
        sets::normalize_transaction(&mut request);
        let spoiled = expressions::spoil(&mut request);
        let key_updates = key_updates::replace(self.storage()?, &mut request)?;
        if spoiled.is_some() || request.client_request_token.is_none() {
            let answer = run_keyed(self.storage()?, request);
            let answer = answer.map_err(|failure| key_updates.explain(failure));
            return self.write(&unspoiled(spoiled, answer)?);
        }
        check_rows(self.storage()?, &request.rows())?;
        let answer = self.tokens()?.transact_write_items(request).map_err(Failure::Engine);
        self.write(&answer.map_err(|failure| key_updates.explain(failure))?)
    }

    fn execute_transaction(&mut self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let request: ExecuteTransactionRequest =
            serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        let answer = match request.client_request_token {
            Some(_) => self.tokens()?.execute_transaction(request),
            None => ready(actions::execute_transaction::execute(self.storage()?, request)),
        };
        self.write(&answer.map_err(Failure::Engine)?)
    }

    fn query(&mut self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let request: QueryRequest = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        let refusal = key_values::refusal(self.storage()?, &request)?;
        self.page(request, body, refusal)
    }

    fn scan(&mut self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let request: ScanRequest = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        let segments = (request.segment, request.total_segments);
        self.page(request, body, None).map_err(|failure| failure.tell_segments(segments))
    }

    /// Runs a Query or Scan. What is to be refused is when the engine has found nothing else.
    fn page<Q: Paged>(
        &mut self,
        mut request: Q,
        body: &[u8],
        refusal: Option<String>,
    ) -> Result<Vec<u8>, Failure> {
        let storage = self.storage()?;
        if let Some(spoiled) = expressions::spoil(&mut request) {
            let outcome = request.run(storage).map_err(Failure::Engine);
            return Err(spoiled.refusal(outcome.map(drop)));
        }
        let outside = indexes::outside(storage, &mut request)?;
        let again = || serde_json::from_slice::<Q>(body).ok();
        if let Some(Outside::Fetched(paths)) = &outside
            && refusal.is_none()
        {
            request.limited(1).run(storage).map_err(Failure::Engine)?;
            let request = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
            let again = || again().map(indexes::whole);
            let page = paging::read(storage, indexes::whole(request), again);
            let mut page = page.map_err(Failure::Engine)?;
            paging::project(&mut page, paths);
            return self.write(&page);
        }
        let page = paging::read(storage, request, again).map_err(Failure::Engine)?;
        match (refusal, outside) {
            (Some(message), _) | (None, Some(Outside::Refused(message))) => {
                Err(Failure::Engine(DynoxideError::ValidationException(message)))
            }
            (None, _) => self.write(&page),
        }
    }

    fn create_table(&mut self, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let request: CreateTableRequest =
            serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        self.side.admit(&request.table_name).map_err(Failure::Refused)?;
        streams::check_view(request.stream_specification.as_ref()).map_err(Failure::Engine)?;
        let refusal = definitions::refusal(&request);
        // What is refused after it was done leaves nothing: each change of a table is in a transaction.
        let answer = ready(actions::create_table::execute(self.storage()?, request));
        let refused = refusal.filter(|refusal| match &answer {
            Ok(_) => true,
            Err(error) => refusal.is_before(error),
        });
        match refused {
            Some(refusal) => Err(Failure::Engine(refusal.into_error())),
            None => self.write(&answer.map_err(Failure::Engine)?),
        }
    }

    /// Runs a request whose answer depends on how far vector indexes are.
    fn about_vectors<Q: DeserializeOwned, R: Serialize>(
        &mut self,
        body: &[u8],
        work: impl FnOnce(&Storage, Q, &VectorIndexLifecycle) -> Result<R, DynoxideError>,
    ) -> Result<Vec<u8>, Failure> {
        let request = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        self.storage()?;
        let Engine { storage: Some(storage), vectors, .. } = &*self else {
            return Err(Failure::Closed(EngineFault::Unusable("it is not open".to_owned())));
        };
        let answer = work(storage, request, vectors).map_err(Failure::Engine)?;
        self.write(&answer)
    }

    /// Runs a request that wants nothing but the connection.
    fn plain<Q: DeserializeOwned, R: Serialize>(
        &mut self,
        body: &[u8],
        work: impl FnOnce(&Storage, Q) -> Result<R, DynoxideError>,
    ) -> Result<Vec<u8>, Failure> {
        let request = serde_json::from_slice(body).map_err(Failure::Unreadable)?;
        let answer = work(self.storage()?, request).map_err(Failure::Engine)?;
        self.write(&answer)
    }

    fn write(&self, response: &impl Serialize) -> Result<Vec<u8>, Failure> {
        wire::to_sorted_json(response, &self.arns)
            .map_err(|error| Failure::Engine(DynoxideError::InternalServerError(error.to_string())))
    }
}

/// Returns the answer, or why a request whose expression is unreadable by now is refused.
fn unspoiled<T>(spoiled: Option<Spoiled>, answer: Result<T, Failure>) -> Result<T, Failure> {
    match spoiled {
        Some(spoiled) => Err(spoiled.refusal(answer.map(drop))),
        None => answer,
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

/// Returns whether one of the calls may have changed a table's description: one that is refused
/// has not, as none of it is left.
pub(super) fn have_changed_tables(calls: &[Call], replies: &[Reply]) -> bool {
    let mut done = calls.iter().zip(replies);
    done.any(|(call, reply)| changes_tables(call.action) && !reply.is_refusal())
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
        let connection = engine.storage().unwrap().conn();
        let number =
            |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(number("PRAGMA synchronous"), 2);
        let mode = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0));
        assert_eq!(mode, Ok("wal".to_owned()));
    }
}
