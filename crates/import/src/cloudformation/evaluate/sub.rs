//! `Fn::Sub`: a text with `${Name}`, `${Resource.Attribute}` and `${!Literal}` in it.
//! AWS docs: intrinsic-function-reference-sub.

use super::call::Call;
use super::{Evaluator, Outcome, as_text, is_function};
use crate::tree::{Kind, Node};
use vestibule_restapi::{Code, Diagnostic, Joined, Place, Sourced};

/// What mapping templates and URIs of API Gateway write in the same form.
const VARIABLES: [&str; 5] = ["context", "input", "method", "stageVariables", "util"];

impl<'t> Evaluator<'_, 't, '_, '_> {
    /// `Fn::Sub: text` or `Fn::Sub: [text, {Name: value}]`
    pub(super) fn substitute(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let (text, variables) = match *call.argument.items().as_slice() {
            [text] => (text.node, None),
            [text, variables] if variables.node.kind() == Kind::Object => {
                (text.node, Some(variables.node))
            }
            _ => return self.misused(call, "a text, and an object of values for it"),
        };
        let Some(text) = text.sourced() else {
            return self.misused(call, "a text that is written out");
        };
        let mut joined = Joined::default();
        joined.standing("", &text.place(0..0));
        let mut at = 0;
        let mut is_whole = true;
        while let Some(found) = next(&text, at) {
            joined.part(&text, at..found.start);
            at = found.end;
            match found.name.strip_prefix('!') {
                Some(literal) => {
                    joined.standing("${", &text.place(found.start..found.end));
                    let start = found.end - 1 - literal.len();
                    joined.part(&text, start..found.end);
                }
                None => {
                    let name = found.name.trim();
                    let place = text.place(found.start..found.end);
                    match self.variable(name, variables, &place) {
                        Some(value) => joined.standing(&value, &place),
                        None => is_whole = false,
                    }
                }
            }
        }
        joined.part(&text, at..text.len());
        if is_whole { self.computed(joined.finish(text.pointer().clone())) } else { Outcome::Same }
    }

    /// The value of one variable: of the function's own, else as `Ref` and `Fn::GetAtt` have it.
    fn variable(
        &mut self,
        name: &str,
        variables: Option<Node<'t>>,
        place: &Place,
    ) -> Option<Sourced> {
        if let Some(own) = variables.and_then(|variables| variables.get(name)) {
            let value = self.evaluated(own)?;
            let text = as_text(&value);
            if text.is_none() && !is_function(&value) {
                self.wrong(&value.place(), "expected a text here".to_owned());
            }
            return text;
        }
        let root = name.split('.').next().unwrap_or(name);
        if VARIABLES.contains(&root) && self.template.resource(root).is_none() {
            let message = format!("`{root}` is no resource but a variable of API Gateway");
            let finding = Diagnostic::error(Code::UnknownReference, message).at(place.clone());
            let help = format!("write `${{!{name}}}` to keep it for API Gateway");
            self.reader.error(finding.help(help));
            return None;
        }
        match name.split_once('.') {
            Some((resource, attribute)) => self.attribute_text(resource, attribute, place),
            None => self.named_text(name, place),
        }
    }
}

/// A variable in a text: its bytes, and what stands between the braces.
struct Found<'s> {
    start: usize,
    end: usize,
    name: &'s str,
}

/// The next variable at or after `from`. `${` that is not closed is text.
fn next(text: &str, from: usize) -> Option<Found<'_>> {
    let start = from + text.get(from..)?.find("${")?;
    let rest = text.get(start + 2..)?;
    let length = rest.find('}')?;
    Some(Found { start, end: start + 2 + length + 1, name: rest.get(..length)? })
}
