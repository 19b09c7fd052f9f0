//! Threads of the store's own that do calls one after another, behind a bounded queue.
//!
//! A call that waits too long for its turn is taken back and nothing was done. A call that has
//! begun runs to its end, whoever still waits for it. A read that nobody waits for is skipped.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::action::Action;
use crate::reply::{CallError, Reply};
use crate::wire::Fault;

/// How much waits, and for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct PoolLimits {
    pub(super) threads: usize,
    pub(super) queue: usize,
    pub(super) queue_wait: Duration,
    pub(super) run_wait: Duration,
}

/// Threads that all do the same work.
#[derive(Debug)]
pub(super) struct Pool {
    queue: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
    limits: PoolLimits,
}

#[derive(Debug)]
struct Job {
    action: Action,
    body: Bytes,
    turn: Arc<Turn>,
    answer: oneshot::Sender<Reply>,
}

/// Whether a call has begun: decided once, by the thread that starts it or the caller that
/// gives up.
#[derive(Debug, Default)]
struct Turn(AtomicU8);

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const GIVEN_UP: u8 = 2;

impl Turn {
    fn decide(&self, outcome: u8) -> bool {
        self.0.compare_exchange(WAITING, outcome, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl Pool {
    /// Starts the threads, named `name`.
    pub(super) fn start(
        name: &str,
        limits: PoolLimits,
        work: impl Fn(Action, &[u8]) -> Reply + Send + Sync + 'static,
    ) -> std::io::Result<Pool> {
        let (queue, jobs) = sync_channel(limits.queue);
        let jobs = Arc::new(Mutex::new(jobs));
        let work = Arc::new(work);
        let mut threads = Vec::with_capacity(limits.threads);
        for _ in 0..limits.threads {
            let (jobs, work) = (Arc::clone(&jobs), Arc::clone(&work));
            let thread = std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || serve(&jobs, work.as_ref()))?;
            threads.push(thread);
        }
        Ok(Pool { queue: Some(queue), threads, limits })
    }

    /// Does one call on one of the threads.
    pub(super) async fn call(&self, action: Action, body: Bytes) -> Result<Reply, CallError> {
        let turn = Arc::new(Turn::default());
        let (answer, mut answered) = oneshot::channel();
        let job = Job { action, body, turn: Arc::clone(&turn), answer };
        match self.queue.as_ref().map(|queue| queue.try_send(job)) {
            Some(Ok(())) => {}
            Some(Err(TrySendError::Full(_))) => return Err(CallError::Saturated),
            Some(Err(TrySendError::Disconnected(_))) | None => return Err(CallError::Closed),
        }
        if let Ok(reply) = timeout(self.limits.queue_wait, &mut answered).await {
            return reply.map_err(|_| CallError::Closed);
        }
        if turn.decide(GIVEN_UP) {
            return Err(CallError::Saturated);
        }
        match timeout(self.limits.run_wait, answered).await {
            Ok(reply) => reply.map_err(|_| CallError::Closed),
            Err(_) => Err(CallError::Deadline),
        }
    }
}

impl Drop for Pool {
    /// Waits for the calls that are queued already.
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended by a panic");
            }
        }
    }
}

fn serve(jobs: &Mutex<Receiver<Job>>, work: &impl Fn(Action, &[u8]) -> Reply) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        let is_abandoned = job.answer.is_closed() && !job.action.is_write();
        if is_abandoned || !job.turn.decide(BEGUN) {
            continue;
        }
        let reply = contained(job.action, || work(job.action, &job.body));
        if job.answer.send(reply).is_err() && job.action.is_write() {
            tracing::info!(action = job.action.name(), "a write ended after its caller had gone");
        }
    }
}

/// Does `work`; a panic in it becomes DynamoDB's error 500.
pub(super) fn contained(action: Action, work: impl FnOnce() -> Reply) -> Reply {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        tracing::error!(action = action.name(), "the engine panicked");
        Fault::internal().into_reply()
    })
}

#[cfg(test)]
mod tests;
