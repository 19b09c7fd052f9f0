//! Errors of an integration that leave as successes, and patterns that were meant for them.

use super::Case;
use crate::observe::rerun;
use serde_json::Value;
use vestibule_restapi::{Code, Diagnostic, IntegrationResponse, Sourced};

pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Diagnostic>) {
    let facts = case.facts;
    let (Some(reply), Some((_, method))) = (&facts.reply, rerun::definition(facts)) else {
        return;
    };
    let Some(integration) = &method.integration else { return };
    let is_error = reply.status.starts_with(['4', '5']) && facts.stop.is_none();
    if !is_error || facts.status.is_client_error() || facts.status.is_server_error() {
        return;
    }
    let kind = reply.explained_body().and_then(error_kind);
    let kind = kind.map_or_else(String::new, |kind| format!(" ({kind})"));
    let (status, answered) = (&reply.status, facts.status.as_u16());
    let message = format!("the integration's {status}{kind} was answered with {answered}");
    let finding = Diagnostic::error(Code::ErrorAsSuccess, message);
    let patterns = integration.responses.iter().filter_map(|r| r.selection_pattern.as_ref());
    let missed = patterns.clone().find(|pattern| is_meant(pattern, status));
    let default = integration.responses.iter().find(|r| r.selection_pattern.is_none());
    let finding = match (missed, default) {
        (Some(pattern), _) => missed_by(case, finding, pattern, status),
        (None, Some(default)) => under_default(finding, default, status, patterns.count()),
        (None, None) => finding,
    };
    findings.push(finding);
}

/// The name of DynamoDB's error, without what stands before it.
pub(super) fn error_kind(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let kind = body.get("__type")?.as_str()?;
    Some(kind.rsplit('#').next().unwrap_or(kind).to_owned())
}

/// Whether a pattern that did not match was written for errors like this one.
fn is_meant(pattern: &Sourced, status: &str) -> bool {
    let trimmed = pattern.trim();
    let would = fancy_regex::Regex::new(&format!("^(?:{trimmed})$"));
    trimmed.contains("Exception")
        || trimmed.contains("Failed")
        || (trimmed != pattern.as_str()
            && would.is_ok_and(|would| would.is_match(status).unwrap_or(false)))
}

fn missed_by(case: &Case<'_>, finding: Diagnostic, pattern: &Sourced, status: &str) -> Diagnostic {
    let place = pattern.whole();
    let trimmed = pattern.trim();
    let finding = finding
        .at(place.clone())
        .value(format!("`{}` was matched against `{status}`, which it is not", pattern.as_str()));
    if trimmed != pattern.as_str() && !trimmed.contains("Exception") {
        return finding
            .note("a pattern matches the whole status, and this one has white space or a line end around it")
            .help(format!("write `{trimmed}` with nothing around it; in YAML between single quotes, not behind `|`"));
    }
    let finding = finding.note("for all integrations but Lambda a pattern is matched against the HTTP status, not against the error");
    match case.help_at(&place) {
        Some(help) => finding.help(help),
        None => finding.help("write `4\\d{2}`"),
    }
}

fn under_default(
    finding: Diagnostic,
    default: &IntegrationResponse,
    status: &str,
    patterns: usize,
) -> Diagnostic {
    let note = match patterns {
        0 => "only the default response is there, and it takes every status".to_owned(),
        _ => format!("no pattern matches `{status}`, so the default response answers"),
    };
    let class = if status.starts_with('5') { "5\\d{2}" } else { "4\\d{2}" };
    finding
        .at(default.status_code.whole())
        .note(note)
        .help(format!("add an integration response with the pattern `{class}`"))
}
