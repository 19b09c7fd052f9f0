//! Request templates for DynamoDB that are never JSON (GW315), whichever way their conditions go and however often their
//! loops run.
//!
//! References stand for anything that opens no more than it closes. A template is reported only when no way through it
//! gives JSON, and at the character where the last way ends.

use super::json_machine::{Failure, Places, TooMany};
use super::subject::{Role, Subject};
use vestibule_restapi::{Code, Diagnostic};
use vestibule_vtl::Span;
use vestibule_vtl::tree::{Block, Expr, Node, Print, Reference, Text};
use vestibule_vtl::visit::{self, Visit};

/// How deep `#define` blocks are followed into each other.
const BLOCKS_MAX: usize = 8;
/// How many characters and statements are read, those in loops twice a loop; past them nothing is said.
const STEPS_MAX: usize = 1_000_000;

pub(super) fn check<'a>(subject: &'a Subject<'a>, findings: &mut Vec<Diagnostic>) {
    let is_asked = subject.used.role == Role::Request && subject.used.is_dynamodb;
    let mut endings = Endings(false);
    visit::visit(&mut endings, subject.tree);
    if !is_asked || endings.0 || subject.source.trim().is_empty() {
        return;
    }
    let mut walk = Walk { subject, blocks: 0, steps: 0, failure: None };
    let Ok(places) = walk.block(&subject.tree.body, Places::start()) else { return };
    let end = u32::try_from(subject.source.len()).unwrap_or(u32::MAX);
    let failure = if places.is_empty() { walk.failure } else { places.end(end) };
    let Some(Failure { at, message }) = failure else { return };
    let width = subject.source.get(at as usize..).and_then(|rest| rest.chars().next());
    let width = width.map_or(0, |c| u32::try_from(c.len_utf8()).unwrap_or(1));
    let span = Span { start: at, end: at + width };
    let finding =
        subject.warning(Code::NeverJson, format!("the request is never JSON: {message}"), span);
    findings.push(
        finding
            .note("DynamoDB takes JSON and answers anything else with 400 SerializationException"),
    );
}

/// Whether a template may end before its end: then what stands behind is not certain.
struct Endings(bool);

impl<'t> Visit<'t> for Endings {
    fn node(&mut self, node: &'t Node) {
        self.0 |= matches!(node, Node::Stop | Node::Break(_) | Node::Fail { .. });
        visit::within_node(self, node);
    }
}

struct Walk<'a> {
    subject: &'a Subject<'a>,
    blocks: usize,
    steps: usize,
    /// Why the last way that ended did.
    failure: Option<Failure>,
}

impl<'a> Walk<'a> {
    // INVARIANT: blocks nest no deeper than the parser let them, and `#define` no deeper than BLOCKS_MAX.
    fn block(&mut self, block: &'a Block, mut places: Places) -> Result<Places, TooMany> {
        for node in block {
            if places.is_empty() {
                break;
            }
            places = self.node(node, places)?;
        }
        Ok(places)
    }

    fn node(&mut self, node: &'a Node, mut places: Places) -> Result<Places, TooMany> {
        self.charge(1)?;
        match node {
            Node::Text(text) => {
                self.text(&text.text, &mut places, |at| offset(text, at))?;
                Ok(places)
            }
            Node::Print(print) => self.print(print, places),
            Node::If(branches) => {
                let mut ends = Places::none();
                for branch in branches {
                    ends.join(self.branch(&branch.body, places.clone())?)?;
                }
                if branches.iter().all(|branch| branch.condition.is_some()) {
                    ends.join(places)?;
                }
                Ok(ends)
            }
            Node::Foreach(foreach) => {
                let mut ends = places.clone();
                for _ in 0..2 {
                    places = self.branch(&foreach.body, places)?;
                    ends.join(places.clone())?;
                }
                Ok(ends)
            }
            Node::Set(_)
            | Node::Define { .. }
            | Node::Break(_)
            | Node::Stop
            | Node::Fail { .. } => Ok(places),
        }
    }

    fn charge(&mut self, steps: usize) -> Result<(), TooMany> {
        self.steps += steps;
        if self.steps > STEPS_MAX { Err(TooMany) } else { Ok(()) }
    }

    /// One way of several: the first that ends says why.
    fn branch(&mut self, block: &'a Block, places: Places) -> Result<Places, TooMany> {
        let earlier = self.failure.take();
        let ends = self.block(block, places)?;
        if ends.is_empty() && earlier.is_some() {
            self.failure = earlier;
        }
        Ok(ends)
    }

    fn text(
        &mut self,
        text: &str,
        places: &mut Places,
        offset: impl Fn(usize) -> u32,
    ) -> Result<(), TooMany> {
        self.charge(text.len())?;
        for (at, c) in text.char_indices() {
            if let Some(failure) = places.read(c, offset(at))? {
                self.failure = Some(failure);
                return Ok(());
            }
        }
        Ok(())
    }

    fn print(&mut self, print: &'a Print, mut places: Places) -> Result<Places, TooMany> {
        let at = print.reference.span.start;
        self.text(&print.before, &mut places, |_| at)?;
        if let Some(text) = &print.escaped {
            self.text(text, &mut places, |_| at)?;
            return Ok(places);
        }
        let reference = &print.reference;
        let assigned = self.subject.variables.assigned(reference.root);
        if let Some(assigned) = assigned
            && reference.links.is_empty()
        {
            if let Some(block) = assigned.block
                && assigned.values.is_empty()
            {
                return self.defined(block, places);
            }
            if !assigned.values.iter().all(|value| is_balanced(value)) {
                return Err(TooMany);
            }
        }
        if self.may_hold_quotes(reference) && places.has_string() {
            return Err(TooMany);
        }
        places.unknown(at)?;
        Ok(places)
    }

    /// The block of a `#define` stands where it is printed.
    fn defined(&mut self, block: u32, places: Places) -> Result<Places, TooMany> {
        let Some(block) = self.subject.tree.blocks.get(block as usize) else { return Ok(places) };
        if self.blocks >= BLOCKS_MAX {
            return Err(TooMany);
        }
        self.blocks += 1;
        let places = self.block(block, places);
        self.blocks -= 1;
        places
    }

    /// Whether a variable is given text with quotes, which may end the string it is printed in.
    fn may_hold_quotes(&self, reference: &'a Reference) -> bool {
        let assigned = self.subject.variables.assigned(reference.root);
        assigned.is_some_and(|assigned| {
            assigned.block.is_some()
                || assigned.values.iter().any(|value| texts(value).contains('"'))
        })
    }
}

fn offset(text: &Text, at: usize) -> u32 {
    text.offset(u32::try_from(at).unwrap_or(u32::MAX))
}

/// Whether what is written down of a value opens no more than it closes.
fn is_balanced(value: &Expr) -> bool {
    let text = texts(value);
    let count = |c: char| text.matches(c).count();
    count('{') == count('}') && count('[') == count(']') && count('"').is_multiple_of(2)
}

/// The text of a value, as far as it is written down.
fn texts(value: &Expr) -> String {
    struct Texts(String);
    impl<'t> Visit<'t> for Texts {
        fn node(&mut self, node: &'t Node) {
            if let Node::Text(text) = node {
                self.0.push_str(&text.text);
            }
            visit::within_node(self, node);
        }
        fn expression(&mut self, expression: &'t Expr) {
            if let Expr::Text(text) = expression {
                self.0.push_str(text);
            }
            visit::within_expression(self, expression);
        }
        // What an argument holds is not printed.
        fn reference(&mut self, _: &'t Reference) {}
    }
    let mut found = Texts(String::new());
    found.expression(value);
    found.0
}
