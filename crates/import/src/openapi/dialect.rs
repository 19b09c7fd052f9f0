//! The versions of OpenAPI, and where each keeps what it shares with the others. All else is read alike.

use crate::reader::Reader;
use crate::tree::Node;
use vestibule_restapi::{Code, Diagnostic, Sourced};

/// A version of OpenAPI that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Swagger 2.0.
    Swagger20,
    /// OpenAPI 3.0.
    OpenApi30,
    /// OpenAPI 3.1, whose schemas are JSON Schema 2020-12. AWS does not import it.
    OpenApi31,
}

/// The reusable parts of a document that can be referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Schemas,
    Responses,
    Parameters,
    RequestBodies,
    SecuritySchemes,
}

impl Section {
    pub(super) const ALL: [Section; 5] = [
        Section::Schemas,
        Section::Responses,
        Section::Parameters,
        Section::RequestBodies,
        Section::SecuritySchemes,
    ];
}

impl Dialect {
    /// Reads the version of a document; none, with a finding, when it is not one of these.
    pub(super) fn of(root: Node<'_>, reader: &mut Reader<'_>) -> Option<Dialect> {
        let name = if root.get("openapi").is_some() { "openapi" } else { "swagger" };
        let version = root.get(name).and_then(|node| reader.text(node))?;
        let is = |minor: &str| {
            let rest = version.strip_prefix(minor);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match name {
            "swagger" if is("2.0") || &*version == "2" => Some(Dialect::Swagger20),
            "openapi" if is("3.0") => Some(Dialect::OpenApi30),
            "openapi" if is("3.1") => {
                let message = format!("API Gateway does not import OpenAPI `{}`", &*version);
                let finding = Diagnostic::warning(Code::UnsupportedDocument, message);
                let note =
                    "it is read here, its schemas as far as JSON Schema draft 4 can say them";
                reader.error(finding.at(version.whole()).note(note));
                Some(Dialect::OpenApi31)
            }
            _ => {
                reader.error(unknown(name, &version));
                None
            }
        }
    }

    /// The member under which a section stands, and before it `components` where they are gathered.
    pub(super) fn home(self, section: Section) -> &'static str {
        match (self, section) {
            (Dialect::Swagger20, Section::Schemas) => "definitions",
            (Dialect::Swagger20, Section::Responses) => "responses",
            (Dialect::Swagger20, Section::Parameters) => "parameters",
            (Dialect::Swagger20, Section::SecuritySchemes) => "securityDefinitions",
            (Dialect::OpenApi30 | Dialect::OpenApi31, Section::Schemas) => "components/schemas",
            (Dialect::OpenApi30 | Dialect::OpenApi31, Section::Responses) => "components/responses",
            (Dialect::OpenApi30 | Dialect::OpenApi31, Section::Parameters) => {
                "components/parameters"
            }
            (Dialect::OpenApi30 | Dialect::OpenApi31, Section::SecuritySchemes) => {
                "components/securitySchemes"
            }
            (_, Section::RequestBodies) => "components/requestBodies",
        }
    }

    /// What a reference into a section begins with.
    pub(super) fn prefix(self, section: Section) -> String {
        format!("#/{}/", self.home(section))
    }

    /// Whether it is Swagger 2.0.
    pub(super) fn is_swagger(self) -> bool {
        self == Dialect::Swagger20
    }
}

fn unknown(name: &str, version: &Sourced) -> Diagnostic {
    let language = if name == "swagger" { "Swagger" } else { "OpenAPI" };
    let message = format!("{language} `{}` is not supported yet", &**version);
    let finding = Diagnostic::error(Code::UnsupportedDocument, message).at(version.whole());
    finding.help("write it as OpenAPI 3.0.1 or Swagger 2.0")
}
