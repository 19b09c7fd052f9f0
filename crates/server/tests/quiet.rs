//! A false alarm is the worst that `vestibule check` can do: it has nothing to say about the examples, about the templates of
//! the reference, and, but for what is listed, about the definitions that the other tests serve.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is found in the cases of the end-to-end tests, and right: they try what nobody should write.
const DELIBERATE: &[(&str, &[&str])] = &[
    // A member of `$context` that does not exist, and one that only gateway responses have.
    ("context/0008_objects_print_nothing", &["GW313", "GW313"]),
    // Templates over bytes.
    ("binary/0002_template_over_bytes", &["GW322"]),
    ("binary/0003_base64_text_as_bytes", &["GW322"]),
    ("binary/0004_preflight_with_every_type_binary", &["GW322", "GW322"]),
    ("binary/0007_response_template_over_bytes", &["GW322"]),
    // Members of gateway responses and access logs, in a template and in mappings.
    ("context/0010_without_a_value", &["GW313"; 13]),
    ("context/0013_mapped_to_headers", &["GW313"; 3]),
    // Velocity in a gateway response.
    ("gateway_responses/0006_template_is_substitution", &["GW320"]),
    // Patterns that are half a status.
    ("dynamodb/0004_pattern_matches_the_whole_status", &["GW317"]),
    ("mock/0003_pattern_matches_the_whole_code", &["GW317", "GW317"]),
    // Patterns of numbers that are no status.
    ("mock/0021_any_integer", &["GW317"; 3]),
    // Query parameters and a member of the body inside quotes, unescaped.
    ("dynamodb/0009_parameter_with_a_space", &["GW310", "GW310"]),
    ("dynamodb/0011_canonical_error", &["GW310"]),
    ("tables/0002_indexes_answer", &["GW310", "GW310"]),
    // `$input.path('$.x').matches(...)`, which is true without an `x`.
    ("templates/0012_pattern_that_explodes", &["GW308"]),
    // A list's `count()` and its element at -1.
    ("templates/0018_lists", &["GW313", "GW316"]),
    // `$method`, which templates do not have.
    ("headers/0013_header_names_in_templates", &["GW312"]),
    // What public definitions have: unescaped members of the body, names with hyphens, an error type that may be missing.
    ("corpus/0014_what_importers_forgive", &["GW310"]),
    ("corpus/0024_templates_that_change_the_body", &["GW314", "GW310", "GW310"]),
    ("corpus/0028_lists_and_subscripts", &["GW312", "GW308"]),
    ("corpus/0029_short_links", &["GW308"]),
    ("corpus/0032_batches_and_transactions", &["GW310", "GW310", "GW310", "GW310", "GW310"]),
    ("corpus/0033_tables_and_indexes", &["GW310"]),
    ("corpus/0034_other_media_types", &["GW310"]),
];

#[test]
fn the_examples_have_no_findings() {
    let repository = repository();
    let mut examples = 0;
    for folder in folders(&repository.join("examples")) {
        let definitions = ["openapi.yaml", "tables.yaml"].map(|name| folder.join(name));
        let definitions: Vec<&Path> =
            definitions.iter().filter(|path| path.exists()).map(PathBuf::as_path).collect();
        assert_eq!(found(&definitions), Vec::<String>::new(), "{}", folder.display());
        examples += 1;
    }
    assert!(examples > 0, "no example");
}

#[test]
fn the_templates_of_the_reference_have_no_findings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/definitions");
    assert_eq!(found(&[&folder.join("reference-templates.yaml")]), Vec::<String>::new());
}

#[test]
fn definitions_that_are_served_have_the_findings_that_are_listed() {
    let cases = repository().join("tests/cases");
    let mut checked = 0;
    for area in folders(&cases).iter().filter(|area| !area.ends_with("refused")) {
        for case in folders(area) {
            let definition = case.join("api.yaml");
            if !definition.exists() {
                continue;
            }
            let name = case.strip_prefix(&cases).unwrap().display().to_string();
            let listed = DELIBERATE.iter().find(|(listed, _)| *listed == name);
            let listed = listed.map_or(&[][..], |(_, codes)| codes);
            let mut lints = found(&[&definition]);
            lints.retain(|code| ("GW308".."GW323").contains(&code.as_str()));
            assert_eq!(lints, listed, "{name}");
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} definitions");
}

/// The codes of the errors and warnings about these definitions.
fn found(definitions: &[&Path]) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_vestibule"))
        .args(["check", "--output", "json"])
        .args(definitions)
        .env_clear()
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).expect("a JSON document");
    let findings = document.get("findings").and_then(Value::as_array).expect("findings");
    findings.iter().filter_map(|finding| Some(finding.get("code")?.as_str()?.to_owned())).collect()
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
