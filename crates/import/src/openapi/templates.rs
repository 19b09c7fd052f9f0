//! Maps of templates and of parameter mappings, as integrations and gateway responses have them.

use crate::reader::Reader;
use crate::tree::{Kind, Node, Plain};
use vestibule_restapi::{Code, Diagnostic, MappingTemplate, ParameterMapping};

impl Reader<'_> {
    /// Templates by media type. AWS: an object is stringified, null is the empty template.
    pub(super) fn templates(&mut self, node: Option<Node<'_>>) -> Vec<MappingTemplate> {
        let Some(node) = node.filter(|node| !node.is_null()) else { return vec![] };
        let mut templates = vec![];
        for entry in self.object(node) {
            let template = match entry.value.kind() {
                _ if crate::intrinsic::of(entry.value).is_some() => None,
                Kind::Scalar if entry.value.is_null() => {
                    entry.value.sourced().map(|text| crate::tree::standing_for("", &text.whole()))
                }
                Kind::Scalar => self.text(entry.value),
                Kind::Object | Kind::Array => Some(self.json(entry.value)),
            };
            if let Some(template) = template {
                templates.push(MappingTemplate { media_type: entry.name().to_owned(), template });
            }
        }
        templates
    }

    /// Mappings from destination to source. AWS: a source that is no text is passed over with a warning, whose words are recorded.
    pub(super) fn mappings(
        &mut self,
        node: Option<Node<'_>>,
        method: Option<(&str, &str)>,
    ) -> Vec<ParameterMapping> {
        let Some(node) = node.filter(|node| !node.is_null()) else { return vec![] };
        let name = node.subject().unwrap_or_default();
        let name = name.trim_matches('`');
        let mut mappings = vec![];
        for entry in self.object(node) {
            if crate::intrinsic::of(entry.value).is_some() {
                continue;
            }
            if entry.value.plain() != Some(Plain::Text) {
                let message =
                    format!("`{}` takes a text, found {}", entry.name(), entry.value.describe());
                let finding = Diagnostic::warning(Code::WrongType, message).at(entry.value.place());
                let value = entry.value.text().unwrap_or("").to_owned();
                let finding =
                    finding.help("write a mapping such as `'text'` or `method.request.header.X`");
                self.error(match method {
                    Some((path, verb)) => finding.note(format!(
                        "AWS: Invalid format for '{name}'. Expected type string for property '{}' of resource '{path}' and method '{verb}' but got '{value}'",
                        entry.name()
                    )),
                    None => finding.note("it is left out"),
                });
                continue;
            }
            if let (Some(destination), Some(source)) = (entry.key.sourced(), self.text(entry.value))
            {
                mappings.push(ParameterMapping { destination, source });
            }
        }
        mappings
    }
}
