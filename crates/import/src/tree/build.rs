//! Builds a tree from what a YAML or JSON reader meets: duplicate keys, merge keys, and the limits on depth and nodes.

use super::ground::Ground;
use super::node::{Content, NodeData, NodeId, Origin, Step, Style, Tree, TreeData, pointer};
use crate::findings::Findings;
use crate::limits::{DEPTH_MAX, NODES_MAX};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use vestibule_restapi::{Code, Diagnostic, Place};

/// What stops a document from being read.
pub(super) type Fatal = Box<Diagnostic>;

/// A tree in the making: values are opened, filled and closed in the order of the document.
#[derive(Debug)]
pub(super) struct Builder<'f> {
    ground: Ground,
    nodes: Vec<NodeData>,
    open: Vec<Open>,
    root: Option<NodeId>,
    /// Nodes so far, aliases and merged members counted as often as what they stand for.
    expanded: usize,
    findings: &'f mut Findings,
}

/// An object or array that is not closed yet.
#[derive(Debug)]
struct Open {
    id: NodeId,
    height: usize,
    weight: usize,
    members: Members,
}

#[derive(Debug)]
enum Members {
    Object { entries: Vec<(NodeId, NodeId)>, key: Option<NodeId> },
    Array(Vec<NodeId>),
}

impl<'f> Builder<'f> {
    pub(super) fn new(ground: &Ground, findings: &'f mut Findings) -> Builder<'f> {
        let ground = ground.clone();
        Builder { ground, nodes: vec![], open: vec![], root: None, expanded: 0, findings }
    }

    /// A finding that ends the reading of the document.
    pub(super) fn fatal(
        &self,
        code: Code,
        message: impl Into<String>,
        span: Range<usize>,
    ) -> Fatal {
        Box::new(Diagnostic::error(code, message).at(self.place(span)))
    }

    /// Where a stretch of what is read stands.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        self.ground.place(span, "")
    }

    /// The finding past the limit on depth.
    pub(super) fn too_deep(&self, span: Range<usize>) -> Fatal {
        let message = format!("objects and arrays are nested more than {DEPTH_MAX} deep");
        self.fatal(Code::LimitExceeded, message, span)
    }

    /// Begins an object; its members follow, key and value in turn, until it is closed.
    pub(super) fn object(
        &mut self,
        span: Range<usize>,
        tag: Option<Box<str>>,
    ) -> Result<NodeId, Fatal> {
        self.begin(span, tag, Members::Object { entries: vec![], key: None })
    }

    /// Begins an array.
    pub(super) fn array(
        &mut self,
        span: Range<usize>,
        tag: Option<Box<str>>,
    ) -> Result<NodeId, Fatal> {
        self.begin(span, tag, Members::Array(vec![]))
    }

    fn begin(
        &mut self,
        span: Range<usize>,
        tag: Option<Box<str>>,
        members: Members,
    ) -> Result<NodeId, Fatal> {
        if self.open.len() >= DEPTH_MAX {
            return Err(self.too_deep(span));
        }
        let content = match &members {
            Members::Object { .. } => Content::Object(vec![]),
            Members::Array(_) => Content::Array(vec![]),
        };
        let id = self.push(span, tag, content)?;
        self.open.push(Open { id, height: 0, weight: 1, members });
        Ok(id)
    }

    /// Adds a scalar whose text starts at `value_start`, behind its tag and anchor.
    pub(super) fn scalar(
        &mut self,
        span: Range<usize>,
        tag: Option<Box<str>>,
        value_start: usize,
        (text, style): (&str, Style),
    ) -> Result<NodeId, Fatal> {
        let id = self.push(span, tag, Content::Scalar(text.into(), style))?;
        if let Some(NodeData { origin: Origin::Written { value_start: at, .. }, .. }) =
            self.nodes.get_mut(id)
        {
            *at = value_start;
        }
        self.attach(id)?;
        Ok(id)
    }

    /// Adds the node `target` once more.
    pub(super) fn alias(&mut self, target: NodeId, span: Range<usize>) -> Result<(), Fatal> {
        if self.open.iter().any(|open| open.id == target) {
            let message = "an alias stands inside the value it names";
            return Err(self.fatal(Code::Syntax, message, span));
        }
        let (weight, height) = self.nodes.get(target).map_or((0, 0), |n| (n.weight, n.height));
        if self.open.len() + height > DEPTH_MAX {
            let message = format!("aliases nest objects and arrays more than {DEPTH_MAX} deep");
            return Err(self.fatal(Code::LimitExceeded, message, span));
        }
        self.count(weight, &span)?;
        self.attach(target)
    }

