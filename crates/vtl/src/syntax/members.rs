//! Which members of a variable a template names, so that an embedder makes no others.

use super::tree::{LinkKind, Node, Reference, Slot, Tree};
use super::visit::{self, Visit};

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
    visit::visit(&mut found, tree);
    if found.is_any { Members::Any } else { Members::Named(found.names) }
}

struct Found<'t> {
    slot: Slot,
    names: Vec<&'t str>,
    is_any: bool,
}

impl<'t> Visit<'t> for Found<'t> {
    fn node(&mut self, node: &'t Node) {
        self.is_any |= match node {
            Node::Foreach(foreach) => foreach.item == self.slot,
            Node::Define { slot, .. } => *slot == self.slot,
            _ => false,
        };
        visit::within_node(self, node);
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
        visit::within_reference(self, reference);
    }
}
