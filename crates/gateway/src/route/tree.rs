//! The resource tree: path and verb to a method, by AWS's precedence.
//!
//! Left to right, a static segment wins over `{x}`, `{x}` over `{x+}`, with backtracking, and the verb is part of the match
//! (recorded on AWS). Within a resource the verb itself wins over `ANY`. Each node is visited at most once a request, and the
//! depth is that of the definition.

use std::collections::HashMap;
use vestibule_restapi::HttpMethod;

/// The paths and verbs of one API; a leaf is an index into its methods.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    children: HashMap<Box<str>, Node>,
    variable: Option<Box<Variable>>,
    greedy: Option<Box<Variable>>,
    methods: Vec<(HttpMethod, usize)>,
}

#[derive(Debug)]
struct Variable {
    name: Box<str>,
    node: Node,
}

/// A method that was found, with the path variables on the way to it, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found<'t, 'p> {
    pub(crate) method: usize,
    pub(crate) variables: Vec<(&'t str, &'p str)>,
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
}

impl Tree {
    /// Adds a method under a path of the definition, such as `/items/{id}`.
    pub(crate) fn insert(
        &mut self,
        path: &str,
        verb: HttpMethod,
        method: usize,
    ) -> Result<(), Conflict> {
        let mut names = Vec::new();
        let mut node = &mut self.root;
        let mut segments = path.split('/').filter(|segment| !segment.is_empty()).peekable();
        while let Some(segment) = segments.next() {
            let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))
            else {
                node = node.children.entry(segment.into()).or_default();
                continue;
            };
            if names.contains(&name.trim_end_matches('+')) {
                return Err(Conflict::SameName(name.to_owned()));
            }
            names.push(name.trim_end_matches('+'));
            node = match name.strip_suffix('+') {
                Some(_) if segments.peek().is_some() => {
                    return Err(Conflict::BelowGreedy(segment.to_owned()));
                }
                Some(greedy) => node.greedy_child(greedy)?,
                None => node.variable_child(name)?,
            };
        }
        if node.methods.iter().any(|(known, _)| *known == verb) {
            return Err(Conflict::Twice);
        }
        node.methods.push((verb, method));
        Ok(())
    }

    /// Finds the method for a normal raw path and a verb.
    pub(crate) fn find<'t, 'p>(&'t self, path: &'p str, verb: &str) -> Option<Found<'t, 'p>> {
        let mut variables = Vec::new();
        let method =
            self.root.find(path.strip_prefix('/').unwrap_or(path), verb, &mut variables)?;
        Some(Found { method, variables })
    }
}

impl Node {
    fn variable_child(&mut self, name: &str) -> Result<&mut Node, Conflict> {
        if let Some(greedy) = &self.greedy {
            return Err(Conflict::SecondVariable(format!("{{{}+}}", greedy.name)));
        }
        let variable = self.variable.get_or_insert_with(|| Box::new(Variable::new(name)));
        variable.node_named(name)
    }

    fn greedy_child(&mut self, name: &str) -> Result<&mut Node, Conflict> {
        if let Some(variable) = &self.variable {
            return Err(Conflict::SecondVariable(format!("{{{}}}", variable.name)));
        }
        let variable = self.greedy.get_or_insert_with(|| Box::new(Variable::new(name)));
        variable.node_named(name)
    }

    /// `rest` is the path below this node without its leading slash; empty at the node itself.
    fn find<'t, 'p>(
        &'t self,
        rest: &'p str,
        verb: &str,
        variables: &mut Vec<(&'t str, &'p str)>,
    ) -> Option<usize> {
        if rest.is_empty() {
            return self.method(verb);
        }
        let (segment, below) = rest.split_once('/').unwrap_or((rest, ""));
        if let Some(child) = self.children.get(segment)
            && let Some(method) = child.find(below, verb, variables)
        {
            return Some(method);
        }
        if let Some(variable) = &self.variable
            && !segment.is_empty()
        {
            variables.push((&variable.name, segment));
            if let Some(method) = variable.node.find(below, verb, variables) {
                return Some(method);
            }
            variables.pop();
        }
        let greedy = self.greedy.as_ref()?;
        let method = greedy.node.method(verb)?;
        variables.push((&greedy.name, rest));
        Some(method)
    }

    fn method(&self, verb: &str) -> Option<usize> {
        let of = |wanted: HttpMethod| self.methods.iter().find(|(known, _)| *known == wanted);
        let own = HttpMethod::ALL.into_iter().find(|known| known.as_str() == verb)?;
        if own == HttpMethod::Any {
            return None;
        }
        of(own).or_else(|| of(HttpMethod::Any)).map(|(_, method)| *method)
    }
}

