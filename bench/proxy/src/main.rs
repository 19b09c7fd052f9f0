//! The program as a proxy beside others: `bench/run proxy`.

use std::process::ExitCode;

use clap::Parser;
use vestibule_bench_proxy::{Arguments, run};
use vestibule_bench_report::ended;

fn main() -> ExitCode {
    ended(run(&Arguments::parse(), &mut std::io::stdout()))
}
