//! What was used of limits is there after a reload, and of quotas after a restart.

use super::{Test, equal, exchange};
use crate::harness::{Folder, Outcome, Program};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("use_of_a_quota_survives_a_restart", use_of_a_quota_survives_a_restart),
    ("a_quota_that_a_reload_brings_counts_what_was_used", a_quota_that_a_reload_brings),
    ("limits_of_the_settings_are_read_again", limits_of_the_settings_are_read_again),
];

const TEMPLATE: &str = include_str!("usage.yaml");
const KEPT: [&str; 3] = ["template.yaml", "--data", "data"];
const FINE: &str = "HTTP/1.1 200 OK\n\nfine\n";
const USED_UP: &str = "HTTP/1.1 429 Too Many Requests\nx-amzn-errortype: LimitExceededException\n\n{\"message\":\"Limit Exceeded\"}\n";

fn get(program: &Program, expected: &str) -> Outcome {
    let request =
        "GET /things HTTP/1.1\r\nhost: api.test\r\nx-api-key: partner-0123456789abcdef\r\n\r\n";
    exchange(program, request, expected)
}

fn use_of_a_quota_survives_a_restart() -> Outcome {
    let folder = Folder::new()?;
    folder.write("template.yaml", TEMPLATE)?;
    for requests in [2, 1, 0] {
        let program = Program::serve(&folder, &KEPT)?;
        for _ in 0..requests {
            get(&program, FINE)?;
        }
        if requests < 2 {
            get(&program, USED_UP)?;
        }
        let ended = program.stop()?;
        equal("exit", ended.code, Some(0))?;
        equal("standard error", ended.stderr.as_str(), "")?;
    }
    Ok(())
}

/// A plan without a quota is not counted, and one that had a quota before goes on with it.
fn a_quota_that_a_reload_brings() -> Outcome {
    let folder = Folder::new()?;
    let without = TEMPLATE.replace("Quota: {Limit: 3, Period: MONTH}", "Description: open");
    folder.write("template.yaml", TEMPLATE)?;
    let mut program = Program::serve(&folder, &[&KEPT[..], &["--watch"]].concat())?;
    for _ in 0..2 {
        get(&program, FINE)?;
    }
    folder.write("template.yaml", &without)?;
    program.printed("reloaded ")?;
    for _ in 0..5 {
        get(&program, FINE)?;
    }
    folder.write("template.yaml", TEMPLATE)?;
    program.printed("reloaded ")?;
    get(&program, FINE)?;
    get(&program, USED_UP)?;
    equal("standard error", program.stop()?.stderr.as_str(), "")
}

const THROTTLED: &str = "HTTP/1.1 429 Too Many Requests\nx-amzn-errortype: TooManyRequestsException\n\n{\"message\":\"Too Many Requests\"}\n";

/// A stage's limit, and the quota of a plan of the definition.
fn limits(burst: u32, quota: u32) -> String {
    format!(
        "version = 1\n[[method_settings]]\nstage = \"things/prod\"\nthrottling_rate_limit = 0.001\n\
         throttling_burst_limit = {burst}\n[[usage_plans]]\nname = \"Plan\"\n\
         quota = {{ limit = {quota}, period = \"MONTH\" }}\n"
    )
}

/// Waits until the settings were read again, and compares what it says of the changes.
fn changed(program: &mut Program, what: &str) -> Outcome {
    let line = program.printed("reloaded vestibule.toml ")?;
    equal("changes", line.split_once(": ").map(|(_, changes)| changes), Some(what))
}

fn limits_of_the_settings_are_read_again() -> Outcome {
    let folder = Folder::new()?;
    folder.write("template.yaml", TEMPLATE)?;
    folder.write("vestibule.toml", &limits(2, 4))?;
    let mut program = Program::serve(&folder, &[&KEPT[..], &["--watch"]].concat())?;
    get(&program, FINE)?;
    get(&program, FINE)?;
    get(&program, THROTTLED)?;
    folder.write("vestibule.toml", &limits(3, 4))?;
    changed(&mut program, "1 stage changed")?;
    get(&program, FINE)?;
    get(&program, THROTTLED)?;
    // What the bucket refused cost none of the quota.
    folder.write("vestibule.toml", &limits(20, 4))?;
    changed(&mut program, "1 stage changed")?;
    get(&program, FINE)?;
    get(&program, USED_UP)?;
    folder.write("vestibule.toml", &limits(20, 5))?;
    changed(&mut program, "API keys changed")?;
    get(&program, FINE)?;
    get(&program, USED_UP)?;
    equal("standard error", program.stop()?.stderr.as_str(), "")
}
