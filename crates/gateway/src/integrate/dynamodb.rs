//! DynamoDB: an action, or what a target says. Its errors are replies like its results: selection patterns see the status.

use super::{EndpointError, Reply};
use crate::clock::Random;
use crate::error::{GatewayError, Stop};
use crate::exchange::{DynamoDbOutcome, Exchange, REQUEST_ID, aside, awaited_aside, media_type};
use crate::map::Mapped;
use crate::observe;
use crate::pipeline::Gateway;
use crate::site::{DynamoDbCall, Integration};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::{Instant, timeout_at};
use vestibule_dynamodb::{Action, CallError};

/// DynamoDB's media type; it takes no other.
const CONTENT: &str = "application/x-amz-json-1.0";

/// The header with the checksum of the body, in decimal digits.
const CRC32: HeaderName = HeaderName::from_static("x-amz-crc32");

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
    // A remote store is asked for the keys of the tables.
    let reading = timeout_at(deadline, gateway.tables().accesses(action, body));
    let accesses = match awaited_aside(body.len(), reading).await {
        Ok(Ok(accesses)) => accesses,
        // What cannot be read must not reach the store, which might read it otherwise.
        Ok(Err(refused)) => {
            return Ok(Some(reply(gateway.random(), refused.status, refused.body)));
        }
        Err(_) => return Err(EndpointError::Timeout.stop(action.name(), integration)),
    };
    let deciding = || role.denied(&accesses, &stage.snapshot().arn, exchange);
    let Some(denied) = aside(body.len(), deciding) else { return Ok(None) };
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
    let is_json = media_type(content_type.as_deref()) == CONTENT;
    let action = Action::from_name(target.strip_prefix(TARGET_PREFIX)?)?;
    (is_json && action.is_supported()).then_some(action)
}

/// What a call is counted as that was not answered, in time or at all.
const NO_ANSWER: &str = "NoAnswer";

/// What an error is counted as that has none of the names below: the names that are counted are no endpoint's choice.
const OTHER_ERROR: &str = "Other";

/// The names of errors that are counted by themselves (AWS docs: DynamoDB, error handling, and its actions).
const ERRORS: [&str; 22] = [
    "AccessDeniedException",
    "ConditionalCheckFailedException",
    "DuplicateItemException",
    "ExpiredTokenException",
    "IdempotentParameterMismatchException",
    "InternalServerError",
    "ItemCollectionSizeLimitExceededException",
    "LimitExceededException",
    "MissingAuthenticationTokenException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "SerializationException",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
];

/// Bytes at the start of an error in which its name is looked for.
const ERROR_START_BYTES: usize = 256;

/// The name of the error that an answer is, as it is counted; none of a success.
fn error_name(reply: &Reply) -> Option<&'static str> {
    if !reply.status.starts_with(['4', '5']) {
        return None;
    }
    let start = reply.body.get(..ERROR_START_BYTES).unwrap_or(&reply.body);
    let start = String::from_utf8_lossy(start);
    // `"__type":"com.amazonaws.dynamodb.v20120810#ValidationException"`; the message that follows is made of a client's words.
    let named = start.split_once("__type").and_then(|(_, rest)| rest.split('"').nth(2));
    let name = named.map(|name| name.rsplit('#').next().unwrap_or(name));
    let known = ERRORS.into_iter().find(|known| name == Some(known));
    known.or(Some(OTHER_ERROR))
}

/// DynamoDB's answer to what is no request of its (its words without a message; inferred for another media type).
const UNKNOWN_OPERATION: Bytes =
    Bytes::from_static(br#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#);

/// A reply that no endpoint sent.
fn reply(random: &dyn Random, status: u16, body: Bytes) -> Reply {
    completed(random, status, HeaderMap::with_capacity(4), body)
}

/// A reply with the headers that DynamoDB sends (AWS docs: DynamoDB low-level API), those of the connection apart: its own as far
/// as an endpoint sent them.
fn completed(random: &dyn Random, status: u16, mut headers: HeaderMap, body: Bytes) -> Reply {
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(CONTENT));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    if !headers.contains_key(REQUEST_ID) {
        headers.extend(request_id(random).map(|id| (REQUEST_ID, id)));
    }
    headers.entry(CRC32).or_insert_with(|| HeaderValue::from(crc32fast::hash(&body)));
    Reply { status: status.to_string(), body, headers }
}

/// 52 digits to the base of 32, of which AWS varies the first 128 bits alone.
fn request_id(random: &dyn Random) -> Option<HeaderValue> {
    const DIGITS: [u8; 32] = *b"0123456789ABCDEFGHIJKLMNOPQRSTUV";
    let bits = u128::from(random.next()) << 64 | u128::from(random.next());
    // The last digit of these has two of the bits that do not vary.
    let varied = (0..25).map(|place| bits >> (123 - 5 * place)).chain([bits << 2 | 0b11]);
    let mut id = [0; 52];
    for (to, digit) in id.iter_mut().zip(varied) {
        let digit = usize::try_from(digit & 31).ok()?;
        *to = *DIGITS.get(digit)?;
    }
    id.get_mut(26..)?.copy_from_slice(b"VV4KQNSO5AEMVJF66Q9ASUAAJG");
    HeaderValue::from_bytes(&id).ok()
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
            return Ok(completed(gateway.random(), answer.status, answer.headers, answer.body));
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// The two halves of a number, in turn.
    #[derive(Debug)]
    struct Halves(u128, AtomicBool);

    impl Random for Halves {
        fn next(&self) -> u64 {
            let is_low = self.1.fetch_xor(true, Ordering::Relaxed);
            let half = if is_low { self.0 } else { self.0 >> 64 };
            u64::try_from(half & u128::from(u64::MAX)).unwrap()
        }
    }

    // Source: AWS docs (DynamoDB low-level API) for the headers and the second id; 3632233996 is zlib's CRC-32 of `test`.
    #[test]
    fn a_reply_has_an_id_and_the_checksum_of_its_body() {
        let header = |random: u128, name: &str| {
            let random = Halves(random, AtomicBool::new(false));
            let reply = reply(&random, 200, Bytes::from_static(b"test"));
            reply.header(name).unwrap_or_default().into_owned()
        };
        assert_eq!(header(0, "x-amz-crc32"), "3632233996");
        let id = |random| header(random, "x-amzn-requestid");
        assert_eq!(id(0), "00000000000000000000000003VV4KQNSO5AEMVJF66Q9ASUAAJG");
        let documented = 0x2517_7fee_0d11_7700_d1d8_4fba_4f8d_fa6c;
        assert_eq!(id(documented), "4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG");
    }
}
