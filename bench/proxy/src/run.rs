//! One run from the build to the file.

use std::io::Write;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use vestibule_bench_report::{Machine, Seats, keep, note, sit};
use vestibule_bench_serving::{Callgrind, Manner, Plan};

use crate::report::Report;
use crate::subject::{Setting, Subject};
use crate::{Outcome, instructions, memory, series};

/// The form of the files that are written.
const VERSION: u32 = 1;

/// Measures the program as a proxy beside a bare hyper proxy and nginx
#[derive(Debug, clap::Parser)]
pub struct Arguments {
    /// How to measure
    #[command(flatten)]
    pub manner: Manner,
}

/// How much is measured.
struct Effort {
    plan: Plan,
    /// Requests after which memory is looked at first.
    requests: u64,
    /// Idle connections with which memory is looked at. The program takes 10,000 on one listener.
    idle: [usize; 2],
    /// Requests whose instructions are counted.
    counted_requests: u64,
}

impl Arguments {
    fn effort(&self) -> Effort {
        if self.manner.quick {
            let plan = Plan { rounds: 3, turn_ms: 300, warm_up_ms: 100 };
            return Effort { plan, requests: 2_000, idle: [100, 1_000], counted_requests: 200 };
        }
        let plan = Plan { rounds: 5, turn_ms: 1_500, warm_up_ms: 400 };
        Effort { plan, requests: 20_000, idle: [1_000, 10_000], counted_requests: 1_000 }
    }
}

/// Builds, measures, prints to `out` and, unless it is quick, writes `bench/runs/DATE-MACHINE-proxy.json`.
///
/// # Errors
///
/// What could not be built, started or measured, in one line.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> Outcome {
    let manner = &arguments.manner;
    let date = manner.day()?;
    let machine = Machine::here()?;
    let seats = Seats::choose()?;
    open_files()?;
    let temporary =
        tempfile::tempdir().map_err(|error| format!("cannot make a folder: {error}"))?;
    // The build may use every processor; what comes after it may not.
    let setting = Setting::new(manner, seats, temporary.path())?;
    sit(seats.client)?;
    if !setting.subjects.contains(&Subject::Nginx) {
        note(out, "nginx is not installed and is left out: `apt-get install nginx`")?;
    }
    if !setting.subjects.contains(&Subject::AwsProxy) {
        note(out, "this build has no `--lambda-endpoint`: AWS_PROXY is left out")?;
    }
    let Effort { plan, requests, idle, counted_requests } = arguments.effort();
    let load = series::rows(&setting, plan, |line| note(out, &line))?;
    note(out, "memory")?;
    let memory = setting.proxies().map(|subject| memory::steps(&setting, subject, requests, idle));
    let memory = memory.collect::<Outcome<Vec<_>>>()?;
    let instructions = if Callgrind::is_possible() {
        note(out, "instructions")?;
        let folder = manner.profiles_in(&setting.folder)?;
        Some(instructions::count(&setting, counted_requests, &folder)?)
    } else {
        None
    };
    setting.backend.process.stop()?;

    let report =
        Report { version: VERSION, date, machine, seats, plan, load, memory, instructions };
    note(out, &format!("\n{}", report.page()))?;
    if manner.quick {
        return Ok(());
    }
    let path = keep(&format!("{}-{}-proxy", report.date, report.machine.slug()), &report)?;
    note(out, &format!("written to {}", path.display()))
}

/// Takes as many files as the system lets us have, for the connections; what is started inherits it.
fn open_files() -> Outcome {
    let failed = |error| format!("cannot tell how many files may be open: {error}");
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).map_err(failed)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most).map_err(failed)
}
