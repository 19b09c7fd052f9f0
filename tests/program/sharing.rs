//! Limits that are shared, by the running program: what it does without the store, and what it says of it.

use super::{Test, equal, request};
use crate::harness::{Folder, Outcome, Program, address_in};

pub(super) const TESTS: &[(&str, Test)] =
    &[("without_the_shared_store_a_gateway_lets_in_its_share", without_the_store)];

fn without_the_store() -> Outcome {
    let folder = Folder::new()?;
    folder.write("api.yaml", include_str!("sharing.yaml"))?;
    // Nobody listens at this port.
    let url = "redis://gateway:hunter2@127.0.0.1:1/3";
    let arguments = ["api.yaml", "--ephemeral", "--shared", url, "--gateways", "2"];
    let mut program = Program::serve(&folder, &arguments)?;
    let admin = program.printed("admin on ")?;
    let admin = address_in(&admin).ok_or_else(|| format!("`{admin}` has no address"))?;
    let mut client = program.connect()?;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        client.send(request("GET", "/").as_bytes())?;
        statuses.push(client.response(false)?.status());
    }
    // Half of a burst of 7.
    equal("statuses", statuses, vec![200, 200, 200, 429, 429])?;
    let text = super::metrics::scraped(admin)?;
    for series in [
        "vestibule_shared_store_up 0",
        "vestibule_shared_gateways 2",
        r#"vestibule_shared_decisions_total{by="gateway"} 5"#,
        r#"vestibule_shared_calls_total{outcome="answered"} 0"#,
    ] {
        equal(series, text.lines().any(|line| line == series), true)?;
    }
    let log = program.stop()?.stderr;
    let about_limits = |line: &&str| line.contains("shared store") && line.contains("limits");
    let said: Vec<&str> = log.lines().filter(about_limits).collect();
    let expected = "WARN the shared store `redis://gateway:***@127.0.0.1:1/3` is away, limits are counted without it: it \
                    refuses connections";
    equal("lines", said.len(), 1)?;
    equal("line", said.first().is_some_and(|line| line.ends_with(expected)), true)?;
    equal("the password", log.contains("hunter2"), false)
}
