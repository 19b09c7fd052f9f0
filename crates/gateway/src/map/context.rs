//! `$context`: one table of what is known about a request, for templates, mappings and gateway responses.
//!
//! The names and their set are those recorded on AWS for a plain request; what is unset is null there and prints nothing.

use super::time::common_log_format;
use crate::exchange::Exchange;
use crate::site::StageView;
use std::borrow::Cow;
use vestibule_vtl::value::{Handle, Heap, MapKind, Number, Owned, Value};
use vestibule_vtl::{LimitExceeded, Members, Template};

/// The members of `$context.identity` that a caller without credentials has no value for.
pub(crate) const UNKNOWN_IDENTITY: [&str; 10] = [
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "user",
    "userArn",
];

/// The members of `$context` that are text, in an order in which Java's hash map lists them as recorded.
pub(crate) const TEXTS: [&str; 14] = [
    "resourceId",
    "resourcePath",
    "httpMethod",
    "extendedRequestId",
    "requestTime",
    "path",
    "accountId",
    "protocol",
    "stage",
    "domainPrefix",
    "requestId",
    "domainName",
    "deploymentId",
    "apiId",
];

/// The member of `$context` that is there when a service of AWS has answered.
const ENDPOINT_REQUEST_ID: &str = "awsEndpointRequestId";

/// The member of `$context` that is there when the stage has a canary.
const IS_CANARY_REQUEST: &str = "isCanaryRequest";

/// The members of `$context` that a template asks for: no others are made.
#[derive(Debug)]
pub(super) enum ContextMembers {
    Named(Vec<String>),
    Any,
}

impl ContextMembers {
    pub(super) fn of(template: &Template) -> ContextMembers {
        match template.members("context") {
            Members::Named(names) => {
                ContextMembers::Named(names.into_iter().map(str::to_owned).collect())
            }
            Members::Any => ContextMembers::Any,
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            ContextMembers::Named(names) => names.iter().any(|known| known == name),
            ContextMembers::Any => true,
        }
    }

    /// Tells whether the template asks for nothing.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            ContextMembers::Named(names) => names.is_empty(),
            ContextMembers::Any => false,
        }
    }
}

/// The value at a path below `$context`, such as `identity.sourceIp`, as text; `None` when there is none.
/// `error.*` belongs to gateway responses.
pub(crate) fn value<'e>(exchange: &'e Exchange, path: &str) -> Option<Cow<'e, str>> {
    let stage = exchange.stage.as_deref()?;
    match path {
        "requestTimeEpoch" => Some(exchange.epoch_ms.to_string().into()),
        "identity.sourceIp" => Some(exchange.client.address().into()),
        "identity.userAgent" => exchange.header("user-agent"),
        _ => match path.split_once('.') {
            Some(("identity", name)) => match name.strip_prefix("clientCert.") {
                Some(path) => {
                    exchange.identity.client_certificate.as_ref()?.value(path).map(Cow::from)
                }
                None => exchange.identity.member(name).map(Cow::from),
            },
            Some(("authorizer", path)) => {
                exchange.identity.authorizer.as_ref()?.value(path).map(Cow::from)
            }
            Some(_) | None => text(exchange, stage, path),
        },
    }
}

/// Builds `$context` without the overrides.
pub(super) fn map<'a>(
    heap: &mut Heap<'a>,
    exchange: &'a Exchange,
    stage: &'a StageView,
    members: &ContextMembers,
) -> Result<Handle, LimitExceeded> {
    let context = heap.map(MapKind::Silent, 4)?;
    for name in TEXTS.into_iter().filter(|name| members.has(name)) {
        let value = match text(exchange, stage, name) {
            Some(text) => text_value(heap, text)?,
            None => Value::Null,
        };
        heap.put(context, Value::from(name), value)?;
    }
    if members.has(ENDPOINT_REQUEST_ID)
        && let Some(id) = text(exchange, stage, ENDPOINT_REQUEST_ID)
    {
        let id = text_value(heap, id)?;
        heap.put(context, Value::from(ENDPOINT_REQUEST_ID), id)?;
    }
    // Inferred: a boolean, as `true` and `false` of AWS docs are of use in `#if` as booleans alone.
    if members.has(IS_CANARY_REQUEST)
        && let Some(is_canary) = stage.release().is_canary_request()
    {
        heap.put(context, Value::from(IS_CANARY_REQUEST), Value::from(is_canary))?;
    }
    if members.has("requestTimeEpoch") {
        let epoch = i64::try_from(exchange.epoch_ms).unwrap_or(i64::MAX);
        heap.put(context, Value::from("requestTimeEpoch"), Value::from(Number::Long(epoch)))?;
    }
    if members.has("identity") {
        let identity = identity(heap, exchange)?;
        heap.put(context, Value::from("identity"), Value::from(identity))?;
    }
    if members.has("authorizer")
        && let Some(authorizer) = &exchange.identity.authorizer
    {
        let map = texts(heap, &authorizer.values)?;
        if let Some(claims) = &authorizer.claims {
            let claims = texts(heap, claims)?;
            heap.put(map, Value::from("claims"), Value::from(claims))?;
        }
        heap.put(context, Value::from("authorizer"), Value::from(map))?;
    }
    Ok(context)
}

