//! Writes a schema as the JSON text of a model; references to other schemas become AWS's references to models.

use super::components::Components;
use super::dialect::Section;
use crate::reader::Reader;
use crate::tree::{JsonWriter, Kind, Node, quote};
use crate::variables;
use vestibule_restapi::{Code, Diagnostic, RestApiId, Sourced};

/// What the members of an object in a schema are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// Keywords.
    Schema,
    /// Names with schemas, as under `properties`.
    Names,
    /// Values that are no schemas, as under `enum`.
    Data,
}

impl Position {
    /// The position of what stands under `key`.
    fn under(self, key: &str) -> Position {
        match (self, key) {
            (Position::Data, _) => Position::Data,
            (Position::Names, _) => Position::Schema,
            (
                Position::Schema,
                "properties" | "patternProperties" | "definitions" | "dependencies",
            ) => Position::Names,
            (
                Position::Schema,
                "enum" | "default" | "example" | "examples" | "const" | "required",
            ) => Position::Data,
            (Position::Schema, key) if key.starts_with("x-") => Position::Data,
            (Position::Schema, _) => Position::Schema,
        }
    }
}

/// The schema's text, in the order of its members.
pub(super) fn write<'t>(
    node: Node<'t>,
    components: &Components<'t>,
    id: &RestApiId,
    reader: &mut Reader<'_>,
) -> Sourced {
    let mut writer = Writer { json: JsonWriter::default(), components, id, reader, nullable: None };
    writer.value(node, Position::Schema);
    if let Some(nullable) = writer.nullable {
        let message = "`nullable` has no effect: null is refused";
        let finding = Diagnostic::warning(Code::Ignored, message).at(nullable.place());
        let help = "use `oneOf` with `{\"type\": \"null\"}`, which draft 4 knows";
        writer.reader.error(finding.help(help));
    }
    writer.json.finish(node.pointer())
}

struct Writer<'w, 't, 'f> {
    json: JsonWriter,
    components: &'w Components<'t>,
    id: &'w RestApiId,
    reader: &'w mut Reader<'f>,
    /// The first `nullable: true`.
    nullable: Option<Node<'t>>,
}

impl<'t> Writer<'_, 't, '_> {
    /// The depth of the tree bounds the recursion.
    fn value(&mut self, node: Node<'t>, position: Position) {
        let place = node.place();
        match node.kind() {
            Kind::Object => {
                self.json.token("{", &place);
                for (index, entry) in node.entries().enumerate() {
                    self.json.separator(index, &place);
                    self.json.key(entry.key);
                    let is_keyword = position == Position::Schema;
                    if is_keyword && entry.name() == "$ref" && entry.value.kind() == Kind::Scalar {
                        self.reference(entry.value);
                        continue;
                    }
                    if is_keyword
                        && entry.name() == "nullable"
                        && entry.value.text() == Some("true")
                    {
                        self.nullable = self.nullable.or(Some(entry.value));
                    }
                    self.value(entry.value, position.under(entry.name()));
                }
                self.json.token("}", &place);
            }
            Kind::Array => {
                self.json.token("[", &place);
                for (index, item) in node.items().enumerate() {
                    self.json.separator(index, &place);
                    self.value(item, position);
                }
                self.json.token("]", &place);
            }
            Kind::Scalar => {
                let options = self.reader.options;
                self.json.scalar(node, &|text| variables::resolve(text, options));
            }
        }
    }

    /// `#/components/schemas/X` is the model X; references inside the model and AWS's own form stay.
    fn reference(&mut self, node: Node<'t>) {
        let Some(text) = self.reader.text(node) else {
            return self.json.token("null", &node.place());
        };
        // In Swagger 2.0 the definitions are the document's, else the schema's own.
        let is_swagger = self.components.dialect.is_swagger();
        let is_within =
            text.starts_with("#/definitions/") && !is_swagger || text.starts_with("#/properties/");
        if is_within
            || &*text == "#"
            || text.starts_with("https://apigateway.amazonaws.com/restapis/")
        {
            return self.json.string(&text);
        }
        if let Some(name) = text.strip_prefix(&self.components.dialect.prefix(Section::Schemas))
            && let Some((model, _)) = name.split_once('/')
        {
            let message = format!("the reference `{}` leads into the model `{model}`", &*text);
            let finding = Diagnostic::error(Code::UnsupportedFeature, message).at(text.whole());
            self.reader.error(finding.help("make that part a schema of its own"));
            return self.json.string(&text);
        }
        match self.components.target(node, Section::Schemas, self.reader) {
            Some(entry) => {
                let (id, name) = (self.id, entry.name());
                let url = format!("https://apigateway.amazonaws.com/restapis/{id}/models/{name}");
                self.json.token(&quote(&url), &node.place());
            }
            None => self.json.string(&text),
        }
    }
}
