//! Threads of the store's own that do calls one after another, behind a bounded queue.
//!
//! A call that waits too long for its turn is taken back and nothing was done. A call that has
//! begun runs to its end, whoever still waits for it. A read that nobody waits for is skipped.
//! A pool may do several calls at once, as many as wait and may be together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::call::Call;
use crate::limits;
use crate::reply::{CallError, Reply};
use crate::wire::Fault;

/// How much waits, and for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct PoolLimits {
    pub(super) threads: usize,
    pub(super) queue: usize,
    pub(super) queue_wait: Duration,
    pub(super) run_wait: Duration,
    /// Calls that one thread does at once, when they may be with others.
    pub(super) together: usize,
    /// Whether other threads go first when there are fewer processors than threads with work.
    pub(super) yields: bool,
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
    call: Call,
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
    /// Starts the threads, named `name`. `work` answers each call that it is given, in order.
    pub(super) fn start(
        name: &str,
        limits: PoolLimits,
        work: impl Fn(&[Call]) -> Vec<Reply> + Send + Sync + 'static,
    ) -> std::io::Result<Pool> {
        let (queue, jobs) = sync_channel(limits.queue);
        let jobs = Arc::new(Mutex::new(jobs));
        let work = Arc::new(work);
        let mut threads = Vec::with_capacity(limits.threads);
        for _ in 0..limits.threads {
            let (jobs, work) = (Arc::clone(&jobs), Arc::clone(&work));
            let thread = std::thread::Builder::new()
                .name(name.to_owned())
                .stack_size(limits::STACK_BYTES)
                .spawn(move || {
                    if limits.yields {
                        yield_to_others();
                    }
                    serve(&jobs, limits.together, work.as_ref());
                })?;
            threads.push(thread);
        }
        Ok(Pool { queue: Some(queue), threads, limits })
    }

    /// Does one call on one of the threads.
    pub(super) async fn call(&self, call: Call) -> Result<Reply, CallError> {
        let turn = Arc::new(Turn::default());
        let (answer, mut answered) = oneshot::channel();
        let job = Job { call, turn: Arc::clone(&turn), answer };
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

/// Lowers the priority of the calling thread. Its share of a processor that others want becomes smaller, never nothing; what
/// it has to itself stays its own.
#[cfg(target_os = "linux")]
fn yield_to_others() {
    if let Err(error) = rustix::process::nice(limits::WRITER_NICE) {
        tracing::info!(%error, "writes keep the priority of reads");
    }
}

/// Elsewhere a priority is the whole process's.
#[cfg(not(target_os = "linux"))]
fn yield_to_others() {}

fn serve(jobs: &Mutex<Receiver<Job>>, together: usize, work: &impl Fn(&[Call]) -> Vec<Reply>) {
    let mut held = None;
    while let Some(first) = held.take().or_else(|| next(jobs)) {
        let mut begun = vec![first];
        if together > 1 {
            held = gather(jobs, together, &mut begun);
        }
        begun.retain(Job::begins);
        let (calls, callers): (Vec<Call>, Vec<_>) =
            begun.into_iter().map(|job| (job.call, job.answer)).unzip();
        if calls.is_empty() {
            continue;
        }
        let replies = contained(&calls, || work(&calls));
        for ((call, caller), reply) in calls.iter().zip(callers).zip(replies) {
            if caller.send(reply).is_err() && call.action.is_write() {
                let action = call.action.name();
                tracing::info!(action, "a write ended after its caller had gone");
            }
        }
    }
}

/// Waits for a job; returns nothing when there will be none.
fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Adds the jobs that wait already and may be with the first. Returns one that came too early.
fn gather(jobs: &Mutex<Receiver<Job>>, together: usize, begun: &mut Vec<Job>) -> Option<Job> {
    if !begun.iter().all(|job| job.call.may_be_with_others()) {
        return None;
    }
    let mut bytes: usize = begun.iter().map(|job| job.call.body.len()).sum();
    while begun.len() < together && bytes < limits::TOGETHER_BYTES {
        let waiting = jobs.lock().unwrap_or_else(PoisonError::into_inner).try_recv();
        let Ok(job) = waiting else { return None };
        if !job.call.may_be_with_others() {
            return Some(job);
        }
        bytes += job.call.body.len();
        begun.push(job);
    }
    None
}

impl Job {
    /// Begins the job, unless its caller has given up or is a reader that has gone.
    fn begins(&self) -> bool {
        let is_abandoned = self.answer.is_closed() && !self.call.action.is_write();
        !is_abandoned && self.turn.decide(BEGUN)
    }
}

/// Does `work`; a panic in it becomes DynamoDB's error 500 for each of the calls.
pub(super) fn contained(calls: &[Call], work: impl FnOnce() -> Vec<Reply>) -> Vec<Reply> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let action = calls.first().map_or("", |call| call.action.name());
        tracing::error!(action, "the engine panicked");
        calls.iter().map(|_| Fault::internal().into_reply()).collect()
    })
}

#[cfg(test)]
mod tests;
