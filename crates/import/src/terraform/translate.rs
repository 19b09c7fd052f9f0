//! Attributes of the provider as properties of CloudFormation, each at its place in the plan. What is unknown is found out
//! where it is a reference, and refused by name where it is not.

use super::address;
use super::plan::{Instance, Plan};
use super::references::{Context, Resolver, wanted};
use super::types::{Attribute, Shape};
use crate::Options;
use crate::assembled::Member;
use crate::tree::{Entry, Kind, Node, Plain, Stand, Value, standing_for};
use std::collections::HashSet;
use vestibule_restapi::{Code, Diagnostic, Place, ResourceId};

/// References that a note names.
const REFERENCES_SHOWN: usize = 5;

/// Translates the resources of a plan.
#[derive(Debug)]
pub(super) struct Translator<'p, 't> {
    pub(super) resolver: Resolver<'p, 't>,
    /// What was found of the resource that is translated.
    pub(super) found: Vec<Diagnostic>,
    /// Ids of the root resources of APIs that exist already.
    roots: HashSet<&'t str>,
}

/// A resource, or a block of one.
#[derive(Clone, Debug)]
pub(super) struct Source<'t> {
    values: Option<Node<'t>>,
    unknown: Option<Node<'t>>,
    /// What the configuration says of it. Blocks of a set have no order: then these are all that it may be.
    expressions: Vec<Node<'t>>,
    context: Context<'t>,
    /// Where the resource stands.
    pub(super) place: Place,
    address: &'t str,
}

impl<'t> Source<'t> {
    /// A resource.
    pub(super) fn of(instance: &Instance<'t>) -> Source<'t> {
        let expressions = instance.configured.and_then(|block| block.get("expressions"));
        Source {
            values: instance.values,
            unknown: instance.unknown,
            expressions: expressions.into_iter().collect(),
            context: Context::of(instance),
            place: instance.place(),
            address: instance.address,
        }
    }

    /// The address of the resource.
    pub(super) fn address(&self) -> &'t str {
        self.address
    }

    /// What is known of an attribute; an empty text, list or map is nothing to the provider.
    pub(super) fn entry(&self, name: &str) -> Option<Entry<'t>> {
        self.values?.entry(name).filter(|entry| !is_unset(entry.value))
    }

    fn expressions(&self, name: &str) -> Vec<Node<'t>> {
        self.expressions.iter().filter_map(|expressions| expressions.get(name)).collect()
    }

    /// Whether all of an attribute, or a part of it, is unknown.
    fn is_unknown(&self, name: &str) -> bool {
        let Some(unknown) = self.unknown.and_then(|unknown| unknown.get(name)) else {
            let is_there = self.values.is_some_and(|values| values.entry(name).is_some());
            return !is_there && self.expressions(name).iter().any(|node| has_references(*node));
        };
        has_true(unknown)
    }

    /// The blocks of this name, or none when they are all unknown.
    fn blocks(&self, name: &str) -> Vec<Source<'t>> {
        let items: Vec<_> = self.entry(name).map_or_else(Vec::new, |e| e.value.items().collect());
        let unknown = self.unknown.and_then(|unknown| unknown.get(name));
        let expressions: Vec<Node<'t>> = self
            .expressions(name)
            .into_iter()
            .flat_map(|node| match node.kind() {
                Kind::Array => node.items().collect(),
                Kind::Object | Kind::Scalar => vec![node],
            })
            .collect();
        let is_ordered = items.len() == expressions.len() && items.len() == 1;
        let block = |(at, values): (usize, Node<'t>)| Source {
            values: Some(values),
            unknown: unknown.and_then(|unknown| unknown.items().nth(at)),
            expressions: if is_ordered {
                expressions.get(at).copied().into_iter().collect()
            } else {
                expressions.iter().copied().filter(|block| agrees(values, *block)).collect()
            },
            ..self.clone()
        };
        items.into_iter().enumerate().map(block).collect()
    }
}

impl<'p, 't> Translator<'p, 't> {
    pub(super) fn new(plan: &'p Plan<'t>, options: &'p Options) -> Self {
        let roots = plan.instances.iter().filter(|i| i.kind == "aws_api_gateway_rest_api");
        let roots = roots.filter_map(|instance| instance.text("root_resource_id")).collect();
        Translator { resolver: Resolver::new(plan, options), found: vec![], roots }
    }

