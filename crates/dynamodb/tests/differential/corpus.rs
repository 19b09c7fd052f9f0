//! The requests of `corpus/` and the answers of DynamoDB Local in `answers/`, read as `record.py` writes them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vestibule_dynamodb::Action;

/// One request, and what DynamoDB Local answered.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) action: Action,
    pub(crate) body: String,
    pub(crate) local: Answer,
}

/// A status and a body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u64,
    pub(crate) body: Value,
}

/// The requests of one file: they begin without tables, and follow each other.
pub(crate) struct Scenario {
    pub(crate) cases: Vec<Case>,
}

/// The folder that this test is in.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential")
}

/// Reads all scenarios, in the order of their names.
pub(crate) fn scenarios() -> Vec<Scenario> {
    let files = fs::read_dir(folder().join("corpus")).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| Some(name.strip_suffix(".jsonl")?.to_owned()))
        .collect();
    names.sort();
    names.iter().map(|name| scenario(name)).collect()
}

fn scenario(name: &str) -> Scenario {
    let requests = lines(&folder().join("corpus").join(format!("{name}.jsonl")));
    let answers = lines(&folder().join("answers").join(format!("{name}.jsonl")));
    assert_eq!(requests.len(), answers.len(), "`{name}` has an answer for each request");
    let pairs = requests.iter().zip(&answers);
    Scenario { cases: pairs.map(|(request, answer)| case(name, request, answer)).collect() }
}

fn case(scenario: &str, request: &Value, answer: &Value) -> Case {
    assert_eq!(request["name"], answer["name"], "`{scenario}` has its answers in order");
    let body = match &request["text"] {
        Value::String(text) => expanded(text),
        _ => expanded(&request["body"].to_string()),
    };
    Case {
        name: format!("{scenario}/{}", request["name"].as_str().unwrap()),
        action: Action::from_name(request["action"].as_str().unwrap()).unwrap(),
        body,
        local: Answer::read(answer),
    }
}

impl Answer {
    /// Reads `status` and `body`.
    pub(crate) fn read(line: &Value) -> Answer {
        Answer { status: line["status"].as_u64().unwrap(), body: line["body"].clone() }
    }
}

/// Reads a file of JSON lines.
pub(crate) fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    text.split('\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

/// Writes each `«text*count»` out.
fn expanded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('«') {
        let (repeated, after) = behind.split_once('»').unwrap();
        let (part, count) = repeated.rsplit_once('*').unwrap();
        out.push_str(before);
        out.push_str(&part.repeat(count.parse().unwrap()));
        rest = after;
    }
    out + rest
}
