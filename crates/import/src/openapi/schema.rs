//! Writes a schema as the JSON text of a model; references to other schemas become AWS's references to models.

use super::components::Components;
use super::dialect::{Dialect, Section};
use super::draft2020::{self, Keyword, Siblings};
use crate::reader::Reader;
use crate::tree::{Entry, JsonWriter, Kind, Node, quote};
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
        match node.kind() {
            Kind::Object => self.object(node, position),
            Kind::Array => {
                let place = node.place();
                self.json.token("[", &place);
                for (index, item) in node.items().enumerate() {
                    self.json.separator(index, &place);
                    self.schema_or_value(item, position, position == Position::Schema);
                }
                self.json.token("]", &place);
            }
            Kind::Scalar => {
                let options = self.reader.options;
                self.json.scalar(node, &|text| variables::resolve(text, options));
            }
        }
    }

    fn object(&mut self, node: Node<'t>, position: Position) {
        let place = node.place();
        let is_schema = position == Position::Schema;
        let is_newer = is_schema && self.components.dialect == Dialect::OpenApi31;
        let siblings = is_newer.then(|| Siblings::of(node));
        let mut count = 0;
        self.json.token("{", &place);
        for entry in node.entries() {
            let siblings = siblings.as_ref();
            let keyword = siblings.map_or(Keyword::Same, |all| all.keyword(entry.name()));
            match keyword {
                Keyword::Covered => continue,
                Keyword::Unsayable => {
                    self.unsayable(&entry);
                    continue;
                }
                Keyword::Same | Keyword::Named(_) | Keyword::Only | Keyword::Outside(_) => {}
            }
            self.json.separator(count, &place);
            count += 1;
            self.member(&entry, keyword, position);
        }
        self.json.token("}", &place);
    }

    fn member(&mut self, entry: &Entry<'t>, keyword: Keyword, position: Position) {
        let key = entry.key.place();
        let is_schema = position == Position::Schema;
        let name = match keyword {
            Keyword::Named(name) => {
                self.json.token(&format!("{}:", quote(name)), &key);
                name
            }
            Keyword::Only => {
                self.json.token("\"enum\":[", &key);
                self.value(entry.value, Position::Data);
                return self.json.token("]", &key);
            }
            Keyword::Outside(bound) => {
                self.json.token(&format!("{}:", quote(bound)), &key);
                self.value(entry.value, Position::Data);
                return self.json.token(&format!(",{}:true", quote(entry.name())), &key);
            }
            Keyword::Same | Keyword::Covered | Keyword::Unsayable => {
                self.json.key(entry.key);
                entry.name()
            }
        };
        if is_schema && name == "$ref" && entry.value.kind() == Kind::Scalar {
            return self.reference(entry.value);
        }
        if is_schema && name == "nullable" && entry.value.text() == Some("true") {
            self.nullable = self.nullable.or(Some(entry.value));
        }
        let is_of_schemas =
            position == Position::Names || is_schema && matches!(name, "items" | "not");
        // What a dependency needs is a list of names.
        let under = match entry.name() {
            "dependentRequired" if is_schema => Position::Data,
            _ => position.under(name),
        };
        self.schema_or_value(entry.value, under, is_of_schemas);
    }

    /// A value; where it stands for a schema it may be `true` or `false` in newer drafts.
    fn schema_or_value(&mut self, node: Node<'t>, position: Position, is_schema: bool) {
        let is_newer = is_schema && self.components.dialect == Dialect::OpenApi31;
        match draft2020::truth(node).filter(|_| is_newer) {
            Some(true) => self.json.token("{}", &node.place()),
            Some(false) => self.json.token("{\"not\":{}}", &node.place()),
            None => self.value(node, position),
        }
    }

    fn unsayable(&mut self, entry: &Entry<'t>) {
        let message = format!("`{}` has no effect here", entry.name());
        let finding = Diagnostic::warning(Code::UnsupportedFeature, message);
        let finding = finding.at(entry.key.place());
        self.reader.error(finding.note("models are JSON Schema draft 4, which cannot say it"));
    }

    /// `#/components/schemas/X` is the model X; references inside the model and AWS's own form stay.
    fn reference(&mut self, node: Node<'t>) {
        let Some(text) = self.reader.text(node) else {
            return self.json.token("null", &node.place());
        };
        // In Swagger 2.0 the definitions are the document's, else the schema's own.
        let is_swagger = self.components.dialect.is_swagger();
        let is_newer = self.components.dialect == Dialect::OpenApi31;
        if let Some(name) = text.strip_prefix("#/$defs/").filter(|_| is_newer) {
            return self.json.token(&quote(&format!("#/definitions/{name}")), &node.place());
        }
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
