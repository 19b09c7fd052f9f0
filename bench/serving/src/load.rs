//! The load: connections that are kept alive, each with one request under way (a closed loop), on one thread.
//! Each answer is checked by status and length while it is timed.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use vestibule_bench_report::Outcome;

use crate::answer::Head;
use crate::limits::{ANSWER_BYTES, ANSWER_WAIT};
use crate::measured::{Measured, Order, Stopwatch};
use crate::process::Process;
use crate::rounds::Cost;

/// What is asked in turn, and what the answers are like.
#[derive(Debug)]
pub struct Requests {
    address: SocketAddr,
    asked: Vec<Asked>,
    /// Something else has to run on the load's processor.
    has_company: bool,
}

/// One request.
#[derive(Debug)]
pub struct Asked {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Bytes of the body that answers it, with status 200.
    pub body_bytes: usize,
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
    /// What is under way, and since when.
    under_way: Option<(usize, Instant)>,
}

impl Requests {
    /// Requests to `address`, from a processor that nobody else is to run on.
    #[must_use]
    pub fn new(address: SocketAddr, asked: Vec<Asked>) -> Requests {
        Requests { address, asked, has_company: false }
    }

    /// Requests to `address` from a processor that a backend runs on as well: it gets its turn whenever there is no answer.
    #[must_use]
    pub fn beside_a_backend(address: SocketAddr, asked: Vec<Asked>) -> Requests {
        Requests { address, asked, has_company: true }
    }

    /// Runs one stretch on connections of its own, after `warm_up` on the same ones, and returns what it cost `process`.
    ///
    /// # Errors
    /// An answer does not come, or is not the right one.
    pub fn cost(&self, process: &Process, warm_up: Option<Order>, order: Order) -> Outcome<Cost> {
        let (measured, (before, _), (after, memory)) =
            self.run(warm_up, order, || process.look())?;
        Ok(Cost { measured, cpu: after.saturating_sub(before), memory })
    }

    /// `around` is called when the stretch begins and when it has ended.
    fn run<T>(
        &self,
        warm_up: Option<Order>,
        order: Order,
        mut around: impl FnMut() -> Outcome<T>,
    ) -> Outcome<(Measured, T, T)> {
        let mut load = Load::open(self, order.connections)?;
        if let Some(warm_up) = warm_up {
            load.stretch(warm_up)?;
        }
        let before = around()?;
        let measured = load.stretch(order)?;
        Ok((measured, before, around()?))
    }
}

struct Load<'r> {
    requests: &'r Requests,
    next: usize,
    poll: Poll,
    connections: Vec<Connection>,
}

impl<'r> Load<'r> {
    fn open(requests: &'r Requests, connections: usize) -> Outcome<Load<'r>> {
        let address = requests.address;
        let failed = |error: std::io::Error| format!("cannot connect to {address}: {error}");
        let poll = Poll::new().map_err(failed)?;
        let mut opened = Vec::new();
        for number in 0..connections {
            // Connected before it is polled, so that an open connection is never waited for.
            let stream = std::net::TcpStream::connect(address).map_err(failed)?;
            stream.set_nodelay(true).map_err(failed)?;
            stream.set_nonblocking(true).map_err(failed)?;
            let mut stream = TcpStream::from_std(stream);
            let registry = poll.registry();
            registry.register(&mut stream, Token(number), Interest::READABLE).map_err(failed)?;
            let buffer = vec![0; ANSWER_BYTES];
            opened.push(Connection { stream, buffer, filled: 0, under_way: None });
        }
        Ok(Load { requests, next: 0, poll, connections: opened })
    }

    fn stretch(&mut self, order: Order) -> Outcome<Measured> {
        let mut events = Events::with_capacity(self.connections.len());
        let mut watch = Stopwatch::begin(order.end)?;
        let mut under_way = 0;
        for connection in &mut self.connections {
            under_way += ask(self.requests, &mut self.next, connection, &mut watch)?;
        }
        let mut heard = Instant::now();
        while under_way > 0 {
            // It never sleeps: to wake it the server's system would have to call the other processor, at a cost that
            // depends on how fast the server is (in a virtual machine more than a request's).
            let polled = self.poll.poll(&mut events, Some(Duration::ZERO));
            polled.map_err(|error| format!("cannot wait for answers: {error}"))?;
            if !events.is_empty() {
                heard = Instant::now();
            } else if heard.elapsed() > ANSWER_WAIT {
                return Err(format!("no answer within {} s", ANSWER_WAIT.as_secs()));
            } else if self.requests.has_company {
                std::thread::yield_now();
            }
            for event in &events {
                let Some(connection) = self.connections.get_mut(event.token().0) else { continue };
                if let Some(since) = self.requests.answered(connection)? {
                    watch.note(since);
                    under_way -= 1;
                    under_way += ask(self.requests, &mut self.next, connection, &mut watch)?;
                }
            }
        }
        Ok(watch.end())
    }
}

/// Sends the next request, if there is to be one; returns how many were sent.
fn ask(
    requests: &Requests,
    next: &mut usize,
    connection: &mut Connection,
    watch: &mut Stopwatch,
) -> Outcome<usize> {
    let Some(since) = watch.ask() else { return Ok(0) };
    let index = *next % requests.asked.len().max(1);
    let asked = requests.asked.get(index).ok_or("there is nothing to ask")?;
    *next += 1;
    // A request is far smaller than a socket's buffer, which is empty: it is taken whole.
    match connection.stream.write(&asked.bytes) {
        Ok(sent) if sent == asked.bytes.len() => {
            connection.under_way = Some((index, since));
            Ok(1)
        }
        Ok(sent) => Err(format!("the system took {sent} bytes of a request")),
        Err(error) => Err(format!("cannot send a request: {error}")),
    }
}

impl Requests {
    /// Reads what has come; returns when the request began whose answer is whole now.
    fn answered(&self, connection: &mut Connection) -> Outcome<Option<Instant>> {
        loop {
            let room = connection.buffer.get_mut(connection.filled..).unwrap_or_default();
            match connection.stream.read(room) {
                Ok(0) => return Err("the connection was closed, or its answer is too long".into()),
                Ok(read) => connection.filled += read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(format!("cannot read an answer: {error}")),
            }
            let bytes = connection.buffer.get(..connection.filled).unwrap_or_default();
            let Some(head) = Head::read(bytes)?.filter(|head| head.bytes() <= bytes.len()) else {
                continue;
            };
            let (index, since) = connection.under_way.take().ok_or("an answer nobody asked for")?;
            let wanted = self.asked.get(index).map(|asked| asked.body_bytes);
            let is_right = head.status == 200
                && Some(head.body_bytes) == wanted
                && head.bytes() == bytes.len();
            if !is_right {
                return Err(format!("a wrong answer: {}", String::from_utf8_lossy(bytes)));
            }
            connection.filled = 0;
            return Ok(Some(since));
        }
    }
}
