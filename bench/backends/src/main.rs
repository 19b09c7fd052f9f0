//! The program over each store: `bench/run backends`.

use std::process::ExitCode;

use clap::Parser;
use vestibule_bench_backends::{Arguments, run};
use vestibule_bench_report::ended;

fn main() -> ExitCode {
    ended(run(&Arguments::parse(), &mut std::io::stdout()))
}
