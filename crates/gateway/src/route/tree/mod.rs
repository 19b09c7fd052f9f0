//! The resource tree: path and verb to a method, by AWS's precedence.
//!
//! Left to right, a static segment wins over `{x}`, `{x}` over `{x+}`, with backtracking, and the verb is part of the match
//! (recorded on AWS). Within a resource the verb itself wins over `ANY`.
//!
//! A step of the search reads one [`Node`], which is a cache line, and the table of [`Children`] that all nodes share. What a
//! request costs at most: its path is cut and hashed once, each node is visited at most once, as a node has one depth, and
//! there are at most [`RESOURCES_MAX`](crate::limits::RESOURCES_MAX) nodes.

mod children;
mod growth;
#[cfg(test)]
mod tests;

pub(crate) use growth::{Conflict, Growth};

use children::{Children, hash};
use memchr::memchr;
use smallvec::SmallVec;
use std::num::NonZeroU32;
use vestibule_restapi::HttpMethod;

/// The paths and verbs of one API; a leaf is an index into its methods.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The root first.
    nodes: Vec<Node>,
    children: Children,
    /// The path variables of each node's path, one list behind the other; nodes may share a list.
    variables: Vec<Variable>,
    /// The segments and names.
    text: String,
}

/// A method that was found, with the path variables on the way to it, in order.
#[derive(Clone, Debug)]
pub(crate) struct Found<'t, 'p> {
    pub(crate) method: usize,
    pub(crate) variables: Variables<'t, 'p>,
}

/// The names of a method's path variables and what a request's path gives them, as sent, in their order.
#[derive(Clone, Debug)]
pub struct Variables<'t, 'p> {
    list: std::slice::Iter<'t, Variable>,
    text: &'t str,
    /// The path without its first slash, and its segments.
    path: &'p str,
    cuts: SmallVec<[Cut; 8]>,
}

/// The index of a node.
type NodeId = u32;

/// A resource.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Node {
    /// By verb, one more than the index of the method.
    methods: [Option<NonZeroU32>; HttpMethod::ALL.len()],
    parent: NodeId,
    /// The segment, or the name of the variable.
    segment: Text,
    /// The child whose segment is a variable. The root is no child, so its number is free.
    variable: Option<NonZeroU32>,
    /// Where the variables of the path are, when there is a method.
    variables: (u32, u32),
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Static,
    Variable,
    Greedy,
}

/// A variable of a path.
#[derive(Clone, Copy, Debug)]
struct Variable {
    /// Segments before it.
    depth: u32,
    is_greedy: bool,
    name: Text,
}

/// A piece of the tree's text.
#[derive(Clone, Copy, Debug, Default)]
struct Text {
    start: u32,
    end: u32,
}

impl Tree {
    /// Finds the method for a normal raw path and a verb.
    pub(crate) fn find<'t, 'p>(&'t self, path: &'p str, verb: &str) -> Option<Found<'t, 'p>> {
        let rest = path.strip_prefix('/').unwrap_or(path);
        let mut search = Search::new(self, rest, verb)?;
        while let Some((at, depth)) = search.open.pop() {
            if let Some((method, node)) = search.visit(at, depth) {
                let (start, end) = node.variables;
                let list = self.variables.get(start as usize..end as usize)?.iter();
                let cuts = search.cuts.known;
                let variables = Variables { list, text: &self.text, path: rest, cuts };
                return Some(Found { method, variables });
            }
        }
        None
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }
}

/// A search under way.
struct Search<'t, 'p> {
    tree: &'t Tree,
    verb: HttpMethod,
    cuts: Cuts<'p>,
    /// Nodes to visit with their depth; the last has precedence.
    open: SmallVec<[(NodeId, usize); 8]>,
}

impl<'t, 'p> Search<'t, 'p> {
    /// Nothing when no method can have the verb.
    fn new(tree: &'t Tree, rest: &'p str, verb: &str) -> Option<Search<'t, 'p>> {
        let is_sent = |known: &HttpMethod| known.as_str() == verb && *known != HttpMethod::Any;
        let verb = HttpMethod::ALL.into_iter().find(is_sent)?;
        let mut open = SmallVec::new();
        open.push((0, 0));
        Some(Search {
            tree,
            verb,
            cuts: Cuts { path: rest, known: SmallVec::new(), next: 0 },
            open,
        })
    }

    /// Looks at a node: it has the method, or its children are visited next.
    fn visit(&mut self, at: NodeId, depth: usize) -> Option<(usize, &'t Node)> {
        let node = self.tree.node(at)?;
        if node.kind == Kind::Greedy {
            return Some((node.method(self.verb)?, node));
        }
        let Some(cut) = self.cuts.at(depth) else {
            return Some((node.method(self.verb)?, node));
        };
        if let Some(child) = node.variable {
            let id = child.get();
            let is_greedy = || self.tree.node(id).is_some_and(|child| child.kind == Kind::Greedy);
            if cut.start < cut.end || is_greedy() {
                self.open.push((id, depth + 1));
            }
        }
        if let Some(child) =
            self.tree.children.find(self.tree, at, cut.hash, cut.of(self.cuts.path))
        {
            self.open.push((child, depth + 1));
        }
        None
    }
}

/// The segments of a path, each cut off and hashed when it is first asked for.
struct Cuts<'p> {
    path: &'p str,
    known: SmallVec<[Cut; 8]>,
    /// Where the next segment begins.
    next: usize,
}

/// Where a segment of a path is.
#[derive(Clone, Copy, Debug)]
struct Cut {
    start: u32,
    end: u32,
    hash: u64,
}

impl Cuts<'_> {
    /// The segment after `depth` others; nothing at the path's end.
    fn at(&mut self, depth: usize) -> Option<Cut> {
        if let Some(cut) = self.known.get(depth) {
            return Some(*cut);
        }
        let rest = self.path.get(self.next..).filter(|rest| !rest.is_empty())?;
        let length = memchr(b'/', rest.as_bytes()).unwrap_or(rest.len());
        let end = self.next + length;
        // A path of more than 4 GB has no method.
        let (start, end) = (u32::try_from(self.next).ok()?, u32::try_from(end).ok()?);
        let cut = Cut { start, end, hash: hash(rest.get(..length)?) };
        self.known.push(cut);
        self.next += length + 1;
        Some(cut)
    }
}

impl Cut {
    fn of(self, path: &str) -> &str {
        Text { start: self.start, end: self.end }.of(path)
    }
}

impl<'t, 'p> Iterator for Variables<'t, 'p> {
    type Item = (&'t str, &'p str);

    fn next(&mut self) -> Option<Self::Item> {
        let variable = self.list.next()?;
        let cut = self.cuts.get(variable.depth as usize)?;
        let end = if variable.is_greedy { self.path.len() } else { cut.end as usize };
        Some((variable.name.of(self.text), self.path.get(cut.start as usize..end)?))
    }
}

impl Node {
    fn method(&self, verb: HttpMethod) -> Option<usize> {
        let of = |verb: HttpMethod| self.methods.get(verb as usize).copied().flatten();
        let number = of(verb).or_else(|| of(HttpMethod::Any))?;
        Some(number.get() as usize - 1)
    }
}

impl Text {
    fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}
