//! `Fn::Transform` with `AWS::Include`: what another file holds, in the place of the call or as members beside it.
//! AWS docs: transform-aws-include. Other macros run code of an account and are refused by name.

use super::call::Call;
use super::{Evaluator, Outcome};
use crate::tree::{Entry, Kind, Node, Tree, Value};
use vestibule_restapi::{Code, Diagnostic};

impl<'t> Evaluator<'_, 't, '_, '_> {
    /// `!Transform {Name: AWS::Include, Parameters: {Location: file}}`
    pub(super) fn transform(&mut self, call: &Call<'t>) -> Outcome<'t> {
        match self.included(call.argument.node) {
            Some(tree) => Outcome::Is(tree.value()),
            None => Outcome::Same,
        }
    }

    /// The members that `Fn::Transform` brings into the object it stands in.
    pub(super) fn brought_in(
        &mut self,
        entry: Entry<'t>,
        members: &mut Vec<(Value<'t>, Value<'t>)>,
    ) {
        let Some(tree) = self.included(entry.value) else {
            members.push((Value::Copy(entry.key), Value::Copy(entry.value)));
            return;
        };
        if tree.root().kind() != Kind::Object {
            let message = "an included file brings members here, so it holds an object".to_owned();
            self.wrong(&entry.key.place(), message);
        }
        if let Value::Owned(root) = tree.value() {
            members.extend(root.members());
        }
    }

    /// The tree of an included file, its functions evaluated.
    fn included(&mut self, call: Node<'t>) -> Option<Tree> {
        let name = call.get("Name").and_then(|name| self.text(name));
        let Some(name) = name else {
            self.wrong(&call.place(), "a transform has a `Name`".to_owned());
            return None;
        };
        if &*name != "AWS::Include" {
            let message = format!("the macro `{}` cannot run here", &*name);
            let finding = Diagnostic::error(Code::UnsupportedFeature, message).at(name.whole());
            self.reader.error(finding.help("give the template with its macros processed"));
            return None;
        }
        let location = call.get("Parameters").and_then(|parameters| parameters.get("Location"));
        let Some(location) = location else {
            self.wrong(&call.place(), "`AWS::Include` has a `Location`".to_owned());
            return None;
        };
        let location = self.text(location)?;
        let tree = self.reader.include(&location)?;
        let mut inside = Evaluator::new(self.world, self.template, self.reader);
        inside.spent = self.spent;
        let value = inside.evaluated(tree.root());
        self.spent = inside.spent;
        Tree::assemble(value?).map_err(|finding| self.reader.error(*finding)).ok()
    }
}
