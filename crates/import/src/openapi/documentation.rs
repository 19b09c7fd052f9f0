//! `x-amazon-apigateway-documentation`: kept, and served nowhere.
//! AWS docs: api-gateway-swagger-extensions-documentation.

use super::members::Members;
use crate::reader::Reader;
use crate::tree::{Kind, Node};
use vestibule_restapi::{Documentation, DocumentationLocation, DocumentationPart};

const DOCUMENTATION: Members = Members {
    what: "`x-amazon-apigateway-documentation`",
    known: &["version", "createdDate", "description", "documentationParts"],
    ignored: &[],
};

const PART: Members =
    Members { what: "a documentation part", known: &["location", "properties"], ignored: &[] };

const LOCATION: Members = Members {
    what: "the location of a documentation part",
    known: &["type", "path", "method", "statusCode", "name"],
    ignored: &[],
};

/// Reads the documentation of an API.
pub(super) fn read(root: Node<'_>, reader: &mut Reader<'_>) -> Documentation {
    let node = root.get("x-amazon-apigateway-documentation").filter(|node| !node.is_null());
    let Some(node) = node else { return Documentation::default() };
    reader.members(node, &DOCUMENTATION);
    let version = node.get("version").filter(|version| !version.is_null());
    let version = version.and_then(|version| reader.text(version));
    let parts = node.get("documentationParts").filter(|parts| !parts.is_null());
    let parts = parts.map_or_else(Vec::new, |parts| reader.array(parts));
    Documentation {
        version: version.map(|version| version.to_string()),
        parts: parts.into_iter().filter_map(|node| part(node, reader)).collect(),
    }
}

fn part(node: Node<'_>, reader: &mut Reader<'_>) -> Option<DocumentationPart> {
    reader.members(node, &PART);
    if node.kind() != Kind::Object {
        return None;
    }
    let (Some(location), Some(properties)) = (node.get("location"), node.get("properties")) else {
        let missing = if node.get("location").is_none() { "location" } else { "properties" };
        reader.missing(node, "a documentation part", missing);
        return None;
    };
    reader.members(location, &LOCATION);
    let mut text = |name: &str| {
        let value = location.get(name).filter(|value| !value.is_null())?;
        reader.text(value).map(|value| value.to_string())
    };
    let location = DocumentationLocation {
        kind: text("type")?,
        path: text("path"),
        method: text("method"),
        status_code: text("statusCode"),
        name: text("name"),
    };
    let properties = match properties.kind() {
        Kind::Object => reader.json(properties),
        Kind::Scalar | Kind::Array => reader.text(properties)?,
    };
    Some(DocumentationPart { location, properties })
}
