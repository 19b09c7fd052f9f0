//! Golden cases: `tests/cases/<area>/*.md` hold definition files and what is expected of them, findings and content.
//! A fenced block with a file name is a definition, one that begins `file` is beside the definitions, `parameter NAME=VALUE`
//! gives a value; `findings`, `read` and `export ...` are the expected blocks.
//! `GOLDEN=update` rewrites expected blocks of inferred cases, and fills empty ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its cases has failed")]

mod dump;

use std::fs;
use std::path::{Path, PathBuf};
use vestibule_import::{
    BasePath, Definitions, ExportOptions, Extensions, Files, Format, Notation, Options, Source,
    export, read,
};
use vestibule_restapi::{AccountId, Region, StageName};

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

/// Blocks `file NAME` of a case: what definitions may name.
struct Beside(Vec<(String, String)>);

impl Files for Beside {
    fn read(&self, _definition: &str, location: &str) -> Result<(String, Vec<u8>), String> {
        let name = location.rsplit('/').next().unwrap();
        let file = self.0.iter().find(|(known, _)| known == name);
        let (name, text) = file.ok_or("there is no such file")?;
        Ok((name.clone(), text.as_bytes().to_vec()))
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
    let named: Vec<(&str, &str, &str)> = parts
        .iter()
        .filter(|part| part.info.as_deref().is_some_and(|info| !info.starts_with("export ")))
        .filter_map(|part| {
            let (kind, name) = part.info.as_deref()?.split_once(' ')?;
            Some((kind, name, part.text.as_str()))
        })
        .collect();
    let (beside, given): (Vec<_>, Vec<_>) =
        named.into_iter().filter(|(kind, ..)| *kind != "parameter").partition(|p| p.0 == "file");
    let sources: Vec<Source> =
        given.iter().map(|(_, name, text)| Source::new(*name, *text)).collect();
    let beside = beside.into_iter().map(|(_, name, text)| (name.to_owned(), text.to_owned()));
    let parameters = parts.iter().filter_map(|part| {
        let (name, value) = part.info.as_deref()?.strip_prefix("parameter ")?.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    let options = Options { parameters: parameters.collect(), ..options(&case) };
    let imported = read(&sources, &options, &Beside(beside.collect()));
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
            Some(info) if info.starts_with("export ") => &exported(info, &imported.definitions),
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

/// The first API in the words of `export oas30|swagger json|yaml EXTENSIONS`, and below it what is left out.
fn exported(info: &str, definitions: &Definitions) -> String {
    let words: Vec<&str> = info.split(' ').collect();
    let has = |word: &str| words.contains(&word);
    let options = ExportOptions {
        format: if has("oas30") { Format::Oas30 } else { Format::Swagger },
        notation: if has("json") { Notation::Json } else { Notation::Yaml },
        extensions: match words.last().copied().unwrap() {
            "none" => Extensions::None,
            "integrations" => Extensions::Integrations,
            "authorizers" => Extensions::Authorizers,
            _ => Extensions::Apigateway,
        },
        region: Region::parse("us-east-1").unwrap(),
        stage: StageName::parse("prod").unwrap(),
    };
    let exported = export(definitions.apis.first().unwrap(), &options);
    let findings = exported.diagnostics.iter().map(|finding| format!("\n{finding}\n"));
    exported.text + &findings.collect::<String>()
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
        parameters: vec![],
    }
}