    /// The properties that attributes say.
    pub(super) fn members(
        &mut self,
        source: &Source<'t>,
        attributes: &[Attribute],
    ) -> Vec<Member<'t>> {
        let mut members = vec![];
        for attribute in attributes {
            if let Some(value) = self.property(source, attribute) {
                let at = source.entry(attribute.name).map(|entry| entry.key.place());
                let at = at.unwrap_or_else(|| source.place.clone());
                members.push((Value::standing(attribute.property, &at), value));
            }
        }
        members
    }

    fn property(&mut self, source: &Source<'t>, attribute: &Attribute) -> Option<Value<'t>> {
        let name = attribute.name;
        match attribute.shape {
            Shape::Plain => self.known(source, name, false).map(|entry| Value::Copy(entry.value)),
            Shape::Computed => self.known(source, name, true).map(|entry| Value::Copy(entry.value)),
            Shape::Reference => self.reference(source, name),
            Shape::References => self.references(source, name),
            Shape::Block(attributes) => {
                let entry = self.block_entry(source, name)?;
                let block = source.blocks(name).into_iter().next()?;
                let stand = entry.value.items().next().unwrap_or(entry.value);
                Some(Value::Object(Stand::Node(stand), self.members(&block, attributes)))
            }
            Shape::Blocks(attributes) => {
                let entry = self.block_entry(source, name)?;
                let blocks = source.blocks(name);
                let mut items = vec![];
                for (node, block) in entry.value.items().zip(blocks) {
                    let before = self.found.len();
                    let members = self.members(&block, attributes);
                    // Of a block that is refused nobody misses a part.
                    if self.found.len() == before {
                        items.push(Value::Object(Stand::Node(node), members));
                    }
                }
                Some(Value::Array(Stand::Node(entry.value), items))
            }
        }
    }

    /// Blocks of which at least the number is known.
    fn block_entry(&mut self, source: &Source<'t>, name: &str) -> Option<Entry<'t>> {
        let unknown = source.unknown.and_then(|unknown| unknown.get(name));
        let is_unknown = unknown.is_some_and(|node| node.plain() == Some(Plain::Bool(true)));
        if is_unknown && !source.expressions(name).is_empty() {
            self.refuse(source, name);
        }
        source.entry(name)
    }

    /// The parts of each block of this name.
    pub(super) fn blocks(
        &mut self,
        source: &Source<'t>,
        name: &str,
    ) -> Vec<(Node<'t>, Source<'t>)> {
        let Some(entry) = self.block_entry(source, name) else { return vec![] };
        entry.value.items().zip(source.blocks(name)).collect()
    }

    /// An attribute that cannot be found out: it is known, or refused. What the provider computes when the configuration
    /// does not say it is nothing.
    pub(super) fn known(
        &mut self,
        source: &Source<'t>,
        name: &str,
        is_computed: bool,
    ) -> Option<Entry<'t>> {
        if !source.is_unknown(name) {
            return source.entry(name);
        }
        if !is_computed || !source.expressions(name).is_empty() {
            self.refuse(source, name);
        }
        None
    }

    /// An attribute that refers to something else.
    pub(super) fn reference(&mut self, source: &Source<'t>, name: &str) -> Option<Value<'t>> {
        if !source.is_unknown(name) {
            let value = source.entry(name)?.value;
            let is_root = value.text().is_some_and(|text| self.roots.contains(text));
            let root = ResourceId::of("/");
            return Some(if is_root && matches!(name, "resource_id" | "parent_id") {
                Value::standing(root.as_str(), &value.place())
            } else {
                Value::Copy(value)
            });
        }
        let mut texts: Vec<String> = vec![];
        for expression in source.expressions(name) {
            let text = self.resolver.text(expression, &source.context, wanted(name));
            texts.extend(text.filter(|text| !texts.contains(text)));
        }
        match texts.as_slice() {
            [text] => Some(Value::Text(standing_for(text, &source.place))),
            _ => {
                self.refuse(source, name);
                None
            }
        }
    }

    fn references(&mut self, source: &Source<'t>, name: &str) -> Option<Value<'t>> {
        if !source.is_unknown(name) {
            return source.entry(name).map(|entry| Value::Copy(entry.value));
        }
        let expression = source.expressions(name).into_iter().next();
        let texts =
            expression.and_then(|node| self.resolver.texts(node, &source.context, wanted(name)));
        let Some(texts) = texts else {
            self.refuse(source, name);
            return None;
        };
        let place = &source.place;
        let items = texts.iter().map(|text| Value::standing(text, place)).collect();
        Some(Value::Array(Stand::Place(place.clone()), items))
    }

    /// Says that a value is not in the plan.
    fn refuse(&mut self, source: &Source<'t>, name: &str) {
        let message =
            format!("`{name}` of `{}` is known only after the plan is applied", source.address);
        let finding = Diagnostic::error(Code::UnknownUntilApplied, message);
        let expressions = source.expressions(name);
        let references = expressions.iter().filter_map(|node| node.get("references"));
        let references = references.flat_map(|node| node.items()).filter_map(|node| node.text());
        let references = address::longest(references);
        let finding = match references.len() {
            0 => finding,
            count => {
                let shown = references.get(..count.min(REFERENCES_SHOWN)).unwrap_or(&references);
                let more = count - shown.len();
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                finding.note(format!("it depends on {}{more}", crate::reader::list(shown)))
            }
        };
        let help = help(&references, &source.context);
        self.found.push(finding.at(source.place.clone()).help(help));
    }
}

/// How a value becomes known that depends on these references.
fn help(references: &[&str], context: &Context<'_>) -> String {
    const STATE: &str = "give the state after `terraform apply`: `terraform show -json`";
    let table = references.iter().find_map(|reference| {
        let table = reference.strip_suffix(".id")?;
        table.starts_with("aws_dynamodb_table.").then_some(table)
    });
    if let Some(table) = table {
        return format!("write `{table}.name`, which is known before");
    }
    if references.iter().any(|r| r.starts_with("each.value")) && context.repeats_local() {
        return format!("repeat it for a variable, as a plan holds no local values, or {STATE}");
    }
    format!("make it known before, or {STATE}")
}

/// Whether nothing is set: null, and what is empty.
fn is_unset(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Scalar => node.is_null() || node.text() == Some(""),
        Kind::Array => node.items().next().is_none(),
        Kind::Object => node.entries().next().is_none(),
    }
}

/// Whether `true` stands in it.
// INVARIANT: recursion is bounded by the depth of the tree.
fn has_true(node: Node<'_>) -> bool {
    node.plain() == Some(Plain::Bool(true))
        || node.items().any(has_true)
        || node.entries().any(|entry| has_true(entry.value))
}

fn has_references(node: Node<'_>) -> bool {
    node.get("references").is_some()
}

/// Whether a block of the configuration can be one of the plan: no constant of it has another value there.
fn agrees(values: Node<'_>, block: Node<'_>) -> bool {
    block.entries().all(|entry| {
        let constant = entry.value.get("constant_value").and_then(|constant| constant.text());
        let value = values.get(entry.name()).and_then(|value| value.text());
        constant.is_none() || value.is_none() || constant == value
    })
}
