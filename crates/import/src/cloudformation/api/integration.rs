//! `Integration` of a method as `x-amazon-apigateway-integration`.
//! AWS docs: aws-properties-apigateway-method-integration.

use super::settings::{INTEGRATION, INTEGRATION_RESPONSE};
use crate::assembled::{Member, member, object, renamed, text};
use crate::reader::Reader;
use crate::tree::{Node, Value};

/// The names of properties in an OpenAPI extension.
const NAMES: [(&str, &str); 16] = [
    ("CacheKeyParameters", "cacheKeyParameters"),
    ("CacheNamespace", "cacheNamespace"),
    ("ConnectionId", "connectionId"),
    ("ConnectionType", "connectionType"),
    ("ContentHandling", "contentHandling"),
    ("Credentials", "credentials"),
    ("IntegrationHttpMethod", "httpMethod"),
    ("IntegrationTarget", "integrationTarget"),
    ("PassthroughBehavior", "passthroughBehavior"),
    ("RequestParameters", "requestParameters"),
    ("RequestTemplates", "requestTemplates"),
    ("ResponseTransferMode", "responseTransferMode"),
    ("TimeoutInMillis", "timeoutInMillis"),
    ("Type", "type"),
    ("Uri", "uri"),
    ("TlsConfig", "tlsConfig"),
];

const RESPONSE_NAMES: [(&str, &str); 4] = [
    ("ContentHandling", "contentHandling"),
    ("ResponseParameters", "responseParameters"),
    ("ResponseTemplates", "responseTemplates"),
    ("StatusCode", "statusCode"),
];

/// The extension that says the same.
pub(super) fn of<'i>(node: Node<'i>, reader: &mut Reader<'_>) -> Value<'i> {
    reader.properties(node, &INTEGRATION);
    let mut members = known(node, &NAMES);
    if let Some(responses) = node.get("IntegrationResponses").filter(|node| !node.is_null()) {
        let mut by_pattern = vec![];
        for item in reader.array(responses) {
            reader.properties(item, &INTEGRATION_RESPONSE);
            by_pattern.push(response(item));
        }
        let place = responses.place();
        members.push(member("responses", &place, object(&place, by_pattern)));
    }
    object(&node.place(), members)
}

/// A response under its pattern; without one it is the default.
fn response(item: Node<'_>) -> Member<'_> {
    let pattern = item.get("SelectionPattern").filter(|node| !node.is_null());
    let pattern = pattern.filter(|node| node.text() != Some(""));
    let key = match pattern {
        Some(pattern) => Value::Copy(pattern),
        None => text("default", &item.place()),
    };
    (key, object(&item.place(), known(item, &RESPONSE_NAMES)))
}

/// The members with a value that have a name in OpenAPI: of any other there is a finding already.
fn known<'i>(node: Node<'i>, names: &[(&str, &str)]) -> Vec<Member<'i>> {
    let is_known = |(key, value): &Member<'i>| {
        let name = key.scalar_text();
        names.iter().any(|(_, known)| name.as_deref() == Some(known)) && !is_null(value)
    };
    renamed(node, names).into_iter().filter(is_known).collect()
}

fn is_null(value: &Value<'_>) -> bool {
    matches!(value, Value::Copy(node) if node.is_null())
}
