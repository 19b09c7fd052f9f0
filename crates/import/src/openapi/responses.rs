//! `responses` of an operation: the statuses a method declares, with their headers and models.

use super::api::Document;
use super::bodies;
use super::dialect::Section;
use super::members::Members;
use crate::reader::Reader;
use crate::tree::{Entry, Node};
use vestibule_restapi::{Code, Diagnostic, MethodResponse};

const OPENAPI: Members = Members {
    what: "a response",
    known: &["description", "headers", "content", "$ref"],
    ignored: &[
        ("application/json", "OpenAPI 3 keeps media types under `content`"),
        ("schema", "OpenAPI 3 says it with `content`"),
        ("examples", "OpenAPI 3 says it with `content`"),
        ("responseSchema", "OpenAPI 3 says it with `content`"),
        ("links", "API Gateway has no links"),
    ],
};

const SWAGGER: Members = Members {
    what: "a response",
    known: &["description", "headers", "schema", "examples", "$ref"],
    ignored: &[
        ("application/json", "Swagger 2.0 says it with `schema` and `produces`"),
        ("content", "Swagger 2.0 says it with `schema` and `produces`"),
        ("responseSchema", "Swagger 2.0 says it with `schema`"),
    ],
};

/// Reads the declared statuses. `default` describes all others and declares nothing to API Gateway.
pub(super) fn read<'t>(
    operation: Node<'t>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Vec<MethodResponse> {
    let node = operation.get("responses").filter(|node| !node.is_null());
    let Some(node) = node else { return vec![] };
    let mut responses = vec![];
    for entry in reader.object(node) {
        let name = entry.name();
        if name.starts_with("x-") || name == "default" {
            if let Some(headers) = entry.value.entry("headers") {
                reader.without_effect(&headers, "API Gateway ignores the response `default`");
            }
            continue;
        }
        if !is_status(name) {
            let message = format!("the response `{name}` has no effect");
            let finding = Diagnostic::warning(Code::Ignored, message).at(entry.key.place());
            reader.error(finding.note("API Gateway takes statuses of three digits"));
            continue;
        }
        responses.push(response(entry, operation, document, reader));
    }
    responses
}

fn response<'t>(
    entry: Entry<'t>,
    operation: Node<'t>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> MethodResponse {
    let status_code = entry.name().to_owned();
    let none = MethodResponse { status_code, headers: vec![], response_models: vec![] };
    if entry.value.is_null() {
        return none;
    }
    let Some(node) = document.components.resolve(entry.value, Section::Responses, reader) else {
        return none;
    };
    let is_swagger = document.dialect().is_swagger();
    if let Some(reference) = entry.value.entry("$ref").filter(|_| is_swagger) {
        let message = "API Gateway does not support references to the `responses` of the root";
        let finding = Diagnostic::warning(Code::Ignored, message).at(reference.value.place());
        reader.error(finding.note("it is followed here").help("write the response here"));
    }
    reader.members(node, if is_swagger { &SWAGGER } else { &OPENAPI });
    let headers = node.get("headers").filter(|headers| !headers.is_null());
    let headers = headers.map_or_else(Vec::new, |headers| reader.object(headers));
    let response_models = if is_swagger {
        bodies::of_schema(node, "produces", operation, document, reader)
    } else {
        bodies::of_content(node.get("content"), document, reader)
    };
    MethodResponse {
        headers: headers.iter().map(|header| header.name().to_owned()).collect(),
        response_models,
        ..none
    }
}

/// Three digits, the first from 1 to 5.
pub(super) fn is_status(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'])
}
