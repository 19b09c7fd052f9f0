//! The file of a run: `runs/DATE-MACHINE.json`, or with the bench's name behind it.

use std::path::{Path, PathBuf};

use crate::Outcome;

/// Writes `run` as JSON to `runs/NAME.json` of the workspace and returns the path.
///
/// # Errors
/// It cannot be written.
pub fn keep(name: &str, run: &impl serde::Serialize) -> Outcome<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let runs = package.parent().unwrap_or(package).join("runs");
    let path = runs.join(format!("{name}.json"));
    let json = serde_json::to_string_pretty(run).map_err(|error| error.to_string())?;
    std::fs::write(&path, json + "\n")
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}
