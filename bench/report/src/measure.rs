//! What a mechanism costs: time of the processor, and instructions, the figure that no neighbour moves.

use std::process::{Command, Stdio};

use nix::time::{ClockId, clock_gettime};

use crate::Outcome;

/// Nanoseconds that the processor has spent on this thread.
///
/// # Errors
///
/// The system does not tell.
pub fn cpu_ns() -> Outcome<f64> {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)
        .map_err(|error| format!("cannot read the CPU clock: {error}"))?;
    Ok(time.tv_sec() as f64 * 1e9 + time.tv_nsec() as f64)
}

/// Runs this program with other arguments under callgrind, which collects inside of the functions of that name alone, and says
/// how many instructions it collected; nothing without valgrind.
///
/// # Errors
///
/// Callgrind cannot be run, or counts nothing.
pub fn collected(functions: &str, arguments: &[&str]) -> Outcome<Option<f64>> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(None);
    }
    let program = std::env::current_exe().map_err(|error| format!("where is this? {error}"))?;
    let counted = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--toggle-collect={functions}"))
        .arg(program)
        .args(arguments)
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&counted.stderr);
    let collected: Option<u64> =
        said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    match collected {
        Some(collected) if collected > 0 => Ok(Some(collected as f64)),
        _ => Err(format!("callgrind says no count: {said}")),
    }
}
