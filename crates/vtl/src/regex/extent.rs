//! How long a text a lookbehind can match: Java refuses one without an obvious maximum, and so do we.

use super::tree::Node;

/// What Java's study of a pattern finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extent {
    is_bounded: bool,
    /// Whether every repetition in it runs a known number of times, and nothing is a choice.
    is_deterministic: bool,
}

/// Tells whether `node` has an obvious maximum length.
pub(super) fn is_bounded(node: &Node) -> bool {
    extent(node).is_bounded
}

fn extent(node: &Node) -> Extent {
    let fixed = Extent { is_bounded: true, is_deterministic: true };
    match node {
        Node::Empty
        | Node::Character { .. }
        | Node::Class(_)
        | Node::LineBreak
        | Node::Place(_)
        | Node::Look { .. } => fixed,
        Node::Reference { .. } => Extent { is_bounded: false, ..fixed },
        Node::Sequence(nodes) => both(nodes),
        Node::Alternatives(nodes) => Extent { is_deterministic: false, ..both(nodes) },
        Node::Capture(node) | Node::Atomic(node) => extent(node),
        Node::Repeat { node, least, most, is_group, .. } => {
            let inner = extent(node);
            let is_option = *least == 0 && *most == Some(1);
            let is_loop = *is_group && !is_option && !inner.is_deterministic;
            Extent {
                is_bounded: inner.is_bounded && most.is_some() && !is_loop,
                is_deterministic: inner.is_deterministic && *most == Some(*least),
            }
        }
    }
}

fn both(nodes: &[Node]) -> Extent {
    let extents = nodes.iter().map(extent);
    extents.fold(Extent { is_bounded: true, is_deterministic: true }, |all, one| Extent {
        is_bounded: all.is_bounded && one.is_bounded,
        is_deterministic: all.is_deterministic && one.is_deterministic,
    })
}
