//! A request that is no JSON: where it stops being some, and what wrote that.

use super::super::json;
use super::super::request::{escaped, shown};
use super::super::{Case, Made};
use super::unset;
use crate::observe::rerun;
use vestibule_restapi::{Code, Diagnostic};
use vestibule_vtl::tree::Node;
use vestibule_vtl::visit::{self, Visit};

/// A request that is no JSON: where it stops being some, and what wrote that.
pub(super) fn not_json(
    case: &Case<'_>,
    made: &Made,
    text: &str,
    broken: &json::Broken,
) -> Option<Diagnostic> {
    let message = format!("the request is not JSON: {}", broken.message);
    let finding = Diagnostic::error(Code::RequestNotJson, message)
        .note("DynamoDB answers it with 400 SerializationException");
    let Some(used) = &made.template else {
        let place = &rerun::method(case.facts)?.integration.place;
        let near = text.get(broken.at..).map_or("", |rest| rest);
        let finding = finding.at(place.clone()).value(format!("`{}`", shown(near)));
        return Some(finding.help("the client's body passes through: add a request template"));
    };
    if let Some(part) = culprit(made, broken.at) {
        let place = used.source.place(part.span.range());
        let (expression, printed) = (made.expression(&part), made.printed(&part));
        let finding = finding.at(place.clone());
        if printed.is_empty() {
            let finding = finding.label("printed nothing");
            return Some(match unset(case, expression) {
                Some(help) => finding.help(help),
                None => finding.help(format!(
                    "give `{expression}` a value, or leave the member out with `#if`"
                )),
            });
        }
        let help = if is_inside_quotes(text, part.output.start) {
            case.help_at(&place).unwrap_or_else(|| escaped(expression))
        } else {
            quoted(expression)
        };
        return Some(finding.value(format!("`{}`", shown(printed))).help(help));
    }
    let range = broken.at..broken.at + 1;
    let part = made.origin(&range)?;
    let place = made.place_of(&range)?;
    let line = text.get(..broken.at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
    let rest = text.get(broken.at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let finding =
        finding.at(place).value(format!("`{}`", shown(format!("{}{rest}", tail(line)).trim())));
    let is_in_loop = is_in_loop(case, made, part.span.start);
    Some(match broken.message.as_str() {
        "nothing stands between this `,` and `]`" | "nothing stands between this `,` and `}`" => {
            finding.help(if is_in_loop {
                "write `#if($foreach.hasNext),#end` in the place of the comma"
            } else {
                "leave the comma out"
            })
        }
        words if words.starts_with("expected `,`") && is_in_loop => {
            finding.help("write `#if($foreach.hasNext),#end` before the `#end` of the loop")
        }
        _ => finding,
    })
}

/// Whether an offset of a text is inside of JSON quotes.
fn is_inside_quotes(text: &str, at: usize) -> bool {
    let (mut is_inside, mut is_escaped) = (false, false);
    for byte in text.bytes().take(at) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_inside => is_escaped = true,
            b'"' => is_inside = !is_inside,
            _ => {}
        }
    }
    is_inside
}

/// How a text is printed where there are no quotes.
fn quoted(expression: &str) -> String {
    match expression.strip_prefix("$input.path(") {
        Some(path) => format!("write `$input.json({path}`, which brings its own quotes"),
        None => format!("put it in quotes: `\"{expression}\"`"),
    }
}

/// The end of a line, enough to recognise a place by.
fn tail(line: &str) -> &str {
    let start = line.char_indices().rev().nth(40).map_or(0, |(at, _)| at);
    line.get(start..).unwrap_or_default()
}

/// The reference that broke the JSON at an offset: the one that printed there, or the last one before it that printed what
/// ends or breaks a text, or nothing where a value is needed.
fn culprit(made: &Made, at: usize) -> Option<vestibule_vtl::Part> {
    let parts = made.written.parts();
    if let Some(there) = parts.iter().find(|p| !p.is_text && p.output.contains(&at)) {
        return Some(there.clone());
    }
    let before = parts.iter().rev().find(|p| !p.is_text && p.output.end <= at)?;
    let printed = made.printed(before);
    let between = made.text.as_deref()?.get(before.output.end..at)?;
    let breaks = printed.contains(|c: char| matches!(c, '"' | '\\') || c.is_control());
    let is_missing = printed.is_empty() && between.trim().is_empty();
    ((breaks && !between.contains('\n')) || is_missing).then(|| before.clone())
}

/// Whether a place of the template is inside of a loop.
fn is_in_loop(case: &Case<'_>, made: &Made, at: u32) -> bool {
    struct Loops {
        at: u32,
        depth: usize,
        is_found: bool,
    }
    impl<'t> Visit<'t> for Loops {
        fn node(&mut self, node: &'t Node) {
            match node {
                Node::Foreach(_) => {
                    self.depth += 1;
                    visit::within_node(self, node);
                    self.depth -= 1;
                }
                Node::Text(text) if self.depth > 0 => {
                    let length = u32::try_from(text.text.len()).unwrap_or(u32::MAX);
                    self.is_found |= (text.offset(0)..=text.offset(length)).contains(&self.at);
                }
                _ => visit::within_node(self, node),
            }
        }
    }
    let Some(used) = &made.template else { return false };
    let Some(method) = rerun::method(case.facts) else { return false };
    let templates = &method.integration.templates;
    let Some(template) = templates.iter().find(|t| t.media_type == used.media_type) else {
        return false;
    };
    let mut loops = Loops { at, depth: 0, is_found: false };
    visit::visit(&mut loops, template.tree());
    loops.is_found
}
