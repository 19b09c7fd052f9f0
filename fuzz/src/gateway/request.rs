//! Requests to two deployments that stay: the example, whose answers are always JSON, and mocks that show what they got.

use std::sync::OnceLock;

use bytes::Bytes;

use super::answer;
use super::service::Service;
use crate::definitions::import;

/// Sends the input as a request: its first line `METHOD target`, then header lines, an empty line, and the body. What is
/// no request for hyper is passed over.
pub fn request(data: &[u8]) {
    static SERVICES: OnceLock<(Service, Service)> = OnceLock::new();
    let (example, mocks) = SERVICES.get_or_init(|| {
        (
            service(include_bytes!("../../../examples/items/openapi.yaml")),
            service(include_bytes!("../../definitions/request.yaml")),
        )
    });
    let Some(request) = parse(data) else { return };
    let is_options = request.method() == http::Method::OPTIONS;
    let (_, headers, body) = answer::check(example.answer(request.clone()));
    if is_json_type(&headers) && !body.is_empty() && !is_options {
        answer::is_json(&body);
    }
    let is_echo = request.uri().path().starts_with("/echo/");
    let (_, headers, body) = answer::check(mocks.answer(request));
    if is_json_type(&headers) && is_echo {
        answer::is_json(&body);
    }
}

/// A service with the table and the items of the example.
#[expect(clippy::expect_used, reason = "without its definitions a fixture shows nothing")]
fn service(definition: &[u8]) -> Service {
    let service = Service::new();
    let tables = include_bytes!("../../../examples/items/tables.yaml");
    let tables = import("tables.yaml", tables).expect("tables");
    service.fill(&tables, include_bytes!("../../../examples/items/seed.json"));
    let imported = import("api.yaml", definition).expect("a definition");
    assert!(!imported.has_errors(), "{:?}", imported.diagnostics);
    let api = imported.definitions.apis.into_iter().next().expect("an API");
    service.serve(api).expect("an API that compiles");
    service
}

fn is_json_type(headers: &http::HeaderMap) -> bool {
    headers.get("content-type").is_some_and(|value| value.as_bytes() == b"application/json")
}

/// Reads what a client sends over HTTP/1; carriage returns may be left out.
fn parse(data: &[u8]) -> Option<http::Request<Bytes>> {
    let (line, mut rest) = split_line(data);
    let mut words = line.split(|byte| *byte == b' ');
    let (method, target) = (words.next()?, words.next()?);
    let mut builder = http::Request::builder().method(method).uri(target);
    loop {
        let (line, after) = split_line(rest);
        rest = after;
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        builder = builder.header(name, value.get(1..)?.trim_ascii());
    }
    builder.body(Bytes::copy_from_slice(rest)).ok()
}

/// Returns the first line without its end, and what follows it.
fn split_line(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let line = data.get(..end).unwrap_or_default();
    (line.strip_suffix(b"\r").unwrap_or(line), data.get(end + 1..).unwrap_or_default())
}
