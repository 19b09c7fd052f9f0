//! What stopped a request: a template that failed, a mapping, a missing template, a body that does not fit, an endpoint
//! without an answer.

use super::{Case, function, json, refused};
use crate::error::{Detail, GatewayError, Stop};
use crate::exchange::Progress;
use crate::limits::{EXPLAINED_BODY_BYTES_MAX, SHOWN_CHARS_MAX};
use crate::observe::rerun;
use crate::site::IntegrationKind;
use vestibule_restapi::{
    Code, Diagnostic, GatewayResponseType as Kind, ParameterLocation, Resource, closest,
};

pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Diagnostic>) {
    match &case.facts.stop {
        Some(Stop::Gateway(error)) => findings.push(stopped(case, error)),
        Some(Stop::Bare(error)) => findings.extend(error.detail.as_deref().map(|detail| {
            at(Diagnostic::warning(Code::CallerRefused, &*detail.message), Some(detail))
        })),
        None => {}
    }
}

fn stopped(case: &Case<'_>, error: &GatewayError) -> Diagnostic {
    let words = error.message.as_deref().unwrap_or_default();
    let message = error.detail.as_ref().map_or(words, |detail| detail.message.as_str());
    if case.facts.progress == Progress::Authorization {
        return refused::finding(case, error);
    }
    match error.kind {
        Kind::MissingAuthenticationToken => no_method(case),
        Kind::BadRequestParameters => parameters(case, message),
        Kind::BadRequestBody => body(case, message),
        Kind::UnsupportedMediaType => media_type(case, error.detail.as_ref(), message),
        Kind::IntegrationFailure | Kind::IntegrationTimeout => unanswered(case, error, message),
        _ => {
            if let Some(finding) = mock(case) {
                return finding;
            }
            let is_template = message.starts_with("the template failed");
            let code = if is_template { Code::TemplateFailed } else { Code::Misconfigured };
            let finding = at(Diagnostic::error(code, message), error.detail.as_ref());
            let left = || unmapped(case).filter(|_| message.starts_with("Illegal character"));
            let help = left().or_else(|| finding.place.as_ref().and_then(|at| case.help_at(at)));
            match (&finding.help, help) {
                (None, Some(help)) => finding.help(help),
                _ => finding,
            }
        }
    }
}

/// The mapping of a variable of the endpoint's URI that nothing maps, so that it stays in the URI as it is written.
fn unmapped(case: &Case<'_>) -> Option<String> {
    let (resource, method) = rerun::definition(case.facts)?;
    let integration = method.integration.as_ref()?;
    let uri = integration.uri.as_ref()?.as_str();
    let is_mapped = |name: &str| {
        let wanted = format!("integration.request.path.{name}");
        integration.request_parameters.iter().any(|line| *line.destination == *wanted)
    };
    let braced = uri.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let names = braced.map(|(name, _)| name).filter(|name| !name.starts_with("stageVariables."));
    let name = names.into_iter().find(|name| !is_mapped(name))?;
    let variables = resource.path.split('/').filter_map(|segment| segment.strip_prefix('{'));
    let variables: Vec<&str> = variables.map(|rest| rest.trim_end_matches(['}', '+'])).collect();
    let only = variables.first().copied().filter(|_| variables.len() == 1);
    let meant = closest(name, variables.iter().copied()).or(only).unwrap_or(name);
    Some(format!(
        "map `{{{name}}}` in requestParameters: `integration.request.path.{name}: method.request.path.{meant}`"
    ))
}

/// An endpoint that did not answer, not in time, or with what is no answer.
fn unanswered(case: &Case<'_>, error: &GatewayError, message: &str) -> Diagnostic {
    let finding = || at(Diagnostic::error(Code::IntegrationFailed, message), error.detail.as_ref());
    if error.kind == Kind::IntegrationTimeout {
        let help = "make the endpoint faster, or raise `timeoutInMillis` (50 to 29,000)";
        return finding().help(help);
    }
    match rerun::method(case.facts).map(|method| &method.integration.kind) {
        Some(IntegrationKind::Http(endpoint)) => finding()
            .at(endpoint.uri_place.clone())
            .help("see that something answers there, or correct the URI"),
        Some(IntegrationKind::Lambda(function)) => {
            function::stopped(case, function, error, message)
        }
        Some(IntegrationKind::Service(service)) => {
            let help = format!(
                "see that something answers there, or correct `--endpoint {}=URL`",
                service.name()
            );
            finding().at(service.uri_place.clone()).help(help)
        }
        Some(IntegrationKind::DynamoDb(_) | IntegrationKind::Mock) | None => finding(),
    }
}

