//! The thread that writes lines. What it cannot write is lost and counted; it goes on with the next.

use std::io::{self, Write};
use std::sync::atomic::Ordering::{Acquire, Relaxed};
use std::sync::mpsc::Receiver;

use super::Counts;
use super::file::RotatedFile;
use crate::limits::ACCESS_LOG_BATCH_BYTES;

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Message {
    /// Write a line.
    Line(String),
    /// Open the file again: somebody else has renamed it.
    Reopen,
    /// Write nothing more.
    End,
}

/// Where bytes go.
pub(super) enum Sink {
    Stdout(io::Stdout),
    File(RotatedFile),
    #[cfg(test)]
    Test(Box<dyn Write + Send>),
}

impl Sink {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Sink::Stdout(stdout) => stdout.lock().write_all(bytes).and_then(|()| stdout.flush()),
            Sink::File(file) => file.write_all(bytes),
            #[cfg(test)]
            Sink::Test(sink) => sink.write_all(bytes),
        }
    }

    fn reopen(&mut self) -> io::Result<()> {
        match self {
            Sink::Stdout(_) => Ok(()),
            Sink::File(file) => file.reopen(),
            #[cfg(test)]
            Sink::Test(_) => Ok(()),
        }
    }
}

/// Writes what comes until it is told to end or nobody is left to tell it.
pub(super) fn write(mut sink: Sink, messages: &Receiver<Message>, counts: &Counts) {
    let mut batch = Batch::default();
    let mut health = Health::default();
    while let Some(first) = next_of(messages, counts) {
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Line(line) => batch.add(&line),
                Message::Reopen => {
                    batch.flush(&mut sink, counts, &mut health);
                    health.note(sink.reopen());
                }
                Message::End => {
                    batch.flush(&mut sink, counts, &mut health);
                    return;
                }
            }
            // What waits already is written at once.
            next = if batch.bytes.len() < ACCESS_LOG_BATCH_BYTES {
                messages.try_recv().ok()
            } else {
                None
            };
        }
        batch.flush(&mut sink, counts, &mut health);
    }
}

/// What comes next; nothing when all is written that came before the end, for whose word a full queue may have had no room.
fn next_of(messages: &Receiver<Message>, counts: &Counts) -> Option<Message> {
    match messages.try_recv() {
        Ok(message) => Some(message),
        Err(_) if counts.is_ending.load(Acquire) => None,
        Err(_) => messages.recv().ok(),
    }
}

/// Whole lines that are written together.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    lines: u64,
    /// A line that was begun could not be ended.
    is_torn: bool,
}

impl Batch {
    fn add(&mut self, line: &str) {
        self.bytes.extend_from_slice(line.as_bytes());
        self.bytes.push(b'\n');
        self.lines += 1;
    }

    fn flush(&mut self, sink: &mut Sink, counts: &Counts, health: &mut Health) {
        if self.lines == 0 {
            return;
        }
        let bytes = self.bytes.len() - usize::try_from(self.lines).unwrap_or_default();
        // After a failure part of a line may stand there.
        let torn = if self.is_torn { sink.write_all(b"\n") } else { Ok(()) };
        let written = torn.and_then(|()| sink.write_all(&self.bytes));
        self.is_torn = written.is_err();
        if written.is_err() {
            counts.lost.fetch_add(self.lines, Relaxed);
        }
        counts.waiting.fetch_sub(bytes, Relaxed);
        health.note(written);
        self.bytes.clear();
        self.lines = 0;
    }
}

/// Whether the last write failed: a failure is said once, and its end too.
#[derive(Default)]
struct Health {
    is_failing: bool,
}

impl Health {
    fn note(&mut self, result: io::Result<()>) {
        match result {
            Err(error) if !self.is_failing => {
                tracing::error!(%error, "the access log cannot be written: lines are lost");
                self.is_failing = true;
            }
            Ok(()) if self.is_failing => {
                tracing::info!("the access log is written again");
                self.is_failing = false;
            }
            Ok(()) | Err(_) => {}
        }
    }
}
