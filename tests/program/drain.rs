//! The end: requests in flight are answered, nothing new is taken, the exit code says whether all went well.

use super::{Test, compare, compare_of, equal, exchange, folder, request};
use crate::harness::{Connection, Folder, Kind, Outcome, Program};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_request_in_flight_is_answered_before_the_end", a_request_in_flight_is_answered),
    ("after_sigterm_requests_are_taken_until_the_delay_is_over", requests_are_taken_in_the_delay),
    ("a_supervisor_is_told_when_it_is_ready", a_supervisor_is_told_when_it_is_ready),
    ("an_interrupt_ends_it_too", an_interrupt_ends_it_too),
    ("an_idle_connection_does_not_hold_the_end", an_idle_connection_does_not_hold_the_end),
    ("a_second_signal_ends_it_at_once", a_second_signal_ends_it_at_once),
    ("the_end_of_the_drain_cuts_what_is_in_flight", the_end_of_the_drain_cuts),
];

const FINE: &str = "HTTP/1.1 200 OK\n\nfine\n";

fn serve(folder: &Folder, drain_seconds: &str) -> Outcome<Program> {
    let arguments = ["api.yaml", "tables.yaml", "--log", "info", "--drain-seconds", drain_seconds];
    Program::serve(folder, &arguments)
}

/// A client half way through its body. That the program reads the body is known from its `100 Continue`.
pub(super) fn half_sent(program: &Program) -> Outcome<Connection> {
    let mut connection = program.connect()?;
    connection.send(
        b"POST /mock HTTP/1.1\r\nhost: api.test\r\ncontent-length: 12\r\nexpect: 100-continue\r\n\r\n",
    )?;
    compare_of(Kind::Interim, &connection.response(false)?, "HTTP/1.1 100 Continue\n")?;
    connection.send(b"{\"half\"")?;
    Ok(connection)
}

fn a_request_in_flight_is_answered() -> Outcome {
    let folder = folder()?;
    let mut program = serve(&folder, "30")?;
    let mut slow = half_sent(&program)?;
    program.signal("TERM")?;
    program.wait_for_log("draining")?;
    slow.send(b": 1} ")?;
    compare(&slow.response(false)?, FINE)?;
    equal("bytes after the answer", slow.rest()?, Vec::new())?;
    let address = program.address();
    equal("exit", program.ended()?.code, Some(0))?;
    equal("whether it still listens", TcpStream::connect(address).is_ok(), false)
}

fn requests_are_taken_in_the_delay() -> Outcome {
    let folder = folder()?;
    let arguments = ["api.yaml", "tables.yaml", "--log", "info", "--drain-delay-seconds", "1"];
    let mut program = Program::serve(&folder, &arguments)?;
    let mut kept = program.connect()?;
    kept.send(request("GET", "/mock").as_bytes())?;
    compare(&kept.response(false)?, FINE)?;
    program.signal("TERM")?;
    program.wait_for_log("not ready any more, requests are still taken")?;
    // On a connection from before, and on a new one: each is the last of its connection.
    for mut connection in [kept, program.connect()?] {
        connection.send(request("GET", "/mock").as_bytes())?;
        compare(&connection.response(false)?, FINE)?;
        equal("bytes after the answer", connection.rest()?, Vec::new())?;
    }
    let address = program.address();
    equal("exit", program.ended()?.code, Some(0))?;
    equal("whether it still listens", TcpStream::connect(address).is_ok(), false)
}

/// As systemd's `Type=notify` asks for it: at the end of the start, when requests are taken.
fn a_supervisor_is_told_when_it_is_ready() -> Outcome {
    let folder = folder()?;
    let path = folder.path("notify");
    let socket = UnixDatagram::bind(&path).map_err(|error| error.to_string())?;
    let waits = socket.set_read_timeout(Some(Duration::from_secs(10)));
    waits.map_err(|error| error.to_string())?;
    let path = path.to_str().unwrap_or_default();
    let arguments = ["api.yaml", "tables.yaml"];
    let program = Program::serve_in(&folder, &[("NOTIFY_SOCKET", path)], &arguments)?;
    let mut told = [0; 64];
    let length = socket.recv(&mut told).map_err(|error| error.to_string())?;
    let told = told.get(..length).unwrap_or_default();
    equal("what the supervisor is told", told.to_vec(), b"READY=1".to_vec())?;
    exchange(&program, &request("GET", "/mock"), FINE)
}

fn an_interrupt_ends_it_too() -> Outcome {
    let folder = folder()?;
    let program = serve(&folder, "30")?;
    exchange(&program, &request("GET", "/mock"), FINE)?;
    program.signal("INT")?;
    equal("exit", program.ended()?.code, Some(0))
}

fn an_idle_connection_does_not_hold_the_end() -> Outcome {
    let folder = folder()?;
    let program = serve(&folder, "30")?;
    let mut kept = program.connect()?;
    for _ in 0..2 {
        kept.send(request("GET", "/mock").as_bytes())?;
        compare(&kept.response(false)?, FINE)?;
    }
    program.signal("TERM")?;
    equal("bytes on the idle connection", kept.rest()?, Vec::new())?;
    equal("exit", program.ended()?.code, Some(0))
}

fn a_second_signal_ends_it_at_once() -> Outcome {
    let folder = folder()?;
    let mut program = serve(&folder, "3600")?;
    let mut slow = half_sent(&program)?;
    program.signal("TERM")?;
    program.wait_for_log("draining")?;
    program.signal("TERM")?;
    equal("exit", program.ended()?.code, Some(2))?;
    equal("bytes of an answer", slow.rest()?, Vec::new())
}

fn the_end_of_the_drain_cuts() -> Outcome {
    let folder = folder()?;
    let mut program = serve(&folder, "0")?;
    let mut slow = half_sent(&program)?;
    program.signal("TERM")?;
    program.wait_for_log("requests in flight were cut")?;
    equal("bytes of an answer", slow.rest()?, Vec::new())?;
    equal("exit", program.ended()?.code, Some(2))
}
