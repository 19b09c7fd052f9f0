//! Integrations of the types AWS and AWS_PROXY: `arn:{partition}:apigateway:{region}:{subdomain.}{service}:action/{name}`, or
//! `path/{path}`.

use super::super::snapshot::{DynamoDbCall, IntegrationKind};
use super::integration::verb;
use super::signer::{role_of, signer};
use crate::integrate::{
    AwsService, Invocation, Invoked, LambdaFunction, Target, UriTemplate, Verb,
};
use crate::services::{Functions, Services, Unreachable};
use http::HeaderValue;
use vestibule_dynamodb::Action;
use vestibule_dynamodb::protocol::TARGET_PREFIX;
use vestibule_restapi::{Code, Diagnostic, Integration, IntegrationType, Region, Sourced, closest};

const URI_HELP: &str = "write `arn:aws:apigateway:{region}:{service}:action/{name}` or \
                        `arn:aws:apigateway:{region}:{service}:path/{path}`";

const FUNCTION_HELP: &str = "write `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{ARN of the function}/invocations`";

/// Services whose `X-Amz-Target` AWS makes of the action itself, with its prefix and their `Content-Type`.
const TARGETS: [(&str, &str, &str); 2] = [
    ("kinesis", "Kinesis_20131202", "application/x-amz-json-1.1"),
    ("states", "AWSStepFunctions", "application/x-amz-json-1.0"),
];

/// The integration's URI, taken apart.
struct ServiceUri<'u> {
    region: &'u str,
    /// With its subdomain, if it has one.
    service: &'u str,
    form: Form<'u>,
}

#[derive(Clone, Copy)]
enum Form<'u> {
    Action(&'u str),
    Path(&'u str),
}

/// Compiles what a service is called for, unless something in it is wrong or it cannot be called.
pub(super) fn kind(
    integration: &Integration,
    services: &Services,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<IntegrationKind> {
    let Some(uri) = &integration.uri else {
        let message = format!("an {} integration needs a URI", integration.kind.as_str());
        let finding = Diagnostic::error(Code::Missing, message);
        diagnostics.push(finding.at(integration.place.clone()).help(URI_HELP));
        return None;
    };
    let compiled = match service_uri(uri) {
        Err(finding) => Err(finding),
        Ok(ServiceUri { service: "dynamodb", form, region }) if !is_proxy(integration) => {
            if let Some(served) = services.aws_dynamodb().filter(|served| *served != region) {
                diagnostics.push(of_another_region(uri, region, served));
                return None;
            }
            return dynamodb(integration, uri, form, diagnostics).map(IntegrationKind::DynamoDb);
        }
        Ok(parts) => match invoked_function(&parts) {
            Some(function) => lambda(integration, uri, &parts, function, services, diagnostics)
                .map(|function| IntegrationKind::Lambda(Box::new(function))),
            None if is_proxy(integration) => Err(no_proxy(uri, &parts)),
            None => {
                let verb = verb(integration, diagnostics)?;
                service(integration, verb, uri, &parts, services)
                    .map(|service| IntegrationKind::Service(Box::new(service)))
            }
        },
    };
    compiled.map_err(|finding| diagnostics.push(*finding)).ok()
}

pub(super) type Compiled<T> = Result<T, Box<Diagnostic>>;

fn is_proxy(integration: &Integration) -> bool {
    integration.kind == IntegrationType::AwsProxy
}

fn service_uri(uri: &Sourced) -> Compiled<ServiceUri<'_>> {
    let invalid = |message: String| {
        let finding = Diagnostic::error(Code::InvalidValue, message).at(uri.whole());
        Box::new(finding.help(URI_HELP))
    };
    let fields: Vec<&str> = uri.splitn(6, ':').collect();
    let &["arn", _, "apigateway", region, service, rest] = fields.as_slice() else {
        return Err(invalid(format!("Invalid ARN specified in the request: `{}`", uri.as_str())));
    };
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    let labels = service.split('.').all(|label| !label.is_empty());
    if !labels || !service.bytes().all(is_name) || Region::parse(region).is_err() {
        return Err(invalid(format!("Invalid ARN specified in the request: `{}`", uri.as_str())));
    }
    let action = rest.strip_prefix("action/").filter(|action| !action.is_empty());
    let form = action.map(Form::Action).or_else(|| rest.strip_prefix("path/").map(Form::Path));
    let form = form
        .ok_or_else(|| invalid("AWS ARN for integration must contain path or action".to_owned()))?;
    Ok(ServiceUri { region, service, form })
}

/// AWS would call the tables of that region; nothing is written to those of the same names in another one.
fn of_another_region(uri: &Sourced, region: &str, served: &str) -> Diagnostic {
    let message =
        format!("the store is DynamoDB in `{served}`, and this calls the one in `{region}`");
    let finding = Diagnostic::error(Code::UnsupportedFeature, message).at(uri.whole());
    finding.help(format!("serve it with `--region {region}`, or name the region `{served}` here"))
}

/// The function of `lambda:path/2015-03-31/functions/{function}/invocations`.
fn invoked_function<'u>(parts: &ServiceUri<'u>) -> Option<&'u str> {
    let (Form::Path(path), "lambda") = (parts.form, parts.service) else { return None };
    let path = path.trim_start_matches('/');
    path.strip_prefix("2015-03-31/functions/")?.strip_suffix("/invocations")
}

