//! A program that is measured: started on a processor of its own, asked what it used, ended.

use std::fs::File;
use std::io::{PipeReader, PipeWriter};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::time::ClockId;
use nix::unistd::Pid;

use crate::Outcome;
use crate::limits::{END_LOOKS, END_WAIT};
use vestibule_bench_report::{Seats, sit};

/// A program that runs; it is killed when it is forgotten.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    pid: Pid,
    clock: ClockId,
    begun: Instant,
    log: PathBuf,
}

/// Resident memory of a process, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Memory {
    /// All of it (`VmRSS`).
    pub(crate) resident_kib: u64,
    /// The part that is no file: heap and stacks (`RssAnon`).
    pub(crate) own_kib: u64,
}

impl Process {
    /// Starts `command` on the server's processor, with its error output in a file in `folder`.
    pub(crate) fn start(
        mut command: Command,
        name: &str,
        seats: Seats,
        folder: &Path,
    ) -> Outcome<Process> {
        let log = folder.join(format!("{name}.log"));
        let failed = |error: std::io::Error| format!("cannot start `{name}`: {error}");
        command.stderr(File::create(&log).map_err(failed)?);
        // A child begins where its parent is: it never runs anywhere else, and counts its processors right.
        sit(seats.server)?;
        let begun = Instant::now();
        let child = command.spawn();
        sit(seats.client)?;
        let child = child.map_err(failed)?;
        let pid = i32::try_from(child.id()).map(Pid::from_raw);
        let pid = pid.map_err(|error| format!("`{name}` has no process id: {error}"))?;
        let clock = ClockId::pid_cpu_clock_id(pid);
        let clock = clock.map_err(|error| format!("`{name}` has no CPU clock: {error}"))?;
        Ok(Process { name: name.to_owned(), child, pid, clock, begun, log })
    }

    /// When it was started: before the system was asked to.
    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    /// CPU time of all its threads, also of those that ended, in user and system mode.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        let time = self.clock.now();
        time.map(Duration::from).map_err(|error| self.failure(&format!("has no CPU time: {error}")))
    }

    pub(crate) fn memory(&self) -> Outcome<Memory> {
        let path = format!("/proc/{}/status", self.pid);
        let status =
            std::fs::read_to_string(&path).map_err(|error| self.failure(&error.to_string()))?;
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|rest| rest.split_whitespace().nth(0)?.parse().ok());
            number.ok_or_else(|| format!("{path} has no number for `{name}`"))
        };
        Ok(Memory { resident_kib: kib("VmRSS:")?, own_kib: kib("RssAnon:")? })
    }

    /// Says that it failed, with what it logged.
    pub(crate) fn failure(&self, what: &str) -> String {
        let logged = std::fs::read_to_string(&self.log).unwrap_or_default();
        format!("`{}` {what}; it logged: {}", self.name, logged.trim_end())
    }

    /// Returns how it ended, when it has.
    pub(crate) fn ended(&mut self) -> Outcome<Option<ExitStatus>> {
        self.child.try_wait().map_err(|error| format!("cannot wait for `{}`: {error}", self.name))
    }

    /// Asks it to end and waits until it is gone.
    pub(crate) fn stop(self) -> Outcome {
        let asked = kill(self.pid, Signal::SIGTERM);
        asked.map_err(|error| self.failure(&format!("was gone: {error}")))?;
        self.wait()
    }

    /// Waits until it is gone, and wants it to end well.
    pub(crate) fn wait(mut self) -> Outcome {
        let since = Instant::now();
        while since.elapsed() < END_WAIT {
            match self.ended()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(self.failure(&format!("ended badly: {status}"))),
                None => std::thread::sleep(END_LOOKS),
            }
        }
        Err(self.failure("does not end"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It is gone already in most cases; then both say so, and that is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes `command` read and write lines through pipes, and returns our ends.
pub(crate) fn talk(command: &mut Command) -> Outcome<(PipeWriter, PipeReader)> {
    let failed = |error: std::io::Error| format!("cannot make a pipe: {error}");
    let (theirs_in, ours_out) = std::io::pipe().map_err(failed)?;
    let (ours_in, theirs_out) = std::io::pipe().map_err(failed)?;
    command.stdin(Stdio::from(theirs_in)).stdout(Stdio::from(theirs_out));
    Ok((ours_out, ours_in))
}
