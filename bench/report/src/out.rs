//! What a bench tells whoever started it.

use std::io::Write;
use std::process::ExitCode;

use crate::Outcome;

/// Prints a line.
///
/// # Errors
/// Nobody reads.
pub fn note(out: &mut impl Write, line: &str) -> Outcome {
    writeln!(out, "{line}").map_err(|error| format!("cannot print: {error}"))
}

/// How the bench ends: an error is printed, and the code is 2.
#[must_use]
pub fn ended(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_reads = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}