fn no_proxy(uri: &Sourced, parts: &ServiceUri<'_>) -> Box<Diagnostic> {
    let is_streamed =
        matches!(parts.form, Form::Path(path) if path.ends_with("/response-streaming-invocations"));
    let message = match parts.service {
        "lambda" if is_streamed => "streamed answers of functions are not supported yet",
        "firehose" => "AWS_PROXY integrations with Firehose are not supported yet",
        _ => "AWS_PROXY integrations call Lambda functions alone",
    };
    let finding = Diagnostic::error(Code::UnsupportedIntegration, message).at(uri.whole());
    Box::new(finding.help(FUNCTION_HELP))
}

fn lambda(
    integration: &Integration,
    uri: &Sourced,
    parts: &ServiceUri<'_>,
    function: &str,
    services: &Services,
    diagnostics: &mut Vec<Diagnostic>,
) -> Compiled<LambdaFunction> {
    let endpoint = services
        .find("lambda")
        .map_err(|reason| unreachable(uri, reason, "lambda", parts.region))?;
    let url = endpoint.url.clone();
    let role = role_of(integration);
    let signer = signer("lambda", parts.region, endpoint, role, services)?;
    let is_posted = integration.http_method.as_ref().is_none_or(|v| v.eq_ignore_ascii_case("POST"));
    if let Some(verb) = integration.http_method.as_ref().filter(|_| !is_posted) {
        let message = format!("Lambda functions are invoked with POST, not with {}", verb.as_str());
        let finding = Diagnostic::warning(Code::InvalidValue, message).at(verb.whole());
        let finding = finding.note("AWS takes the integration and answers every request with 500");
        diagnostics.push(finding.help("give the integration the HTTP method `POST`"));
    }
    let kind = if is_proxy(integration) { Invoked::Proxy } else { Invoked::Mapped };
    let invocation = Invocation::new(function, Functions::default(), Some((url, signer)));
    Ok(LambdaFunction { invocation, uri_place: uri.whole(), is_posted, kind })
}

