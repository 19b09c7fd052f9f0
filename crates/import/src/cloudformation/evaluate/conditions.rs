//! `Conditions` and what asks for them: `Fn::If`, and the conditions of resources and outputs.
//! AWS docs: intrinsic-function-reference-conditions.

use super::call::{self, Argument, Call};
use super::{Evaluator, Outcome};
use crate::tree::Node;
use vestibule_restapi::{Code, Diagnostic};

/// What is known of a condition.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    /// It is being evaluated.
    Open,
    Is(bool),
    /// It cannot be evaluated, which is a finding already.
    Wrong,
}

impl<'t> Evaluator<'_, 't, '_, '_> {
    /// Whether what stands under the condition named by `node` exists. One that cannot be evaluated, which is a finding,
    /// counts as true.
    pub(in crate::cloudformation) fn holds(&mut self, node: Node<'t>) -> bool {
        self.named(node).unwrap_or(true)
    }

    /// `Fn::If: [condition, value if true, value if false]`
    pub(super) fn choose(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let &[condition, yes, no] = call.argument.items().as_slice() else {
            return self.misused(call, "a condition, a value if it is true, and one if it is not");
        };
        let Some(is_true) = self.named(condition.node) else { return Outcome::Same };
        let chosen = if is_true { yes } else { no };
        self.evaluated(chosen.node).map_or(Outcome::Nothing, Outcome::Is)
    }

    /// The condition of this name.
    fn named(&mut self, name: Node<'t>) -> Option<bool> {
        let Some(text) = name.text() else {
            self.wrong(&name.place(), "expected the name of a condition".to_owned());
            return None;
        };
        match self.conditions.get(text) {
            Some(Known::Is(is_true)) => return Some(*is_true),
            Some(Known::Open) => {
                self.wrong(&name.place(), format!("the condition `{text}` refers to itself"));
                return None;
            }
            Some(Known::Wrong) => return None,
            None => {}
        }
        let Some(entry) = self.template.condition(text) else {
            let message = format!("there is no condition `{text}`");
            let finding = Diagnostic::error(Code::UnknownReference, message).at(name.place());
            let known = self.template.conditions.into_iter().flat_map(|all| all.entries());
            self.reader.error(match self.reader.nearest(text, known.map(|e| e.name())) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding,
            });
            return None;
        };
        self.conditions.insert(entry.name(), Known::Open);
        let truth = self.truth(Argument::whole(entry.value));
        self.conditions.insert(entry.name(), truth.map_or(Known::Wrong, Known::Is));
        truth
    }

    /// The truth of a function of conditions. Depth and steps are counted as those of values are.
    fn truth(&mut self, argument: Argument<'t>) -> Option<bool> {
        let mut truth = None;
        self.within(argument.node, |here| {
            truth = here.truth_within(argument);
            Outcome::Same
        });
        truth
    }

    fn truth_within(&mut self, argument: Argument<'t>) -> Option<bool> {
        let Some(call) = condition(argument.node) else {
            let message = "expected a function of conditions, such as `Fn::Equals`".to_owned();
            self.wrong(&argument.node.place(), message);
            return None;
        };
        let items = call.argument.items();
        match (call.name, items.as_slice()) {
            ("Condition", [_]) => self.named(call.argument.node),
            ("Equals", [left, right]) => {
                let (left, right) = (self.text_of(*left), self.text_of(*right));
                Some(left? == right?)
            }
            ("Not", [one]) => Some(!self.truth(*one)?),
            ("And" | "Or", conditions) if conditions.len() >= 2 => {
                let of_all: Vec<_> = conditions.iter().map(|one| self.truth(*one)).collect();
                let of_all: Option<Vec<bool>> = of_all.into_iter().collect();
                let of_all = of_all?;
                Some(if call.name == "And" {
                    of_all.iter().all(|one| *one)
                } else {
                    of_all.iter().any(|one| *one)
                })
            }
            ("Equals", _) => self.misused_condition(&call, "two values"),
            ("Not", _) => self.misused_condition(&call, "one condition"),
            ("And" | "Or", _) => self.misused_condition(&call, "two conditions at least"),
            _ => {
                let message = format!("`{}` is no function of conditions", call.written());
                self.wrong(&call.place(), message);
                None
            }
        }
    }

    fn misused_condition(&mut self, call: &Call<'t>, takes: &str) -> Option<bool> {
        self.misused(call, takes);
        None
    }
}

/// The function that a condition is: among them `{Condition: name}`, which is one here alone.
fn condition(node: Node<'_>) -> Option<Call<'_>> {
    call::of(node).or_else(|| call::named(node, "Condition"))
}
