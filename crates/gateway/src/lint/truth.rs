//! Conditions that do not ask what they seem to (GW308): a missing value is the empty string, and everything but the
//! boolean `false` is true; a bare literal is false.

use super::java::{self, Kind};
use super::subject::Subject;
use super::variables::GIVEN;
use vestibule_restapi::{Code, Diagnostic};
use vestibule_vtl::tree::{Condition, Expr, LinkKind, Node, Reference};
use vestibule_vtl::visit::{self, Visit};

pub(super) fn check<'a>(subject: &'a Subject<'a>, findings: &mut Vec<Diagnostic>) {
    visit::visit(&mut Met { subject, findings }, subject.tree);
}

struct Met<'a, 'f> {
    subject: &'a Subject<'a>,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'a> Visit<'a> for Met<'a, '_> {
    fn node(&mut self, node: &'a Node) {
        if let Node::If(branches) = node {
            for condition in branches.iter().filter_map(|branch| branch.condition.as_ref()) {
                self.condition(condition);
            }
        }
        visit::within_node(self, node);
    }
}

/// How an operand stands in its condition.
#[derive(Clone, Copy)]
struct Stand {
    is_negated: bool,
    is_alone: bool,
}

impl<'a> Met<'a, '_> {
    fn condition(&mut self, condition: &'a Condition) {
        let mut compared = Vec::new();
        compared_texts(self.subject, &condition.value, &mut compared);
        let stand = Stand { is_negated: false, is_alone: true };
        self.operand(&condition.value, stand, condition, &compared);
    }

    // INVARIANT: expressions nest no deeper than the parser let them.
    fn operand(
        &mut self,
        operand: &'a Expr,
        stand: Stand,
        condition: &'a Condition,
        compared: &[&str],
    ) {
        match operand {
            Expr::Reference(reference) => self.reference_alone(reference, stand, compared),
            Expr::Not(inner) => {
                let stand = Stand { is_negated: !stand.is_negated, ..stand };
                self.operand(inner, stand, condition, compared);
            }
            Expr::And(pair) | Expr::Or(pair) => {
                let stand = Stand { is_alone: false, ..stand };
                self.operand(&pair.0, stand, condition, compared);
                self.operand(&pair.1, stand, condition, compared);
            }
            Expr::Text(_) | Expr::Interpolated { .. } if stand.is_alone => {
                self.literal("a string", condition, stand);
            }
            Expr::Number(_) | Expr::Math(_) if stand.is_alone => {
                self.literal("a number", condition, stand);
            }
            _ => {}
        }
    }

    fn literal(&mut self, what: &str, condition: &Condition, stand: Stand) {
        let always = if stand.is_negated { "true" } else { "false" };
        let message = format!("this condition is always {always}");
        let text = self.subject.text(condition.span).trim();
        let finding = self
            .subject
            .warning(Code::ConditionAlwaysTrue, message, condition.span)
            .note(format!("{what} that is written down is false by itself, whatever it holds"));
        self.findings.push(match condition.value {
            Expr::Interpolated { .. } => finding.help(format!("compare it: `{text} != \"\"`")),
            _ => finding.help("compare a reference with it"),
        });
    }

    fn reference_alone(&mut self, reference: &'a Reference, stand: Stand, compared: &[&str]) {
        let text = self.subject.text(reference.span);
        if compared.contains(&bare(text)) || self.is_boolean(reference) {
            return;
        }
        let is_chain = self.is_call_that_may_be_missed(reference);
        let root = self.subject.root(reference);
        // An unknown variable or member is a finding of its own.
        let is_known = match root {
            "util" | "foreach" => false,
            _ if GIVEN.contains(&root) => true,
            _ => self.subject.variables.assigned(reference.root).is_some(),
        };
        if !is_known {
            return;
        }
        let kind = self.kind(reference);
        let (tested, answer) = match stand.is_negated {
            true => (format!("!{text}"), "false"),
            false => (text.to_owned(), "true"),
        };
        let (message, note) = match (is_chain, kind) {
            (true, _) => (
                format!("`{tested}` is {answer} when a part of it is missing"),
                "then the whole is the empty string, and that is true",
            ),
            (false, Kind::Number) => {
                (format!("`{tested}` is always {answer}"), "every number is true, 0 too")
            }
            (false, _) => (
                format!("`{tested}` is {answer} also when it is missing"),
                "a missing value is the empty string, and that is true: only the boolean `false` is not",
            ),
        };
        let finding = self
            .subject
            .warning(Code::ConditionAlwaysTrue, message, reference.span)
            .note(note)
            .help(self.help(reference, text, stand, is_chain));
        self.findings.push(finding);
    }