/// The function that an authorizer asks, which may have an address of its own.
pub(super) fn asked_function(
    uri: &Sourced,
    role: Option<&Sourced>,
    services: &Services,
) -> Compiled<Invocation> {
    let parts = service_uri(uri)?;
    let Some(function) = invoked_function(&parts) else {
        let message = format!("`{}` names no Lambda function", uri.as_str());
        let finding = Diagnostic::error(Code::InvalidValue, message).at(uri.whole());
        return Err(Box::new(finding.help(FUNCTION_HELP)));
    };
    let (lambda, not_signed, reason) = match services.find("lambda") {
        Err(reason) => (None, None, Some(reason)),
        Ok(endpoint) => {
            let url = endpoint.url.clone();
            match signer("lambda", parts.region, endpoint, role, services) {
                Ok(signer) => (Some((url, signer)), None, None),
                Err(finding) => (None, Some(finding), None),
            }
        }
    };
    let invocation = Invocation::new(function, services.functions().clone(), lambda);
    // A function at an address of its own needs no role.
    if let Some(finding) = not_signed.filter(|_| !invocation.is_own()) {
        return Err(finding);
    }
    match reason.filter(|_| !invocation.is_reachable()) {
        None => Ok(invocation),
        Some(reason) => {
            let finding = unreachable(uri, reason, "lambda", parts.region);
            let or = "or give the function an address under `[functions]` of `vestibule.toml`";
            let help = finding.help.as_deref().map(|help| format!("{help}; {or}"));
            Err(Box::new(Diagnostic { help, ..*finding }))
        }
    }
}

fn service(
    integration: &Integration,
    verb: Verb,
    uri: &Sourced,
    parts: &ServiceUri<'_>,
    services: &Services,
) -> Compiled<AwsService> {
    if let (Form::Action(_), "s3") = (parts.form, parts.service) {
        let message = "the form `s3:action/` is not supported";
        let finding = Diagnostic::error(Code::UnsupportedIntegration, message).at(uri.whole());
        return Err(Box::new(finding.help("write `s3:path/{bucket}/{key}`")));
    }
    let (subdomain, name) = match parts.service.rsplit_once('.') {
        Some((subdomain, name)) => (Some(subdomain), name),
        None => (None, parts.service),
    };
    // An endpoint of the whole name has its subdomain already.
    let whole = services.find(parts.service);
    let (found, subdomain) = match whole {
        Ok(endpoint) => (Ok(endpoint), None),
        Err(_) => (services.find(name), subdomain),
    };
    let endpoint = found.map_err(|reason| unreachable(uri, reason, name, parts.region))?;
    let url = endpoint.url.clone();
    let role = role_of(integration);
    let signer = signer(name, parts.region, endpoint, role, services)?;
    let text = match parts.form {
        Form::Action(action) => url.url(subdomain, "/", &format!("Action={action}")),
        Form::Path(path) => {
            let slash = if path.starts_with('/') { "" } else { "/" };
            url.url(subdomain, &format!("{slash}{path}"), "")
        }
    };
    Ok(AwsService {
        verb,
        uri: UriTemplate::parse(&text),
        uri_place: uri.whole(),
        host: subdomain.and_then(|subdomain| HeaderValue::try_from(url.host(Some(subdomain))).ok()),
        signer,
        target: target(name, parts.form),
    })
}

fn target(service: &str, form: Form<'_>) -> Option<Target> {
    let Form::Action(action) = form else { return None };
    let (_, prefix, content_type) = TARGETS.iter().find(|(known, ..)| *known == service)?;
    let name = HeaderValue::try_from(format!("{prefix}.{action}")).ok()?;
    Some(Target { name, content_type: HeaderValue::from_static(content_type) })
}

/// What a method is refused with whose service cannot be called.
fn unreachable(uri: &Sourced, reason: Unreachable, service: &str, region: &str) -> Box<Diagnostic> {
    let flag = match service {
        "lambda" => "--lambda-endpoint URL".to_owned(),
        _ => format!("--endpoint {service}=URL"),
    };
    let (message, help) = match reason {
        Unreachable::NoEndpoint => (
            format!("there is no endpoint of the service `{service}`"),
            match service {
                "lambda" => format!(
                    "say where functions are invoked: `{flag}`, such as `http://127.0.0.1:3001` of `sam local start-lambda`"
                ),
                _ => format!(
                    "say where it is: `{flag}`, such as `https://{service}.{region}.amazonaws.com`"
                ),
            },
        ),
        Unreachable::NoCredentials => (
            format!("there are no credentials to sign requests to the service `{service}` with"),
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; an endpoint on this machine is called without them"
                .to_owned(),
        ),
    };
    let finding = Diagnostic::error(Code::UnreachableService, message).at(uri.whole());
    Box::new(finding.help(help))
}

