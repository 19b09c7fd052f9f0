//! `AWS::ApiGateway::Method` as an operation of OpenAPI. AWS docs: aws-resource-apigateway-method.

use super::Item;
use super::authorizer::Schemes;
use super::integration;
use super::paths::Paths;
use crate::assembled::{Member, array, member, object, text};
use crate::reader::Reader;
use crate::tree::{Entry, Node, Value};
use std::collections::HashMap;
use vestibule_restapi::{Code, Diagnostic, HttpMethod, Joined, Place, Sourced, closest};

/// What methods refer to.
pub(super) struct Known<'s, 'i> {
    pub(super) paths: &'s Paths,
    pub(super) schemes: &'s Schemes<'i>,
    pub(super) validators: Vec<&'s Item<'i>>,
}

/// The operations of an API by path, in the order of the template.
pub(super) fn operations<'i>(
    methods: &[&Item<'i>],
    known: &Known<'_, 'i>,
    reader: &mut Reader<'_>,
) -> Vec<(Sourced, Vec<Member<'i>>)> {
    let mut paths: Vec<(Sourced, Vec<Member<'i>>)> = vec![];
    let mut by_path: HashMap<String, usize> = HashMap::new();
    for method in methods {
        let Some(path) = path(method, known.paths, reader) else { continue };
        let Some(verb) = verb(method, reader) else { continue };
        let key = match verb {
            HttpMethod::Any => "x-amazon-apigateway-any-method".to_owned(),
            verb => verb.as_str().to_ascii_lowercase(),
        };
        let place = method.entry.key.place();
        let operation = member(&key, &place, object(&place, operation(method, known, reader)));
        let at = *by_path.entry(path.to_string()).or_insert(paths.len());
        match paths.get_mut(at) {
            Some((_, operations)) => operations.push(operation),
            None => paths.push((path, vec![operation])),
        }
    }
    paths
}

fn path(method: &Item<'_>, paths: &Paths, reader: &mut Reader<'_>) -> Option<Sourced> {
    let id = method.required("ResourceId", reader)?;
    let path = paths.find(&id);
    if path.is_none() && !paths.is_lost(&id) {
        let message = format!("no resource of this API has the id `{}`", &*id);
        let finding = Diagnostic::error(Code::UnknownReference, message).at(id.whole());
        reader.error(match closest(&id, paths.names()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding,
        });
    }
    path
}

fn verb(method: &Item<'_>, reader: &mut Reader<'_>) -> Option<HttpMethod> {
    let text = method.required("HttpMethod", reader)?;
    let verb = HttpMethod::parse(&text);
    if verb.is_none() {
        let name = reader.wording.name_of("HttpMethod");
        let message = format!("`{name}` cannot be `{}`", &*text);
        let finding = Diagnostic::error(Code::InvalidValue, message).at(text.whole());
        let words = HttpMethod::ALL.map(HttpMethod::as_str);
        let help = format!("it is one of {}", crate::reader::list(&words));
        reader.error(finding.help(help));
    }
    verb
}

fn operation<'i>(
    method: &Item<'i>,
    known: &Known<'_, 'i>,
    reader: &mut Reader<'_>,
) -> Vec<Member<'i>> {
    let mut members = vec![];
    if let Some(name) = method.get("OperationName") {
        members.push(member("operationId", &name.place(), Value::Copy(name)));
    }
    members.extend(method.get("RequestParameters").map(|node| parameters(node, reader)));
    members.extend(method.get("RequestModels").map(request_body));
    members.extend(method.get("MethodResponses").map(|node| responses(node, reader)));
    authorization(method, known, &mut members, reader);
    members.extend(validator(method, known, reader));
    if let Some(node) = method.get("Integration") {
        let integration = integration::of(node, reader);
        members.push(member("x-amazon-apigateway-integration", &node.place(), integration));
    }
    members
}

