//! One plan: its resources are translated and read together; what is not read is refused by name or summed up.

use super::join;
use super::plan::Plan;
use super::translate::Translator;
use super::types::{Role, role};
use crate::cloudformation;
use crate::definitions::Definitions;
use crate::reader::Reader;
use crate::tree::{Node, Tree};
use crate::wording::Wording;
use std::collections::{BTreeMap, HashMap};
use vestibule_restapi::{Code, Diagnostic, Place};

/// Reads a plan or a state.
pub(crate) fn read(tree: &Tree, definitions: &mut Definitions, reader: &mut Reader<'_>) {
    reader.wording = Wording::Terraform;
    let before = reader.findings.count();
    let Some(plan) = Plan::read(tree.root(), reader) else { return };
    let mut translator = Translator::new(&plan, reader.options);
    let resources = join::resources(&plan, &mut translator, reader);
    report(&plan, reader);
    cloudformation::read_resources(&resources, definitions, reader);
    let addresses = Addresses::of(&plan);
    reader.findings.amend_since(before, |finding| addresses.add(finding));
}

/// The address of each resource, by its pointer.
struct Addresses<'t> {
    by_pointer: HashMap<String, &'t str>,
    root: Node<'t>,
}

impl<'t> Addresses<'t> {
    fn of(plan: &Plan<'t>) -> Addresses<'t> {
        let pointers = plan.instances.iter().map(|i| (i.node.pointer().to_string(), i.address));
        Addresses { by_pointer: pointers.collect(), root: plan.section }
    }

    /// A plan is generated: its author finds what is wrong by the address, so a finding names it.
    fn add(&self, finding: &mut Diagnostic) {
        let Some(address) = finding.place.as_ref().and_then(|place| self.find(place)) else {
            return;
        };
        if !finding.message.contains(address) {
            finding.notes.push(format!("it is of `{address}`"));
        }
    }

    /// The resource that a place stands in.
    fn find(&self, place: &Place) -> Option<&'t str> {
        if place.document.name() != self.root.token().document.name() {
            return None;
        }
        let mut pointer = &*place.pointer;
        loop {
            if let Some(address) = self.by_pointer.get(pointer) {
                return Some(address);
            }
            (pointer, _) = pointer.rsplit_once('/')?;
        }
    }
}

/// What is not read: APIs and tables are refused, as nobody should miss them; the rest is summed up in one line.
fn report(plan: &Plan<'_>, reader: &mut Reader<'_>) {
    let mut others: BTreeMap<&str, (usize, Place)> = BTreeMap::new();
    for instance in plan.instances.iter().filter(|instance| !instance.is_data) {
        if matches!(role(instance.kind), Role::Refused | Role::PassedOver) {
            let kind = instance.node.get("type").unwrap_or(instance.node);
            others.entry(instance.kind).or_insert_with(|| (0, kind.place())).0 += 1;
        }
    }
    let mut passed_over = vec![];
    for (kind, (count, first)) in others {
        let many = if count == 1 { String::new() } else { format!("{count} x ") };
        if matches!(role(kind), Role::Refused) {
            let message = format!("{many}`{kind}` is not supported yet");
            let finding = Diagnostic::error(Code::UnsupportedDocument, message).at(first);
            reader.error(finding.help("take it out of the configuration to serve the rest"));
        } else if kind == "aws_dynamodb_table_item" {
            let message = format!("{many}`{kind}` has no effect");
            let finding = Diagnostic::warning(Code::Ignored, message).at(first);
            reader.error(finding.help("load items with `--seed FILE`"));
        } else {
            passed_over.push(format!("{many}`{kind}`"));
        }
    }
    if !passed_over.is_empty() {
        let message = format!("resources passed over: {}", passed_over.join(", "));
        let place = plan.section.place();
        let finding = Diagnostic::warning(Code::SkippedResources, message).at(place);
        reader.error(finding.note("nothing here stands for them"));
    }
}
