//! Finding a method in APIs of two sizes: `bench/run route_find`.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use vestibule_bench_report::ended;
use vestibule_bench_route_find::{Arguments, run};

/// As the program's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ended(run(&Arguments::parse(), &mut std::io::stdout()))
}
