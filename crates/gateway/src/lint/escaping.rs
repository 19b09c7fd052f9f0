//! What a client writes, printed inside the quotes of JSON: as it is (GW310), or with the `\'` of
//! `$util.escapeJavaScript`, which JSON refuses (GW311).

use super::origin::{Danger, Form, Origins};
use super::subject::Subject;
use vestibule_restapi::{Code, Diagnostic};
use vestibule_vtl::tree::{Block, Expr, Link, LinkKind, Node, Reference};

/// The longest name of a member that is kept, in bytes.
const NAME_BYTES_MAX: usize = 64;

pub(super) fn check<'a>(subject: &'a Subject<'a>, findings: &mut Vec<Diagnostic>) {
    let mut walk = Walk { subject, origins: Origins::of(subject), findings };
    walk.block(&subject.tree.body, &mut Quotes::default());
    for block in &subject.tree.blocks {
        walk.block(block, &mut Quotes::default());
    }
}

/// Where a text stands with regard to the quotes of JSON.
#[derive(Clone, Debug, Default)]
struct Quotes {
    is_inside: bool,
    is_escaped: bool,
    /// Branches have left it in different places: nothing is certain any more.
    is_lost: bool,
    /// The string that is read, or was read last.
    string: String,
    /// The name of the member whose value is read.
    name: String,
}

impl Quotes {
    fn read(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                _ if self.is_escaped => self.is_escaped = false,
                '\\' if self.is_inside => self.is_escaped = true,
                '"' => {
                    self.is_inside = !self.is_inside;
                    if self.is_inside {
                        self.string.clear();
                    }
                }
                ':' if !self.is_inside => self.name.clone_from(&self.string),
                _ if self.is_inside && self.string.len() < NAME_BYTES_MAX => self.string.push(c),
                _ => {}
            }
        }
    }

    /// Goes on where all of several ways lead; lost when they lead apart.
    fn join(&mut self, other: &Quotes) {
        self.is_lost |= other.is_lost || self.is_inside != other.is_inside;
    }
}

struct Walk<'a, 'f> {
    subject: &'a Subject<'a>,
    origins: Origins<'a>,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'a> Walk<'a, '_> {
    // INVARIANT: blocks nest no deeper than the parser let them.
    fn block(&mut self, block: &'a Block, quotes: &mut Quotes) {
        for node in block {
            self.node(node, quotes);
        }
    }

    fn node(&mut self, node: &'a Node, quotes: &mut Quotes) {
        match node {
            Node::Text(text) => quotes.read(&text.text),
            Node::Print(print) => {
                quotes.read(&print.before);
                quotes.is_escaped = false;
                if print.escaped.is_none() && quotes.is_inside && !quotes.is_lost {
                    self.judge(&print.reference, &quotes.name);
                }
                self.arguments(&print.reference);
            }
            Node::Set(set) => self.built(&set.value),
            Node::If(branches) => {
                let start = quotes.clone();
                let mut ends = Vec::new();
                for branch in branches {
                    let mut own = start.clone();
                    self.block(&branch.body, &mut own);
                    ends.push(own);
                }
                if branches.iter().all(|branch| branch.condition.is_some()) {
                    ends.push(start);
                }
                let mut ends = ends.into_iter();
                if let Some(first) = ends.next() {
                    *quotes = first;
                }
                ends.for_each(|end| quotes.join(&end));
            }
            Node::Foreach(foreach) => {
                let start = quotes.clone();
                self.block(&foreach.body, quotes);
                quotes.join(&start);
            }
            Node::Define { .. } | Node::Break(_) | Node::Stop | Node::Fail { .. } => {}
        }
    }

    /// JSON that is built in a string has quotes of its own.
    fn built(&mut self, value: &'a Expr) {
        if let Expr::Interpolated { body, .. } = value {
            self.block(body, &mut Quotes::default());
        }
    }

    fn arguments(&mut self, reference: &'a Reference) {
        for link in &reference.links {
            if let LinkKind::Call { arguments, .. } = &link.kind {
                arguments.iter().for_each(|argument| self.built(&argument.value));
            }
        }
    }

    fn judge(&mut self, reference: &'a Reference, member: &str) {
        let origin = self.origins.reference(reference);
        // A number of DynamoDB stands in quotes, and is a number as a rule.
        let is_number = matches!(member, "N" | "NS");
        let danger = if is_number { origin.danger.min(Danger::Note) } else { origin.danger };
        if danger == Danger::None || (is_number && origin.form != Form::Raw) {
            return;
        }
        let text = self.subject.text(reference.span);
        let (code, message, note, help) = match origin.form {
            Form::Raw => (
                Code::UnescapedInput,
                format!("`{text}` is printed inside JSON quotes as it comes"),
                "a quote in it ends the string: the JSON breaks, or has members that somebody else chose",
                self.raw_help(reference, text),
            ),
            Form::Json => (
                Code::UnescapedInput,
                format!("`{text}` is JSON, with quotes of its own where it is text"),
                "quotes around quotes are no JSON",
                "leave out the quotes around it".to_owned(),
            ),
            Form::Escaped => (
                Code::EscapedApostrophe,
                format!("`{text}` has `\\'` for an apostrophe, which JSON refuses"),
                "`$util.escapeJavaScript` escapes for JavaScript",
                "put `.replaceAll(\"\\\\'\", \"'\")` behind it".to_owned(),
            ),
        };
        let finding = match danger {
            Danger::Warning => self.subject.warning(code, message, reference.span),
            Danger::Note | Danger::None => self.subject.note(code, message, reference.span),
        };
        self.findings.push(finding.note(note).help(help));
    }

    fn raw_help(&self, reference: &'a Reference, text: &str) -> String {
        let escape = format!("`$util.escapeJavaScript({text}).replaceAll(\"\\\\'\", \"'\")`");
        match self.json_path(reference, text) {
            Some(json) => format!("write `{json}` without the quotes, or {escape} inside them"),
            None => format!("write {escape}"),
        }
    }

    /// The call of `$input.json` that prints the same part of the body: `$body.a` is `$.a` when `$body` is `$`.
    fn json_path(&self, reference: &'a Reference, text: &str) -> Option<String> {
        if let [Link { kind: LinkKind::Call { method, .. }, .. }] = &*reference.links
            && &**method == "path"
            && self.subject.root(reference) == "input"
        {
            return Some(text.replacen(".path(", ".json(", 1));
        }
        let assigned = self.subject.variables.assigned(reference.root)?;
        let (&[Expr::Reference(source)], true) = (&*assigned.values, assigned.items_of.is_empty())
        else {
            return None;
        };
        let [Link { kind: LinkKind::Call { method, arguments }, .. }] = &*source.links else {
            return None;
        };
        let (true, Some(Expr::Text(path))) =
            (&**method == "path", arguments.first().map(|argument| &argument.value))
        else {
            return None;
        };
        let mut path = path.to_string();
        for link in &reference.links {
            let LinkKind::Property(name) = &link.kind else { return None };
            path.push_str(&format!(".{name}"));
        }
        Some(format!("$input.json('{path}')"))
    }
}
