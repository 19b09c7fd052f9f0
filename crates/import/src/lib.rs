//! Readers of definitions: text in, what it defines and what is wrong with it out. All findings in one run, each with its place.
//!
//! Knows no files, no network and no clock. Whether what was read can be served is the gateway's to say.
//!
//! ```
//! use vestibule_import::{BasePath, NoFiles, Options, Source, read};
//! use vestibule_restapi::{AccountId, Region};
//!
//! let text = r#"
//! openapi: 3.0.1
//! info: {title: hello, version: "1"}
//! paths:
//!   /hello:
//!     get:
//!       responses: {"200": {description: ok}}
//!       x-amazon-apigateway-integration:
//!         type: mock
//!         requestTemplates: {application/json: '{"statusCode": 200}'}
//!         responses: {default: {statusCode: 200}}
//! "#;
//! let options = Options {
//!     account: AccountId::parse("000000000000")?,
//!     region: Region::parse("us-east-1")?,
//!     base_path: BasePath::Ignore,
//!     parameters: vec![],
//! };
//! let imported = read(&[Source::new("hello.yaml", text)], &options, &NoFiles);
//! assert!(imported.diagnostics.is_empty());
//! let api = imported.definitions.apis.first().map(|api| api.name.to_string());
//! assert_eq!(api.as_deref(), Some("hello"));
//! # Ok::<(), vestibule_restapi::InvalidId>(())
//! ```

mod arn;
mod assembled;
mod cloudformation;
mod definitions;
mod detect;
mod export;
mod findings;
mod included;
mod intrinsic;
mod limits;
mod openapi;
mod reader;
mod source;
mod terraform;
mod tree;
mod twins;
mod variables;
mod wording;

pub use definitions::{BasePath, Definitions, Imported, Options, Table};
pub use export::{ExportOptions, Exported, Extensions, Format, Notation, export};
pub use included::{Files, NoFiles};
pub use source::Source;

use detect::DocumentKind;
use findings::Findings;
use reader::Reader;
use std::collections::HashSet;
use tree::{Ground, Tree};
use vestibule_restapi::Place;
use wording::Wording;

/// Reads definition files together: OpenAPI documents, CloudFormation templates and Terraform plans become APIs and tables.
/// The kind of each file is told by its content; files that they name are found by `files`. Never stops at the first finding;
/// findings come sorted by file and place. A definition with a finding of severity error is incomplete and must not be served.
pub fn read(sources: &[Source], options: &Options, files: &dyn Files) -> Imported {
    let mut findings = Findings::default();
    let mut definitions = Definitions::default();
    let mut reader = Reader {
        findings: &mut findings,
        options,
        files,
        files_read: 0,
        wording: Wording::default(),
        parameters_used: HashSet::new(),
        secrets: vec![],
    };
    let mut stacks = vec![];
    for source in sources {
        let Some(tree) = parse(source, &mut reader) else { continue };
        match detect::kind(tree.root(), reader.findings) {
            Some(DocumentKind::OpenApi) => {
                let import = openapi::Import { base_path: options.base_path, ..Default::default() };
                definitions.apis.extend(openapi::read(tree.root(), import, &mut reader));
            }
            Some(DocumentKind::CloudFormation) => {
                stacks.push(cloudformation::Stack { tree, name: None });
            }
            Some(DocumentKind::CloudAssembly) => {
                stacks.extend(cloudformation::stacks(tree.root(), &mut reader));
            }
            Some(DocumentKind::Terraform) => terraform::read(&tree, &mut definitions, &mut reader),
            None => {}
        }
    }
    cloudformation::read(&stacks, &mut definitions, &mut reader);
    let mut secrets = std::mem::take(&mut reader.secrets);
    let values = definitions.api_keys.iter().filter_map(|key| key.value.as_ref());
    secrets.extend(values.map(|value| value.0.to_string()));
    twins::refuse(&definitions, &mut findings);
    let mut diagnostics = findings.into_sorted();
    diagnostics.iter_mut().for_each(|finding| finding.conceal(&secrets));
    let resources = definitions.apis.iter_mut().flat_map(|api| &mut api.resources);
    let refusals = resources.flat_map(|resource| &mut resource.methods);
    refusals.filter_map(|m| m.refusal.as_mut()).for_each(|refusal| refusal.conceal(&secrets));
    Imported { definitions, diagnostics, secrets }
}

/// The tree of a file; none, with a finding, when it has none.
fn parse(source: &Source, reader: &mut Reader<'_>) -> Option<Tree> {
    let document = source.document();
    let tree = match tree::parse(&Ground::File(document.clone()), reader.findings) {
        Ok(tree) => tree.filter(|tree| !tree.root().is_null()),
        Err(finding) => {
            reader.error(*finding);
            return None;
        }
    };
    if tree.is_none() {
        reader.error(detect::empty(Place::new(document, 0..0, "")));
    }
    tree
}
