//! What a template puts into its variables, and the kinds of values that come of it as far as they are certain.

use super::java::{self, Kind};
use std::cell::RefCell;
use std::collections::HashMap;
use vestibule_vtl::tree::{Expr, LinkKind, Node, Reference, Slot, Tree};
use vestibule_vtl::visit::{self, Visit};

/// What API Gateway and Velocity set.
pub(super) const GIVEN: [&str; 7] =
    ["input", "context", "stageVariables", "util", "foreach", "velocityCount", "velocityHasNext"];

/// Where a variable's values come from.
#[derive(Debug, Default)]
pub(super) struct Assigned<'t> {
    /// What `#set` gives it.
    pub(super) values: Vec<&'t Expr>,
    /// What `#foreach` takes it from.
    pub(super) items_of: Vec<&'t Expr>,
    /// The block that `#define` gives it.
    pub(super) block: Option<u32>,
}

/// The variables of a template.
#[derive(Debug)]
pub(super) struct Variables<'t> {
    tree: &'t Tree,
    assigned: Vec<Assigned<'t>>,
    /// The kinds of variables that are known, or being followed: then unknown.
    kinds: RefCell<HashMap<Slot, Kind>>,
}

impl<'t> Variables<'t> {
    pub(super) fn of(tree: &'t Tree) -> Variables<'t> {
        let mut variables = Variables { tree, assigned: Vec::new(), kinds: RefCell::default() };
        visit::visit(&mut variables, tree);
        variables
    }

    /// Where the values of a variable come from; `None` when the template never sets it.
    pub(super) fn assigned(&self, slot: Slot) -> Option<&Assigned<'t>> {
        let assigned = self.assigned.get(slot as usize)?;
        let is_set = !assigned.values.is_empty()
            || !assigned.items_of.is_empty()
            || assigned.block.is_some();
        is_set.then_some(assigned)
    }

    /// The names that the template sets.
    pub(super) fn set_names(&self) -> impl Iterator<Item = &'t str> {
        let slots = 0..self.assigned.len();
        slots.filter_map(|slot| {
            let slot = Slot::try_from(slot).ok()?;
            self.assigned(slot).map(|_| self.tree.name(slot))
        })
    }

    /// The kind of value that an expression always has.
    pub(super) fn kind(&self, expression: &Expr) -> Kind {
        self.kind_within(expression)
    }

    /// The kind of value that a reference has before its link number `end`.
    pub(super) fn kind_before(&self, reference: &Reference, end: usize) -> Kind {
        self.kind_of_links(reference, end)
    }

    fn kind_within(&self, expression: &Expr) -> Kind {
        match expression {
            Expr::Null => Kind::Unknown,
            Expr::Boolean(_) | Expr::Not(_) | Expr::And(_) | Expr::Or(_) | Expr::Compare(..) => {
                Kind::Boolean
            }
            Expr::Number(_) => Kind::Number,
            Expr::Text(_) | Expr::Interpolated { .. } => Kind::Text,
            Expr::List(_) | Expr::Range(_) => Kind::List,
            Expr::Map(_) => Kind::Map,
            Expr::Math(math) => {
                let sides = [&math.left.value, &math.right.value];
                let are_numbers = sides.iter().all(|side| self.kind_within(side) == Kind::Number);
                if are_numbers { Kind::Number } else { Kind::Unknown }
            }
            Expr::Reference(reference) => self.kind_of_links(reference, reference.links.len()),
        }
    }

    fn kind_of_links(&self, reference: &Reference, end: usize) -> Kind {
        let mut kind = self.kind_of_root(reference.root);
        for link in reference.links.iter().take(end) {
            kind = match (&link.kind, kind) {
                (LinkKind::Property(name), of) => java::property_kind(of, name),
                (LinkKind::Call { method, arguments }, of) => {
                    java::call_kind(of, method, arguments.len())
                }
                (LinkKind::Index(_), Kind::Array) => Kind::Text,
                (LinkKind::Index(_), _) => Kind::Unknown,
            };
        }
        kind
    }

    fn kind_of_root(&self, slot: Slot) -> Kind {
        let Some(assigned) = self.assigned(slot) else {
            return match self.tree.name(slot) {
                "input" => Kind::Input,
                "util" => Kind::Util,
                "context" => Kind::Context,
                "stageVariables" => Kind::Map,
                "foreach" => Kind::Scope,
                "velocityCount" => Kind::Number,
                "velocityHasNext" => Kind::Boolean,
                _ => Kind::Unknown,
            };
        };
        let known = self.kinds.borrow().get(&slot).copied();
        if let Some(known) = known {
            return known;
        }
        self.kinds.borrow_mut().insert(slot, Kind::Unknown);
        let kind = self.kind_of_assigned(slot, assigned);
        self.kinds.borrow_mut().insert(slot, kind);
        kind
    }

    fn kind_of_assigned(&self, slot: Slot, assigned: &Assigned<'t>) -> Kind {
        if !assigned.items_of.is_empty() || assigned.block.is_some() {
            return Kind::Unknown;
        }
        // A counter stays what it was: `#set($n = $n + 1)`.
        let values = assigned.values.iter().filter(|value| !is_step_of(slot, value));
        let mut kinds = values.map(|value| self.kind_within(value));
        let first = kinds.next().unwrap_or(Kind::Unknown);
        if kinds.all(|kind| kind == first) { first } else { Kind::Unknown }
    }

    fn entry(&mut self, slot: Slot) -> Option<&mut Assigned<'t>> {
        let slot = slot as usize;
        if self.assigned.len() <= slot {
            self.assigned.resize_with(slot + 1, Assigned::default);
        }
        self.assigned.get_mut(slot)
    }
}

fn is_step_of(slot: Slot, value: &Expr) -> bool {
    let Expr::Math(math) = value else { return false };
    let is_same =
        |side: &Expr| matches!(side, Expr::Reference(r) if r.root == slot && r.links.is_empty());
    let is_number = |side: &Expr| matches!(side, Expr::Number(_));
    let (left, right) = (&math.left.value, &math.right.value);
    is_same(left) && is_number(right) || is_number(left) && is_same(right)
}

impl<'t> Visit<'t> for Variables<'t> {
    fn node(&mut self, node: &'t Node) {
        match node {
            Node::Set(set) if set.target.links.is_empty() => {
                if let Some(entry) = self.entry(set.target.root) {
                    entry.values.push(&set.value);
                }
            }
            Node::Foreach(foreach) => {
                if let Some(entry) = self.entry(foreach.item) {
                    entry.items_of.push(&foreach.source);
                }
            }
            Node::Define { slot, block } => {
                if let Some(entry) = self.entry(*slot) {
                    entry.block = Some(*block);
                }
            }
            _ => {}
        }
        visit::within_node(self, node);
    }
}
