//! The command line.

use vestibule_bench_serving::{Manner, Plan};

/// Measures the program beside a bare hyper server and the engine alone
#[derive(Debug, clap::Parser)]
pub struct Arguments {
    /// How to measure
    #[command(flatten)]
    pub manner: Manner,
}

/// How long and how often.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Effort {
    #[serde(flatten)]
    pub(crate) plan: Plan,
    /// Starts of a program.
    pub(crate) starts: usize,
    /// Requests whose instructions are counted.
    pub(crate) counted_requests: u64,
}

impl Arguments {
    pub(crate) fn effort(&self) -> Effort {
        if self.manner.quick {
            let plan = Plan { rounds: 3, turn_ms: 500, warm_up_ms: 200 };
            return Effort { plan, starts: 5, counted_requests: 200 };
        }
        let plan = Plan { rounds: 7, turn_ms: 2_000, warm_up_ms: 500 };
        Effort { plan, starts: 21, counted_requests: 2_000 }
    }
}
