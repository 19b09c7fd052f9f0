//! The stores on the network, while they run on the load's processor.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;

use vestibule_bench_serving::{
    Process, command,
    places::{free_address, written},
};

use crate::Outcome;
use crate::operation::Operation;
use crate::subject::{Setting, input};

/// Where the gateway has its tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Backend {
    /// In its own process, durable.
    Embedded,
    /// A hyper server that gives each operation one constant answer.
    Played,
    /// DynamoDB Local, in memory.
    DynamoDbLocal,
    /// The embedded store of another Vestibule, durable.
    Vestibule,
}

/// When the bare hop is said to be signed, and its signature: of the form that stores on loopback want, by AWS's example
/// key.
pub(crate) const DATE: &str = "20261127T000000Z";
pub(crate) const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 \
    Credential=AKIAIOSFODNN7EXAMPLE/20261127/us-east-1/dynamodb/aws4_request, \
    SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
    Signature=0000000000000000000000000000000000000000000000000000000000000000";

/// A store that runs.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) address: SocketAddr,
    process: Process,
    ends_well: bool,
}

impl Backend {
    /// How it is called in tables.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Backend::Embedded => "embedded store",
            Backend::Played => "played store",
            Backend::DynamoDbLocal => "DynamoDB Local",
            Backend::Vestibule => "another Vestibule",
        }
    }

    /// Whether it keeps what is written. One that does not has one item alone.
    pub(crate) fn keeps(self) -> bool {
        self != Backend::Played
    }
}

impl Setting {
    /// Starts the store and waits until it answers; nothing when it is in the gateway's process.
    pub(crate) fn store(&self, backend: Backend, operation: Operation) -> Outcome<Option<Store>> {
        let address = free_address()?;
        let (name, command) = match backend {
            Backend::Embedded => return Ok(None),
            Backend::Played => {
                let answer = operation.answer(0).to_string();
                let file = written(&self.folder, "played.json", &answer)?;
                let answer = OsString::from(format!("/={}", file.display()));
                let arguments = vec![address.to_string().into(), answer];
                ("played", command(&[], &self.programs.backend, arguments, &self.folder))
            }
            Backend::DynamoDbLocal => {
                let folder = self.dynamodb_local.as_deref().ok_or("no DynamoDB Local")?;
                let arguments = dynamodb_local(folder, address);
                ("dynamodb_local", command(&[], Path::new("java"), arguments, &self.folder))
            }
            Backend::Vestibule => return self.vestibule(address, operation).map(Some),
        };
        let mut process = Process::start(command, name, self.seats.of_a_backend(), &self.folder)?;
        process.await_answer(address)?;
        // Java says 143 when it is told to end.
        Ok(Some(Store { address, process, ends_well: backend != Backend::DynamoDbLocal }))
    }

    fn vestibule(&self, address: SocketAddr, operation: Operation) -> Outcome<Store> {
        let admin = free_address()?;
        let data = self.folder.join(format!("other_{}", operation.action()));
        let mut arguments: Vec<OsString> = vec!["serve".into()];
        arguments.extend(["openapi.yaml", "tables.yaml"].map(|name| input(name).into()));
        arguments.extend(["--seed".into(), self.seed().into()]);
        arguments.extend(["--aws".into(), address.to_string().into()]);
        arguments.extend(["--listen".into(), free_address()?.to_string().into()]);
        arguments.extend(["--admin".into(), admin.to_string().into()]);
        arguments.extend(["--data".into(), data.into()]);
        let command = command(&[], &self.programs.vestibule, arguments, &self.folder);
        let seats = self.seats.of_a_backend();
        let mut process = Process::start(command, "other", seats, &self.folder)?;
        process.await_ready(admin, "/readyz")?;
        Ok(Store { address, process, ends_well: true })
    }
}

fn dynamodb_local(folder: &Path, address: SocketAddr) -> Vec<OsString> {
    let mut library = OsString::from("-Djava.library.path=");
    library.push(folder.join("DynamoDBLocal_lib"));
    let mut arguments = vec![library, "-jar".into(), folder.join("DynamoDBLocal.jar").into()];
    // All credentials see the same tables.
    arguments.extend(["-inMemory", "-sharedDb", "-disableTelemetry", "-port"].map(OsString::from));
    arguments.push(address.port().to_string().into());
    arguments
}

impl Store {
    /// Ends it and waits until it is gone.
    pub(crate) fn stop(self) -> Outcome {
        if self.ends_well { self.process.stop() } else { Ok(()) }
    }
}
