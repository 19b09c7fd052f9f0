//! The programs that are measured, built by cargo as users build them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Arguments, Outcome, places};

/// Where the programs are.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    /// The program itself.
    pub(crate) vestibule: PathBuf,
    /// The server that does nothing but answer.
    pub(crate) bare: PathBuf,
    /// The engine alone.
    pub(crate) engine: PathBuf,
}

impl Programs {
    /// Builds what is missing or old.
    pub(crate) fn build(arguments: &Arguments) -> Outcome<Programs> {
        let bench = places::bench();
        let vestibule = match &arguments.program {
            Some(program) => program.clone(),
            None => built(&places::root(), "vestibule")?,
        };
        Ok(Programs { vestibule, bare: built(&bench, "bare")?, engine: built(&bench, "engine")? })
    }
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
