//! The metrics of the running program, and the page that lists them.

use std::net::SocketAddr;

use super::{Test, equal, folder, request};
use crate::harness::{Connection, Outcome, Program, address_in, store_url};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("metrics_are_told_and_documented", they_are_told_and_documented),
    ("metrics_of_the_program_move", those_of_the_program_move),
    ("metrics_of_dashboard_and_alerts_are_there", those_of_dashboard_and_alerts_are_there),
];

const DASHBOARD: &str = include_str!("../../deploy/grafana/vestibule.json");
const ALERTS: &str = include_str!("../../deploy/prometheus/alerts.yaml");
const PAGE: &str = include_str!("../../docs/metrics.md");

fn they_are_told_and_documented() -> Outcome {
    let folder = folder()?;
    // Nobody listens at this port: what is told of a shared store does not depend on it.
    let shared = "redis://127.0.0.1:1";
    let arguments = ["api.yaml", "tables.yaml", "--access-log", "access.log", "--shared", shared];
    let mut program = Program::serve(&folder, &arguments)?;
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
    // Those of a store on the network are there with one alone.
    let mut documented = documented();
    documented.retain(|name| !name.starts_with("vestibule_store_") || store_url().is_some());
    equal("docs/metrics.md", sorted(documented), sorted(told))
}

/// A metric that is defined and that nothing moves would tell its reader that all is well. Those of the gateway move in its own tests.
fn those_of_the_program_move() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let folder = folder()?;
    let arguments = ["api.yaml", "tables.yaml", "--access-log", "/dev/full"];
    let mut program = Program::serve(&folder, &arguments)?;
    let url = program.printed("admin on ")?;
    let admin = address_in(&url).ok_or_else(|| format!("`{url}` has no address"))?;
    let mut client = program.connect()?;
    client.send(request("GET", "/unknown").as_bytes())?;
    equal("status", client.response(false)?.status(), 403)?;
    let moves = |text: &str, name: &str| {
        let number = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        number.is_some_and(|number: u64| number > 0)
    };
    program.wait_for_log("the access log cannot be written: lines are lost")?;
    let text = scraped(admin)?;
    let of_gateway =
        ["vestibule_api_", "vestibule_cache_", "vestibule_dynamodb_", "vestibule_unrouted_"];
    // Those of the AWS endpoints move in the tests of these.
    let of_gateway = of_gateway.iter().chain(&["vestibule_aws_"]);
    let of_gateway_alone =
        ["vestibule_panics_total", "vestibule_requests_in_flight", "vestibule_bodies_bytes"];
    let told = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let own = told.filter(|name| {
        !of_gateway.clone().any(|start| name.starts_with(start)) && !of_gateway_alone.contains(name)
    });
    let mut count = 0;
    for name in own {
        equal(name, moves(&text, name), true)?;
        count += 1;
    }
    equal("metrics of the program", count >= 4, true)
}

/// A panel or an alert over a metric that there is none of would say that all is well.
fn those_of_dashboard_and_alerts_are_there() -> Outcome {
    let documented = documented();
    for (file, text) in [("dashboard", DASHBOARD), ("alerts", ALERTS)] {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let names = text.split(|c| !is_of_name(c)).filter(|word| word.starts_with("vestibule_"));
        let mut count = 0;
        for name in names {
            let family =
                ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let is_there = documented.iter().any(|known| *known == family.unwrap_or(name));
            equal(&format!("`{name}` of the {file}"), is_there, true)?;
            count += 1;
        }
        equal(file, count > 5, true)?;
    }
    Ok(())
}

/// The names in the first column of the page's tables; those of variables are in upper case.
fn documented() -> Vec<&'static str> {
    let names = PAGE.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let is_metric = |name: &&str| name.contains('_') && !name.starts_with("OTEL_");
    names.filter(is_metric).collect()
}

fn sorted(mut names: Vec<&str>) -> String {
    names.sort_unstable();
    names.join("\n")
}

/// What `/metrics` answers.
pub(super) fn scraped(admin: SocketAddr) -> Result<String, String> {
    let mut client = Connection::open(admin)?;
    client.send(request("GET", "/metrics").replace("api.test", "localhost").as_bytes())?;
    let response = client.response(false)?;
    equal("/metrics", response.status(), 200)?;
    String::from_utf8(response.body).map_err(|error| error.to_string())
}
