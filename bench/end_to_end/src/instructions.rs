//! Instructions a request: the figure that no neighbour moves.
//!
//! What is counted, by callgrind: the instructions in user mode of all threads of the server's process while it answers
//! requests that come one after another on one connection, after others of the same kind. The system's work for sockets
//! and files is not in it.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::limits::UNCOUNTED_REQUESTS;
use crate::process::Process;
use crate::subject::{Launch, Setting, Subject};
use crate::{End, Order, Outcome};

/// The instructions of one subject.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Count {
    pub(crate) subject: Subject,
    pub(crate) instructions_per_request: f64,
    pub(crate) over_bare: f64,
}

/// Tells whether instructions can be counted here.
pub(crate) fn is_possible() -> bool {
    let found = |name: &str| Command::new(name).arg("--version").output().is_ok();
    found("valgrind") && found("callgrind_control")
}

/// Counts `requests` of every subject and keeps the profiles in `folder`.
pub(crate) fn count(setting: &Setting, requests: u64, folder: &Path) -> Outcome<Vec<Count>> {
    let mut counts = Vec::new();
    let mut bare = 0.0;
    for subject in Subject::ALL {
        let profile = folder.join(format!("{}.callgrind", subject.file_name()));
        let total = counted(setting, subject, requests, &profile)?;
        let instructions_per_request = total as f64 / requests as f64;
        if subject == Subject::Bare {
            bare = instructions_per_request;
        }
        let over_bare = instructions_per_request / bare;
        counts.push(Count { subject, instructions_per_request, over_bare });
    }
    Ok(counts)
}

fn counted(setting: &Setting, subject: Subject, requests: u64, profile: &Path) -> Outcome<u64> {
    let mut file = OsString::from("--callgrind-out-file=");
    file.push(profile);
    let wrapper = ["valgrind", "--tool=callgrind", "--instr-atstart=no"];
    let mut wrapper: Vec<OsString> = wrapper.iter().map(OsString::from).collect();
    wrapper.push(file);
    let mut running = setting.start(subject, Launch { wrapper: &wrapper, ..Launch::default() })?;
    let asked = setting.requests(subject, &running)?;
    let order = |requests| Order { connections: 1, end: End::Requests(requests) };
    running.run(&asked, None, order(UNCOUNTED_REQUESTS))?;
    switch(running.process(), "on")?;
    running.run(&asked, None, order(requests))?;
    switch(running.process(), "off")?;
    running.stop()?;
    total(profile)
}

fn switch(process: &Process, state: &str) -> Outcome {
    let pid = process.pid().to_string();
    let output = Command::new("callgrind_control").args(["-i", state, &pid]).output();
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
