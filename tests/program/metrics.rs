//! The metrics of the running program, and the page that lists them.

use std::net::SocketAddr;

use super::{Test, equal, folder, request};
use crate::harness::{Connection, Outcome, Program, address_in};

pub(super) const TESTS: &[(&str, Test)] =
    &[("they_are_told_and_documented", they_are_told_and_documented)];

const PAGE: &str = include_str!("../../docs/metrics.md");

fn they_are_told_and_documented() -> Outcome {
    let folder = folder()?;
    let mut program = Program::serve(&folder, &["api.yaml", "tables.yaml"])?;
    let url = program.printed("admin on ")?;
    let admin = address_in(&url).ok_or_else(|| format!("`{url}` has no address"))?;
    let mut client = program.connect()?;
    client.send(request("GET", "/unknown").as_bytes())?;
    equal("status", client.response(false)?.status(), 403)?;
    let text = scraped(admin)?;
    for series in [
        r#"vestibule_api_requests_total{api="store",stage="prod"} 1"#,
        r#"vestibule_api_4xx_errors_total{api="store",stage="prod"} 1"#,
        r#"vestibule_api_latency_seconds_bucket{api="store",stage="prod",le="+Inf"} 1"#,
        "vestibule_connections 1",
    ] {
        equal(series, text.lines().any(|line| line == series), true)?;
    }
    for gauge in ["process_resident_memory_bytes ", "process_open_fds "] {
        let number = text.lines().find_map(|line| line.strip_prefix(gauge)?.parse::<u64>().ok());
        equal(gauge, number.is_some_and(|number| number > 0), cfg!(target_os = "linux"))?;
    }
    let told: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let documented: Vec<&str> =
        PAGE.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let documented: Vec<&str> = documented.into_iter().filter(|name| name.contains('_')).collect();
    equal("docs/metrics.md", sorted(documented), sorted(told))
}

fn sorted(mut names: Vec<&str>) -> String {
    names.sort_unstable();
    names.join("\n")
}

/// What `/metrics` answers.
fn scraped(admin: SocketAddr) -> Result<String, String> {
    let mut client = Connection::open(admin)?;
    client.send(request("GET", "/metrics").replace("api.test", "localhost").as_bytes())?;
    let response = client.response(false)?;
    equal("/metrics", response.status(), 200)?;
    String::from_utf8(response.body).map_err(|error| error.to_string())
}
