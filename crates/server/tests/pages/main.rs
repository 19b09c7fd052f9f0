//! The pages of `docs` that list cases: they name what exists, and every case is in one of them.
//! `GOLDEN=update` writes the tables that are made of the cases again.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

#[cfg(test)]
mod cases;
#[cfg(test)]
mod definitions;

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What is in a folder, in the order of the names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The page with another table between the two marks of one.
fn with_table(page: &str, name: &str, table: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = page.split_once(&start).expect("where the table starts");
    let (_, after) = rest.split_once(&end).expect("where the table ends");
    format!("{before}{start}{table}{end}{after}")
}

/// Compares a page with what it should be, and writes it when asked to.
fn expect_page(path: &Path, expected: &str) {
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "update") {
        fs::write(path, expected).unwrap();
    }
    let text = fs::read_to_string(path).unwrap();
    let first = text.lines().zip(expected.lines()).find(|(is, should)| is != should);
    assert!(
        text == expected,
        "{} is out of date (`GOLDEN=update` writes it again), first in {first:?}",
        path.display()
    );
}

/// What a case shows: the first line of its page without the mark.
fn title(steps: &str) -> &str {
    steps.lines().next().and_then(|line| line.strip_prefix("# ")).expect("a title")
}