    /// Ends the innermost object or array.
    pub(super) fn close(&mut self) -> Result<(), Fatal> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let content = match open.members {
            Members::Array(items) => Content::Array(items),
            Members::Object { entries, .. } => {
                let entries = self.without_duplicates(entries);
                Content::Object(self.merge(entries)?)
            }
        };
        if let Some(node) = self.nodes.get_mut(open.id) {
            node.content = content;
            node.weight = open.weight;
            node.height = open.height + 1;
        }
        self.attach(open.id)
    }

    /// The tree; none when the document has no value.
    pub(super) fn finish(self) -> Option<Tree> {
        let nothing = NodeData::nothing();
        let (ground, nodes) = (self.ground, self.nodes);
        let data = |root| TreeData { ground, sources: vec![], nodes, root, nothing };
        self.root.map(|root| Tree(Arc::new(data(root))))
    }

    /// Whether a value of the document has been completed.
    pub(super) fn has_root(&self) -> bool {
        self.root.is_some()
    }

    fn push(
        &mut self,
        span: Range<usize>,
        tag: Option<Box<str>>,
        content: Content,
    ) -> Result<NodeId, Fatal> {
        self.count(1, &span)?;
        let id = self.nodes.len();
        let parent = self.open.last().map(|open| match &open.members {
            Members::Object { key, .. } => (open.id, Step::Member(key.unwrap_or(id))),
            Members::Array(items) => (open.id, Step::Item(items.len())),
        });
        let origin = Origin::Written { value_start: span.start, span, tag };
        self.nodes.push(NodeData { parent, origin, content, weight: 1, height: 0 });
        Ok(id)
    }

    fn count(&mut self, nodes: usize, span: &Range<usize>) -> Result<(), Fatal> {
        self.expanded += nodes;
        if self.expanded > NODES_MAX {
            let message =
                format!("the document has more than {NODES_MAX} values, aliases expanded");
            return Err(self.fatal(Code::LimitExceeded, message, span.clone()));
        }
        Ok(())
    }

    fn attach(&mut self, id: NodeId) -> Result<(), Fatal> {
        let (weight, height) = self.nodes.get(id).map_or((1, 0), |n| (n.weight, n.height));
        let Some(open) = self.open.last_mut() else {
            self.root = Some(id);
            return Ok(());
        };
        open.weight += weight;
        open.height = open.height.max(height);
        match &mut open.members {
            Members::Array(items) => items.push(id),
            Members::Object { entries, key } => match key.take() {
                Some(key) => entries.push((key, id)),
                None => {
                    *key = Some(id);
                    return self.check_key(id);
                }
            },
        }
        Ok(())
    }

    fn check_key(&self, id: NodeId) -> Result<(), Fatal> {
        match self.nodes.get(id) {
            Some(node @ NodeData { content: Content::Object(_) | Content::Array(_), .. }) => {
                let message = "a key is a text, not an object or array";
                Err(self.fatal(Code::Syntax, message, node.span()))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn text(&self, id: NodeId) -> &str {
        match self.nodes.get(id).map(|node| &node.content) {
            Some(Content::Scalar(text, _)) => text,
            Some(Content::Object(_) | Content::Array(_)) | None => "",
        }
    }

    /// Reports each key that stands twice, and keeps the first.
    fn without_duplicates(&mut self, entries: Vec<(NodeId, NodeId)>) -> Vec<(NodeId, NodeId)> {
        let mut seen = HashSet::with_capacity(entries.len());
        let is_first: Vec<bool> = entries
            .iter()
            .map(|(key, _)| self.is_merge(*key) || seen.insert(self.text(*key)))
            .collect();
        if is_first.iter().all(|first| *first) {
            return entries;
        }
        let mut kept = Vec::with_capacity(entries.len());
        for (entry, is_first) in entries.into_iter().zip(is_first) {
            if is_first {
                kept.push(entry);
                continue;
            }
            let Some(key) = self.nodes.get(entry.0) else { continue };
            let place = self.ground.place(key.span(), pointer(&self.nodes, key));
            let message = format!("the key `{}` stands twice in one object", self.text(entry.0));
            let finding = Diagnostic::error(Code::DuplicateKey, message).at(place);
            self.findings.push(finding.help("remove one of the two"));
        }
        kept
    }

    fn is_merge(&self, key: NodeId) -> bool {
        matches!(
            self.nodes.get(key).map(|node| &node.content),
            Some(Content::Scalar(text, Style::Plain)) if &**text == "<<"
        )
    }

    /// Replaces merge keys by the members they bring in; members of the object itself win, then the first merged.
    /// The value of a merge key is counted as any other: that bounds the copies.
    fn merge(&self, entries: Vec<(NodeId, NodeId)>) -> Result<Vec<(NodeId, NodeId)>, Fatal> {
        if !entries.iter().any(|(key, _)| self.is_merge(*key)) {
            return Ok(entries);
        }
        let (merges, mut kept): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|(key, _)| self.is_merge(*key));
        let mut names: HashSet<String> =
            kept.iter().map(|(key, _)| self.text(*key).to_owned()).collect();
        for (key, value) in merges {
            let span = self.nodes.get(key).map_or(0..0, NodeData::span);
            for member in self.merged(value, &span)? {
                if names.insert(self.text(member.0).to_owned()) {
                    kept.push(member);
                }
            }
        }
        Ok(kept)
    }

    /// The members a merge key brings in: those of an object, or of each object of an array.
    fn merged(&self, value: NodeId, span: &Range<usize>) -> Result<Vec<(NodeId, NodeId)>, Fatal> {
        let objects = match self.nodes.get(value).map(|node| &node.content) {
            Some(Content::Array(items)) => items.clone(),
            Some(Content::Object(_) | Content::Scalar(..)) | None => vec![value],
        };
        let mut members = vec![];
        for object in objects {
            let Some(Content::Object(entries)) = self.nodes.get(object).map(|n| &n.content) else {
                let message = "the merge key `<<` takes an object, or an array of objects";
                return Err(self.fatal(Code::Syntax, message, span.clone()));
            };
            members.extend_from_slice(entries);
        }
        Ok(members)
    }
}
