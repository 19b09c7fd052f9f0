//! Evaluates the intrinsic functions of a template: what remains is values, each with the place it was written at.
//! AWS docs: intrinsic-function-reference. A function that cannot be evaluated is a finding and stays where it stands:
//! readers pass over it in silence.

mod attributes;
pub(super) mod call;
mod conditions;
mod functions;
mod include;
mod lists;
mod parameters;
mod references;
mod sub;

use super::template::Template;
use super::world::World;
use crate::limits::{EVALUATION_DEPTH_MAX, EVALUATION_STEPS_MAX};
use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node, Stand, Value};
use call::Argument;
use std::collections::HashMap;
use vestibule_restapi::{Code, Diagnostic, Place, Sourced};

/// Evaluates parts of one template.
pub(super) struct Evaluator<'w, 't, 'r, 'f> {
    pub(super) world: &'w World<'t>,
    pub(super) template: &'w Template<'t>,
    pub(super) reader: &'r mut Reader<'f>,
    /// Conditions that are known.
    conditions: HashMap<&'t str, conditions::Known>,
    spent: Spent,
}

/// What evaluating has cost so far.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    depth: usize,
    steps: usize,
}

/// What a value is after its functions were evaluated.
#[derive(Debug)]
enum Outcome<'t> {
    /// As it was written: it has no functions, or one that could not be evaluated.
    Same,
    /// Something else.
    Is(Value<'t>),
    /// `AWS::NoValue`: the property does not exist.
    Nothing,
}

impl<'t> Outcome<'t> {
    /// The value of `node`, whose outcome this is.
    fn of(self, node: Node<'t>) -> Option<Value<'t>> {
        match self {
            Outcome::Same => Some(Value::Copy(node)),
            Outcome::Is(value) => Some(value),
            Outcome::Nothing => None,
        }
    }
}

impl<'w, 't, 'r, 'f> Evaluator<'w, 't, 'r, 'f> {
    /// An evaluator for `template`, which is one of `world`.
    pub(super) fn new(
        world: &'w World<'t>,
        template: &'w Template<'t>,
        reader: &'r mut Reader<'f>,
    ) -> Self {
        let spent = Spent::default();
        Evaluator { world, template, reader, conditions: HashMap::new(), spent }
    }

