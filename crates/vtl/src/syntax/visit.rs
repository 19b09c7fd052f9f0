//! One way through a compiled template: every statement, reference and expression once, in the order of the text.

use super::tree::{Block, Expr, LinkKind, Node, Reference, Tree};

/// What meets the parts of a template. Each method goes on to the parts within, unless it is overridden; then it may do so
/// with [`within_node`] and its like.
pub trait Visit<'t> {
    /// Meets a statement.
    fn node(&mut self, node: &'t Node) {
        within_node(self, node);
    }

    /// Meets a reference, wherever it stands: printed, assigned, read.
    fn reference(&mut self, reference: &'t Reference) {
        within_reference(self, reference);
    }

    /// Meets an expression.
    fn expression(&mut self, expression: &'t Expr) {
        within_expression(self, expression);
    }
}

/// Shows a visitor the whole template, the bodies of `#define` last.
pub fn visit<'t>(visitor: &mut (impl Visit<'t> + ?Sized), tree: &'t Tree) {
    visit_block(visitor, &tree.body);
    tree.blocks.iter().for_each(|block| visit_block(visitor, block));
}

/// Shows a visitor the statements of a block.
// INVARIANT: blocks and expressions nest no deeper than the parser let them.
pub fn visit_block<'t>(visitor: &mut (impl Visit<'t> + ?Sized), block: &'t Block) {
    block.iter().for_each(|node| visitor.node(node));
}

/// Shows a visitor what a statement holds.
pub fn within_node<'t>(visitor: &mut (impl Visit<'t> + ?Sized), node: &'t Node) {
    match node {
        Node::Text(_) | Node::Stop | Node::Define { .. } => {}
        Node::Fail { of, .. } => of.iter().for_each(|read| visitor.expression(read)),
        Node::Print(print) => visitor.reference(&print.reference),
        Node::Set(set) => {
            visitor.reference(&set.target);
            visitor.expression(&set.value);
        }
        Node::If(branches) => {
            for branch in branches {
                branch.condition.iter().for_each(|condition| visitor.expression(&condition.value));
                visit_block(visitor, &branch.body);
            }
        }
        Node::Foreach(foreach) => {
            visitor.expression(&foreach.source);
            visit_block(visitor, &foreach.body);
        }
        Node::Break(scope) => scope.iter().for_each(|scope| visitor.expression(scope)),
    }
}

/// Shows a visitor the arguments and indexes of a reference.
pub fn within_reference<'t>(visitor: &mut (impl Visit<'t> + ?Sized), reference: &'t Reference) {
    for link in &reference.links {
        match &link.kind {
            LinkKind::Property(_) => {}
            LinkKind::Call { arguments, .. } => {
                arguments.iter().for_each(|argument| visitor.expression(&argument.value));
            }
            LinkKind::Index(index) => visitor.expression(index),
        }
    }
}

/// Shows a visitor what an expression is made of.
pub fn within_expression<'t>(visitor: &mut (impl Visit<'t> + ?Sized), expression: &'t Expr) {
    match expression {
        Expr::Null | Expr::Boolean(_) | Expr::Number(_) | Expr::Text(_) => {}
        Expr::Interpolated { body, .. } => visit_block(visitor, body),
        Expr::Reference(reference) => visitor.reference(reference),
        Expr::List(items) => items.iter().for_each(|item| visitor.expression(item)),
        Expr::Map(entries) => entries.iter().for_each(|entry| both(visitor, entry)),
        Expr::Range(pair) | Expr::And(pair) | Expr::Or(pair) | Expr::Compare(_, pair, _) => {
            both(visitor, pair);
        }
        Expr::Not(inner) => visitor.expression(inner),
        Expr::Math(math) => {
            visitor.expression(&math.left.value);
            visitor.expression(&math.right.value);
        }
    }
}

fn both<'t>(visitor: &mut (impl Visit<'t> + ?Sized), pair: &'t (Expr, Expr)) {
    visitor.expression(&pair.0);
    visitor.expression(&pair.1);
}
