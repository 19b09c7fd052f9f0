//! Which function does what; those that make texts.

use super::call::Call;
use super::{Evaluator, Outcome, as_text, is_function};
use crate::intrinsic::FUNCTIONS;
use crate::tree::{JsonWriter, Tree, Value, standing_for};
use base64::Engine;
use vestibule_restapi::{Code, Diagnostic, Joined, closest};

impl<'t> Evaluator<'_, 't, '_, '_> {
    /// The value of a function.
    pub(super) fn call(&mut self, call: &Call<'t>) -> Outcome<'t> {
        match call.name {
            "Ref" => self.reference(call),
            "GetAtt" => self.attribute(call),
            "Sub" => self.substitute(call),
            "Join" => self.join(call),
            "If" => self.choose(call),
            "FindInMap" => self.find_in_map(call),
            "Select" => self.select(call),
            "Split" => self.split(call),
            "ImportValue" => self.import(call),
            "Base64" => self.base64(call),
            "GetAZs" => self.zones(call),
            "Length" => self.length(call),
            "ToJsonString" => self.json(call),
            "Transform" => self.transform(call),
            "And" | "Equals" | "Not" | "Or" | "Condition" | "Contains" => self.misplaced(call),
            "Cidr" | "ForEach" | "GetStackOutput" => self.not_evaluated(call),
            _ => self.unknown(call),
        }
    }

    /// A truth value, which has a meaning in `Conditions` alone.
    fn misplaced(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let message = format!("`{}` stands in `Conditions` alone", call.written());
        let finding = Diagnostic::error(Code::IntrinsicMisused, message).at(call.place());
        self.reader.error(finding.help("name the condition there, and choose with `Fn::If` here"));
        Outcome::Same
    }

    fn not_evaluated(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let message = format!("`{}` is not evaluated yet", call.written());
        let finding = Diagnostic::error(Code::Intrinsic, message).at(call.place());
        self.reader.error(finding.help("write the value itself"));
        Outcome::Same
    }

    fn unknown(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let written = call.written();
        let prefix = if written.starts_with('!') { "!" } else { "Fn::" };
        let message = format!("unknown function `{written}`");
        let finding = Diagnostic::error(Code::InvalidValue, message).at(call.place());
        self.reader.error(match closest(call.name, FUNCTIONS) {
            Some("Ref") if prefix == "Fn::" => finding.help("did you mean `Ref`?"),
            Some(meant) => finding.help(format!("did you mean `{prefix}{meant}`?")),
            None => finding,
        });
        Outcome::Same
    }

    /// `Fn::Join: [delimiter, list]`
    fn join(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let &[delimiter, list] = call.argument.items().as_slice() else {
            return self.misused(call, "a delimiter and a list");
        };
        let Some(delimiter) = self.text_of(delimiter) else { return Outcome::Same };
        let Some(items) = self.list_of(list) else { return Outcome::Same };
        let mut joined = Joined::default();
        joined.standing("", &call.place());
        for (index, item) in items.iter().enumerate() {
            let Some(text) = as_text(item) else {
                if !is_function(item) {
                    self.wrong(&item.place(), format!("`{}` joins texts", call.written()));
                }
                return Outcome::Same;
            };
            if index > 0 {
                joined.whole(&delimiter);
            }
            joined.whole(&text);
        }
        self.computed(joined.finish(call.argument.node.pointer()))
    }

    /// `Fn::ImportValue: name`: the output that a template of this run exports under this name.
    fn import(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let Some(name) = self.text_of(call.argument) else { return Outcome::Same };
        if let Some(given) = self.given(&name) {
            return self.computed(standing_for(&given, &name.whole()));
        }
        for exporter in self.world.templates() {
            for (export, value) in exporter.exports() {
                self.spent.steps = self.spent.steps.saturating_add(1);
                let mut other = Evaluator::new(self.world, exporter, self.reader);
                other.spent = self.spent;
                let is_it = other.text(export).is_some_and(|export| *export == *name);
                let value = is_it.then(|| other.evaluated(value));
                self.spent = other.spent;
                if let Some(value) = value {
                    return value.map_or(Outcome::Nothing, Outcome::Is);
                }
            }
        }
        let message = format!("no template exports `{}`", &*name);
        let finding = Diagnostic::error(Code::UnknownReference, message).at(name.whole());
        let help = "name the template that exports it too, or give the value with `--parameter`";
        self.reader.error(finding.help(format!("{help} {}=VALUE", &*name)));
        Outcome::Same
    }

    /// `Fn::Base64: text`
    fn base64(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let Some(text) = self.text_of(call.argument) else { return Outcome::Same };
        let encoded = base64::engine::general_purpose::STANDARD.encode(text.as_bytes());
        self.computed(standing_for(&encoded, &text.whole()))
    }

    /// `Fn::ToJsonString: value`
    fn json(&mut self, call: &Call<'t>) -> Outcome<'t> {
        let Some(value) = self.argument(call.argument) else { return Outcome::Nothing };
        if is_function(&value) {
            return Outcome::Same;
        }
        match Tree::assemble(value) {
            Ok(tree) => {
                let mut writer = JsonWriter::default();
                writer.value(tree.root(), &|text| text);
                self.computed(writer.finish(call.argument.node.pointer()))
            }
            Err(finding) => {
                self.reader.error(*finding);
                Outcome::Same
            }
        }
    }
}

/// A text that stands for a function where it is called.
pub(super) fn answer<'t>(text: &str, call: &Call<'t>) -> Value<'t> {
    Value::standing(text, &call.argument.node.place())
}
