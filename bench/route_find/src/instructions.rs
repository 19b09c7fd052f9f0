//! Instructions a find: the figure that no neighbour moves.
//!
//! Callgrind runs this program and collects inside of [`crate::subject::Subject::pass`] alone.

use std::process::{Command, Stdio};

use crate::Outcome;
use crate::subject::Subject;

/// Counts the instructions of a find; nothing without valgrind.
pub(crate) fn count(subject: &Subject) -> Outcome<Option<f64>> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(None);
    }
    let program = std::env::current_exe().map_err(|error| format!("where is this? {error}"))?;
    let counted = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--toggle-collect=*Subject*pass*",
        ])
        .arg(program)
        .args(["--count", &subject.methods.to_string()])
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&counted.stderr);
    let collected: Option<u64> =
        said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    match collected {
        Some(collected) if collected > 0 => Ok(Some(collected as f64 / subject.finds() as f64)),
        _ => Err(format!("callgrind says no count: {said}")),
    }
}
