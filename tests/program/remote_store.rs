//! A store on the network that is a script: its answers arrive as it sends them, and the program tells when it fails.

use super::{DONE, Test, equal, folder, item, request};
use crate::harness::{Backend, Connection, Does, Folder, Outcome, Program, address_in};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("an_answer_of_the_store_arrives_as_it_is", an_answer_arrives_as_it_is),
    ("a_store_that_fails_is_told_of_and_left_alone", a_store_that_fails),
    ("a_store_that_is_not_there_ends_the_start", a_store_that_is_not_there),
];

const NOT_FOUND: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}"#;
const CREATED: &str = r#"{"TableDescription":{"TableStatus":"ACTIVE"}}"#;

pub(super) fn answer(status: &str, headers: &str, body: &str) -> Does {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n");
    Does::Sends(format!("{head}{body}").into_bytes())
}

/// Serves `folder()` with a store that has been looked at and has its one table.
pub(super) fn serving(folder: &Folder, further: &[&str]) -> Outcome<(Program, Backend)> {
    let store = Backend::listen()?;
    // The version of the program's own tables, the nodes, the table, an item for the line to try.
    for body in [NOT_FOUND, NOT_FOUND] {
        store.does(answer("400 Bad Request", "", body));
    }
    for body in [CREATED, "{}"] {
        store.does(answer("200 OK", "", body));
    }
    let url = format!("http://{}", store.address());
    let arguments = ["api.yaml", "tables.yaml", "--dynamodb", &url];
    let program = Program::serve(folder, &[&arguments, further].concat())?;
    for expected in ["GetItem", "/localnodes", "CreateTable", "Scan"] {
        let asked = store.request()?;
        equal(expected, asked.contains(expected), true)?;
    }
    Ok((program, store))
}

/// What a request to the API answers.
pub(super) fn asked(program: &Program) -> Outcome<(u16, String)> {
    let mut client = program.connect()?;
    client.send(request("GET", "/items/a").as_bytes())?;
    let response = client.response(false)?;
    let body = String::from_utf8_lossy(&response.body).into_owned();
    Ok((response.status(), body))
}

fn an_answer_arrives_as_it_is() -> Outcome {
    let (program, store) = serving(&folder()?, &[])?;
    store.does(answer("200 OK", "", r#"{"Item":{"id":{"S":"a"}}}"#));
    super::exchange(&program, &request("GET", "/items/a"), &item("a"))?;
    // A checksum that is not the body's: the call is made again.
    store.does(answer("200 OK", "x-amz-crc32: 1\r\n", r#"{"Item":{"id":{"S":"b"}}}"#));
    store.does(answer("200 OK", "x-amz-crc32: 2745614147\r\n", "{}"));
    super::exchange(&program, &request("GET", "/items/a"), DONE)
}

fn a_store_that_fails() -> Outcome {
    let (mut program, store) = serving(&folder()?, &[])?;
    let admin = program.printed("admin on ")?;
    let admin = address_in(&admin).ok_or_else(|| format!("`{admin}` has no address"))?;
    equal("/readyz", told(admin, "/readyz")?.0, 200)?;
    // Three attempts, then two: what is answered is HTML.
    for _ in 0..5 {
        store.does(answer("200 OK", "content-type: text/html\r\n", "<html>"));
    }
    let failed = (500, r#"{"message": "Internal server error"}"#.to_owned());
    equal("first", asked(&program)?, failed.clone())?;
    equal("second", asked(&program)?, failed)?;
    program.wait_for_log("an endpoint of the store fails: its circuit is open")?;
    let cut_off = (504, r#"{"message": "Network error communicating with endpoint"}"#.to_owned());
    equal("third", asked(&program)?, cut_off)?;
    let endpoint = format!("http://{}", store.address());
    let (status, report) = told(admin, "/readyz")?;
    let reason = format!(
        "the circuit of the store's endpoint `{endpoint}` is open: `{endpoint}` did not answer as DynamoDB does: it answered 200 with `text/html` and no object of JSON"
    );
    equal("/readyz", status, 503)?;
    equal("its reason", report.contains(&format!(r#""reasons":["{reason}"]"#)), true)?;
    let series = |metrics: &str, name: &str| {
        metrics.lines().find_map(|line| line.strip_prefix(name)?.parse::<u64>().ok())
    };
    let (_, metrics) = told(admin, "/metrics")?;
    let open = format!(r#"vestibule_store_circuit_open{{endpoint="{endpoint}"}} "#);
    equal("open", series(&metrics, &open), Some(1))?;
    equal("openings", series(&metrics, "vestibule_store_circuit_openings_total "), Some(1))?;
    equal("retries", series(&metrics, "vestibule_store_retries_total "), Some(3))?;
    let broken = r#"vestibule_store_attempts_total{outcome="broken"} "#;
    equal("broken", series(&metrics, broken), Some(5))?;
    equal("budget", series(&metrics, "vestibule_store_retry_budget "), Some(485))?;

    // The next probe is answered.
    store.does(answer("200 OK", "", "{}"));
    program.wait_for_log("an endpoint of the store answers again: its circuit is closed")?;
    equal("/readyz again", told(admin, "/readyz")?.0, 200)?;
    store.does(answer("200 OK", "", "{}"));
    equal("again", asked(&program)?, (200, "{}".to_owned()))
}

fn a_store_that_is_not_there() -> Outcome {
    let folder = folder()?;
    let store = Backend::listen()?;
    let refused = r#"{"__type":"com.amazon.coral.service#UnrecognizedClientException","message":"The security token included in the request is invalid."}"#;
    store.does(answer("400 Bad Request", "", refused));
    let url = format!("http://{}", store.address());
    let ended = Program::run(&folder, &["api.yaml", "tables.yaml", "--dynamodb", &url])?;
    equal("code", ended.code, Some(2))?;
    let stderr = format!(
        "error: the store `{url}` refuses what is signed: UnrecognizedClientException: The security token included in the request is invalid. (help: see that region, access key and the machine's clock are the store's)\n"
    );
    equal("stderr", ended.stderr, stderr)
}

pub(super) fn told(admin: std::net::SocketAddr, path: &str) -> Outcome<(u16, String)> {
    let mut client = Connection::open(admin)?;
    client.send(request("GET", path).replace("api.test", "localhost").as_bytes())?;
    let response = client.response(false)?;
    let body = String::from_utf8_lossy(&response.body).into_owned();
    Ok((response.status(), body))
}
