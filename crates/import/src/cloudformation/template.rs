//! The template as a whole: which resources are read, which are refused by name, and which are passed over.

use super::table;
use crate::definitions::Table;
use crate::intrinsic;
use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node};
use std::collections::BTreeMap;
use vestibule_restapi::{Code, Diagnostic, Sourced};

/// The sections of a template. AWS docs: template-anatomy.
const SECTIONS: [&str; 12] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

/// The one type that is read.
const TABLE: &str = "AWS::DynamoDB::Table";

/// Reads the tables of a template.
pub(crate) fn read(root: Node<'_>, reader: &mut Reader<'_>) -> Vec<Table> {
    for entry in root.entries().filter(|entry| !SECTIONS.contains(&entry.name())) {
        if entry.name().starts_with("Fn::") {
            intrinsic::refuse(root, reader.findings);
            return vec![];
        }
        let message = format!("unknown section `{}` of a template", entry.name());
        let finding = Diagnostic::error(Code::UnknownMember, message).at(entry.key.place());
        reader.error(match reader.nearest(entry.name(), SECTIONS) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding,
        });
    }
    let Some(resources) = root.get("Resources") else {
        reader.missing(root, "a CloudFormation template", "Resources");
        return vec![];
    };
    let mut tables = vec![];
    let mut others: BTreeMap<String, (usize, Sourced)> = BTreeMap::new();
    for entry in reader.object(resources) {
        if entry.name().starts_with("Fn::") {
            let message = format!("`{}` is not evaluated yet", entry.name());
            reader.error(Diagnostic::error(Code::Intrinsic, message).at(entry.key.place()));
            continue;
        }
        let Some(kind) = resource_type(entry, reader) else { continue };
        if &*kind == TABLE {
            tables.extend(table::read(entry, reader));
        } else {
            others.entry(kind.to_string()).or_insert((0, kind)).0 += 1;
        }
    }
    report(resources, others, reader);
    tables
}

fn resource_type(entry: Entry<'_>, reader: &mut Reader<'_>) -> Option<Sourced> {
    reader.object(entry.value);
    if entry.value.kind() != Kind::Object {
        return None;
    }
    match entry.value.get("Type") {
        Some(kind) => reader.text(kind),
        None => {
            reader.missing(entry.value, &format!("the resource `{}`", entry.name()), "Type");
            None
        }
    }
}

/// What is not read: APIs and tables are refused, as nobody should miss them; the rest is summed up in one line.
fn report(
    resources: Node<'_>,
    others: BTreeMap<String, (usize, Sourced)>,
    reader: &mut Reader<'_>,
) {
    let mut passed_over = vec![];
    for (kind, (count, first)) in others {
        let many = if count == 1 { String::new() } else { format!("{count} x ") };
        if is_served(&kind) {
            let message = format!("{many}`{kind}` is not supported yet");
            let finding = Diagnostic::error(Code::UnsupportedDocument, message).at(first.whole());
            reader.error(finding.help(remedy(&kind)));
        } else if let Some(meant) = reader.nearest(&kind, [TABLE]) {
            let finding =
                Diagnostic::error(Code::InvalidResource, format!("unknown type `{kind}`"));
            reader.error(finding.at(first.whole()).help(format!("did you mean `{meant}`?")));
        } else {
            passed_over.push(format!("{many}`{kind}`"));
        }
    }
    if !passed_over.is_empty() {
        let message = format!("resources passed over: {}", passed_over.join(", "));
        let finding = Diagnostic::warning(Code::SkippedResources, message).at(resources.place());
        reader.error(finding.note("nothing here stands for them"));
    }
}

/// Types that define what would be served or stored.
fn is_served(kind: &str) -> bool {
    ["AWS::ApiGateway::", "AWS::ApiGatewayV2::", "AWS::Serverless::"]
        .iter()
        .any(|family| kind.starts_with(family))
        || kind == "AWS::DynamoDB::GlobalTable"
}

fn remedy(kind: &str) -> &'static str {
    match kind {
        "AWS::DynamoDB::GlobalTable" | "AWS::Serverless::SimpleTable" => {
            "write it as `AWS::DynamoDB::Table`"
        }
        _ => "give the API as an OpenAPI 3.0 file; `aws apigateway get-export` writes one",
    }
}
