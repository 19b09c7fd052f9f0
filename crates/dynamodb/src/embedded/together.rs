//! Many calls in one transaction, so that they share one sync of the disk.
//!
//! The engine begins and commits a transaction for each write. Inside ours its words for that
//! are ignored: SQLite asks an authorizer for each statement, and one that is ignored does
//! nothing. What the engine would have rolled back is rolled back here, to a savepoint before
//! the call. Readers see none of it before it is durable, as SQLite shows what is committed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::call::{By, Call};
use super::engine::Engine;
use super::records;
use crate::reply::Reply;
use crate::wire::Fault;

/// Whether the engine's own begin and end of a transaction do nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Brackets {
    are_ignored: Arc<AtomicBool>,
}

impl Brackets {
    /// Makes the connection ask.
    pub(super) fn watch(&self, connection: &Connection) {
        let are_ignored = Arc::clone(&self.are_ignored);
        connection.authorizer(Some(move |context: AuthContext<'_>| match context.action {
            AuthAction::Transaction { .. } if are_ignored.load(Ordering::Relaxed) => {
                Authorization::Ignore
            }
            _ => Authorization::Allow,
        }));
    }

    fn ignored<T>(&self, work: impl FnOnce() -> T) -> T {
        self.are_ignored.store(true, Ordering::Relaxed);
        let done = work();
        self.are_ignored.store(false, Ordering::Relaxed);
        done
    }
}

/// How the stream of a table tells who deleted an item whose time was over.
/// AWS docs: "DynamoDB Streams and Time to Live".
const TIME_TO_LIVE: &str = r#"{"type":"Service","principalId":"dynamodb.amazonaws.com"}"#;

/// Does the calls in one transaction; returns an answer for each.
pub(super) fn perform(engine: &mut Engine, brackets: &Brackets, calls: &[Call]) -> Vec<Reply> {
    let mut replies: Vec<Reply> = Vec::with_capacity(calls.len());
    // The answers from here on are not durable yet.
    let mut pending = 0;
    for call in calls {
        // What cannot be begun for this call cannot for the next, and each would wait for it.
        if pending == replies.len()
            && let Err(reason) = run(engine, "BEGIN IMMEDIATE")
        {
            report(&reason);
            replies.resize_with(calls.len(), || Fault::internal().into_reply());
            return replies;
        }
        match one(engine, brackets, call) {
            Ok(reply) => replies.push(reply),
            Err(reason) => {
                report(&reason);
                // It may be over already: then there is nothing to roll back.
                let _over = run(engine, "ROLLBACK");
                fail(&mut replies, pending);
                replies.push(Fault::internal().into_reply());
                pending = replies.len();
            }
        }
    }
    if pending < replies.len()
        && let Err(reason) = run(engine, "COMMIT")
    {
        report(&reason);
        let _over = run(engine, "ROLLBACK");
        fail(&mut replies, pending);
    }
    replies
}

/// Does one call inside the transaction. An error says that the whole transaction is lost.
fn one(engine: &mut Engine, brackets: &Brackets, call: &Call) -> Result<Reply, String> {
    run(engine, "SAVEPOINT one")?;
    let newest = newest_record(engine, call)?;
    let reply = match call.by {
        By::Caller | By::TimeToLive => brackets.ignored(|| engine.answer(call.action, &call.body)),
        By::Trimming { before_s } => trimmed(engine, before_s)?,
    };
    // SQLite itself ends a transaction that it cannot go on with, as on a full disk.
    if is_over(engine)? {
        return Err(format!("{} was given up by the store", call.action.name()));
    }
    if !reply.is_success() {
        run(engine, "ROLLBACK TO one")?;
    } else if let Some(newest) = newest {
        mark_records(engine, newest)?;
    }
    run(engine, "RELEASE one")?;
    Ok(reply)
}

fn run(engine: &mut Engine, statement: &str) -> Result<(), String> {
    let done = on(engine, |connection| connection.prepare_cached(statement)?.execute([]))?;
    done.map(drop).map_err(|error| format!("{statement}: {error}"))
}

fn is_over(engine: &mut Engine) -> Result<bool, String> {
    on(engine, Connection::is_autocommit)
}

fn on<T>(engine: &mut Engine, work: impl FnOnce(&Connection) -> T) -> Result<T, String> {
    let storage = engine.storage().map_err(|error| error.to_string())?;
    Ok(work(storage.conn()))
}

/// Returns the number of the newest stream record, when the call is told as DynamoDB's own.
fn newest_record(engine: &mut Engine, call: &Call) -> Result<Option<i64>, String> {
    if call.by != By::TimeToLive {
        return Ok(None);
    }
    let newest = "SELECT coalesce(max(id), 0) FROM _stream_records";
    on(engine, |connection| connection.query_row(newest, [], |row| row.get(0)))?
        .map(Some)
        .map_err(|error| error.to_string())
}

/// Answers with the number of records that are removed.
fn trimmed(engine: &mut Engine, before_s: u64) -> Result<Reply, String> {
    let removed = on(engine, |connection| records::trim(connection, before_s))?;
    let removed = removed.map_err(|error| error.to_string())?;
    Ok(Reply::success(removed.to_string().into_bytes()))
}

fn mark_records(engine: &mut Engine, newest: i64) -> Result<(), String> {
    let mark = "UPDATE _stream_records SET user_identity = ?1 WHERE id > ?2";
    on(engine, |connection| connection.execute(mark, (TIME_TO_LIVE, newest)))?
        .map(drop)
        .map_err(|error| error.to_string())
}

/// Answers that were not durable become failures.
fn fail(replies: &mut [Reply], from: usize) {
    for reply in replies.iter_mut().skip(from) {
        *reply = Fault::internal().into_reply();
    }
}

fn report(reason: &str) {
    tracing::error!(reason, "the store could not write: is the disk full or failing?");
}

#[cfg(test)]
mod tests;
