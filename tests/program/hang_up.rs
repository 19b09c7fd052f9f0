//! Clients that go away: what has begun is done, and the program goes on.

use super::{
    DONE, Test, compare_of, durable, durable_with, equal, exchange, folder, item, request,
};
use crate::harness::{Kind, Outcome, Program, Values, matches};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_write_whose_client_hung_up_is_done_and_logged", a_write_is_done_and_logged),
    ("a_half_sent_body_is_no_request", a_half_sent_body_is_no_request),
    ("a_half_sent_head_is_no_request", a_half_sent_head_is_no_request),
];

/// Clients that hang up once they have sent a put. Whether the program sees one go before or after it has answered is the
/// system's to decide, so several do.
const CLIENTS: usize = 40;

const LOGGED: &str = "{{log-time}}  INFO the client hung up; the request ran to its end and would have answered 200 \
                      request_id=\"{{uuid}}\" verb=\"PUT\" path=\"/items/{{re written-\\d+}}\" status=499\n";

/// What every stop logs at that level.
const DRAINING: &str = "{{log-time}}  INFO draining: no new connections, requests in flight are answered signal=Terminate\n";

fn a_write_is_done_and_logged() -> Outcome {
    let folder = folder()?;
    let program = durable_with(&folder, &["--log", "info"])?;
    let id = |number: usize| format!("written-{number}");
    for number in 0..CLIENTS {
        let mut client = program.connect()?;
        let path = format!("/items/{}", id(number));
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: api.test\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n"
        );
        client.send(head.as_bytes())?;
        // The program reads the body: the request has begun.
        compare_of(Kind::Interim, &client.response(false)?, "HTTP/1.1 100 Continue\n")?;
        client.send(b"{}")?;
    }
    let ended = program.stop()?;
    equal("exit", ended.code, Some(0))?;
    let mut logged = 0;
    for line in ended.stderr.split_inclusive('\n') {
        if matches(LOGGED, line, &Values::new())? {
            logged += 1;
        } else if !matches(DRAINING, line, &Values::new())? {
            return Err(format!("the log has the line {line:?}"));
        }
    }
    if logged == 0 {
        return Err(format!("none of {CLIENTS} hang-ups was logged"));
    }
    let program = durable(&folder)?;
    for number in 0..CLIENTS {
        let id = id(number);
        exchange(&program, &request("GET", &format!("/items/{id}")), &item(&id))?;
    }
    Ok(())
}

fn a_half_sent_body_is_no_request() -> Outcome {
    let folder = folder()?;
    let program = durable(&folder)?;
    let mut client = program.connect()?;
    client
        .send(b"PUT /items/half HTTP/1.1\r\nhost: api.test\r\ncontent-length: 10\r\n\r\n{\"a\"")?;
    client.close_sending()?;
    client.rest()?;
    goes_on(&program)?;
    exchange(&program, &request("GET", "/items/half"), DONE)?;
    equal("the end", program.stop()?.code, Some(0))
}

fn a_half_sent_head_is_no_request() -> Outcome {
    let folder = folder()?;
    let program = durable(&folder)?;
    let mut client = program.connect()?;
    client.send(b"PUT /items/half HTTP/1.1\r\nhost: api")?;
    client.close_sending()?;
    equal("bytes of an answer", client.rest()?, Vec::new())?;
    goes_on(&program)?;
    exchange(&program, &request("GET", "/items/half"), DONE)?;
    equal("the end", program.stop()?.code, Some(0))
}

fn goes_on(program: &Program) -> Outcome {
    exchange(program, &request("GET", "/mock"), "HTTP/1.1 200 OK\n\nfine\n")
}
