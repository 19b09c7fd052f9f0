//! What the command lines of these benches have in common.

use std::path::{Path, PathBuf};

use vestibule_bench_report::{Outcome, today};

/// How to measure.
#[derive(Clone, Debug, clap::Args)]
pub struct Manner {
    /// Fewer and shorter rounds, to see that it works; writes no file
    #[arg(long)]
    pub quick: bool,
    /// The day in the name of the file, as `date -I` prints it [default: today]
    #[arg(long)]
    pub date: Option<String>,
    /// Keeps the profiles of the instruction counts in this folder, for callgrind_annotate
    #[arg(long, value_name = "FOLDER")]
    pub profiles: Option<PathBuf>,
    /// Measures this build of the program instead of building it
    #[arg(long, value_name = "FILE")]
    pub program: Option<PathBuf>,
}

impl Manner {
    /// The day of the run.
    ///
    /// # Errors
    /// None was given, and the system does not say.
    pub fn day(&self) -> Outcome<String> {
        self.date.clone().map_or_else(today, Ok)
    }

    /// The folder for profiles, made if it is not there: the one that was asked for, or `else_folder`.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn profiles_in(&self, else_folder: &Path) -> Outcome<PathBuf> {
        let Some(folder) = &self.profiles else { return Ok(else_folder.to_owned()) };
        let made = std::fs::create_dir_all(folder).and_then(|()| folder.canonicalize());
        made.map_err(|error| format!("cannot make {}: {error}", folder.display()))
    }
}
