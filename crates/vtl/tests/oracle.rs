//! Random templates render as Apache Velocity 1.7 renders them: `oracle/answers.jsonl`, made by `oracle/generate.py`.

#[cfg(test)]
mod support;

use serde_json::{Value as Json, json};
use vestibule_vtl::{Limits, Template};

/// Source: oracle (Velocity 1.7). Which templates fail is compared, not in what words.
#[test]
fn random_templates_render_as_velocity_renders_them() {
    let answers = include_str!("oracle/answers.jsonl");
    let mut lines = answers.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
    let head = lines.next().expect("a first line");
    let mut context = head["context"].clone();
    context["requestOverride"] = json!({"header": {}, "querystring": {}, "path": {}});
    context["responseOverride"] = json!({"header": {}});
    let variables = json!({"context": context, "stageVariables": head["stageVariables"]});
    let prelude = head["prelude"].as_str().expect("a prelude");

    let (mut count, mut different) = (0, Vec::new());
    for case in lines {
        count += 1;
        let own = case["template"].as_str().expect("a template");
        let rendered = Template::parse(format!("{prelude}{own}"))
            .map_err(|error| error.to_string())
            .and_then(|template| {
                support::render(&template, &variables, Limits::default())
                    .map_err(|error| format!("{}: {error}", error.expression))
            });
        let expected = case["output"].as_str();
        if rendered.as_deref().ok() != expected {
            let wanted = expected.map_or_else(|| format!("error {}", case["error"]), str::to_owned);
            different.push(format!("{own:?}\n  velocity: {wanted:?}\n  here:     {rendered:?}"));
        }
    }
    assert!(count >= 1_000, "only {count} cases");
    let shown: Vec<&String> = different.iter().take(40).collect();
    assert!(different.is_empty(), "{} of {count} differ:\n{}", different.len(), {
        shown.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n")
    });
}

/// Source: oracle (Velocity 1.7 on Java 17). Which patterns and replacements fail is compared, not in what words.
#[test]
fn random_patterns_match_as_in_java() {
    let answers = include_str!("oracle/patterns.jsonl");
    let (mut count, mut different) = (0, Vec::new());
    for line in answers.lines() {
        count += 1;
        let case: Json = serde_json::from_str(line).expect("JSON");
        let template = Template::parse(case["template"].as_str().expect("a template"));
        let variables = json!({"v": {"p": case["p"], "s": case["s"], "r": case["r"]}});
        let rendered =
            support::render(&template.expect("it parses"), &variables, Limits::default())
                .map_err(|error| error.to_string());
        if rendered.as_deref().ok() != case["output"].as_str() {
            different.push(format!("{line}\n  here: {rendered:?}"));
        }
    }
    assert!(count >= 3_000, "only {count} cases");
    assert!(
        different.is_empty(),
        "{} of {count} differ:\n{}",
        different.len(),
        different.join("\n")
    );
}
