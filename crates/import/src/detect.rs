//! What kind of definition a document is, told by its content.

use crate::findings::Findings;
use crate::tree::{Kind, Node};
use vestibule_restapi::{Code, Diagnostic, Place, closest};

/// The kinds of documents that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DocumentKind {
    /// OpenAPI 3 or Swagger 2.0.
    OpenApi,
    /// A CloudFormation template.
    CloudFormation,
    /// The manifest of what the AWS CDK has synthesized.
    CloudAssembly,
    /// What `terraform show -json` prints of a plan or a state.
    Terraform,
}

const EXPECTED: &str = "expected an OpenAPI document (`openapi: 3.0.1`, `swagger: \"2.0\"`), a CloudFormation template (`Resources:`) or the JSON of a Terraform plan";

const SHOW: &str = "give what `terraform show -json` prints of the saved plan or of the state";

/// Members that tell a kind of document which is known, but not read yet.
const NOT_YET: [(&[&str], &str, &str); 5] = [
    (&["asyncapi"], "AsyncAPI", EXPECTED),
    (&["@level", "@message"], "the log of `terraform plan -json`", SHOW),
    (&["lineage", "serial"], "a state file of Terraform", SHOW),
    (
        &["service", "provider"],
        "a configuration of the Serverless Framework",
        "give the template it packages, under `.serverless`",
    ),
    (&["info", "item"], "a Postman collection", EXPECTED),
];

/// The kind of a document; none, with a finding, when it is not one that is read.
pub(crate) fn kind(root: Node<'_>, findings: &mut Findings) -> Option<DocumentKind> {
    let has = |name: &str| root.get(name).is_some();
    if has("openapi") || has("swagger") {
        return Some(DocumentKind::OpenApi);
    }
    if has("AWSTemplateFormatVersion")
        || root.get("Resources").is_some_and(|r| r.kind() == Kind::Object)
    {
        return Some(DocumentKind::CloudFormation);
    }
    if has("version") && has("artifacts") {
        return Some(DocumentKind::CloudAssembly);
    }
    if has("format_version")
        && ["terraform_version", "planned_values", "values"].iter().any(|n| has(n))
    {
        return Some(DocumentKind::Terraform);
    }
    if let Some((names, what, help)) =
        NOT_YET.iter().find(|(names, ..)| names.iter().all(|n| has(n)))
    {
        let place = names.first().and_then(|name| root.entry(name));
        let place = place.map_or_else(|| root.token(), |entry| entry.key.place());
        let finding =
            Diagnostic::error(Code::UnsupportedDocument, format!("{what} is not supported yet"));
        findings.push(finding.at(place).help(*help));
        return None;
    }
    findings.push(unknown(root));
    None
}

/// An empty document.
pub(crate) fn empty(place: Place) -> Diagnostic {
    Diagnostic::error(Code::UnknownKind, "the file is empty").at(place).help(EXPECTED)
}

fn unknown(root: Node<'_>) -> Diagnostic {
    let message = match root.kind() {
        Kind::Object => "no definition that is known".to_owned(),
        Kind::Array | Kind::Scalar => format!("no definition, but {}", root.describe()),
    };
    let finding = Diagnostic::error(Code::UnknownKind, message);
    let misspelt = root.entries().find_map(|entry| {
        let words = ["openapi", "swagger", "AWSTemplateFormatVersion", "Resources"];
        closest(entry.name(), words).map(|meant| (entry, meant))
    });
    if let Some((entry, meant)) = misspelt {
        return finding.at(entry.key.place()).help(format!("did you mean `{meant}`?"));
    }
    let finding = finding.at(root.token());
    if is_seed(root) {
        return finding.help("these are items of a table: load them with `--seed FILE`");
    }
    if root.get("TableName").is_some() && root.get("KeySchema").is_some() {
        let help = "this is a CreateTable request: write it as an `AWS::DynamoDB::Table` of a CloudFormation template";
        return finding.help(help);
    }
    if root.get("paths").is_some() {
        return finding.help("add `openapi: 3.0.1` as its first line");
    }
    finding.help(EXPECTED)
}

/// Whether a document has the form of a BatchWriteItem request, with or without `RequestItems`.
fn is_seed(root: Node<'_>) -> bool {
    let tables = root.get("RequestItems").unwrap_or(root);
    let mut requests = tables.entries().flat_map(|table| table.value.items());
    requests.next().is_some_and(|first| {
        ["PutRequest", "DeleteRequest"].iter().any(|name| first.get(name).is_some())
    })
}