    fn help(&self, reference: &Reference, text: &str, stand: Stand, is_chain: bool) -> String {
        if is_chain && let Some(last) = reference.links.last() {
            let whole = self.subject.source.as_str();
            let object =
                whole.get(reference.span.range().start..last.span.range().start).unwrap_or(text);
            let call = whole.get(last.span.range().start..reference.span.range().end).unwrap_or("");
            return format!("keep the part first: `#set($found = {object})`, then `$found{call}`");
        }
        if self.kind(reference) == Kind::Number {
            let test = if stand.is_negated { "== 0" } else { "> 0" };
            return format!("write `{text} {test}`");
        }
        let test = if stand.is_negated { "==" } else { "!=" };
        format!("write `{text} {test} \"\"`")
    }

    fn kind(&self, reference: &Reference) -> Kind {
        self.subject.variables.kind_before(reference, reference.links.len())
    }

    /// Whether the value is a boolean, or may well be meant as one.
    fn is_boolean(&self, reference: &'a Reference) -> bool {
        self.is_boolean_within(reference, 1)
    }

    /// Follows `left` variables from one to the next.
    fn is_boolean_within(&self, reference: &'a Reference, left: usize) -> bool {
        if self.is_call_that_may_be_missed(reference) {
            return false;
        }
        if self.kind(reference) == Kind::Boolean {
            return true;
        }
        match reference.links.last().map(|link| &link.kind) {
            Some(LinkKind::Property(name)) => self.is_boolean_name(name),
            Some(LinkKind::Call { method, arguments }) => match &**method {
                "path" => arguments.first().is_some_and(|argument| match &argument.value {
                    Expr::Text(path) => {
                        let last = path.rsplit(['.', '\'']).find(|part| !matches!(*part, "]" | ""));
                        last.is_some_and(|name| self.is_boolean_name(name))
                    }
                    // A path that is put together cannot be judged.
                    _ => true,
                }),
                "get" => arguments.first().is_some_and(|argument| match &argument.value {
                    Expr::Text(name) => self.is_boolean_name(name),
                    _ => false,
                }),
                method => java::is_boolean(method),
            },
            Some(LinkKind::Index(index)) => match index {
                Expr::Text(name) => self.is_boolean_name(name),
                _ => false,
            },
            None => self.may_be_boolean(reference, left),
        }
    }

    /// Whether one of the values that a variable is given is a boolean.
    fn may_be_boolean(&self, reference: &'a Reference, left: usize) -> bool {
        let Some(assigned) = self.subject.variables.assigned(reference.root) else { return false };
        let name = self.subject.root(reference);
        self.is_boolean_name(name)
            || assigned.values.iter().any(|value| {
                self.subject.variables.kind(value) == Kind::Boolean
                    || matches!(value, Expr::Reference(given) if left > 0 && self.is_boolean_within(given, left - 1))
            })
    }

