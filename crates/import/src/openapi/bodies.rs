//! The models of request and response bodies by media type: `content` of OpenAPI 3, `schema` with `consumes` or
//! `produces` of Swagger 2.0.

use super::api::Document;
use super::dialect::Section;
use super::members::Members;
use crate::reader::Reader;
use crate::tree::Node;
use vestibule_restapi::RequestModel;

const REQUEST_BODY: Members = Members {
    what: "a request body",
    known: &["description", "content", "required", "$ref"],
    ignored: &[],
};

const MEDIA_TYPE: Members = Members {
    what: "a media type",
    known: &["schema", "example", "examples", "encoding"],
    ignored: &[],
};

/// The media type of a Swagger document that says none.
const DEFAULT: &str = "application/json";

/// The models of the `requestBody` of OpenAPI 3.
pub(super) fn of_request<'t>(
    body: Option<Node<'t>>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Vec<RequestModel> {
    let Some(body) = body.filter(|body| !body.is_null()) else { return vec![] };
    let Some(body) = document.components.resolve(body, Section::RequestBodies, reader) else {
        return vec![];
    };
    reader.members(body, &REQUEST_BODY);
    of_content(body.get("content"), document, reader)
}

/// The models of `content`: one of each media type that has a schema.
pub(super) fn of_content<'t>(
    content: Option<Node<'t>>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Vec<RequestModel> {
    let Some(content) = content.filter(|content| !content.is_null()) else { return vec![] };
    let mut models = vec![];
    for entry in reader.object(content) {
        if entry.value.is_null() {
            continue;
        }
        reader.members(entry.value, &MEDIA_TYPE);
        let Some(schema) = entry.value.get("schema").filter(|schema| !schema.is_null()) else {
            continue;
        };
        let Document { models: known, components, id, .. } = document;
        if let Some(model) = known.of(schema, components, id, reader) {
            models.push(RequestModel { media_type: entry.name().to_owned(), model });
        }
    }
    models
}

/// The model of the `schema` of Swagger 2.0, under each media type that the operation lists in `list`, else the root.
pub(super) fn of_schema<'t>(
    holder: Node<'t>,
    list: &str,
    operation: Node<'t>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Vec<RequestModel> {
    let Some(schema) = holder.get("schema").filter(|schema| !schema.is_null()) else {
        return vec![];
    };
    let Document { models: known, components, id, root, .. } = document;
    let Some(model) = known.of(schema, components, id, reader) else { return vec![] };
    let stated = |node: Node<'t>| node.get(list).filter(|list| !list.is_null());
    let list = stated(operation).or_else(|| stated(*root));
    let types = list.map_or_else(Vec::new, |list| reader.array(list));
    let types = types.into_iter().filter_map(|media_type| reader.text(media_type));
    let mut types: Vec<String> = types.map(|media_type| media_type.to_string()).collect();
    if types.is_empty() {
        types.push(DEFAULT.to_owned());
    }
    let mut models: Vec<RequestModel> = vec![];
    for media_type in types {
        if !models.iter().any(|known| known.media_type == media_type) {
            models.push(RequestModel { media_type, model: model.clone() });
        }
    }
    models
}
