//! What a page cannot say: programs that are killed, drained, started twice; clients that hang up or send too much.

mod absurd;
mod access_log;
mod admin;
mod admission;
mod aws;
mod body;
mod cognito;
mod concurrency;
mod connection;
mod credentials;
mod data;
mod data_copy;
mod data_folder;
mod drain;
mod durability;
mod endpoints;
mod endpoints_tls;
mod faults;
mod flush;
mod hang_up;
mod http2;
mod iam;
mod lambda_authorizers;
mod limits;
mod metrics;
mod mtls;
mod reload;
mod remote_faults;
mod remote_store;
mod seed;
mod sharing;
mod startup;
mod tls;
mod trace;
mod usage;

use crate::harness::{Expected, Folder, Kind, Outcome, Program, Response, Values, texts};

/// A test.
pub(crate) type Test = fn() -> Outcome;

/// Every test by its name.
pub(crate) fn tests() -> Vec<(&'static str, Test)> {
    [
        absurd::TESTS,
        access_log::TESTS,
        admin::TESTS,
        admission::TESTS,
        aws::TESTS,
        body::TESTS,
        cognito::TESTS,
        concurrency::TESTS,
        connection::TESTS,
        credentials::TESTS,
        data::TESTS,
        data_copy::TESTS,
        data_folder::TESTS,
        drain::TESTS,
        durability::TESTS,
        endpoints::TESTS,
        endpoints_tls::TESTS,
        faults::TESTS,
        flush::TESTS,
        hang_up::TESTS,
        http2::TESTS,
        iam::TESTS,
        lambda_authorizers::TESTS,
        limits::TESTS,
        metrics::TESTS,
        mtls::TESTS,
        reload::TESTS,
        remote_faults::TESTS,
        remote_store::TESTS,
        seed::TESTS,
        sharing::TESTS,
        startup::TESTS,
        tls::TESTS,
        trace::TESTS,
        usage::TESTS,
    ]
    .concat()
}

/// One table `things` with the key `id`, and an API that puts, gets and deletes its items and has a mock.
const API: &str = include_str!("store.yaml");
const TABLES: &str = include_str!("tables.yaml");

/// The program's answer to a put or delete, and to a get that finds nothing.
const DONE: &str = "HTTP/1.1 200 OK\nx-amzn-trace-id: {{trace-id}}\n\n{}\n";

/// A folder with `api.yaml` and `tables.yaml`.
fn folder() -> Outcome<Folder> {
    let folder = Folder::new()?;
    folder.write("api.yaml", API)?;
    folder.write("tables.yaml", TABLES)?;
    Ok(folder)
}

/// Serves `folder()`, its store in the folder `data`.
fn durable(folder: &Folder) -> Outcome<Program> {
    durable_with(folder, &[])
}

/// The same with further arguments.
fn durable_with(folder: &Folder, further: &[&str]) -> Outcome<Program> {
    let arguments = ["api.yaml", "tables.yaml", "--data", "data"];
    Program::serve(folder, &[&arguments, further].concat())
}

/// Sends a request on a connection of its own; `expected` is a block as a page has it.
fn exchange(program: &Program, request: &str, expected: &str) -> Outcome {
    let mut connection = program.connect()?;
    connection.send(request.as_bytes())?;
    compare(&connection.response(false)?, expected).map_err(|problem| format!("{request}{problem}"))
}

/// A request without a body.
fn request(verb: &str, path: &str) -> String {
    format!("{verb} {path} HTTP/1.1\r\nhost: api.test\r\n\r\n")
}

/// What a get of an item answers that has nothing but its key.
fn item(id: &str) -> String {
    let body = format!("{{\"Item\":{{\"id\":{{\"S\":\"{id}\"}}}}}}");
    format!("HTTP/1.1 200 OK\nx-amzn-trace-id: {{{{trace-id}}}}\n\n{body}\n")
}

fn compare(response: &Response, expected: &str) -> Outcome {
    compare_of(Kind::Gateway, response, expected)
}

fn compare_of(kind: Kind, response: &Response, expected: &str) -> Outcome {
    let problems = Expected::parse(kind, expected)?.problems(response, &Values::new())?;
    match problems.is_empty() {
        true => Ok(()),
        false => Err(texts(&problems)),
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, got: T, expected: T) -> Outcome {
    match got == expected {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected:?}, got {got:?}")),
    }
}
