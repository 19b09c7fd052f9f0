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
use crate::action::Action;
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
#[derive(Default)]
pub(super) struct Slot {
    open: Option<Open>,
}

/// The connections of one handle, each opened at its first use.
struct Open {
    epoch: u64,
    direct: Option<Direct>,
    engine: Option<Engine>,
}

impl Slot {
    /// Does calls one after another in one transaction, each of which may be with others, or a
    /// single one.
    pub(super) fn perform(&mut self, source: &Source, epoch: u64, calls: &[Call]) -> Vec<Reply> {
        let mut open = match self.open.take() {
            Some(open) if open.epoch == epoch => open,
            Some(_) | None => Open { epoch, direct: None, engine: None },
        };
        // INVARIANT: the slot is empty while the engine works, so that one that a panic has left
        // in the middle of a transaction is never used again.
        let mut is_whole = false;
        let replies = contained(calls, || {
            let replies = open.perform(source, calls);
            is_whole = true;
            replies
        });
        if is_whole {
            self.open = Some(open);
        }
        replies
    }
}

impl Open {
    fn perform(&mut self, source: &Source, calls: &[Call]) -> Vec<Reply> {
        if let [call] = calls
            && call.action == Action::GetItem
            && let Some(json) = self.direct(source).and_then(|direct| direct.answer(&call.body))
        {
            return vec![Reply::success(json)];
        }
        match self.engine(source) {
            Ok(engine) => engine.perform(calls),
            Err(error) => {
                tracing::error!(path = %source.path.display(), %error, "cannot open the store");
                calls.iter().map(|_| Fault::internal().into_reply()).collect()
            }
        }
    }

    /// Without it the engine answers: what stands in its way is the engine's to report.
    fn direct(&mut self, source: &Source) -> Option<&mut Direct> {
        if self.direct.is_none() {
            self.direct = Direct::open(&source.path).ok();
        }
        self.direct.as_mut()
    }

    fn engine(&mut self, source: &Source) -> Result<&mut Engine, EngineFault> {
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => Engine::open(&source.path, source.side, source.arns.clone())?,
        };
        Ok(self.engine.insert(engine))
    }
}

/// A fixed number of read handles.
pub(super) struct Readers {
    source: Source,
    epoch: Epoch,
    slots: Vec<Mutex<Slot>>,
}

impl Readers {
    pub(super) fn new(source: Source, epoch: Epoch, handles: usize) -> Readers {
        let slots = (0..handles.max(1)).map(|_| Mutex::default()).collect();
        Readers { source, epoch, slots }
    }

    /// Does one read on this thread.
    pub(super) fn perform(&self, call: Call) -> Reply {
        let calls = [call];
        let reply = self
            .free_slot()
            .and_then(|mut slot| slot.perform(&self.source, self.epoch.now(), &calls).pop());
        reply.unwrap_or_else(|| Fault::internal().into_reply())
    }

    /// Returns the calling thread's favourite slot, or the next free one; waits for the
    /// favourite when all are taken.
    fn free_slot(&self) -> Option<MutexGuard<'_, Slot>> {
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

impl std::fmt::Debug for Readers {
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
