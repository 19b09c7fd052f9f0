//! What is measured: how each program is started, when it is ready, what it is asked.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use vestibule_bench_report::Seats;
use vestibule_bench_serving::{
    Cost, Engine, Manner, Order, Process, Requests, command, exchange,
    places::{copy_store, free_address},
    programs,
};

use crate::Outcome;
use crate::items;
use crate::operation::Operation;
use crate::store::{Backend, Store};

/// One of the things that are compared over one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Subject {
    /// A hyper server that answers what the gateway answered first: the floor.
    Bare,
    /// The engine, in process.
    Engine,
    /// hyper before hyper-util's client, asked what the gateway asks the store: the floor of a store on the network.
    Hop,
    /// The program.
    Gateway,
}

impl Subject {
    /// Who is compared over a store.
    pub(crate) fn over(backend: Backend) -> [Subject; 3] {
        match backend {
            Backend::Embedded => [Subject::Bare, Subject::Engine, Subject::Gateway],
            Backend::Played | Backend::DynamoDbLocal | Backend::Vestibule => {
                [Subject::Bare, Subject::Hop, Subject::Gateway]
            }
        }
    }

    /// How it is called in tables.
    pub(crate) fn label(self, backend: Backend) -> String {
        match self {
            Subject::Bare => "bare hyper".to_owned(),
            Subject::Engine => "in process".to_owned(),
            Subject::Hop => format!("{}, bare hop", backend.label()),
            Subject::Gateway => backend.label().to_owned(),
        }
    }
}

/// Where the programs are.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) vestibule: PathBuf,
    bare: PathBuf,
    engine: PathBuf,
    pub(crate) backend: PathBuf,
    bare_proxy: PathBuf,
}

/// Everything a subject needs to start.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) programs: Programs,
    /// The folder of DynamoDB Local, when there is one.
    pub(crate) dynamodb_local: Option<PathBuf>,
    /// A folder of this run alone: stores, logs, answers.
    pub(crate) folder: PathBuf,
    pub(crate) seats: Seats,
}

/// Where the tables are: the kind of store, and the one that runs, when it is not in the gateway's process.
pub(crate) type Place<'s> = (Backend, Option<&'s Store>);

/// A subject that runs.
#[derive(Debug)]
pub(crate) enum Running {
    Http(Process, Requests),
    Lines(Engine),
}

impl Programs {
    /// Builds what is missing or old.
    pub(crate) fn build(manner: &Manner) -> Outcome<Programs> {
        Ok(Programs {
            vestibule: programs::vestibule(manner)?,
            bare: programs::of_bench("bare")?,
            engine: programs::of_bench("engine")?,
            backend: programs::of_bench("backend")?,
            bare_proxy: programs::of_bench("bare_proxy")?,
        })
    }
}

/// An input of the bench.
pub(crate) fn input(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs").join(name)
}

impl Setting {
    /// The stores that are there to be measured, in the order of the tables.
    pub(crate) fn backends(&self) -> Outcome<Vec<Backend>> {
        let mut backends = vec![Backend::Embedded, Backend::Played];
        if self.dynamodb_local.is_some() {
            backends.push(Backend::DynamoDbLocal);
        }
        if programs::has_flag(&self.programs.vestibule, "--aws <")? {
            backends.push(Backend::Vestibule);
        }
        Ok(backends)
    }

    /// Fills the embedded store as a user does, copies it for the engine, and keeps what the gateway answers first, which
    /// bare servers answer.
    pub(crate) fn prepare(&self) -> Outcome {
        std::fs::write(self.seed(), items::seed().to_string())
            .map_err(|error| format!("cannot write the seed: {error}"))?;
        let (process, address) = self.gateway((Backend::Embedded, None), &[])?;
        for operation in Operation::ALL {
            let bytes = operation.of_client(address, 0).bytes;
            let (_, body) = exchange(address, &bytes)?;
            std::fs::write(self.answer(operation), body)
                .map_err(|error| format!("cannot write an answer: {error}"))?;
        }
        process.stop()?;
        copy_store(&self.folder.join("embedded"), &self.folder.join("engine"))
    }

    /// The file with the items.
    pub(crate) fn seed(&self) -> PathBuf {
        self.folder.join("seed.json")
    }

    /// The file with what the gateway answers first.
    fn answer(&self, operation: Operation) -> PathBuf {
        self.folder.join(format!("answer_{}", operation.action()))
    }

