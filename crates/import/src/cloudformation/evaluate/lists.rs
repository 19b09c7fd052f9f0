//! The functions over lists and maps: `Fn::Select`, `Fn::Split`, `Fn::Length`, `Fn::GetAZs`, `Fn::FindInMap`.

use super::call::{Argument, Call};
use super::functions::answer;
use super::{Evaluator, Outcome};
use crate::tree::{Node, Stand, Value};
use vestibule_restapi::{Code, Diagnostic, Sourced};

/// Keys of a mapping that count as one step when one of them is looked for.
const ENTRIES_OF_STEP: usize = 64;

impl<'t> Evaluator<'_, 't, '_, '_> {
    /// `Fn::Select: [index, list]`
    pub(super) fn select(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let &[index, list] = call.argument.items().as_slice() else {
            return self.misused(call, "an index and a list");
        };
        let Some(index) = self.text_of(index) else { return Outcome::Same };
        let Some(items) = self.list_of(list) else { return Outcome::Same };
        let item = index.parse().ok().and_then(|index: usize| items.get(index).cloned());
        if let Some(item) = item {
            return Outcome::Is(item);
        }
        let message = format!("no item `{}` in a list of {}", &*index, items.len());
        self.wrong(&index.whole(), message);
        Outcome::Same
    }

    /// `Fn::Split: [delimiter, text]`
    pub(super) fn split(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let &[delimiter, text] = call.argument.items().as_slice() else {
            return self.misused(call, "a delimiter and a text");
        };
        let Some(delimiter) = self.text_of(delimiter) else { return Outcome::Same };
        let Some(text) = self.text_of(text) else { return Outcome::Same };
        if delimiter.is_empty() {
            return self.misused(call, "a delimiter that is not empty");
        }
        let mut at = 0;
        let mut parts = vec![];
        for part in text.split(&*delimiter) {
            parts.push(Value::Text(slice(&text, at..at + part.len())));
            at += part.len() + delimiter.len();
        }
        self.spent.steps = self.spent.steps.saturating_add(parts.len());
        Outcome::Is(Value::Array(Stand::Node(call.argument.node), parts))
    }

    /// `Fn::Length: list`
    pub(super) fn length(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let Some(items) = self.list_of(call.argument) else { return Outcome::Same };
        Outcome::Is(answer(&items.len().to_string(), call))
    }

    /// `Fn::GetAZs: region`: three zones, as most regions have at least.
    pub(super) fn zones(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let Some(region) = self.text_of(call.argument) else { return Outcome::Same };
        let own = self.reader.options.region.as_str();
        let region = if region.is_empty() { own } else { &*region };
        let zones = ["a", "b", "c"].map(|zone| answer(&format!("{region}{zone}"), call));
        Outcome::Is(Value::Array(Stand::Node(call.argument.node), zones.to_vec()))
    }

    /// `Fn::FindInMap: [map, first key, second key, {DefaultValue: value}]`
    pub(super) fn find_in_map(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let arguments = call.argument.items();
        let (map, first, second, default) = match *arguments.as_slice() {
            [map, first, second] => (map, first, second, None),
            [map, first, second, options] => (map, first, second, options.node.get("DefaultValue")),
            _ => return self.misused(call, "a map, a first key and a second key"),
        };
        let Some((map, path)) = self.path([map, first, second]) else { return Outcome::Same };
        let mut node = self.template.mappings;
        for (step, key) in [map].iter().chain(&path).enumerate() {
            let looked_at = node.map_or(0, |node| node.entries().count());
            self.spent.steps = self.spent.steps.saturating_add(looked_at / ENTRIES_OF_STEP);
            match (node.and_then(|node| node.get(key)), default) {
                (Some(found), _) => node = Some(found),
                (None, Some(default)) => return self.value_instead(default),
                (None, None) => {
                    self.not_in_map(step, key, node);
                    return Outcome::Same;
                }
            }
        }
        node.map_or(Outcome::Same, |node| self.value_instead(node))
    }

    fn path(&mut self, keys: [Argument<'t>; 3]) -> Option<(Sourced, [Sourced; 2])> {
        let [map, first, second] = keys.map(|key| self.text_of(key));
        Some((map?, [first?, second?]))
    }

    fn value_instead(&mut self, node: Node<'t>) -> Outcome<'t> {
        self.evaluated(node).map_or(Outcome::Nothing, Outcome::Is)
    }

    fn not_in_map(&mut self, step: usize, key: &Sourced, node: Option<Node<'t>>) {
        let message = match step {
            0 => format!("there is no mapping `{}`", &**key),
            _ => format!("the mapping has no key `{}`", &**key),
        };
        let finding = Diagnostic::error(Code::UnknownReference, message).at(key.whole());
        let known = node.into_iter().flat_map(|node| node.entries()).map(|entry| entry.name());
        self.reader.error(match self.reader.nearest(key, known) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding,
        });
    }
}

/// A stretch of a text, with its places.
fn slice(text: &Sourced, span: std::ops::Range<usize>) -> Sourced {
    let mut joined = vestibule_restapi::Joined::default();
    joined.standing("", &text.place(span.clone()));
    joined.part(text, span);
    joined.finish(text.pointer().clone())
}
