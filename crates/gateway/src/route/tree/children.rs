//! The static children of all nodes in one table, by parent and segment.
//!
//! It is made once, from the definition, and a look-up adds nothing to it. So a client that chooses segments with equal hashes
//! meets a bucket that it has not filled; and as a bucket is sorted, not even a definition whose names all share one has look-ups
//! of more than the logarithm of its resources. The hash needs no secret.

use super::{Kind, Node, NodeId, Tree};
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};

/// A hash table: buckets one behind the other.
#[derive(Debug)]
pub(super) struct Children {
    /// Where each bucket begins in `entries`; where the last ends.
    starts: Vec<u32>,
    entries: Vec<Entry>,
    /// What makes a bucket's number of a tag: its upper bits.
    shift: u32,
}

/// Sorted by tag, then by parent and segment.
#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: u32,
    child: NodeId,
}

impl Children {
    /// The table of the static nodes; the root, the first, is nobody's child.
    pub(super) fn of(nodes: &[Node], text: &str) -> Children {
        let numbered = nodes.iter().zip(0..).skip(1);
        let statics = numbered.filter(|(node, _)| node.kind == Kind::Static);
        let mut sorted: Vec<(Entry, NodeId, &str)> = statics
            .map(|(node, child)| {
                let segment = node.segment.of(text);
                (Entry { tag: tag(node.parent, hash(segment)), child }, node.parent, segment)
            })
            .collect();
        // A bucket's number is a tag's upper bits: what is sorted by tag is sorted by bucket.
        sorted.sort_by_key(|(entry, parent, segment)| (entry.tag, *parent, *segment));
        // Between two and four buckets an entry: most have one or none.
        let bits = (sorted.len() * 2).max(1).next_power_of_two().ilog2().clamp(1, 31);
        let shift = u32::BITS - bits;
        let entries: Vec<Entry> = sorted.into_iter().map(|(entry, ..)| entry).collect();
        let start = |bucket: u32| entries.partition_point(|entry| entry.tag >> shift < bucket);
        let starts = (0..=1 << bits).map(|bucket| u32::try_from(start(bucket)).unwrap_or(u32::MAX));
        let starts = starts.collect();
        Children { starts, entries, shift }
    }

    /// The child of a node with this segment, whose hash is `hash`.
    pub(super) fn find(
        &self,
        tree: &Tree,
        parent: NodeId,
        hash: u64,
        segment: &str,
    ) -> Option<NodeId> {
        let tag = tag(parent, hash);
        let bucket = (tag >> self.shift) as usize;
        let start = *self.starts.get(bucket)? as usize;
        let end = *self.starts.get(bucket + 1)? as usize;
        let entries = self.entries.get(start..end)?;
        let place = entries.binary_search_by(|entry| {
            entry.tag.cmp(&tag).then_with(|| match tree.node(entry.child) {
                Some(node) => {
                    node.parent.cmp(&parent).then_with(|| node.segment.of(&tree.text).cmp(segment))
                }
                None => std::cmp::Ordering::Less,
            })
        });
        entries.get(place.ok()?).map(|entry| entry.child)
    }
}

/// The hash of a segment, whoever its parent is.
pub(super) fn hash(segment: &str) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(segment.as_bytes());
    hasher.finish()
}

fn tag(parent: NodeId, hash: u64) -> u32 {
    // Odd constants whose bits look random: of the golden ratio, and of pi.
    let parent = u64::from(parent).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (hash ^ parent).wrapping_mul(0x243f_6a88_85a3_08d3);
    u32::try_from(mixed >> u32::BITS).unwrap_or_default()
}
