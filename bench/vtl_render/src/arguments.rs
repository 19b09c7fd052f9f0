//! The command line.

use std::path::PathBuf;

/// Measures mapping templates beside Apache Velocity 1.7 and Jayway JsonPath
#[derive(Debug, clap::Parser)]
pub struct Arguments {
    /// A short warm-up and short turns, to see that it works; writes no file
    #[arg(long)]
    pub quick: bool,
    /// The day in the name of the file, as `date -I` prints it [default: today]
    #[arg(long)]
    pub date: Option<String>,
    /// The folder of Velocity's and JsonPath's jars [default: those of Debian's packages]
    #[arg(long, value_name = "FOLDER")]
    pub jars: Option<PathBuf>,
    /// Only this folder of `inputs`; writes no file
    #[arg(long, value_name = "NAME")]
    pub subject: Option<String>,
    /// Renders the templates of `inputs/hostile` instead, each until a limit ends it, and prints how long that takes
    #[arg(long, conflicts_with = "renders")]
    pub hostile: bool,
    /// Only renders that often, without Java and without a word: for a profiler
    #[arg(long, value_name = "COUNT", requires = "subject")]
    pub renders: Option<u64>,
}

/// How long and how often.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Effort {
    /// Turns of each side.
    pub(crate) turns: usize,
    /// Milliseconds of a turn.
    pub(crate) turn_ms: u64,
    /// Milliseconds that each side renders before the first turn.
    pub(crate) warm_up_ms: u64,
    /// Renders whose instructions are counted.
    pub(crate) counted_renders: u64,
}

impl Arguments {
    pub(crate) fn effort(&self) -> Effort {
        if self.quick {
            return Effort { turns: 3, turn_ms: 500, warm_up_ms: 2_000, counted_renders: 100 };
        }
        Effort { turns: 5, turn_ms: 2_000, warm_up_ms: 20_000, counted_renders: 1_000 }
    }
}
