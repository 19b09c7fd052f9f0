//! `components`, and references into it.

use super::bundle;
use super::dialect::{Dialect, Section};
use super::members::Members;
use crate::limits::REFERENCE_HOPS_MAX;
use crate::reader::Reader;
use crate::tree::{Entry, Node};
use crate::wording::Wording;
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
    pub(super) dialect: Dialect,
    sections: Vec<(Section, Entries<'t>)>,
}

#[derive(Default)]
struct Entries<'t> {
    entries: Vec<Entry<'t>>,
    by_name: HashMap<&'t str, usize>,
}

impl<'t> Components<'t> {
    pub(super) fn of(root: Node<'t>, dialect: Dialect, reader: &mut Reader<'_>) -> Components<'t> {
        let gathered = root.get("components").filter(|node| !node.is_null());
        if let Some(gathered) = gathered.filter(|_| !dialect.is_swagger()) {
            reader.members(gathered, &COMPONENTS);
        }
        let misplaced = misplaced_schemes(root, dialect, reader);
        let mut sections = vec![];
        for section in Section::ALL {
            let node = match dialect.home(section).split_once('/') {
                Some((_, name)) => gathered.and_then(|gathered| gathered.get(name)),
                None => root.get(dialect.home(section)),
            };
            let nodes =
                node.into_iter().chain(misplaced.filter(|_| section == Section::SecuritySchemes));
            let mut found = Entries::default();
            for node in nodes.filter(|node| !node.is_null()) {
                for entry in reader.object(node) {
                    if found.by_name.contains_key(entry.name()) {
                        continue;
                    }
                    found.by_name.insert(entry.name(), found.entries.len());
                    found.entries.push(entry);
                }
            }
            sections.push((section, found));
        }
        Components { dialect, sections }
    }

    /// The entries of a section.
    pub(super) fn section(&self, section: Section) -> &[Entry<'t>] {
        self.entries(section).map_or(&[], |found| &found.entries)
    }

    fn entries(&self, section: Section) -> Option<&Entries<'t>> {
        self.sections.iter().find(|(other, _)| *other == section).map(|(_, found)| found)
    }

    /// The entry `name` of a section.
    fn find(&self, section: Section, name: &str) -> Option<Entry<'t>> {
        let found = self.entries(section)?;
        found.entries.get(*found.by_name.get(name)?).copied()
    }

    /// Follows `$ref` from a node into `section` until there is none; a reference that leads nowhere is a finding.
    pub(super) fn resolve(
        &self,
        node: Node<'t>,
        section: Section,
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
        section: Section,
        reader: &mut Reader<'_>,
    ) -> Option<Entry<'t>> {
        let text = reader.text(reference)?;
        let prefix = self.dialect.prefix(section);
        let Some(name) = text.strip_prefix(&prefix) else {
            if bundle::is_file(&text) {
                // It could not be brought in, which is a finding already.
                return None;
            }
            let (code, message) = if text.starts_with('#') {
                let message = format!("the reference `{}` does not lead to `{prefix}...`", &*text);
                (Code::UnknownReference, message)
            } else {
                let message =
                    format!("the reference `{}` leads to an address, which is not read", &*text);
                (Code::UnsupportedFeature, message)
            };
            let finding = Diagnostic::error(code, message).at(reference.place());
            let name = text.rsplit('/').next().unwrap_or_default();
            reader.error(match self.find(section, name) {
                Some(_) if text.starts_with('#') => finding.help(format!("write `{prefix}{name}`")),
                Some(_) | None => finding,
            });
            return None;
        };
        let name = name.replace("~1", "/").replace("~0", "~");
        let found = self.find(section, &name);
        if found.is_none() {
            let is_named =
                section == Section::Schemas && reader.wording_of(reference) != Wording::OpenApi;
            let (message, prefix) = match is_named {
                true => (format!("there is no model `{name}`"), String::new()),
                false => (format!("the reference `{}` leads nowhere", &*text), prefix),
            };
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

/// Security schemes that an OpenAPI 3 document keeps where Swagger 2.0 has them: what they protect stays protected.
fn misplaced_schemes<'t>(
    root: Node<'t>,
    dialect: Dialect,
    reader: &mut Reader<'_>,
) -> Option<Node<'t>> {
    let entry = root.entry("securityDefinitions").filter(|_| !dialect.is_swagger())?;
    let message = "`securityDefinitions` belongs to Swagger 2.0";
    let finding = Diagnostic::warning(Code::Ignored, message).at(entry.key.place());
    let finding = finding.note("what its schemes protect is protected here all the same");
    reader.error(finding.help("move them to `components.securitySchemes`"));
    Some(entry.value)
}
