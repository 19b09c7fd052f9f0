//! One run from the build to the file.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use vestibule_bench_report::{Machine, Seats, keep, note, sit};
use vestibule_bench_serving::{Callgrind, places::copy_store};

use crate::instructions::{self, Count};
use crate::programs::Programs;
use crate::report::Report;
use crate::series::{Player, rows};
use crate::start::starts;
use crate::subject::{Launch, Setting, Subject};
use crate::{Arguments, Outcome, places};

/// The form of the files that are written.
const VERSION: u32 = 1;

/// Builds, measures, prints to `out` and, unless it is quick, writes `bench/runs/DATE-MACHINE.json`.
///
/// # Errors
///
/// What could not be built, started or measured, in one line.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> Outcome {
    let date = arguments.manner.day()?;
    let machine = Machine::here()?;
    let seats = Seats::choose()?;
    // The build may use every processor; what comes after it may not.
    let programs = Programs::build(&arguments.manner)?;
    sit(seats.client)?;
    let temporary =
        tempfile::tempdir().map_err(|error| format!("cannot make a folder: {error}"))?;
    let folder = temporary.path().to_owned();
    let setting = Setting { programs, folder, seats, keys: keys(&places::example("seed.json"))? };
    prepare(&setting)?;

    let effort = arguments.effort();
    note(out, "starts")?;
    let measured = [Subject::Bare, Subject::Mock, Subject::GetItem];
    let starts = measured.iter().map(|subject| starts(&setting, *subject, effort.starts));
    let starts = starts.collect::<Outcome<Vec<_>>>()?;
    let mut players = players(&setting)?;
    let load = rows(&mut players, effort.plan, |connections, round| {
        note(out, &format!("round {} at {connections} connections", round + 1))
    })?;
    for player in players {
        player.running.stop()?;
    }
    note(out, "instructions")?;
    let instructions = instructions(&setting, arguments)?;

    let report =
        Report { version: VERSION, date, machine, seats, effort, load, instructions, starts };
    note(out, &format!("\n{}", report.page()))?;
    if arguments.manner.quick {
        return Ok(());
    }
    let name = format!("{}-{}", report.date, report.machine.slug());
    let path = keep(&name, &report)?;
    note(out, &format!("written to {}", path.display()))
}

/// Fills the store of the example as a user does, and copies it for who has one of its own.
fn prepare(setting: &Setting) -> Outcome {
    let seed = [OsString::from("--seed"), places::example("seed.json").into()];
    let launch = Launch { further: &seed, ..Launch::default() };
    setting.start(Subject::GetItem, launch)?.stop()?;
    for subject in [Subject::Engine, Subject::Cached] {
        copy_store(&setting.store(Subject::GetItem), &setting.store(subject))?;
    }
    key_the_cache(setting)
}

/// Writes the example whose methods that get an item name the item's id as the key of what is cached.
fn key_the_cache(setting: &Setting) -> Outcome {
    const CALL: &str = "uri: arn:aws:apigateway:us-east-1:dynamodb:action/GetItem\n";
    let path = places::example("openapi.yaml");
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let example = std::fs::read_to_string(&path).map_err(failed)?;
    let key = format!("{CALL}        cacheKeyParameters: [method.request.path.id]\n");
    let cached = example.replace(CALL, &key);
    if cached == example {
        return Err(format!("{}: no method gets an item", path.display()));
    }
    std::fs::write(setting.cached_definition(), cached).map_err(failed)
}

/// The ids of the items in a seed of BatchWriteItem's form.
fn keys(seed: &Path) -> Outcome<Vec<String>> {
    let failed = |what: &str| format!("{}: {what}", seed.display());
    let text = std::fs::read_to_string(seed).map_err(|error| failed(&error.to_string()))?;
    let seed: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| failed(&error.to_string()))?;
    let requests = seed.pointer("/RequestItems/items").and_then(serde_json::Value::as_array);
    let ids = requests
        .into_iter()
        .flatten()
        .filter_map(|request| Some(request.pointer("/PutRequest/Item/id/S")?.as_str()?.to_owned()));
    let ids: Vec<String> = ids.collect();
    if ids.is_empty() { Err(failed("there is no item in `RequestItems.items`")) } else { Ok(ids) }
}

fn players(setting: &Setting) -> Outcome<Vec<Player>> {
    let start = |subject| {
        let running = setting.start(subject, Launch::default())?;
        let requests = setting.requests(subject, &running)?;
        Ok(Player { subject, running, requests })
    };
    Subject::ALL.into_iter().map(start).collect()
}

fn instructions(setting: &Setting, arguments: &Arguments) -> Outcome<Option<Vec<Count>>> {
    if !Callgrind::is_possible() {
        return Ok(None);
    }
    let folder = arguments.manner.profiles_in(&setting.folder)?;
    instructions::count(setting, arguments.effort().counted_requests, &folder).map(Some)
}
