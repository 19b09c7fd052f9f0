//! Projections: what AWS refuses in them, and what they leave of an item.

use std::collections::HashMap;

use dynoxide::{AttributeValue, Item};

use super::parser::{Parser, Stop};
use super::path::{Step, Written, check_apart};
use super::token::syntax_error;
use super::{Expression, Fault, Names};

/// Returns why AWS refuses the expression.
pub(super) fn fault(expression: &Expression<'_>) -> Option<Fault> {
    // What is empty the engine refuses.
    if expression.text.trim_ascii().is_empty() {
        return None;
    }
    match read(expression.text) {
        Ok(written) => check(&written, expression.names).err(),
        Err(message) => Some(Fault::before_reserved(message)),
    }
}

/// Returns the paths of the expression, none when it is refused.
pub(super) fn paths(expression: &Expression<'_>) -> Vec<Vec<Step>> {
    let written = read(expression.text).unwrap_or_default();
    check(&written, expression.names).unwrap_or_default()
}

fn read(text: &str) -> Result<Vec<Written<'_>>, String> {
    let mut parser = Parser::new(text);
    list(&mut parser).map_err(|at| syntax_error(text, &parser.tokens, at))
}

fn list<'t>(parser: &mut Parser<'t>) -> Result<Vec<Written<'t>>, Stop> {
    let mut paths = vec![parser.path()?];
    while parser.symbol(",") {
        paths.push(parser.path()?);
    }
    parser.end()?;
    Ok(paths)
}

fn check(written: &[Written<'_>], names: &Names) -> Result<Vec<Vec<Step>>, Fault> {
    let paths = written.iter().map(|path| path.resolved(names));
    let paths: Vec<Vec<Step>> = paths.collect::<Result<_, Fault>>()?;
    check_apart(&paths)?;
    Ok(paths)
}

/// Returns what the paths leave of an item. Elements of a list move together, in the order of the list.
pub(crate) fn project(item: &Item, paths: &[Vec<Step>]) -> Item {
    let mut tree = Tree::default();
    paths.iter().for_each(|path| tree.add(path));
    tree.of_map(item)
}

/// The paths, put together by their beginnings.
#[derive(Default)]
struct Tree {
    /// Nothing beneath: the whole value.
    steps: Vec<(Step, Tree)>,
}

// Depth: that of a path, `limits::PATH_STEPS`.
impl Tree {
    fn add(&mut self, path: &[Step]) {
        let Some((first, rest)) = path.split_first() else { return };
        let known = self.steps.iter().position(|(step, _)| step == first);
        let at = known.unwrap_or_else(|| {
            self.steps.push((first.clone(), Tree::default()));
            self.steps.len() - 1
        });
        if let Some((_, tree)) = self.steps.get_mut(at) {
            tree.add(rest);
        }
    }

    fn of_map(&self, map: &HashMap<String, AttributeValue>) -> HashMap<String, AttributeValue> {
        let of = |(step, tree): &(Step, Tree)| {
            let Step::Name(name) = step else { return None };
            Some((name.clone(), tree.of_value(map.get(name)?)?))
        };
        self.steps.iter().filter_map(of).collect()
    }

    fn of_value(&self, value: &AttributeValue) -> Option<AttributeValue> {
        if self.steps.is_empty() {
            return Some(value.clone());
        }
        match value {
            AttributeValue::M(map) => {
                let left = self.of_map(map);
                (!left.is_empty()).then_some(AttributeValue::M(left))
            }
            AttributeValue::L(list) => {
                let left: Vec<AttributeValue> = (0..list.len())
                    .filter_map(|at| {
                        let is_it = |(step, _): &&(Step, Tree)| *step == Step::Index(at);
                        self.steps.iter().find(is_it)?.1.of_value(list.get(at)?)
                    })
                    .collect();
                (!left.is_empty()).then_some(AttributeValue::L(left))
            }
            _ => None,
        }
    }
}
