//! Evaluating a policy of 20 statements: `bench/run policy_evaluate`.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use vestibule_bench_policy_evaluate::{Arguments, run};
use vestibule_bench_report::ended;

/// As the program's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ended(run(&Arguments::parse(), &mut std::io::stdout()))
}
