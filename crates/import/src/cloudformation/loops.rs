//! `Fn::ForEach` of `AWS::LanguageExtensions`: a part of a template is repeated for each item of a list, before anything else is
//! evaluated. AWS docs: intrinsic-function-reference-foreach.

use super::evaluate::call;
use crate::assembled::{Member, member, object};
use crate::limits::LOOP_STEPS_MAX;
use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node, Stand, Tree, Value, standing_for};
use vestibule_restapi::{Code, Diagnostic, Joined, Sourced};

const TRANSFORM: &str = "AWS::LanguageExtensions";
const LOOP: &str = "Fn::ForEach::";

/// Bytes of text that count as one step.
const TEXT_BYTES_OF_STEP: usize = 64;

/// The template with its loops written out; itself when it has none.
pub(super) fn unrolled(tree: &Tree, reader: &mut Reader<'_>) -> Tree {
    let root = tree.root();
    let Some(first) = first_loop(root) else { return tree.clone() };
    let transform = root.get("Transform");
    let is_named = transform.is_some_and(|transform| {
        transform.text() == Some(TRANSFORM)
            || transform.items().any(|item| item.text() == Some(TRANSFORM))
    });
    if !is_named {
        let message = format!("`{}` needs the transform of language extensions", first.name());
        let finding = Diagnostic::error(Code::InvalidResource, message).at(first.key.place());
        reader.error(finding.help(format!("add `Transform: {TRANSFORM}` to the template")));
    }
    let mut loops = Loops { root, variables: vec![], steps: 0, reader };
    let members = loops.members(root);
    let is_over = loops.steps > LOOP_STEPS_MAX;
    let unrolled = match is_over {
        true => {
            let message =
                format!("the loops of the template make more than {LOOP_STEPS_MAX} values");
            Err(Box::new(Diagnostic::error(Code::LimitExceeded, message).at(first.key.place())))
        }
        false => Tree::assemble(Value::Object(Stand::Node(root), members)),
    };
    unrolled.unwrap_or_else(|finding| {
        reader.error(*finding);
        tree.clone()
    })
}

/// The first loop of a value.
fn first_loop(node: Node<'_>) -> Option<Entry<'_>> {
    let own = node.entries().find(|entry| entry.name().starts_with(LOOP));
    own.or_else(|| node.entries().find_map(|entry| first_loop(entry.value)))
        .or_else(|| node.items().find_map(first_loop))
}

struct Loops<'l, 'f, 't> {
    root: Node<'t>,
    /// The loops around, the innermost last: what each calls its item, and the item.
    variables: Vec<(String, Sourced)>,
    steps: usize,
    reader: &'l mut Reader<'f>,
}

impl<'t> Loops<'_, '_, 't> {
    /// Takes a step, inside of a loop.
    fn is_over(&mut self) -> bool {
        self.steps += usize::from(!self.variables.is_empty());
        self.steps > LOOP_STEPS_MAX
    }

