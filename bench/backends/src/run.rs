//! One run from the build to the file.

use std::io::Write;

use vestibule_bench_report::{Machine, Seats, keep, note, sit};
use vestibule_bench_serving::Callgrind;

use crate::operation::Operation;
use crate::report::Report;
use crate::store::Backend;
use crate::subject::{Programs, Setting};
use crate::{Arguments, Outcome, beside, instructions, series};

/// The form of the files that are written.
const VERSION: u32 = 1;

/// Builds, measures, prints to `out` and, unless it is quick, writes `bench/runs/DATE-MACHINE-backends.json`.
///
/// # Errors
///
/// What could not be built, started or measured, in one line.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> Outcome {
    let manner = &arguments.manner;
    let date = manner.day()?;
    let machine = Machine::here()?;
    let seats = Seats::choose()?;
    // The build may use every processor; what comes after it may not.
    let programs = Programs::build(manner)?;
    sit(seats.client)?;
    let parent = arguments.folder.clone().unwrap_or_else(std::env::temp_dir);
    let temporary =
        tempfile::tempdir_in(&parent).map_err(|error| format!("cannot make a folder: {error}"))?;
    let folder = temporary.path().to_owned();
    let dynamodb_local = arguments.dynamodb_local.clone();
    let setting = Setting { programs, dynamodb_local, folder, seats };
    let backends = setting.backends()?;
    let left_out = left_out(&backends);
    for line in &left_out {
        note(out, line)?;
    }
    setting.prepare()?;

    let effort = arguments.effort();
    let mut load = Vec::new();
    for operation in Operation::ALL {
        for backend in &backends {
            let told = |line: String| note(out, &line);
            load.extend(series::rows(&setting, (*backend, operation), effort, told)?);
        }
    }
    let beside = beside::rows(&setting, effort.plan, |line| note(out, &line))?;

    let instructions = if Callgrind::is_possible() {
        note(out, "instructions")?;
        let folder = manner.profiles_in(&setting.folder)?;
        Some(instructions::count(&setting, effort.counted_requests, &folder)?)
    } else {
        None
    };

    let report = Report {
        version: VERSION,
        date,
        machine,
        seats,
        effort,
        load,
        beside,
        instructions,
        left_out,
    };
    note(out, &format!("\n{}", report.page()))?;
    if manner.quick {
        return Ok(());
    }
    let path = keep(&format!("{}-{}-backends", report.date, report.machine.slug()), &report)?;
    note(out, &format!("written to {}", path.display()))
}

/// What is said of stores that are not there.
fn left_out(backends: &[Backend]) -> Vec<String> {
    let reasons = [
        (Backend::DynamoDbLocal, "its folder was not given (`--dynamodb-local`)"),
        (Backend::Vestibule, "this build has no `--aws`"),
    ];
    let missing = reasons.into_iter().filter(|(backend, _)| !backends.contains(backend));
    missing.map(|(backend, why)| format!("{} is left out: {why}", backend.label())).collect()
}
