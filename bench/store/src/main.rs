//! The embedded store in process: `bench/run store`.
//!
//! Writes are durable when they are answered: what they cost is the disk's sync, so figures of two machines do not compare.

mod requests;
mod run;
mod work;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use vestibule_bench_report::ended;

/// As the program's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ended(run::run(&run::Arguments::parse(), &mut std::io::stdout()))
}