/// A path or a verb that nothing answers.
fn no_method(case: &Case<'_>) -> Diagnostic {
    let (verb, path) = (&case.facts.verb, &case.facts.path);
    let finding = Diagnostic::warning(Code::NoMethod, format!("no method answers {verb} `{path}`"))
        .note(
            "AWS answers an unknown path and an unknown verb with `Missing Authentication Token`",
        );
    let Some(stage) = &case.facts.stage else { return finding };
    let resources = &stage.snapshot().api().resources;
    let is_at = |resource: &&Resource| {
        let (mut wanted, mut sent) = (resource.path.split('/'), path.split('/'));
        loop {
            match (wanted.next(), sent.next()) {
                (None, None) => return true,
                (Some(wanted), Some(sent)) if wanted == sent || wanted.starts_with('{') => {}
                _ => return false,
            }
        }
    };
    if let Some(resource) = resources.iter().find(is_at) {
        let verbs = resource.methods.iter().map(|method| method.http_method.to_string());
        let verbs = verbs.collect::<Vec<_>>().join(", ");
        let finding = finding.at(resource.path.whole());
        return finding.help(format!("the methods of `{}` are {verbs}", resource.path.as_str()));
    }
    let paths = resources.iter().map(|resource| resource.path.as_str());
    match closest(path, paths.clone()) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => {
            let first: Vec<String> =
                paths.take(PATHS_MAX).map(|path| format!("`{path}`")).collect();
            finding.help(format!("the paths are {}", first.join(", ")))
        }
    }
}

/// Paths that a help lists.
const PATHS_MAX: usize = 8;

/// A finding with what a detail says.
pub(super) fn at(finding: Diagnostic, detail: Option<&Detail>) -> Diagnostic {
    let Some(detail) = detail else { return finding };
    let mut finding = finding;
    if let Some(place) = &detail.place {
        finding = finding.at(place.clone());
    }
    if !detail.values.is_empty() {
        finding = finding.value(detail.values.join(", "));
    }
    match &detail.help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

fn parameters(case: &Case<'_>, message: &str) -> Diagnostic {
    let finding = Diagnostic::warning(Code::InvalidRequest, message);
    let Some((_, method)) = rerun::definition(case.facts) else { return finding };
    let places = [
        (ParameterLocation::Querystring, "in the query"),
        (ParameterLocation::Header, "as a header"),
        (ParameterLocation::Path, "in the path"),
    ];
    let named = message.rsplit_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
    let names: Vec<String> = named
        .unwrap_or_default()
        .split(", ")
        .map(|name| {
            let required =
                method.request_parameters.iter().find(|p| p.is_required && p.name == name);
            let place = places.iter().find(|(at, _)| required.is_some_and(|p| p.location == *at));
            format!("`{name}` {}", place.map_or("", |(_, words)| words)).trim_end().to_owned()
        })
        .collect();
    let help = format!("send {}, or let it be not required", names.join(" and "));
    finding.at(method.place.clone()).help(help)
}

fn body(case: &Case<'_>, message: &str) -> Diagnostic {
    let finding = Diagnostic::warning(Code::InvalidRequest, message);
    let Some((_, method)) = rerun::definition(case.facts) else { return finding };
    let models = &method.request_models;
    let of =
        |wanted: &str| models.iter().find(|model| model.media_type.eq_ignore_ascii_case(wanted));
    let Some(model) = of(&case.facts.media_type).or_else(|| of("$default")) else { return finding };
    let name = model.model.as_str();
    finding
        .at(model.model.whole())
        .help(format!("send what the model `{name}` asks for, or change the model"))
}

fn media_type(case: &Case<'_>, detail: Option<&Detail>, message: &str) -> Diagnostic {
    let sent = &case.facts.media_type;
    let finding = at(Diagnostic::error(Code::NoTemplate, message), detail);
    let Some(method) = rerun::method(case.facts) else { return finding };
    let known: Vec<String> = method
        .integration
        .templates
        .iter()
        .map(|template| format!("`Content-Type: {}`", template.media_type))
        .collect();
    let passthrough = method.integration.passthrough.as_str();
    let help = match known.as_slice() {
        [] => format!("add a request template for `{sent}`"),
        _ => format!("add a request template for `{sent}`, or send {}", known.join(" or ")),
    };
    let note =
        format!("with passthroughBehavior {passthrough} a body without a template is refused");
    finding.note(note).help(help)
}

/// A mock whose template gives no status.
fn mock(case: &Case<'_>) -> Option<Diagnostic> {
    let method = rerun::method(case.facts)?;
    let made = case.facts.request.as_ref()?;
    let text = made.text.as_deref()?;
    let is_mock = matches!(method.integration.kind, IntegrationKind::Mock);
    if !is_mock || case.facts.reply.is_some() {
        return None;
    }
    let Some(used) = &made.template else {
        let message = "the client's body passes through, and a mock takes its status from it";
        let finding = Diagnostic::error(Code::Misconfigured, message);
        let finding = finding.at(method.integration.place.clone());
        return Some(finding.help("add the request template `{\"statusCode\": 200}`"));
    };
    let shown: String = text.trim().chars().take(SHOWN_CHARS_MAX).collect();
    let message = "the mock's template gives no `statusCode`";
    let finding = Diagnostic::error(Code::Misconfigured, message).value(format!("`{shown}`"));
    let text = Some(text).filter(|text| text.len() <= EXPLAINED_BODY_BYTES_MAX);
    let broken = text.and_then(json::broken).and_then(|broken| made.place(broken.at));
    let place = broken.unwrap_or_else(|| used.source.whole());
    let note = "AWS: it should be an integer that is defined in the request template";
    Some(finding.at(place).note(note).help("write `\"statusCode\": 200`, a number without quotes"))
}