    /// Starts a subject, by `wrapper` if there is one, and waits until it is ready. Each of its requests is sent once, and its answer looked at.
    pub(crate) fn start(
        &self,
        subject: Subject,
        (backend, store): Place<'_>,
        operation: Operation,
        wrapper: &[OsString],
    ) -> Outcome<Running> {
        let (process, address) = match subject {
            Subject::Engine => {
                let program = (wrapper, &*self.programs.engine);
                let data = self.folder.join("engine");
                let call = operation.call();
                let engine = Engine::start(program, &data, &call, self.seats, &self.folder)?;
                return Ok(Running::Lines(engine));
            }
            Subject::Bare => {
                let listen = free_address()?;
                let arguments = vec![listen.to_string().into(), self.answer(operation).into()];
                self.server("bare", (wrapper, &self.programs.bare), arguments, listen)?
            }
            Subject::Hop => {
                let listen = free_address()?;
                let store = store.ok_or("a hop leads to a store")?.address;
                let arguments = [listen, store].map(|address| address.to_string().into()).into();
                // It is ready when it hands on what the store says, whatever that is.
                self.server("hop", (wrapper, &self.programs.bare_proxy), arguments, listen)?
            }
            Subject::Gateway => self.gateway((backend, store), wrapper)?,
        };
        let ask =
            if subject == Subject::Hop { Operation::of_gateway } else { Operation::of_client };
        // Who has one answer is asked for it alone.
        let most = if subject == Subject::Bare || !backend.keeps() { 1 } else { items::ITEMS };
        let asked = operation.asked(ask, address, most)?;
        let requests = match store {
            None => Requests::new(address, asked),
            Some(_) => Requests::beside_a_backend(address, asked),
        };
        Ok(Running::Http(process, requests))
    }

    fn server(
        &self,
        name: &str,
        (wrapper, program): (&[OsString], &Path),
        arguments: Vec<OsString>,
        listen: SocketAddr,
    ) -> Outcome<(Process, SocketAddr)> {
        let command = command(wrapper, program, arguments, &self.folder);
        let mut process = Process::start(command, name, self.seats, &self.folder)?;
        process.await_answer(listen)?;
        Ok((process, listen))
    }

    /// Starts the program over a store, which it fills.
    pub(crate) fn gateway(
        &self,
        (backend, store): Place<'_>,
        wrapper: &[OsString],
    ) -> Outcome<(Process, SocketAddr)> {
        let (listen, admin) = (free_address()?, free_address()?);
        let mut arguments: Vec<OsString> = vec!["serve".into(), input("openapi.yaml").into()];
        if backend.keeps() {
            arguments.push(input("tables.yaml").into());
        }
        // Which seeds were loaded is kept in a table of the program's own, which no other Vestibule lets it have.
        if matches!(backend, Backend::Embedded | Backend::DynamoDbLocal) {
            arguments.extend(["--seed".into(), self.seed().into()]);
        }
        arguments.extend(["--listen".into(), listen.to_string().into()]);
        arguments.extend(["--admin".into(), admin.to_string().into()]);
        arguments.extend(match store {
            None => ["--data".into(), self.folder.join("embedded").into()],
            Some(store) => ["--dynamodb".into(), format!("http://{}", store.address).into()],
        });
        let command = command(wrapper, &self.programs.vestibule, arguments, &self.folder);
        let mut process = Process::start(command, "gateway", self.seats, &self.folder)?;
        process.await_ready(admin, "/readyz")?;
        Ok((process, listen))
    }
}

impl Running {
    pub(crate) fn process(&self) -> &Process {
        match self {
            Running::Http(process, _) => process,
            Running::Lines(engine) => engine.process(),
        }
    }

    /// Runs one stretch after its warm-up.
    pub(crate) fn cost(&mut self, warm_up: Option<Order>, order: Order) -> Outcome<Cost> {
        match self {
            Running::Http(process, requests) => requests.cost(process, warm_up, order),
            Running::Lines(engine) => engine.cost(warm_up, order),
        }
    }

    /// Ends it and waits until it is gone.
    pub(crate) fn stop(self) -> Outcome {
        match self {
            Running::Http(process, _) => process.stop(),
            Running::Lines(engine) => engine.stop(),
        }
    }
}