    /// Whether a name says that it is true or false, or a model does.
    fn is_boolean_name(&self, name: &str) -> bool {
        let asks =
            ["is", "has", "can", "should", "was", "are", "does", "needs"].iter().any(|word| {
                name.strip_prefix(word).is_some_and(|rest| {
                    rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
                })
            });
        asks || name == "BOOL"
            || matches!(
                name,
                "active"
                    | "enabled"
                    | "disabled"
                    | "available"
                    | "deleted"
                    | "done"
                    | "flag"
                    | "found"
                    | "success"
                    | "visible"
                    | "valid"
                    | "verified"
                    | "public"
                    | "private"
                    | "completed"
                    | "archived"
                    | "published"
                    | "required"
                    | "admin"
            )
            || self.subject.used.names.is_boolean(name)
    }

    /// `$input.path('$.x').contains("y")`: a call that answers true or false, on something that may be missing, which makes
    /// the whole true. `isEmpty()` is right all the same.
    fn is_call_that_may_be_missed(&self, reference: &Reference) -> bool {
        let [before @ .., last] = &*reference.links else { return false };
        let LinkKind::Call { method, .. } = &last.kind else { return false };
        if !java::is_boolean(method)
            || matches!(&**method, "isEmpty" | "isBlank" | "add" | "addAll" | "remove")
        {
            return false;
        }
        let Some(owner) = before.last() else { return false };
        match (&owner.kind, self.subject.root(reference)) {
            (LinkKind::Call { method, arguments }, "input") if before.len() == 1 => {
                match (&**method, arguments.first().map(|argument| &argument.value)) {
                    ("path", Some(Expr::Text(path))) => !matches!(&**path, "$" | "$."),
                    ("path" | "params", Some(_)) => true,
                    _ => false,
                }
            }
            (LinkKind::Property(_), "input") if matches!(before, [first, _] if is_params(&first.kind)) => {
                false
            }
            (_, "context" | "stageVariables" | "util" | "foreach") => false,
            (LinkKind::Property(_) | LinkKind::Index(_), _) => true,
            (LinkKind::Call { method, .. }, _) => &**method == "get",
        }
    }
}

fn is_params(link: &LinkKind) -> bool {
    matches!(link, LinkKind::Call { method, .. } if &**method == "params")
}

/// The references that a condition compares or asks by name, without their `$`: whoever writes `$x && $x != ""` knows.
fn compared_texts<'a>(subject: &Subject<'a>, expression: &'a Expr, found: &mut Vec<&'a str>) {
    match expression {
        Expr::And(pair) | Expr::Or(pair) => {
            compared_texts(subject, &pair.0, found);
            compared_texts(subject, &pair.1, found);
        }
        Expr::Not(inner) => compared_texts(subject, inner, found),
        Expr::Compare(_, pair, _) => {
            for side in [&pair.0, &pair.1] {
                if let Expr::Reference(reference) = side {
                    prefixes(subject, reference, found);
                }
                if let Expr::Interpolated { body, .. } = side {
                    for node in body {
                        if let Node::Print(print) = node {
                            prefixes(subject, &print.reference, found);
                        }
                    }
                }
            }
        }
        Expr::Reference(reference) => {
            let is_asked = matches!(
                reference.links.last().map(|link| &link.kind),
                Some(LinkKind::Call { method, .. }) if java::is_boolean(method)
            );
            if is_asked {
                let links = reference.links.split_last().map_or(&[][..], |(_, before)| before);
                prefixes_of(subject, reference, links, found);
            }
        }
        _ => {}
    }
}

fn prefixes<'a>(subject: &Subject<'a>, reference: &'a Reference, found: &mut Vec<&'a str>) {
    prefixes_of(subject, reference, &reference.links, found);
}

fn prefixes_of<'a>(
    subject: &Subject<'a>,
    reference: &'a Reference,
    links: &'a [vestibule_vtl::tree::Link],
    found: &mut Vec<&'a str>,
) {
    found.push(subject.root(reference));
    let whole = subject.source.as_str();
    for link in links {
        let text = whole.get(reference.span.range().start..link.span.range().end).unwrap_or("");
        found.push(bare(text));
    }
}

/// A reference without its `$`, `!` and braces.
fn bare(text: &str) -> &str {
    text.trim_start_matches(['$', '!', '{']).trim_end_matches('}')
}
