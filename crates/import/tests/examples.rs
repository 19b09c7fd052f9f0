//! The definitions of the examples read without findings.
//! Source: inferred (an example with a finding teaches the wrong thing).

use std::path::Path;
use vestibule_import::{BasePath, NoFiles, Options, Source, read};
use vestibule_restapi::{AccountId, Region};

#[test]
fn the_items_example_reads_without_findings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/items");
    let source =
        |name: &str| Source::from_bytes(name, std::fs::read(folder.join(name)).unwrap()).unwrap();
    let options = Options {
        account: AccountId::parse("000000000000").unwrap(),
        region: Region::parse("us-east-1").unwrap(),
        base_path: BasePath::Ignore,
        parameters: vec![],
    };
    let imported = read(&[source("openapi.yaml"), source("tables.yaml")], &options, &NoFiles);
    let findings: Vec<String> = imported.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(findings, Vec::<String>::new());
    assert_eq!(imported.definitions.apis.len(), 1);
    assert_eq!(imported.definitions.tables.len(), 1);
}

#[test]
fn bytes_that_are_not_utf8_are_a_finding_with_their_offset() {
    let error =
        Source::from_bytes("latin1.yaml", b"openapi: 3.0.1\ninfo: {title: caf\xe9}\n".to_vec());
    let expected = "\
error[GW101]: byte 0xe9 at offset 32 is not UTF-8
 --> latin1.yaml:2:18
  |
2 | info: {title: caf\u{fffd}}
  |                  ^
  = help: save the file as UTF-8";
    assert_eq!(error.unwrap_err().to_string(), expected);
}
