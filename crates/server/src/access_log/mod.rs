//! The access log's lines on their way out: a request hands its line over and goes on; one thread writes.
//!
//! What is not written in time waits in a queue with a limit. Past it, and where a line cannot be written, lines are lost,
//! never requests; one line of the program's log says how many.

mod file;
mod writer;

use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool, AtomicU64, AtomicUsize,
    Ordering::{Relaxed, Release},
};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use crate::limits::{
    ACCESS_LOG_QUEUE_BYTES_MAX, ACCESS_LOG_QUEUE_LINES_MAX, ACCESS_LOG_REPORT, CLOSE_TIMEOUT,
};
use crate::signal::Hangups;
use file::RotatedFile;
use writer::{Message, Sink};

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
    queue: SyncSender<Message>,
    counts: Arc<Counts>,
    ended: Receiver<()>,
}

/// What the thread and those that hand lines over both know.
#[derive(Debug, Default)]
struct Counts {
    /// Bytes that wait.
    waiting: AtomicUsize,
    lost: AtomicU64,
    /// Whether what waits is all that is written.
    is_ending: AtomicBool,
}

/// Hands lines over.
#[derive(Debug, Clone)]
pub struct Lines {
    queue: SyncSender<Message>,
    counts: Arc<Counts>,
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
        let (queue, messages) = sync_channel(ACCESS_LOG_QUEUE_LINES_MAX);
        let (end, ended) = sync_channel(0);
        let counts = Arc::new(Counts::default());
        let of_thread = Arc::clone(&counts);
        std::thread::Builder::new().name("access-log".to_owned()).spawn(move || {
            writer::write(sink, &messages, &of_thread);
            drop(end);
        })?;
        Ok(AccessLog { queue, counts, ended })
    }

    /// What hands lines over.
    pub fn lines(&self) -> Lines {
        Lines { queue: self.queue.clone(), counts: Arc::clone(&self.counts) }
    }

    /// Opens the file again at each SIGHUP, and says from time to time how many lines were lost. Goes on for ever.
    pub async fn follow(&self, mut hangups: Hangups) -> Infallible {
        let mut look = tokio::time::interval(ACCESS_LOG_REPORT);
        let mut told = 0;
        loop {
            tokio::select! {
                () = hangups.next() => {
                    // A full queue is written later, and the file is opened anew when it is.
                    let _full = self.queue.try_send(Message::Reopen);
                }
                _ = look.tick() => told = self.report(told),
            }
        }
    }

    /// Says how many lines were lost beyond those that were told of, and returns how many that are in all.
    fn report(&self, told: u64) -> u64 {
        let lost = self.counts.lost.load(Relaxed);
        if lost > told {
            tracing::error!(
                "the access log lost {} lines: they come faster than they can be written",
                lost - told
            );
        }
        lost
    }

    /// Writes what waits, unless that takes too long.
    pub fn close(self) {
        let AccessLog { queue, counts, ended } = self;
        counts.is_ending.store(true, Release);
        // Wakes a thread that waits. Where there is no room for it, none does.
        let _full = queue.try_send(Message::End);
        if ended.recv_timeout(CLOSE_TIMEOUT) == Err(RecvTimeoutError::Timeout) {
            let bytes = counts.waiting.load(Relaxed);
            tracing::error!(
                "the access log ends without its last {bytes} bytes: they are not taken"
            );
        }
    }
}

impl Lines {
    /// Hands a line without its end over, or loses it; never waits.
    pub fn add(&self, line: String) {
        let bytes = line.len();
        let waiting = self.counts.waiting.fetch_add(bytes, Relaxed);
        if waiting > ACCESS_LOG_QUEUE_BYTES_MAX || self.queue.try_send(Message::Line(line)).is_err()
        {
            self.counts.waiting.fetch_sub(bytes, Relaxed);
            self.counts.lost.fetch_add(1, Relaxed);
        }
    }

    /// Lines that were lost since the start.
    pub fn lost(&self) -> u64 {
        self.counts.lost.load(Relaxed)
    }
}

#[cfg(test)]
mod tests;
