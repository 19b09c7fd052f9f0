//! AWS's limits, and the wider ones of `--limits none`: both sides of each bound.

use super::{Test, compare, folder};
use crate::harness::{Outcome, Program};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("the_limits_of_aws_hold_unless_they_are_lifted", the_limits_of_aws),
    ("lifted_limits_still_protect_the_process", lifted_limits),
];

const MB: usize = 1024 * 1024;
const FINE: &str = "HTTP/1.1 200 OK\n\nfine\n";
const TOO_LARGE: &str = "HTTP/1.1 413 Payload Too Large\nx-amzn-errortype: RequestTooLargeException\n\n\
                         {\"message\":\"Request Too Long\"}\n";
const TOO_LONG: &str = "HTTP/1.1 414 URI Too Long\nx-amzn-errortype: RequestUriTooLongException\n\n\
                        {\"message\":\"Request URI too long\"}\n";
const TOO_MANY: &str = "HTTP/1.1 431 Request Header Fields Too Large\n\
                        x-amzn-errortype: RequestHeaderFieldsTooLargeException\n\n\
                        {\"message\":\"Request Header Fields Too Large\"}\n";

/// A `GET /mock` with so many bytes of headers, all names and values counted.
fn headers(bytes: usize) -> String {
    let known = "host".len() + "a".len() + "x".len();
    format!("GET /mock HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "h".repeat(bytes - known))
}

/// A `GET /mock` with so many bytes of path and query.
fn target(bytes: usize) -> String {
    let query = "q".repeat(bytes - "/mock".len());
    format!("GET /mock?{query} HTTP/1.1\r\nhost: a\r\n\r\n")
}

fn head_of(body_bytes: usize) -> String {
    format!("POST /mock HTTP/1.1\r\nhost: a\r\ncontent-length: {body_bytes}\r\n\r\n")
}

fn expect(program: &Program, head: &str, body_bytes: usize, expected: &str) -> Outcome {
    let mut client = program.connect()?;
    client.send(head.as_bytes())?;
    client.send(&vec![b' '; body_bytes])?;
    let line = head.get(..40).unwrap_or(head);
    compare(&client.response(false)?, expected).map_err(|problem| format!("{line}\n{problem}"))
}

fn the_limits_of_aws() -> Outcome {
    let program = Program::serve(&folder()?, &["api.yaml", "tables.yaml"])?;
    let lifted = Program::serve(&folder()?, &["api.yaml", "tables.yaml", "--limits", "none"])?;
    for (within, past, refused) in
        [(headers(10_240), headers(10_241), TOO_MANY), (target(10_240), target(10_241), TOO_LONG)]
    {
        expect(&program, &within, 0, FINE)?;
        expect(&program, &past, 0, refused)?;
        expect(&lifted, &past, 0, FINE)?;
    }
    expect(&program, &head_of(10 * MB), 10 * MB, FINE)?;
    expect(&program, &head_of(10 * MB + 1), 0, TOO_LARGE)?;
    expect(&lifted, &head_of(10 * MB + 1), 10 * MB + 1, FINE)
}

fn lifted_limits() -> Outcome {
    let program = Program::serve(&folder()?, &["api.yaml", "tables.yaml", "--limits", "none"])?;
    expect(&program, &head_of(100 * MB), 100 * MB, FINE)?;
    expect(&program, &head_of(100 * MB + 1), 0, TOO_LARGE)
}
