//! The thread that writes lines. What it cannot write is lost and counted; it goes on with the next.

use std::io::{self, Write};
use std::sync::atomic::Ordering::Relaxed;

use super::file::RotatedFile;
use super::{Queue, Waiting};
use crate::limits::ACCESS_LOG_BUFFER_BYTES;

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

/// Writes what comes until it is told to end.
pub(super) fn write(mut sink: Sink, queue: &Queue) {
    let mut health = Health::default();
    // A line that was begun could not be ended.
    let mut is_torn = false;
    let mut buffer = Vec::new();
    loop {
        let Waiting { mut bytes, lines, reopens, ends, .. } = queue.next(buffer);
        if lines > 0 {
            let torn = if is_torn { sink.write_all(b"\n") } else { Ok(()) };
            let written = torn.and_then(|()| sink.write_all(&bytes));
            is_torn = written.is_err();
            let lost = if is_torn { lines } else { 0 };
            queue.failed.fetch_add(lost, Relaxed);
            health.note(written, lost);
        }
        queue.lock().writing = 0;
        // That a file can be opened says nothing of the disk.
        if reopens && let Err(error) = sink.reopen() {
            health.note(Err(error), 0);
        }
        if ends {
            return;
        }
        bytes.clear();
        // What a flood has taken is given back.
        bytes.shrink_to(ACCESS_LOG_BUFFER_BYTES);
        buffer = bytes;
    }
}

/// Whether the last write failed: a failure is said once, and its end too, with what it cost.
#[derive(Default)]
struct Health {
    is_failing: bool,
    lost: u64,
}

impl Health {
    fn note(&mut self, result: io::Result<()>, lost: u64) {
        self.lost += lost;
        match result {
            Err(error) if !self.is_failing => {
                tracing::error!(%error, "the access log cannot be written: lines are lost");
                self.is_failing = true;
            }
            Ok(()) if self.is_failing => {
                let lost = std::mem::take(&mut self.lost);
                tracing::info!("the access log is written again: {lost} lines were lost");
                self.is_failing = false;
            }
            Ok(()) | Err(_) => {}
        }
    }
}