fn dynamodb(
    integration: &Integration,
    uri: &Sourced,
    form: Form<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<DynamoDbCall> {
    check_http_method(integration, diagnostics);
    match form {
        Form::Action(name) => {
            let start = uri.len() - name.len();
            action(name, uri, start, diagnostics).map(DynamoDbCall::Action)
        }
        Form::Path(path) => {
            if !path.trim_matches('/').is_empty() {
                let message = format!("DynamoDB has the path `/` alone, not `/{path}`");
                let finding = Diagnostic::error(Code::InvalidValue, message).at(uri.whole());
                diagnostics.push(finding.help("write `dynamodb:path//`"));
                return None;
            }
            check_target(integration, diagnostics);
            Some(DynamoDbCall::ByTarget)
        }
    }
}

/// DynamoDB takes nothing but POST; with GET, HEAD or OPTIONS AWS does not even send the body.
fn check_http_method(integration: &Integration, diagnostics: &mut Vec<Diagnostic>) {
    let Some(verb) = &integration.http_method else { return };
    if !verb.eq_ignore_ascii_case("POST") {
        let message = format!("DynamoDB is called with POST, not with {}", verb.as_str());
        let finding = Diagnostic::error(Code::InvalidValue, message).at(verb.whole()).note(
            "without a verb of its own an integration has the method's; on AWS every such call fails",
        );
        diagnostics.push(finding.help("give the integration the HTTP method `POST`"));
    }
}

fn action(
    name: &str,
    written: &Sourced,
    start: usize,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Action> {
    let place = written.place(start..start + name.len());
    let Some(action) = Action::from_name(name) else {
        let message = format!("unknown DynamoDB action `{name}`");
        let finding = Diagnostic::error(Code::UnknownAction, message).at(place);
        let known = Action::ALL.iter().map(|action| action.name());
        diagnostics.push(match closest(name, known) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help("the actions are those of the DynamoDB API, such as `GetItem`"),
        });
        return None;
    };
    if !action.is_supported() {
        let message = format!("the embedded store does not have the action `{action}`");
        diagnostics.push(Diagnostic::error(Code::UnsupportedAction, message).at(place));
        return None;
    }
    Some(action)
}

/// A target that is written down names an action, or every call fails.
fn check_target(integration: &Integration, diagnostics: &mut Vec<Diagnostic>) {
    const DESTINATION: &str = "integration.request.header.X-Amz-Target";
    let mut lines = integration.request_parameters.iter();
    let Some(line) = lines.find(|line| line.destination.eq_ignore_ascii_case(DESTINATION)) else {
        // A template may set it.
        if integration.request_templates.is_empty() {
            let message = "nothing is mapped onto the header `X-Amz-Target`";
            let finding = Diagnostic::warning(Code::InvalidMapping, message);
            let finding = finding.at(integration.place.clone());
            let note = "DynamoDB answers every call with UnknownOperationException";
            diagnostics.push(finding.note(note).help(TARGET_HELP));
        }
        return;
    };
    let literal = line.source.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let Some(literal) = literal else { return };
    match literal.strip_prefix(TARGET_PREFIX) {
        Some(name) => {
            let start = 1 + literal.len() - name.len();
            action(name, &line.source, start, diagnostics);
        }
        None => {
            let message = format!("`{literal}` is no target of DynamoDB");
            let finding = Diagnostic::error(Code::UnknownAction, message).at(line.source.whole());
            diagnostics.push(finding.help(TARGET_HELP));
        }
    }
}

const TARGET_HELP: &str = "map it: `integration.request.header.X-Amz-Target` from `'DynamoDB_20120810.GetItem'`, or use \
                           the form `dynamodb:action/GetItem`";
