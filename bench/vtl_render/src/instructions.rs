//! Instructions a render on our side: the figure that no neighbour moves.
//!
//! Callgrind counts this program twice, the second time with more renders; the difference is theirs.

use std::process::{Command, Stdio};

use crate::Outcome;

/// Renders of the first count: the allocator's pages are there after them.
const BEFORE: u64 = 200;

/// Counts the instructions of a render of a subject; nothing without valgrind.
pub(crate) fn count(subject: &str, renders: u64) -> Outcome<Option<f64>> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(None);
    }
    let less = total(subject, BEFORE)?;
    let more = total(subject, BEFORE + renders)?;
    Ok(Some(more.saturating_sub(less) as f64 / renders as f64))
}

fn total(subject: &str, renders: u64) -> Outcome<u64> {
    let program = std::env::current_exe().map_err(|error| format!("where is this? {error}"))?;
    let counted = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--subject", subject, "--renders", &renders.to_string()])
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&counted.stderr);
    let collected =
        said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    collected.ok_or_else(|| format!("callgrind says no count: {said}"))
}
