//! Replays `tests/oracle/answers.jsonl`: what the libraries behind API Gateway's templates found,
//! case by case.
//!
//! Source: oracle (Jayway JsonPath 2.0.0, json-smart 2.2), asked by `tests/oracle/generate.py`.

mod input;

use input::{Answer, ask};
use serde_json::Value as Json;

const ANSWERS: &str = include_str!("oracle/answers.jsonl");

#[test]
fn answers_are_the_oracles() {
    let mut differences = Vec::new();
    let mut count = 0;
    for line in ANSWERS.lines() {
        let page: Json = serde_json::from_str(line).unwrap();
        let body = page["body"].as_str().unwrap();
        for case in page["cases"].as_array().unwrap() {
            let path = case["path"].as_str().unwrap();
            let answer = ask(body, path).unwrap();
            if !is_expected(&answer, case) {
                differences.push(format!("{body}\n  {path}\n  {answer:?}\n  {case} expected"));
            }
            count += 1;
        }
    }
    let report = differences.join("\n");
    assert!(differences.is_empty(), "{} of {count} differ:\n{report}", differences.len());
    assert_eq!(count, 6_915);
}

/// Messages of errors are ours; that there is one, and about what, is the oracle's.
fn is_expected(answer: &Answer, case: &Json) -> bool {
    match answer {
        Answer::Found { json, printed } => {
            let expected = case["printed"].as_str().or_else(|| case["json"].as_str());
            case["json"].as_str() == Some(json) && expected == Some(printed)
        }
        Answer::Document(_) => case["error"] == "document",
        Answer::Path(_) => case["error"] == "path",
    }
}
