//! Why DynamoDB refused a request: its words, led back to the member they speak of and to the place of the template that
//! wrote it.
//!
//! The words are DynamoDB's (documented, and recorded by the authors of the embedded engine). What is not known here is told
//! with DynamoDB's words alone.

use super::json::{self, Json, Member};
use super::request::{escaped, shown};
use super::selection::error_kind;
use super::{Case, Made};
use crate::limits::EXPLAINED_BODY_BYTES_MAX;
use crate::observe::rerun;
use serde_json::Value;
use std::ops::Range;
use vestibule_restapi::{Code, Diagnostic, closest};
use vestibule_vtl::tree::Node;
use vestibule_vtl::visit::{self, Visit};

/// The types of DynamoDB's attribute values.
const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

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
        findings.extend(not_json(case, made, text, &broken));
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

/// A request that is no JSON: where it stops being some, and what wrote that.
fn not_json(case: &Case<'_>, made: &Made, text: &str, broken: &json::Broken) -> Option<Diagnostic> {
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

    /// The table that the request names.
    fn table_named(&self) -> Option<String> {
        let is_named = |member: &&Member| member.name() == Some("TableName");
        let member = self.json.members().iter().find(is_named)?;
        self.json.string(member).filter(|name| !name.is_empty())
    }

    fn unknown_table(&self) -> Option<Blame> {
        let named =
            self.json.members().iter().find(|m| m.path.last().is_some_and(|n| n == "TableName"));
        let Some(member) = named else {
            // Requests of several tables have them as names.
            let items = self.json.inside(&["RequestItems"]);
            let unknown = |member: &&&Member| {
                member.path.last().is_some_and(|name| !self.case.known.names.contains(name))
            };
            let member = items.iter().find(unknown)?;
            let name = member.path.last()?.clone();
            return Some(Blame::new(inner(&member.name_at), self.tables(&name)));
        };
        let name = self.json.string(member)?;
        Some(Blame::new(inner(&member.value), self.tables(&name)))
    }

    fn tables(&self, name: &str) -> String {
        let names = &self.case.known.names;
        match closest(name, names.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if names.is_empty() => {
                "there is no table: name a file that defines it beside this one".to_owned()
            }
            None => {
                let first: Vec<String> = names.iter().take(8).map(|n| format!("`{n}`")).collect();
                format!("the tables are {}", first.join(", "))
            }
        }
    }

    /// A value of another JSON type than DynamoDB's deserialiser takes.
    fn wrong_json_type(&self) -> Option<Blame> {
        let is_scalar = |text: &str| !text.starts_with(['"', '{', '[']);
        let of_type = |member: &&Member| {
            let name = member.path.last().map(String::as_str);
            let text = self.json.text(&member.value);
            matches!(name, Some("S" | "N" | "B")) && is_scalar(text) && text != "null"
        };
        if let Some(member) = self.json.members().iter().find(of_type) {
            let (name, text) = (member.path.last()?, self.json.text(&member.value));
            let written = self.written_around(member);
            return Some(Blame::new(
                member.value.clone(),
                format!("put it in quotes: `\"{name}\": \"{}\"`", written.unwrap_or(text)),
            ));
        }
        let attributes = ["Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey"];
        for name in attributes {
            for member in self.json.inside(&[name]) {
                let text = self.json.text(&member.value);
                if text.starts_with('{') {
                    continue;
                }
                let (kind, attribute) =
                    (if text.starts_with('"') { "S" } else { "N" }, member.name()?);
                let part = self.made.origin(&member.value);
                let written = match part.filter(|part| !part.is_text) {
                    // A reference that printed the quotes too brings its own.
                    Some(part) if part.output == member.value && kind == "S" => {
                        self.made.expression(&part).to_owned()
                    }
                    Some(part) => format!("\"{}\"", self.made.expression(&part)),
                    None => format!("\"{}\"", text.trim_matches('"')),
                };
                let help = format!(
                    "write `\"{attribute}\": {{\"{kind}\": {written}}}`: DynamoDB wants the type of each value"
                );
                return Some(Blame::new(member.value.clone(), help));
            }
        }
        None
    }

    /// What the template writes where a member's value stands, when that is one reference.
    fn written_around(&self, member: &Member) -> Option<&str> {
        let part = self.made.origin(&inner(&member.value))?;
        (!part.is_text).then(|| self.made.expression(&part))
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

    fn table_name(&self) -> String {
        let name = self.json.at(&["TableName"]).and_then(|member| self.json.string(member));
        name.unwrap_or_default()
    }

    /// `The provided key element does not match the schema`: which of its attributes does not.
    fn key_of_other_form(&self) -> Option<Blame> {
        if !self.said.contains("key element does not match the schema") {
            return None;
        }
        let (key, table) = (&self.case.known.key, self.table_name());
        let named: Vec<String> =
            key.iter().map(|(name, kind)| format!("`{name}` ({kind})")).collect();
        let whole = format!("the key of `{table}` is {}", named.join(" and "));
        for member in self.json.inside(&["Key"]) {
            let name = member.path.last()?;
            let Some((_, wanted)) = key.iter().find(|(known, _)| known == name) else {
                return Some(Blame::new(inner(&member.name_at), whole));
            };
            let given = self.json.inside(&["Key", name]).into_iter().next()?;
            if given.path.last() != Some(wanted) {
                let help = format!(
                    "write `\"{wanted}\"`: the key `{name}` of `{table}` has the type {wanted}"
                );
                let blame = Blame::new(inner(&given.name_at), help);
                return Some(blame.showing(member.name_at.start..member.value.end));
            }
        }
        let member = self.json.at(&["Key"])?;
        Some(Blame::new(member.name_at.clone(), whole))
    }

    /// `Query condition missed key schema element: id`.
    fn key_not_asked_for(&self) -> Option<Blame> {
        let name = self.behind("missed key schema element: ")?;
        let member = self.json.at(&["KeyConditionExpression"])?;
        let (key, table) = (&self.case.known.key, self.table_name());
        let asked = words(self.json.text(&member.value));
        let is_other = |word: &str| {
            !word.starts_with([':', '#'])
                && !key.iter().any(|(known, _)| known == word)
                && !["and", "between", "begins_with"].contains(&word.to_ascii_lowercase().as_str())
        };
        let other = asked.into_iter().find(|(_, word)| is_other(word));
        let at = other.map_or(inner(&member.value), |(at, word)| {
            let start = member.value.start + at;
            start..start + word.len()
        });
        Some(Blame::new(at, format!("compare `{name}` there: it is the key of `{table}`")))
    }

    /// `Type mismatch for key id expected: S actual: N`.
    fn key_of_other_type(&self) -> Option<Blame> {
        let rest = self.behind("Type mismatch for key ")?;
        let name = rest.split_whitespace().next()?;
        let wanted = rest.split_once("expected: ")?.1.split_whitespace().next()?;
        let is_type = |member: &&Member| {
            let length = member.path.len();
            length >= 2
                && member.path.get(length - 2).is_some_and(|known| known == name)
                && member.path.last().is_some_and(|kind| TYPES.contains(&kind.as_str()))
        };
        let member = self.json.members().iter().find(is_type)?;
        let help = format!(
            "write `\"{wanted}\"`: the key `{name}` of `{}` has the type {wanted}",
            self.table_name()
        );
        let shown = member.name_at.start..member.value.end;
        Some(Blame::new(inner(&member.name_at), help).showing(shown))
    }

    /// `... cannot contain an empty string value. Key: id`.
    fn empty_key(&self) -> Option<Blame> {
        if !self.said.contains("empty string value") && !self.said.contains("empty value") {
            return None;
        }
        let name = self.behind("Key: ");
        let is_empty = |member: &&Member| {
            let of_name = name.is_none_or(|name| member.path.iter().any(|known| known == name));
            of_name && self.json.text(&member.value) == "\"\""
        };
        let member = self.json.members().iter().find(is_empty)?;
        let at = inner(&member.value);
        let part = self.made.origin(&at)?;
        let expression = self.made.expression(&part);
        let help = format!(
            "let a request validator ask for it, or test it before: `#if({expression} != \"\")`"
        );
        Some(Blame::new(at, help))
    }

    /// `Missing the key id in the item`.
    fn missing_key(&self) -> Option<Blame> {
        let rest = self.behind("Missing the key ")?;
        let name = rest.split_whitespace().next()?;
        let member = self.json.at(&["Item"])?;
        Some(Blame::new(
            member.name_at.clone(),
            format!("add `\"{name}\"` to the item: it is the table's key"),
        ))
    }

    /// `Attribute name is a reserved keyword; reserved keyword: name`.
    fn reserved_word(&self) -> Option<Blame> {
        let word = self.behind("reserved keyword: ")?;
        let (at, _) = self.token(word)?;
        let help = format!(
            "write `#{word}` there, and add `\"ExpressionAttributeNames\": {{\"#{word}\": \"{word}\"}}`"
        );
        Some(Blame::new(at, help))
    }

    /// `Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}`.
    fn unused(&self) -> Option<Blame> {
        let names = self.behind("unused in expressions: keys: {")?.trim_end_matches('}');
        let name = names.split(',').next()?.trim();
        let which = if name.starts_with('#') {
            "ExpressionAttributeNames"
        } else {
            "ExpressionAttributeValues"
        };
        let member = self.json.at(&[which, name])?;
        let used = self.expressions().flat_map(|(_, text)| words(text)).map(|(_, word)| word);
        let given: Vec<&str> = self.names_in(which);
        let lost: Vec<&str> =
            used.filter(|word| word.starts_with([':', '#']) && !given.contains(word)).collect();
        let help = match closest(name, lost.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("leave `{name}` out, or use it in an expression"),
        };
        Some(Blame::new(inner(&member.name_at), help))
    }

    /// `An expression attribute value used in expression is not defined; attribute value: :x`.
    fn undefined(&self) -> Option<Blame> {
        let (which, name) = match self.behind("not defined; attribute value: ") {
            Some(name) => ("ExpressionAttributeValues", name),
            None => ("ExpressionAttributeNames", self.behind("not defined; attribute name: ")?),
        };
        let (at, _) = self.token(name)?;
        let given = self.names_in(which);
        let help = match closest(name, given) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("add `\"{name}\"` to `{which}`"),
        };
        Some(Blame::new(at, help))
    }

    fn return_values(&self) -> Option<Blame> {
        if !self.said.contains("ReturnValues can only be") && !self.said.contains("'returnValues'")
        {
            return None;
        }
        let member = self.json.at(&["ReturnValues"])?;
        let method = rerun::method(self.case.facts);
        let help = match method.and_then(|method| method.integration.kind.action()) {
            Some(vestibule_dynamodb::Action::PutItem | vestibule_dynamodb::Action::DeleteItem) => {
                "write `ALL_OLD` or `NONE`: the answer has the item as it was before"
            }
            _ => "write `ALL_NEW`, `ALL_OLD`, `UPDATED_NEW`, `UPDATED_OLD` or `NONE`",
        };
        Some(Blame::new(inner(&member.value), help))
    }

    /// `The parameter cannot be converted to a numeric value: abc`.
    fn no_number(&self) -> Option<Blame> {
        if !self.said.contains("numeric value") {
            return None;
        }
        let is_wrong = |member: &&Member| {
            member.path.last().is_some_and(|name| name == "N")
                && self.json.string(member).is_some_and(|text| text.parse::<f64>().is_err())
        };
        let member = self.json.members().iter().find(is_wrong)?;
        Some(Blame::new(
            inner(&member.value),
            "write `\"S\"` for text, or let a model ask for a number",
        ))
    }

    /// `Supplied AttributeValue is empty, must contain exactly one of the supported datatypes`.
    fn no_type(&self) -> Option<Blame> {
        if !self.said.contains("AttributeValue is empty")
            && !self.said.contains("supported datatypes")
        {
            return None;
        }
        let holders = ["Item", "Key", "ExpressionAttributeValues"];
        let mut values =
            holders.iter().flat_map(|name| self.json.inside(std::slice::from_ref(name)));
        let is_typed = |member: &Member| {
            let path: Vec<&str> = member.path.iter().map(String::as_str).collect();
            let inside = self.json.inside(&path);
            inside.first().and_then(|m| m.name()).is_some_and(|kind| TYPES.contains(&kind))
        };
        let member = values.find(|member| !is_typed(member))?;
        Some(Blame::new(
            inner(&member.name_at),
            "write the type of the value: `{\"S\": \"text\"}`, `{\"N\": \"1\"}`, `{\"BOOL\": true}`",
        ))
    }

    /// Whatever is said of an expression: the expression.
    fn in_expression(&self) -> Option<Blame> {
        let named = |name: &str| self.said.contains(&format!("Invalid {name}"));
        let (member, _) = self
            .expressions()
            .find(|(member, _)| member.path.last().is_some_and(|name| named(name)))?;
        let token = self.behind("token: \"").and_then(|rest| rest.split('"').next());
        let at = token.and_then(|token| {
            let text = self.json.text(&member.value);
            let at = member.value.start + text.find(token)?;
            Some(at..at + token.len())
        });
        let at = at.unwrap_or(inner(&member.value));
        Some(Blame { value: at.clone(), at, help: None })
    }

    /// `Value null at 'key' failed to satisfy constraint: Member must not be null`.
    fn missing_member(&self) -> Option<Blame> {
        let path = self.behind("Value null at '")?.split('\'').next()?;
        let name = path.rsplit('.').next()?;
        let mut letters = name.chars();
        let first = letters.next()?.to_ascii_uppercase();
        let name = format!("{first}{}", letters.as_str());
        let own: Vec<&str> = self.json.inside(&[]).iter().filter_map(|m| m.name()).collect();
        let help = match closest(&name, own.iter().copied()) {
            Some(written) => format!("write `\"{name}\"` in the place of `\"{written}\"`"),
            None => format!("add `\"{name}\"`"),
        };
        let written = closest(&name, own.iter().copied())
            .and_then(|written| self.json.at(&[written]))
            .map(|member| inner(&member.name_at));
        Some(Blame::new(written.unwrap_or(0..1), help))
    }

    /// `Value '' at 'tableName' failed to satisfy constraint`: a name that is empty or of the wrong form.
    fn too_short(&self) -> Option<Blame> {
        let is_name = self.said.contains("at 'tableName'") || self.said.contains("TableName");
        let member = self.json.at(&["TableName"]).filter(|_| is_name)?;
        let at = inner(&member.value);
        Some(Blame { value: at.clone(), at, help: None })
    }

    /// The members that are expressions, with their text as it stands.
    fn expressions(&self) -> impl Iterator<Item = (&Member, &str)> {
        let is_expression =
            |member: &&Member| member.path.last().is_some_and(|name| name.ends_with("Expression"));
        self.json.members().iter().filter(is_expression).map(|m| (m, self.json.text(&m.value)))
    }

    /// Where a word stands in an expression.
    fn token(&self, token: &str) -> Option<(Range<usize>, &Member)> {
        self.expressions().find_map(|(member, text)| {
            let (at, _) = words(text).find(|(_, word)| word.eq_ignore_ascii_case(token))?;
            let start = member.value.start + at;
            Some((start..start + token.len(), member))
        })
    }
}

/// The bytes between the quotes of a text.
fn inner(range: &Range<usize>) -> Range<usize> {
    let start = range.start + 1;
    start..range.end.saturating_sub(1).max(start)
}

/// The names in an expression with their offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '#' | '-');
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(is_of_word)?;
        let word = text.get(start..)?;
        let length = word.find(|c| !is_of_word(c)).unwrap_or(word.len());
        at = start + length;
        Some((start, word.get(..length)?))
    })
}
