//! Verifying a signature beside making it: `bench/run sigv4_verify`.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use vestibule_bench_report::ended;
use vestibule_bench_sigv4_verify::{Arguments, run};

/// As the program's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ended(run(&Arguments::parse(), &mut std::io::stdout()))
}
