//! Runs the pages under `cases/`: each `##` section is one behaviour, with its source, its template and what comes out.
//!
//! A section holds a `vtl` block, at most one `json` block (the variables), and a `text` block (the output) or an `error`
//! block (`line:column-column: message`, then `help:` when there is advice). The line end before a closing fence is not
//! part of a block.

#[cfg(test)]
#[path = "support/page.rs"]
mod page;
#[cfg(test)]
mod support;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value as Json, json};
use vestibule_vtl::{Limits, Template};

#[test]
fn every_case_renders_as_its_page_says() {
    let mut pages = Vec::new();
    page::gather(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases")), &mut pages);
    pages.sort();
    let (mut count, mut failures) = (0, String::new());
    for page in &pages {
        let text = std::fs::read_to_string(page).unwrap();
        for case in page::cases(&text) {
            count += 1;
            let rendered = render(&case);
            if rendered != case.expected {
                let (page, expected) = (page.display(), &case.expected);
                let _ = writeln!(
                    failures,
                    "{page}: {}\n  expected {expected:?}\n  rendered {rendered:?}",
                    case.title
                );
            }
        }
    }
    assert!(count > 100, "only {count} cases in {} pages", pages.len());
    assert!(failures.is_empty(), "{failures}");
}

fn render(case: &page::Case) -> Result<String, String> {
    let variables: Json = match &case.variables {
        Some(text) => serde_json::from_str(text).map_err(|error| error.to_string())?,
        None => json!({}),
    };
    let template = &case.template;
    match Template::parse(template.as_str()) {
        Err(error) => {
            Err(page::shown(template, error.span, &error.to_string(), error.help.as_deref()))
        }
        Ok(parsed) => support::render(&parsed, &variables, Limits::default()).map_err(|error| {
            page::shown(template, error.span, &error.message, error.help.as_deref())
        }),
    }
}
