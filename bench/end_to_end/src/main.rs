//! Measures the program end to end: `cargo run --release --manifest-path bench/Cargo.toml`.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use vestibule_bench_end_to_end::{Arguments, run};

fn main() -> ExitCode {
    let mut out = std::io::stdout();
    match run(&Arguments::parse(), &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_reads = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}
