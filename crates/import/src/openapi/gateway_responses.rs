//! `x-amazon-apigateway-gateway-responses`: the gateway's own answers, customised.

use super::members::Members;
use super::responses::is_status;
use crate::reader::Reader;
use crate::tree::{Entry, Node};
use vestibule_restapi::{Code, Diagnostic, GatewayResponse, GatewayResponseType};

const GATEWAY_RESPONSE: Members = Members {
    what: "a gateway response",
    known: &["statusCode", "responseParameters", "responseTemplates"],
    ignored: &[("responseType", "the key of the response is its type")],
};

/// Reads the customised gateway responses.
pub(super) fn read(root: Node<'_>, reader: &mut Reader<'_>) -> Vec<GatewayResponse> {
    let node = root.get("x-amazon-apigateway-gateway-responses");
    let Some(node) = node.filter(|node| !node.is_null()) else { return vec![] };
    let entries = reader.object(node);
    entries.into_iter().filter_map(|entry| response(entry, reader)).collect()
}

fn response(entry: Entry<'_>, reader: &mut Reader<'_>) -> Option<GatewayResponse> {
    let name = entry.name();
    let kind = GatewayResponseType::parse(name);
    if kind.is_none() {
        let message = format!("`{name}` is no type of gateway response");
        let finding = Diagnostic::error(Code::InvalidValue, message).at(entry.key.place());
        let types = GatewayResponseType::ALL.iter().map(|kind| kind.as_str());
        reader.error(match reader.nearest(name, types) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding,
        });
    }
    if entry.value.is_null() {
        return None;
    }
    reader.members(entry.value, &GATEWAY_RESPONSE);
    let status = entry.value.get("statusCode").filter(|status| !status.is_null());
    Some(GatewayResponse {
        status_code: status.and_then(|status| status_code(status, reader)),
        response_parameters: reader.mappings(entry.value.get("responseParameters"), None),
        response_templates: reader.templates(entry.value.get("responseTemplates")),
        place: entry.value.place(),
        kind: kind?,
    })
}

fn status_code(node: Node<'_>, reader: &mut Reader<'_>) -> Option<u16> {
    let text = reader.text(node)?;
    let status = text.parse().ok().filter(|_| is_status(&text));
    if status.is_none() {
        let subject = node.subject().unwrap_or_default();
        let message = format!("{subject} cannot be `{}`", &*text);
        let finding = Diagnostic::error(Code::InvalidValue, message).at(node.place());
        reader.error(finding.help("it has three digits, the first from 1 to 5"));
    }
    status
}
