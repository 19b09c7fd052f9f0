//! Golden cases: `tests/cases/<area>/*.md` hold definition files and what is expected of them, findings and content.
//! A fenced block with a file name is a definition; `findings` and `read` are the expected blocks.
//! `GOLDEN=update` rewrites expected blocks of inferred cases, and fills empty ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its cases has failed")]

mod dump;

use std::fs;
use std::path::{Path, PathBuf};
use vestibule_import::{BasePath, Options, Source, read};
use vestibule_restapi::{AccountId, Region};

#[test]
fn golden_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths = vec![];
    cases(&root, &mut paths);
    paths.sort();
    assert!(paths.len() >= 40, "{} cases", paths.len());
    let failures: Vec<String> = paths.iter().filter_map(|path| check(path).err()).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

fn cases(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            cases(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
}

/// A part of a case: text outside fences, or a fenced block with its info string.
struct Part {
    info: Option<String>,
    text: String,
}

fn parts(case: &str) -> Vec<Part> {
    let mut parts = vec![Part { info: None, text: String::new() }];
    for line in case.split_inclusive('\n') {
        let last = parts.last_mut().unwrap();
        match (line.strip_prefix("```"), &last.info) {
            (Some(info), None) => {
                parts.push(Part { info: Some(info.trim().to_owned()), text: String::new() });
            }
            (Some(_), Some(_)) => parts.push(Part { info: None, text: String::new() }),
            (None, _) => last.text.push_str(line),
        }
    }
    parts
}

fn check(path: &Path) -> Result<(), String> {
    let case = fs::read_to_string(path).unwrap();
    let mut parts = parts(&case);
    let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display();
    let source = case.lines().find_map(|line| line.strip_prefix("Source: "));
    let source = source.ok_or_else(|| format!("{name}: no line `Source: `"))?;
    let sources: Vec<Source> = parts
        .iter()
        .filter_map(|part| Some((part.info.as_deref()?.split_once(' ')?.1, &part.text)))
        .map(|(file, text)| Source::new(file, text.as_str()))
        .collect();
    let imported = read(&sources, &options(&case));
    let findings: Vec<String> = imported.diagnostics.iter().map(|f| format!("{f}\n")).collect();
    let findings = if findings.is_empty() { "(none)\n".to_owned() } else { findings.join("\n") };
    let content = dump::definitions(&imported.definitions);
    let is_update = std::env::vars().any(|(name, value)| name == "GOLDEN" && value == "update");
    let mut failures = vec![];
    let mut expected = 0;
    for part in &mut parts {
        let actual = match part.info.as_deref() {
            Some("findings") => &findings,
            Some("read") => &content,
            _ => continue,
        };
        expected += 1;
        if part.text == *actual {
            continue;
        }
        if is_update && (part.text.is_empty() || source.starts_with("inferred")) {
            part.text.clone_from(actual);
        } else {
            failures.push(format!("{name}: expected\n{}\nfound\n{actual}", part.text));
        }
    }
    if expected == 0 {
        failures.push(format!("{name}: no block `findings` or `read`"));
    }
    if is_update {
        fs::write(path, join(&parts)).unwrap();
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

fn join(parts: &[Part]) -> String {
    let one = |part: &Part| match &part.info {
        Some(info) => format!("```{info}\n{}```\n", part.text),
        None => part.text.clone(),
    };
    parts.iter().map(one).collect()
}

/// A line `Base path: prepend` or `split` chooses what the base path does.
fn options(case: &str) -> Options {
    let base_path = match case.lines().find_map(|line| line.strip_prefix("Base path: ")) {
        Some("prepend") => BasePath::Prepend,
        Some("split") => BasePath::Split,
        Some(_) | None => BasePath::Ignore,
    };
    Options {
        account: AccountId::parse("000000000000").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        base_path,
    }
}
