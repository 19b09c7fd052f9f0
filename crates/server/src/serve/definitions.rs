//! Definition files to what is served: read, imported, compiled, with every finding at once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use vestibule_gateway::{
    ApiKeys, Domains, Facts, Principals, Site, StageView, check_principals, check_stage,
    check_usage_plan, compile,
};
use vestibule_import::{BasePath, Definitions, Imported, Options, Source, Table, read};
use vestibule_restapi::{Code, Deployment, Diagnostic, RestApi, Severity, Stage};

use super::api_keys;
use super::contents::Contents;
use super::domains;
use super::files::{DefinitionFiles, FilesRead};
use super::method_settings;
use super::principals::principals;
use super::usage_plans;
use crate::config::Resolved;
use crate::credentials::Identities;
use crate::startup;

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
    /// What is defined, also when it cannot be served.
    pub(crate) apis: Vec<Arc<RestApi>>,
    /// Their stages, with that of the settings.
    pub(crate) stage_settings: Vec<Stage>,
    /// The tables to create.
    pub(crate) tables: Vec<Table>,
    /// Sorted by file and place.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What is worth knowing and nothing to mend; `check --notes` tells it.
    pub(crate) notes: Vec<Diagnostic>,
    /// What no finding about them quotes.
    pub(crate) secrets: Vec<String>,
    /// What a later version is compared with.
    pub(crate) contents: Contents,
    /// Who may sign requests, as the settings say.
    pub(crate) principals: Arc<Principals>,
    /// The files that all this was read from.
    pub(crate) files: FilesRead,
    /// Those of them that the settings are made of.
    pub(crate) settings_files: Vec<PathBuf>,
}

