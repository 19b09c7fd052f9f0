//! `Cors`: an `OPTIONS` method for each path that has none, as SAM writes it. AWS docs: sam-property-api-corsconfiguration.

use super::body::{Body, PathItem};
use super::definition::members_of;
use super::find;
use crate::assembled::{Member, array, member, object, text};
use crate::reader::Reader;
use crate::tree::{Node, Value};
use vestibule_restapi::{Code, Diagnostic, Place};

const ALL: &str = "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT";

const PROPERTIES: [&str; 5] =
    ["AllowCredentials", "AllowHeaders", "AllowMethods", "AllowOrigin", "MaxAge"];

/// Adds the methods.
pub(super) fn add<'t>(cors: Node<'t>, body: &mut Body<'t>, reader: &mut Reader<'_>) {
    let settings = match cors.text() {
        Some(_) => vec![member("AllowOrigin", &cors.place(), Value::Copy(cors))],
        None => members_of(Some(&Value::Copy(cors))),
    };
    for (key, _) in &settings {
        let name = key.scalar_text().unwrap_or_default();
        if !PROPERTIES.contains(&name.as_str()) {
            let message = format!("unknown property `{name}` of `Cors`");
            let finding = Diagnostic::error(Code::InvalidResource, message).at(key.place());
            reader.error(match reader.nearest(&name, PROPERTIES) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => finding,
            });
        }
    }
    let origin = find(&settings, "AllowOrigin").and_then(Value::scalar_text);
    let is_any = origin.is_none_or(|origin| origin == "'*'");
    if is_any && has_credentials(&settings) {
        let message = "`AllowCredentials` needs an `AllowOrigin` that is not `'*'`";
        reader.error(Diagnostic::error(Code::InvalidResource, message).at(cors.place()));
    }
    let is_swagger = body.is_swagger;
    for item in &mut body.paths {
        if item.methods().all(|(name, _)| name != "options") {
            let method = options(item, &settings, &cors.place(), is_swagger);
            item.members.push(method);
        }
    }
}

fn has_credentials(settings: &[Member<'_>]) -> bool {
    find(settings, "AllowCredentials").and_then(Value::scalar_text).as_deref() == Some("true")
}

/// The headers of the answer, in SAM's order, each with its value and type.
fn headers<'t>(
    item: &mut PathItem<'t>,
    settings: &[Member<'t>],
    place: &Place,
) -> Vec<(&'static str, Value<'t>, &'static str)> {
    let setting = |name: &str| {
        let value = find(settings, name).cloned();
        value.filter(|value| value.scalar_text().as_deref() != Some(""))
    };
    let origin = setting("AllowOrigin").unwrap_or_else(|| text("'*'", place));
    let mut headers = vec![("Access-Control-Allow-Origin", origin, "string")];
    if let Some(names) = setting("AllowHeaders") {
        headers.push(("Access-Control-Allow-Headers", names, "string"));
    }
    let methods = setting("AllowMethods");
    let methods = methods.unwrap_or_else(|| text(&format!("'{}'", verbs(item)), place));
    headers.push(("Access-Control-Allow-Methods", methods, "string"));
    if let Some(age) = setting("MaxAge") {
        headers.push(("Access-Control-Max-Age", age, "integer"));
    }
    if has_credentials(settings) {
        headers.push(("Access-Control-Allow-Credentials", text("'true'", place), "string"));
    }
    headers
}

/// The verbs of a path and OPTIONS, sorted.
fn verbs(item: &mut PathItem<'_>) -> String {
    let mut verbs: Vec<String> = item.methods().map(|(name, _)| name.to_uppercase()).collect();
    if verbs.iter().any(|verb| verb.starts_with("X-")) {
        return ALL.to_owned();
    }
    verbs.push("OPTIONS".to_owned());
    verbs.sort();
    verbs.join(",")
}

fn options<'t>(
    item: &mut PathItem<'t>,
    settings: &[Member<'t>],
    place: &Place,
    is_swagger: bool,
) -> Member<'t> {
    let one = |name: &str, value: Value<'t>| member(name, place, value);
    let written = |value: &str| text(value, place);
    let json = |value: &str| object(place, vec![one("application/json", written(value))]);
    let headers = headers(item, settings, place);
    let mapped = headers
        .iter()
        .map(|(name, value, _)| one(&format!("method.response.header.{name}"), value.clone()));
    let default = object(
        place,
        vec![
            one("statusCode", written("200")),
            one("responseParameters", object(place, mapped.collect())),
            one("responseTemplates", json("{}\n")),
        ],
    );
    let integration = vec![
        one("type", written("mock")),
        one("requestTemplates", json("{\n  \"statusCode\" : 200\n}\n")),
        one("responses", object(place, vec![one("default", default)])),
    ];
    let declared = headers.iter().map(|(name, _, kind)| {
        let kind = object(place, vec![one("type", written(kind))]);
        let schema = || object(place, vec![one("schema", kind.clone())]);
        one(name, if is_swagger { kind.clone() } else { schema() })
    });
    let response = object(
        place,
        vec![
            one("description", written("Default response for CORS method")),
            one("headers", object(place, declared.collect())),
        ],
    );
    let mut operation = vec![
        one("summary", written("CORS support")),
        one("x-amazon-apigateway-integration", object(place, integration)),
        one("responses", object(place, vec![one("200", response)])),
    ];
    if is_swagger {
        let types = || array(place, vec![written("application/json")]);
        operation.extend([one("consumes", types()), one("produces", types())]);
    }
    one("options", object(place, operation))
}
