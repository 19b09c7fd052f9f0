//! AWS SAM (`Transform: AWS::Serverless-2016-10-31`): its resources become those of CloudFormation, as SAM's translator makes
//! them, so that the readers of those decide what they mean. First, on the template as it is written, the resources that an API
//! brings with it are added under the names that templates refer to; then, when the functions are evaluated, what SAM writes
//! into the OpenAPI document of an API is written there. AWS docs: serverless-sam-template-resources.

mod api;
mod authorizers;
mod body;
mod cors;
mod definition;
mod events;
mod expand;
mod globals;
mod plan;

pub(super) use definition::rest_api;
pub(super) use expand::expanded;

use crate::assembled::{Member, member, object, text};
use crate::tree::{Node, Value};
use vestibule_restapi::Place;

/// What SAM calls itself in `Transform`.
const TRANSFORM: &str = "AWS::Serverless-2016-10-31";

/// The API of function events that name none.
const IMPLICIT_API: &str = "ServerlessRestApi";

/// The property that carries the methods of functions from the first step to the second.
const FUNCTION_METHODS: &str = "FunctionMethods";

/// The member of this name.
fn find<'m, 't>(members: &'m [Member<'t>], name: &str) -> Option<&'m Value<'t>> {
    let is_it = |(key, _): &&Member<'t>| key.scalar_text().as_deref() == Some(name);
    members.iter().find(is_it).map(|(_, value)| value)
}

/// `{Ref: name}`
fn reference<'t>(name: &str, place: &Place) -> Value<'t> {
    object(place, vec![member("Ref", place, text(name, place))])
}

/// The type of a resource.
fn kind<'t>(resource: Node<'t>) -> &'t str {
    resource.get("Type").and_then(|kind| kind.text()).unwrap_or("")
}
