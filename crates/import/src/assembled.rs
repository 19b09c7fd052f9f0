//! An API that is defined part by part, as CloudFormation and Terraform define one, becomes the OpenAPI document that says the
//! same. So one reader decides what each part means, and every part keeps the place where its author wrote it.

use crate::tree::{Kind, Node, Stand, Value, standing_for};
use std::collections::HashMap;
use vestibule_restapi::{Place, Sourced};

/// A member of an object.
pub(crate) type Member<'t> = (Value<'t>, Value<'t>);

/// The parts of an API.
#[derive(Debug, Default)]
pub(crate) struct Parts<'t> {
    /// Members of the document's root, beside the parts below.
    pub(crate) root: Vec<Member<'t>>,
    /// Full paths, each with its operations.
    pub(crate) paths: Vec<(Sourced, Vec<Member<'t>>)>,
    /// Models by name.
    pub(crate) schemas: Vec<Member<'t>>,
    /// Authorizers and API keys, as security schemes by name.
    pub(crate) schemes: Vec<Member<'t>>,
}

impl<'t> Parts<'t> {
    /// The document, at `place`. With a body, an OpenAPI document itself, the parts are laid over it as a deployment lays
    /// them over an imported API.
    pub(crate) fn document(self, body: Option<Value<'t>>, place: &Place) -> Value<'t> {
        let is_swagger = body.as_ref().is_some_and(|body| {
            opened(body.clone()).is_some_and(|(_, members)| has(&members, "swagger"))
        });
        let mut root = self.root;
        let paths = self.paths.into_iter().map(|(path, operations)| {
            let place = path.whole();
            (Value::Text(path), object(&place, operations))
        });
        let paths: Vec<_> = paths.collect();
        if body.is_none() {
            root.insert(0, member("openapi", place, text("3.0.1", place)));
        }
        if body.is_none() || !paths.is_empty() {
            root.push(member("paths", place, object(place, paths)));
        }
        let (schemas, schemes) = (object(place, self.schemas), object(place, self.schemes));
        if is_swagger {
            root.push(member("definitions", place, schemas));
            root.push(member("securityDefinitions", place, schemes));
        } else {
            let sections =
                vec![member("schemas", place, schemas), member("securitySchemes", place, schemes)];
            root.push(member("components", place, object(place, sections)));
        }
        let parts = object(place, root);
        match body {
            Some(body) => laid_over(body, parts),
            None => parts,
        }
    }
}

/// A member `name` that stands for `place`.
pub(crate) fn member<'t>(name: &str, place: &Place, value: Value<'t>) -> Member<'t> {
    (text(name, place), value)
}

/// A text that stands for `place`.
pub(crate) fn text<'t>(text: &str, place: &Place) -> Value<'t> {
    Value::Text(standing_for(text, place))
}

/// An object that stands for `place`.
pub(crate) fn object<'t>(place: &Place, members: Vec<Member<'t>>) -> Value<'t> {
    Value::Object(Stand::Place(place.clone()), members)
}

/// An array that stands for `place`.
pub(crate) fn array<'t>(place: &Place, items: Vec<Value<'t>>) -> Value<'t> {
    Value::Array(Stand::Place(place.clone()), items)
}

/// The members of an object under other names; those without one keep theirs.
pub(crate) fn renamed<'t>(node: Node<'t>, names: &[(&str, &str)]) -> Vec<Member<'t>> {
    let one = |entry: crate::tree::Entry<'t>| {
        let name = names.iter().find(|(known, _)| *known == entry.name());
        let key = match name {
            Some((_, name)) => text(name, &entry.key.place()),
            None => Value::Copy(entry.key),
        };
        (key, Value::Copy(entry.value))
    };
    node.entries().map(one).collect()
}

/// Lays one value over another: objects are joined member by member, of anything else the upper one stays.
pub(crate) fn laid_over<'t>(lower: Value<'t>, upper: Value<'t>) -> Value<'t> {
    let Some((stand, mut members)) = opened(lower) else { return upper };
    let Some((_, over)) = opened(upper.clone()) else { return upper };
    let name = |(at, (key, _)): (usize, &Member<'t>)| (key.scalar_text(), at);
    let mut by_name: HashMap<_, usize> = members.iter().enumerate().map(name).rev().collect();
    for (key, value) in over {
        let at = *by_name.entry(key.scalar_text()).or_insert(members.len());
        match members.get_mut(at) {
            Some((_, slot)) => {
                let below = std::mem::replace(slot, value.clone());
                *slot = laid_over(below, value);
            }
            None => members.push((key, value)),
        }
    }
    Value::Object(stand, members)
}

fn has(members: &[Member<'_>], name: &str) -> bool {
    members.iter().any(|(key, _)| key.scalar_text().as_deref() == Some(name))
}

/// An object with its members.
pub(crate) fn opened(value: Value<'_>) -> Option<(Stand<'_>, Vec<Member<'_>>)> {
    match value {
        Value::Object(stand, members) => Some((stand, members)),
        Value::Copy(node) if node.kind() == Kind::Object => {
            let members = node.entries().map(|e| (Value::Copy(e.key), Value::Copy(e.value)));
            Some((Stand::Node(node), members.collect()))
        }
        Value::Owned(owned) if owned.node().kind() == Kind::Object => {
            Some((Stand::Place(owned.node().place()), owned.members()))
        }
        Value::Copy(_) | Value::Owned(_) | Value::Text(_) | Value::Array(..) => None,
    }
}
