//! Read handles on one file, each used by one thread at a time and opened when first needed.
//!
//! The engine keeps a table's description in each handle and learns of changes made through
//! the same handle only. So every change of a table moves the epoch on, and a handle of an
//! earlier epoch is opened anew before it reads.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::call::Call;
use super::direct::Direct;
use super::engine::Engine;
use super::engine_fault::EngineFault;
use super::pool::contained;
use crate::reply::Reply;
use crate::side::Side;
use crate::wire::{Arns, Fault};

/// What it takes to open a handle.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) side: Side,
    pub(super) arns: Arns,
}

/// How often a table was created, changed or deleted since the store was opened.
#[derive(Debug, Clone, Default)]
pub(super) struct Epoch(Arc<AtomicU64>);

impl Epoch {
    /// Call after a change is durable and before it is acknowledged.
    pub(super) fn advance(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn now(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// A handle that is opened when needed, and anew after a panic or a change of tables.
pub(super) struct Slot<H> {
    /// With the epoch that it was opened in.
    open: Option<(u64, H)>,
}

impl<H> Default for Slot<H> {
    fn default() -> Slot<H> {
        Slot { open: None }
    }
}

impl<H> Slot<H> {
    /// Works with a handle of this epoch.
    ///
    /// INVARIANT: the slot is empty while the handle works, so that one that a panic has left
    /// in the middle of a transaction is never used again.
    fn with<T>(
        &mut self,
        epoch: u64,
        open: impl FnOnce() -> Result<H, EngineFault>,
        work: impl FnOnce(&mut H) -> T,
    ) -> Result<T, EngineFault> {
        let mut handle = match self.open.take() {
            Some((of, handle)) if of == epoch => handle,
            Some(_) | None => open()?,
        };
        let done = work(&mut handle);
        self.open = Some((epoch, handle));
        Ok(done)
    }
}

impl Slot<Engine> {
    /// Does calls one after another in one transaction, each of which may be with others, or a
    /// single one.
    pub(super) fn perform(&mut self, source: &Source, epoch: u64, calls: &[Call]) -> Vec<Reply> {
        let open = || Engine::open(&source.path, source.side, source.arns.clone());
        contained(calls, || {
            self.with(epoch, open, |engine| engine.perform(calls)).unwrap_or_else(|error| {
                tracing::error!(path = %source.path.display(), %error, "cannot open the store");
                calls.iter().map(|_| Fault::internal().into_reply()).collect()
            })
        })
    }
}

/// A fixed number of handles that read.
pub(super) struct Readers<H> {
    source: Source,
    epoch: Epoch,
    slots: Vec<Mutex<Slot<H>>>,
}

impl Readers<Engine> {
    /// Does one read on this thread. Waits for the writer when the handle is to be opened.
    pub(super) fn perform(&self, call: Call) -> Reply {
        let calls = [call];
        let reply = self
            .free_slot()
            .and_then(|mut slot| slot.perform(&self.source, self.epoch.now(), &calls).pop());
        reply.unwrap_or_else(|| Fault::internal().into_reply())
    }
}

impl Readers<Direct> {
    /// Does a plain GetItem on this thread, without waiting for writers; returns nothing when
    /// the engine must answer: what stands in the way is the engine's to report.
    pub(super) fn get(&self, call: &Call) -> Option<Reply> {
        self.read(call, |direct| direct.answer(&call.body))
    }

    /// Does a plain Query on this thread, as [`Readers::get`] does; returns nothing as well when its answer would have more than `bytes_most`
    /// bytes of items.
    pub(super) fn query(&self, call: &Call, bytes_most: usize) -> Option<Reply> {
        self.read(call, |direct| direct.query(&call.body, bytes_most))
    }

    /// Does a plain Scan of a table on this thread, as [`Readers::get`] does.
    pub(super) fn scan(&self, call: &Call) -> Option<Reply> {
        self.read(call, |direct| direct.scan(&call.body))
    }

    fn read(
        &self,
        call: &Call,
        work: impl FnOnce(&mut Direct) -> Option<Vec<u8>>,
    ) -> Option<Reply> {
        let mut slot = self.free_slot()?;
        let open = || Direct::open(&self.source.path, self.source.arns.clone());
        let replies = contained(std::slice::from_ref(call), || {
            let json = slot.with(self.epoch.now(), open, work);
            json.ok().flatten().map(Reply::success).into_iter().collect()
        });
        replies.into_iter().next()
    }
}

impl<H> Readers<H> {
    pub(super) fn new(source: Source, epoch: Epoch, handles: usize) -> Readers<H> {
        let slots = (0..handles.max(1)).map(|_| Mutex::default()).collect();
        Readers { source, epoch, slots }
    }

    /// Returns the calling thread's favourite slot, or the next free one; waits for the
    /// favourite when all are taken.
    fn free_slot(&self) -> Option<MutexGuard<'_, Slot<H>>> {
        let favourite = favourite() % self.slots.len();
        let order = self.slots.iter().cycle().skip(favourite).take(self.slots.len());
        for slot in order {
            if let Ok(slot) = slot.try_lock() {
                return Some(slot);
            }
        }
        let slot = self.slots.get(favourite)?;
        Some(slot.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<H> std::fmt::Debug for Readers<H> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Readers")
            .field("handles", &self.slots.len())
            .finish_non_exhaustive()
    }
}

fn favourite() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static MINE: usize = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    MINE.with(|mine| *mine)
}
