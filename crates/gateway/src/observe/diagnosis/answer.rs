//! What a response template made of an answer: text of Java's maps, JSON that is none, an item that was not there.

use super::request::{maps_as_text, shown};
use super::{Case, json};
use crate::limits::EXPLAINED_BODY_BYTES_MAX;
use crate::observe::rerun::{self, Made};
use vestibule_dynamodb::Action;
use vestibule_restapi::{Code, Diagnostic};
use vestibule_vtl::Part;

pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Diagnostic>) {
    let facts = case.facts;
    let Some(made) = &facts.response else { return };
    if facts.stop.is_some() {
        return;
    }
    if let Some(finding) = no_item(case, made) {
        findings.push(finding);
        return;
    }
    if let Some(finding) = maps_as_text(made) {
        findings.push(finding);
        return;
    }
    let is_json = facts
        .headers
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    if let Some(text) = made.text.as_deref()
        && is_json
        && !text.trim().is_empty()
        && text.len() <= EXPLAINED_BODY_BYTES_MAX
        && let Some(broken) = json::broken(text)
    {
        findings.extend(not_json(case, made, text, &broken));
        return;
    }
    findings.extend(found_nothing(case, made));
}

/// A GetItem without an item that is answered as a success.
fn no_item(case: &Case<'_>, made: &Made) -> Option<Diagnostic> {
    let facts = case.facts;
    let reply = facts.reply.as_ref()?;
    let method = rerun::method(facts)?;
    let is_get = method.integration.kind.action() == Some(Action::GetItem);
    if !is_get || reply.status != "200" || !facts.status.is_success() {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(reply.explained_body()?).ok()?;
    if body.as_object()?.contains_key("Item") {
        return None;
    }
    let status = facts.status.as_u16();
    let message = format!("DynamoDB found no item, and the answer is {status}");
    let finding = Diagnostic::warning(Code::NoItem, message)
        .note("GetItem answers 200 and `{}` for an item that is not there");
    let Some(used) = &made.template else {
        let finding = finding.at(method.integration.place.clone());
        return Some(finding.help("add a response template that sets the status, as the documentation of this finding shows"));
    };
    Some(finding.at(used.source.whole()).help(
        "begin the template with `#if($input.path('$.Item') == \"\")#set($context.responseOverride.status = 404)#end`",
    ))
}

fn not_json(case: &Case<'_>, made: &Made, text: &str, broken: &json::Broken) -> Option<Diagnostic> {
    let part = made.written.at(broken.at)?;
    let place = made.place(broken.at)?;
    let message = format!("the answer is not JSON: {}", broken.message);
    let mut finding = Diagnostic::warning(Code::AnswerNotJson, message).at(place.clone());
    let around = if part.is_text {
        let end = text.len().min(broken.at + 40);
        text.get(broken.at..end).unwrap_or_default()
    } else {
        made.printed(&part)
    };
    if !around.trim().is_empty() {
        finding = finding.value(format!("`{}`", shown(around.trim())));
    }
    Some(match case.help_at(&place) {
        Some(help) => finding.help(help),
        None => finding,
    })
}

/// A path that is written in the template and led nowhere in an answer that has something.
fn found_nothing(case: &Case<'_>, made: &Made) -> Option<Diagnostic> {
    let reply = case.facts.reply.as_ref().filter(|reply| reply.status == "200")?;
    let is_lost = |part: &&Part| {
        !part.is_text
            && part.output.is_empty()
            && made.expression(part).starts_with("$input.path('$.")
    };
    let part = made.written.parts().iter().find(is_lost)?;
    let text = std::str::from_utf8(&reply.body).ok()?;
    let names = json::Json::read(text)?;
    if names.members().is_empty() {
        return None;
    }
    let place = made.template.as_ref()?.source.place(part.span.range());
    let expression = made.expression(part);
    let message = format!("`{expression}` led nowhere in the answer of the integration");
    let finding = Diagnostic::warning(Code::NothingPrinted, message).at(place);
    let finding = finding.value(format!("`{}`", shown(text)));
    Some(match nearest(expression, &names) {
        Some(path) => finding.help(format!("did you mean `$input.path('$.{path}')`?")),
        None => finding,
    })
}

/// The path to the value of the same name, as DynamoDB wraps it.
fn nearest(expression: &str, names: &json::Json<'_>) -> Option<String> {
    let path = expression.strip_prefix("$input.path('$.")?.split('\'').next()?;
    let wanted: Vec<&str> = path.split('.').collect();
    let of_same_names = |member: &&json::Member| {
        let own: Vec<&str> = member.path.iter().map(String::as_str).collect();
        let mut left = own.iter();
        own.len() > wanted.len() && wanted.iter().all(|name| left.any(|own| own == name))
            || own.len() >= wanted.len() && {
                let (mut a, mut b) = (own.clone(), wanted.clone());
                a.sort_unstable();
                b.sort_unstable();
                a == b
            }
    };
    let found = names.members().iter().filter(of_same_names).max_by_key(|m| m.path.len())?;
    Some(found.path.join("."))
}
