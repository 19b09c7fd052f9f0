//! Several requests on one connection, and heads that are too much for the server.

use super::{Test, compare, compare_of, exchange, folder, request};
use crate::harness::{Kind, Outcome, Program};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("requests_sent_at_once_are_answered_in_order", requests_sent_at_once),
    ("a_head_of_100_kb_is_refused_by_the_server", a_head_of_100_kb),
    ("a_request_byte_by_byte_is_a_request", a_request_byte_by_byte),
];

const FINE: &str = "HTTP/1.1 200 OK\n\nfine\n";

fn serve() -> Outcome<Program> {
    Program::serve(&folder()?, &["api.yaml", "tables.yaml"])
}

fn requests_sent_at_once() -> Outcome {
    let program = serve()?;
    let mut client = program.connect()?;
    let both = format!("{}{}", request("GET", "/mock"), request("GET", "/nothing"));
    client.send(both.as_bytes())?;
    compare(&client.response(false)?, FINE)?;
    compare(
        &client.response(false)?,
        "HTTP/1.1 403 Forbidden\nx-amzn-errortype: MissingAuthenticationTokenException\n\n\
         {\"message\":\"Missing Authentication Token\"}\n",
    )
}

fn a_head_of_100_kb() -> Outcome {
    let program = serve()?;
    let mut client = program.connect()?;
    let long = "h".repeat(100 * 1024);
    client.offer(format!("GET /mock HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n").as_bytes());
    if let Ok(response) = client.response(false) {
        let refused = "HTTP/1.1 431 Request Header Fields Too Large\n";
        compare_of(Kind::Server, &response, refused)?;
    }
    exchange(&program, &request("GET", "/mock"), FINE)
}

fn a_request_byte_by_byte() -> Outcome {
    let program = serve()?;
    let mut client = program.connect()?;
    for byte in "POST /mock HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}".bytes() {
        client.send(&[byte])?;
    }
    compare(&client.response(false)?, FINE)
}