    /// The value of `node`; none when it is `AWS::NoValue`.
    pub(super) fn evaluated(&mut self, node: Node<'t>) -> Option<Value<'t>> {
        self.value(node).of(node)
    }

    /// The text of `node`; none, with a finding, when it is something else.
    pub(super) fn text(&mut self, node: Node<'t>) -> Option<Sourced> {
        self.text_of(Argument::whole(node))
    }

    /// Whether the bound on steps or depth was passed: from there on nothing is evaluated.
    pub(super) fn is_over(&self) -> bool {
        self.spent.steps > EVALUATION_STEPS_MAX
    }

    fn value(&mut self, node: Node<'t>) -> Outcome<'t> {
        match call::of(node) {
            Some(call) => self.within(node, |here| here.call(&call)),
            None => self.contents(node),
        }
    }

    /// The value of what `node` holds, whatever function its tag names.
    fn contents(&mut self, node: Node<'t>) -> Outcome<'t> {
        match node.kind() {
            Kind::Scalar => Outcome::Same,
            Kind::Array => self.within(node, |here| here.array(node)),
            Kind::Object => self.within(node, |here| here.object(node)),
        }
    }

    fn array(&mut self, node: Node<'t>) -> Outcome<'t> {
        let mut is_same = true;
        let mut values = vec![];
        for item in node.items() {
            let outcome = self.value(item);
            is_same &= matches!(outcome, Outcome::Same);
            values.extend(outcome.of(item));
        }
        if is_same { Outcome::Same } else { Outcome::Is(Value::Array(Stand::Node(node), values)) }
    }

    fn object(&mut self, node: Node<'t>) -> Outcome<'t> {
        let mut is_same = true;
        let mut members = vec![];
        for entry in node.entries() {
            let Entry { key, value } = entry;
            if entry.name() == "Fn::Transform" {
                is_same = false;
                self.brought_in(entry, &mut members);
                continue;
            }
            let outcome = self.value(value);
            is_same &= matches!(outcome, Outcome::Same);
            members.extend(outcome.of(value).map(|value| (Value::Copy(key), value)));
        }
        if is_same { Outcome::Same } else { Outcome::Is(Value::Object(Stand::Node(node), members)) }
    }

    /// The value of an argument; none for `AWS::NoValue`.
    fn argument(&mut self, argument: Argument<'t>) -> Option<Value<'t>> {
        let Argument { node, is_tagged } = argument;
        if !is_tagged {
            return self.evaluated(node);
        }
        let outcome = match call::inside(node) {
            Some(call) => self.within(node, |here| here.call(&call)),
            None => self.contents(node),
        };
        match outcome {
            // The tag is not the argument's.
            Outcome::Same if node.kind() == Kind::Scalar => node.sourced().map(Value::Text),
            Outcome::Same if node.kind() == Kind::Array => {
                Some(Value::Array(Stand::Node(node), node.items().map(Value::Copy).collect()))
            }
            outcome => outcome.of(node),
        }
    }

    fn text_of(&mut self, argument: Argument<'t>) -> Option<Sourced> {
        let value = self.argument(argument)?;
        let text = as_text(&value);
        if text.is_none() && !is_function(&value) {
            self.wrong(&value.place(), "expected a text here".to_owned());
        }
        text
    }

    /// The items of an argument that is a list.
    fn list_of(&mut self, argument: Argument<'t>) -> Option<Vec<Value<'t>>> {
        let value = self.argument(argument)?;
        let items = as_list(&value);
        if items.is_none() && !is_function(&value) {
            self.wrong(&value.place(), "expected a list here".to_owned());
        }
        items
    }

    /// Takes a step at `node`, within the bounds on depth and steps. Past them there is one finding, and nothing more is
    /// evaluated.
    fn within(
        &mut self,
        node: Node<'t>,
        step: impl FnOnce(&mut Self) -> Outcome<'t>,
    ) -> Outcome<'t> {
        if self.is_over() {
            return Outcome::Same;
        }
        self.spent.steps += 1;
        let message = if self.spent.depth >= EVALUATION_DEPTH_MAX {
            format!("functions refer to each other in a circle, or {EVALUATION_DEPTH_MAX} deep")
        } else if self.spent.steps > EVALUATION_STEPS_MAX {
            format!("the template takes more than {EVALUATION_STEPS_MAX} steps to evaluate")
        } else {
            self.spent.depth += 1;
            let outcome = step(self);
            self.spent.depth -= 1;
            return outcome;
        };
        self.spent.steps = EVALUATION_STEPS_MAX + 1;
        self.reader.error(Diagnostic::error(Code::LimitExceeded, message).at(node.place()));
        Outcome::Same
    }

    /// A text that was computed; a step is charged for each 64 bytes.
    fn computed(&mut self, text: Sourced) -> Outcome<'t> {
        self.spent.steps = self.spent.steps.saturating_add(text.len() / 64);
        Outcome::Is(Value::Text(text))
    }

    /// A function that is used wrongly.
    fn wrong(&mut self, place: &Place, message: String) {
        self.reader.error(Diagnostic::error(Code::IntrinsicMisused, message).at(place.clone()));
    }

    /// A function whose argument has the wrong form.
    fn misused(&mut self, call: &call::Call<'t>, takes: &str) -> Outcome<'t> {
        self.wrong(&call.place(), format!("`{}` takes {takes}", call.written()));
        Outcome::Same
    }

    /// The value that the settings give for a name: a parameter, an export, or an attribute of a resource.
    fn given(&mut self, name: &str) -> Option<String> {
        let parameters = &self.reader.options.parameters;
        let (name, value) = parameters.iter().rev().find(|(given, _)| given == name)?;
        self.reader.parameters_used.insert(name.clone());
        Some(value.clone())
    }
}

/// The text of a scalar.
fn as_text(value: &Value<'_>) -> Option<Sourced> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Copy(node) => plain(*node)?.sourced(),
        Value::Owned(node) => plain(node.node())?.sourced(),
        Value::Object(..) | Value::Array(..) => None,
    }
}

/// The items of a list.
fn as_list<'t>(value: &Value<'t>) -> Option<Vec<Value<'t>>> {
    match value {
        Value::Array(_, items) => Some(items.clone()),
        Value::Copy(node) if node.kind() == Kind::Array => {
            plain(*node).map(|node| node.items().map(Value::Copy).collect())
        }
        Value::Owned(node) if node.node().kind() == Kind::Array => Some(node.items()),
        Value::Copy(_) | Value::Owned(_) | Value::Object(..) | Value::Text(_) => None,
    }
}

/// A value that is no function.
fn plain(node: Node<'_>) -> Option<Node<'_>> {
    call::of(node).is_none().then_some(node)
}

/// Whether a value is a function that could not be evaluated, which is a finding already.
fn is_function(value: &Value<'_>) -> bool {
    match value {
        Value::Copy(node) => plain(*node).is_none(),
        Value::Owned(node) => plain(node.node()).is_none(),
        Value::Object(..) | Value::Array(..) | Value::Text(_) => false,
    }
}
