//! The two signals that end the program: Ctrl-C and SIGTERM. The first asks for a drain, the second
//! ends it at once; what that means is the caller's. And SIGHUP, which asks to read the definitions again.

use std::io;

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// A request to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C in the terminal (SIGINT).
    Interrupt,
    /// The system or an orchestrator (SIGTERM).
    Terminate,
}

/// The requests to end, in their order.
#[derive(Debug)]
pub struct Signals {
    interrupt: Stream,
    terminate: Stream,
}

impl Signals {
    /// Begins to catch the signals: from here on they do not end the process by themselves.
    ///
    /// # Errors
    /// When the system does not let the process catch them.
    pub fn catch() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Returns the next request to end.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

/// The requests to read the definitions again (SIGHUP). Several that come close together are one.
#[derive(Debug)]
pub struct Hangups(Stream);

impl Hangups {
    /// Begins to catch the signal: from here on it does not end the process.
    ///
    /// # Errors
    /// When the system does not let the process catch it.
    pub fn catch() -> io::Result<Self> {
        signal(SignalKind::hangup()).map(Self)
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        self.0.recv().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kill(name: &str) {
        let process = std::process::id().to_string();
        let status = std::process::Command::new("kill").args(["-s", name, &process]).status();
        assert_eq!(status.unwrap().code(), Some(0));
    }

    #[tokio::test]
    async fn both_signals_are_caught_one_after_the_other() {
        let mut signals = Signals::catch().unwrap();
        kill("TERM");
        assert_eq!(signals.next().await, Signal::Terminate);
        kill("INT");
        assert_eq!(signals.next().await, Signal::Interrupt);
    }
}
