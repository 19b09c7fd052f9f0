//! What is measured: how each program is started, when it is ready, what it is asked.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use vestibule_bench_report::Seats;
use vestibule_bench_serving::{
    Asked, Call, Cost, Engine, Order, Process, Requests, command, fetch, get, places as here,
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
    door: Door,
    /// From before it was started until it was first seen ready; nothing of the engine, which answers its first order then.
    pub(crate) ready_after: Duration,
}

#[derive(Debug)]
enum Door {
    Http(Process, SocketAddr),
    Lines(Engine),
}

impl Setting {
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
        let program = match subject {
            Subject::Bare => &self.programs.bare,
            Subject::Mock | Subject::GetItem | Subject::Cached => &self.programs.vestibule,
            Subject::Engine => {
                let program = (launch.wrapper, &*self.programs.engine);
                let (store, call) = (self.store(subject), self.call());
                let engine = Engine::start(program, &store, &call, self.seats, &self.folder)?;
                return Ok(Running { door: Door::Lines(engine), ready_after: Duration::ZERO });
            }
        };
        let (listen, admin) = (here::free_address()?, here::free_address()?);
        let mut arguments = self.arguments(subject, listen, admin);
        arguments.extend(launch.further.iter().cloned());
        let command = command(launch.wrapper, program, arguments, &self.folder);
        let mut process = Process::start(command, subject.file_name(), self.seats, &self.folder)?;
        let (address, target) =
            if subject == Subject::Bare { (listen, "/") } else { (admin, "/readyz") };
        let ready_after = process.await_ready(address, target)?;
        Ok(Running { door: Door::Http(process, listen), ready_after })
    }

    /// What the example's request template of `GET /items/{id}` makes.
    fn call(&self) -> Call {
        let body = |key: &String| {
            let key = serde_json::Value::from(key.as_str());
            format!(
                "{{\n  \"TableName\": \"items\",\n  \"Key\": {{\"id\": {{\"S\": {key}}}}}\n}}\n"
            )
        };
        let bodies = self.keys.iter().map(body).collect();
        Call { action: "GetItem".to_owned(), bodies, begins: r#"{"Item":"#.to_owned() }
    }

    fn arguments(&self, subject: Subject, listen: SocketAddr, admin: SocketAddr) -> Vec<OsString> {
        let definitions = match subject {
            Subject::Bare => {
                let answer = here::answer().into();
                return vec![listen.to_string().into(), answer];
            }
            Subject::Mock => vec![places::definition("mock.yaml")],
            Subject::GetItem | Subject::Engine => {
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
        let Door::Http(_, address) = running.door else {
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

impl Running {
    pub(crate) fn process(&self) -> &Process {
        match &self.door {
            Door::Http(process, _) => process,
            Door::Lines(engine) => engine.process(),
        }
    }

    /// Runs one stretch after its warm-up.
    pub(crate) fn run(
        &mut self,
        requests: &Requests,
        warm_up: Option<Order>,
        order: Order,
    ) -> Outcome<Cost> {
        match &mut self.door {
            Door::Http(process, _) => requests.cost(process, warm_up, order),
            Door::Lines(engine) => engine.cost(warm_up, order),
        }
    }

    /// Ends it and waits until it is gone.
    pub(crate) fn stop(self) -> Outcome {
        match self.door {
            Door::Http(process, _) => process.stop(),
            Door::Lines(engine) => engine.stop(),
        }
    }
}
