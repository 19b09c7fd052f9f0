//! Bodies up to the limit and past it. AWS docs: quotas, 10 MB.

use super::{Test, compare, exchange, folder, request};
use crate::harness::{Outcome, Program};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_body_of_10_mb_is_taken", a_body_of_10_mb_is_taken),
    ("a_declared_body_of_11_mb_is_refused_before_it_is_sent", declared_and_not_sent),
    ("a_sent_body_of_11_mb_is_refused", declared_and_sent),
    ("a_body_of_11_mb_in_chunks_is_refused", in_chunks),
    ("a_body_that_is_too_deep_is_refused", a_body_that_is_too_deep),
    ("a_body_of_many_small_values_is_refused", a_body_of_many_small_values),
];

const MB: usize = 1024 * 1024;
const FINE: &str = "HTTP/1.1 200 OK\n\nfine\n";
const TOO_LARGE: &str = "HTTP/1.1 413 Payload Too Large\nx-amzn-errortype: RequestTooLargeException\n\n\
                         {\"message\":\"Request Too Long\"}\n";

fn serve() -> Outcome<Program> {
    Program::serve(&folder()?, &["api.yaml", "tables.yaml"])
}

fn head(bytes: usize) -> Vec<u8> {
    format!("POST /mock HTTP/1.1\r\nhost: api.test\r\ncontent-length: {bytes}\r\n\r\n").into_bytes()
}

fn a_body_of_10_mb_is_taken() -> Outcome {
    let program = serve()?;
    let mut client = program.connect()?;
    client.send(&head(10 * MB))?;
    client.send(&vec![b' '; 10 * MB])?;
    compare(&client.response(false)?, FINE)?;
    let mut client = program.connect()?;
    client.send(&head(10 * MB + 1))?;
    compare(&client.response(false)?, TOO_LARGE)
}

fn declared_and_not_sent() -> Outcome {
    let program = serve()?;
    let mut client = program.connect()?;
    client.send(&head(11 * MB))?;
    compare(&client.response(false)?, TOO_LARGE)?;
    exchange(&program, &request("GET", "/mock"), FINE)
}

/// The program may close the connection while the client still sends. Then the answer can be lost, as with any server; what
/// is read must be the refusal.
fn declared_and_sent() -> Outcome {
    let program = serve()?;
    let mut client = program.connect()?;
    client.send(&head(11 * MB))?;
    client.offer(&vec![b' '; 11 * MB]);
    if let Ok(response) = client.response(false) {
        compare(&response, TOO_LARGE)?;
    }
    exchange(&program, &request("GET", "/mock"), FINE)
}

/// Sends just past the limit, so that nothing is left unread when the answer comes.
fn in_chunks() -> Outcome {
    let program = serve()?;
    let mut client = program.connect()?;
    client.send(b"POST /mock HTTP/1.1\r\nhost: api.test\r\ntransfer-encoding: chunked\r\n\r\n")?;
    let mut chunk = format!("{MB:x}\r\n").into_bytes();
    chunk.extend(vec![b' '; MB]);
    chunk.extend(b"\r\n");
    for _ in 0..10 {
        client.send(&chunk)?;
    }
    client.send(b"1\r\n \r\n")?;
    compare(&client.response(false)?, TOO_LARGE)?;
    exchange(&program, &request("GET", "/mock"), FINE)
}

/// A template that reads the body fails; nothing else does.
fn a_body_that_is_too_deep() -> Outcome {
    let program = serve()?;
    for body in
        ["[".repeat(MB), "{\"a\":".repeat(MB), format!("{}{}", "[".repeat(MB), "]".repeat(MB))]
    {
        let mut client = program.connect()?;
        client.send(read_by_a_template(&body).as_bytes())?;
        compare(&client.response(false)?, BROKEN)?;
    }
    exchange(&program, &request("GET", "/mock"), FINE)
}

/// Within the bytes that are allowed, and far more values than a template may have.
fn a_body_of_many_small_values() -> Outcome {
    let program = serve()?;
    let mut client = program.connect()?;
    let body = format!("[{}0]", "0,".repeat(4 * MB));
    client.send(read_by_a_template(&body).as_bytes())?;
    compare(&client.response(false)?, BROKEN)?;
    exchange(&program, &request("GET", "/mock"), FINE)
}

const BROKEN: &str = "HTTP/1.1 500 Internal Server Error\nx-amzn-errortype: InternalServerErrorException\n\n\
                      {\"message\": \"Internal server error\"}\n";

fn read_by_a_template(body: &str) -> String {
    let length = body.len();
    format!("PUT /mock HTTP/1.1\r\nhost: api.test\r\ncontent-length: {length}\r\n\r\n{body}")
}
