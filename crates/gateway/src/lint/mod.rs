//! What a template does that its author hardly means: the findings of `vestibule check` beyond what makes a template fail.
//!
//! A lint judges one compiled template, knowing whether it makes a request or an answer and for which integration. It is
//! right or silent: what may well be meant is no warning. What is often right and sometimes a trap is a note. A template
//! that does not parse has its error from [`compile`](crate::compile) and is not judged here.

mod appsync;
mod binary;
mod cache;
mod escaping;
mod gateway_responses;
mod glued;
mod java;
mod json_machine;
mod json_path;
mod json_shape;
mod mappings;
mod members;
mod models;
mod origin;
mod responses;
mod subject;
mod truth;
mod unknown;
mod variables;

pub use cache::lint_cache;
use json_machine::Places;
use models::Names;
use subject::{Role, Subject, Use};
use vestibule_restapi::{
    Diagnostic, Integration, IntegrationType, MappingTemplate, Resource, RestApi, Sourced,
};
use vestibule_vtl::Template;

/// Judges every template and parameter mapping of an API, and the patterns that choose between responses.
pub fn lint(api: &RestApi) -> Vec<Diagnostic> {
    let names = Names::of(&api.models);
    let mut findings = Vec::new();
    for resource in &api.resources {
        for method in &resource.methods {
            let Some(integration) = &method.integration else { continue };
            judge_integration(api, resource, integration, &names, &mut findings);
            cache::undeclared(method, &mut findings);
        }
    }
    for response in &api.gateway_responses {
        mappings::check(&response.response_parameters, &mut findings);
        gateway_responses::check(response, &mut findings);
    }
    findings
}

/// Judges one integration of an API.
pub(crate) fn lint_integration(
    api: &RestApi,
    resource: &Resource,
    integration: &Integration,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    judge_integration(api, resource, integration, &Names::of(&api.models), &mut findings);
    findings
}

/// Where a text stops being JSON, and why; nothing when it does not, or when that is too hard to tell.
pub(crate) fn json_failure(text: &str) -> Option<(usize, String)> {
    let mut places = Places::start();
    let end = u32::try_from(text.len()).ok()?;
    for (at, c) in text.char_indices() {
        if let Some(failure) = places.read(c, u32::try_from(at).ok()?).ok()? {
            return Some((usize::try_from(failure.at).ok()?, failure.message));
        }
    }
    let failure = places.end(end)?;
    Some((usize::try_from(failure.at).ok()?, failure.message))
}

fn judge_integration(
    api: &RestApi,
    resource: &Resource,
    integration: &Integration,
    names: &Names,
    findings: &mut Vec<Diagnostic>,
) {
    let is_dynamodb = integration.kind == IntegrationType::Aws
        && integration.uri.as_ref().is_some_and(|uri| uri.contains(":dynamodb:"));
    let of = |role| Use { role, is_dynamodb, path: Some(&resource.path), names };
    for template in &integration.request_templates {
        judge(&template.template, of(Role::Request), findings);
    }
    mappings::check(&integration.request_parameters, findings);
    for response in &integration.responses {
        mappings::check(&response.response_parameters, findings);
        for MappingTemplate { template, .. } in &response.response_templates {
            judge(template, of(Role::Response), findings);
        }
    }
    responses::check(integration, findings);
    binary::check(api, integration, findings);
}

/// Judges a template by itself, of which nothing is known but its text. When it does not parse, that is the finding.
pub fn lint_template(source: &Sourced) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let compiled = crate::map::MappingTemplate::compile("application/json", source, &mut findings);
    if compiled.is_some() {
        let names = Names::default();
        // What names a table is made for DynamoDB.
        let role = if source.contains("\"TableName\"") { Role::Request } else { Role::Response };
        let alone = Use { role, is_dynamodb: false, path: None, names: &names };
        judge(source, alone, &mut findings);
    }
    findings
}

fn judge(source: &Sourced, used: Use<'_>, findings: &mut Vec<Diagnostic>) {
    let Ok(template) = Template::parse(source.shared()) else { return };
    let subject = Subject::new(source, template.tree(), used);
    unknown::check(&subject, findings);
    appsync::check(&subject, findings);
    members::check(&subject, findings);
    truth::check(&subject, findings);
    escaping::check(&subject, findings);
    json_path::check(&template, &subject, findings);
    glued::check(&subject, findings);
    json_shape::check(&subject, findings);
}
