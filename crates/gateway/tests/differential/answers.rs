//! The cases with the oracle's answers, and ours.

use fancy_regex::Regex;
use serde_json::{Value as Json, json};
use vestibule_gateway::{Case, render};
use vestibule_restapi::Sourced;

pub(super) const CASES: &str = include_str!("cases.jsonl");

pub(super) fn cases() -> Vec<Json> {
    // Not `lines`: the texts hold other line ends as they are.
    let lines = CASES.split('\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_str(line).expect("a case is JSON")).collect()
}

/// Text and overrides as the oracle has them; nothing for an error.
pub(super) fn wanted(case: &Json) -> Option<Json> {
    let output = case.get("output")?;
    let overrides = |name: &str, untouched: Json| match case.get(name).and_then(Json::as_str) {
        Some(text) => serde_json::from_str(text).expect("an override is JSON"),
        None => untouched,
    };
    let request =
        overrides("requestOverride", json!({"header": {}, "querystring": {}, "path": {}}));
    let response = overrides("responseOverride", json!({"header": {}}));
    Some(json!([output, request, response]))
}

pub(super) fn rendered(line: &str) -> Result<Json, String> {
    let case = Case::parse(line)?;
    let rendering = render(&Sourced::inline("case", &case.template), &case.given)
        .map_err(|failure| format!("{failure:?}"))?;
    let overrides = |text: &str| serde_json::from_str::<Json>(text).map_err(|e| e.to_string());
    let request = overrides(&rendering.request_override)?;
    Ok(json!([rendering.text, request, overrides(&rendering.response_override)?]))
}

/// Tells whether a case uses a construct, as `constructs.py` counts it.
pub(super) fn is_used(place: &str, pattern: &Regex, case: &Json) -> bool {
    let text = |name: &str| case.get(name).and_then(Json::as_str).unwrap_or_default();
    let fails = case.get("error").is_some();
    let reads = text("template").contains("$input.");
    let (searched, counts) = match place {
        "template" => (text("template"), !fails),
        "failing" => (text("template"), fails),
        "body" => (text("body"), !fails && reads),
        "failing body" => (text("body"), fails && reads),
        "output" | "requestOverride" | "responseOverride" => (text(place), !fails),
        other => panic!("no place is named `{other}`"),
    };
    counts && pattern.is_match(searched).expect("a search that ends")
}
