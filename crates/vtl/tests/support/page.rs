//! Reads the pages of golden cases, and writes an error as they show it.

use std::path::{Path, PathBuf};

use vestibule_vtl::Span;

/// One `##` section.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) title: String,
    pub(crate) template: String,
    pub(crate) variables: Option<String>,
    pub(crate) expected: Result<String, String>,
}

/// Adds the pages in `folder` and the folders in it to `pages`.
pub(crate) fn gather(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of cases") {
        let path = entry.expect("a page").path();
        if path.is_dir() {
            gather(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

/// Returns the cases of a page. A section without source, template or outcome is a mistake.
pub(crate) fn cases(page: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(title) = line.strip_prefix("## ") else { continue };
        let source = lines.next().unwrap_or_default();
        assert!(source.starts_with("Source: "), "{title}: no Source");
        let (mut template, mut variables, mut expected) = (None, None, None);
        while let Some(line) = lines.next_if(|line| !line.starts_with("## ")) {
            let Some(kind) = line.strip_prefix("```") else { continue };
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let block = block.join("\n");
            match kind {
                "vtl" => template = Some(block),
                "json" => variables = Some(block),
                "text" => expected = Some(Ok(block)),
                "error" => expected = Some(Err(block)),
                other => panic!("{title}: a block of kind `{other}`"),
            }
        }
        let template = template.unwrap_or_else(|| panic!("{title}: no template"));
        let expected = expected.unwrap_or_else(|| panic!("{title}: neither text nor error"));
        cases.push(Case { title: title.to_owned(), template, variables, expected });
    }
    cases
}

/// Writes an error as `line:column-column: message`, then its advice.
pub(crate) fn shown(template: &str, span: Span, message: &str, help: Option<&str>) -> String {
    let before = template.get(..span.range().start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let width = template.get(span.range()).map_or(0, |text| text.chars().count()).max(1);
    let mut text = format!("{line}:{column}-{}: {message}", column + width - 1);
    if let Some(help) = help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    text
}