    fn value(&mut self, node: Node<'t>) -> Value<'t> {
        if self.is_over() {
            return Value::Copy(node);
        }
        let call = call::of(node);
        if let Some(call) = call.filter(|call| call.name == "Ref")
            && let Some(item) = call.argument.node.text().and_then(|name| self.item(name))
        {
            return Value::Text(standing_for(item, &node.place()));
        }
        let tagged = call.filter(|call| call.argument.is_tagged);
        let stand = if tagged.is_some() { Stand::Place(node.place()) } else { Stand::Node(node) };
        let inner = match node.kind() {
            Kind::Scalar => match node.sourced().and_then(|text| self.replaced(&text)) {
                Some(text) => Value::Text(text),
                None => return Value::Copy(node),
            },
            Kind::Array => Value::Array(stand, node.items().map(|item| self.value(item)).collect()),
            Kind::Object => Value::Object(stand, self.members(node)),
        };
        let Some(call) = tagged else { return inner };
        // What stands under a tag is another value now: the function is written in full.
        let name = match call.name {
            "Ref" | "Condition" => call.name.to_owned(),
            name => format!("Fn::{name}"),
        };
        object(&node.place(), vec![member(&name, &node.place(), inner)])
    }

    fn members(&mut self, node: Node<'t>) -> Vec<Member<'t>> {
        let mut members = vec![];
        for entry in node.entries() {
            if self.is_over() {
                break;
            }
            if entry.name().starts_with(LOOP) {
                self.unroll(entry, &mut members);
                continue;
            }
            let key = entry.key.sourced().and_then(|key| self.replaced(&key));
            let key = key.map_or(Value::Copy(entry.key), Value::Text);
            members.push((key, self.value(entry.value)));
        }
        members
    }

    /// `Fn::ForEach::Name: [identifier, list, {key: value}]`
    fn unroll(&mut self, entry: Entry<'t>, members: &mut Vec<Member<'t>>) {
        let parts: Vec<_> = entry.value.items().collect();
        let &[identifier, list, body] = parts.as_slice() else {
            return self.misused(entry, "an identifier, a list and an object");
        };
        let (Some(name), Kind::Object) = (identifier.text(), body.kind()) else {
            return self.misused(entry, "an identifier, a list and an object");
        };
        let Some(items) = self.list(list) else {
            return self.misused(entry, "a list of texts, or a parameter that is one");
        };
        self.steps += items.len();
        for item in items {
            self.variables.push((name.to_owned(), item));
            if self.is_over() {
                self.variables.pop();
                break;
            }
            members.extend(self.members(body));
            self.variables.pop();
        }
    }

    fn misused(&mut self, entry: Entry<'t>, takes: &str) {
        let message = format!("`{}` takes {takes}", entry.name());
        let finding = Diagnostic::error(Code::IntrinsicMisused, message);
        self.reader.error(finding.at(entry.key.place()));
    }

    fn list(&mut self, node: Node<'t>) -> Option<Vec<Sourced>> {
        match call::of(node) {
            Some(call) => {
                let text = self.parameter(&call)?;
                let items = text.split(',').map(|item| standing_for(item.trim(), &node.place()));
                Some(items.collect())
            }
            None if node.kind() == Kind::Array => {
                node.items().map(|item| self.text(item)).collect()
            }
            None => None,
        }
    }

    fn text(&mut self, node: Node<'t>) -> Option<Sourced> {
        match call::of(node) {
            None => {
                let text = node.sourced()?;
                Some(self.replaced(&text).unwrap_or(text))
            }
            Some(call) => {
                let name = call.argument.node.text().filter(|_| call.name == "Ref")?;
                let item = self.item(name).map(|item| standing_for(item, &node.place()));
                item.or_else(|| self.parameter(&call))
            }
        }
    }

    /// The value of the parameter that `Ref` names.
    fn parameter(&mut self, call: &call::Call<'t>) -> Option<Sourced> {
        let name = call.argument.node.text().filter(|_| call.name == "Ref")?;
        let parameter = self.root.get("Parameters")?.get(name)?;
        let given = self.reader.options.parameters.iter().rev().find(|(given, _)| given == name);
        match given {
            Some((_, value)) => {
                let text = standing_for(value, &call.argument.node.place());
                self.reader.parameters_used.insert(name.to_owned());
                Some(text)
            }
            None => parameter.get("Default")?.sourced(),
        }
    }

    fn item(&self, name: &str) -> Option<&Sourced> {
        self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, item)| item)
    }

    /// The text with `${identifier}` and `&{identifier}` replaced; none when it has neither. The second leaves out all but
    /// letters and digits.
    fn replaced(&mut self, text: &Sourced) -> Option<Sourced> {
        if self.variables.is_empty() {
            return None;
        }
        self.steps += text.len() / TEXT_BYTES_OF_STEP;
        let mut joined = Joined::default();
        joined.standing("", &text.place(0..0));
        let (mut done, mut at, mut is_changed) = (0, 0, false);
        while let Some(found) = text.get(at..).and_then(|rest| rest.find('{')) {
            let open = at + found;
            at = open + 1;
            let mark = open.checked_sub(1).and_then(|mark| text.get(mark..open));
            let name = text.get(at..).and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
            let (Some(mark @ ("$" | "&")), Some(name)) = (mark, name) else { continue };
            let Some(item) = self.item(name).cloned() else { continue };
            self.steps += item.len() / TEXT_BYTES_OF_STEP;
            if self.is_over() {
                return None;
            }
            let end = at + name.len() + 1;
            joined.part(text, done..open - 1);
            let place = text.place(open - 1..end);
            if mark == "$" {
                joined.standing(&item, &place);
            } else {
                let plain: String = item.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
                joined.standing(&plain, &place);
            }
            (done, at, is_changed) = (end, end, true);
        }
        joined.part(text, done..text.len());
        is_changed.then(|| joined.finish(text.pointer().clone()))
    }
}
