//! Lambda functions: one that failed, a result that says no answer, an endpoint that is not there, and errors that leave as
//! successes.

use super::request::shown;
use super::{Case, failure};
use crate::error::{Detail, GatewayError};
use crate::integrate::{FUNCTION_ERROR, Invoked, LambdaFunction};
use crate::limits::SHOWN_CHARS_MAX;
use crate::observe::rerun::{self, Reply};
use crate::site::IntegrationKind;
use serde::Deserialize;
use vestibule_restapi::{Code, Diagnostic};

/// What Lambda says of a function that failed; the runtimes have two names for where.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Failure {
    error_message: String,
    error_type: String,
    stack_trace: Vec<serde_json::Value>,
    trace: Vec<serde_json::Value>,
}

/// A request that invoked a function and was stopped by what came of it.
pub(super) fn stopped(
    case: &Case<'_>,
    function: &LambdaFunction,
    error: &GatewayError,
    message: &str,
) -> Diagnostic {
    let detail = error.detail.as_ref();
    let reply = case.facts.reply.as_ref();
    if let Some(reply) = reply.filter(|reply| has_failed(reply)) {
        return failed(function, reply);
    }
    if message.starts_with("Malformed Lambda proxy response") {
        let finding = failure::at(Diagnostic::error(Code::MalformedResult, message), detail);
        let result = reply.and_then(|reply| std::str::from_utf8(&reply.body).ok());
        let result = result.filter(|result| !result.is_empty());
        let finding = match result {
            Some(result) => finding.value(format!("`{}`", shown(result))),
            None => finding,
        };
        return finding.note("API Gateway answers such a result with 502");
    }
    let finding = failure::at(Diagnostic::error(Code::IntegrationFailed, message), detail);
    let is_reached = detail.is_some_and(|Detail { help, .. }| help.is_some()) || reply.is_some();
    match is_reached {
        true => finding,
        false => finding
            .at(function.uri_place.clone())
            .help("see that functions are invoked there, or correct `--lambda-endpoint`"),
    }
}

/// A function whose failure reached the client as a success.
pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Diagnostic>) {
    let facts = case.facts;
    let Some((_, definition)) = rerun::definition(facts) else { return };
    let (Some(reply), Some(integration)) = (&facts.reply, &definition.integration) else { return };
    let is_lost = is_mapped(case)
        && has_failed(reply)
        && facts.stop.is_none()
        && !facts.status.is_client_error()
        && !facts.status.is_server_error();
    if !is_lost {
        return;
    }
    let (said, answered) = (Failure::of(reply).words(), facts.status.as_u16());
    let message = format!("the function failed {said}, and the answer is {answered}");
    let finding = Diagnostic::error(Code::ErrorAsSuccess, message)
        .note("a pattern is matched against the whole `errorMessage` of a function");
    let responses = &integration.responses;
    let mut patterns = responses.iter().filter_map(|r| r.selection_pattern.as_ref());
    let start: String = reply.status.chars().take(SHOWN_CHARS_MAX).collect();
    // Found in the message, but not the whole of it.
    let near = patterns.find(|pattern| {
        let found = fancy_regex::Regex::new(pattern).map(|pattern| pattern.is_match(&start));
        matches!(found, Ok(Ok(true)))
    });
    let default = responses.iter().find(|response| response.selection_pattern.is_none());
    findings.push(match (near, default) {
        (Some(near), _) => {
            let finding = finding.at(near.whole());
            finding.help(format!("write `.*{}.*`", near.trim()))
        }
        (None, default) => {
            let place = default.map(|default| default.status_code.whole());
            let finding = place.map_or(finding.clone(), |place| finding.at(place));
            finding.help(
                "add an integration response with a pattern for it, such as `.+` for every error",
            )
        }
    });
}

fn is_mapped(case: &Case<'_>) -> bool {
    let kind = rerun::method(case.facts).map(|method| &method.integration.kind);
    matches!(kind, Some(IntegrationKind::Lambda(function)) if function.kind == Invoked::Mapped)
}

/// Whether Lambda says that the function failed.
fn has_failed(reply: &Reply) -> bool {
    reply.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(FUNCTION_ERROR.as_str()))
}

fn failed(function: &LambdaFunction, reply: &Reply) -> Diagnostic {
    let failure = Failure::of(reply);
    let message = format!("the function failed {}", failure.words());
    let finding = Diagnostic::error(Code::FunctionFailed, message).at(function.uri_place.clone());
    let finding = match failure.origin() {
        Some(origin) => finding.value(format!("`{}`", shown(origin))),
        None => finding,
    };
    let id = reply.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amzn-requestid"));
    let finding = finding.help(failure.help());
    match id {
        Some((_, id)) => finding.note(format!("its log has the rest under the request id {id}")),
        None => finding,
    }
}

impl Failure {
    fn of(reply: &Reply) -> Failure {
        let body = reply.explained_body().unwrap_or_default();
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// Such as ``with `TypeError`: it broke``.
    fn words(&self) -> String {
        let message = shown(&self.error_message);
        match (self.error_type.as_str(), message.as_str()) {
            ("", "") => "without a word".to_owned(),
            ("", message) => format!("with: {message}"),
            (kind, message) => format!("with `{}`: {message}", shown(kind)),
        }
    }

    /// The line of its stack that threw: Python's last, else the first of the others.
    fn origin(&self) -> Option<&str> {
        let mut frames = self.stack_trace.iter().chain(&self.trace);
        let mut frames: Vec<&str> = frames.by_ref().filter_map(|frame| frame.as_str()).collect();
        frames.retain(|frame| frame.starts_with(char::is_whitespace) || self.trace.is_empty());
        let is_python = frames.first().is_some_and(|frame| frame.trim().starts_with("File "));
        let frame = if is_python { frames.last() } else { frames.first() };
        frame.map(|frame| frame.trim())
    }

    fn help(&self) -> &'static str {
        match self.error_type.as_str() {
            "Runtime.ImportModuleError"
            | "Runtime.HandlerNotFound"
            | "Runtime.MalformedHandlerName" => {
                "see that the package has the module, and that `Handler` names it"
            }
            _ if self.error_message.contains("Task timed out after") => {
                "raise the function's `Timeout`, or make it faster"
            }
            _ if self.error_message.contains("signal: killed") => {
                "raise the function's `MemorySize`"
            }
            _ => {
                "mend the function, or let it return an error of its own: `{\"statusCode\": 500, \"body\": \"...\"}`"
            }
        }
    }
}
