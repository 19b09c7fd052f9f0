//! What was used of quotas is there after a restart.

use super::{Test, equal, exchange};
use crate::harness::{Folder, Outcome, Program};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("use_of_a_quota_survives_a_restart", use_of_a_quota_survives_a_restart),
    ("a_quota_that_a_reload_brings_counts_what_was_used", a_quota_that_a_reload_brings),
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
