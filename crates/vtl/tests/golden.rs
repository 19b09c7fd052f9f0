//! Runs the pages under `cases/`: each `##` section is one behaviour, with its source, its template and what comes out.
//!
//! A section holds a `vtl` block, at most one `json` block (the variables), and a `text` block (the output) or an `error`
//! block (`line:column-column: message`, then `help:` when there is advice). The line end before a closing fence is not
//! part of a block.

#[cfg(test)]
mod support;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value as Json, json};
use vestibule_vtl::{Limits, Span, Template};

#[derive(Debug, Default)]
struct Case {
    title: String,
    sourced: bool,
    template: Option<String>,
    variables: Option<String>,
    output: Option<String>,
    error: Option<String>,
}

#[test]
fn every_case_renders_as_its_page_says() {
    let mut pages = Vec::new();
    gather(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases")), &mut pages);
    pages.sort();
    let (mut count, mut failures) = (0, String::new());
    for page in &pages {
        let text = std::fs::read_to_string(page).unwrap();
        for case in cases(&text) {
            count += 1;
            check(page, &case, &mut failures);
        }
    }
    assert!(count > 100, "only {count} cases in {} pages", pages.len());
    assert!(failures.is_empty(), "{failures}");
}

fn gather(folder: &Path, pages: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

fn cases(page: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            cases.push(Case { title: title.to_owned(), ..Case::default() });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        case.sourced |= line.starts_with("Source: ");
        let Some(kind) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let block = Some(block.join("\n"));
        match kind {
            "vtl" => case.template = block,
            "json" => case.variables = block,
            "text" => case.output = block,
            "error" => case.error = block,
            other => panic!("{}: a block of kind `{other}`", case.title),
        }
    }
    cases
}

fn check(page: &Path, case: &Case, failures: &mut String) {
    let title = format!("{}: {}", page.display(), case.title);
    assert!(case.sourced, "{title}: no Source");
    assert!(case.output.is_some() != case.error.is_some(), "{title}: neither text nor error");
    let template = case.template.as_deref().unwrap_or_else(|| panic!("{title}: no template"));
    let variables: Json = case.variables.as_deref().map_or(json!({}), |text| {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{title}: {error}"))
    });
    let rendered = match Template::parse(template) {
        Err(error) => Err(shown(template, error.span, &error.to_string(), error.help.as_deref())),
        Ok(parsed) => support::render(&parsed, &variables, Limits::default())
            .map_err(|error| shown(template, error.span, &error.message, error.help.as_deref())),
    };
    let expected = match (&case.output, &case.error) {
        (Some(output), _) => Ok(output.clone()),
        (None, error) => Err(error.clone().unwrap_or_default()),
    };
    if rendered != expected {
        let _ = writeln!(failures, "{title}\n  expected {expected:?}\n  rendered {rendered:?}");
    }
}

fn shown(template: &str, span: Span, message: &str, help: Option<&str>) -> String {
    let before = &template[..span.range().start];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let width = template[span.range()].chars().count().max(1);
    let mut text = format!("{line}:{column}-{}: {message}", column + width - 1);
    if let Some(help) = help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    text
}
