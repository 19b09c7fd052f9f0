//! Definition files to what is served: read, imported, compiled, with every finding at once.

use std::path::Path;
use std::sync::Arc;

use vestibule_gateway::{Facts, Site, StageView, compile};
use vestibule_import::{BasePath, NoFiles, Options, Source, Table, read};
use vestibule_restapi::{Code, Deployment, DeploymentId, Diagnostic, RestApi, Severity, Stage};

use crate::config::Resolved;

/// What is served of the definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All of them.
    Whole,
    /// Some methods have errors and are refused, as the settings allow.
    Partial(Methods),
    /// Nothing: an error forbids it.
    Nothing,
    /// Nothing, though `allow_partial` would let some methods be served.
    NothingYet(Methods),
}

/// Methods of all APIs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Methods {
    /// Those with an error.
    pub(crate) refused: usize,
    /// Those without.
    pub(crate) sound: usize,
}

/// What the definitions say, and what is wrong with them.
#[derive(Debug)]
pub(crate) struct Served {
    /// What is served.
    pub(crate) outcome: Outcome,
    /// Empty when nothing is served.
    pub(crate) site: Site,
    /// The tables to create.
    pub(crate) tables: Vec<Table>,
    /// Sorted by file and place.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Served {
    /// Whether an error keeps all from being served.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.outcome, Outcome::Nothing | Outcome::NothingYet(_))
    }
}

/// What the findings come to.
fn outcome(diagnostics: &[Diagnostic], methods: Methods, allow_partial: bool) -> Outcome {
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    match () {
        () if !diagnostics.iter().any(is_error) => Outcome::Whole,
        () if diagnostics.iter().any(Diagnostic::forbids_all) => Outcome::Nothing,
        () if methods.sound == 0 => Outcome::Nothing,
        () if allow_partial => Outcome::Partial(methods),
        () => Outcome::NothingYet(methods),
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
    let options = Options {
        account: account.clone(),
        region: settings.region.value.clone(),
        parameters: vec![],
        base_path: BasePath::Ignore,
    };
    let mut imported = read(&sources, &options, &NoFiles);
    let is_whole = diagnostics.is_empty() && !imported.has_errors();
    diagnostics.append(&mut imported.diagnostics);
    if is_whole && imported.definitions.apis.is_empty() {
        let message = "the definitions have no API to serve";
        let help = "name an OpenAPI file with `x-amazon-apigateway-integration` extensions";
        diagnostics.push(Diagnostic::error(Code::NothingToServe, message).help(help));
    }
    let facts = Facts { account, allow_partial: settings.allow_partial.value };
    let stage = Stage {
        name: settings.stage.value.clone(),
        variables: settings.stage_variables.value.0.clone(),
    };
    let (mut stages, mut methods) = (Vec::new(), Methods::default());
    for api in imported.definitions.apis {
        // The same definition has the same id, wherever its file lies.
        let id = DeploymentId::of(api.place.document.text().as_bytes());
        let deployment = Deployment { id, api: Arc::<RestApi>::new(api) };
        let mut compiled = compile(&deployment, &facts);
        diagnostics.append(&mut compiled.diagnostics);
        methods.refused += compiled.refused_methods;
        methods.sound += compiled.sound_methods;
        let snapshot = compiled.snapshot;
        stages.extend(snapshot.map(|snapshot| StageView::new(stage.clone(), Arc::new(snapshot))));
    }
    Diagnostic::sort(&mut diagnostics);
    let outcome = outcome(&diagnostics, methods, facts.allow_partial);
    let mut served =
        Served { outcome, site: Site::default(), tables: imported.definitions.tables, diagnostics };
    if !served.is_nothing() {
        served.site = Site::new(stages);
    }
    served
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
