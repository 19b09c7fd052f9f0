//! Models: the schemas of `components`, and those written where they are used, which get a generated name.

use super::components::Components;
use super::dialect::Section;
use super::schema;
use crate::reader::Reader;
use crate::tree::{Node, standing_for};
use std::collections::{HashMap, HashSet};
use vestibule_restapi::{Code, Diagnostic, Model, ResourceId, RestApiId, Sourced};

/// The models of an API, named ones first.
#[derive(Debug, Default)]
pub(super) struct Models {
    list: Vec<Model>,
    names: HashSet<String>,
    /// Names of the generated ones by schema.
    generated: HashMap<String, String>,
}

impl Models {
    /// Reads the schemas of `components`.
    pub(super) fn read(
        components: &Components<'_>,
        id: &RestApiId,
        reader: &mut Reader<'_>,
    ) -> Models {
        let mut models = Models::default();
        for entry in components.section(Section::Schemas).to_vec() {
            let name = entry.name();
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
                let message = format!("the model name `{name}` is not made of letters and digits");
                let finding = Diagnostic::error(Code::InvalidValue, message).at(entry.key.place());
                reader.error(finding.note("API Gateway refuses other names"));
                continue;
            }
            reader.object(entry.value);
            let schema = schema::write(entry.value, components, id, reader);
            models.add(name, schema);
        }
        models
    }

    fn add(&mut self, name: &str, schema: Sourced) {
        let content_type = "application/json".to_owned();
        self.names.insert(name.to_owned());
        self.list.push(Model { name: name.to_owned(), content_type, schema });
    }

    /// The model that a schema is: the one it refers to, or a new one. Its place is that of the reference or schema.
    pub(super) fn of<'t>(
        &mut self,
        node: Node<'t>,
        components: &Components<'t>,
        id: &RestApiId,
        reader: &mut Reader<'_>,
    ) -> Option<Sourced> {
        if let Some(reference) = node.get("$ref") {
            let entry = components.target(reference, Section::Schemas, reader)?;
            return Some(standing_for(entry.name(), &reference.place()));
        }
        reader.object(node);
        let schema = schema::write(node, components, id, reader);
        if let Some(name) = self.generated.get(schema.as_str()) {
            return Some(standing_for(name, &node.place()));
        }
        let name = array_name(node, components).filter(|name| !self.names.contains(name));
        let name = name.unwrap_or_else(|| self.unused_name(&schema));
        self.generated.insert(schema.to_string(), name.clone());
        self.add(&name, schema);
        Some(standing_for(&name, &node.place()))
    }

    /// `MODEL` and six characters that the schema decides.
    fn unused_name(&self, schema: &str) -> String {
        let mut salt = String::new();
        loop {
            let hash = ResourceId::of(&format!("{schema}{salt}"));
            let name = format!("MODEL{hash}");
            if !self.names.contains(&name) {
                return name;
            }
            salt.push(' ');
        }
    }

    /// All of them.
    pub(super) fn into_list(self) -> Vec<Model> {
        self.list
    }
}

/// AWS: a bare array of a model `X` becomes the model `ArrayOfX`.
fn array_name(schema: Node<'_>, components: &Components<'_>) -> Option<String> {
    let items = schema.get("items").filter(|_| {
        let mut members = schema.entries().map(|entry| entry.name());
        members.all(|name| matches!(name, "type" | "items"))
    })?;
    let prefix = components.dialect.prefix(Section::Schemas);
    let name = items.get("$ref")?.text()?.strip_prefix(&prefix)?;
    Some(format!("ArrayOf{name}"))
}
