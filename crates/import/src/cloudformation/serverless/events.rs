//! The methods that functions and state machines bring to APIs: their events of type `Api`.
//! AWS docs: sam-property-function-api.

use super::{IMPLICIT_API, kind};
use crate::assembled::{member, object, text};
use crate::cloudformation::evaluate::call;
use crate::tree::{Entry, Node, Value};
use vestibule_restapi::Place;

/// A method that answers with a function.
#[derive(Clone, Debug)]
pub(super) struct Event<'t> {
    /// The logical id of the API.
    pub(super) api: &'t str,
    /// `{Path, Method, Integration}`, made nothing by the condition of the function.
    pub(super) method: Value<'t>,
    /// Where it is written.
    pub(super) place: Place,
}

/// The methods of all resources of a template.
pub(super) fn of<'t>(section: Node<'t>) -> Vec<Event<'t>> {
    let mut events = vec![];
    for resource in section.entries() {
        if !matches!(
            kind(resource.value),
            "AWS::Serverless::Function" | "AWS::Serverless::StateMachine"
        ) {
            continue;
        }
        let properties = resource.value.get("Properties");
        let Some(own) = properties.and_then(|properties| properties.get("Events")) else {
            continue;
        };
        let of_api = |entry: &Entry<'t>| kind(entry.value) == "Api";
        events.extend(own.entries().filter(of_api).map(|entry| event(resource, entry)));
    }
    events
}

fn event<'t>(resource: Entry<'t>, event: Entry<'t>) -> Event<'t> {
    let place = event.key.place();
    let properties = event.value.get("Properties").unwrap_or(event.value);
    let api = properties.get("RestApiId").and_then(named);
    let mut members: Vec<_> = ["Path", "Method"]
        .into_iter()
        .filter_map(|name| properties.entry(name))
        .map(|entry| (Value::Copy(entry.key), Value::Copy(entry.value)))
        .collect();
    members.push(member("Integration", &place, integration(resource, &place)));
    let mut method = object(&place, members);
    if let Some(condition) = resource.value.get("Condition") {
        let nothing = object(&place, vec![member("Ref", &place, text("AWS::NoValue", &place))]);
        let choice = vec![Value::Copy(condition), method, nothing];
        let choice = crate::assembled::array(&place, choice);
        method = object(&place, vec![member("Fn::If", &place, choice)]);
    }
    Event { api: api.unwrap_or(IMPLICIT_API), method, place }
}

/// The name that a reference names, or that is written out.
fn named(node: Node<'_>) -> Option<&str> {
    match call::of(node) {
        Some(call) if call.name == "Ref" => call.argument.node.text(),
        Some(_) => None,
        None => node.text(),
    }
}

fn integration<'t>(resource: Entry<'t>, place: &Place) -> Value<'t> {
    let arn = "arn:${AWS::Partition}:apigateway:${AWS::Region}";
    let (word, uri) = if kind(resource.value) == "AWS::Serverless::Function" {
        let path = "lambda:path/2015-03-31/functions";
        ("aws_proxy", format!("{arn}:{path}/${{{}.Arn}}/invocations", resource.name()))
    } else {
        ("aws", format!("{arn}:states:action/StartExecution"))
    };
    let uri = object(place, vec![member("Fn::Sub", place, text(&uri, place))]);
    let members = vec![
        member("type", place, text(word, place)),
        member("httpMethod", place, text("POST", place)),
        member("uri", place, uri),
    ];
    object(place, members)
}
