//! Answers that are cached for the wrong requests: what an answer depends on and its key has not (GW324), callers that its key does not
//! tell (GW325), parts of a key that nothing declares (GW326), and a cache that no method uses (GW323).

mod used;

use crate::cache::path_variables;
use crate::site::is_cached;
use std::collections::{BTreeMap, BTreeSet};
use used::{Input, Used};
use vestibule_restapi::{
    AuthorizationType, Code, Diagnostic, HttpMethod, Integration, IntegrationType, Method, Place,
    Resource, RestApi, Sourced, Stage,
};

/// Judges the answers of an API that one of its stages caches, each once.
pub fn lint_cache<'s>(
    api: &RestApi,
    stages: impl IntoIterator<Item = &'s Stage>,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut cached = BTreeSet::new();
    for stage in stages {
        let of_stage = cached_methods(api, stage);
        findings.extend(unused(stage, of_stage.is_empty()));
        cached.extend(of_stage);
    }
    for (resource, method) in cached {
        let resource = api.resources.get(resource);
        let Some((resource, method)) = resource.and_then(|r| Some((r, r.methods.get(method)?)))
        else {
            continue;
        };
        if let Some(integration) = &method.integration {
            Judged { resource, method, integration }.judge(&mut findings);
        }
    }
    findings
}

/// The indexes of resources and their methods whose answers a stage caches.
fn cached_methods(api: &RestApi, stage: &Stage) -> BTreeSet<(usize, usize)> {
    let mut cached = BTreeSet::new();
    if stage.cache_cluster.is_none() {
        return cached;
    }
    for (at, resource) in api.resources.iter().enumerate() {
        let methods = resource.methods.iter().enumerate();
        let own = methods.filter(|(_, m)| is_cached(stage, &resource.path, m.http_method));
        cached.extend(own.map(|(index, _)| (at, index)));
    }
    cached
}

/// A cache that method settings use, and no method there is.
fn unused(stage: &Stage, is_unused: bool) -> Option<Diagnostic> {
    let (place, _) = stage.cache_cluster.as_ref()?;
    let asks = stage.method_settings.iter().any(|setting| setting.caching == Some(true));
    if !is_unused || !asks {
        return None;
    }
    let message = format!("the cache of the stage `{}` is empty: no method uses it", stage.name);
    let finding = Diagnostic::warning(Code::CachingWithoutEffect, message).at(place.clone());
    let note = "what is said of all methods caches GET alone";
    Some(finding.note(note).help("name the verb in a setting of its own"))
}

/// Names the parts of a method's key that nothing declares.
pub(super) fn undeclared(method: &Method, findings: &mut Vec<Diagnostic>) {
    let Some(integration) = &method.integration else { return };
    for name in &integration.cache_key_parameters {
        // What nothing is mapped onto is refused where the key is compiled.
        if ["integration.request.", "stageVariables."].iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let mut parameters = method.request_parameters.iter();
        let is_declared = parameters.any(|parameter| {
            let location = parameter.location.as_str();
            let names = [
                format!("method.request.{location}.{}", parameter.name),
                format!("method.request.multivalue{location}.{}", parameter.name),
            ];
            names.iter().any(|known| known == name.as_str())
        });
        if is_declared {
            continue;
        }
        let message =
            format!("`{}` is a part of the cache key, and is not declared", name.as_str());
        let finding = Diagnostic::warning(Code::UndeclaredCacheKey, message).at(name.whole());
        let help = "add it to the parameters of the method";
        findings.push(finding.note("AWS refuses it").help(help));
    }
}

/// A method whose answers are cached.
struct Judged<'a> {
    resource: &'a Resource,
    method: &'a Method,
    integration: &'a Integration,
}

