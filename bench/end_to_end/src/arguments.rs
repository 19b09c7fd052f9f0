//! The command line.

use std::path::PathBuf;

/// Measures the program beside a bare hyper server and the engine alone
#[derive(Debug, clap::Parser)]
pub struct Arguments {
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

/// How long and how often.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Effort {
    /// Rounds in which every subject has its turn.
    pub(crate) rounds: usize,
    /// Milliseconds that a turn is measured.
    pub(crate) turn_ms: u64,
    /// Milliseconds before that, under the same load.
    pub(crate) warm_up_ms: u64,
    /// Starts of a program.
    pub(crate) starts: usize,
    /// Requests whose instructions are counted.
    pub(crate) counted_requests: u64,
}

impl Arguments {
    pub(crate) fn effort(&self) -> Effort {
        if self.quick {
            return Effort {
                rounds: 3,
                turn_ms: 500,
                warm_up_ms: 200,
                starts: 5,
                counted_requests: 200,
            };
        }
        Effort { rounds: 7, turn_ms: 2_000, warm_up_ms: 500, starts: 21, counted_requests: 2_000 }
    }
}
