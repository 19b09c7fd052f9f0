//! One integration: what it calls, its mappings, its templates, its responses.

use super::super::snapshot::{Integration, IntegrationKind, IntegrationResponse, Responses};
use super::roles::Roles;
use super::{aws, reserved, signer};
use crate::cache::CacheNames;
use crate::integrate::{HttpEndpoint, HttpKind, UriError, UriTemplate, Verb};
use crate::map::{MappingTemplate, RequestLine, RequestMapping, ResponseMapping};
use crate::services::Services;
use fancy_regex::Regex;
use http::{Method, StatusCode};
use std::time::Duration;
use vestibule_restapi as restapi;
use vestibule_restapi::{Code, Diagnostic, IntegrationType, ParameterLocation, Place, Sourced};

/// Compiles an integration, unless something in it is wrong.
pub(super) fn compile(
    resource: &restapi::Resource,
    integration: &restapi::Integration,
    services: &Services,
    roles: &mut Roles<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Integration> {
    let cache_names = CacheNames::compile(resource, integration, diagnostics);
    let kind = kind(integration, services, diagnostics);
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
    let uri = match &kind {
        IntegrationKind::Http(endpoint) => Some((&endpoint.uri, &endpoint.uri_place)),
        IntegrationKind::Service(service) => Some((&service.uri, &service.uri_place)),
        IntegrationKind::DynamoDb(_) | IntegrationKind::Mock | IntegrationKind::Lambda(_) => None,
    };
    if let Some((uri, place)) = uri {
        // A template may set it in `$context.requestOverride.path`.
        let has_templates = !kind.is_proxy() && !integration.request_templates.is_empty();
        let unfilled = uri.path_parameters().filter(|_| !has_templates);
        check_path_parameters(unfilled, place, &mappings, diagnostics);
    }
    let lines = lines(&kind, mappings);
    let (role, assumed) = match (&kind, services.aws_dynamodb()) {
        (IntegrationKind::DynamoDb(_), None) => (roles.of(integration, diagnostics), None),
        // AWS itself knows what the role may do.
        (IntegrationKind::DynamoDb(_), Some(region)) => {
            let assumed = signer::of_dynamodb(integration, region, services);
            (None, assumed.map_err(|finding| diagnostics.push(*finding)).ok()?)
        }
        (
            IntegrationKind::Http(_)
            | IntegrationKind::Lambda(_)
            | IntegrationKind::Mock
            | IntegrationKind::Service(_),
            _,
        ) => (None, None),
    };
    Some(Integration {
        kind,
        timeout: Duration::from_millis(integration.timeout_ms.into()),
        lines,
        templates,
        passthrough: integration.passthrough_behavior,
        content_handling: integration.content_handling.clone(),
        responses,
        cache_names,
        role,
        assumed,
        place: integration.place.clone(),
    })
}

fn kind(
    integration: &restapi::Integration,
    services: &Services,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<IntegrationKind> {
    match integration.kind {
        IntegrationType::Mock => Some(IntegrationKind::Mock),
        IntegrationType::Aws | IntegrationType::AwsProxy => {
            aws::kind(integration, services, diagnostics)
        }
        IntegrationType::Http => {
            http(integration, HttpKind::Mapped, diagnostics).map(IntegrationKind::Http)
        }
        IntegrationType::HttpProxy => {
            http(integration, HttpKind::Proxy, diagnostics).map(IntegrationKind::Http)
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
pub(super) fn verb(
    integration: &restapi::Integration,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Verb> {
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
fn check_path_parameters<'n>(
    names: impl Iterator<Item = &'n str>,
    uri_place: &Place,
    mappings: &[RequestMapping],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let is_filled = |name: &str| {
        let mut paths = mappings.iter().filter(|m| m.location == ParameterLocation::Path);
        paths.any(|mapping| mapping.name == name)
    };
    for name in names.filter(|name| !is_filled(name)) {
        let message = format!("nothing is mapped onto `{{{name}}}` of the URI");
        let finding = Diagnostic::warning(Code::InvalidMapping, message);
        let help =
            format!("map it: `integration.request.path.{name}` from `method.request.path.{name}`");
        let finding = finding.at(uri_place.clone());
        diagnostics.push(finding.note("every request is answered with 500").help(help));
    }
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
    let (mut by_pattern, mut default) = (Vec::new(), None);
    for response in &integration.responses {
        let Some(made) = self::response(response, diagnostics) else { continue };
        match &response.selection_pattern {
            None => default = Some(made),
            Some(pattern) => {
                by_pattern.extend(whole_match(pattern, diagnostics).map(|regex| (regex, made)));
            }
        }
    }
    Responses::new(by_pattern, default)
}

/// AWS: the pattern matches the whole text, and `.` no line end.
pub(super) fn whole_match(pattern: &Sourced, diagnostics: &mut Vec<Diagnostic>) -> Option<Regex> {
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
