//! What goes wrong beside requests while these go on: memory stays bounded, none fails, and the log says it once.

use std::net::{SocketAddr, TcpListener};

use super::metrics::scraped;
use super::{Test, equal, folder, request};
use crate::harness::{Backend, Does, Folder, Outcome, Program, address_in};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_collector_that_hangs_costs_no_request", a_collector_that_hangs),
    ("a_cache_full_of_the_largest_answers_stays_within_its_bound", a_cache_that_is_full),
];

fn admin(program: &mut Program) -> Outcome<SocketAddr> {
    let url = program.printed("admin on ")?;
    address_in(&url).ok_or_else(|| format!("`{url}` has no address"))
}

/// The number of a series without labels.
fn number(text: &str, series: &str) -> Outcome<u64> {
    let found = text.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok());
    found.ok_or_else(|| format!("no {series}"))
}

const MIB: u64 = 1024 * 1024;

/// More requests than wait for an export (2,048), while each export takes half a second and fails.
fn a_collector_that_hangs() -> Outcome {
    const REQUESTS: usize = 5_000;
    let collector = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = collector.local_addr().map_err(|error| error.to_string())?;
    // It takes connections and says nothing.
    std::thread::spawn(move || collector.incoming().collect::<Vec<_>>());
    let folder = folder()?;
    let endpoint = format!("http://{address}");
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"),
        ("OTEL_BSP_SCHEDULE_DELAY", "10"),
        ("OTEL_METRICS_EXPORTER", "none"),
    ];
    let mut program = Program::serve_in(&folder, &environment, &["api.yaml", "tables.yaml"])?;
    let admin = admin(&mut program)?;
    let mut client = program.connect()?;
    let mut before = 0;
    for asked in 0..REQUESTS {
        client.send(request("GET", "/mock").as_bytes())?;
        equal("status", client.response(false)?.status(), 200)?;
        if asked == 500 && cfg!(target_os = "linux") {
            before = number(&scraped(admin)?, "process_resident_memory_bytes ")?;
        }
    }
    if cfg!(target_os = "linux") {
        let grown =
            number(&scraped(admin)?, "process_resident_memory_bytes ")?.saturating_sub(before);
        equal(&format!("bounded memory, grown by {grown}"), grown < 32 * MIB, true)?;
    }
    let log = program.stop()?.stderr;
    let said: Vec<&str> =
        log.lines().filter_map(|line| line.split_once("WARN ")).map(|(_, said)| said).collect();
    let expected = [
        "spans cannot be exported and are lost: no answer within 500 ms".to_owned(),
        format!("the export of spans ends: those of {REQUESTS} requests were lost"),
    ];
    equal("lines", said, expected.iter().map(String::as_str).collect())
}

const LARGE: &str = "openapi: 3.0.1
info: {title: shop, version: '1'}
paths:
  /{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: http://${stageVariables.backend}/{id}
        requestParameters: {integration.request.path.id: method.request.path.id}
        cacheKeyParameters: [method.request.path.id]
";

/// Eight MiB for answers of one each, of which 64 different ones are asked for.
fn a_cache_that_is_full() -> Outcome {
    const ANSWERS: u64 = 64;
    let (folder, backend) = (Folder::new()?, Backend::listen()?);
    folder.write("api.yaml", LARGE)?;
    folder.write(
        "vestibule.toml",
        "version = 1\n[[method_settings]]\nstage = \"shop/prod\"\ncaching_enabled = true\n",
    )?;
    let body = "x".repeat(1_048_576);
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let variable = backend.variable();
    let arguments = ["api.yaml", "--stage-variable", &variable, "--cache-mb", "8"];
    let mut program = Program::serve(&folder, &arguments)?;
    let admin = admin(&mut program)?;
    let mut client = program.connect()?;
    let mut before = 0;
    for asked in 0..=ANSWERS {
        // The last one is asked for twice.
        if asked < ANSWERS {
            backend.does(Does::Sends(answer.clone().into_bytes()));
        }
        let path = format!("/{}", asked.min(ANSWERS - 1));
        client.send(request("GET", &path).as_bytes())?;
        let answer = client.response(false)?;
        equal("status", answer.status(), 200)?;
        equal("bytes", answer.body.len(), body.len())?;
        if asked == 8 && cfg!(target_os = "linux") {
            before = number(&scraped(admin)?, "process_resident_memory_bytes ")?;
        }
    }
    let text = scraped(admin)?;
    let (bytes, entries) =
        (number(&text, "vestibule_cache_bytes ")?, number(&text, "vestibule_cache_entries ")?);
    equal(&format!("{bytes} bytes"), bytes <= 8 * MIB, true)?;
    equal(&format!("{entries} entries"), (6..=7).contains(&entries), true)?;
    let evicted = number(&text, "vestibule_cache_evictions_total ")?;
    equal("those that went", evicted, ANSWERS - entries)?;
    if cfg!(target_os = "linux") {
        let grown = number(&text, "process_resident_memory_bytes ")?.saturating_sub(before);
        equal(&format!("bounded memory, grown by {grown}"), grown < 32 * MIB, true)?;
    }
    for _ in 0..ANSWERS {
        backend.request()?;
    }
    equal("asked for what is kept", backend.further(), None)?;
    equal("what is said", program.stop()?.stderr.as_str(), "")
}
