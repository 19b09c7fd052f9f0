//! Writes an API as GetExport of API Gateway does: OpenAPI 3.0 or Swagger 2.0, JSON or YAML.
//!
//! What was read from an export is the API it was written from. Order of members and forms are those of exports recorded on
//! AWS; AWS docs: api-gateway-export-api.

mod api;
mod integration;
mod json;
mod method;
mod schema;
mod security;
mod settings;
mod value;
mod yaml;

pub use api::export;

use crate::findings::Findings;
use vestibule_restapi::{Code, Diagnostic, Place, Region, StageName};

/// What GetExport is asked for.
#[derive(Clone, Debug)]
pub struct ExportOptions {
    /// The language.
    pub format: Format,
    /// How its text is written.
    pub notation: Notation,
    /// Which extensions of API Gateway it has.
    pub extensions: Extensions,
    /// Part of the API's host name.
    pub region: Region,
    /// The stage that is exported: the base path.
    pub stage: StageName,
}

/// A language that an API is exported in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenAPI 3.0.1.
    Oas30,
    /// Swagger 2.0.
    Swagger,
}

/// How the text of an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// JSON, two blanks a level.
    Json,
    /// YAML.
    Yaml,
}

/// The extensions of API Gateway in an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extensions {
    /// None: what a client wants to know.
    #[default]
    None,
    /// The integrations.
    Integrations,
    /// The authorizers.
    Authorizers,
    /// All there are: what an import makes the API from.
    Apigateway,
}

impl Extensions {
    fn has_integrations(self) -> bool {
        matches!(self, Extensions::Integrations | Extensions::Apigateway)
    }

    fn has_authorizers(self) -> bool {
        matches!(self, Extensions::Authorizers | Extensions::Apigateway)
    }

    fn has_settings(self) -> bool {
        self == Extensions::Apigateway
    }
}

/// An API as text.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The document, with a line end.
    pub text: String,
    /// What the language cannot say and is left out: warnings, sorted by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// An export in the making.
struct Exporter<'o> {
    options: &'o ExportOptions,
    findings: Findings,
}

impl Exporter<'_> {
    /// Where models stand.
    fn models_prefix(&self) -> &'static str {
        match self.options.format {
            Format::Oas30 => "#/components/schemas/",
            Format::Swagger => "#/definitions/",
        }
    }

    /// Names what is left out.
    fn left_out(&mut self, message: String, place: Place, note: &str) {
        let finding = Diagnostic::warning(Code::Inexpressible, message).at(place);
        self.findings.push(finding.note(note));
    }
}
