//! The document as a whole: version, info, and the order in which its parts are read.

use super::components::Components;
use super::dialect::Dialect;
use super::members::Members;
use super::models::Models;
use super::security::Schemes;
use super::{bundle, paths, security, settings};
use crate::BasePath;
use crate::intrinsic;
use crate::reader::Reader;
use crate::tree::{Kind, Node, Tree};
use std::collections::BTreeMap;
use std::sync::Arc;
use vestibule_restapi::{Code, Diagnostic, Place, RestApi, RestApiId, Sourced};

const OPENAPI: Members = Members {
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
        // Read all the same, see `components`.
        "securityDefinitions",
    ],
    ignored: &[
        ("basePath", SWAGGER_ONLY),
        ("consumes", SWAGGER_ONLY),
        ("definitions", "OpenAPI 3 keeps schemas under `components.schemas`"),
        ("host", SWAGGER_ONLY),
        ("parameters", "OpenAPI 3 keeps parameters under `components.parameters`"),
        ("produces", SWAGGER_ONLY),
        ("responses", "OpenAPI 3 keeps responses under `components.responses`"),
        ("schemes", SWAGGER_ONLY),
        ("webhooks", "API Gateway serves paths only"),
        ("jsonSchemaDialect", "models are read as JSON Schema draft 4"),
    ],
};

const SWAGGER: Members = Members {
    what: "a Swagger document",
    known: &[
        "swagger",
        "info",
        "host",
        "basePath",
        "schemes",
        "consumes",
        "produces",
        "paths",
        "definitions",
        "parameters",
        "responses",
        "securityDefinitions",
        "security",
        "tags",
        "externalDocs",
    ],
    ignored: &[
        ("components", "Swagger 2.0 keeps schemas under `definitions`"),
        ("servers", "Swagger 2.0 says it with `host` and `basePath`"),
    ],
};

const SWAGGER_ONLY: &str = "it belongs to Swagger 2.0";

/// The extensions of the root, the same in every version.
const EXTENSIONS: [&str; 11] = [
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
];

const INFO: Members = Members {
    what: "`info`",
    known: &["title", "description", "version", "termsOfService", "contact", "license", "summary"],
    ignored: &[],
};

/// How a document is imported.
#[derive(Clone, Debug, Default)]
pub(crate) struct Import {
    /// What its base path does.
    pub(crate) base_path: BasePath,
    /// The id and name of the API where something around the document decides them; else both come of its title.
    pub(crate) identity: Option<(RestApiId, Sourced)>,
    /// What was found about single methods before: where each method stands, and the finding. It is told when the method
    /// is read, as if it had been found then.
    pub(crate) found: Vec<(Place, Diagnostic)>,
    /// Whether it has methods beside those of the document, which findings have left out.
    pub(crate) has_methods: bool,
}

/// What the parts of a document refer to.
pub(super) struct Document<'t> {
    pub(super) id: RestApiId,
    pub(super) components: Components<'t>,
    pub(super) models: Models,
    pub(super) schemes: Schemes,
    pub(super) validators: settings::Validators,
    /// The root's `security`.
    pub(super) security: Option<Node<'t>>,
    /// The root of the document.
    pub(super) root: Node<'t>,
    /// What stands before every path.
    pub(super) prefix: String,
    /// What was found about methods before they are read, by the pointer of the method.
    found: BTreeMap<Arc<str>, Vec<Diagnostic>>,
}

impl Document<'_> {
    pub(super) fn dialect(&self) -> Dialect {
        self.components.dialect
    }

    /// Takes what was found about the method at a place before.
    pub(super) fn found_at(&mut self, method: &Place) -> Vec<Diagnostic> {
        self.found.remove(&method.pointer).unwrap_or_default()
    }
}

/// Reads an API; none when the document has no title or another version.
pub(crate) fn read(root: Node<'_>, import: Import, reader: &mut Reader<'_>) -> Option<RestApi> {
    let dialect = Dialect::of(root, reader)?;
    let bundled = bundle::bundled(root, dialect, reader);
    let root = bundled.as_ref().map_or(root, Tree::root);
    // Where something around the document decides what it is, functions were evaluated, and one that is left was found wrong.
    if import.identity.is_none() {
        intrinsic::refuse(root, reader.findings);
    }
    let members = if dialect.is_swagger() { &SWAGGER } else { &OPENAPI };
    for entry in reader.object(root).iter().filter(|entry| !EXTENSIONS.contains(&entry.name())) {
        reader.member(entry, members);
    }
    let (title, description, version) = info(root, members.what, import.identity.is_some(), reader);
    let (id, name) = match (import.identity, title) {
        (Some(identity), _) => identity,
        (None, Some(title)) => (RestApiId::of(&title), title),
        (None, None) => return None,
    };
    let components = Components::of(root, dialect, reader);
    let mut found: BTreeMap<_, Vec<Diagnostic>> = BTreeMap::new();
    for (method, finding) in import.found {
        found.entry(method.pointer).or_default().push(finding);
    }
    let mut document = Document {
        found,
        models: Models::read(&components, &id, reader),
        schemes: security::schemes(&components, reader),
        validators: settings::validators(root, reader),
        security: root.get("security"),
        prefix: import.base_path.prefix(root, dialect, reader),
        root,
        components,
        id,
    };
    security::check_root(&document, reader);
    let before = reader.findings.count();
    let resources = paths::read(root, &mut document, reader);
    // Of a method that was not reached: what is wrong with it must not be lost.
    let unread = std::mem::take(&mut document.found);
    unread.into_values().flatten().for_each(|finding| reader.error(finding));
    let is_left_out = import.has_methods
        || reader.findings.has_error_since(before)
        || paths::has_operations(root);
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

type Info = (Option<Sourced>, Option<String>, Option<String>);

/// Title, description and version; a missing title is a finding, unless the API has its name from elsewhere.
fn info(root: Node<'_>, what: &str, is_named: bool, reader: &mut Reader<'_>) -> Info {
    let Some(info) = root.get("info") else {
        if !is_named {
            reader.missing(root, what, "info");
        }
        return (None, None, None);
    };
    reader.members(info, &INFO);
    let mut text = |name: &str| {
        let node = info.get(name).filter(|node| !node.is_null())?;
        reader.text(node)
    };
    let (title, description, version) = (text("title"), text("description"), text("version"));
    let title = title.filter(|title| !title.trim().is_empty());
    let is_blank = |title: Node<'_>| title.text().is_some_and(|title| title.trim().is_empty());
    let is_missing = info.kind() == Kind::Object && info.get("title").is_none_or(is_blank);
    if title.is_none() && is_missing && !is_named {
        reader.missing(info, "`info`", "title");
    }
    (title, description.map(|text| text.to_string()), version.map(|text| text.to_string()))
}
