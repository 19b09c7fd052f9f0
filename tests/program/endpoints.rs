//! Backends that do what no page can say: answers without end, heads that are too large, connections that are kept.

use super::{Test, equal, exchange, request};
use crate::harness::{Backend, Does, Folder, Outcome, Program};
use std::fmt::Write as _;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("an_answer_without_end_is_given_up", an_answer_without_end_is_given_up),
    ("an_answer_of_10_mb_passes", an_answer_of_10_mb_passes),
    ("a_head_that_is_too_large_is_no_answer", a_head_that_is_too_large_is_no_answer),
    ("a_connection_is_used_again", a_connection_is_used_again),
    ("a_connection_that_the_backend_closes_is_not", a_connection_that_the_backend_closes_is_not),
];

/// `/test` is passed on to the backend.
const API: &str = r#"
openapi: 3.0.1
info: {title: endpoints, version: '1'}
paths:
  /test:
    get:
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: http://${stageVariables.backend}/
"#;

const MB: usize = 1024 * 1024;

fn serve(backend: &Backend) -> Outcome<Program> {
    let folder = Folder::new()?;
    folder.write("api.yaml", API)?;
    Program::serve(&folder, &["api.yaml", "--stage-variable", &backend.variable()])
}

fn failed(status: &str, message: &str) -> String {
    format!(
        "HTTP/1.1 {status}\nx-amzn-errortype: InternalServerErrorException\n\n{{\"message\": \"{message}\"}}\n"
    )
}

// Source: AWS docs (quotas: 10 MB); the words of the log are those of AWS's, seen in public questions.
fn an_answer_without_end_is_given_up() -> Outcome {
    let backend = Backend::listen()?;
    let mut program = serve(&backend)?;
    for head in ["Transfer-Encoding: chunked\r\n", "", "Content-Length: 99999999999\r\n"] {
        let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n").into_bytes();
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000)).into_bytes();
        backend.does(Does::SendsForever(head, chunk));
        let expected = failed("500 Internal Server Error", "Internal server error");
        exchange(&program, &request("GET", "/test"), &expected)?;
        program.wait_for_log(&format!(
            "Integration response of `GET http://{}/` is larger than allowed maximum of 10485760 bytes",
            backend.address()
        ))?;
    }
    Ok(())
}

// Source: AWS docs (quotas: 10 MB).
fn an_answer_of_10_mb_passes() -> Outcome {
    let backend = Backend::listen()?;
    let program = serve(&backend)?;
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 10 * MB);
    backend.does(Does::Sends([head.into_bytes(), vec![b'x'; 10 * MB]].concat()));
    let mut connection = program.connect()?;
    connection.send(request("GET", "/test").as_bytes())?;
    let answer = connection.response(false)?;
    equal("status and bytes", (answer.status(), answer.body.len()), (200, 10 * MB))
}

// Source: inferred (ours).
fn a_head_that_is_too_large_is_no_answer() -> Outcome {
    let backend = Backend::listen()?;
    let mut program = serve(&backend)?;
    let many = (0..201).fold(String::new(), |mut head, n| {
        write!(head, "x-{n}: 1\r\n").ok();
        head
    });
    for headers in [format!("X-Large: {}\r\n", "x".repeat(128 * 1024)), many] {
        let answer = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n");
        backend.does(Does::SendsLast(answer.into_bytes()));
        let expected = failed("504 Gateway Timeout", "Network error communicating with endpoint");
        exchange(&program, &request("GET", "/test"), &expected)?;
        program.wait_for_log("the head of its answer has more than 65536 bytes or 200 headers")?;
    }
    Ok(())
}

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
const PASSED: &str = "HTTP/1.1 200 OK\nx-amzn-remapped-content-length: 2\n\n{}\n";

// Source: inferred (ours).
fn a_connection_is_used_again() -> Outcome {
    let backend = Backend::listen()?;
    let program = serve(&backend)?;
    for _ in 0..3 {
        backend.does(Does::Sends(FINE.into()));
        exchange(&program, &request("GET", "/test"), PASSED)?;
    }
    equal("connections", backend.connections(), 1)
}

// Source: inferred (RFC 9112).
fn a_connection_that_the_backend_closes_is_not() -> Outcome {
    let backend = Backend::listen()?;
    let program = serve(&backend)?;
    let closing = FINE.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    let expected = PASSED.replace("\n\n", "\nx-amzn-remapped-connection: close\n\n");
    for _ in 0..3 {
        backend.does(Does::SendsLast(closing.clone().into_bytes()));
        exchange(&program, &request("GET", "/test"), &expected)?;
    }
    equal("connections", backend.connections(), 3)
}