/// `RequestParameters: {method.request.header.X: true}`
fn parameters<'i>(node: Node<'i>, reader: &mut Reader<'_>) -> Member<'i> {
    let mut parameters = vec![];
    for entry in reader.object(node) {
        let Some(key) = entry.key.sourced() else { continue };
        let place = key.whole();
        let Some((start, location)) = location(&key) else {
            let message = format!("`{}` is no parameter of a request", &*key);
            let finding = Diagnostic::error(Code::InvalidMapping, message).at(place);
            let help = "write `method.request.header.NAME`, `.path.` or `.querystring.`";
            reader.error(finding.help(help));
            continue;
        };
        let mut name = Joined::default();
        name.part(&key, start..key.len());
        let members = vec![
            member("in", &place, text(location, &place)),
            member("name", &place, Value::Text(name.finish(key.pointer().clone()))),
            member("required", &entry.value.place(), Value::Copy(entry.value)),
        ];
        parameters.push(object(&place, members));
    }
    member("parameters", &node.place(), array(&node.place(), parameters))
}

/// Where the name of a parameter begins, and the word of OpenAPI for its place.
fn location(key: &str) -> Option<(usize, &'static str)> {
    let places = [("header", "header"), ("path", "path"), ("querystring", "query")];
    places.into_iter().find_map(|(place, word)| {
        let prefix = format!("method.request.{place}.");
        key.starts_with(&prefix).then_some((prefix.len(), word))
    })
}

/// `RequestModels: {application/json: Name}`
fn request_body<'i>(node: Node<'i>) -> Member<'i> {
    let place = node.place();
    let content = member("content", &place, content(node));
    member("requestBody", &place, object(&place, vec![content]))
}

/// Models by media type.
fn content<'i>(node: Node<'i>) -> Value<'i> {
    let of_type = |entry: Entry<'i>| {
        let place = entry.value.place();
        let name = entry.value.sourced().map(|name| {
            let mut reference = Joined::default();
            reference.standing("#/components/schemas/", &place);
            reference.whole(&name);
            reference.finish(name.pointer().clone())
        });
        let members = name.map(|name| member("$ref", &place, Value::Text(name)));
        let schema = object(&place, members.into_iter().collect());
        (Value::Copy(entry.key), object(&place, vec![member("schema", &place, schema)]))
    };
    object(&node.place(), node.entries().map(of_type).collect())
}

/// `MethodResponses: [{StatusCode, ResponseModels, ResponseParameters}]`
fn responses<'i>(node: Node<'i>, reader: &mut Reader<'_>) -> Member<'i> {
    let mut responses = vec![];
    for item in reader.array(node) {
        reader.properties(item, &super::settings::METHOD_RESPONSE);
        let Some(status) = item.get("StatusCode") else {
            reader.missing(item, "a method response", "StatusCode");
            continue;
        };
        let Some(status) = reader.text(status) else { continue };
        let place = item.place();
        let mut members = vec![member("description", &place, text("", &place))];
        let headers = item.get("ResponseParameters").map_or_else(Vec::new, |n| headers(n));
        members.push(member("headers", &place, object(&place, headers)));
        if let Some(models) = item.get("ResponseModels").filter(|node| !node.is_null()) {
            members.push(member("content", &models.place(), content(models)));
        }
        responses.push((Value::Text(status), object(&place, members)));
    }
    member("responses", &node.place(), object(&node.place(), responses))
}

fn headers<'i>(node: Node<'i>) -> Vec<Member<'i>> {
    let header = |entry: Entry<'i>| {
        let key = entry.key.sourced()?;
        let start = "method.response.header.".len();
        let mut name = Joined::default();
        if key.starts_with("method.response.header.") {
            name.part(&key, start..key.len());
        } else {
            name.whole(&key);
        }
        let name = name.finish(key.pointer().clone());
        let place = name.whole();
        Some((Value::Text(name), object(&place, vec![])))
    };
    node.entries().filter_map(header).collect()
}

