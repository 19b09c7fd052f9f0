//! What chooses between integration responses: patterns that match no status (GW317), and errors that leave as successes
//! because nothing catches them (GW319).

use fancy_regex::Regex;
use vestibule_restapi::{
    Code, Diagnostic, Integration, IntegrationResponse, IntegrationType, Sourced,
};

pub(super) fn check(integration: &Integration, findings: &mut Vec<Diagnostic>) {
    let is_lambda = integration.uri.as_ref().is_some_and(|uri| uri.contains(":lambda:"));
    let matches_status = match integration.kind {
        IntegrationType::Aws => !is_lambda,
        IntegrationType::Http | IntegrationType::Mock => true,
        IntegrationType::AwsProxy | IntegrationType::HttpProxy => false,
    };
    if !matches_status {
        return;
    }
    let mut catches_errors = false;
    for response in &integration.responses {
        let Some(pattern) = &response.selection_pattern else { continue };
        let Ok(regex) = Regex::new(&format!("^(?:{})$", pattern.as_str())) else { continue };
        let matches = |status: u16| regex.is_match(&status.to_string()).unwrap_or(true);
        catches_errors |= matches(400);
        if !(100..=599).any(matches) {
            findings.push(never(pattern));
        }
    }
    let is_dynamodb = integration.kind == IntegrationType::Aws
        && integration.uri.as_ref().is_some_and(|uri| uri.contains(":dynamodb:"));
    let default = integration.responses.iter().find(|r| r.selection_pattern.is_none());
    if let Some(default) = default
        && is_dynamodb
        && !catches_errors
        && default.status_code.starts_with('2')
        && !looks_at_errors(default)
    {
        findings.push(
            Diagnostic::note_finding(
                Code::ErrorsUnderDefault,
                format!("an error of DynamoDB is answered with {}", default.status_code.as_str()),
            )
            .at(default.status_code.whole())
            .note("only the default response is there, and it takes every status")
            .help("add a response for `4\\d{2}`"),
        );
    }
}

fn never(pattern: &Sourced) -> Diagnostic {
    let message = format!("the pattern `{}` matches no status", pattern.as_str());
    let finding = Diagnostic::warning(Code::PatternMatchesNoStatus, message)
        .at(pattern.whole())
        .note("for all integrations but Lambda the pattern is matched against the whole HTTP status, such as `400`");
    if pattern.contains("Exception") || pattern.contains("Failed") {
        let name = pattern.trim_matches(['.', '*', '^', '$', '(', ')']);
        return finding.help(format!(
            "write `4\\d{{2}}`, and in its template ask for the name: `#set($type = $input.path('$.__type'))#if($type.contains(\"{name}\"))`"
        ));
    }
    finding.help("write a status such as `400`, or a class of them such as `4\\d{2}`")
}

/// Whether a template of the response tells errors from successes by itself.
fn looks_at_errors(response: &IntegrationResponse) -> bool {
    response.response_templates.iter().any(|template| {
        let text = template.template.as_str();
        text.contains("__type") || text.contains("responseOverride.status")
    })
}
