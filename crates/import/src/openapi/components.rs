//! `components`, and references into it.

use super::members::Members;
use crate::limits::REFERENCE_HOPS_MAX;
use crate::reader::Reader;
use crate::tree::{Entry, Node};
use vestibule_restapi::{Code, Diagnostic, closest};

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

/// The reusable parts of a document.
pub(super) struct Components<'t> {
    node: Option<Node<'t>>,
}

impl<'t> Components<'t> {
    pub(super) fn of(root: Node<'t>, reader: &mut Reader<'_>) -> Components<'t> {
        let node = root.get("components").filter(|node| !node.is_null());
        if let Some(node) = node {
            reader.members(node, &COMPONENTS);
        }
        Components { node }
    }

    /// The entries of a section such as `schemas`.
    pub(super) fn section(&self, name: &str, reader: &mut Reader<'_>) -> Vec<Entry<'t>> {
        let section = self.node.and_then(|node| node.get(name)).filter(|node| !node.is_null());
        section.map_or_else(Vec::new, |section| reader.object(section))
    }

    /// The entry `name` of a section.
    pub(super) fn find(&self, section: &str, name: &str) -> Option<Entry<'t>> {
        self.node?.get(section)?.entry(name)
    }

    /// Follows `$ref` from a node into `section` until there is none; a reference that leads nowhere is a finding.
    pub(super) fn resolve(
        &self,
        node: Node<'t>,
        section: &str,
        reader: &mut Reader<'_>,
    ) -> Option<Node<'t>> {
        let mut node = node;
        for _ in 0..REFERENCE_HOPS_MAX {
            let Some(reference) = node.get("$ref") else { return Some(node) };
            node = self.target(reference, section, reader)?.value;
        }
        let message = format!("a reference leads over more than {REFERENCE_HOPS_MAX} others");
        reader.error(Diagnostic::error(Code::LimitExceeded, message).at(node.place()));
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
            let names = self.node.and_then(|node| node.get(section));
            let names = names.iter().flat_map(|section| section.entries());
            reader.error(match closest(&name, names.map(|entry| entry.name())) {
                Some(meant) => finding.help(format!("did you mean `{prefix}{meant}`?")),
                None => finding,
            });
        }
        found
    }
}
