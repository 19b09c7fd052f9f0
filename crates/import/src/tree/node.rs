//! The tree and its nodes: kinds, members, pointers and places. Nodes live in one arena; an alias shares the node it names.

use super::pieces;
use super::scalar::{self, Plain};
use crate::limits::POINTER_STEP_BYTES_MAX;
use std::ops::Range;
use std::sync::Arc;
use vestibule_restapi::{Document, Piece, Place, Sourced};

/// Index of a node in its tree.
pub(super) type NodeId = usize;

/// A parsed document.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(super) document: Arc<Document>,
    pub(super) nodes: Vec<NodeData>,
    pub(super) root: NodeId,
    /// What an index stands for that is out of range; none is.
    pub(super) nothing: NodeData,
}

/// What the arena keeps of a node.
#[derive(Debug)]
pub(super) struct NodeData {
    /// The object or array it stands in, with its key node or index; none for the root.
    pub(super) parent: Option<(NodeId, Step)>,
    /// Bytes of its first token with properties; the whole scalar.
    pub(super) span: Range<usize>,
    /// Where the value itself starts in `span`: behind its tag and anchor.
    pub(super) value_start: usize,
    /// A YAML tag as it was written, such as `!Sub`; core tags are written `!!str`.
    pub(super) tag: Option<Box<str>>,
    pub(super) content: Content,
    /// Nodes below and including it, aliases followed.
    pub(super) weight: usize,
    /// Levels of objects and arrays from it down, aliases followed; 0 for a scalar.
    pub(super) height: usize,
}

/// How a node hangs in its parent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Under the key that this node is.
    Member(NodeId),
    /// At this index.
    Item(usize),
}

#[derive(Debug)]
pub(super) enum Content {
    Object(Vec<(NodeId, NodeId)>),
    Array(Vec<NodeId>),
    Scalar(Box<str>, Style),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes: the text decides what it is.
    Plain,
    /// `'...'`
    SingleQuoted,
    /// `"..."` of YAML or JSON.
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

impl Tree {
    /// The value of the document.
    pub(crate) fn root(&self) -> Node<'_> {
        self.node(self.root)
    }

    fn node(&self, id: NodeId) -> Node<'_> {
        Node { tree: self, data: self.nodes.get(id).unwrap_or(&self.nothing) }
    }
}

/// A value of a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'t> {
    tree: &'t Tree,
    data: &'t NodeData,
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'t> {
    /// A scalar.
    pub(crate) key: Node<'t>,
    /// Its value.
    pub(crate) value: Node<'t>,
}

impl<'t> Entry<'t> {
    /// The key's text.
    pub(crate) fn name(&self) -> &'t str {
        self.key.text().unwrap_or("")
    }
}

/// The pointer of a node whose ancestors are all among `nodes`.
pub(super) fn pointer(nodes: &[NodeData], node: &NodeData) -> String {
    let mut steps = vec![];
    let mut parent = node.parent;
    // INVARIANT: a parent is created before its children, so the walk ends.
    while let Some((id, step)) = parent {
        steps.push(match step {
            Step::Item(index) => index.to_string(),
            Step::Member(key) => match nodes.get(key).map(|key| &key.content) {
                Some(Content::Scalar(name, _)) => {
                    let end = name.floor_char_boundary(POINTER_STEP_BYTES_MAX);
                    let shown = name.get(..end).unwrap_or("");
                    shown.replace('~', "~0").replace('/', "~1")
                }
                Some(Content::Object(_) | Content::Array(_)) | None => String::new(),
            },
        });
        parent = nodes.get(id).and_then(|node| node.parent);
    }
    steps.iter().rev().flat_map(|step| ["/", step]).collect()
}

/// A text that stands for `place` as a whole without being written there.
pub(crate) fn standing_for(text: &str, place: &Place) -> Sourced {
    let piece = Piece {
        start: 0,
        document: Arc::clone(&place.document),
        source: place.span.clone(),
        verbatim: false,
    };
    Sourced::new(text, [piece], Arc::clone(&place.pointer))
}

/// The three kinds of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Members in the order of the document.
    Object,
    /// Items.
    Array,
    /// A text, number, truth value or null.
    Scalar,
}

impl<'t> Node<'t> {
    /// Which kind it is.
    pub(crate) fn kind(&self) -> Kind {
        match &self.data.content {
            Content::Object(_) => Kind::Object,
            Content::Array(_) => Kind::Array,
            Content::Scalar(..) => Kind::Scalar,
        }
    }

