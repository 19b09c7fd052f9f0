//! The tree and its nodes: kinds, members, pointers and places. Nodes live in one arena; an alias shares the node it names.
//!
//! A tree is read from a document, or from a text that stands inside one, or assembled of nodes of other trees. Whichever it
//! is, each node knows where it was written.

use super::ground::Ground;
use super::pieces;
use super::scalar::{self, Plain};
use crate::limits::POINTER_STEP_BYTES_MAX;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use vestibule_restapi::{Piece, Place, Sourced};

/// Index of a node in its tree.
pub(super) type NodeId = usize;

/// A parsed or assembled document. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Tree(pub(super) Arc<TreeData>);

/// What a tree is made of.
#[derive(Debug)]
pub(super) struct TreeData {
    /// What its written nodes were read from.
    pub(super) ground: Ground,
    /// The trees its copied nodes come from.
    pub(super) sources: Vec<Tree>,
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
    pub(super) origin: Origin,
    pub(super) content: Content,
    /// Nodes below and including it, aliases followed.
    pub(super) weight: usize,
    /// Levels of objects and arrays from it down, aliases followed; 0 for a scalar.
    pub(super) height: usize,
}

impl NodeData {
    /// Nothing at all.
    pub(super) fn nothing() -> NodeData {
        NodeData {
            parent: None,
            origin: Origin::Written { span: 0..0, value_start: 0, tag: None },
            content: Content::Scalar("".into(), Style::Plain),
            weight: 1,
            height: 0,
        }
    }

    /// Bytes of a written node's first token.
    pub(super) fn span(&self) -> Range<usize> {
        match &self.origin {
            Origin::Written { span, .. } => span.clone(),
            Origin::Copied { .. } | Origin::Made(_) => 0..0,
        }
    }
}

