//! The backend while it runs, on the load's processor.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;

use vestibule_bench_report::Seats;
use vestibule_bench_serving::{
    Process, command,
    places::{free_address, written},
};

use crate::Outcome;
use crate::inputs::Size;

/// A backend that runs: it answers `/small` and `/large`, and plays the functions of these names.
#[derive(Debug)]
pub(crate) struct Backend {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl Backend {
    /// Starts it and waits until it answers.
    pub(crate) fn start(program: &Path, seats: Seats, folder: &Path) -> Outcome<Backend> {
        let address = free_address()?;
        let mut arguments = vec![OsString::from(address.to_string())];
        for size in Size::ALL {
            let name = size.name();
            let body = written(folder, &format!("{name}.json"), &size.body()?)?;
            let result = written(folder, &format!("{name}_result.json"), &size.result()?)?;
            arguments.push(format!("/{name}={}", body.display()).into());
            let path = format!("/2015-03-31/functions/{name}/invocations");
            arguments.push(format!("{path}={}", result.display()).into());
        }
        let command = command(&[], program, arguments, folder);
        let mut process = Process::start(command, "backend", seats.of_a_backend(), folder)?;
        process.await_ready(address, "/small")?;
        Ok(Backend { process, address })
    }
}
