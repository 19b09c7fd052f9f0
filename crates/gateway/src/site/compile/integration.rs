//! One integration: what it calls, its mappings, its templates, its responses.

use super::super::snapshot::{Integration, IntegrationKind, IntegrationResponse, Responses};
use super::reserved;
use crate::map::{MappingTemplate, Refusable, RequestMapping, ResponseMapping, is_illegal_for_aws};
use fancy_regex::Regex;
use http::StatusCode;
use std::time::Duration;
use vestibule_dynamodb::Action;
use vestibule_restapi as restapi;
use vestibule_restapi::{Code, Diagnostic, IntegrationType, Sourced, closest};

/// Compiles an integration, unless something in it is wrong.
pub(super) fn compile(
    integration: &restapi::Integration,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Integration> {
    let kind = kind(integration, diagnostics);
    let is_aws = integration.kind == IntegrationType::Aws;
    let mut refusable = Vec::new();
    for line in &integration.request_parameters {
        let Some(mapping) = RequestMapping::compile(line, diagnostics) else { continue };
        let is_illegal = is_aws && is_illegal_for_aws(&mapping);
        if is_illegal || mapping.source.is_body_part() {
            refusable.push(Refusable { mapping, is_illegal });
        }
    }
    let templates = templates(&integration.request_templates, diagnostics);
    for template in &integration.request_templates {
        reserved::check(&template.template, diagnostics);
    }
    let responses = responses(integration, diagnostics);
    Some(Integration {
        kind: kind?,
        timeout: Duration::from_millis(integration.timeout_ms.into()),
        refusable,
        templates,
        passthrough: integration.passthrough_behavior,
        content_handling: integration.content_handling.clone(),
        responses,
        place: integration.place.clone(),
    })
}

fn kind(
    integration: &restapi::Integration,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<IntegrationKind> {
    match integration.kind {
        IntegrationType::Mock => Some(IntegrationKind::Mock),
        IntegrationType::Aws => match &integration.uri {
            Some(uri) => {
                check_http_method(integration, diagnostics);
                action(uri, diagnostics).map(IntegrationKind::DynamoDb)
            }
            None => {
                let finding = Diagnostic::error(Code::Missing, "an AWS integration needs a URI");
                diagnostics.push(finding.at(integration.place.clone()).help(URI_HELP));
                None
            }
        },
        IntegrationType::AwsProxy | IntegrationType::Http | IntegrationType::HttpProxy => {
            let message =
                format!("{} integrations are not supported yet", integration.kind.as_str());
            let finding = Diagnostic::error(Code::UnsupportedIntegration, message)
                .at(integration.place.clone())
                .help("today an integration is `aws` with a DynamoDB action, or `mock`");
            diagnostics.push(finding);
            None
        }
    }
}

/// DynamoDB takes nothing but POST; with GET, HEAD or OPTIONS AWS does not even send the body.
fn check_http_method(integration: &restapi::Integration, diagnostics: &mut Vec<Diagnostic>) {
    let Some(verb) = &integration.http_method else { return };
    if !verb.eq_ignore_ascii_case("POST") {
        let message = format!("DynamoDB is called with POST, not with {}", verb.as_str());
        let finding = Diagnostic::error(Code::InvalidValue, message).at(verb.whole()).note(
            "without a verb of its own an integration has the method's; on AWS every such call fails",
        );
        diagnostics.push(finding.help("give the integration the HTTP method `POST`"));
    }
}

const URI_HELP: &str = "write `arn:aws:apigateway:{region}:dynamodb:action/{Action}`";

/// The action of `arn:{partition}:apigateway:{region}:dynamodb:action/{Action}`.
fn action(uri: &Sourced, diagnostics: &mut Vec<Diagnostic>) -> Option<Action> {
    let fields: Vec<&str> = uri.splitn(6, ':').collect();
    let &["arn", _, "apigateway", _, service, rest] = fields.as_slice() else {
        let message = format!("Invalid ARN specified in the request: `{}`", uri.as_str());
        diagnostics
            .push(Diagnostic::error(Code::InvalidValue, message).at(uri.whole()).help(URI_HELP));
        return None;
    };
    if service != "dynamodb" {
        let message = format!("integrations with the service `{service}` are not supported yet");
        let finding = Diagnostic::error(Code::UnsupportedIntegration, message);
        diagnostics.push(finding.at(uri.whole()).help("today the service is `dynamodb`"));
        return None;
    }
    let Some(name) = rest.strip_prefix("action/") else {
        let finding = if rest.starts_with("path/") {
            let message = "the `dynamodb:path/` form is not supported yet";
            Diagnostic::error(Code::UnsupportedIntegration, message)
        } else {
            let message = "AWS ARN for integration must contain path or action";
            Diagnostic::error(Code::InvalidValue, message)
        };
        diagnostics.push(finding.at(uri.whole()).help(URI_HELP));
        return None;
    };
    let start = uri.len() - name.len();
    let Some(action) = Action::from_name(name) else {
        let finding =
            Diagnostic::error(Code::UnknownAction, format!("unknown DynamoDB action `{name}`"))
                .at(uri.place(start..uri.len()));
        let known = Action::ALL.iter().map(|action| action.name());
        diagnostics.push(match closest(name, known) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help("the actions are those of the DynamoDB API, such as `GetItem`"),
        });
        return None;
    };
    if !action.is_supported() {
        let message = format!("the embedded store does not have the action `{action}`");
        let finding = Diagnostic::error(Code::UnsupportedAction, message);
        diagnostics.push(finding.at(uri.place(start..uri.len())));
        return None;
    }
    Some(action)
}

fn templates(
    templates: &[restapi::MappingTemplate],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<MappingTemplate> {
    templates
        .iter()
        .filter_map(|t| MappingTemplate::compile(&t.media_type, &t.template, diagnostics))
        .collect()
}

fn responses(integration: &restapi::Integration, diagnostics: &mut Vec<Diagnostic>) -> Responses {
    let mut compiled = Responses { by_pattern: Vec::new(), default: None };
    for response in &integration.responses {
        let Some(made) = self::response(response, diagnostics) else { continue };
        match &response.selection_pattern {
            None => compiled.default = Some(made),
            Some(pattern) => compiled
                .by_pattern
                .extend(whole_match(pattern, diagnostics).map(|regex| (regex, made))),
        }
    }
    compiled
}

/// AWS: the pattern matches the whole text, and `.` no line end.
fn whole_match(pattern: &Sourced, diagnostics: &mut Vec<Diagnostic>) -> Option<Regex> {
    // The pattern alone first, so that an error speaks of what its author wrote.
    let compiled = Regex::new(pattern.as_str())
        .and_then(|_| Regex::new(&format!("^(?:{})$", pattern.as_str())));
    compiled
        .map_err(|error| {
            let message = format!("`{}` is not a regular expression: {error}", pattern.as_str());
            let finding = Diagnostic::error(Code::InvalidPattern, message);
            diagnostics.push(finding.at(pattern.whole()));
        })
        .ok()
}

fn response(
    response: &restapi::IntegrationResponse,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<IntegrationResponse> {
    let parameters = response
        .response_parameters
        .iter()
        .filter_map(|line| ResponseMapping::compile(line, diagnostics))
        .collect();
    // AWS: an empty response template is stored as none.
    let kept: Vec<restapi::MappingTemplate> =
        response.response_templates.iter().filter(|t| !t.template.is_empty()).cloned().collect();
    let templates = templates(&kept, diagnostics);
    let status = response.status_code.parse().ok().and_then(|status| {
        (200..=599).contains(&status).then(|| StatusCode::from_u16(status).ok())?
    });
    if status.is_none() {
        let message = format!("`{}` is no final HTTP status", response.status_code.as_str());
        let finding = Diagnostic::error(Code::InvalidValue, message);
        diagnostics.push(finding.at(response.status_code.whole()).help("write 200 to 599"));
    }
    Some(IntegrationResponse {
        status: status?,
        parameters,
        templates,
        content_handling: response.content_handling.clone(),
        place: response.place.clone(),
    })
}
