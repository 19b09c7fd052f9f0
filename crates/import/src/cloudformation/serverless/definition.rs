//! `AWS::Serverless::Api`, its functions evaluated, as the `AWS::ApiGateway::RestApi` that SAM makes of it.

use super::body::Body;
use super::{FUNCTION_METHODS, authorizers, cors, find};
use crate::assembled::{Member, array, member, object, opened, text};
use crate::cloudformation::properties::Properties;
use crate::reader::Reader;
use crate::tree::{Entry, Node, Stand, Tree, Value};
use vestibule_restapi::{Code, Diagnostic};

const API: Properties = Properties {
    what: "`AWS::Serverless::Api`",
    known: &[
        "AccessLogSetting",
        "ApiKeySourceType",
        "Auth",
        "BinaryMediaTypes",
        "CacheClusterEnabled",
        "CacheClusterSize",
        "CanarySetting",
        "Cors",
        "DefinitionBody",
        "DefinitionUri",
        "Description",
        "DisableExecuteApiEndpoint",
        "Domain",
        "EndpointAccessMode",
        "EndpointConfiguration",
        "FailOnWarnings",
        FUNCTION_METHODS,
        "GatewayResponses",
        "MergeDefinitions",
        "MethodSettings",
        "MinimumCompressionSize",
        "Mode",
        "Models",
        "Name",
        "OpenApiVersion",
        "Policy",
        "PropagateTags",
        "SecurityPolicy",
        "StageName",
        "Tags",
        "TracingEnabled",
        "Variables",
    ],
    ignored: &[("AlwaysDeploy", "what is served is always the definition as it is")],
};

/// Properties that the API has under the same names.
const SAME: [&str; 10] = [
    "ApiKeySourceType",
    "Description",
    "DisableExecuteApiEndpoint",
    "EndpointAccessMode",
    "FailOnWarnings",
    "MinimumCompressionSize",
    "Mode",
    "Name",
    "Policy",
    "SecurityPolicy",
];

/// What SAM writes into the definition, and so needs one that it has.
const WRITTEN: [&str; 4] = ["Auth", "Cors", "GatewayResponses", "Models"];

/// An object with one member, the logical id, holds the resource; so does what is returned.
pub(in crate::cloudformation) fn rest_api(tree: &Tree, reader: &mut Reader<'_>) -> Option<Tree> {
    let entry = tree.root().entries().next()?;
    let properties = entry.value.get("Properties").unwrap_or(entry.value);
    reader.properties(properties, &API);
    let mut members = same(properties);
    members.extend(binary_media_types(properties));
    members.extend(properties.get("EndpointConfiguration").map(endpoint));
    members.extend(definition(entry, properties, reader));
    let place = properties.place();
    let resource = entry.value.entries().filter_map(|Entry { key, value }| match key.text() {
        Some("Type") => Some((Value::Copy(key), text("AWS::ApiGateway::RestApi", &value.place()))),
        Some("Properties") => None,
        Some(_) | None => Some((Value::Copy(key), Value::Copy(value))),
    });
    let mut resource: Vec<_> = resource.collect();
    resource.push(member("Properties", &place, object(&place, members)));
    let value = Value::Object(Stand::Node(entry.value), resource);
    let whole = Value::Object(Stand::Node(tree.root()), vec![(Value::Copy(entry.key), value)]);
    Tree::assemble(whole).map_err(|finding| reader.error(*finding)).ok()
}

