//! The command line.

use std::path::PathBuf;

use vestibule_bench_serving::{Manner, Plan};

/// Measures GetItem, Query and PutItem through the program over each store
#[derive(Debug, clap::Parser)]
pub struct Arguments {
    /// How to measure
    #[command(flatten)]
    pub manner: Manner,
    /// The folder with DynamoDBLocal.jar and DynamoDBLocal_lib: `emulator` of the npm package amplify-dynamodb-simulator
    #[arg(long, value_name = "FOLDER", env = "DYNAMODB_LOCAL")]
    pub dynamodb_local: Option<PathBuf>,
    /// Where stores are made: the disk that is measured [default: the folder of temporary files]
    #[arg(long)]
    pub folder: Option<PathBuf>,
}

/// How long and how often.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Effort {
    #[serde(flatten)]
    pub(crate) plan: Plan,
    /// Milliseconds of load before the first round, for a store that compiles while it runs.
    pub(crate) burst_ms: u64,
    /// Requests whose instructions are counted.
    pub(crate) counted_requests: u64,
}

impl Arguments {
    pub(crate) fn effort(&self) -> Effort {
        if self.manner.quick {
            let plan = Plan { rounds: 2, turn_ms: 200, warm_up_ms: 50 };
            return Effort { plan, burst_ms: 500, counted_requests: 50 };
        }
        let plan = Plan { rounds: 5, turn_ms: 500, warm_up_ms: 100 };
        Effort { plan, burst_ms: 3_000, counted_requests: 200 }
    }
}