/// Where a node comes from.
#[derive(Debug)]
pub(super) enum Origin {
    /// It stands in what the tree was read from.
    Written {
        /// Bytes of its first token with properties; the whole scalar.
        span: Range<usize>,
        /// Where the value itself starts in `span`: behind its tag and anchor.
        value_start: usize,
        /// A YAML tag as it was written, such as `!Sub`; core tags are written `!!str`.
        tag: Option<Box<str>>,
    },
    /// It is a node of another tree.
    Copied {
        /// Index among the sources of the tree.
        source: usize,
        id: NodeId,
    },
    /// It was computed: the text of a scalar, or what an object or array stands for.
    Made(Sourced),
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
        self.node(self.0.root)
    }

    pub(super) fn node(&self, id: NodeId) -> Node<'_> {
        Node { tree: self, id, data: self.0.nodes.get(id).unwrap_or(&self.0.nothing) }
    }

    /// Whether both are the same tree.
    pub(super) fn is(&self, other: &Tree) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A value of a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'t> {
    pub(super) tree: &'t Tree,
    pub(super) id: NodeId,
    pub(super) data: &'t NodeData,
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

    /// The text and style of a scalar; of anything else, nothing.
    pub(super) fn scalar(&self) -> (&'t str, Style) {
        match &self.data.content {
            Content::Scalar(text, style) => (text, *style),
            Content::Object(_) | Content::Array(_) => ("", Style::Plain),
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
        match &self.data.origin {
            Origin::Copied { source, id } => self.original(*source, *id)?.sourced(),
            Origin::Made(text) => Some(text.clone()),
            Origin::Written { span, value_start, .. } => {
                let ground = &self.tree.0.ground;
                let pieces = pieces::of(ground, span, *value_start, text, *style);
                Some(Sourced::new(&**text, pieces, self.pointer()))
            }
        }
    }

    /// Its YAML tag, such as `!Sub`.
    pub(crate) fn tag(&self) -> Option<&'t str> {
        match &self.data.origin {
            Origin::Written { tag, .. } => tag.as_deref(),
            Origin::Copied { source, id } => self.original(*source, *id)?.tag(),
            Origin::Made(_) => None,
        }
    }

    /// What a message calls it: its key, or the array it is an item of; none for the root.
    pub(crate) fn subject(&self) -> Option<String> {
        match self.data.parent? {
            (_, Step::Member(key)) => Some(format!("`{}`", self.tree.node(key).written()?)),
            (array, Step::Item(_)) => match self.tree.node(array).data.parent {
                Some((_, Step::Member(key))) => {
                    Some(format!("an item of `{}`", self.tree.node(key).written()?))
                }
                Some((_, Step::Item(_))) | None => Some("an item".to_owned()),
            },
        }
    }

    /// Whether nobody wrote it: it stands for parts that were written elsewhere.
    pub(crate) fn is_assembled(&self) -> bool {
        matches!(self.data.origin, Origin::Made(_))
    }

    /// A key as its author wrote it, also where an assembled tree calls it otherwise.
    fn written(&self) -> Option<String> {
        let text = self.text()?;
        if !matches!(self.data.origin, Origin::Made(_)) {
            return Some(text.to_owned());
        }
        let place = self.place();
        let written = place.text().trim_matches(['"', '\'']);
        let is_name = !written.is_empty() && !written.contains([' ', '\n', '{', '$']);
        Some(if is_name { written } else { text }.to_owned())
    }

    /// JSON pointer from the root of its document.
    pub(crate) fn pointer(&self) -> Arc<str> {
        match &self.data.origin {
            Origin::Copied { source, id } => match self.original(*source, *id) {
                Some(original) => original.pointer(),
                None => Arc::from(""),
            },
            Origin::Made(text) => text.pointer().clone(),
            Origin::Written { .. } => match self.tree.0.ground.pointer() {
                Some(outer) => outer,
                None => pointer(&self.tree.0.nodes, self.data).into(),
            },
        }
    }

    /// Where a finding about it points: the scalar, or the key that an object or array stands under.
    pub(crate) fn place(&self) -> Place {
        match &self.data.origin {
            Origin::Made(text) => return text.whole(),
            Origin::Copied { source, id } => {
                if let Some(original) = self.original(*source, *id) {
                    return original.place();
                }
            }
            Origin::Written { .. } => {}
        }
        if let Some(text) = self.sourced()
            && self.tag().is_none()
        {
            return if text.is_empty() { self.token() } else { text.whole() };
        }
        match self.data.parent {
            Some((_, Step::Member(key))) if self.kind() != Kind::Scalar && self.tag().is_none() => {
                let mut place = self.tree.node(key).token();
                place.pointer = self.pointer();
                place
            }
            Some(_) | None => self.token(),
        }
    }

    /// The place of its first token, tag included.
    pub(crate) fn token(&self) -> Place {
        match &self.data.origin {
            Origin::Made(text) => text.whole(),
            Origin::Copied { source, id } => match self.original(*source, *id) {
                Some(original) => original.token(),
                None => self.tree.0.ground.place(0..0, ""),
            },
            Origin::Written { span, .. } => self.tree.0.ground.place(span.clone(), self.pointer()),
        }
    }

    /// The places that it stands for: its own, and those of assembled objects in it that are written elsewhere.
    pub(crate) fn stands(&self) -> Vec<Place> {
        let mut places = vec![self.token()];
        let mut seen = HashSet::new();
        self.stands_below(&mut places, &mut seen);
        places
    }

    // INVARIANT: recursion is bounded by the depth of the tree.
    fn stands_below(&self, places: &mut Vec<Place>, seen: &mut HashSet<Arc<str>>) {
        if !matches!(self.data.origin, Origin::Made(_)) {
            return;
        }
        for node in self.entries().map(|entry| entry.value).chain(self.items()) {
            if node.kind() == Kind::Object && matches!(node.data.origin, Origin::Made(_)) {
                let place = node.token();
                let is_own = places.first().is_some_and(|own| place.is_within(own));
                if !is_own && seen.insert(place.pointer.clone()) {
                    places.push(place);
                }
            }
            node.stands_below(places, seen);
        }
    }

    /// The node that a copy was made of.
    fn original(&self, source: usize, id: NodeId) -> Option<Node<'t>> {
        self.tree.0.sources.get(source).map(|tree| tree.node(id))
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
