//! Mapping templates beside Apache Velocity 1.7 and Jayway JsonPath: `bench/run vtl_render`.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use vestibule_bench_report::ended;
use vestibule_bench_vtl_render::{Arguments, run};

/// As the program's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ended(run(&Arguments::parse(), &mut std::io::stdout()))
}