impl Served {
    /// Whether an error keeps all from being served.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.outcome, Outcome::Nothing | Outcome::NothingYet(_))
    }

    /// Where each stage answers.
    pub(crate) fn stages(&self) -> Vec<startup::Stage> {
        let stage = |stage: &StageView| startup::Stage {
            api: stage.api_name().to_owned(),
            name: stage.name().to_owned(),
            base_path: self.site.base_path(stage),
        };
        self.site.stages().map(stage).collect()
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

/// Reads the definition files that the settings name, and those that they name.
pub(crate) fn import(settings: &Resolved, files: &DefinitionFiles) -> Imported {
    let mut unreadable = Vec::new();
    let mut sources = Vec::new();
    for path in &settings.definitions.value {
        match source(path, files) {
            Ok(source) => sources.push(source),
            Err(finding) => unreadable.push(*finding),
        }
    }
    let options = Options {
        account: settings.account.value.clone(),
        region: settings.region.value.clone(),
        parameters: settings.parameters.value.clone(),
        base_path: BasePath::Ignore,
    };
    let mut imported = read(&sources, &options, files);
    imported.diagnostics.append(&mut unreadable);
    Diagnostic::sort(&mut imported.diagnostics);
    imported
}

/// Reads the definition files that the settings name and compiles what they define. `identities` are as whom AWS is called.
pub(crate) fn load(settings: &Resolved, identities: &Identities) -> Served {
    load_after(FilesRead::default(), settings, identities)
}

/// Does as [`load`], after `read`, the files that the settings were made of.
pub(crate) fn load_after(
    mut read: FilesRead,
    settings: &Resolved,
    identities: &Identities,
) -> Served {
    let settings_files = settings.files();
    read.note(settings_files.iter().cloned());
    let files = DefinitionFiles::after(read);
    let imported = import(settings, &files);
    let is_whole = !imported.has_errors();
    let (mut diagnostics, mut secrets) = (imported.diagnostics, imported.secrets);
    let has_tables = !imported.definitions.tables.is_empty();
    let are_tables_served = has_tables && settings.aws.value.address().is_some();
    if is_whole && imported.definitions.apis.is_empty() && !are_tables_served {
        let message = "the definitions have no API to serve";
        let help = match has_tables {
            true => {
                "name an OpenAPI file with `x-amazon-apigateway-integration` extensions, or serve the tables alone at \
                 the AWS endpoints: `--aws 127.0.0.1:4566`"
            }
            false => "name an OpenAPI file with `x-amazon-apigateway-integration` extensions",
        };
        diagnostics.push(Diagnostic::error(Code::NothingToServe, message).help(help));
    }
    let Definitions {
        mut apis,
        stages,
        mut domain_names,
        tables,
        mut usage_plans,
        mut api_keys,
        roles,
        user_pools,
    } = imported.definitions;
    let sections = &settings.sections;
    api_keys::add(&sections.api_keys, &mut api_keys, &mut diagnostics);
    let of_settings = &sections.usage_plans;
    usage_plans::add(of_settings, &apis, &api_keys, &mut usage_plans, &mut diagnostics);
    let of_settings = settings.sections.api_keys.iter().filter_map(|key| key.value.as_ref());
    secrets.extend(of_settings.map(|value| value.to_string()));
    domains::demand(settings, &mut domain_names, &mut diagnostics);
    let mut stages = with_own_stage(&apis, stages, settings);
    method_settings::add(&sections.method_settings, &apis, &mut stages, &mut diagnostics);
    let mut contents = Contents::default();
    contents.add_stages(&stages, &domain_names);
    contents.add_api_keys(&api_keys, &usage_plans);
    apis.iter_mut().for_each(|api| contents.add_api(api));
    let allow_partial = settings.allow_partial.value;
    let (account, limits) = (settings.account.value.clone(), settings.limits.value.of_gateway());
    let principals = principals(&settings.users(), &account, &files, &mut diagnostics);
    contents.add_callers(&settings.sections, principals.policies());
    let facts = Facts {
        account,
        region: settings.region.value.clone(),
        principals: Arc::new(principals),
        allow_partial,
        limits,
        services: identities.call(settings.services()),
        roles,
        user_pools: super::user_pools::user_pools(settings, &user_pools),
        secrets: secrets.clone(),
    };
    let (mut views, mut methods) = (Vec::new(), Methods::default());
    let deployments = apis.into_iter().map(|api| {
        let id = contents.deployment_id(&api);
        Deployment { id, api: Arc::new(api) }
    });
    let deployments: Vec<Deployment> = deployments.collect();
    for deployment in &deployments {
        let mut compiled = compile(deployment, &facts);
        diagnostics.append(&mut compiled.diagnostics);
        methods.refused += compiled.refused_methods;
        methods.sound += compiled.sound_methods;
        let Some(snapshot) = compiled.snapshot.map(Arc::new) else { continue };
        let stages = stages.iter().filter(|stage| stage.api == deployment.api.id);
        views.extend(stages.map(|stage| StageView::new(stage.clone(), Arc::clone(&snapshot))));
    }
    let apis: Vec<Arc<RestApi>> = deployments.into_iter().map(|it| it.api).collect();
    diagnostics.extend(check_principals(&facts.principals, &apis, &facts));
    stages.iter().for_each(|stage| check_stage(stage, &mut diagnostics));
    if settings.access_log().is_none() {
        diagnostics.extend(stages.iter().filter_map(unwritten_access_log));
    }
    views.iter().for_each(|view: &StageView| view.check(&mut diagnostics));
    usage_plans.iter().for_each(|plan| check_usage_plan(plan, &mut diagnostics));
    let keys = ApiKeys::compile(&api_keys, &usage_plans, &stages, &mut diagnostics);
    views.iter().for_each(|view| keys.check(view, &mut diagnostics));
    let domains = Domains::compile(&domain_names, &stages, &mut diagnostics);
    views.iter().for_each(|view| domains.check(view, &mut diagnostics));
    Diagnostic::sort(&mut diagnostics);
    diagnostics.iter_mut().for_each(|finding| finding.conceal(&secrets));
    let outcome = outcome(&diagnostics, methods, allow_partial);
    let is_note = |finding: &mut Diagnostic| finding.severity == Severity::Note;
    let notes = diagnostics.extract_if(.., is_note).collect();
    let (site, files) = (Site::default(), files.into_read());
    let mut served = Served {
        outcome,
        site,
        apis,
        stage_settings: stages,
        tables,
        diagnostics,
        notes,
        secrets,
        contents,
        principals: facts.principals,
        files,
        settings_files,
    };
    if !served.is_nothing() {
        let site = Site::new(views).with_domains(domains).with_api_keys(keys);
        served.site = limited(site, settings);
    }
    served
}

/// The site with what the settings say of all its limits.
fn limited(site: Site, settings: &Resolved) -> Site {
    let site = match &settings.account_limit.value.0 {
        Some(throttle) => site.with_account_throttle(throttle),
        None => site,
    };
    if settings.rate_limit_headers.value { site.with_rate_limit_headers() } else { site }
}

/// Warns of an access log that is written nowhere.
fn unwritten_access_log(stage: &Stage) -> Option<Diagnostic> {
    let place = stage.access_log.as_ref()?.place.clone();
    let message = "the access log is not written: no setting says where";
    let finding = Diagnostic::warning(Code::UnsupportedFeature, message).at(place);
    Some(finding.help("say `--access-log stdout` or `--access-log FILE`"))
}

/// The stages of the definitions; an API that has none is served under the one of the settings.
fn with_own_stage(apis: &[RestApi], mut stages: Vec<Stage>, settings: &Resolved) -> Vec<Stage> {
    for api in apis {
        if stages.iter().any(|stage| stage.api == api.id) {
            continue;
        }
        let name = settings.stage.value.clone();
        let variables = settings.stage_variables.value.0.clone();
        stages.push(Stage { variables, ..Stage::new(name, api.id.clone()) });
    }
    stages
}

/// Reads a file, or of a folder the `manifest.json` that the AWS CDK leaves there. What cannot be read is a finding.
pub(crate) fn source(path: &Path, files: &DefinitionFiles) -> Result<Source, Box<Diagnostic>> {
    let file = if path.is_dir() { path.join("manifest.json") } else { path.to_owned() };
    let name = file.display().to_string();
    let bytes = files.read(&file).map_err(|error| {
        if path.is_dir() && error.kind() == std::io::ErrorKind::NotFound {
            let message = format!("the folder `{}` has no `manifest.json`", path.display());
            let finding = Diagnostic::error(Code::Unreadable, message);
            return Box::new(finding.help("name a file, or the folder `cdk.out` of the AWS CDK"));
        }
        let message = format!("cannot read `{name}`: {error}");
        let finding = Diagnostic::error(Code::Unreadable, message);
        Box::new(finding.help("name a file that exists and that this user may read"))
    })?;
    Source::from_bytes(name, bytes)
}
