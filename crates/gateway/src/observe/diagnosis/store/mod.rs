//! Why DynamoDB refused a request: its words, led back to the member they speak of and to the place of the template that
//! wrote it.
//!
//! The words are DynamoDB's (documented, and recorded by the authors of the embedded engine). What is not known here is told
//! with DynamoDB's words alone.

mod broken;
mod expressions;
mod keys;
mod table;
mod values;

use super::json::{self, Json, Member};
use super::request::shown;
use super::selection::error_kind;
use super::{Case, Made};
use crate::limits::EXPLAINED_BODY_BYTES_MAX;
use crate::observe::rerun;
use serde_json::Value;
use std::ops::Range;
use vestibule_restapi::{Code, Diagnostic, closest};

/// Where the request is to blame, and what to do.
struct Blame {
    /// Bytes of the request.
    at: Range<usize>,
    /// Those that are shown as the value.
    value: Range<usize>,
    help: Option<String>,
}

impl Blame {
    fn new(at: Range<usize>, help: impl Into<String>) -> Blame {
        Blame { value: at.clone(), at, help: Some(help.into()) }
    }

    fn showing(self, value: Range<usize>) -> Blame {
        Blame { value, ..self }
    }
}

pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Diagnostic>) {
    let facts = case.facts;
    let Some(reply) = &facts.reply else { return };
    if !case.is_dynamodb() || !reply.status.starts_with('4') {
        return;
    }
    let kind = reply.explained_body().and_then(error_kind).unwrap_or_default();
    let is_of_form = ["ValidationException", "SerializationException", "ResourceNotFoundException"]
        .contains(&kind.as_str());
    let Some(made) = facts.request.as_ref().filter(|_| is_of_form) else { return };
    let Some(text) = made.text.as_deref().filter(|t| t.len() <= EXPLAINED_BODY_BYTES_MAX) else {
        return;
    };
    let said = message(&reply.body);
    if let Some(broken) = json::broken(text) {
        findings.extend(broken::not_json(case, made, text, &broken));
        return;
    }
    let Some(json) = Json::read(text) else { return };
    let code =
        if kind == "ResourceNotFoundException" { Code::UnknownTable } else { Code::RequestRefused };
    let refusal = Refusal { case, made, json: &json, said: &said };
    let blame = match kind.as_str() {
        "ResourceNotFoundException" => refusal.unknown_table(),
        "SerializationException" => refusal.wrong_json_type(),
        _ => refusal.invalid(),
    };
    let message = match (refusal.table_named(), code) {
        (Some(table), Code::UnknownTable) => format!("DynamoDB has no table `{table}`"),
        _ if said.is_empty() => format!("DynamoDB refused the request: {kind}"),
        _ => format!("DynamoDB refused the request: {said}"),
    };
    findings.push(refusal.finding(Diagnostic::error(code, message), blame));
}

/// What DynamoDB says, without the count of errors in front of it.
fn message(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = body.get("message").or_else(|| body.get("Message")).and_then(Value::as_str);
    let said = said.unwrap_or_default().trim();
    said.strip_prefix("1 validation error detected: ").unwrap_or(said).to_owned()
}

/// Why a reference may have printed nothing: a stage variable that is not set, a parameter that the path does not have.
fn unset(case: &Case<'_>, expression: &str) -> Option<String> {
    let name = expression.trim_start_matches(['$', '!', '{']).trim_end_matches('}');
    if let Some(variable) = name.strip_prefix("stageVariables.") {
        let stage = case.facts.stage.as_ref()?;
        let known = stage.variables().iter().map(|(name, _)| name.as_str());
        return Some(match closest(variable, known) {
            Some(meant) => format!("did you mean `$stageVariables.{meant}`?"),
            None => format!("give the stage the variable: `--stage-variable {variable}=VALUE`"),
        });
    }
    let parameter = name.strip_prefix("input.params('").and_then(|rest| rest.strip_suffix("')"))?;
    let (resource, _) = rerun::definition(case.facts)?;
    let variables = resource.path.split('/').filter_map(|segment| segment.strip_prefix('{'));
    let variables: Vec<&str> = variables.map(|rest| rest.trim_end_matches(['}', '+'])).collect();
    if variables.contains(&parameter) {
        return None;
    }
    let only = || variables.first().copied().filter(|_| variables.len() == 1);
    let meant = closest(parameter, variables.iter().copied()).or_else(only)?;
    Some(format!("did you mean `$input.params('{meant}')`?"))
}

/// A request that DynamoDB read and refused.
struct Refusal<'r> {
    case: &'r Case<'r>,
    made: &'r Made,
    json: &'r Json<'r>,
    said: &'r str,
}

impl Refusal<'_> {
    fn finding(&self, finding: Diagnostic, blame: Option<Blame>) -> Diagnostic {
        let Some(used) = &self.made.template else {
            let place = rerun::method(self.case.facts).map(|method| &method.integration.place);
            let finding = place.map_or(finding.clone(), |place| finding.at(place.clone()));
            return finding.note("the client's body passes through");
        };
        let Some(blame) = blame else { return finding.at(used.source.whole()) };
        let part = self.made.origin(&blame.at);
        let place = self.made.place_of(&blame.at).unwrap_or_else(|| used.source.whole());
        let empty = part.filter(|part| !part.is_text && self.made.printed(part).is_empty());
        let finding = finding.at(place.clone());
        let (finding, help) = match empty {
            Some(part) => {
                let expression = self.made.expression(&part);
                let why = unset(self.case, expression).or_else(|| self.case.name_help_at(&place));
                (finding.label("printed nothing"), why.or(blame.help))
            }
            None => {
                let value = shown(self.json.text(&blame.value));
                (finding.value(format!("`{value}`")), blame.help)
            }
        };
        match help {
            Some(help) => finding.help(help),
            None => finding,
        }
    }

    fn invalid(&self) -> Option<Blame> {
        self.key_of_other_form()
            .or_else(|| self.key_not_asked_for())
            .or_else(|| self.key_of_other_type())
            .or_else(|| self.empty_key())
            .or_else(|| self.missing_key())
            .or_else(|| self.reserved_word())
            .or_else(|| self.unused())
            .or_else(|| self.undefined())
            .or_else(|| self.return_values())
            .or_else(|| self.no_number())
            .or_else(|| self.no_type())
            .or_else(|| self.in_expression())
            .or_else(|| self.missing_member())
            .or_else(|| self.too_short())
    }

    /// What stands behind some words of the message, up to its end or a mark.
    fn behind(&self, words: &str) -> Option<&str> {
        let (_, rest) = self.said.split_once(words)?;
        Some(rest.trim().trim_end_matches(['.', ')']))
    }

    /// The names of the members of the one of this name.
    fn names_in(&self, member: &str) -> Vec<&str> {
        self.json.inside(&[member]).into_iter().filter_map(Member::name).collect()
    }
}

/// The bytes between the quotes of a text.
fn inner(range: &Range<usize>) -> Range<usize> {
    let start = range.start + 1;
    start..range.end.saturating_sub(1).max(start)
}
