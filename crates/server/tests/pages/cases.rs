//! `docs/cases.md` says what AWS does and which case shows it; links of all pages lead somewhere.

use super::{entries, expect_page, root, title, with_table};
use std::fs;
use std::path::{Path, PathBuf};

/// Whence a truth is known, and how the page of a case says so in its second line.
const SOURCES: [(&str, &str); 4] = [
    ("recorded", "recorded"),
    ("documented", "AWS docs"),
    ("oracle", "oracle"),
    ("inferred", "inferred"),
];

/// How many statements there must be at least.
const STATEMENTS_MIN: usize = 80;

#[test]
fn every_case_is_listed() {
    let root = root();
    let listed = |page: &str| fs::read_to_string(root.join("docs").join(page)).unwrap();
    let (text, definitions) = (listed("cases.md"), listed("definitions.md"));
    let by_hand = with_table(&text, "cases", "");
    let mut table = "| what | source | case |\n|---|---|---|\n".to_owned();
    for case in entries(&root.join("tests/cases")).iter().flat_map(|area| entries(area)) {
        let path = case.strip_prefix(&root).unwrap().display().to_string();
        let link = format!("](../{path})");
        if by_hand.contains(&link) || definitions.contains(&link) {
            continue;
        }
        let steps = fs::read_to_string(case.join("steps.md")).unwrap();
        let name = path.strip_prefix("tests/cases/").unwrap();
        let source = source(&steps).replace('|', "\\|");
        table.push_str(&format!("| {} | {source} | [{name}{link} |\n", title(&steps)));
    }
    expect_page(&root.join("docs/cases.md"), &with_table(&text, "cases", &table));
}

#[test]
fn no_statement_claims_more_than_its_cases() {
    let docs = root().join("docs");
    let text = fs::read_to_string(docs.join("cases.md")).unwrap();
    let (statements, _) = text.split_once("## Further cases").expect("the statements");
    let rows = statements.lines().filter(|line| line.starts_with("| ")).map(cells);
    let rows: Vec<[&str; 3]> = rows.filter(|[what, ..]| *what != "what").collect();
    assert!(rows.len() >= STATEMENTS_MIN, "{} statements", rows.len());
    for [what, from, shown_by] in rows {
        let sources: Vec<Option<String>> =
            links(shown_by).iter().map(|(_, target)| source_of(&docs.join(target))).collect();
        let is_promise = shown_by.starts_with("not yet") || shown_by.starts_with("refused");
        assert!(is_promise || !sources.is_empty(), "nothing shows: {what}");
        for claim in from.split(", ") {
            let known = SOURCES.iter().find(|(word, _)| *word == claim);
            let (_, said) = known.unwrap_or_else(|| panic!("`{claim}` is no source: {what}"));
            // Tests in Rust and pages without a second line of their own say it elsewhere.
            let is_said =
                |source: &Option<String>| source.as_ref().is_none_or(|s| s.contains(said));
            assert!(is_promise || sources.iter().any(is_said), "no case is {claim}: {what}");
        }
    }
}

#[test]
fn links_lead_somewhere() {
    let root = root();
    let mut pages = entries(&root.join("docs"));
    pages.extend([root.join("README.md"), root.join("CHANGELOG.md")]);
    let mut broken = Vec::new();
    for page in pages.iter().filter(|page| page.extension().is_some_and(|end| end == "md")) {
        for (text, target) in links(&fs::read_to_string(page).unwrap()) {
            let is_elsewhere = target.contains("://") || target.starts_with('#');
            let path = target.split('#').next().unwrap_or("");
            if !is_elsewhere && !is_there(&page.parent().unwrap().join(path), text) {
                broken.push(format!("{}: [{text}]({target})", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Whether a file or folder is there; of tests in Rust, the function that the text names.
fn is_there(path: &Path, text: &str) -> bool {
    if path.extension().is_none_or(|end| end != "rs") {
        return path.exists();
    }
    fs::read_to_string(path).is_ok_and(|code| code.contains(&format!("fn {text}(")))
}

/// The cells of a row of three.
fn cells(row: &str) -> [&str; 3] {
    let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
    cells.try_into().unwrap_or_else(|_| panic!("not three cells: {row}"))
}

/// Texts and targets of the links of a page.
fn links(page: &str) -> Vec<(&str, &str)> {
    let parts = page.match_indices("](").filter_map(|(at, _)| {
        let (before, after) = page.split_at_checked(at)?;
        let (_, text) = before.rsplit_once('[')?;
        let (target, _) = after.strip_prefix("](")?.split_once(')')?;
        Some((text, target))
    });
    parts.collect()
}

/// What a page says of its source: a folder's is its `steps.md`.
fn source_of(target: &Path) -> Option<String> {
    let page: PathBuf = if target.is_dir() { target.join("steps.md") } else { target.to_owned() };
    let text = fs::read_to_string(page).ok()?;
    Some(source(&text).to_owned()).filter(|source| !source.is_empty())
}

fn source(page: &str) -> &str {
    page.lines().nth(1).and_then(|line| line.strip_prefix("Source: ")).unwrap_or("")
}
