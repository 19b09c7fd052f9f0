//! `responses` of an integration: each key is a selection pattern, `default` is the response without one.

use super::integration::content_handling;
use super::members::Members;
use super::method::Site;
use super::responses::is_status;
use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node};
use vestibule_restapi::{Code, Diagnostic, IntegrationResponse};

const RESPONSE: Members = Members {
    what: "an integration response",
    known: &["statusCode", "responseParameters", "responseTemplates", "contentHandling"],
    ignored: &[
        ("application/json", "templates stand under `responseTemplates`"),
        ("selectionPattern", "the key of the response is its pattern"),
    ],
};

/// Reads the responses in their order.
pub(super) fn read(
    node: Option<Node<'_>>,
    site: &Site<'_, '_>,
    reader: &mut Reader<'_>,
) -> Vec<IntegrationResponse> {
    let Some(node) = node.filter(|node| !node.is_null()) else { return vec![] };
    let mut responses: Vec<IntegrationResponse> = vec![];
    for entry in reader.object(node) {
        let Some(response) = response(entry, site, reader) else { continue };
        let is_default = response.selection_pattern.is_none();
        if is_default && responses.iter().any(|other| other.selection_pattern.is_none()) {
            let message = "a second default response";
            let finding = Diagnostic::error(Code::Duplicate, message).at(entry.key.token());
            reader.error(finding.help("keep one of `default` and the empty pattern"));
            continue;
        }
        responses.push(response);
    }
    responses
}

fn response(
    entry: Entry<'_>,
    site: &Site<'_, '_>,
    reader: &mut Reader<'_>,
) -> Option<IntegrationResponse> {
    reader.members(entry.value, &RESPONSE);
    let response_parameters = reader
        .mappings(entry.value.get("responseParameters"), Some((site.path, site.verb.as_str())));
    let response_templates = reader.templates(entry.value.get("responseTemplates"));
    let content_handling = content_handling(entry.value, reader);
    let Some(status) = entry.value.get("statusCode") else {
        if entry.value.kind() == Kind::Object && crate::intrinsic::of(entry.value).is_none() {
            reader.missing(entry.value, "an integration response", "statusCode");
        }
        return None;
    };
    let status_code = reader.text(status)?;
    if !is_status(&status_code) {
        let subject = status.subject().unwrap_or_default();
        let message = format!("{subject} cannot be `{}`", &*status_code);
        let finding = Diagnostic::error(Code::InvalidValue, message).at(status.place());
        reader.error(finding.help("it has three digits, the first from 1 to 5"));
        return None;
    }
    let is_default = matches!(entry.name(), "default" | "");
    Some(IntegrationResponse {
        selection_pattern: entry.key.sourced().filter(|_| !is_default),
        status_code,
        response_parameters,
        response_templates,
        content_handling,
        place: entry.value.place(),
    })
}
