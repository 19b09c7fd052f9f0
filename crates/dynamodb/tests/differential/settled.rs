//! The differences that are settled, `settled.jsonl`: the case, the reason, which `README.md` tells, and what is answered here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use crate::corpus::{Answer, folder, lines};

/// One difference.
pub(crate) struct Settled {
    /// Nothing: it is not settled yet.
    pub(crate) reason: String,
    pub(crate) here: Answer,
}

/// Reads the differences by the names of their cases.
pub(crate) fn read() -> BTreeMap<String, Settled> {
    let lines = lines(&folder().join("settled.jsonl"));
    let read = |line: &Value| {
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        (text("case"), Settled { reason: text("reason"), here: Answer::read(&line["here"]) })
    };
    lines.iter().map(read).collect()
}

/// What is found, with the reasons that are known.
pub(crate) fn renewed(
    mut known: BTreeMap<String, Settled>,
    found: BTreeMap<String, Answer>,
) -> BTreeMap<String, Settled> {
    let mut renewed = BTreeMap::new();
    for (case, here) in found {
        let reason = known.remove(&case).map(|known| known.reason).unwrap_or_default();
        renewed.insert(case, Settled { reason, here });
    }
    renewed
}

/// Writes them.
pub(crate) fn write(settled: &BTreeMap<String, Settled>) {
    let mut text = String::new();
    for (case, Settled { reason, here }) in settled {
        let here = json!({"status": here.status, "body": here.body});
        let line = json!({"case": case, "reason": reason, "here": here});
        writeln!(text, "{line}").unwrap();
    }
    fs::write(folder().join("settled.jsonl"), text).unwrap();
}