/// Who may call: what cannot be told stays a requirement that nobody meets, never an open method.
fn authorization<'i>(
    method: &Item<'i>,
    known: &Known<'_, 'i>,
    members: &mut Vec<Member<'i>>,
    reader: &mut Reader<'_>,
) {
    let place = method.entry.key.place();
    let kind = method.get("AuthorizationType");
    let at = kind.map_or_else(|| place.clone(), |kind| kind.place());
    let word = kind.map_or(Some("NONE"), |kind| kind.text()).unwrap_or("");
    let explicit = |word: &str| {
        let kind = vec![member("type", &at, text(word, &at))];
        member("x-amazon-apigateway-auth", &at, object(&at, kind))
    };
    let mut requirements = vec![];
    match word.to_ascii_uppercase().as_str() {
        "NONE" => {
            unused_protection(method, reader);
            members.push(explicit("NONE"));
        }
        "AWS_IAM" => members.push(explicit("AWS_IAM")),
        _ => {
            let name = scheme(method, known, &at, reader);
            let scopes = method.get("AuthorizationScopes").map(Value::Copy);
            let scopes = scopes.unwrap_or_else(|| array(&at, vec![]));
            requirements.push(object(&at, vec![(Value::Text(name), scopes)]));
        }
    }
    if let Some(node) = method.get("ApiKeyRequired")
        && reader.boolean(node) == Some(true)
    {
        requirements.push(known.schemes.api_key(&node.place()));
    }
    // Without a list of its own the method would take over the body's.
    members.push(member("security", &at, array(&at, requirements)));
}

/// What names an authorizer and not the type of authorization leaves a method open on AWS, which its author did not ask for;
/// the type `NONE` beside one asks for it.
fn unused_protection(method: &Item<'_>, reader: &mut Reader<'_>) {
    let is_asked_for = method.get("AuthorizationType").is_some();
    let properties =
        [("AuthorizerId", "authorizerId"), ("AuthorizationScopes", "authorizationScopes")];
    for (property, name) in properties {
        let Some(node) = method.get(property) else { continue };
        let name = reader.wording.name_of(name);
        if is_asked_for {
            let message = format!("`{name}` has no effect, the authorization is `NONE`");
            reader.error(Diagnostic::warning(Code::Ignored, message).at(node.place()));
            continue;
        }
        let message = format!("`{name}` has no effect without an `AuthorizationType`");
        let finding = Diagnostic::error(Code::UnenforcedAuthorization, message).at(node.place());
        let help = "write `AuthorizationType: CUSTOM` or `COGNITO_USER_POOLS`, or take it out";
        reader.error(finding.note("API Gateway would leave the method open to all").help(help));
    }
}

/// The name of the authorizer that a method asks for.
fn scheme(
    method: &Item<'_>,
    known: &Known<'_, '_>,
    at: &Place,
    reader: &mut Reader<'_>,
) -> Sourced {
    let Some(id) = method.get("AuthorizerId") else {
        reader.missing(method.entry.value, &format!("`{}`", method.entry.name()), "AuthorizerId");
        return crate::tree::standing_for("AuthorizerId", at);
    };
    let text = reader.text(id).unwrap_or_else(|| crate::tree::standing_for("", &id.place()));
    match known.schemes.name_of(&text) {
        Some(name) => crate::tree::standing_for(name, &text.whole()),
        None => text,
    }
}

fn validator<'i>(
    method: &Item<'i>,
    known: &Known<'_, 'i>,
    reader: &mut Reader<'_>,
) -> Option<Member<'i>> {
    let node = method.get("RequestValidatorId")?;
    let id = reader.text(node)?;
    let place = id.whole();
    let found = known.validators.iter().find(|validator| validator.name == &*id);
    let name = match found {
        Some(validator) => super::settings::validator_name(validator),
        None => id,
    };
    let name = crate::tree::standing_for(&name, &place);
    Some(member("x-amazon-apigateway-request-validator", &place, Value::Text(name)))
}
