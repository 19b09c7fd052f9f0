//! Text in, tree out: tells JSON from YAML and holds the limit on bytes.

use super::build::{Builder, Fatal};
use super::ground::Ground;
use super::node::Tree;
use super::{json, yaml};
use crate::findings::Findings;
use crate::limits::DOCUMENT_BYTES_MAX;
use vestibule_restapi::{Code, Diagnostic};

/// Parses a document, or a text that is one; none when it holds nothing. What is wrong with its syntax, or past a limit, is
/// the error; keys that stand twice are among the findings. A file named `.json`, and any text that is JSON, is read as JSON;
/// all else is YAML.
pub(crate) fn parse(ground: &Ground, findings: &mut Findings) -> Result<Option<Tree>, Fatal> {
    let text = ground.text();
    if text.len() > DOCUMENT_BYTES_MAX {
        let message = format!(
            "the file has {} bytes, a definition may have {DOCUMENT_BYTES_MAX}",
            text.len()
        );
        let finding = Diagnostic::error(Code::LimitExceeded, message);
        return Err(Box::new(finding.at(ground.place(0..0, ""))));
    }
    let name = ground.file_name().to_ascii_lowercase();
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if name.ends_with(".json") {
        return build(ground, findings, json::build);
    }
    if !start.starts_with(['{', '[']) {
        return build(ground, findings, yaml::build);
    }
    let mut found = Findings::default();
    let not_json = match build(ground, &mut found, json::build) {
        Ok(tree) => {
            findings.append(found);
            return Ok(tree);
        }
        Err(finding) => finding,
    };
    let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    match build(ground, findings, yaml::build) {
        Err(_) if !is_yaml => Err(not_json),
        result => result,
    }
}

type Build = fn(&str, &mut Builder<'_>) -> Result<(), Fatal>;

fn build(ground: &Ground, findings: &mut Findings, build: Build) -> Result<Option<Tree>, Fatal> {
    let mut builder = Builder::new(ground, findings);
    build(ground.text(), &mut builder)?;
    Ok(builder.finish())
}
