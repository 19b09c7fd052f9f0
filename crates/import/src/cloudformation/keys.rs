//! Attribute definitions and key schemas, checked as DynamoDB checks them. AWS docs: API_CreateTable.

use super::properties::Properties;
use crate::reader::Reader;
use crate::tree::{Kind, Node, quote};
use std::collections::HashSet;
use vestibule_restapi::{Code, Diagnostic, Sourced};

const ATTRIBUTE: Properties = Properties {
    what: "an attribute definition",
    known: &["AttributeName", "AttributeType"],
    ignored: &[],
};

const KEY: Properties =
    Properties { what: "a key schema element", known: &["AttributeName", "KeyType"], ignored: &[] };

/// An attribute definition.
#[derive(Debug)]
struct Attribute {
    name: Sourced,
    /// `S`, `N` or `B`.
    kind: &'static str,
}

/// A key: the partition key's attribute, and the sort key's when there is one.
#[derive(Debug)]
pub(super) struct KeySchema {
    pub(super) hash: Sourced,
    pub(super) range: Option<Sourced>,
}

impl KeySchema {
    /// The attributes of the key.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &Sourced> {
        std::iter::once(&self.hash).chain(&self.range)
    }

    /// As in a CreateTable request.
    pub(super) fn json(&self) -> String {
        let range = self
            .range
            .as_ref()
            .map(|range| format!(",{{\"AttributeName\":{},\"KeyType\":\"RANGE\"}}", quote(range)));
        let range = range.unwrap_or_default();
        format!("[{{\"AttributeName\":{},\"KeyType\":\"HASH\"}}{range}]", quote(&self.hash))
    }
}

/// The attribute definitions of a table.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    list: Vec<Attribute>,
    /// Whether each definition could be read.
    pub(super) is_complete: bool,
}

impl Attributes {
    /// As in a CreateTable request.
    pub(super) fn json(&self) -> String {
        let one = |attribute: &Attribute| {
            let Attribute { name, kind } = attribute;
            format!("{{\"AttributeName\":{},\"AttributeType\":\"{kind}\"}}", quote(name))
        };
        format!("[{}]", self.list.iter().map(one).collect::<Vec<_>>().join(","))
    }

    fn names(&self) -> HashSet<&str> {
        self.list.iter().map(|attribute| attribute.name.as_str()).collect()
    }
}

/// Reads `AttributeDefinitions`.
pub(super) fn attributes(node: Node<'_>, reader: &mut Reader<'_>) -> Attributes {
    let items = reader.array(node);
    let mut attributes = Attributes { list: vec![], is_complete: node.kind() == Kind::Array };
    let mut seen = HashSet::new();
    for item in items {
        reader.properties(item, &ATTRIBUTE);
        let name = reader.required_text(item, ATTRIBUTE.what, "AttributeName");
        let kind = reader.required_text(item, ATTRIBUTE.what, "AttributeType");
        let kind = kind.and_then(|kind| reader.exact_word(&kind, &["S", "N", "B"]));
        let (Some(name), Some(kind)) = (name, kind) else {
            attributes.is_complete = false;
            continue;
        };
        if !seen.insert(name.to_string()) {
            let message = format!("the attribute `{}` is defined twice", &*name);
            reader.invalid(message, name.whole(), None);
            continue;
        }
        attributes.list.push(Attribute { name, kind });
    }
    attributes
}

/// Reads `KeySchema`: a HASH element, then at most one RANGE element.
pub(super) fn key_schema(node: Node<'_>, reader: &mut Reader<'_>) -> Option<KeySchema> {
    let items = reader.array(node);
    let mut elements = vec![];
    for item in &items {
        reader.properties(*item, &KEY);
        let name = reader.required_text(*item, KEY.what, "AttributeName");
        let kind = reader.required_text(*item, KEY.what, "KeyType");
        let kind = kind.and_then(|kind| reader.exact_word(&kind, &["HASH", "RANGE"]));
        elements.push((name?, kind?));
    }
    match elements.as_slice() {
        [(hash, "HASH")] => Some(KeySchema { hash: hash.clone(), range: None }),
        [(hash, "HASH"), (range, "RANGE")] if hash == range => {
            let message = format!("the attribute `{}` is both keys", &**range);
            reader.invalid(message, range.whole(), None);
            None
        }
        [(hash, "HASH"), (range, "RANGE")] => {
            Some(KeySchema { hash: hash.clone(), range: Some(range.clone()) })
        }
        _ => {
            if node.kind() == Kind::Array && crate::intrinsic::of(node).is_none() {
                let message =
                    "a key schema is one `HASH` element, and after it at most one `RANGE` element";
                reader.invalid(message.to_owned(), node.place(), None);
            }
            None
        }
    }
}

/// Every attribute of a key is defined.
pub(super) fn check_defined(attributes: &Attributes, keys: &[&KeySchema], reader: &mut Reader<'_>) {
    let defined = attributes.names();
    for name in keys.iter().flat_map(|key| key.attributes()) {
        if defined.contains(name.as_str()) {
            continue;
        }
        let message =
            format!("the key attribute `{}` is not among the `AttributeDefinitions`", &**name);
        let finding = Diagnostic::error(Code::InvalidResource, message).at(name.whole());
        let names = attributes.list.iter().map(|attribute| &*attribute.name);
        reader.error(match reader.nearest(name, names) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help("add it there with its type"),
        });
    }
}

/// Every definition is used by a key.
pub(super) fn check_used(attributes: &Attributes, keys: &[&KeySchema], reader: &mut Reader<'_>) {
    let used: HashSet<&str> =
        keys.iter().flat_map(|key| key.attributes()).map(Sourced::as_str).collect();
    for Attribute { name, .. } in &attributes.list {
        if used.contains(name.as_str()) {
            continue;
        }
        let message = format!("the attribute `{}` is defined and in no key", &**name);
        let finding = Diagnostic::error(Code::InvalidResource, message).at(name.whole());
        reader.error(finding.help("take it out: other attributes of an item need no definition"));
    }
}
