//! A bare hyper server that answers constant bytes, in a process of its own, over TCP on loopback: what any request costs at
//! least.

use std::net::SocketAddr;

use tempfile::TempDir;
use vestibule_bench_report::Seats;
use vestibule_bench_serving::{
    Asked, End, Order, Process, Requests, command, fetch, places, programs,
};

use crate::Outcome;

/// Connections that are served at once: with one alone a request costs half as much again.
const CONNECTIONS: usize = 32;

/// The server, and what it is asked.
pub(crate) struct Bare {
    process: Process,
    requests: Requests,
    _folder: TempDir,
}

impl Bare {
    /// Starts the server at its seat; the calling thread goes to the client's.
    pub(crate) fn start(token: &str, seats: Seats) -> Outcome<Bare> {
        let program = programs::of_bench("bare")?;
        let folder =
            tempfile::tempdir().map_err(|error| format!("cannot make a folder: {error}"))?;
        let address = places::free_address()?;
        let arguments = vec![address.to_string().into(), places::answer().into()];
        let started = command(&[], &program, arguments, folder.path());
        let mut process = Process::start(started, "bare", seats, folder.path())?;
        process.await_ready(address, "/open")?;
        let requests = Requests::new(address, vec![asked(address, token)?]);
        Ok(Bare { process, requests, _folder: folder })
    }

    /// CPU of the server for one request with the token in it, of so many. The calling thread has to sit apart from it.
    pub(crate) fn cpu_ns(&self, passes: usize) -> Outcome<f64> {
        let order = Order { connections: CONNECTIONS, end: End::Requests(passes as u64) };
        let cost = self.requests.cost(&self.process, Some(order), order)?;
        Ok(cost.cpu_us() * 1e3)
    }
}

fn asked(address: SocketAddr, token: &str) -> Outcome<Asked> {
    let (_, body) = fetch(address, "/open")?;
    let request = format!("GET /open HTTP/1.1\r\nhost: api.test\r\nauthorization: {token}\r\n\r\n");
    Ok(Asked { bytes: request.into_bytes(), body_bytes: body.len() })
}
