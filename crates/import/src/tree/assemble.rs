//! Makes a tree of nodes of other trees and of computed texts. Each node keeps where it was written.

use super::ground::Ground;
use super::node::{Content, Kind, Node, NodeData, NodeId, Origin, Step, Style, Tree, TreeData};
use super::standing_for;
use crate::limits::{DEPTH_MAX, NODES_MAX};
use std::sync::Arc;
use vestibule_restapi::{Code, Diagnostic, Place, Sourced};

/// What a tree is assembled of.
#[derive(Clone, Debug)]
pub(crate) enum Value<'t> {
    /// A node of another tree, with all below it.
    Copy(Node<'t>),
    /// The same of a tree that is kept alive by it.
    Owned(OwnedNode),
    /// A computed text.
    Text(Sourced),
    /// An object that stands for something, with members of its own. Keys are scalars.
    Object(Stand<'t>, Vec<(Value<'t>, Value<'t>)>),
    /// An array that stands for something, with items of its own.
    Array(Stand<'t>, Vec<Value<'t>>),
}

/// A node with its tree.
#[derive(Clone, Debug)]
pub(crate) struct OwnedNode {
    tree: Tree,
    id: NodeId,
}

impl Node<'_> {
    /// The node with its tree.
    pub(crate) fn owned_node(&self) -> OwnedNode {
        OwnedNode { tree: self.tree.clone(), id: self.id }
    }

    /// The node with its tree, as a value.
    pub(crate) fn owned<'t>(&self) -> Value<'t> {
        Value::Owned(self.owned_node())
    }
}

impl OwnedNode {
    /// The node.
    pub(crate) fn node(&self) -> Node<'_> {
        self.tree.node(self.id)
    }

    /// The members of an object.
    pub(crate) fn members<'t>(&self) -> Vec<(Value<'t>, Value<'t>)> {
        let owned = |node: Node<'_>| self.tree.owned(node.id);
        self.node().entries().map(|entry| (owned(entry.key), owned(entry.value))).collect()
    }

    /// The items of an array.
    pub(crate) fn items<'t>(&self) -> Vec<Value<'t>> {
        self.node().items().map(|item| self.tree.owned(item.id)).collect()
    }
}

/// What an assembled object or array stands for.
#[derive(Clone, Debug)]
pub(crate) enum Stand<'t> {
    /// A node that it takes the place of.
    Node(Node<'t>),
    /// The same of a tree that is kept alive by it.
    Owned(OwnedNode),
    /// A place.
    Place(Place),
}

impl Value<'_> {
    /// A text that stands for `place`.
    pub(crate) fn standing(text: &str, place: &Place) -> Self {
        Value::Text(standing_for(text, place))
    }

    /// The text of a scalar.
    pub(crate) fn scalar_text(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text.to_string()),
            Value::Copy(node) => node.text().map(str::to_owned),
            Value::Owned(owned) => owned.node().text().map(str::to_owned),
            Value::Object(..) | Value::Array(..) => None,
        }
    }

    /// Where a finding about it points.
    pub(crate) fn place(&self) -> Place {
        match self {
            Value::Copy(node) | Value::Object(Stand::Node(node), _) => node.place(),
            Value::Array(Stand::Node(node), _) => node.place(),
            Value::Owned(owned)
            | Value::Object(Stand::Owned(owned), _)
            | Value::Array(Stand::Owned(owned), _) => owned.node().place(),
            Value::Text(text) => text.whole(),
            Value::Object(Stand::Place(place), _) | Value::Array(Stand::Place(place), _) => {
                place.clone()
            }
        }
    }
}

impl Tree {
    /// The whole of it as a value.
    pub(crate) fn value<'t>(&self) -> Value<'t> {
        self.owned(self.0.root)
    }

    fn owned<'t>(&self, id: NodeId) -> Value<'t> {
        Value::Owned(OwnedNode { tree: self.clone(), id })
    }

    /// Assembles a tree. Past the limits on nodes and depth it is refused (GW106), at the place of `value`.
    pub(crate) fn assemble(value: Value<'_>) -> Result<Tree, Box<Diagnostic>> {
        let place = value.place();
        let mut assembly = Assembly::default();
        let root = assembly.add(value, 0).map_err(|OverLimit(message)| {
            Box::new(Diagnostic::error(Code::LimitExceeded, message).at(place.clone()))
        })?;
        let ground = Ground::File(place.document);
        let Assembly { sources, nodes } = assembly;
        let nothing = NodeData::nothing();
        Ok(Tree(Arc::new(TreeData { ground, sources, nodes, root, nothing })))
    }
}

