//! The programs that are measured, built by cargo as users build them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use vestibule_bench_report::Outcome;

use crate::arguments::Manner;
use crate::places;

/// The program: the one that was asked for, or built now.
///
/// # Errors
/// It cannot be built.
pub fn vestibule(manner: &Manner) -> Outcome<PathBuf> {
    manner.program.clone().map_or_else(|| built(&places::root(), "vestibule"), Ok)
}

/// A program of the benches, built now.
///
/// # Errors
/// It cannot be built.
pub fn of_bench(name: &str) -> Outcome<PathBuf> {
    built(&places::bench(), name)
}

/// Tells whether this build of the program has a flag: an earlier one may be measured.
///
/// # Errors
/// It cannot be run.
pub fn has_flag(vestibule: &Path, flag: &str) -> Outcome<bool> {
    let help = Command::new(vestibule).args(["serve", "--help"]).output();
    let help = help.map_err(|error| format!("cannot run {}: {error}", vestibule.display()))?;
    Ok(String::from_utf8_lossy(&help.stdout).contains(flag))
}

/// Builds a program of a workspace with its release profile and returns its path.
fn built(workspace: &Path, name: &str) -> Outcome<PathBuf> {
    let manifest = workspace.join("Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--message-format", "json-render-diagnostics"])
        .args(["--bin", name, "--manifest-path"])
        .arg(&manifest)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("cannot build `{name}` of {}", manifest.display()));
    }
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut artifacts = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_it = message.get("target")?.get("name")?.as_str()? == name;
        let path = message.get("executable")?.as_str()?;
        is_it.then(|| PathBuf::from(path))
    });
    artifacts.next().ok_or_else(|| format!("cargo does not say where `{name}` is"))
}
