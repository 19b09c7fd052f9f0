//! What a method takes beside the body: parameters of the path item and the operation.

use super::api::Document;
use super::dialect::{Dialect, Section};
use super::members::Members;
use super::method::Site;
use crate::reader::Reader;
use crate::tree::{Kind, Node};
use std::collections::HashSet;
use vestibule_restapi::{Code, Diagnostic, ParameterLocation, Place, RequestParameter, Sourced};

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

/// What a list of parameters declares.
#[derive(Default)]
pub(super) struct Parameters<'t> {
    declared: Vec<Declared>,
    /// The body of Swagger 2.0.
    pub(super) body: Option<Node<'t>>,
}

/// What one parameter is.
enum Parameter<'t> {
    Declared(Declared),
    Body(Node<'t>),
    /// One that API Gateway ignores, or that was refused.
    Nothing,
}

/// Reads a list of parameters.
pub(super) fn declared<'t>(
    list: Option<Node<'t>>,
    document: &Document<'t>,
    reader: &mut Reader<'_>,
) -> Parameters<'t> {
    let mut parameters = Parameters::default();
    let Some(list) = list.filter(|list| !list.is_null()) else { return parameters };
    let mut seen = HashSet::new();
    for item in reader.array(list) {
        let node = document.components.resolve(item, Section::Parameters, reader);
        let Some(node) = node else { continue };
        match parameter(node, document.dialect(), reader) {
            Parameter::Declared(declared) if !seen.insert(declared.key()) => {
                let name = &declared.parameter.name;
                let message = format!("the parameter `{name}` is declared twice");
                reader.error(Diagnostic::error(Code::Duplicate, message).at(declared.place));
            }
            Parameter::Declared(declared) => parameters.declared.push(declared),
            Parameter::Body(node) if parameters.body.is_some() => {
                let message = "a second parameter `in: body`";
                reader.error(Diagnostic::error(Code::Duplicate, message).at(node.place()));
            }
            Parameter::Body(node) => parameters.body = Some(node),
            Parameter::Nothing => {}
        }
    }
    parameters
}

fn parameter<'t>(node: Node<'t>, dialect: Dialect, reader: &mut Reader<'_>) -> Parameter<'t> {
    reader.members(node, &PARAMETER);
    if node.kind() != Kind::Object {
        return Parameter::Nothing;
    }
    let Some(place) = node.get("in") else {
        reader.missing(node, "a parameter", "in");
        return Parameter::Nothing;
    };
    let Some(word) = reader.text(place) else { return Parameter::Nothing };
    let location = match &*word {
        "header" => ParameterLocation::Header,
        "path" => ParameterLocation::Path,
        "query" => ParameterLocation::Querystring,
        "body" if dialect.is_swagger() => return Parameter::Body(node),
        "cookie" | "body" | "formData" => {
            without_effect(node, &word, reader);
            return Parameter::Nothing;
        }
        _ => {
            let message = format!("`in` cannot be `{}`", &*word);
            let finding = Diagnostic::error(Code::InvalidValue, message).at(word.whole());
            let help = match reader.nearest(&word, ["header", "path", "query"]) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "it is one of `header`, `path`, `query`".to_owned(),
            };
            reader.error(finding.help(help));
            return Parameter::Nothing;
        }
    };
    simple(node, location, reader).map_or(Parameter::Nothing, Parameter::Declared)
}

/// Names a parameter that API Gateway ignores.
fn without_effect(node: Node<'_>, word: &Sourced, reader: &mut Reader<'_>) {
    let name = node.get("name").and_then(|name| name.text()).unwrap_or("");
    let message = format!("the {} parameter `{name}` has no effect", &**word);
    let finding = Diagnostic::warning(Code::Ignored, message).at(word.whole());
    reader.error(finding.note("API Gateway takes parameters in `header`, `path` and `query`"));
}

/// A parameter of a header, the path or the query string.
fn simple(
    node: Node<'_>,
    location: ParameterLocation,
    reader: &mut Reader<'_>,
) -> Option<Declared> {
    let Some(name) = node.get("name") else {
        reader.missing(node, "a parameter", "name");
        return None;
    };
    let required = node.get("required").is_some_and(|node| reader.boolean(node) == Some(true));
    let name = reader.text(name)?;
    let is_valid =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._$-".contains(&b));
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
    own: Parameters<'_>,
    reader: &mut Reader<'_>,
) -> Vec<RequestParameter> {
    let mut all = own.declared;
    let own: HashSet<_> = all.iter().map(Declared::key).collect();
    all.extend(site.shared.declared.iter().filter(|shared| !own.contains(&shared.key())).cloned());
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
