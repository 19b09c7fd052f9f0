//! A program that is measured: started on a processor of its own, asked what it used, ended.

use std::ffi::OsString;
use std::fs::File;
use std::io::{PipeReader, PipeWriter};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::time::ClockId;
use nix::unistd::Pid;

use vestibule_bench_report::{Outcome, Seats, sit};

use crate::answer::fetch;
use crate::limits::{END_LOOKS, END_WAIT, READY_LOOKS, READY_WAIT};

/// A program that runs; it is killed when it is forgotten.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    pid: Pid,
    clock: ClockId,
    begun: Instant,
    log: PathBuf,
}

/// Resident memory of a process, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Memory {
    /// All of it (`VmRSS`).
    pub resident_kib: u64,
    /// The part that is no file: heap and stacks (`RssAnon`).
    pub own_kib: u64,
}

impl Memory {
    /// All of it in MiB.
    #[must_use]
    pub fn resident_mib(&self) -> f64 {
        self.resident_kib as f64 / 1024.0
    }

    /// The part that is no file, in MiB.
    #[must_use]
    pub fn own_mib(&self) -> f64 {
        self.own_kib as f64 / 1024.0
    }
}

/// The command that runs `program` with `arguments` in `folder`, by `wrapper` if there is one (valgrind with its options).
/// Neither the environment nor a settings file of the user's decides what is measured.
#[must_use]
pub fn command(
    wrapper: &[OsString],
    program: &Path,
    arguments: Vec<OsString>,
    folder: &Path,
) -> Command {
    let words = wrapper.iter().cloned().chain([program.into()]).chain(arguments);
    let mut words = words.collect::<Vec<OsString>>().into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

impl Process {
    /// Starts `command` on the server's processor, with its error output in a file in `folder`.
    ///
    /// # Errors
    /// The system cannot start it.
    pub fn start(
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

    /// Waits until it answers `target` with 200; returns how long that was since before it was started.
    ///
    /// # Errors
    /// It ends, or does not get ready.
    pub fn await_ready(&mut self, address: SocketAddr, target: &str) -> Outcome<Duration> {
        self.await_that(address, target, |status| status == 200)
    }

    /// Waits until it answers `/`, whatever it says: a store refuses who asks without a signature.
    ///
    /// # Errors
    /// It ends, or does not answer.
    pub fn await_answer(&mut self, address: SocketAddr) -> Outcome<Duration> {
        self.await_that(address, "/", |_| true)
    }

    fn await_that(
        &mut self,
        address: SocketAddr,
        target: &str,
        is_ready: impl Fn(u16) -> bool,
    ) -> Outcome<Duration> {
        loop {
            if fetch(address, target).is_ok_and(|(status, _)| is_ready(status)) {
                return Ok(self.begun.elapsed());
            }
            if let Some(status) = self.ended()? {
                return Err(self.failure(&format!("ended before it was ready: {status}")));
            }
            if self.begun.elapsed() > READY_WAIT {
                return Err(self.failure("does not get ready"));
            }
            std::thread::sleep(READY_LOOKS);
        }
    }

    /// Its number in the system.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has used by now: CPU time and memory.
    ///
    /// # Errors
    /// The system does not say.
    pub fn look(&self) -> Outcome<(Duration, Memory)> {
        Ok((self.cpu()?, self.memory()?))
    }

    /// CPU time of all its threads, also of those that ended, in user and system mode.
    fn cpu(&self) -> Outcome<Duration> {
        let time = self.clock.now();
        time.map(Duration::from).map_err(|error| self.failure(&format!("has no CPU time: {error}")))
    }

    /// Its resident memory.
    ///
    /// # Errors
    /// The system does not say.
    pub fn memory(&self) -> Outcome<Memory> {
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
    fn ended(&mut self) -> Outcome<Option<ExitStatus>> {
        self.child.try_wait().map_err(|error| format!("cannot wait for `{}`: {error}", self.name))
    }

    /// Asks it to end and waits until it is gone.
    ///
    /// # Errors
    /// It was gone, or ends badly or not at all.
    pub fn stop(self) -> Outcome {
        let asked = kill(self.pid, Signal::SIGTERM);
        asked.map_err(|error| self.failure(&format!("was gone: {error}")))?;
        self.wait()
    }

    /// Waits until it is gone, and wants it to end well.
    ///
    /// # Errors
    /// It ends badly or not at all.
    pub fn wait(mut self) -> Outcome {
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
///
/// # Errors
/// The system has no pipe.
pub(crate) fn talk(command: &mut Command) -> Outcome<(PipeWriter, PipeReader)> {
    let failed = |error: std::io::Error| format!("cannot make a pipe: {error}");
    let (theirs_in, ours_out) = std::io::pipe().map_err(failed)?;
    let (ours_in, theirs_out) = std::io::pipe().map_err(failed)?;
    command.stdin(Stdio::from(theirs_in)).stdout(Stdio::from(theirs_out));
    Ok((ours_out, ours_in))
}
