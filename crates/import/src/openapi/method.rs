//! An operation as a method: what it takes, who may call it, what answers it.

use super::api::Document;
use super::members::Members;
use super::requests::Declared;
use super::{integration, requests, responses, security};
use crate::reader::Reader;
use crate::tree::Node;
use vestibule_restapi::{
    Code, Diagnostic, HttpMethod, Method, MethodResponse, ParameterLocation, RequestParameter,
    Sourced,
};

const OPERATION: Members = Members {
    what: "an operation",
    known: &[
        "tags",
        "summary",
        "description",
        "externalDocs",
        "operationId",
        "parameters",
        "requestBody",
        "responses",
        "deprecated",
        "security",
        "servers",
        "x-amazon-apigateway-auth",
        "x-amazon-apigateway-integration",
        "x-amazon-apigateway-request-validator",
    ],
    ignored: &[
        ("callbacks", "API Gateway has no callbacks"),
        ("consumes", "OpenAPI 3 says it with `requestBody.content`"),
        ("produces", "OpenAPI 3 says it with `responses.{status}.content`"),
        ("schemes", "API Gateway answers over HTTPS"),
        ("isDefaultRoute", "API Gateway reads it for HTTP APIs only"),
    ],
};

/// Where a method stands.
pub(super) struct Site<'s, 't> {
    pub(super) verb: HttpMethod,
    /// The resource's path.
    pub(super) path: &'s str,
    /// The key of the operation.
    pub(super) key: Node<'t>,
    /// Parameters of the path item.
    pub(super) shared: &'s [Declared],
}

/// Reads an operation.
pub(super) fn read<'t>(
    operation: Node<'t>,
    site: &Site<'_, 't>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Method {
    reader.members(operation, &OPERATION);
    let declared = requests::declared(operation.get("parameters"), document, reader);
    let request_parameters = requests::merge(site, declared, reader);
    let request_models = requests::models(operation.get("requestBody"), document, reader);
    let responses = responses::read(operation.get("responses"), document, reader);
    let (authorization, api_key_required) = security::of(operation, site.key, document, reader);
    let validator = operation.get("x-amazon-apigateway-request-validator");
    let request_validator = document.validators.of(validator, reader);
    let integration = match operation.get("x-amazon-apigateway-integration") {
        Some(node) => integration::read(node, site, reader),
        None => {
            let message = format!("`{} {}` has no integration", site.verb, site.path);
            let finding = Diagnostic::error(Code::Missing, message).at(site.key.place());
            let help = "add `x-amazon-apigateway-integration`, which says what answers it";
            reader.error(finding.note("AWS: No integration defined for method").help(help));
            None
        }
    };
    let operation_id = operation.get("operationId").filter(|node| !node.is_null());
    let method = Method {
        http_method: site.verb,
        operation_name: operation_id.and_then(|id| reader.text(id)).map(|id| id.to_string()),
        authorization,
        api_key_required,
        request_parameters,
        request_models,
        request_validator,
        responses,
        integration,
        place: site.key.place(),
    };
    check_declarations(&method, reader);
    method
}

/// What an integration maps must be declared by the method, or AWS refuses the import.
fn check_declarations(method: &Method, reader: &mut Reader<'_>) {
    let Some(integration) = &method.integration else { return };
    for mapping in &integration.request_parameters {
        if !is_declared(&method.request_parameters, &mapping.source) {
            undeclared(&mapping.source, "the method's `parameters`", reader);
        }
    }
    for response in &integration.responses {
        let status = &response.status_code;
        let declared = method.responses.iter().find(|r| r.status_code == **status);
        let Some(declared) = declared else {
            let message = format!("the status {} is not among the method's `responses`", &**status);
            let finding = Diagnostic::error(Code::UnknownReference, message).at(status.whole());
            let help = format!("add `\"{}\"` to the `responses` of the operation", &**status);
            reader.error(finding.note("AWS: Invalid Response status code specified").help(help));
            continue;
        };
        for mapping in &response.response_parameters {
            if !has_header(declared, &mapping.destination) {
                let place = format!("the `headers` of response {}", &**status);
                undeclared(&mapping.destination, &place, reader);
            }
        }
    }
}

fn undeclared(parameter: &Sourced, place: &str, reader: &mut Reader<'_>) {
    let message = format!("`{}` is not declared in {place}", &**parameter);
    let finding = Diagnostic::error(Code::UnknownReference, message).at(parameter.whole());
    let note = format!("AWS: Invalid mapping expression parameter specified: {}", &**parameter);
    reader.error(finding.note(note));
}

/// Whether a source names a declared parameter; other expressions are the gateway's to judge.
fn is_declared(parameters: &[RequestParameter], source: &str) -> bool {
    let Some(rest) = source.strip_prefix("method.request.") else { return true };
    let Some((kind, name)) = rest.split_once('.') else { return true };
    let location = match kind {
        "header" | "multivalueheader" => ParameterLocation::Header,
        "path" => ParameterLocation::Path,
        "querystring" | "multivaluequerystring" => ParameterLocation::Querystring,
        _ => return true,
    };
    parameters.iter().any(|parameter| {
        parameter.location == location
            && (parameter.name == name
                || location == ParameterLocation::Header
                    && parameter.name.eq_ignore_ascii_case(name))
    })
}

/// Whether a destination names a declared header; other expressions are the gateway's to judge.
fn has_header(response: &MethodResponse, destination: &str) -> bool {
    let Some(name) = destination.strip_prefix("method.response.header.") else { return true };
    response.headers.iter().any(|header| header.eq_ignore_ascii_case(name))
}
