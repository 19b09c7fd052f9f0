//! Random mapping templates render as the libraries that AWS runs render them: `cases.jsonl`, made by `run.py`, which also
//! compares fresh cases. `constructs.tsv` names what the cases have to use.

#[cfg(test)]
mod answers;

use answers::{CASES, cases, is_used, rendered, wanted};
use fancy_regex::Regex;

const CONSTRUCTS: &str = include_str!("constructs.tsv");
const CASES_MIN: usize = 2_000;
const CONSTRUCTS_MIN: usize = 200;

/// Source: oracle (Velocity 1.7, Jayway JsonPath). Which cases fail is compared, not in what words.
#[test]
fn random_mapping_templates_render_as_the_libraries_of_aws_render_them() {
    let lines = CASES.split('\n').filter(|line| !line.is_empty());
    let (mut count, mut different) = (0, Vec::new());
    for (line, expected) in lines.zip(cases()) {
        count += 1;
        let wanted = wanted(&expected);
        let rendered = rendered(line);
        if rendered.as_ref().ok() != wanted.as_ref() {
            let wanted = wanted.map_or_else(|| "an error".to_owned(), |wanted| wanted.to_string());
            let here = rendered.map_or_else(|error| error, |rendered| rendered.to_string());
            different.push(format!("{line}\n  wanted: {wanted}\n  here:   {here}"));
        }
    }
    assert!(count >= CASES_MIN, "only {count} cases");
    let shown: Vec<&str> = different.iter().take(20).map(String::as_str).collect();
    assert!(different.is_empty(), "{} of {count} differ:\n{}", different.len(), shown.join("\n"));
}

#[test]
fn the_cases_use_every_construct() {
    let cases = cases();
    let (mut count, mut missing) = (0, Vec::new());
    for row in CONSTRUCTS.lines().filter(|row| !row.is_empty() && !row.starts_with("# ")) {
        let mut columns = row.split('\t');
        let (Some(name), Some(place), Some(pattern)) =
            (columns.next(), columns.next(), columns.next())
        else {
            // A comment's blank line.
            assert_eq!(row, "#", "a row has three columns");
            continue;
        };
        count += 1;
        let pattern = Regex::new(pattern).expect("a pattern");
        if !cases.iter().any(|case| is_used(place, &pattern, case)) {
            missing.push(name);
        }
    }
    assert!(count >= CONSTRUCTS_MIN, "only {count} constructs");
    assert!(missing.is_empty(), "without a case: {missing:?}");
}
