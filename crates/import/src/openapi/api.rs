//! The document as a whole: version, info, and the order in which its parts are read.

use super::components::Components;
use super::members::Members;
use super::models::Models;
use super::security::Schemes;
use super::{paths, security, settings};
use crate::intrinsic;
use crate::reader::Reader;
use crate::tree::{Kind, Node};
use vestibule_restapi::{Code, Diagnostic, RestApi, RestApiId, Sourced};

const ROOT: Members = Members {
    what: "an OpenAPI document",
    known: &[
        "openapi",
        "info",
        "paths",
        "components",
        "security",
        "servers",
        "tags",
        "externalDocs",
        "x-amazon-apigateway-api-key-source",
        "x-amazon-apigateway-binary-media-types",
        "x-amazon-apigateway-documentation",
        "x-amazon-apigateway-endpoint-access-mode",
        "x-amazon-apigateway-endpoint-configuration",
        "x-amazon-apigateway-gateway-responses",
        "x-amazon-apigateway-minimum-compression-size",
        "x-amazon-apigateway-policy",
        "x-amazon-apigateway-request-validator",
        "x-amazon-apigateway-request-validators",
        "x-amazon-apigateway-security-policy",
    ],
    ignored: &[
        ("basePath", SWAGGER),
        ("consumes", SWAGGER),
        ("definitions", "OpenAPI 3 keeps schemas under `components.schemas`"),
        ("host", SWAGGER),
        ("parameters", "OpenAPI 3 keeps parameters under `components.parameters`"),
        ("produces", SWAGGER),
        ("responses", "OpenAPI 3 keeps responses under `components.responses`"),
        ("schemes", SWAGGER),
        (
            "securityDefinitions",
            "OpenAPI 3 keeps security schemes under `components.securitySchemes`",
        ),
        ("webhooks", "API Gateway serves paths only"),
        ("jsonSchemaDialect", "models are read as JSON Schema draft 4"),
    ],
};

const SWAGGER: &str = "it belongs to Swagger 2.0";

const INFO: Members = Members {
    what: "`info`",
    known: &["title", "description", "version", "termsOfService", "contact", "license", "summary"],
    ignored: &[],
};

/// What the parts of a document refer to.
pub(super) struct Document<'t> {
    pub(super) id: RestApiId,
    pub(super) components: Components<'t>,
    pub(super) models: Models,
    pub(super) schemes: Schemes,
    pub(super) validators: settings::Validators,
    /// The root's `security`.
    pub(super) security: Option<Node<'t>>,
}

/// Reads an API; none when the document has no title or another version.
pub(crate) fn read(root: Node<'_>, reader: &mut Reader<'_>) -> Option<RestApi> {
    if !is_supported(root, reader) {
        return None;
    }
    intrinsic::refuse(root, reader.findings);
    reader.members(root, &ROOT);
    let (name, description, version) = info(root, reader)?;
    let id = RestApiId::of(&name);
    let components = Components::of(root, reader);
    let mut document = Document {
        models: Models::read(&components, &id, reader),
        schemes: security::schemes(&components, reader),
        validators: settings::validators(root, reader),
        security: root.get("security"),
        components,
        id,
    };
    security::check_root(&document, reader);
    let before = reader.findings.count();
    let resources = paths::read(root, &mut document, reader);
    let is_left_out = reader.findings.count() > before || paths::has_operations(root);
    if resources.is_empty() && !is_left_out {
        let finding =
            Diagnostic::error(Code::NothingToServe, format!("`{}` has no methods", &*name));
        let place = root.get("paths").map_or_else(|| name.whole(), |paths| paths.place());
        reader.error(finding.at(place).note("AWS: The REST API doesn't contain any methods"));
    }
    Some(RestApi {
        name,
        description,
        version,
        resources,
        authorizers: document.schemes.authorizers(),
        models: document.models.into_list(),
        request_validators: document.validators.into_list(),
        gateway_responses: super::gateway_responses::read(root, reader),
        binary_media_types: settings::binary_media_types(root, reader),
        minimum_compression_size: settings::minimum_compression_size(root, reader),
        api_key_source: settings::api_key_source(root, reader),
        policy: settings::policy(root, reader),
        endpoint: settings::endpoint(root, reader),
        documentation: super::documentation::read(root, reader),
        place: root.token(),
        id: document.id,
    })
}

/// OpenAPI 3.0 is supported, 3.1 is read like it, others are refused by name.
fn is_supported(root: Node<'_>, reader: &mut Reader<'_>) -> bool {
    let Some(version) = root.get("openapi").and_then(|node| reader.text(node)) else {
        return false;
    };
    let is = |minor: &str| {
        version.strip_prefix(minor).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if is("3.0") {
        return true;
    }
    let message = format!("OpenAPI `{}` is not supported yet", &*version);
    if is("3.1") {
        let finding = Diagnostic::warning(Code::UnsupportedDocument, message).at(version.whole());
        reader.error(finding.note("it is read as OpenAPI 3.0, models as JSON Schema draft 4"));
        return true;
    }
    let finding = Diagnostic::error(Code::UnsupportedDocument, message).at(version.whole());
    reader.error(finding.help("write it as OpenAPI 3.0.1"));
    false
}

type Info = (Sourced, Option<String>, Option<String>);

fn info(root: Node<'_>, reader: &mut Reader<'_>) -> Option<Info> {
    let Some(info) = root.get("info") else {
        reader.missing(root, "an OpenAPI document", "info");
        return None;
    };
    reader.members(info, &INFO);
    let mut text = |name: &str| {
        let node = info.get(name).filter(|node| !node.is_null())?;
        reader.text(node)
    };
    let (title, description, version) = (text("title"), text("description"), text("version"));
    match title {
        Some(title) if !title.trim().is_empty() => {
            Some((title, description.map(|t| t.to_string()), version.map(|t| t.to_string())))
        }
        Some(_) | None => {
            if info.kind() == Kind::Object
                && info.get("title").is_none_or(|t| t.text().is_some_and(|t| t.trim().is_empty()))
            {
                reader.missing(info, "`info`", "title");
            }
            None
        }
    }
}
