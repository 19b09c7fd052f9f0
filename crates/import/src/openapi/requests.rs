//! What a method takes: parameters of the path item and the operation, and the models of its body.

use super::api::Document;
use super::members::Members;
use super::method::Site;
use crate::reader::Reader;
use crate::tree::{Kind, Node};
use std::collections::HashSet;
use vestibule_restapi::{
    Code, Diagnostic, ParameterLocation, Place, RequestModel, RequestParameter,
};

const PARAMETER: Members = Members {
    what: "a parameter",
    known: &[
        "name",
        "in",
        "required",
        "description",
        "schema",
        "type",
        "deprecated",
        "allowEmptyValue",
        "style",
        "explode",
        "allowReserved",
        "example",
        "examples",
        "content",
        "$ref",
    ],
    ignored: &[
        ("default", ONLY_PRESENCE),
        ("enum", ONLY_PRESENCE),
        ("format", ONLY_PRESENCE),
        ("items", ONLY_PRESENCE),
        ("maximum", ONLY_PRESENCE),
        ("minimum", ONLY_PRESENCE),
        ("pattern", ONLY_PRESENCE),
        ("collectionFormat", ONLY_PRESENCE),
    ],
};

const ONLY_PRESENCE: &str =
    "API Gateway checks that a required parameter is present, not its value";

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

/// A parameter with its place.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    parameter: RequestParameter,
    place: Place,
}

impl Declared {
    /// What makes it the same parameter as another.
    fn key(&self) -> (ParameterLocation, String) {
        (self.parameter.location, self.parameter.name.clone())
    }
}

/// Reads a list of parameters.
pub(super) fn declared<'t>(
    list: Option<Node<'t>>,
    document: &Document<'t>,
    reader: &mut Reader<'_>,
) -> Vec<Declared> {
    let Some(list) = list.filter(|list| !list.is_null()) else { return vec![] };
    let mut parameters: Vec<Declared> = vec![];
    let mut seen = HashSet::new();
    for item in reader.array(list) {
        let Some(node) = document.components.resolve(item, "parameters", reader) else { continue };
        let Some(declared) = parameter(node, reader) else { continue };
        if !seen.insert(declared.key()) {
            let message = format!("the parameter `{}` is declared twice", declared.parameter.name);
            reader.error(Diagnostic::error(Code::Duplicate, message).at(declared.place));
            continue;
        }
        parameters.push(declared);
    }
    parameters
}

fn parameter(node: Node<'_>, reader: &mut Reader<'_>) -> Option<Declared> {
    reader.members(node, &PARAMETER);
    if node.kind() != Kind::Object {
        return None;
    }
    let (Some(name), Some(place)) = (node.get("name"), node.get("in")) else {
        let missing = if node.get("name").is_none() { "name" } else { "in" };
        reader.missing(node, "a parameter", missing);
        return None;
    };
    let required = node.get("required").is_some_and(|node| reader.boolean(node) == Some(true));
    let name = reader.text(name)?;
    let is_valid =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._$-".contains(&b));
    let word = reader.text(place)?;
    let location = match &*word {
        "header" => ParameterLocation::Header,
        "path" => ParameterLocation::Path,
        "query" => ParameterLocation::Querystring,
        "cookie" | "body" | "formData" => {
            let message = format!("the {} parameter `{}` has no effect", &*word, &*name);
            let finding = Diagnostic::warning(Code::Ignored, message).at(word.whole());
            reader.error(
                finding.note("API Gateway takes parameters in `header`, `path` and `query`"),
            );
            return None;
        }
        _ => {
            let message = format!("`in` cannot be `{}`", &*word);
            let finding = Diagnostic::error(Code::InvalidValue, message).at(word.whole());
            let help = match reader.nearest(&word, ["header", "path", "query"]) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "it is one of `header`, `path`, `query`".to_owned(),
            };
            reader.error(finding.help(help));
            return None;
        }
    };
    if !is_valid {
        let message = format!(
            "the parameter name `{}` has a character that API Gateway does not take",
            &*name
        );
        let finding = Diagnostic::error(Code::InvalidValue, message).at(name.whole());
        reader.error(finding.note("a name is made of letters, digits and `._$-`"));
        return None;
    }
    let parameter = RequestParameter { location, name: name.to_string(), is_required: required };
    Some(Declared { parameter, place: name.whole() })
}

/// The parameters of a method: its own, then those of the path item it does not declare itself, then the variables of the
/// path nobody declared. AWS adds those as required, but not a greedy one.
pub(super) fn merge(
    site: &Site<'_, '_>,
    own: Vec<Declared>,
    reader: &mut Reader<'_>,
) -> Vec<RequestParameter> {
    let mut all = own;
    let own: HashSet<_> = all.iter().map(Declared::key).collect();
    all.extend(site.shared.iter().filter(|shared| !own.contains(&shared.key())).cloned());
    unique_names(&all, reader);
    let variables: Vec<&str> = site
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .collect();
    let names: HashSet<&str> =
        variables.iter().map(|name| name.strip_suffix('+').unwrap_or(name)).collect();
    for declared in &all {
        let Declared { parameter, place } = declared;
        let is_stray = parameter.location == ParameterLocation::Path
            && !site.path.is_empty()
            && !names.contains(parameter.name.as_str());
        if is_stray {
            let message =
                format!("the path `{}` has no variable `{{{}}}`", site.path, parameter.name);
            let finding = Diagnostic::warning(Code::UnknownReference, message).at(place.clone());
            reader.error(
                finding.note("where parameters are validated, every request is answered with 400"),
            );
        }
    }
    let declared: HashSet<String> = all
        .iter()
        .filter(|declared| declared.parameter.location == ParameterLocation::Path)
        .map(|declared| declared.parameter.name.clone())
        .collect();
    let mut parameters: Vec<_> = all.into_iter().map(|declared| declared.parameter).collect();
    for name in variables {
        if !name.ends_with('+') && !declared.contains(name) {
            let location = ParameterLocation::Path;
            parameters.push(RequestParameter {
                location,
                name: name.to_owned(),
                is_required: true,
            });
        }
    }
    parameters
}

fn unique_names(parameters: &[Declared], reader: &mut Reader<'_>) {
    let mut seen = HashSet::new();
    for declared in parameters {
        let name = &declared.parameter.name;
        if !seen.insert(name) {
            let message = format!("two parameters of the method are named `{name}`");
            let finding = Diagnostic::error(Code::Duplicate, message).at(declared.place.clone());
            let note = "AWS: Parameter names must be unique across querystring, header and path";
            reader.error(finding.note(note));
        }
    }
}

/// The models of a request body by media type.
pub(super) fn models<'t>(
    body: Option<Node<'t>>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Vec<RequestModel> {
    let Some(body) = body.filter(|body| !body.is_null()) else { return vec![] };
    let Some(body) = document.components.resolve(body, "requestBodies", reader) else {
        return vec![];
    };
    reader.members(body, &REQUEST_BODY);
    body.get("content").map_or_else(Vec::new, |content| content_models(content, document, reader))
}

/// The models of `content`: one of each media type that has a schema.
pub(super) fn content_models<'t>(
    content: Node<'t>,
    document: &mut Document<'t>,
    reader: &mut Reader<'_>,
) -> Vec<RequestModel> {
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
