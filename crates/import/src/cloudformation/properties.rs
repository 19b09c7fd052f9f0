//! Properties of a resource: the known ones, those without an effect here, and those nobody knows.

use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node};
use vestibule_restapi::{Code, Diagnostic, Sourced};

/// The properties of one kind of object.
pub(super) struct Properties {
    /// The kind, with its article.
    pub(super) what: &'static str,
    /// Those that are read, and those that change nothing about what is answered.
    pub(super) known: &'static [&'static str],
    /// Those without an effect here, and why.
    pub(super) ignored: &'static [(&'static str, &'static str)],
}

impl Reader<'_> {
    /// The properties of an object. AWS refuses unknown ones, and so does this.
    pub(super) fn properties<'t>(
        &mut self,
        node: Node<'t>,
        properties: &Properties,
    ) -> Vec<Entry<'t>> {
        let entries = self.object(node);
        for entry in &entries {
            let name = entry.name();
            if properties.known.contains(&name) || name.starts_with("Fn::") || name == "Ref" {
                continue;
            }
            if let Some((_, why)) = properties.ignored.iter().find(|(ignored, _)| *ignored == name)
            {
                let finding = Diagnostic::warning(Code::Ignored, format!("`{name}` has no effect"));
                self.error(finding.at(entry.key.place()).note(*why));
                continue;
            }
            let message = format!("unknown property `{name}` of {}", properties.what);
            let finding = Diagnostic::error(Code::InvalidResource, message).at(entry.key.place());
            let ignored = properties.ignored.iter().map(|(name, _)| *name);
            self.error(match self.nearest(name, properties.known.iter().copied().chain(ignored)) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding.note("CloudFormation refuses properties it does not know"),
            });
        }
        entries
    }

    /// A required text of an object.
    pub(super) fn required_text(
        &mut self,
        node: Node<'_>,
        what: &str,
        name: &str,
    ) -> Option<Sourced> {
        match node.get(name) {
            Some(value) => self.text(value),
            None => {
                if node.kind() == Kind::Object && crate::intrinsic::of(node).is_none() {
                    self.missing(node, what, name);
                }
                None
            }
        }
    }

    /// A word of a closed set, in exact case as CloudFormation wants it.
    pub(super) fn exact_word(
        &mut self,
        text: &Sourced,
        words: &[&'static str],
    ) -> Option<&'static str> {
        let found = words.iter().find(|word| **word == text.as_str()).copied();
        if found.is_none() {
            let message = format!("`{}` is not one of {}", &**text, crate::reader::list(words));
            let finding = Diagnostic::error(Code::InvalidValue, message).at(text.whole());
            self.error(match self.nearest(text, words.iter().copied()) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding,
            });
        }
        found
    }

    /// A resource that DynamoDB would refuse.
    pub(super) fn invalid(
        &mut self,
        message: String,
        at: vestibule_restapi::Place,
        note: Option<String>,
    ) {
        let finding = Diagnostic::error(Code::InvalidResource, message).at(at);
        self.error(note.into_iter().fold(finding, Diagnostic::note));
    }
}
