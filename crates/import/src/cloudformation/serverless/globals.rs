//! `Globals`: properties that every resource of a type has unless it says otherwise.
//! AWS docs: sam-specification-template-anatomy-globals.

use crate::assembled::Member;
use crate::cloudformation::evaluate::call;
use crate::reader::Reader;
use crate::tree::{Entry, Kind, Node, Stand, Value};
use std::collections::HashMap;
use vestibule_restapi::{Code, Diagnostic};

/// What `Globals.Api` may say.
const API: [&str; 22] = [
    "AccessLogSetting",
    "AlwaysDeploy",
    "Auth",
    "BinaryMediaTypes",
    "CacheClusterEnabled",
    "CacheClusterSize",
    "CanarySetting",
    "Cors",
    "DefinitionUri",
    "Domain",
    "EndpointConfiguration",
    "GatewayResponses",
    "MergeDefinitions",
    "MethodSettings",
    "MinimumCompressionSize",
    "Name",
    "OpenApiVersion",
    "PropagateTags",
    "SecurityPolicy",
    "Tags",
    "TracingEnabled",
    "Variables",
];

/// The global properties of a template.
#[derive(Clone, Copy, Debug)]
pub(super) struct Globals<'t> {
    section: Option<Node<'t>>,
}

impl<'t> Globals<'t> {
    /// Finds the section; names in it that nobody knows are findings.
    pub(super) fn of(root: Node<'t>, reader: &mut Reader<'_>) -> Globals<'t> {
        let section = root.get("Globals");
        let api = section.and_then(|section| section.get("Api"));
        for entry in api.into_iter().flat_map(|api| api.entries()) {
            if API.contains(&entry.name()) {
                continue;
            }
            let message = format!("`{}` is no global property of APIs", entry.name());
            let finding = Diagnostic::error(Code::InvalidResource, message).at(entry.key.place());
            reader.error(match reader.nearest(entry.name(), API) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding.help("write it at each API"),
            });
        }
        Globals { section }
    }

    /// The properties of a resource, over those of its type.
    pub(super) fn merged(&self, kind: &str, own: Option<Node<'t>>) -> Vec<Member<'t>> {
        let global = self.section.and_then(|section| section.get(kind));
        match (global, own) {
            (Some(global), Some(own)) => members(global, own),
            (Some(only), None) | (None, Some(only)) => copies(only),
            (None, None) => vec![],
        }
    }
}

/// Objects are joined member by member, lists one after the other; of anything else the resource's own stays. A function is
/// none of both, whatever it gives.
fn merged<'t>(global: Node<'t>, own: Node<'t>) -> Value<'t> {
    let is_plain = call::of(global).is_none() && call::of(own).is_none();
    match (global.kind(), own.kind()) {
        (Kind::Object, Kind::Object) if is_plain => {
            Value::Object(Stand::Node(own), members(global, own))
        }
        (Kind::Array, Kind::Array) if is_plain => {
            let items = global.items().chain(own.items()).map(Value::Copy);
            Value::Array(Stand::Node(own), items.collect())
        }
        _ => Value::Copy(own),
    }
}

fn members<'t>(global: Node<'t>, own: Node<'t>) -> Vec<Member<'t>> {
    let mut over: HashMap<&str, Entry<'t>> = own.entries().map(|e| (e.name(), e)).collect();
    let mut members = vec![];
    for entry in global.entries() {
        members.push(match over.remove(entry.name()) {
            Some(over) => (Value::Copy(over.key), merged(entry.value, over.value)),
            None => (Value::Copy(entry.key), Value::Copy(entry.value)),
        });
    }
    let own = own.entries().filter(|entry| over.contains_key(entry.name()));
    members.extend(own.map(|entry| (Value::Copy(entry.key), Value::Copy(entry.value))));
    members
}

fn copies<'t>(node: Node<'t>) -> Vec<Member<'t>> {
    node.entries().map(|entry| (Value::Copy(entry.key), Value::Copy(entry.value))).collect()
}
