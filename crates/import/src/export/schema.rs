//! Models as schemas: references to models turned back into references of the document.

use super::value::{Object, Value};
use super::{Exporter, Format};
use crate::findings::Findings;
use crate::tree::{self, Ground, Kind, Node, Plain};
use std::collections::HashSet;
use vestibule_restapi::{Document, Model, RestApi};

/// The models of an API by name.
pub(super) fn models(api: &RestApi, exporter: &mut Exporter<'_>) -> Object {
    let mut schemas = Object::default();
    let names: HashSet<&str> = api.models.iter().map(|model| model.name.as_str()).collect();
    for model in &api.models {
        let schema = parsed(&model.schema, |root| schema(root, model, &names, exporter));
        let Some(schema) = schema else {
            let message = format!("the model `{}` is left out", model.name);
            exporter.left_out(message, model.schema.whole(), "its schema is not JSON");
            continue;
        };
        schemas.put(&*model.name, schema);
        if model.content_type != "application/json" {
            let message = format!("the content type of the model `{}` is left out", model.name);
            let note = "in OpenAPI every model is `application/json`";
            exporter.left_out(message, model.schema.whole(), note);
        }
    }
    schemas
}

/// A schema; references to models that there are lead to them.
fn schema(
    root: Node<'_>,
    model: &Model,
    names: &HashSet<&str>,
    exporter: &mut Exporter<'_>,
) -> Value {
    let prefix = exporter.models_prefix();
    let is_swagger = exporter.options.format == Format::Swagger;
    let mut is_ambiguous = false;
    let value = value(root, &mut |text| {
        is_ambiguous |= is_swagger && text.starts_with("#/definitions/");
        let models = text.strip_prefix("https://apigateway.amazonaws.com/restapis/")?;
        let (_, path) = models.split_once('/')?;
        let name = path.strip_prefix("models/").filter(|name| names.contains(name))?;
        Some(format!("{prefix}{name}"))
    });
    if is_ambiguous {
        let message = format!("the model `{}` refers to definitions of its own", model.name);
        let note = "in Swagger 2.0 they are the document's";
        exporter.left_out(message, model.schema.whole(), note);
    }
    value
}

/// What `take` makes of a text that is JSON.
pub(super) fn parsed<T>(text: &str, take: impl FnOnce(Node<'_>) -> T) -> Option<T> {
    let ground = Ground::File(Document::new("export.json", text));
    let tree = tree::parse(&ground, &mut Findings::default()).ok()??;
    Some(take(tree.root()))
}

/// A value of a tree, each `$ref` passed through `reference`. Recursion is bounded by the depth of the tree.
pub(super) fn value(node: Node<'_>, reference: &mut dyn FnMut(&str) -> Option<String>) -> Value {
    match (node.kind(), node.plain()) {
        (Kind::Object, _) => {
            let mut object = Object::default();
            for entry in node.entries() {
                let text = entry.value.text().filter(|_| entry.name() == "$ref");
                match text.and_then(&mut *reference) {
                    Some(text) => object.put(entry.name(), &*text),
                    None => object.put(entry.name(), value(entry.value, reference)),
                }
            }
            object.into()
        }
        (Kind::Array, _) => node.items().map(|item| value(item, reference)).collect(),
        (Kind::Scalar, Some(Plain::Text)) => node.text().unwrap_or("").into(),
        (Kind::Scalar, Some(Plain::Bool(value))) => value.into(),
        (Kind::Scalar, Some(Plain::Number(number))) => Value::Bare(number),
        (Kind::Scalar, Some(Plain::Null) | None) => Value::Bare("null".to_owned()),
    }
}
