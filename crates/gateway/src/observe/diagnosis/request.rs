//! What a request template made: values that changed the structure of the JSON, text of Java's maps, references that printed
//! nothing where a value was needed.

use super::{Case, json};
use crate::limits::{EXPLAINED_BODY_BYTES_MAX, SHOWN_CHARS_MAX};
use crate::observe::rerun::Made;
use vestibule_restapi::{Code, Diagnostic};
use vestibule_vtl::Part;

pub(super) fn check(case: &Case<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(made) = &case.facts.request else { return };
    let Some(text) = made.text.as_deref().filter(|t| t.len() <= EXPLAINED_BODY_BYTES_MAX) else {
        return;
    };
    if !case.is_dynamodb() || made.template.is_none() || json::broken(text).is_some() {
        return;
    }
    if let Some(part) = restructuring(made, text) {
        findings.extend(restructured(case, made, &part));
    }
    if case.facts.reply.as_ref().is_some_and(|reply| reply.status == "200")
        && let Some(finding) = maps_as_text(made)
    {
        findings.push(finding);
    }
}

/// The first reference inside JSON quotes whose value ended them.
fn restructuring(made: &Made, text: &str) -> Option<Part> {
    let (mut is_inside, mut is_escaped) = (false, false);
    let mut at = 0;
    for part in made.written.parts() {
        at = at.max(part.output.start);
        let (was_inside, bytes) = (is_inside, text.as_bytes().get(at..part.output.end)?);
        let mut ended = false;
        for byte in bytes {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if is_inside => is_escaped = true,
                b'"' => {
                    is_inside = !is_inside;
                    ended = true;
                }
                _ => {}
            }
        }
        at = part.output.end;
        if ended && was_inside && !part.is_text {
            return Some(part.clone());
        }
    }
    None
}

fn restructured(case: &Case<'_>, made: &Made, part: &Part) -> Option<Diagnostic> {
    let place = made.template.as_ref()?.source.place(part.span.range());
    let expression = made.expression(part);
    let message = format!("the value of `{expression}` changed the structure of the request");
    let help = case.help_at(&place).unwrap_or_else(|| escaped(expression));
    let finding = Diagnostic::error(Code::InputInStructure, message)
        .at(place)
        .value(format!("`{}`", shown(made.printed(part))))
        .note("a quote in it ended the string: what follows are members that its sender chose");
    Some(finding.help(help))
}

/// How a value is printed inside JSON quotes.
pub(super) fn escaped(expression: &str) -> String {
    format!("write `$util.escapeJavaScript({expression}).replaceAll(\"\\\\'\", \"'\")`")
}

/// A value, cut to what a line shows.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS_MAX).collect()
}

/// A reference whose value is a map or a list, printed as Java prints it.
pub(super) fn maps_as_text(made: &Made) -> Option<Diagnostic> {
    let is_map = |part: &&Part| !part.is_text && is_java_map(made.printed(part));
    let part = made.written.parts().iter().find(is_map)?;
    let place = made.template.as_ref()?.source.place(part.span.range());
    let (expression, printed) = (made.expression(part), made.printed(part));
    let message = format!("`{expression}` is a map, and its text is Java's");
    let finding =
        Diagnostic::error(Code::MapAsText, message).value(format!("`{}`", shown(printed)));
    Some(finding.at(place).help(attribute(expression, printed)))
}

/// `{S=x}`, `{a={S=x}, b=1}`: what Java's maps print, and no JSON.
fn is_java_map(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return false;
    };
    let name = inside.split('=').next().unwrap_or_default();
    inside.contains('=') && !name.is_empty() && !name.contains(['"', ':', '{', ' '])
}

/// The way on to the text of an attribute value of DynamoDB, or the whole as JSON.
fn attribute(expression: &str, printed: &str) -> String {
    let types = ["S", "N", "BOOL", "B", "L", "M", "SS", "NS", "BS", "NULL"];
    let name = printed.trim_start_matches('{').split('=').next().unwrap_or_default();
    let json = expression.strip_prefix("$input.path(").map(|rest| format!("$input.json({rest}"));
    match (types.contains(&name), expression.rsplit_once("')")) {
        (true, Some((path, ""))) => format!("write `{path}.{name}')`"),
        (true, _) => {
            let (open, close) = if expression.ends_with('}') { ("", "}") } else { ("", "") };
            let inside = expression.strip_suffix('}').unwrap_or(expression);
            format!("write `{open}{inside}.{name}{close}`")
        }
        (false, _) => match json {
            Some(json) => {
                format!("write `{json}` for the whole as JSON, or name one of its members")
            }
            None => "name one of its members, or print the whole with `$input.json`".to_owned(),
        },
    }
}
