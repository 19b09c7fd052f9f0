//! What a proxy's memory is: after its start, after requests, after many more, and with idle connections.

use std::net::Ipv4Addr;

use vestibule_bench_serving::{End, Memory, Order, QUIET, connect_from, fetch_on};

use crate::Outcome;
use crate::inputs::Size;
use crate::subject::{Setting, Subject, target};

/// The memory of one proxy, step by step in one process.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Steps {
    pub(crate) subject: Subject,
    /// After the start and a second of quiet.
    pub(crate) start: Memory,
    /// After [`Steps::requests`] requests of 32 connections.
    pub(crate) after_requests: Memory,
    pub(crate) requests: u64,
    /// After [`MANY`] times as many.
    pub(crate) after_many: Memory,
    /// With idle connections, kept alive after one request each.
    pub(crate) idle: Vec<(usize, Memory)>,
}

/// How many times the requests after which memory is looked at first.
pub(crate) const MANY: u64 = 10;

/// Takes a proxy through the steps, the last with so many idle connections.
pub(crate) fn steps(
    setting: &Setting,
    subject: Subject,
    requests: u64,
    connections: [usize; 2],
) -> Outcome<Steps> {
    let running = setting.start(subject, &[])?;
    let memory = || {
        std::thread::sleep(QUIET);
        setting.process(&running).memory()
    };
    let asked = setting.requests(&running, Size::Small)?;
    let ask = |requests| {
        let order = Order { connections: 32, end: End::Requests(requests) };
        asked.cost(setting.process(&running), None, order)
    };
    let start = memory()?;
    ask(requests)?;
    let after_requests = memory()?;
    ask(requests * (MANY - 1))?;
    let after_many = memory()?;
    let (mut idle, mut open) = (Vec::new(), Vec::new());
    for connections in connections {
        while open.len() < connections {
            let mut connection = connect_from(client(open.len()), running.address)?;
            let (status, _) = fetch_on(&mut connection, &target(Size::Small))?;
            if status != 200 {
                return Err(format!("connection {} is answered with {status}", open.len()));
            }
            open.push(connection);
        }
        idle.push((connections, memory()?));
    }
    drop(open);
    running.stop()?;
    Ok(Steps { subject, start, after_requests, requests, after_many, idle })
}

/// Whom a connection is of. One client may have half of the program's connections.
fn client(connection: usize) -> Ipv4Addr {
    const CLIENTS: [Ipv4Addr; 4] = [
        Ipv4Addr::new(127, 0, 0, 2),
        Ipv4Addr::new(127, 0, 0, 3),
        Ipv4Addr::new(127, 0, 0, 4),
        Ipv4Addr::new(127, 0, 0, 5),
    ];
    CLIENTS.get(connection % CLIENTS.len()).copied().unwrap_or(Ipv4Addr::LOCALHOST)
}

impl Steps {
    /// KiB that one more idle connection takes, files apart.
    pub(crate) fn kib_per_connection(&self) -> f64 {
        match self.idle.as_slice() {
            [(few, with_few), .., (many, with_many)] => {
                (with_many.own_kib as f64 - with_few.own_kib as f64) / (many - few) as f64
            }
            _ => f64::NAN,
        }
    }

    /// MiB that came with the requests after the first ones.
    pub(crate) fn grown_mib(&self) -> f64 {
        self.after_many.own_mib() - self.after_requests.own_mib()
    }
}
