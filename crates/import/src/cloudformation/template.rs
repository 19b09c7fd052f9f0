//! The sections of a template. AWS docs: template-anatomy.

use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node, Tree};
use std::collections::HashMap;
use std::path::Path;
use vestibule_restapi::{Code, Diagnostic, Sourced};

const SECTIONS: [&str; 12] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
];

/// A template.
#[derive(Debug)]
pub(super) struct Template<'t> {
    /// What `AWS::StackName` stands for: the name given with the template, else that of the file without its extensions.
    pub(super) stack_name: String,
    pub(super) parameters: Option<Node<'t>>,
    pub(super) mappings: Option<Node<'t>>,
    pub(super) conditions: Option<Node<'t>>,
    parameters_by_name: HashMap<&'t str, Entry<'t>>,
    conditions_by_name: HashMap<&'t str, Entry<'t>>,
    /// In the order of the template.
    pub(super) resources: Vec<Resource<'t>>,
    by_id: HashMap<&'t str, usize>,
    /// The section `Resources`, where what concerns none of them alone is reported.
    pub(super) section: Node<'t>,
    outputs: Option<Node<'t>>,
}

/// An entry of `Resources`.
#[derive(Debug)]
pub(super) struct Resource<'t> {
    /// Its logical id.
    pub(super) id: &'t str,
    /// The key that the logical id is.
    pub(super) key: Node<'t>,
    /// Its type.
    pub(super) kind: Sourced,
    /// All of it.
    pub(super) node: Node<'t>,
}

impl<'t> Resource<'t> {
    /// A property as it is written.
    pub(super) fn property(&self, name: &str) -> Option<Node<'t>> {
        self.node.get("Properties")?.get(name)
    }
}

impl<'t> Template<'t> {
    /// Finds the sections of a template; none when it has no resources.
    pub(super) fn read(
        tree: &'t Tree,
        name: Option<&str>,
        reader: &mut Reader<'_>,
    ) -> Option<Template<'t>> {
        let root = tree.root();
        for entry in root.entries() {
            if !SECTIONS.contains(&entry.name()) && !entry.name().starts_with("Fn::") {
                unknown_section(entry, reader);
            }
        }
        let Some(section) = root.get("Resources") else {
            reader.missing(root, "a CloudFormation template", "Resources");
            return None;
        };
        let mut resources = vec![];
        for entry in reader.object(section) {
            resources.extend(resource(entry, reader));
        }
        let by_id = resources.iter().enumerate().map(|(at, r): (_, &Resource<'t>)| (r.id, at));
        let by_id = by_id.collect();
        let object = |name: &str| root.get(name).filter(|node| node.kind() == Kind::Object);
        Some(Template {
            stack_name: name.map_or_else(|| stack_name(&root), str::to_owned),
            parameters: object("Parameters"),
            mappings: object("Mappings"),
            conditions: object("Conditions"),
            parameters_by_name: by_name(object("Parameters")),
            conditions_by_name: by_name(object("Conditions")),
            outputs: object("Outputs"),
            section,
            resources,
            by_id,
        })
    }

    /// The resource of this logical id.
    pub(super) fn resource(&self, id: &str) -> Option<&Resource<'t>> {
        self.resources.get(*self.by_id.get(id)?)
    }

    /// The parameter of this name.
    pub(super) fn parameter(&self, name: &str) -> Option<Entry<'t>> {
        self.parameters_by_name.get(name).copied()
    }

    /// The condition of this name.
    pub(super) fn condition(&self, name: &str) -> Option<Entry<'t>> {
        self.conditions_by_name.get(name).copied()
    }

    /// What `Ref` may name.
    pub(super) fn names(&self) -> impl Iterator<Item = &'t str> {
        let parameters = self.parameters.into_iter().flat_map(|section| section.entries());
        let parameters = parameters.map(|entry| entry.name());
        parameters.chain(self.resources.iter().map(|resource| resource.id))
    }

    /// The outputs of the template.
    pub(super) fn outputs(&self) -> impl Iterator<Item = Entry<'t>> + use<'t> {
        self.outputs.into_iter().flat_map(|section| section.entries())
    }

    /// The names that outputs are exported under, with the values.
    pub(super) fn exports(&self) -> impl Iterator<Item = (Node<'t>, Node<'t>)> + use<'t> {
        self.outputs().filter_map(|output| {
            let name = output.value.get("Export")?.get("Name")?;
            Some((name, output.value.get("Value")?))
        })
    }
}

/// The entries of a section; of two with one name, which is a finding already, the first.
fn by_name(section: Option<Node<'_>>) -> HashMap<&str, Entry<'_>> {
    let entries: Vec<_> = section.into_iter().flat_map(|section| section.entries()).collect();
    entries.into_iter().rev().map(|entry| (entry.name(), entry)).collect()
}

fn unknown_section(entry: Entry<'_>, reader: &mut Reader<'_>) {
    let message = format!("unknown section `{}` of a template", entry.name());
    let finding = Diagnostic::error(Code::UnknownMember, message).at(entry.key.place());
    reader.error(match reader.nearest(entry.name(), SECTIONS) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding,
    });
}

fn resource<'t>(entry: Entry<'t>, reader: &mut Reader<'_>) -> Option<Resource<'t>> {
    if entry.name().starts_with("Fn::") {
        let message = format!("`{}` is not evaluated yet", entry.name());
        reader.error(Diagnostic::error(Code::Intrinsic, message).at(entry.key.place()));
        return None;
    }
    reader.object(entry.value);
    if entry.value.kind() != Kind::Object {
        return None;
    }
    let Some(kind) = entry.value.get("Type") else {
        reader.missing(entry.value, &format!("the resource `{}`", entry.name()), "Type");
        return None;
    };
    let kind = reader.text(kind)?;
    Some(Resource { id: entry.name(), key: entry.key, kind, node: entry.value })
}

/// `deploy/orders.template.json` is the stack `orders`.
fn stack_name(root: &Node<'_>) -> String {
    let place = root.token();
    let file = place.document.name();
    let name = Path::new(file).file_name().and_then(|name| name.to_str()).unwrap_or("");
    let stem = name.split('.').next().unwrap_or("");
    if stem.is_empty() { "stack".to_owned() } else { stem.to_owned() }
}
