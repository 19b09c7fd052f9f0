//! How long a text a part of a pattern can match: none, or one without an obvious maximum, which Java refuses in a
//! lookbehind. And whether it can only match characters of one UTF-16 unit.

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

/// Tells whether `node` matches the empty text everywhere.
pub(super) fn is_nullable(node: &Node) -> bool {
    match node {
        Node::Empty => true,
        Node::Character { .. }
        | Node::Class(_)
        | Node::LineBreak
        | Node::Place(_)
        | Node::Look { .. }
        | Node::Reference { .. } => false,
        Node::Sequence(nodes) => nodes.iter().all(is_nullable),
        Node::Alternatives(nodes) => nodes.iter().any(is_nullable),
        Node::Capture(node) | Node::Atomic(node) => is_nullable(node),
        Node::Repeat { node, least, .. } => *least == 0 || is_nullable(node),
    }
}

/// Tells whether all that `node` can match are characters of one UTF-16 unit. Java then tries each unit of a text.
pub(super) fn is_narrow(node: &Node) -> bool {
    match node {
        Node::Empty | Node::LineBreak | Node::Place(_) => true,
        Node::Character { code, .. } => *code < 0x10000,
        Node::Class(class) => !class.chars().any(|c| "^&(p".contains(c) || c >= '\u{10000}'),
        Node::Reference { .. } => false,
        Node::Sequence(nodes) | Node::Alternatives(nodes) => nodes.iter().all(is_narrow),
        Node::Capture(node)
        | Node::Atomic(node)
        | Node::Look { node, .. }
        | Node::Repeat { node, .. } => is_narrow(node),
    }
}

/// Returns how often `node` repeats a part of it, repetitions in repetitions multiplied.
pub(super) fn repeats(node: &Node) -> u64 {
    match node {
        Node::Empty
        | Node::Character { .. }
        | Node::Class(_)
        | Node::LineBreak
        | Node::Place(_)
        | Node::Reference { .. } => 1,
        Node::Sequence(nodes) | Node::Alternatives(nodes) => {
            nodes.iter().map(repeats).max().unwrap_or(1)
        }
        Node::Capture(node) | Node::Atomic(node) | Node::Look { node, .. } => repeats(node),
        Node::Repeat { node, least, most, .. } => {
            repeats(node).saturating_mul(u64::from(most.unwrap_or(*least).max(1)))
        }
    }
}

/// Returns the fewest and the most characters that `node` can match.
pub(super) fn lengths(node: &Node) -> (usize, usize) {
    let most = usize::MAX;
    match node {
        Node::Empty | Node::Place(_) | Node::Look { .. } => (0, 0),
        Node::Character { .. } | Node::Class(_) => (1, 1),
        Node::LineBreak => (1, 2),
        Node::Reference { .. } => (0, most),
        Node::Capture(node) | Node::Atomic(node) => lengths(node),
        Node::Sequence(nodes) => nodes
            .iter()
            .map(lengths)
            .fold((0, 0), |all, one| (all.0.saturating_add(one.0), all.1.saturating_add(one.1))),
        Node::Alternatives(nodes) => nodes
            .iter()
            .map(lengths)
            .fold((most, 0), |all, one| (all.0.min(one.0), all.1.max(one.1))),
        Node::Repeat { node, least, most: times, .. } => {
            let (shortest, longest) = lengths(node);
            let times = times.map_or(most, |times| times as usize);
            let longest = if longest == 0 { 0 } else { longest.saturating_mul(times) };
            (shortest.saturating_mul(*least as usize), longest)
        }
    }
}

/// Tells whether a class of Unicode is in `node`.
pub(super) fn has_table(node: &Node) -> bool {
    match node {
        Node::Class(class) => class.contains("\\p") || class.contains("\\P"),
        Node::Empty
        | Node::Character { .. }
        | Node::LineBreak
        | Node::Place(_)
        | Node::Reference { .. } => false,
        Node::Sequence(nodes) | Node::Alternatives(nodes) => nodes.iter().any(has_table),
        Node::Capture(node)
        | Node::Atomic(node)
        | Node::Look { node, .. }
        | Node::Repeat { node, .. } => has_table(node),
    }
}

/// Tells whether a search may look at much more text than what it finds: at a loop that it could do without and that does
/// not match by itself, as in `.*x|a`. Then many matches in a text cost the square of its length. In `[ab]+|c` the loop
/// matches as far as it is looked at.
pub(super) fn strays(node: &Node) -> bool {
    strays_in(node, Around { is_spare: false, is_followed: false })
}

/// Where a part of a pattern stands.
#[derive(Debug, Clone, Copy)]
struct Around {
    /// Whether the pattern can match without it.
    is_spare: bool,
    /// Whether something has to match behind it.
    is_followed: bool,
}

fn strays_in(node: &Node, around: Around) -> bool {
    match node {
        Node::Empty
        | Node::Character { .. }
        | Node::Class(_)
        | Node::LineBreak
        | Node::Place(_)
        | Node::Reference { .. } => false,
        Node::Sequence(nodes) => nodes.iter().enumerate().any(|(position, node)| {
            let behind = nodes.iter().skip(position + 1);
            let is_followed = around.is_followed || !behind.into_iter().all(is_nullable);
            strays_in(node, Around { is_followed, ..around })
        }),
        Node::Alternatives(nodes) => {
            nodes.iter().any(|node| strays_in(node, Around { is_spare: true, ..around }))
        }
        Node::Capture(node) | Node::Atomic(node) => strays_in(node, around),
        Node::Look { node, .. } => has_loop(node),
        Node::Repeat { node: inner, most, .. } => {
            let is_followed = around.is_followed || *most != Some(1);
            let is_long = around.is_spare && around.is_followed && has_loop(node);
            is_long || strays_in(inner, Around { is_spare: true, is_followed })
        }
    }
}

/// Tells whether a part of `node` repeats often.
fn has_loop(node: &Node) -> bool {
    const OFTEN: u32 = 32;
    match node {
        Node::Empty
        | Node::Character { .. }
        | Node::Class(_)
        | Node::LineBreak
        | Node::Place(_)
        | Node::Reference { .. } => false,
        Node::Sequence(nodes) | Node::Alternatives(nodes) => nodes.iter().any(has_loop),
        Node::Capture(node) | Node::Atomic(node) | Node::Look { node, .. } => has_loop(node),
        Node::Repeat { node, most, .. } => most.is_none_or(|most| most > OFTEN) || has_loop(node),
    }
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