impl Variable {
    fn new(name: &str) -> Variable {
        Variable { name: name.into(), node: Node::default() }
    }

    fn node_named(&mut self, name: &str) -> Result<&mut Node, Conflict> {
        if *self.name == *name {
            Ok(&mut self.node)
        } else {
            Err(Conflict::SecondVariable(format!("{{{}}}", self.name)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(methods: &[(&str, HttpMethod)]) -> Tree {
        let mut tree = Tree::default();
        for (index, (path, verb)) in methods.iter().enumerate() {
            tree.insert(path, *verb, index).expect(path);
        }
        tree
    }

    fn found(tree: &Tree, verb: &str, path: &str) -> Option<usize> {
        tree.find(path, verb).map(|found| found.method)
    }

    /// Recorded on AWS: the verb is part of the match.
    #[test]
    fn a_verb_that_a_resource_lacks_falls_back_to_the_greedy_one() {
        use HttpMethod::{Any, Options, Post};
        let tree = tree(&[("/test", Post), ("/test/any", Any), ("/{proxy+}", Options)]);
        assert_eq!(found(&tree, "OPTIONS", "/test"), Some(2));
        assert_eq!(found(&tree, "OPTIONS", "/test/any"), Some(1));
        assert_eq!(found(&tree, "GET", "/test"), None);
    }

    /// Recorded on AWS: a static branch without the leaf falls back, whatever the order of creation.
    #[test]
    fn a_static_branch_without_the_leaf_falls_back() {
        use HttpMethod::Get;
        let tree = tree(&[("/{param+}", Get), ("/part1", Get), ("/part1/hardcoded-value", Get)]);
        assert_eq!(found(&tree, "GET", "/part1/random-value"), Some(0));
        assert_eq!(found(&tree, "GET", "/part1/hardcoded-value"), Some(2));
        assert_eq!(found(&tree, "GET", "/part1"), Some(1));
    }

    /// Inferred: the same holds between `{x}` and a static sibling.
    #[test]
    fn backtracking_forgets_the_variables_of_the_branch_it_left() {
        use HttpMethod::Get;
        let tree = tree(&[("/a/{x}/c", Get), ("/a/b/d", Get), ("/{p+}", Get)]);
        assert_eq!(
            tree.find("/a/b/c", "GET"),
            Some(Found { method: 0, variables: vec![("x", "b")] })
        );
        assert_eq!(
            tree.find("/a/q/r", "GET"),
            Some(Found { method: 2, variables: vec![("p", "a/q/r")] })
        );
    }

    /// Recorded on AWS: doubled slashes inside a greedy segment and escapes stay as sent.
    #[test]
    fn variables_stay_as_sent_and_are_never_empty() {
        use HttpMethod::Get;
        let tree = tree(&[("/f/{proxy+}", Get), ("/i/{id}", Get), ("/i/{id}/t", Get)]);
        assert_eq!(
            tree.find("/f/a//b%2Fc", "GET"),
            Some(Found { method: 0, variables: vec![("proxy", "a//b%2Fc")] })
        );
        assert_eq!(found(&tree, "GET", "/i//t"), None);
        assert_eq!(found(&tree, "GET", "/i"), None);
    }

    #[test]
    fn the_word_any_is_no_verb_and_head_is_not_get() {
        let tree = tree(&[("/", HttpMethod::Any), ("/g", HttpMethod::Get)]);
        assert_eq!(found(&tree, "ANY", "/"), None);
        assert_eq!(found(&tree, "HEAD", "/"), Some(0));
        assert_eq!(found(&tree, "HEAD", "/g"), None);
        assert_eq!(found(&tree, "PROPFIND", "/"), None);
    }

    #[test]
    fn a_node_has_one_variable_and_a_greedy_one_has_no_children() {
        let mut tree = tree(&[("/i/{id}", HttpMethod::Get)]);
        assert_eq!(
            tree.insert("/i/{other}/x", HttpMethod::Get, 1),
            Err(Conflict::SecondVariable("{id}".into()))
        );
        assert_eq!(
            tree.insert("/i/{p+}", HttpMethod::Get, 1),
            Err(Conflict::SecondVariable("{id}".into()))
        );
        assert_eq!(
            tree.insert("/j/{p+}/x", HttpMethod::Get, 1),
            Err(Conflict::BelowGreedy("{p+}".into()))
        );
        assert_eq!(tree.insert("/i/{id}", HttpMethod::Get, 1), Err(Conflict::Twice));
        assert_eq!(
            tree.insert("/k/{a}/{a}", HttpMethod::Get, 1),
            Err(Conflict::SameName("a".into()))
        );
    }
}