/// A map that prints nothing.
fn texts<'a>(heap: &mut Heap<'a>, pairs: &'a [(String, String)]) -> Result<Handle, LimitExceeded> {
    let map = heap.map(MapKind::Silent, pairs.len())?;
    for (name, value) in pairs {
        heap.put(map, Value::from(name.as_str()), Value::from(value.as_str()))?;
    }
    Ok(map)
}

/// Builds `$context` of a map that is given, with the places of overrides that it lacks; the maps in it print nothing, as
/// AWS's do.
pub(super) fn given<'a>(
    heap: &mut Heap<'a>,
    given: &'a Owned,
    members: &ContextMembers,
) -> Result<Handle, LimitExceeded> {
    let context = heap.map(MapKind::Silent, 4)?;
    if let Owned::Map(entries) = given {
        for (name, value) in entries.iter().filter(|(name, _)| members.has(name)) {
            let value = heap.import(value, MapKind::Silent)?;
            heap.put(context, Value::from(name.as_str()), value)?;
        }
    }
    if members.has("requestOverride") {
        let request = map_at(heap, context, "requestOverride")?;
        for place in ["header", "querystring", "path"] {
            map_at(heap, request, place)?;
        }
    }
    if members.has("responseOverride") {
        let response = map_at(heap, context, "responseOverride")?;
        map_at(heap, response, "header")?;
    }
    Ok(context)
}

/// What `map` has at `name`; an empty map that is put there when it has nothing.
fn map_at<'a>(
    heap: &mut Heap<'a>,
    map: Handle,
    name: &'static str,
) -> Result<Handle, LimitExceeded> {
    if let Some(known) = heap.get(map, name).filter(|value| !value.is_null()) {
        return Ok(known.as_handle().unwrap_or(map));
    }
    let empty = heap.map(MapKind::Silent, 0)?;
    heap.put(map, Value::from(name), Value::from(empty))?;
    Ok(empty)
}

fn identity<'a>(heap: &mut Heap<'a>, exchange: &'a Exchange) -> Result<Handle, LimitExceeded> {
    let identity = heap.map(MapKind::Silent, 12)?;
    let source_ip = heap.text(exchange.client.address())?;
    heap.put(identity, Value::from("sourceIp"), Value::from(source_ip))?;
    let user_agent = match exchange.header("user-agent") {
        Some(Cow::Borrowed(text)) => Value::from(text),
        Some(Cow::Owned(text)) => Value::from(heap.text(text)?),
        None => Value::Null,
    };
    heap.put(identity, Value::from("userAgent"), user_agent)?;
    for name in UNKNOWN_IDENTITY {
        heap.put(identity, Value::from(name), Value::Null)?;
    }
    for (name, value) in &exchange.identity.members {
        heap.put(identity, Value::from(*name), Value::from(value.as_str()))?;
    }
    if let Some(certificate) = &exchange.identity.client_certificate {
        let map = heap.map(MapKind::Silent, 5)?;
        for (name, text) in certificate.texts() {
            heap.put(map, Value::from(name), Value::from(text))?;
        }
        let validity = heap.map(MapKind::Silent, 2)?;
        for (name, text) in certificate.validity() {
            heap.put(validity, Value::from(name), Value::from(text))?;
        }
        heap.put(map, Value::from("validity"), Value::from(validity))?;
        heap.put(identity, Value::from("clientCert"), Value::from(map))?;
    }
    Ok(identity)
}

/// A text as a value, without a copy where there is one to point at.
fn text_value<'a>(heap: &mut Heap<'a>, text: Cow<'a, str>) -> Result<Value<'a>, LimitExceeded> {
    Ok(match text {
        Cow::Borrowed(text) => Value::from(text),
        Cow::Owned(text) => Value::from(heap.text(text)?),
    })
}

fn text<'e>(exchange: &'e Exchange, stage: &'e StageView, name: &str) -> Option<Cow<'e, str>> {
    let snapshot = stage.snapshot();
    let route = || exchange.matched.and_then(|index| snapshot.route(index));
    Some(match name {
        "accountId" => snapshot.account.as_str().into(),
        "apiId" => snapshot.api_id.as_str().into(),
        "deploymentId" => snapshot.deployment_id.as_str().into(),
        ENDPOINT_REQUEST_ID => exchange.endpoint_request_id.as_ref()?.text()?,
        "domainName" => exchange.host_name()?.into(),
        "domainPrefix" => exchange.host_name()?.split('.').next()?.into(),
        "extendedRequestId" => exchange.extended_request_id.as_str().into(),
        "httpMethod" => exchange.verb().into(),
        IS_CANARY_REQUEST => stage.release().is_canary_request()?.to_string().into(),
        "path" => exchange.context_path().into(),
        "protocol" => "HTTP/1.1".into(),
        "requestId" => exchange.request_id.as_str().into(),
        "requestTime" => common_log_format(exchange.epoch_ms).into(),
        "resourceId" => route()?.resource_id.as_str().into(),
        "resourcePath" => route()?.resource_path.as_str().into(),
        "stage" => stage.name().into(),
        _ => return None,
    })
}
