//! Definition files to what is served: read, imported, compiled, with every finding at once.

use std::path::Path;
use std::sync::Arc;

use vestibule_gateway::{Compiled, Facts, Site, StageView, compile};
use vestibule_import::{Options, Source, Table, read};
use vestibule_restapi::{Code, Deployment, DeploymentId, Diagnostic, RestApi, Severity, Stage};

use crate::config::Resolved;

/// What the definitions say, and what is wrong with them.
#[derive(Debug)]
pub(crate) struct Served {
    /// Empty when there is an error.
    pub(crate) site: Site,
    /// The tables to create.
    pub(crate) tables: Vec<Table>,
    /// Sorted by file and place.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Served {
    /// Whether a finding forbids serving.
    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Reads the definition files that the settings name and compiles what they define.
pub(crate) fn load(settings: &Resolved) -> Served {
    let mut diagnostics = Vec::new();
    let mut sources = Vec::new();
    for path in &settings.definitions.value {
        match source(path) {
            Ok(source) => sources.push(source),
            Err(finding) => diagnostics.push(*finding),
        }
    }
    let account = settings.account.value.clone();
    let options = Options { account: account.clone(), region: settings.region.value.clone() };
    let mut imported = read(&sources, &options);
    let is_whole = diagnostics.is_empty() && !imported.has_errors();
    diagnostics.append(&mut imported.diagnostics);
    if is_whole && imported.definitions.apis.is_empty() {
        let message = "the definitions have no API to serve";
        let help = "name an OpenAPI file with `x-amazon-apigateway-integration` extensions";
        diagnostics.push(Diagnostic::error(Code::NothingToServe, message).help(help));
    }
    let facts = Facts { account };
    let stage = Stage {
        name: settings.stage.value.clone(),
        variables: settings.stage_variables.value.0.clone(),
    };
    let mut stages = Vec::new();
    for api in imported.definitions.apis {
        // The same definition has the same id, wherever its file lies.
        let id = DeploymentId::of(api.place.document.text().as_bytes());
        let deployment = Deployment { id, api: Arc::<RestApi>::new(api) };
        let Compiled { snapshot, diagnostics: mut found } = compile(&deployment, &facts);
        diagnostics.append(&mut found);
        stages.extend(snapshot.map(|snapshot| StageView::new(stage.clone(), Arc::new(snapshot))));
    }
    Diagnostic::sort(&mut diagnostics);
    Served { site: Site::new(stages), tables: imported.definitions.tables, diagnostics }
}

fn source(path: &Path) -> Result<Source, Box<Diagnostic>> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        let message = format!("cannot read `{name}`: {error}");
        let finding = Diagnostic::error(Code::Unreadable, message);
        Box::new(finding.help("name a file that exists and that this user may read"))
    })?;
    Source::from_bytes(name, bytes)
}
