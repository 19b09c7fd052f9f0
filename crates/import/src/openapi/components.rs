//! `components`, and references into it.

use super::members::Members;
use crate::limits::REFERENCE_HOPS_MAX;
use crate::reader::Reader;
use crate::tree::{Entry, Node};
use std::collections::HashMap;
use vestibule_restapi::{Code, Diagnostic};

const COMPONENTS: Members = Members {
    what: "`components`",
    known: &[
        "schemas",
        "responses",
        "parameters",
        "examples",
        "requestBodies",
        "headers",
        "securitySchemes",
        "links",
        "pathItems",
    ],
    ignored: &[
        ("callbacks", "API Gateway has no callbacks"),
        (
            "securityDefinitions",
            "OpenAPI 3 keeps security schemes under `components.securitySchemes`",
        ),
    ],
};

/// The reusable parts of a document: entries by section and name.
pub(super) struct Components<'t> {
    sections: HashMap<&'t str, Section<'t>>,
}

#[derive(Default)]
struct Section<'t> {
    entries: Vec<Entry<'t>>,
    by_name: HashMap<&'t str, usize>,
}

impl<'t> Components<'t> {
    pub(super) fn of(root: Node<'t>, reader: &mut Reader<'_>) -> Components<'t> {
        let mut sections = HashMap::new();
        let node = root.get("components").filter(|node| !node.is_null());
        for entry in node.map_or_else(Vec::new, |node| reader.members(node, &COMPONENTS)) {
            if entry.value.is_null() {
                continue;
            }
            let entries = reader.object(entry.value);
            let by_name =
                entries.iter().enumerate().map(|(at, entry)| (entry.name(), at)).collect();
            sections.insert(entry.name(), Section { entries, by_name });
        }
        Components { sections }
    }

    /// The entries of a section such as `schemas`.
    pub(super) fn section(&self, name: &str) -> &[Entry<'t>] {
        self.sections.get(name).map_or(&[], |section| &section.entries)
    }

    /// The entry `name` of a section.
    fn find(&self, section: &str, name: &str) -> Option<Entry<'t>> {
        let section = self.sections.get(section)?;
        section.entries.get(*section.by_name.get(name)?).copied()
    }

    /// Follows `$ref` from a node into `section` until there is none; a reference that leads nowhere is a finding.
    pub(super) fn resolve(
        &self,
        node: Node<'t>,
        section: &str,
        reader: &mut Reader<'_>,
    ) -> Option<Node<'t>> {
        let first = node;
        let mut node = node;
        for _ in 0..REFERENCE_HOPS_MAX {
            let Some(reference) = node.get("$ref") else { return Some(node) };
            node = self.target(reference, section, reader)?.value;
        }
        let message = format!("a reference leads over more than {REFERENCE_HOPS_MAX} others");
        reader.error(Diagnostic::error(Code::LimitExceeded, message).at(first.place()));
        None
    }

    /// The entry that a reference names, with a finding when there is none.
    pub(super) fn target(
        &self,
        reference: Node<'t>,
        section: &str,
        reader: &mut Reader<'_>,
    ) -> Option<Entry<'t>> {
        let text = reader.text(reference)?;
        let prefix = format!("#/components/{section}/");
        let Some(name) = text.strip_prefix(&prefix) else {
            let (code, message) = if text.starts_with('#') {
                let message = format!("the reference `{}` does not lead to `{prefix}...`", &*text);
                (Code::UnknownReference, message)
            } else {
                let message =
                    format!("the reference `{}` to another file is not supported yet", &*text);
                (Code::UnsupportedFeature, message)
            };
            reader.error(Diagnostic::error(code, message).at(reference.place()));
            return None;
        };
        let name = name.replace("~1", "/").replace("~0", "~");
        let found = self.find(section, &name);
        if found.is_none() {
            let message = format!("the reference `{}` leads nowhere", &*text);
            let finding = Diagnostic::error(Code::UnknownReference, message).at(reference.place());
            let names = self.section(section).iter().map(|entry| entry.name());
            reader.error(match reader.nearest(&name, names) {
                Some(meant) => finding.help(format!("did you mean `{prefix}{meant}`?")),
                None => finding,
            });
        }
        found
    }
}
