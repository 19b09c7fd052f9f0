//! `responses` of an operation: the statuses a method declares, with their headers and models.

use super::api::Document;
use super::members::Members;
use super::requests::content_models;
use crate::reader::Reader;
use crate::tree::{Entry, Node};
use vestibule_restapi::{Code, Diagnostic, MethodResponse};

const RESPONSE: Members = Members {
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

/// Reads the declared statuses. `default` describes all others and declares nothing to API Gateway.
pub(super) fn read<'t>(
    node: Option<Node<'t>>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Vec<MethodResponse> {
    let Some(node) = node.filter(|node| !node.is_null()) else { return vec![] };
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
        responses.push(response(entry, document, reader));
    }
    responses
}

fn response<'t>(
    entry: Entry<'t>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> MethodResponse {
    let status_code = entry.name().to_owned();
    let none = MethodResponse { status_code, headers: vec![], response_models: vec![] };
    if entry.value.is_null() {
        return none;
    }
    let Some(node) = document.components.resolve(entry.value, "responses", reader) else {
        return none;
    };
    reader.members(node, &RESPONSE);
    let headers = node.get("headers").filter(|headers| !headers.is_null());
    let headers = headers.map_or_else(Vec::new, |headers| reader.object(headers));
    let content = node.get("content").filter(|content| !content.is_null());
    MethodResponse {
        headers: headers.iter().map(|header| header.name().to_owned()).collect(),
        response_models: content
            .map_or_else(Vec::new, |content| content_models(content, document, reader)),
        ..none
    }
}

/// Three digits, the first from 1 to 5.
pub(super) fn is_status(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'])
}
