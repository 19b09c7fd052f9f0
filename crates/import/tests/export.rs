//! What was read from an export is the API it was written from, in each format and notation, for every definition of the
//! cases here and of the end-to-end cases. Source: inferred (an export is there to be imported).

#![expect(clippy::unwrap_used, reason = "a test that cannot read its cases has failed")]

mod dump;

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use vestibule_import::{
    BasePath, Definitions, ExportOptions, Extensions, Format, NoFiles, Notation, Options, Source,
    export, read,
};
use vestibule_restapi::{AccountId, Region, RestApi, Severity, StageName};

fn options() -> Options {
    Options {
        account: AccountId::parse("000000000000").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        base_path: BasePath::Ignore,
        parameters: vec![],
    }
}

fn asked(format: Format, notation: Notation) -> ExportOptions {
    ExportOptions {
        format,
        notation,
        extensions: Extensions::Apigateway,
        region: Region::parse("us-east-1").unwrap(),
        stage: StageName::parse("prod").unwrap(),
    }
}

/// The content of an API without places. `name` is the file it was read from.
fn content(api: &RestApi, name: &str) -> String {
    let definitions = Definitions { apis: vec![api.clone()], ..Definitions::default() };
    let text = dump::definitions(&definitions);
    let place = format!(" at {name}:");
    let mut parts = text.split(&place);
    let mut content = parts.next().unwrap().to_owned();
    for part in parts {
        content.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':'));
    }
    content
}

/// The API of an export and its text.
fn reread(api: &RestApi, format: Format, notation: Notation) -> (String, String) {
    let name = match notation {
        Notation::Json => "export.json",
        Notation::Yaml => "export.yaml",
    };
    let text = export(api, &asked(format, notation)).text;
    let imported = read(&[Source::new(name, text.as_str())], &options(), &NoFiles);
    let findings = imported.diagnostics.iter().filter(|f| f.severity == Severity::Error);
    let findings: Vec<String> = findings.map(ToString::to_string).collect();
    assert_eq!(findings, Vec::<String>::new(), "{text}");
    (content(imported.definitions.apis.first().unwrap(), name), text)
}

fn files(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, paths);
        } else if path.extension().is_some_and(|e| ["md", "yaml", "json"].iter().any(|x| e == *x)) {
            paths.push(path);
        }
    }
}

/// Definitions by name: whole files, and those in the pages of cases.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![];
    for folder in ["tests/cases/openapi", "../../tests/cases", "../../examples"] {
        files(&root.join(folder), &mut paths);
    }
    paths.sort();
    let mut sources = vec![];
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_some_and(|extension| extension == "md") {
            for block in text.split("\n```").filter(|block| !block.starts_with('\n')) {
                let Some((info, text)) = block.split_once('\n') else { continue };
                if let Some((_, file)) = info.split_once(' ') {
                    sources.push((file.to_owned(), text.to_owned()));
                }
            }
        } else {
            sources.push((name, text));
        }
    }
    sources
}

#[test]
fn an_export_is_read_as_the_api_it_was_written_from() {
    let mut count = 0;
    for (name, text) in sources() {
        let imported = read(&[Source::new(name.as_str(), text.as_str())], &options(), &NoFiles);
        if imported.has_errors() {
            continue;
        }
        for api in &imported.definitions.apis {
            for format in [Format::Oas30, Format::Swagger] {
                let exported = export(api, &asked(format, Notation::Json));
                if !exported.diagnostics.is_empty() {
                    continue;
                }
                for notation in [Notation::Json, Notation::Yaml] {
                    let (again, written) = reread(api, format, notation);
                    assert_eq!(again, content(api, &name), "{text}\n{written}");
                    count += 1;
                }
            }
        }
    }
    assert!(count > 400, "{count} round trips");
}

/// The definition of the case `export/all_settings.md`.
fn all_settings() -> String {
    let page = include_str!("cases/export/all_settings.md");
    let block = page.split("```yaml api.yaml\n").nth(1).unwrap();
    block.split("```").next().unwrap().to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Definitions with bytes cut out, doubled or replaced, as far as they are still read.
    #[test]
    fn exports_of_damaged_definitions_are_read_as_the_same(
        damages in prop::collection::vec(
            (any::<prop::sample::Index>(), 0usize..6, "[-{}:'\"|>&*!#,$~a1/.+\u{85}\u{feff}\u{2028}é\n\t ]{0,3}"), 1..3),
    ) {
        let mut text: Vec<char> = all_settings().chars().collect();
        for (index, length, replacement) in &damages {
            let start = index.index(text.len());
            let end = (start + length).min(text.len());
            text.splice(start..end, replacement.chars());
        }
        let text: String = text.into_iter().collect();
        let imported = read(&[Source::new("api.yaml", text)], &options(), &NoFiles);
        let apis = imported.definitions.apis.iter().filter(|_| !imported.has_errors());
        for api in apis {
            for format in [Format::Oas30, Format::Swagger] {
                let is_whole = export(api, &asked(format, Notation::Json)).diagnostics.is_empty();
                for notation in [Notation::Json, Notation::Yaml] {
                    let (again, written) = reread(api, format, notation);
                    prop_assert!(!is_whole || again == content(api, "api.yaml"), "{again}\n{written}");
                }
            }
        }
    }
}
