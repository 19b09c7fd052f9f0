//! DynamoDB: an action, or what a target says. Its errors are replies like its results: selection patterns see the status.

use super::Reply;
use crate::error::{GatewayError, Stop};
use crate::exchange::{Exchange, media_type};
use crate::map::Mapped;
use crate::observe;
use crate::pipeline::Gateway;
use crate::site::{DynamoDbCall, Integration};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use vestibule_dynamodb::{Action, CallError};
use vestibule_restapi::GatewayResponseType;

/// DynamoDB's media type; it takes no other.
const CONTENT: &str = "application/x-amz-json-1.0";

/// What a target is that names an action.
const TARGET_PREFIX: &str = "DynamoDB_20120810.";

/// Calls what is called.
pub(super) async fn call(
    gateway: &Gateway,
    call: DynamoDbCall,
    integration: &Integration,
    mapped: Mapped,
    exchange: &mut Exchange,
) -> Result<Reply, Stop> {
    let (action, called) = match call {
        DynamoDbCall::Action(action) => (Some(action), action.name()),
        DynamoDbCall::ByTarget => {
            let action = targeted(&mapped, exchange);
            (action, action.map_or("an unknown action", Action::name))
        }
    };
    observe::called(exchange, format_args!("{called}"), &mapped.body);
    let mut reply = match action {
        Some(action) => act(gateway, action, integration, mapped.body).await?,
        None => unknown(),
    };
    observe::replied(exchange, &reply.status, &reply.body);
    reply.body = exchange.held(reply.body)?;
    Ok(reply)
}

/// The action that the headers ask for; none when they ask for none that there is.
fn targeted(mapped: &Mapped, exchange: &Exchange) -> Option<Action> {
    let headers = mapped.parameters.headers.iter();
    let header = |wanted: &str| {
        let named = headers.clone().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        named.and_then(|(_, value)| value.to_str().ok()).map(str::to_owned)
    };
    let target = header("x-amz-target")?;
    // What is not mapped is the client's.
    let content_type =
        header("content-type").or_else(|| exchange.content_type().map(str::to_owned));
    let is_json = media_type(content_type.as_deref()) == CONTENT;
    let action = Action::from_name(target.strip_prefix(TARGET_PREFIX)?)?;
    (is_json && action.is_supported()).then_some(action)
}

/// DynamoDB's answer to what is no request of its (its words without a message; inferred for another media type).
fn unknown() -> Reply {
    let body = br#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;
    reply(400, Bytes::from_static(body))
}

fn reply(status: u16, body: Bytes) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    Reply { status: status.to_string(), body, headers }
}

async fn act(
    gateway: &Gateway,
    action: Action,
    integration: &Integration,
    body: Bytes,
) -> Result<Reply, Stop> {
    let called = gateway.tables().call(action, body);
    let Ok(answered) = tokio::time::timeout(integration.timeout, called).await else {
        return Err(timed_out(action, integration));
    };
    match answered {
        Ok(answer) => Ok(reply(answer.status, answer.body)),
        Err(CallError::Deadline) => Err(timed_out(action, integration)),
        Err(error @ (CallError::Saturated | CallError::Closed)) => Err(GatewayError::new(
            GatewayResponseType::IntegrationFailure,
            "InternalServerErrorException",
            "Network error communicating with endpoint",
        )
        .detail(format!("{action} was not answered: {error}"), Some(integration.place.clone()))
        .into()),
    }
}

fn timed_out(action: Action, integration: &Integration) -> Stop {
    let detail = format!("{action} took longer than {} ms", integration.timeout.as_millis());
    GatewayError::new(
        GatewayResponseType::IntegrationTimeout,
        "InternalServerErrorException",
        "Endpoint request timed out",
    )
    .detail(detail, Some(integration.place.clone()))
    .into()
}