fn same(properties: Node<'_>) -> Vec<Member<'_>> {
    let is_same = |entry: &Entry<'_>| SAME.contains(&entry.name());
    let entries = properties.entries().filter(is_same);
    entries.map(|entry| (Value::Copy(entry.key), Value::Copy(entry.value))).collect()
}

/// AWS: SAM takes `image~1png` for `image/png`.
fn binary_media_types(properties: Node<'_>) -> Option<Member<'_>> {
    let entry = properties.entry("BinaryMediaTypes")?;
    let items = entry.value.items().map(|item| match item.text() {
        Some(written) if written.contains("~1") => {
            Value::standing(&written.replace("~1", "/"), &item.place())
        }
        _ => Value::Copy(item),
    });
    Some((Value::Copy(entry.key), Value::Array(Stand::Node(entry.value), items.collect())))
}

/// A type of endpoint, or an object with one.
fn endpoint(node: Node<'_>) -> Member<'_> {
    let place = node.place();
    let types = |kind: Node<'_>| {
        array(&kind.place(), vec![Value::standing(kind.text().unwrap_or(""), &kind.place())])
    };
    let members = match node.text() {
        Some(_) => vec![member("Types", &place, types(node))],
        None => node
            .entries()
            .map(|entry| match entry.name() {
                "Type" => member("Types", &entry.key.place(), types(entry.value)),
                "VPCEndpointIds" => {
                    member("VpcEndpointIds", &entry.key.place(), Value::Copy(entry.value))
                }
                _ => (Value::Copy(entry.key), Value::Copy(entry.value)),
            })
            .collect(),
    };
    member("EndpointConfiguration", &place, object(&place, members))
}

/// `Body`, or `BodyS3Location` for a definition in a file.
fn definition<'t>(
    entry: Entry<'t>,
    properties: Node<'t>,
    reader: &mut Reader<'_>,
) -> Option<Member<'t>> {
    let (inline, uri) = (properties.get("DefinitionBody"), properties.get("DefinitionUri"));
    if let (Some(_), Some(uri)) = (inline, uri) {
        let message = "`DefinitionBody` and `DefinitionUri` exclude each other";
        reader.error(Diagnostic::error(Code::InvalidResource, message).at(uri.place()));
    }
    let Some(inline) = inline else {
        let uri = uri?;
        for name in WRITTEN {
            if let Some(entry) = properties.entry(name) {
                let message = format!("`{name}` works only with `DefinitionBody`");
                let finding = Diagnostic::error(Code::InvalidResource, message);
                let help = "write the definition there, with `Fn::Transform: {Name: AWS::Include}`";
                reader.error(finding.at(entry.key.place()).help(help));
            }
        }
        let place = uri.place();
        let location = match uri.text() {
            Some(_) => object(&place, vec![member("Key", &place, Value::Copy(uri))]),
            None => Value::Copy(uri),
        };
        return Some(member("BodyS3Location", &place, location));
    };
    let place = inline.place();
    let Some(mut body) = Body::of(inline) else {
        return Some(member("Body", &place, Value::Copy(inline)));
    };
    for method in properties.get(FUNCTION_METHODS).into_iter().flat_map(|list| list.items()) {
        body.add_method(method);
    }
    if let Some(cors) = properties.get("Cors") {
        cors::add(cors, &mut body, reader);
    }
    if let Some(auth) = properties.get("Auth") {
        authorizers::add(auth, &mut body, reader);
    }
    let responses = properties.get("GatewayResponses");
    body.add_root("x-amazon-apigateway-gateway-responses", responses.map(gateway_responses));
    if let Some(models) = properties.get("Models") {
        body.add_models(models_of(models, reader));
    }
    let place = entry.key.place();
    Some(member("Body", &place, body.into_value()))
}

/// AWS: SAM writes the names of models in lower case.
fn models_of<'t>(models: Node<'t>, reader: &mut Reader<'_>) -> Vec<Member<'t>> {
    let mut members = vec![];
    for entry in reader.object(models) {
        for name in ["type", "properties"] {
            if entry.value.get(name).is_none() {
                reader.missing(entry.value, &format!("the model `{}`", entry.name()), name);
            }
        }
        let name = entry.name().to_lowercase();
        members.push(member(&name, &entry.key.place(), Value::Copy(entry.value)));
    }
    members
}

/// `GatewayResponses` with the names that the extension has.
fn gateway_responses<'t>(node: Node<'t>) -> Vec<Member<'t>> {
    let one = |entry: Entry<'t>| {
        let members = entry.value.entries().map(|entry| match entry.name() {
            "ResponseParameters" => {
                let place = entry.key.place();
                let parameters = object(&place, response_parameters(entry.value));
                member("responseParameters", &place, parameters)
            }
            "ResponseTemplates" => {
                member("responseTemplates", &entry.key.place(), Value::Copy(entry.value))
            }
            "StatusCode" => member("statusCode", &entry.key.place(), Value::Copy(entry.value)),
            _ => (Value::Copy(entry.key), Value::Copy(entry.value)),
        });
        (Value::Copy(entry.key), object(&entry.value.place(), members.collect()))
    };
    node.entries().map(one).collect()
}

/// `{Headers: {X: "'value'"}}` as `gatewayresponse.header.X`.
fn response_parameters<'t>(node: Node<'t>) -> Vec<Member<'t>> {
    let places = [("Headers", "header"), ("Paths", "path"), ("QueryStrings", "querystring")];
    let of_place = |(name, word): (&str, &'static str)| {
        let group = node.get(name);
        group.into_iter().flat_map(move |group| group.entries().map(move |e| (word, e)))
    };
    let one = |(word, entry): (&str, Entry<'t>)| {
        let name = format!("gatewayresponse.{word}.{}", entry.name());
        member(&name, &entry.key.place(), Value::Copy(entry.value))
    };
    places.into_iter().flat_map(of_place).map(one).collect()
}

/// The members of a value that is an object.
pub(super) fn members_of<'t>(value: Option<&Value<'t>>) -> Vec<Member<'t>> {
    value.cloned().and_then(opened).map_or_else(Vec::new, |(_, members)| members)
}

/// Whether a member is `false`.
pub(super) fn is_false(members: &[Member<'_>], name: &str) -> bool {
    find(members, name).and_then(Value::scalar_text).as_deref() == Some("false")
}
