//! DynamoDB: an action, or what a target says. Its errors are replies like its results: selection patterns see the status.

use super::role::RoleFacts;
use super::{EndpointError, Reply};
use crate::clock::Random;
use crate::error::{GatewayError, Stop};
use crate::exchange::{DynamoDbOutcome, Exchange, awaited_aside, media_type};
use crate::map::Mapped;
use crate::observe;
use crate::pipeline::Gateway;
use crate::site::{DynamoDbCall, Integration};
use bytes::Bytes;
use tokio::time::{Instant, timeout_at};
use vestibule_dynamodb::protocol::{Content, TARGET_PREFIX};
use vestibule_dynamodb::{Access, Action, CallError};

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
        Some(action) => {
            let deadline = Instant::now() + integration.timeout;
            let refusing =
                refused(gateway, action, integration, &mapped.body, deadline, exchange).await;
            let reply = match refusing {
                Ok(None) => act(gateway, action, integration, mapped.body, deadline).await,
                Ok(Some(refused)) => Ok(refused),
                Err(stop) => Err(stop),
            };
            let error = match &reply {
                Ok(reply) => error_name(reply),
                Err(_) => Some(NO_ANSWER),
            };
            exchange.measured.dynamodb = Some(DynamoDbOutcome { action, error });
            reply?
        }
        None => self::reply(gateway.random(), 400, UNKNOWN_OPERATION),
    };
    observe::replied(exchange, &reply.status, &reply.body);
    reply.body = exchange.held(reply.body)?;
    Ok(reply)
}

/// DynamoDB's refusal of a call that the integration's role may not make.
async fn refused(
    gateway: &Gateway,
    action: Action,
    integration: &Integration,
    body: &Bytes,
    deadline: Instant,
    exchange: &mut Exchange,
) -> Result<Option<Reply>, Stop> {
    let (Some(role), Some(stage)) = (&integration.role, exchange.stage.clone()) else {
        return Ok(None);
    };
    let arn = &stage.snapshot().arn;
    let facts = RoleFacts::of(exchange);
    // A remote store may be asked for the keys of the tables. In a box: it is large, and most integrations have no such role.
    let refused = |accesses: &[Access], hidden| role.denied(accesses, hidden, arn, &facts);
    let deciding = Box::pin(timeout_at(deadline, gateway.tables().refusal(action, body, refused)));
    let denied = match awaited_aside(body.len(), deciding).await {
        Ok(Ok(denied)) => denied,
        // What cannot be read must not reach the store, which might read it otherwise.
        Ok(Err(refused)) => {
            return Ok(Some(reply(gateway.random(), refused.status, refused.body)));
        }
        Err(_) => return Err(EndpointError::Timeout.stop(action.name(), integration)),
    };
    let Some(denied) = denied else { return Ok(None) };
    let body = serde_json::json!({
        "__type": "com.amazon.coral.service#AccessDeniedException",
        "Message": &denied.message,
    });
    exchange.denied = Some(Box::new(denied));
    Ok(Some(reply(gateway.random(), 400, Bytes::from(body.to_string()))))
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
    let is_json = Some(&*media_type(content_type.as_deref())) == Content::Json10.media_type();
    let action = Action::from_name(target.strip_prefix(TARGET_PREFIX)?)?;
    (is_json && action.is_supported()).then_some(action)
}

/// What a call is counted as that was not answered, in time or at all.
const NO_ANSWER: &str = "NoAnswer";

/// The name of the error that an answer is, as it is counted; none of a success.
fn error_name(reply: &Reply) -> Option<&'static str> {
    let status = reply.status.parse().unwrap_or(0);
    vestibule_dynamodb::Reply::of(status, reply.body.clone()).error_name()
}

/// DynamoDB's answer to what is no request of its (its words without a message; inferred for another media type).
const UNKNOWN_OPERATION: Bytes =
    Bytes::from_static(br#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#);

/// A reply that no endpoint sent.
fn reply(random: &dyn Random, status: u16, body: Bytes) -> Reply {
    completed(random, vestibule_dynamodb::Reply::of(status, body))
}

fn completed(random: &dyn Random, reply: vestibule_dynamodb::Reply) -> Reply {
    Reply::of_dynamodb(reply, u128::from(random.next()) << 64 | u128::from(random.next()))
}

async fn act(
    gateway: &Gateway,
    action: Action,
    integration: &Integration,
    body: Bytes,
    deadline: Instant,
) -> Result<Reply, Stop> {
    let tables = gateway.tables();
    let timeout = deadline.saturating_duration_since(Instant::now());
    let called = async {
        let Some(role) = &integration.assumed else {
            return Ok(tables.call_within(action, body, timeout).await);
        };
        // So that what keeps the role from being assumed is told in AWS's words.
        let ready = role.ready(integration.timeout).await;
        ready.map_err(|not_signed| Stop::from(not_signed.error(&integration.place)))?;
        Ok::<_, Stop>(tables.call_as(role.signer(), action, body, timeout).await)
    };
    let answered = match timeout_at(deadline, called).await {
        Ok(answered) => answered?,
        Err(_) => Err(CallError::Deadline),
    };
    let error = match answered {
        Ok(answer) => {
            return Ok(completed(gateway.random(), answer));
        }
        Err(error) => error,
    };
    let place = || Some(integration.place.clone());
    let error = match error {
        CallError::Deadline => EndpointError::Timeout,
        CallError::TooLarge { bytes_max } => EndpointError::TooLarge { bytes_max },
        CallError::Saturated
        | CallError::Closed
        | CallError::Unreachable { .. }
        | CallError::CircuitOpen { .. } => EndpointError::Network(error.to_string()),
        CallError::Unsound { .. } | CallError::NoCredentials { .. } => {
            return Err(GatewayError::configuration(error.to_string(), place()).into());
        }
    };
    Err(error.stop(action.name(), integration))
}
