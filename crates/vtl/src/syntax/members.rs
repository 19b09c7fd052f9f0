//! Which members of a variable a template names, so that an embedder makes no others.

use super::tree::{Block, Expr, LinkKind, Node, Reference, Slot, Tree};

/// What a template asks of one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Members<'t> {
    /// These properties, by name, and nothing else. Empty when the variable does not occur.
    Named(Vec<&'t str>),
    /// Anything: the variable stands alone, is indexed, called or assigned.
    Any,
}

/// Collects the members of the variable in `slot`.
pub(crate) fn of(tree: &Tree, slot: Slot) -> Members<'_> {
    let mut found = Found { slot, names: Vec::new(), is_any: false };
    found.block(&tree.body);
    for block in &tree.blocks {
        found.block(block);
    }
    if found.is_any { Members::Any } else { Members::Named(found.names) }
}

struct Found<'t> {
    slot: Slot,
    names: Vec<&'t str>,
    is_any: bool,
}

impl<'t> Found<'t> {
    // INVARIANT: blocks and expressions nest no deeper than the parser let them.
    fn block(&mut self, block: &'t Block) {
        for node in block {
            match node {
                Node::Text(_) | Node::Stop | Node::Fail { .. } => {}
                Node::Print(print) => self.reference(&print.reference),
                Node::Set(set) => {
                    self.reference(&set.target);
                    self.expression(&set.value);
                }
                Node::If(branches) => {
                    for branch in branches {
                        branch.condition.iter().for_each(|condition| self.expression(condition));
                        self.block(&branch.body);
                    }
                }
                Node::Foreach(foreach) => {
                    self.is_any |= foreach.item == self.slot;
                    self.expression(&foreach.source);
                    self.block(&foreach.body);
                }
                Node::Define { slot, .. } => self.is_any |= *slot == self.slot,
                Node::Break(condition) => {
                    condition.iter().for_each(|condition| self.expression(condition));
                }
            }
        }
    }

    fn reference(&mut self, reference: &'t Reference) {
        if reference.root == self.slot {
            match reference.links.first().map(|link| &link.kind) {
                Some(LinkKind::Property(name)) => {
                    if !self.names.contains(&name.as_ref()) {
                        self.names.push(name);
                    }
                }
                Some(LinkKind::Call { .. } | LinkKind::Index(_)) | None => self.is_any = true,
            }
        }
        for link in &reference.links {
            match &link.kind {
                LinkKind::Property(_) => {}
                LinkKind::Call { arguments, .. } => {
                    arguments.iter().for_each(|argument| self.expression(&argument.value));
                }
                LinkKind::Index(index) => self.expression(index),
            }
        }
    }

    fn expression(&mut self, expression: &'t Expr) {
        match expression {
            Expr::Null | Expr::Boolean(_) | Expr::Number(_) | Expr::Text(_) => {}
            Expr::Interpolated { body, .. } => self.block(body),
            Expr::Reference(reference) => self.reference(reference),
            Expr::List(items) => items.iter().for_each(|item| self.expression(item)),
            Expr::Map(entries) => entries.iter().for_each(|entry| self.both(entry)),
            Expr::Range(pair) | Expr::And(pair) | Expr::Or(pair) | Expr::Compare(_, pair, _) => {
                self.both(pair);
            }
            Expr::Not(inner) => self.expression(inner),
            Expr::Math(math) => {
                self.expression(&math.left.value);
                self.expression(&math.right.value);
            }
        }
    }

    fn both(&mut self, pair: &'t (Expr, Expr)) {
        self.expression(&pair.0);
        self.expression(&pair.1);
    }
}
