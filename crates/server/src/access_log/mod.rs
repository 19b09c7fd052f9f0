//! The access log's lines on their way out: a request hands its line over and goes on; one thread writes.
//!
//! What is not written in time waits in a queue with a limit. Past it, and where a line cannot be written, lines are lost,
//! never requests; one line of the program's log says how many.

mod file;
mod writer;

use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::limits::{
    ACCESS_LOG_BATCH_BYTES, ACCESS_LOG_LINGER, ACCESS_LOG_QUEUE_BYTES_MAX, ACCESS_LOG_REPORT,
    CLOSE_TIMEOUT,
};
use crate::signal::Hangups;
use file::RotatedFile;
use writer::Sink;

/// Where lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// A file, which is renamed and begun anew when it is large.
    File {
        /// Its path.
        path: PathBuf,
        /// Bytes from which it is renamed.
        bytes_max: u64,
        /// Renamed files that are kept: `path.1` is the newest.
        kept: u32,
    },
}

/// The way to the thread that writes.
#[derive(Debug)]
pub struct AccessLog {
    queue: Arc<Queue>,
    ended: Receiver<()>,
    /// Lines without room that the program's log has told of.
    told: AtomicU64,
}

/// Hands lines over.
#[derive(Debug, Clone)]
pub struct Lines(Arc<Queue>);

/// What waits for the thread.
#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    woken: Condvar,
    /// Lines that found no room.
    overflowed: AtomicU64,
    /// Lines that could not be written.
    failed: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Whole lines.
    bytes: Vec<u8>,
    lines: u64,
    /// Bytes that the thread writes just now; they take memory too.
    writing: usize,
    /// Somebody else has renamed the file: it is opened again behind these lines.
    reopens: bool,
    /// Nothing is written behind these lines.
    ends: bool,
}

impl Waiting {
    /// Whether the thread has to do something at once.
    fn is_urgent(&self) -> bool {
        self.bytes.len() >= ACCESS_LOG_BATCH_BYTES || self.reopens || self.ends
    }
}

impl AccessLog {
    /// Opens the destination and starts the thread.
    ///
    /// # Errors
    /// When the file cannot be opened, or no thread started.
    pub fn open(destination: Destination) -> io::Result<AccessLog> {
        let sink = match destination {
            Destination::Stdout => Sink::Stdout(io::stdout()),
            Destination::File { path, bytes_max, kept } => {
                Sink::File(RotatedFile::open(path, bytes_max, kept)?)
            }
        };
        AccessLog::over(sink)
    }

    fn over(sink: Sink) -> io::Result<AccessLog> {
        let queue = Arc::new(Queue::default());
        let (end, ended) = sync_channel(0);
        let of_thread = Arc::clone(&queue);
        std::thread::Builder::new().name("access-log".to_owned()).spawn(move || {
            writer::write(sink, &of_thread);
            drop(end);
        })?;
        Ok(AccessLog { queue, ended, told: AtomicU64::new(0) })
    }

    /// What hands lines over.
    pub fn lines(&self) -> Lines {
        Lines(Arc::clone(&self.queue))
    }

    /// Opens the file again at each SIGHUP, and says from time to time how many lines found no room. Goes on for ever.
    pub async fn follow(&self, mut hangups: Hangups) -> Infallible {
        let mut look = tokio::time::interval(ACCESS_LOG_REPORT);
        loop {
            tokio::select! {
                () = hangups.next() => self.queue.ask(|waiting| waiting.reopens = true),
                _ = look.tick() => self.report(),
            }
        }
    }

    /// Says how many lines found no room beyond those that were told of.
    fn report(&self) {
        let lost = self.queue.overflowed.load(Relaxed);
        let told = self.told.swap(lost, Relaxed);
        if lost > told {
            tracing::error!(
                "the access log lost {} lines: they come faster than they can be written",
                lost - told
            );
        }
    }

    /// Writes what waits, unless that takes too long.
    pub fn close(self) {
        self.queue.ask(|waiting| waiting.ends = true);
        let ended = self.ended.recv_timeout(CLOSE_TIMEOUT);
        self.report();
        if ended == Err(RecvTimeoutError::Timeout) {
            let waiting = self.queue.lock();
            let bytes = waiting.bytes.len() + waiting.writing;
            tracing::error!(
                "the access log ends without its last {bytes} bytes: they are not taken"
            );
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Whoever panicked with the lock has left whole lines.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, ask: impl FnOnce(&mut Waiting)) {
        ask(&mut self.lock());
        self.woken.notify_one();
    }

    /// Takes what waits in exchange for an empty buffer, when there is something and a little later: one write for what comes
    /// meanwhile, and one waking of the thread.
    fn next(&self, buffer: Vec<u8>) -> Waiting {
        let is_idle = |waiting: &mut Waiting| waiting.lines == 0 && !waiting.is_urgent();
        let waiting = self.woken.wait_while(self.lock(), is_idle);
        let waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        let is_early = |waiting: &mut Waiting| !waiting.is_urgent();
        let waited = self.woken.wait_timeout_while(waiting, ACCESS_LOG_LINGER, is_early);
        let (mut waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let writing = waiting.bytes.len();
        let (reopens, ends) = (false, waiting.ends);
        let left = Waiting { bytes: buffer, lines: 0, writing, reopens, ends };
        std::mem::replace(&mut *waiting, left)
    }
}

impl Lines {
    /// Hands a line without its end over, or loses it; never waits for the disk.
    pub fn add(&self, line: &str) {
        let mut waiting = self.0.lock();
        if waiting.bytes.len() + waiting.writing + line.len() >= ACCESS_LOG_QUEUE_BYTES_MAX {
            drop(waiting);
            self.0.overflowed.fetch_add(1, Relaxed);
            return;
        }
        let was_urgent = waiting.is_urgent();
        waiting.bytes.extend_from_slice(line.as_bytes());
        waiting.bytes.push(b'\n');
        waiting.lines += 1;
        // The thread that waits for a first line, or for as many as are written at once, is woken once.
        let wakes = waiting.lines == 1 || (waiting.is_urgent() && !was_urgent);
        drop(waiting);
        if wakes {
            self.0.woken.notify_one();
        }
    }

    /// Lines that were lost since the start.
    pub fn lost(&self) -> u64 {
        self.0.overflowed.load(Relaxed) + self.0.failed.load(Relaxed)
    }
}

#[cfg(test)]
mod tests;
