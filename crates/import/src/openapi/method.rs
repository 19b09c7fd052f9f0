//! An operation as a method: what it takes, who may call it, what answers it.

use super::api::Document;
use super::members::Members;
use super::requests::Parameters;
use super::{bodies, integration, requests, responses, security};
use crate::reader::Reader;
use crate::tree::Node;
use crate::wording::{Part, Wording};
use std::collections::{HashMap, HashSet};
use vestibule_restapi::{
    Code, Diagnostic, HttpMethod, IntegrationType, Method, MethodResponse, ParameterLocation,
    RequestParameter, Sourced,
};

const OPENAPI: Members = Members {
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

const SWAGGER: Members = Members {
    what: "an operation",
    known: &[
        "tags",
        "summary",
        "description",
        "externalDocs",
        "operationId",
        "consumes",
        "produces",
        "parameters",
        "responses",
        "schemes",
        "deprecated",
        "security",
        "x-amazon-apigateway-auth",
        "x-amazon-apigateway-integration",
        "x-amazon-apigateway-request-validator",
    ],
    ignored: &[
        ("requestBody", "Swagger 2.0 says it with a parameter `in: body`"),
        ("servers", "Swagger 2.0 says it with `host` and `basePath`"),
        ("callbacks", "API Gateway has no callbacks"),
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
    pub(super) shared: &'s Parameters<'t>,
}

/// Reads an operation. With an error in it the method is refused, never left out: another one would take its path.
pub(super) fn read<'t>(
    operation: Node<'t>,
    site: &Site<'_, 't>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Method {
    let before = reader.findings.count();
    for finding in document.found_at(&operation.token()) {
        reader.error(finding);
    }
    let mut method = understood(operation, site, document, reader);
    check_declarations(&method, reader.wording_of(operation), reader);
    method.refusal = reader.findings.refusal_since(before, &operation.stands());
    method
}

/// As much of an operation as could be understood.
fn understood<'t>(
    operation: Node<'t>,
    site: &Site<'_, 't>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Method {
    let is_swagger = document.dialect().is_swagger();
    reader.members(operation, if is_swagger { &SWAGGER } else { &OPENAPI });
    let declared = requests::declared(operation.get("parameters"), document, reader);
    let request_models = match declared.body.or(site.shared.body) {
        Some(body) => bodies::of_schema(body, "consumes", operation, document, reader),
        None if is_swagger => vec![],
        None => bodies::of_request(operation.get("requestBody"), document, reader),
    };
    let request_parameters = requests::merge(site, declared, reader);
    let responses = responses::read(operation, document, reader);
    let (authorization, api_key_required) = security::of(operation, site.key, document, reader);
    let validator = operation.get("x-amazon-apigateway-request-validator");
    let request_validator = document.validators.of(validator, reader);
    let integration = operation.get("x-amazon-apigateway-integration");
    let integration = match integration.filter(|integration| !integration.is_null()) {
        Some(node) => integration::read(node, site, reader),
        // AWS imports it, and deploys no API with it.
        None => None,
    };
    let operation_id = operation.get("operationId").filter(|node| !node.is_null());
    Method {
        http_method: site.verb,
        operation_name: operation_id.and_then(|id| reader.text(id)).map(|id| id.to_string()),
        authorization,
        api_key_required,
        request_parameters,
        request_models,
        request_validator,
        responses,
        integration,
        refusal: None,
        place: site.key.place(),
    }
}

/// What an integration maps must be declared by the method, or AWS refuses the import.
fn check_declarations(method: &Method, wording: Wording, reader: &mut Reader<'_>) {
    let Some(integration) = &method.integration else { return };
    let parameters: HashSet<_> = method.request_parameters.iter().map(key).collect();
    for mapping in &integration.request_parameters {
        if parameter(&mapping.source).is_some_and(|key| !parameters.contains(&key)) {
            let place = format!("the method's {}", wording.home_of(Part::RequestParameters));
            undeclared(&mapping.source, &place, reader);
        }
    }
    let headers = |response: &MethodResponse| {
        response.headers.iter().map(|header| header.to_ascii_lowercase()).collect()
    };
    let declared: HashMap<&str, HashSet<String>> =
        method.responses.iter().map(|r| (r.status_code.as_str(), headers(r))).collect();
    // AWS: the answer of a proxy is passed on as it is, what its responses say has no effect.
    let is_proxy =
        matches!(integration.kind, IntegrationType::AwsProxy | IntegrationType::HttpProxy);
    for response in integration.responses.iter().filter(|_| !is_proxy) {
        let status = &response.status_code;
        let Some(headers) = declared.get(status.as_str()) else {
            let home = wording.home_of(Part::MethodResponses);
            let message = format!("the status {} is not among the method's {home}", &**status);
            let finding = Diagnostic::error(Code::UnknownReference, message).at(status.whole());
            let help = match wording {
                Wording::OpenApi => {
                    format!("add `\"{}\"` to the {home} of the operation", &**status)
                }
                Wording::CloudFormation | Wording::Terraform => {
                    format!("add it to the {home} of the method")
                }
            };
            reader.error(finding.note("AWS: Invalid Response status code specified").help(help));
            continue;
        };
        for mapping in &response.response_parameters {
            let name = mapping.destination.strip_prefix("method.response.header.");
            if name.is_some_and(|name| !headers.contains(&name.to_ascii_lowercase())) {
                let place = format!(
                    "the {} of response {}",
                    wording.home_of(Part::ResponseHeaders),
                    &**status
                );
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

/// What makes a parameter the one an expression names; headers have no case.
fn key(parameter: &RequestParameter) -> (ParameterLocation, String) {
    match parameter.location {
        ParameterLocation::Header => (parameter.location, parameter.name.to_ascii_lowercase()),
        ParameterLocation::Path | ParameterLocation::Querystring => {
            (parameter.location, parameter.name.clone())
        }
    }
}

/// The parameter that a source names; other expressions are the gateway's to judge.
fn parameter(source: &str) -> Option<(ParameterLocation, String)> {
    let (kind, name) = source.strip_prefix("method.request.")?.split_once('.')?;
    match kind {
        "header" | "multivalueheader" => {
            Some((ParameterLocation::Header, name.to_ascii_lowercase()))
        }
        "path" => Some((ParameterLocation::Path, name.to_owned())),
        "querystring" | "multivaluequerystring" => {
            Some((ParameterLocation::Querystring, name.to_owned()))
        }
        _ => None,
    }
}
