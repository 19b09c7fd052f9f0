//! Directives that are text because letters follow at once (GW318): `#elsefalse`.

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
        if let Node::If(branches) = node
            && branches.iter().all(|branch| branch.condition.is_some())
        {
            branches.iter().for_each(|branch| self.branch(branch));
        }
        visit::within_node(self, node);
    }
}

impl Met<'_, '_> {
    /// Looks for `#else` in the text of a branch whose `#if` has none of its own.
    fn branch(&mut self, branch: &Branch) {
        for node in &branch.body {
            if let Node::Text(text) = node
                && let Some(at) = glued(&text.text)
            {
                self.report(text, at);
                return;
            }
        }
    }

    fn report(&mut self, text: &Text, at: usize) {
        let word: String =
            text.text.get(at + 1..).unwrap_or("").chars().take_while(|c| is_word(*c)).collect();
        let offset = |at: usize| text.offset(u32::try_from(at).unwrap_or(u32::MAX));
        let span = Span { start: offset(at), end: offset(at + 1 + word.len()) };
        let rest = word.strip_prefix("else").unwrap_or("");
        let finding = self
            .subject
            .warning(Code::GluedDirective, format!("`#{word}` is text, not `#else`"), span)
            .note("a directive ends where its letters end; what follows at once makes it another word")
            .help(format!("write `#{{else}}{rest}`"));
        self.findings.push(finding);
    }
}

/// Where `#else` stands with a letter behind it, unless a quote before it makes it a name of DynamoDB's.
fn glued(text: &str) -> Option<usize> {
    text.match_indices("#else").map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let behind = text.get(at + 5..).and_then(|behind| behind.chars().next());
        let is_placeholder = matches!(before, Some('"' | ' ' | ',' | '(' | '\\'));
        behind.is_some_and(is_word) && !is_placeholder
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
