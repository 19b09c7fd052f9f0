//! What is measured: how each program is started, when it is ready, what it is asked.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use vestibule_bench_report::Seats;
use vestibule_bench_serving::{
    Asked, Cost, Measured, Order, Process, Requests, command, fetch, get, places as here, talk,
};

use crate::programs::Programs;
use crate::{Outcome, places};

/// One of the things that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Subject {
    /// A hyper server that answers 400 constant bytes: the floor.
    Bare,
    /// A MOCK method of the program that answers the same bytes.
    Mock,
    /// `GET /items/{id}` of the example.
    GetItem,
    /// The same method with its answers kept in the stage's cache.
    Cached,
    /// The engine's GetItem, in process.
    Engine,
}

impl Subject {
    pub(crate) const ALL: [Subject; 5] =
        [Subject::Bare, Subject::Mock, Subject::GetItem, Subject::Cached, Subject::Engine];

    /// How it is called in tables.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Subject::Bare => "bare hyper",
            Subject::Mock => "MOCK",
            Subject::GetItem => "GET /items/{id}",
            Subject::Cached => "the same, cached",
            Subject::Engine => "GetItem in process",
        }
    }

    /// How its files are called.
    pub(crate) fn file_name(self) -> &'static str {
        match self {
            Subject::Bare => "bare",
            Subject::Mock => "mock",
            Subject::GetItem => "items",
            Subject::Cached => "cached",
            Subject::Engine => "engine",
        }
    }
}

/// Everything a subject needs to start.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) programs: Programs,
    /// A folder of this run alone: stores, logs, keys.
    pub(crate) folder: PathBuf,
    pub(crate) seats: Seats,
    /// The ids of the items that are read.
    pub(crate) keys: Vec<String>,
}

/// What a start has beside the usual.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Launch<'w> {
    /// The command that runs the program: none, or valgrind with its options.
    pub(crate) wrapper: &'w [OsString],
    /// Arguments after the usual ones.
    pub(crate) further: &'w [OsString],
}

/// A subject that runs.
#[derive(Debug)]
pub(crate) struct Running {
    process: Process,
    door: Door,
    /// From before it was started until it was first seen ready.
    pub(crate) ready_after: Duration,
}

#[derive(Debug)]
enum Door {
    Http(SocketAddr),
    Lines { orders: PipeWriter, answers: BufReader<PipeReader> },
}

impl Setting {
    /// The file with the keys, one a line.
    pub(crate) fn keys_file(&self) -> PathBuf {
        self.folder.join("keys")
    }

    /// The example with the key of what is cached.
    pub(crate) fn cached_definition(&self) -> PathBuf {
        self.folder.join("cached.yaml")
    }

    /// The folder of a subject's store.
    pub(crate) fn store(&self, subject: Subject) -> PathBuf {
        self.folder.join(subject.file_name())
    }

    /// Starts a subject and waits until it is ready.
    pub(crate) fn start(&self, subject: Subject, launch: Launch<'_>) -> Outcome<Running> {
        let (listen, admin) = (here::free_address()?, here::free_address()?);
        let mut command = self.command(subject, launch, self.arguments(subject, listen, admin));
        let begin =
            |command| Process::start(command, subject.file_name(), self.seats, &self.folder);
        match subject {
            Subject::Engine => {
                let (orders, answers) = talk(&mut command)?;
                let door = Door::Lines { orders, answers: BufReader::new(answers) };
                // It answers its first order when it is ready.
                Ok(Running { process: begin(command)?, door, ready_after: Duration::ZERO })
            }
            Subject::Bare => await_ready(begin(command)?, listen, "/", Door::Http(listen)),
            Subject::Mock | Subject::GetItem | Subject::Cached => {
                await_ready(begin(command)?, admin, "/readyz", Door::Http(listen))
            }
        }
    }

    fn command(&self, subject: Subject, launch: Launch<'_>, arguments: Vec<OsString>) -> Command {
        let program = match subject {
            Subject::Bare => &self.programs.bare,
            Subject::Mock | Subject::GetItem | Subject::Cached => &self.programs.vestibule,
            Subject::Engine => &self.programs.engine,
        };
        let arguments = arguments.into_iter().chain(launch.further.iter().cloned()).collect();
        command(launch.wrapper, program, arguments, &self.folder)
    }