impl Judged<'_> {
    fn judge(&self, findings: &mut Vec<Diagnostic>) {
        let used = Used::of(self.resource, self.integration);
        let key = self.key();
        let tells_caller = key.iter().any(|source| used::is_of_caller(source));
        let mut told: BTreeMap<String, (&Input, &Place)> = BTreeMap::new();
        for (input, place) in used.inputs() {
            let is_told = match input {
                Input::Caller(_) => tells_caller,
                Input::Path(name) => in_key(&key, "path", name),
                Input::Query(name) => in_key(&key, "querystring", name),
                Input::Parameter(name) => {
                    ["path", "querystring", "header"].iter().any(|at| in_key(&key, at, name))
                }
                Input::Body => false,
            };
            if !is_told {
                told.entry(input.to_string()).or_insert((input, place));
            }
        }
        for (shown, (input, place)) in told {
            findings.push(self.finding(&shown, input, place));
        }
        self.function(&key, tells_caller, findings);
    }

    /// The sources of what the key has: what is mapped onto a parameter of the integration, and the other parameters themselves.
    fn key(&self) -> Vec<&str> {
        let names = self.integration.cache_key_parameters.iter().map(Sourced::as_str);
        let mut key = Vec::new();
        for name in names {
            let lines = self.integration.request_parameters.iter();
            let mapped = lines.filter(|line| line.destination.as_str() == name);
            key.extend(mapped.map(|line| line.source.as_str()));
            key.push(name);
        }
        key
    }

    fn finding(&self, shown: &str, input: &Input, place: &Place) -> Diagnostic {
        let (verb, path) = (self.method.http_method, self.resource.path.as_str());
        let message = format!("answers of `{verb} {path}` are cached for any {shown}");
        match input {
            Input::Caller(_) => {
                let message = format!("answers of `{verb} {path}` are cached for any caller");
                let finding = Diagnostic::warning(Code::CacheKeyLacksCaller, message);
                let note =
                    format!("the answer depends on {shown}: one caller gets that of another");
                let help = "map it onto `integration.request.header.NAME`, and name that in `cacheKeyParameters`";
                finding.at(place.clone()).note(note).help(help)
            }
            Input::Body => {
                let finding = Diagnostic::warning(Code::CacheKeyLacksInput, message);
                let note = "the body of a request is never a part of the key";
                finding.at(place.clone()).note(note).help("do not cache it")
            }
            Input::Path(_) | Input::Query(_) | Input::Parameter(_) => {
                let finding = Diagnostic::warning(Code::CacheKeyLacksInput, message);
                let note = "it is used for the answer, and is no part of the key";
                let location = if matches!(input, Input::Path(_)) { "path" } else { "querystring" };
                let name = shown.trim_matches('`');
                finding.at(place.clone()).note(note).help(name_in_key(location, name))
            }
        }
    }

    /// A function sees everything: path variables decide what it answers, and it may look at who calls.
    fn function(&self, key: &[&str], tells_caller: bool, findings: &mut Vec<Diagnostic>) {
        if self.integration.kind != IntegrationType::AwsProxy {
            return;
        }
        let (verb, path) = (self.method.http_method, self.resource.path.as_str());
        for name in path_variables(path).filter(|name| !in_key(key, "path", name)) {
            let message = format!("answers of `{verb} {path}` are cached for any `{name}`");
            let finding = Diagnostic::warning(Code::CacheKeyLacksInput, message);
            let note = "the function is told of it, and it is no part of the key";
            let finding = finding.at(self.integration.place.clone()).note(note);
            findings.push(finding.help(name_in_key("path", name)));
        }
        if verb != HttpMethod::Get && verb != HttpMethod::Head && verb != HttpMethod::Any {
            let message = format!("answers of `{verb} {path}` are cached for any body");
            let finding = Diagnostic::warning(Code::CacheKeyLacksInput, message);
            let note = "the body of a request is never a part of the key";
            let finding = finding.at(self.integration.place.clone()).note(note);
            findings.push(finding.help("do not cache it"));
        }
        if self.method.authorization.kind != AuthorizationType::None && !tells_caller {
            let message = format!("answers of `{verb} {path}` are cached for any caller");
            let finding = Diagnostic::note_finding(Code::CacheKeyLacksCaller, message);
            let finding = finding.at(self.integration.place.clone());
            findings.push(
                finding.note("the function is told who calls, and may answer each otherwise"),
            );
        }
    }
}

fn in_key(key: &[&str], location: &str, name: &str) -> bool {
    key.iter().any(|source| {
        let rest = source.strip_prefix("method.request.");
        let rest = rest.map(|rest| rest.strip_prefix("multivalue").unwrap_or(rest));
        let parts = rest.and_then(|rest| rest.split_once('.'));
        parts.is_some_and(|(at, known)| {
            at == location
                && match location {
                    "header" => known.eq_ignore_ascii_case(name),
                    _ => known == name,
                }
        })
    })
}

fn name_in_key(location: &str, name: &str) -> String {
    format!("name it: `cacheKeyParameters: [method.request.{location}.{name}]`")
}