/// The limit that was met, in words.
struct OverLimit(String);

#[derive(Default)]
struct Assembly {
    sources: Vec<Tree>,
    nodes: Vec<NodeData>,
}

impl Assembly {
    // INVARIANT: recursion is bounded by `DEPTH_MAX`.
    fn add(&mut self, value: Value<'_>, depth: usize) -> Result<NodeId, OverLimit> {
        if depth > DEPTH_MAX {
            let message = format!("objects and arrays are nested more than {DEPTH_MAX} deep");
            return Err(OverLimit(message));
        }
        match value {
            Value::Copy(node) => self.copy(node, depth),
            Value::Owned(owned) => self.copy(owned.node(), depth),
            Value::Text(text) => {
                let content = Content::Scalar((&*text).into(), Style::DoubleQuoted);
                self.push(Origin::Made(text), content)
            }
            Value::Object(stand, members) => {
                let origin = self.stand(stand);
                let mut entries = Vec::with_capacity(members.len());
                for (key, value) in members {
                    entries.push((self.add(key, depth + 1)?, self.add(value, depth + 1)?));
                }
                self.close(origin, Content::Object(entries))
            }
            Value::Array(stand, items) => {
                let origin = self.stand(stand);
                let mut ids = Vec::with_capacity(items.len());
                for item in items {
                    ids.push(self.add(item, depth + 1)?);
                }
                self.close(origin, Content::Array(ids))
            }
        }
    }

    fn copy(&mut self, node: Node<'_>, depth: usize) -> Result<NodeId, OverLimit> {
        match node.kind() {
            Kind::Scalar => {
                let origin = self.origin(node);
                let (text, style) = node.scalar();
                self.push(origin, Content::Scalar(text.into(), style))
            }
            Kind::Object => {
                let members = node.entries().map(|e| (Value::Copy(e.key), Value::Copy(e.value)));
                self.add(Value::Object(Stand::Node(node), members.collect()), depth)
            }
            Kind::Array => {
                let items = node.items().map(Value::Copy).collect();
                self.add(Value::Array(Stand::Node(node), items), depth)
            }
        }
    }

    fn stand(&mut self, stand: Stand<'_>) -> Origin {
        match stand {
            Stand::Node(node) => self.origin(node),
            Stand::Owned(owned) => self.origin(owned.node()),
            Stand::Place(place) => Origin::Made(standing_for("", &place)),
        }
    }

    /// Where a copy of `node` comes from: a copy of a copy is one of the first.
    fn origin(&mut self, node: Node<'_>) -> Origin {
        let (tree, id) = match &node.data.origin {
            Origin::Made(text) => return Origin::Made(text.clone()),
            Origin::Written { .. } => (node.tree, node.id),
            Origin::Copied { source, id } => match node.tree.0.sources.get(*source) {
                Some(tree) => (tree, *id),
                None => (node.tree, node.id),
            },
        };
        let known = self.sources.iter().rposition(|source| source.is(tree));
        let source = known.unwrap_or_else(|| {
            self.sources.push(tree.clone());
            self.sources.len() - 1
        });
        Origin::Copied { source, id }
    }

    /// Adds an object or array over nodes that are there already.
    fn close(&mut self, origin: Origin, content: Content) -> Result<NodeId, OverLimit> {
        let below: Vec<(NodeId, Step)> = match &content {
            Content::Object(entries) => {
                entries.iter().map(|(key, value)| (*value, Step::Member(*key))).collect()
            }
            Content::Array(items) => {
                items.iter().enumerate().map(|(at, id)| (*id, Step::Item(at))).collect()
            }
            Content::Scalar(..) => vec![],
        };
        let id = self.push(origin, content)?;
        let (mut weight, mut height) = (1, 0);
        for (child, step) in below {
            if let Some(node) = self.nodes.get_mut(child) {
                node.parent = Some((id, step));
                weight += node.weight;
                height = height.max(node.height + 1);
            }
        }
        if let Some(node) = self.nodes.get_mut(id) {
            (node.weight, node.height) = (weight, height.max(1));
        }
        Ok(id)
    }

    fn push(&mut self, origin: Origin, content: Content) -> Result<NodeId, OverLimit> {
        if self.nodes.len() >= NODES_MAX {
            let message = format!("the definition has more than {NODES_MAX} values");
            return Err(OverLimit(message));
        }
        self.nodes.push(NodeData { parent: None, origin, content, weight: 1, height: 0 });
        Ok(self.nodes.len() - 1)
    }
}