    fn arguments(&self, subject: Subject, listen: SocketAddr, admin: SocketAddr) -> Vec<OsString> {
        let definitions = match subject {
            Subject::Bare => {
                let answer = here::answer().into();
                return vec![listen.to_string().into(), answer];
            }
            Subject::Engine => return vec![self.store(subject).into(), self.keys_file().into()],
            Subject::Mock => vec![places::definition("mock.yaml")],
            Subject::GetItem => {
                vec![places::example("openapi.yaml"), places::example("tables.yaml")]
            }
            Subject::Cached => vec![self.cached_definition(), places::example("tables.yaml")],
        };
        let mut arguments = vec!["serve".into()];
        arguments.extend(definitions.into_iter().map(OsString::from));
        if subject == Subject::Cached {
            arguments.extend(["--config".into(), places::definition("cached.toml").into()]);
        }
        arguments.extend(["--listen".into(), listen.to_string().into()]);
        arguments.extend(["--admin".into(), admin.to_string().into()]);
        arguments.extend(["--data".into(), self.store(subject).into()]);
        arguments
    }

    /// What a running subject is asked. Each request is sent once, and its answer looked at.
    pub(crate) fn requests(&self, subject: Subject, running: &Running) -> Outcome<Requests> {
        let Door::Http(address) = running.door else {
            return Ok(Requests::new(SocketAddr::from(([127, 0, 0, 1], 0)), Vec::new()));
        };
        let targets = match subject {
            Subject::Bare | Subject::Mock => vec![("/mock".to_owned(), None)],
            Subject::GetItem | Subject::Cached | Subject::Engine => {
                self.keys.iter().map(|key| (format!("/items/{key}"), Some(key))).collect()
            }
        };
        let mut asked = Vec::new();
        for (target, key) in targets {
            let (status, body) = fetch(address, &target)?;
            let is_right = match key {
                None => Some(&body) == std::fs::read(here::answer()).ok().as_ref(),
                Some(key) => {
                    let item: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
                    item.as_ref().and_then(|item| item.get("id")?.as_str()) == Some(key)
                }
            };
            if status != 200 || !is_right {
                let body = String::from_utf8_lossy(&body);
                return Err(format!("{target} is answered with {status} and {body}"));
            }
            asked.push(Asked { bytes: get(address, &target), body_bytes: body.len() });
        }
        Ok(Requests::new(address, asked))
    }
}

fn await_ready(
    mut process: Process,
    address: SocketAddr,
    target: &str,
    door: Door,
) -> Outcome<Running> {
    let ready_after = process.await_ready(address, target)?;
    Ok(Running { process, door, ready_after })
}

impl Running {
    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    /// Runs one stretch after its warm-up.
    pub(crate) fn run(
        &mut self,
        requests: &Requests,
        warm_up: Option<Order>,
        order: Order,
    ) -> Outcome<Cost> {
        let process = &self.process;
        match &mut self.door {
            Door::Http(_) => requests.cost(process, warm_up, order),
            Door::Lines { orders, answers } => {
                if let Some(warm_up) = warm_up {
                    done(orders, answers, warm_up)?;
                }
                let (before, _) = process.look()?;
                let measured = done(orders, answers, order)?;
                let (after, memory) = process.look()?;
                Ok(Cost { measured, cpu: after.saturating_sub(before), memory })
            }
        }
    }

    /// Ends it and waits until it is gone.
    pub(crate) fn stop(self) -> Outcome {
        match self.door {
            Door::Http(_) => self.process.stop(),
            Door::Lines { orders, .. } => {
                // It ends when there are no more orders.
                drop(orders);
                self.process.wait()
            }
        }
    }
}

/// Hands an order in and waits for what came of it.
fn done(
    orders: &mut PipeWriter,
    answers: &mut BufReader<PipeReader>,
    order: Order,
) -> Outcome<Measured> {
    let failed = |error: std::io::Error| format!("the engine does not answer: {error}");
    let line = serde_json::to_string(&order).map_err(|error| error.to_string())?;
    writeln!(orders, "{line}").map_err(failed)?;
    let mut answer = String::new();
    answers.read_line(&mut answer).map_err(failed)?;
    serde_json::from_str(&answer).map_err(|error| format!("the engine says `{answer}`: {error}"))
}
