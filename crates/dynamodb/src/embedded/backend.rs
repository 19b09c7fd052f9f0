//! The open store: which file and which thread a call goes to, and the order of closing.
//!
//! Users' tables and the program's own are in two files. So a name beginning `vestibule.` is
//! not found among users' tables whatever the operation, the form of the name or the statement,
//! and the answer is the engine's own for a table that is not there.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::call::{By, Call};
use super::direct::Direct;
use super::engine::{Engine, have_changed_tables};
use super::folder::Folder;
use super::open_error::OpenError;
use super::options::Options;
use super::pool::{Pool, PoolLimits};
use super::readers::{Epoch, Readers, Slot, Source};
use super::state_schema;
use crate::action::{Action, Lane};
use crate::handles::{self, State, Tables};
use crate::limits;
use crate::reply::{CallError, Reply};
use crate::side::Side;
use crate::wire::{Arns, Fault, Refused};

/// The door to the embedded store.
#[derive(Debug, Clone, Copy)]
pub struct Embedded;

impl Embedded {
    /// Opens the store, making it when it is missing, and holds its folder against other
    /// processes until the last handle is dropped.
    ///
    /// # Errors
    ///
    /// [`OpenError`] names the path and the remedy.
    pub fn open(options: &Options) -> Result<(Tables, State), OpenError> {
        let backend = Arc::new(Backend::open(options)?);
        Ok(handles::embedded(backend))
    }
}

/// Both sides of the store and the folder they are in.
///
/// INVARIANT: fields are dropped in this order: the threads end before the folder is let go.
#[derive(Debug)]
pub(crate) struct Backend {
    tables: Store,
    state: Store,
    folder: Folder,
}

impl Backend {
    fn open(options: &Options) -> Result<Backend, OpenError> {
        let folder = Folder::open(&options.location)?;
        let arns = Arns::new(&options.region, &options.account);
        let source = |path: &Path, side| Source { path: path.into(), side, arns: arns.clone() };
        let state = source(&folder.state_file(), Side::State);
        let mut engine = folder.open_engine(&state)?;
        state_schema::prepare(&mut engine, folder.path())?;
        drop(engine);
        let tables = source(&folder.tables_file(), Side::Tables);
        drop(folder.open_engine(&tables)?);
        folder.make_durable()?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let readers = threads.clamp(limits::READER_THREADS_LEAST, limits::READER_THREADS_MOST);
        let points = threads.min(limits::POINT_HANDLES_MOST);
        let unusable = |source| OpenError::Unusable {
            doing: "start the threads of",
            path: folder.path().to_owned(),
            source,
        };
        let tables = Store::start("tables", tables, readers, points).map_err(unusable)?;
        let state = Store::start("state", state, 1, 1).map_err(unusable)?;
        Ok(Backend { tables, state, folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn call(
        &self,
        side: Side,
        action: Action,
        body: Bytes,
    ) -> Result<Reply, CallError> {
        match side {
            Side::Tables => self.tables.call(action, body).await,
            Side::State => self.state.call(action, body).await,
        }
    }
}

impl Backend {
    /// Does one deletion because an item's time to live is over.
    pub(crate) async fn expire(&self, side: Side, body: Bytes) -> Result<Reply, CallError> {
        let call = Call { action: Action::DeleteItem, body, by: By::TimeToLive };
        match side {
            Side::Tables => self.tables.writer.call(call).await,
            Side::State => self.state.writer.call(call).await,
        }
    }
}

impl Backend {
    /// Removes records of users' streams from before a time; returns how many.
    pub(crate) async fn trim(&self, before_s: u64) -> Result<usize, CallError> {
        let reply = self.tables.writer.call(Call::trimming(before_s)).await?;
        // A failure is in the log: nothing was removed.
        Ok(serde_json::from_slice(&reply.body).unwrap_or_default())
    }
}

/// One of the engine's files, with a thread that writes and handles that read.
///
/// INVARIANT: the handles that only read are dropped first: the last one to close a file writes
/// its log back, which they cannot.
#[derive(Debug)]
struct Store {
    points: Readers<Direct>,
    readers: Pool,
    writer: Pool,
}

impl Store {
    fn start(name: &str, source: Source, readers: usize, points: usize) -> std::io::Result<Store> {
        let epoch = Epoch::default();
        let pool = |threads, queue, together, yields| PoolLimits {
            threads,
            queue,
            queue_wait: limits::QUEUE_WAIT,
            run_wait: limits::RUN_WAIT,
            together,
            yields,
        };
        let many = Readers::<Engine>::new(source.clone(), epoch.clone(), readers);
        let points = Readers::new(source.clone(), epoch.clone(), points);
        let pages = Readers::<Direct>::new(source.clone(), epoch.clone(), readers);
        // One thread: SQLite lets one writer in at a time, and holds its lock while it syncs.
        let handle = Mutex::new(Slot::default());
        let write = move |calls: &[Call]| {
            let mut handle = handle.lock().unwrap_or_else(PoisonError::into_inner);
            let replies = handle.perform(&source, 0, calls);
            if have_changed_tables(calls, &replies) {
                epoch.advance();
            }
            replies
        };
        let limits = pool(1, limits::WRITE_QUEUE, limits::TOGETHER_CALLS, true);
        let writer = Pool::start(&format!("{name}-writer"), limits, write)?;
        let limits = pool(readers, limits::READ_QUEUE, 1, false);
        let readers = Pool::start(&format!("{name}-reader"), limits, move |calls| {
            let page = |call: &Call| match call.action {
                Action::Query => pages.query(call, usize::MAX),
                Action::Scan => pages.scan(call),
                _ => None,
            };
            let one = |call: &Call| page(call).unwrap_or_else(|| many.perform(call.clone()));
            calls.iter().map(one).collect()
        })?;
        Ok(Store { points, readers, writer })
    }

    async fn call(&self, action: Action, body: Bytes) -> Result<Reply, CallError> {
        match action.lane() {
            Lane::Caller => {
                let call = Call::new(action, body);
                let here = match action {
                    Action::Query => self.points.query(&call, limits::CALLER_PAGE_BYTES),
                    _ => self.points.get(&call),
                };
                match here {
                    Some(reply) => Ok(reply),
                    None => self.readers.call(call).await,
                }
            }
            Lane::Readers => self.readers.call(Call::new(action, body)).await,
            Lane::Writer => self.writer.call(Call::new(action, body)).await,
            Lane::Nowhere => {
                tracing::warn!(action = action.name(), "the embedded store has no such action");
                Ok(Fault::from(Refused::Unsupported).into_reply())
            }
        }
    }
}
