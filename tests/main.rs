//! The end-to-end tests: the real program, started for each test, and real TCP.
//!
//! Each folder of `cases` with a `steps.md` is a test of its own, and so is each of `faults`; what a page cannot say is a
//! function of `program`.
//! Arguments are those of every Rust test: `cargo test --test e2e -- routing` runs what has `routing` in its name.

mod harness;
mod program;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let cases = match harness::cases() {
        Ok(cases) => cases,
        Err(problem) => {
            // The one line that a broken folder of cases is worth.
            let trial = Trial::test("cases", move || Err(problem.into()));
            return libtest_mimic::run(&arguments, vec![trial]).exit_code();
        }
    };
    let mut trials: Vec<Trial> = cases
        .into_iter()
        .map(|case| Trial::test(case.name().to_owned(), move || Ok(case.run()?)))
        .collect();
    match harness::faults() {
        Ok(faults) => trials.extend(
            faults
                .into_iter()
                .map(|fault| Trial::test(fault.name().to_owned(), move || Ok(fault.run()?))),
        ),
        Err(problem) => trials.push(Trial::test("faults", move || Err(problem.into()))),
    }
    for (name, test) in program::tests() {
        trials.push(Trial::test(format!("program::{name}"), move || Ok(test()?)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
