//! The template as it is written, with the resources that SAM adds.

use super::api::ServerlessApi;
use super::events::{self, Event};
use super::globals::Globals;
use super::{IMPLICIT_API, TRANSFORM, kind, plan};
use crate::assembled::{Member, array, member, object, text};
use crate::cloudformation::evaluate::call;
use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node, Stand, Tree, Value};
use vestibule_restapi::{Code, Diagnostic, Place};

/// The template with what SAM makes of it; itself when it has nothing of SAM.
pub(in crate::cloudformation) fn expanded(tree: &Tree, reader: &mut Reader<'_>) -> Tree {
    let root = tree.root();
    let section = root.get("Resources").filter(|section| section.kind() == Kind::Object);
    let Some(section) = section else { return tree.clone() };
    let is_of_sam = |entry: &Entry<'_>| kind(entry.value).starts_with("AWS::Serverless::");
    let Some(first) = section.entries().find(is_of_sam) else { return tree.clone() };
    if !is_transformed(root) {
        let message = format!("`{}` needs the transform of SAM", kind(first.value));
        let finding = Diagnostic::error(Code::InvalidResource, message).at(first.key.place());
        reader.error(finding.help(format!("add `Transform: {TRANSFORM}` to the template")));
    }
    let members = root.entries().filter(|entry| entry.name() != "Globals").map(|entry| {
        let value = match entry.name() {
            "Resources" => Value::Object(Stand::Node(section), resources(root, section, reader)),
            _ => Value::Copy(entry.value),
        };
        (Value::Copy(entry.key), value)
    });
    let expanded = Tree::assemble(Value::Object(Stand::Node(root), members.collect()));
    expanded.unwrap_or_else(|finding| {
        reader.error(*finding);
        tree.clone()
    })
}

fn is_transformed(root: Node<'_>) -> bool {
    let Some(transform) = root.get("Transform") else { return false };
    transform.text() == Some(TRANSFORM)
        || transform.items().any(|item| item.text() == Some(TRANSFORM))
}

fn resources<'t>(root: Node<'t>, section: Node<'t>, reader: &mut Reader<'_>) -> Vec<Member<'t>> {
    let globals = Globals::of(root, reader);
    let events = events::of(section);
    let mut shared = plan::Shared::default();
    let mut resources = vec![];
    let mut add = |api: &ServerlessApi<'t>, resources: &mut Vec<_>, reader: &mut Reader<'_>| {
        let methods = events.iter().filter(|event| event.api == api.id);
        resources.extend(api.resources(methods.map(|event| event.method.clone()).collect()));
        plan::add(api, &mut shared, resources, reader);
    };
    for entry in section.entries() {
        match kind(entry.value) {
            "AWS::Serverless::Api" => {
                let given = &reader.options.parameters;
                let stage_name = |node| stage_name(node, root, given);
                let api = ServerlessApi::written(entry, &globals, stage_name, reader);
                add(&api, &mut resources, reader);
            }
            "AWS::Serverless::SimpleTable" => resources.push(table(entry, &globals)),
            _ => resources.push((Value::Copy(entry.key), Value::Copy(entry.value))),
        }
    }
    if let Some(Event { place, .. }) = events.iter().find(|event| event.api == IMPLICIT_API) {
        add(&ServerlessApi::implicit(&globals, place), &mut resources, reader);
    }
    resources.extend(shared.into_resources());
    resources
}

/// The name of a stage, when it is written out or a parameter's.
fn stage_name(node: Node<'_>, root: Node<'_>, given: &[(String, String)]) -> Option<String> {
    let Some(call) = call::of(node) else { return node.text().map(str::to_owned) };
    let name = call.argument.node.text().filter(|_| call.name == "Ref")?;
    let parameter = root.get("Parameters")?.get(name)?;
    let given = given.iter().rev().find(|(given, _)| given == name);
    let default = parameter.get("Default").and_then(|default| default.text());
    given.map(|(_, value)| value.clone()).or_else(|| default.map(str::to_owned))
}

/// `AWS::Serverless::SimpleTable`: a key of one attribute. AWS docs: sam-resource-simpletable.
fn table<'t>(entry: Entry<'t>, globals: &Globals<'t>) -> Member<'t> {
    let properties = globals.merged("SimpleTable", entry.value.get("Properties"));
    let place = entry.key.place();
    let one = |name: &str, value: Value<'t>| member(name, &place, value);
    let written = |name: &str| Value::standing(name, &place);
    let key = properties.iter().find(|(key, _)| key.scalar_text().as_deref() == Some("PrimaryKey"));
    let key = key.cloned().and_then(|(_, key)| crate::assembled::opened(key));
    let part =
        |name: &str| key.as_ref().and_then(|(_, members)| super::find(members, name)).cloned();
    let name = part("Name").unwrap_or_else(|| written("id"));
    let kind = match part("Type").map(|kind| (kind.scalar_text(), kind)) {
        Some((Some(word), kind)) => {
            let letter = match word.as_str() {
                "String" => "S",
                "Number" => "N",
                "Binary" => "B",
                other => other,
            };
            text(letter, &kind.place())
        }
        Some((None, kind)) => kind,
        None => written("S"),
    };
    let attribute =
        object(&place, vec![one("AttributeName", name.clone()), one("AttributeType", kind)]);
    let hash = object(&place, vec![one("AttributeName", name), one("KeyType", written("HASH"))]);
    let mut table = vec![
        one("AttributeDefinitions", array(&place, vec![attribute])),
        one("KeySchema", array(&place, vec![hash])),
    ];
    let has_throughput = super::find(&properties, "ProvisionedThroughput").is_some();
    if !has_throughput {
        table.push(one("BillingMode", written("PAY_PER_REQUEST")));
    }
    for (key, value) in properties {
        match key.scalar_text().as_deref() {
            Some("PrimaryKey") => {}
            // The tags of SAM are an object; nothing reads those of a table.
            Some("Tags") => {}
            _ => table.push((key, value)),
        }
    }
    let members = entry.value.entries().filter_map(|Entry { key, value }| match key.text() {
        Some("Type") => Some((Value::Copy(key), text("AWS::DynamoDB::Table", &value.place()))),
        Some("Properties") => None,
        Some(_) | None => Some((Value::Copy(key), Value::Copy(value))),
    });
    let properties: Place = entry.value.get("Properties").map_or(place.clone(), |p| p.place());
    let mut members: Vec<_> = members.collect();
    members.push(member("Properties", &properties, object(&properties, table)));
    (Value::Copy(entry.key), Value::Object(Stand::Node(entry.value), members))
}
