//! `AWS::ApiGateway::RestApi`: its settings as members of an OpenAPI document's root, and its body.
//! AWS docs: aws-resource-apigateway-restapi.

use super::Item;
use crate::assembled::{Member, member, object, renamed, text};
use crate::definitions::BasePath;
use crate::reader::Reader;
use crate::tree::{Kind, Node, Tree, Value};
use vestibule_restapi::Place;

const ENDPOINT: [(&str, &str); 3] =
    [("IpAddressType", "ipAddressType"), ("Types", "types"), ("VpcEndpointIds", "vpcEndpointIds")];

/// Whether the API has a body, readable or not.
pub(super) fn has_body(item: &Item<'_>) -> bool {
    ["Body", "BodyS3Location"].iter().any(|name| item.get(name).is_some())
}

/// The body: an OpenAPI document in the template, or in a file that the template names.
pub(super) fn body(item: &Item<'_>, reader: &mut Reader<'_>) -> Option<Tree> {
    if let Some(body) = item.get("Body") {
        if body.kind() != Kind::Object {
            reader.wrong_type(body, "an object");
            return None;
        }
        return Tree::assemble(Value::Copy(body)).map_err(|finding| reader.error(*finding)).ok();
    }
    let location = item.get("BodyS3Location")?;
    let Some(key) = location.get("Key") else {
        reader.missing(location, "`BodyS3Location`", "Key");
        return None;
    };
    let key = reader.text(key)?;
    reader.include(&key)
}

/// The settings of the API. Those of a body stay where the resource says nothing.
pub(super) fn root<'i>(
    item: &Item<'i>,
    has_body: bool,
    reader: &mut Reader<'_>,
) -> Vec<Member<'i>> {
    let place = item.entry.key.place();
    let mut members = vec![info(item, has_body, &place)];
    let settings = [
        ("ApiKeySourceType", "x-amazon-apigateway-api-key-source"),
        ("BinaryMediaTypes", "x-amazon-apigateway-binary-media-types"),
        ("EndpointAccessMode", "x-amazon-apigateway-endpoint-access-mode"),
        ("MinimumCompressionSize", "x-amazon-apigateway-minimum-compression-size"),
        ("Policy", "x-amazon-apigateway-policy"),
        ("SecurityPolicy", "x-amazon-apigateway-security-policy"),
    ];
    for (property, extension) in settings {
        if let Some(node) = item.get(property) {
            members.push(member(extension, &node.place(), Value::Copy(node)));
        }
    }
    let mut endpoint = vec![];
    if let Some(node) = item.get("EndpointConfiguration") {
        reader.properties(node, &super::settings::ENDPOINT_CONFIGURATION);
        endpoint = renamed(node, &ENDPOINT);
    }
    if let Some(node) = item.get("DisableExecuteApiEndpoint") {
        endpoint.push(member("disableExecuteApiEndpoint", &node.place(), Value::Copy(node)));
    }
    if !endpoint.is_empty() {
        let extension = "x-amazon-apigateway-endpoint-configuration";
        members.push(member(extension, &place, object(&place, endpoint)));
    }
    if let Some(node) = item.get("CloneFrom") {
        reader.unsupported(node, "`CloneFrom` is not supported: there is no other API to copy");
    }
    members
}

/// `info`. A name of the resource wins over the title of a body; without both the logical id is the name.
fn info<'i>(item: &Item<'i>, has_body: bool, place: &Place) -> Member<'i> {
    let mut members = vec![];
    let own = |property: &str, name: &str| {
        item.get(property).map(|node| member(name, &node.place(), Value::Copy(node)))
    };
    match own("Name", "title") {
        Some(name) => members.push(name),
        None if has_body => {}
        None => members.push(member("title", place, text(item.entry.name(), place))),
    }
    members.extend(own("Description", "description"));
    members.extend(own("Version", "version"));
    member("info", place, object(place, members))
}

/// What the base path of a body does: `Parameters: {basepath: prepend}`, as with a call of ImportRestApi.
pub(super) fn base_path(item: &Item<'_>, reader: &mut Reader<'_>) -> BasePath {
    let words =
        [("ignore", BasePath::Ignore), ("prepend", BasePath::Prepend), ("split", BasePath::Split)];
    let given = item
        .get("Parameters")
        .and_then(|parameters| parameters.get("basepath").or_else(|| parameters.get("basePath")));
    given.and_then(|given| reader.word(given, &words)).unwrap_or_default()
}

impl Reader<'_> {
    /// Something that AWS has and this does not.
    pub(super) fn unsupported(&mut self, node: Node<'_>, message: &str) {
        let code = vestibule_restapi::Code::UnsupportedFeature;
        self.error(vestibule_restapi::Diagnostic::error(code, message).at(node.place()));
    }
}
