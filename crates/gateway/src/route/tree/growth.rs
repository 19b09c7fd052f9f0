//! Making a tree: methods are added one by one, then it is packed.

use super::{Children, Kind, Node, NodeId, Text, Tree, Variable};
use crate::limits::RESOURCES_MAX;
use std::collections::HashMap;
use std::num::NonZeroU32;
use vestibule_restapi::HttpMethod;

/// The variables of a path as they stand between the braces, with the segments before each.
type Names = Vec<(u32, Box<str>)>;

/// A tree that is being made.
#[derive(Debug)]
pub(crate) struct Growth {
    nodes: Vec<Node>,
    children: HashMap<(NodeId, Box<str>), NodeId>,
    variables: Vec<Variable>,
    /// The lists in `variables`: paths of one form share one, which stays near.
    lists: HashMap<Names, (u32, u32)>,
    text: String,
    is_full: bool,
}

/// Why a method does not fit into the tree.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// A sibling, named here, has another variable.
    SecondVariable(String),
    /// The greedy variable, named here, is not the last segment.
    BelowGreedy(String),
    /// Two variables of the path have this name.
    SameName(String),
    /// The resource has this verb already.
    Twice,
    /// There are too many resources, methods or letters. Told once: what comes after it is left out with it.
    Full,
}

impl Default for Growth {
    fn default() -> Growth {
        let (nodes, text) = (vec![Node::new(0, Kind::Static, Text::default())], String::new());
        let (children, lists) = (HashMap::new(), HashMap::new());
        Growth { nodes, children, variables: Vec::new(), lists, text, is_full: false }
    }
}

impl Growth {
    /// Adds a method under a path of the definition, such as `/items/{id}`.
    pub(crate) fn insert(
        &mut self,
        path: &str,
        verb: HttpMethod,
        method: usize,
    ) -> Result<(), Conflict> {
        if self.is_full {
            return Ok(());
        }
        let mut names = Names::new();
        let mut at = 0;
        let mut segments =
            path.split('/').filter(|segment| !segment.is_empty()).zip(0..).peekable();
        while let Some((segment, depth)) = segments.next() {
            let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))
            else {
                at = self.static_child(at, segment)?;
                continue;
            };
            let is_same = |known: &str| known.trim_end_matches('+') == name.trim_end_matches('+');
            if names.iter().any(|(_, known)| is_same(known)) {
                return Err(Conflict::SameName(name.to_owned()));
            }
            if name.ends_with('+') && segments.peek().is_some() {
                return Err(Conflict::BelowGreedy(segment.to_owned()));
            }
            at = self.variable_child(at, name)?;
            names.push((depth, name.into()));
        }
        let variables = self.list(names)?;
        let number = u32::try_from(method).ok().and_then(|index| NonZeroU32::new(index + 1));
        let number = number.ok_or(Conflict::Full)?;
        let Some(node) = self.nodes.get_mut(at as usize) else { return Ok(()) };
        let Some(place) = node.methods.get_mut(verb as usize) else { return Ok(()) };
        if place.is_some() {
            return Err(Conflict::Twice);
        }
        *place = Some(number);
        node.variables = variables;
        Ok(())
    }

    /// The tree.
    pub(crate) fn finish(self) -> Tree {
        let children = Children::of(&self.nodes, &self.text);
        Tree { nodes: self.nodes, children, variables: self.variables, text: self.text }
    }

    fn static_child(&mut self, parent: NodeId, segment: &str) -> Result<NodeId, Conflict> {
        let key = (parent, segment.into());
        if let Some(known) = self.children.get(&key) {
            return Ok(*known);
        }
        let child = self.add(parent, Kind::Static, segment)?;
        self.children.insert(key, child);
        Ok(child)
    }

    /// `name` is what stands between the braces.
    fn variable_child(&mut self, parent: NodeId, name: &str) -> Result<NodeId, Conflict> {
        let (bare, kind) = match name.strip_suffix('+') {
            Some(bare) => (bare, Kind::Greedy),
            None => (name, Kind::Variable),
        };
        let known = self.nodes.get(parent as usize).and_then(|node| node.variable);
        if let Some(known) = known {
            let Some(node) = self.nodes.get(known.get() as usize) else { return Ok(parent) };
            let known_name = node.segment.of(&self.text);
            if node.kind == kind && known_name == bare {
                return Ok(known.get());
            }
            let plus = if node.kind == Kind::Greedy { "+" } else { "" };
            return Err(Conflict::SecondVariable(format!("{{{known_name}{plus}}}")));
        }
        let child = self.add(parent, kind, bare)?;
        if let Some(parent) = self.nodes.get_mut(parent as usize) {
            parent.variable = NonZeroU32::new(child);
        }
        Ok(child)
    }

    fn add(&mut self, parent: NodeId, kind: Kind, text: &str) -> Result<NodeId, Conflict> {
        if self.nodes.len() >= RESOURCES_MAX {
            self.is_full = true;
            return Err(Conflict::Full);
        }
        let id = self.number(self.nodes.len())?;
        let segment = self.keep(text)?;
        self.nodes.push(Node::new(parent, kind, segment));
        Ok(id)
    }

    /// Where the list of these variables is.
    fn list(&mut self, names: Names) -> Result<(u32, u32), Conflict> {
        if let Some(known) = self.lists.get(&names) {
            return Ok(*known);
        }
        let start = self.number(self.variables.len())?;
        for (depth, name) in &names {
            let is_greedy = name.ends_with('+');
            let name = self.keep(name.strip_suffix('+').unwrap_or(name))?;
            self.variables.push(Variable { depth: *depth, is_greedy, name });
        }
        let list = (start, self.number(self.variables.len())?);
        self.lists.insert(names, list);
        Ok(list)
    }

    fn keep(&mut self, text: &str) -> Result<Text, Conflict> {
        let start = self.number(self.text.len())?;
        let end = self.number(self.text.len() + text.len())?;
        self.text.push_str(text);
        Ok(Text { start, end })
    }

    fn number(&mut self, number: usize) -> Result<u32, Conflict> {
        u32::try_from(number).map_err(|_| {
            self.is_full = true;
            Conflict::Full
        })
    }
}

impl Node {
    fn new(parent: NodeId, kind: Kind, segment: Text) -> Node {
        let methods = [None; HttpMethod::ALL.len()];
        Node { methods, parent, segment, variable: None, variables: (0, 0), kind }
    }
}
