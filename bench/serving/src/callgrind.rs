//! Instructions a request: the figure that no neighbour moves.
//!
//! What is counted, by callgrind: the instructions in user mode of all threads of a server's process while it answers
//! requests that come one after another on one connection, after others of the same kind. The system's work for sockets
//! and files is not in it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use vestibule_bench_report::Outcome;

use crate::limits::UNCOUNTED_REQUESTS;
use crate::measured::{End, Order};

/// One count to be made, and the profile it leaves.
#[derive(Clone, Debug)]
pub struct Callgrind {
    profile: PathBuf,
    requests: u64,
}

impl Callgrind {
    /// Tells whether instructions can be counted here.
    #[must_use]
    pub fn is_possible() -> bool {
        let found = |name: &str| Command::new(name).arg("--version").output().is_ok();
        found("valgrind") && found("callgrind_control")
    }

    /// Counts that many requests, with the profile `NAME.callgrind` in `folder`.
    #[must_use]
    pub fn new(folder: &Path, name: &str, requests: u64) -> Callgrind {
        Callgrind { profile: folder.join(format!("{name}.callgrind")), requests }
    }

    /// What the server is run by.
    #[must_use]
    pub fn wrapper(&self) -> Vec<OsString> {
        let mut file = OsString::from("--callgrind-out-file=");
        file.push(&self.profile);
        vec!["valgrind".into(), "--tool=callgrind".into(), "--instr-atstart=no".into(), file]
    }

    /// Has a server answer orders by `run`: first uncounted ones, then those that count. `id` is its process's.
    ///
    /// # Errors
    /// An order fails, or callgrind does.
    pub fn count(&self, id: u32, mut run: impl FnMut(Order) -> Outcome) -> Outcome {
        let order = |requests| Order { connections: 1, end: End::Requests(requests) };
        run(order(UNCOUNTED_REQUESTS))?;
        switch(id, "on")?;
        run(order(self.requests))?;
        switch(id, "off")
    }

    /// The instructions a request, once the server has ended.
    ///
    /// # Errors
    /// The profile is none.
    pub fn instructions_per_request(&self) -> Outcome<f64> {
        Ok(total(&self.profile)? as f64 / self.requests as f64)
    }
}

fn switch(id: u32, state: &str) -> Outcome {
    let output = Command::new("callgrind_control").args(["-i", state, &id.to_string()]).output();
    let output = output.map_err(|error| format!("cannot run callgrind_control: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("callgrind_control: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

fn total(profile: &Path) -> Outcome<u64> {
    let failed = |what: &str| format!("{}: {what}", profile.display());
    let text = std::fs::read_to_string(profile).map_err(|error| failed(&error.to_string()))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals:")?.trim().parse().ok());
    total.ok_or_else(|| failed("it has no total: is this callgrind's output?"))
}
