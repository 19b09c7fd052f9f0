//! The reasons and the counts that `README.md` tells.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use crate::corpus::folder;
use crate::settled::Settled;

const COUNTS: (&str, &str) = ("<!-- counts -->\n", "<!-- end -->\n");

/// Compares what `README.md` tells with the differences of `count` cases.
pub(crate) fn check(count: usize, settled: &BTreeMap<String, Settled>) {
    let page = read();
    let told = reasons(&page);
    for (case, settled) in settled {
        let reason = &settled.reason;
        assert!(told.contains(reason), "`{case}` has a reason, `{reason}`, which is told");
    }
    for reason in &told {
        let is_used = settled.values().any(|settled| settled.reason == *reason);
        assert!(is_used, "the reason `{reason}` is that of a case");
    }
    let (_, counts, _) = parts(&page);
    assert_eq!(counts, table(count, settled), "the counts in README.md");
}

/// Writes the counts.
pub(crate) fn write_counts(count: usize, settled: &BTreeMap<String, Settled>) {
    let page = read();
    let (before, _, behind) = parts(&page);
    let page = format!("{before}{}{behind}", table(count, settled));
    fs::write(folder().join("README.md"), page).unwrap();
}

fn read() -> String {
    fs::read_to_string(folder().join("README.md")).unwrap()
}

/// The page before, in and behind its counts.
fn parts(page: &str) -> (String, &str, String) {
    let (before, rest) = page.split_once(COUNTS.0).unwrap();
    let (counts, behind) = rest.split_once(COUNTS.1).unwrap();
    (format!("{before}{}", COUNTS.0), counts, format!("{}{behind}", COUNTS.1))
}

/// The reasons in the page's tables: what is in backticks in the first column.
fn reasons(page: &str) -> Vec<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    rows.map(str::to_owned).collect()
}

fn table(count: usize, settled: &BTreeMap<String, Settled>) -> String {
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    for settled in settled.values() {
        *of.entry(&settled.reason).or_default() += 1;
    }
    let mut table = "| answers | cases |\n|---|---|\n".to_owned();
    let equal = count - settled.len();
    writeln!(table, "| sent | {count} |\n| equal | {equal} |").unwrap();
    writeln!(table, "| different | {} |", settled.len()).unwrap();
    for (reason, count) in of {
        writeln!(table, "| different: {reason} | {count} |").unwrap();
    }
    table
}
