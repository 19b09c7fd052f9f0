//! Variables that nothing sets (GW312), and names that a hyphen has swallowed (GW309).

use super::subject::Subject;
use super::variables::GIVEN;
use vestibule_restapi::{Code, Diagnostic, closest};
use vestibule_vtl::Span;
use vestibule_vtl::tree::{Expr, LinkKind, Node, Reference};
use vestibule_vtl::visit::{self, Visit};

/// Names that say themselves that they are meant to be undefined.
const DELIBERATE: [&str; 14] = [
    "null",
    "nil",
    "none",
    "nothing",
    "undefined",
    "undef",
    "empty",
    "blank",
    "missing",
    "void",
    "notdefined",
    "notset",
    "unset",
    "nullvalue",
];

/// Keys of JSON documents that begin with a dollar.
const KEYS: [&str; 8] = ["ref", "schema", "id", "defs", "comment", "anchor", "type", "oid"];

pub(super) fn check<'a>(subject: &'a Subject<'a>, findings: &mut Vec<Diagnostic>) {
    let mut met = Met { subject, findings, compared: false };
    visit::visit(&mut met, subject.tree);
}

struct Met<'a, 'f> {
    subject: &'a Subject<'a>,
    findings: &'f mut Vec<Diagnostic>,
    /// Whether what is met next is an operand of a comparison.
    compared: bool,
}

impl<'a> Visit<'a> for Met<'a, '_> {
    fn node(&mut self, node: &'a Node) {
        match node {
            Node::Print(print) if print.escaped.is_some() => {}
            _ => visit::within_node(self, node),
        }
    }

    fn expression(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Compare(_, pair, _) => {
                for side in [&pair.0, &pair.1] {
                    self.compared = true;
                    self.expression(side);
                    self.compared = false;
                }
            }
            Expr::Reference(reference) => {
                let compared = std::mem::take(&mut self.compared);
                self.judge(reference, compared);
                visit::within_reference(self, reference);
            }
            _ => {
                self.compared = false;
                visit::within_expression(self, expression);
            }
        }
    }

    fn reference(&mut self, reference: &'a Reference) {
        self.judge(reference, false);
        visit::within_reference(self, reference);
    }
}

