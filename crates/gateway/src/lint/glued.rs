//! Directives that are text (GW318): because letters follow at once, as in `#elsefalse`, or because they are spelt as in
//! another language, as in `#elsif(...)`.

use super::subject::Subject;
use vestibule_restapi::{Code, Diagnostic};
use vestibule_vtl::Span;
use vestibule_vtl::tree::{Branch, Node, Text};
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
            let has_else = branches.iter().any(|branch| branch.condition.is_none());
            branches.iter().for_each(|branch| self.branch(branch, has_else));
        }
        visit::within_node(self, node);
    }
}

impl Met<'_, '_> {
    /// Looks for them in the text of a branch; a second `#else` is not looked for.
    fn branch(&mut self, branch: &Branch, has_else: bool) {
        for node in &branch.body {
            let Node::Text(text) = node else { continue };
            if let Some(at) = glued(&text.text).filter(|_| !has_else) {
                let word = word_at(&text.text, at);
                let rest = word.strip_prefix("else").unwrap_or("");
                self.report(text, at, word, ("else", format!("write `#{{else}}{rest}`")));
            }
            if let Some(at) = foreign(&text.text) {
                let help = "write `#elseif(...)`".to_owned();
                self.report(text, at, word_at(&text.text, at), ("elseif", help));
            }
        }
    }

    fn report(&mut self, text: &Text, at: usize, word: &str, (meant, help): (&str, String)) {
        let offset = |at: usize| text.offset(u32::try_from(at).unwrap_or(u32::MAX));
        let span = Span { start: offset(at), end: offset(at + 1 + word.len()) };
        let message = format!("`#{word}` is text, not `#{meant}`");
        let finding = self.subject.warning(Code::GluedDirective, message, span);
        self.findings.push(
            finding
                .note("what is no directive letter by letter is printed as it stands")
                .help(help),
        );
    }
}

/// The word behind the `#` at `at`.
fn word_at(text: &str, at: usize) -> &str {
    let rest = text.get(at + 1..).unwrap_or("");
    rest.get(..rest.find(|c| !is_word(c)).unwrap_or(rest.len())).unwrap_or("")
}

/// Where `#elsif(` stands, or its like.
fn foreign(text: &str) -> Option<usize> {
    text.match_indices('#').map(|(at, _)| at).find(|at| {
        let word = word_at(text, *at);
        let behind = text.get(at + 1 + word.len()..).unwrap_or("");
        matches!(word, "elsif" | "elif" | "elseIf" | "elsIf" | "ElseIf")
            && behind.trim_start().starts_with('(')
    })
}

/// Where `#else` stands with a letter behind it, unless a quote before it makes it a name of DynamoDB's.
fn glued(text: &str) -> Option<usize> {
    text.match_indices("#else").map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let behind = text.get(at + 5..).and_then(|behind| behind.chars().next());
        let is_placeholder = matches!(before, Some('"' | ' ' | ',' | '(' | '\\'));
        behind.is_some_and(is_word) && !is_placeholder && !word_at(text, *at).starts_with("elseI")
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
