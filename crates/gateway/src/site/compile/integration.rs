//! One integration: what it calls, its mappings, its templates, its responses.

use super::super::snapshot::{Integration, IntegrationKind, IntegrationResponse, Responses};
use super::reserved;
use crate::integrate::{HttpEndpoint, HttpKind, UriError, UriTemplate, Verb};
use crate::map::{MappingTemplate, RequestLine, RequestMapping, ResponseMapping};
use fancy_regex::Regex;
use http::{Method, StatusCode};
use std::time::Duration;
use vestibule_dynamodb::Action;
use vestibule_restapi as restapi;
use vestibule_restapi::{Code, Diagnostic, IntegrationType, ParameterLocation, Sourced, closest};

/// Compiles an integration, unless something in it is wrong.
pub(super) fn compile(
    integration: &restapi::Integration,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Integration> {
    let kind = kind(integration, diagnostics);
    let mappings: Vec<RequestMapping> = integration
        .request_parameters
        .iter()
        .filter_map(|line| RequestMapping::compile(line, diagnostics))
        .collect();
    let templates = templates(&integration.request_templates, diagnostics);
    for template in &integration.request_templates {
        reserved::check(&template.template, diagnostics);
    }
    let responses = responses(integration, diagnostics);
    let kind = kind?;
    if let IntegrationKind::Http(endpoint) = &kind {
        check_path_parameters(endpoint, &mappings, integration, diagnostics);
    }
    let lines = lines(&kind, mappings);
    Some(Integration {
        kind,
        timeout: Duration::from_millis(integration.timeout_ms.into()),
        lines,
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
        IntegrationType::Http => {
            http(integration, HttpKind::Mapped, diagnostics).map(IntegrationKind::Http)
        }
        IntegrationType::HttpProxy => {
            http(integration, HttpKind::Proxy, diagnostics).map(IntegrationKind::Http)
        }
        IntegrationType::AwsProxy => {
            let message =
                format!("{} integrations are not supported yet", integration.kind.as_str());
            let finding = Diagnostic::error(Code::UnsupportedIntegration, message)
                .at(integration.place.clone())
                .help("today an integration is `aws` with a DynamoDB action, `http`, `http_proxy` or `mock`");
            diagnostics.push(finding);
            None
        }
    }
}

/// The lines that matter: all where their values are used, else those that AWS refuses.
fn lines(kind: &IntegrationKind, mappings: Vec<RequestMapping>) -> Vec<RequestLine> {
    let rules = kind.header_rules();
    let line = |mapping: RequestMapping| {
        let is_header = mapping.location == ParameterLocation::Header;
        let is_illegal = is_header && rules.is_illegal(&mapping.name);
        RequestLine { mapping, is_illegal }
    };
    let lines = mappings.into_iter().map(line);
    lines.filter(|line| kind.takes_parameters() || line.is_refusable()).collect()
}

/// An HTTP endpoint, unless AWS would not take it.
fn http(
    integration: &restapi::Integration,
    kind: HttpKind,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Box<HttpEndpoint>> {
    let Some(uri) = &integration.uri else {
        let message = format!("an {} integration needs a URI", integration.kind.as_str());
        let finding = Diagnostic::error(Code::Missing, message).at(integration.place.clone());
        diagnostics.push(finding.help("write `https://` and what follows"));
        return None;
    };
    let is_url = ["http://", "https://", "${stageVariables."].iter().any(|prefix| {
        uri.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    });
    if !is_url {
        let message = format!("Invalid HTTP endpoint specified for URI: `{}`", uri.as_str());
        let finding = Diagnostic::error(Code::InvalidValue, message).at(uri.whole());
        diagnostics.push(finding.help("begin it with `http://`, `https://` or a stage variable"));
        return None;
    }
    let template = UriTemplate::parse(uri);
    match template.flaw() {
        None => {}
        Some(flaw @ UriError::Illegal { .. }) => {
            let finding = Diagnostic::warning(Code::InvalidValue, flaw.to_string());
            let finding = finding.at(uri.whole()).note("every request is answered with 500");
            diagnostics.push(finding.help("encode it with `%` and two digits"));
        }
        Some(flaw) => {
            let message = format!("Invalid HTTP endpoint specified for URI: `{}`", uri.as_str());
            let finding = Diagnostic::error(Code::InvalidValue, message).at(uri.whole());
            diagnostics.push(finding.note(flaw.to_string()));
            return None;
        }
    }
    Some(Box::new(HttpEndpoint {
        verb: verb(integration, diagnostics)?,
        uri: template,
        uri_place: uri.whole(),
        verify_certificate: integration.insecure_skip_verification.is_none(),
        kind,
    }))
}

/// The verb towards an endpoint. An import gives every integration one; without it the client's counts.
fn verb(integration: &restapi::Integration, diagnostics: &mut Vec<Diagnostic>) -> Option<Verb> {
    let Some(verb) = &integration.http_method else { return Some(Verb::OfClient) };
    const VERBS: [Method; 7] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::HEAD,
        Method::OPTIONS,
    ];
    let known = VERBS.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(verb));
    match known {
        Some(method) => Some(Verb::Always(method)),
        None if verb.eq_ignore_ascii_case("ANY") => Some(Verb::OfClient),
        None => {
            let message = format!("`{}` is no HTTP method of an integration", verb.as_str());
            let finding = Diagnostic::error(Code::InvalidValue, message).at(verb.whole());
            let help = "it is one of GET, PUT, POST, DELETE, PATCH, OPTIONS, HEAD, ANY";
            diagnostics.push(finding.help(help));
            None
        }
    }
}

/// Recorded on AWS: `{name}` in a URI is filled by `integration.request.path.name` alone, never by the path of the resource.
fn check_path_parameters(
    endpoint: &HttpEndpoint,
    mappings: &[RequestMapping],
    integration: &restapi::Integration,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let is_filled = |name: &str| {
        let mut paths = mappings.iter().filter(|m| m.location == ParameterLocation::Path);
        paths.any(|mapping| mapping.name == name)
    };
    // A template may set it in `$context.requestOverride.path`.
    let has_templates =
        endpoint.kind == HttpKind::Mapped && !integration.request_templates.is_empty();
    for name in endpoint.uri.path_parameters().filter(|name| !is_filled(name) && !has_templates) {
        let message = format!("nothing is mapped onto `{{{name}}}` of the URI");
        let finding = Diagnostic::warning(Code::InvalidMapping, message);
        let help =
            format!("map it: `integration.request.path.{name}` from `method.request.path.{name}`");
        let finding = finding.at(endpoint.uri_place.clone());
        diagnostics.push(finding.note("every request is answered with 500").help(help));
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