impl<'a> Met<'a, '_> {
    fn judge(&mut self, reference: &'a Reference, is_compared: bool) {
        let name = self.subject.root(reference);
        if self.is_known(name, reference) {
            self.judge_hyphen_of_member(reference);
            return;
        }
        if let Some(before) = self.known_before_hyphen(name) {
            self.hyphen(reference.span, name, before);
            return;
        }
        // AppSync's names are told apart by a lint of their own.
        if matches!(name, "ctx" | "utils") || name.contains(['\\', '!', '$']) {
            return;
        }
        let near = closest(name, GIVEN.into_iter().chain(self.subject.variables.set_names()));
        let is_bare = reference.links.is_empty();
        if is_bare && self.is_meant_undefined(name, reference, is_compared, near) {
            return;
        }
        let finding = self
            .subject
            .warning(
                Code::UnknownVariable,
                format!("unknown variable `${name}`"),
                self.root(reference),
            )
            .label("never set in this template")
            .note("an undefined reference is the empty string");
        self.findings.push(match (self.spelling_of_mappings(name, reference), near) {
            (Some(help), _) => finding.help(help),
            (None, Some(near)) => finding.help(format!("did you mean `${near}`?")),
            (None, None) => {
                finding.help(format!("set it first, or write `\\${name}` to print the word itself"))
            }
        });
    }

    fn is_known(&self, name: &str, reference: &Reference) -> bool {
        GIVEN.contains(&name) || self.subject.variables.assigned(reference.root).is_some()
    }

    fn is_meant_undefined(
        &self,
        name: &str,
        reference: &Reference,
        is_compared: bool,
        near: Option<&str>,
    ) -> bool {
        DELIBERATE.contains(&name.to_ascii_lowercase().as_str())
            || (is_compared && near.is_none())
            || (KEYS.contains(&name) && self.is_key(reference))
    }

    /// Whether it stands alone between the quotes of a key: `"$ref":`.
    fn is_key(&self, reference: &Reference) -> bool {
        let text = self.subject.source.as_str();
        let range = reference.span.range();
        let before = text.get(..range.start).unwrap_or("");
        let behind = text.get(range.end..).unwrap_or("");
        let is_closed =
            behind.strip_prefix('"').is_some_and(|rest| rest.trim_start().starts_with(':'));
        before.ends_with('"') && is_closed
    }

    /// `$method.request.path.id` belongs to parameter mappings.
    fn spelling_of_mappings(&self, name: &str, reference: &Reference) -> Option<String> {
        if !matches!(name, "method" | "integration") {
            return None;
        }
        let mut names = reference.links.iter().filter_map(|link| match &link.kind {
            LinkKind::Property(name) => Some(&**name),
            _ => None,
        });
        match (names.next()?, names.next()?, names.next()) {
            ("request", "body", _) => {
                Some("a template reads the body with `$input.path('$')`".to_owned())
            }
            ("request", _, Some(parameter)) => Some(format!(
                "`{name}.request...` belongs to parameter mappings; a template writes `$input.params('{parameter}')`"
            )),
            _ => None,
        }
    }

    /// The known variable that a name with a hyphen begins with: `id` of `id-1`.
    fn known_before_hyphen(&self, name: &'a str) -> Option<&'a str> {
        let hyphens = name.match_indices('-').map(|(at, _)| at).collect::<Vec<_>>();
        let mut parts = hyphens.into_iter().rev().filter_map(|at| name.get(..at));
        parts.find(|part| {
            GIVEN.contains(part) || self.subject.variables.set_names().any(|set| set == *part)
        })
    }

    fn hyphen(&mut self, span: Span, name: &str, before: &str) {
        let rest = name.get(before.len()..).unwrap_or("");
        let message = format!("`${name}` is one name, with its hyphen");
        let finding = self
            .subject
            .warning(Code::HyphenInName, message, self.name_span(span, name.len()))
            .label("never set in this template")
            .note("a hyphen belongs to the name before it, and an undefined reference is the empty string");
        self.findings.push(finding.help(if rest.starts_with('-') && self.is_in_directive(span) {
            format!(
                "write `${{{before}}}{rest}` in text, `${before} - ...` with blanks to subtract"
            )
        } else {
            format!("write `${{{before}}}{rest}`")
        }));
    }

    /// Whether the place is inside the parentheses of a directive, where a hyphen may have been meant to subtract.
    fn is_in_directive(&self, span: Span) -> bool {
        let before = self.subject.source.as_str().get(..span.range().start).unwrap_or("");
        let line = before.rsplit('\n').next().unwrap_or("");
        line.rfind("#set(").is_some_and(|at| !line.get(at..).unwrap_or("").contains([')', '"']))
    }

    /// Members that have no hyphen in their names: those of `$context`, stage variables, and DynamoDB's types.
    fn judge_hyphen_of_member(&mut self, reference: &'a Reference) {
        let root = self.subject.root(reference);
        for (index, link) in reference.links.iter().enumerate() {
            let LinkKind::Property(name) = &link.kind else { continue };
            let Some((before, _)) = name.split_once('-') else { continue };
            let is_swallowed = match root {
                "stageVariables" => index == 0,
                "context" => index == 0 && super::members::CONTEXT.contains(&before),
                _ => name.ends_with('-') || (index > 0 && matches!(before, "S" | "N")),
            };
            if is_swallowed {
                let end = link.span.end - to_u32(name.len() - before.len());
                let text = self.subject.text(Span { start: reference.span.start, end });
                let before = text.trim_start_matches(['$', '!', '{']);
                let rest = name.get(name.find('-').unwrap_or(0)..).unwrap_or("");
                let message = format!("`{name}` is one name, with its hyphen");
                let finding = self
                    .subject
                    .warning(Code::HyphenInName, message, self.subject.name_span(link))
                    .note("a hyphen belongs to the name before it, and what does not exist is the empty string")
                    .help(format!("write `${{{before}}}{rest}`"));
                self.findings.push(finding);
                return;
            }
        }
    }

    /// Where the variable's name stands in a reference, with what leads to it.
    fn root(&self, reference: &Reference) -> Span {
        let name = self.subject.root(reference);
        self.name_span(reference.span, name.len())
    }

    fn name_span(&self, span: Span, length: usize) -> Span {
        let text = self.subject.text(span);
        let lead = text.len() - text.trim_start_matches(['$', '!', '{']).len();
        let end = span.start.saturating_add(to_u32(lead + length));
        Span { start: span.start, end: end.min(span.end.max(span.start)) }
    }
}

fn to_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