    /// The members of an object; none of anything else.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry<'t>> + use<'t> {
        let tree = self.tree;
        let entries: &[(NodeId, NodeId)] = match &self.data.content {
            Content::Object(entries) => entries,
            Content::Array(_) | Content::Scalar(..) => &[],
        };
        entries
            .iter()
            .map(move |(key, value)| Entry { key: tree.node(*key), value: tree.node(*value) })
    }

    /// The items of an array; none of anything else.
    pub(crate) fn items(&self) -> impl Iterator<Item = Node<'t>> + use<'t> {
        let tree = self.tree;
        let items: &[NodeId] = match &self.data.content {
            Content::Array(items) => items,
            Content::Object(_) | Content::Scalar(..) => &[],
        };
        items.iter().map(move |id| tree.node(*id))
    }

    /// The member of this name.
    pub(crate) fn entry(&self, name: &str) -> Option<Entry<'t>> {
        self.entries().find(|entry| entry.name() == name)
    }

    /// The value of the member of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Node<'t>> {
        self.entry(name).map(|entry| entry.value)
    }

    /// The decoded text of a scalar, whatever it stands for.
    pub(crate) fn text(&self) -> Option<&'t str> {
        match &self.data.content {
            Content::Scalar(text, _) => Some(text),
            Content::Object(_) | Content::Array(_) => None,
        }
    }

    /// What a scalar stands for: without quotes it may be null, a truth value or a number.
    pub(crate) fn plain(&self) -> Option<Plain> {
        match &self.data.content {
            Content::Scalar(text, style) => Some(scalar::resolve(text, *style, self.tag())),
            Content::Object(_) | Content::Array(_) => None,
        }
    }

    /// Whether it is `null`, `~` or nothing at all.
    pub(crate) fn is_null(&self) -> bool {
        self.plain() == Some(Plain::Null)
    }

    /// The decoded text of a scalar with the place of each character.
    pub(crate) fn sourced(&self) -> Option<Sourced> {
        let Content::Scalar(text, style) = &self.data.content else { return None };
        let pieces = pieces::of(&self.tree.document, self.data, text, *style);
        Some(Sourced::new(&**text, pieces, self.pointer()))
    }

    /// Its YAML tag, such as `!Sub`.
    pub(crate) fn tag(&self) -> Option<&'t str> {
        self.data.tag.as_deref()
    }

    /// What a message calls it: its key, or the array it is an item of; none for the root.
    pub(crate) fn subject(&self) -> Option<String> {
        match self.data.parent? {
            (_, Step::Member(key)) => Some(format!("`{}`", self.tree.node(key).text()?)),
            (array, Step::Item(_)) => match self.tree.node(array).data.parent {
                Some((_, Step::Member(key))) => {
                    Some(format!("an item of `{}`", self.tree.node(key).text()?))
                }
                Some((_, Step::Item(_))) | None => Some("an item".to_owned()),
            },
        }
    }

    /// JSON pointer from the root of its document.
    pub(crate) fn pointer(&self) -> String {
        pointer(&self.tree.nodes, self.data)
    }

    /// Where a finding about it points: the scalar, or the key that an object or array stands under.
    pub(crate) fn place(&self) -> Place {
        if let Some(text) = self.sourced()
            && self.tag().is_none()
        {
            return if text.is_empty() { self.token() } else { text.whole() };
        }
        match self.data.parent {
            Some((_, Step::Member(key))) if self.kind() != Kind::Scalar && self.tag().is_none() => {
                Place::new(
                    &self.tree.document,
                    self.tree.node(key).data.span.clone(),
                    self.pointer(),
                )
            }
            Some(_) | None => self.token(),
        }
    }

    /// The place of its first token, tag included.
    pub(crate) fn token(&self) -> Place {
        Place::new(&self.tree.document, self.data.span.clone(), self.pointer())
    }

    /// What it is, for a message: `an object`, `the number 5`, `a text`.
    pub(crate) fn describe(&self) -> String {
        match self.plain() {
            None if self.kind() == Kind::Array => "an array".to_owned(),
            None => "an object".to_owned(),
            Some(Plain::Null) => "nothing".to_owned(),
            Some(Plain::Bool(value)) => format!("`{value}`"),
            Some(Plain::Number(number)) => format!("the number `{number}`"),
            Some(Plain::Text) => "a text".to_owned(),
        }
    }
}
