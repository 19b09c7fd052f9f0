//! `vestibule export`: an API of the definitions as GetExport of API Gateway writes it.

use vestibule_import::{ExportOptions, Extensions, Format, Notation, export};
use vestibule_restapi::RestApi;

use super::cli::Output;
use super::exit::Exit;
use super::failure::Failure;
use crate::config::{self, Environment, Flags, Resolved};
use crate::serve::{self, DefinitionFiles};

/// Write an API as OpenAPI 3.0 or Swagger 2.0, as GetExport does
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The document goes to standard output. What its language cannot say is a warning.

Examples:
  vestibule export template.yaml --format oas30 --extensions apigateway > api.json
  vestibule export openapi.yaml --format swagger --accepts yaml --stage v1")]
pub(super) struct Export {
    /// The language: `oas30` or `swagger`
    #[arg(long, value_name = "FORMAT")]
    format: FormatName,
    /// Extensions of API Gateway: `apigateway` is all, by default there are none
    #[arg(long, value_name = "WHICH")]
    extensions: Option<ExtensionsName>,
    /// The notation: `json` or `yaml`
    #[arg(long, value_name = "NOTATION", default_value = "json", hide_default_value = true)]
    accepts: NotationName,
    /// The API, when the definitions have several
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatName {
    Oas30,
    Swagger,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ExtensionsName {
    Integrations,
    Authorizers,
    Apigateway,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum NotationName {
    Json,
    Yaml,
}

impl Export {
    /// Runs the command.
    pub(super) fn run(
        self,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Exit, Failure> {
        let loaded = config::load(&self.flags, environment)?;
        output.warn(&loaded.warnings);
        let settings = loaded.settings;
        if settings.definitions.value.is_empty() {
            let usage = "vestibule export FILE... --format oas30";
            return Err(Failure::usage("no definition is named", usage));
        }
        let mut imported = serve::import(&settings, &DefinitionFiles::default());
        if imported.has_errors() {
            output.findings(&imported.diagnostics, "nothing is exported");
            return Ok(Exit::Findings);
        }
        let api = one(&imported.definitions.apis, self.api.as_deref())?;
        let mut exported = export(api, &self.options(&settings));
        imported.diagnostics.append(&mut exported.diagnostics);
        output.findings(&imported.diagnostics, "");
        output.print(&exported.text);
        Ok(Exit::Ok)
    }

    fn options(&self, settings: &Resolved) -> ExportOptions {
        ExportOptions {
            format: match self.format {
                FormatName::Oas30 => Format::Oas30,
                FormatName::Swagger => Format::Swagger,
            },
            notation: match self.accepts {
                NotationName::Json => Notation::Json,
                NotationName::Yaml => Notation::Yaml,
            },
            extensions: match self.extensions {
                None => Extensions::None,
                Some(ExtensionsName::Integrations) => Extensions::Integrations,
                Some(ExtensionsName::Authorizers) => Extensions::Authorizers,
                Some(ExtensionsName::Apigateway) => Extensions::Apigateway,
            },
            region: settings.region.value.clone(),
            stage: settings.stage.value.clone(),
        }
    }
}

/// The API of this name, or the only one.
fn one<'a>(apis: &'a [RestApi], name: Option<&str>) -> Result<&'a RestApi, Failure> {
    let names = || apis.iter().map(|api| &*api.name);
    let list = || names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let failure = |message: String, help: String| Failure::Usage { message, help: Some(help) };
    match (name, apis) {
        (_, []) => Err(failure(
            "the definitions have no API".to_owned(),
            "name a file that defines one".to_owned(),
        )),
        (None, [only]) => Ok(only),
        (None, _) => {
            let message = "the definitions have several APIs".to_owned();
            Err(failure(message, format!("choose one with `--api`: {}", list())))
        }
        (Some(name), _) => apis.iter().find(|api| &*api.name == name).ok_or_else(|| {
            let help = match vestibule_restapi::closest(name, names()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the definitions have {}", list()),
            };
            failure(format!("there is no API `{name}`"), help)
        }),
    }
}
