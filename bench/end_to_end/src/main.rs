//! Measures the program end to end: `cargo run --release --manifest-path bench/Cargo.toml`.

use std::process::ExitCode;

use clap::Parser;
use vestibule_bench_end_to_end::{Arguments, run};
use vestibule_bench_report::ended;

fn main() -> ExitCode {
    ended(run(&Arguments::parse(), &mut std::io::stdout()))
}
