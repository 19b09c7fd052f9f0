//! Lambda functions: AWS_PROXY, whose event and result have AWS's form, and AWS, whose payload templates make.
//!
//! AWS docs (Lambda, "Handling Lambda errors with an API Gateway API"): what Lambda refuses is 500, what a function fails at
//! or returns in another form is 502, both with `Internal server error`.

mod event;
mod function;
mod result;

pub(crate) use function::FunctionTemplate;

use super::signed::{Signer, Unsigned, set_content_type, signed};
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::integrate::endpoint;
use crate::integrate::{EndpointCall, Reply};
use crate::limits::{EXPLAINED_BODY_BYTES_MAX, SHOWN_CHARS_MAX};
use crate::map::{HeaderRules, Mapped};
use crate::pipeline::Gateway;
use crate::respond::Draft;
use crate::site::{Method, StageView};
use crate::validate::Valid;
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use result::{Unanswerable, Wrong};
use vestibule_restapi::{GatewayResponseType, Place};

/// Says that a function failed, in Lambda's answer.
pub(crate) const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");

/// A function, and how it is invoked.
#[derive(Debug)]
pub(crate) struct LambdaFunction {
    pub(crate) function: FunctionTemplate,
    pub(crate) uri_place: Place,
    pub(crate) signer: Signer,
    /// Lambda takes no other verb; with one, AWS accepts the integration and fails every call (recorded for AWS_PROXY).
    pub(crate) is_posted: bool,
    pub(crate) kind: Invoked,
}

/// How events and results are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Invoked {
    /// AWS: by templates.
    Mapped,
    /// AWS_PROXY: in AWS's form.
    Proxy,
}

/// Invokes the function. The reply of a proxy has Lambda's status, that of others the text that selects their response.
pub(in crate::integrate) async fn call(
    gateway: &Gateway,
    function: &LambdaFunction,
    valid: &Valid<'_>,
    stage: &StageView,
    mapped: Mapped,
    exchange: &mut Exchange,
) -> Result<Reply, Stop> {
    let method = valid.method();
    let integration = &method.integration;
    if !function.is_posted {
        let why = "Lambda functions are invoked with POST".to_owned();
        let stopped = stop(StatusCode::INTERNAL_SERVER_ERROR, why, &integration.place);
        return Err(stopped
            .help(Some("give the integration the HTTP method `POST`".to_owned()))
            .into());
    }
    let payload = match function.kind {
        Invoked::Mapped => payload(mapped),
        Invoked::Proxy => {
            Payload { body: proxy_event(method, stage, exchange)?, headers: Vec::new() }
        }
    };
    let request = request(function, stage, payload)?;
    let call = signed(gateway, stage, exchange, &function.signer, request)
        .map_err(|why| GatewayError::configuration(why, Some(integration.place.clone())))?;
    let reply = endpoint::reply(gateway, call, integration, exchange).await?;
    match function.kind {
        Invoked::Proxy => Ok(reply),
        // What Lambda says of a payload that is no JSON is seen by the mappings (as users report).
        Invoked::Mapped if reply.status.starts_with('2') || reply.status == "400" => {
            // Recorded on AWS: the text of the error selects the response.
            let status = result::error_message(&reply.body).unwrap_or_default();
            Ok(Reply { status, ..reply })
        }
        Invoked::Mapped => Err(refusal(&reply, &function.uri_place).into()),
    }
}

/// The request that was sent, made again without its signature; of a proxy its event too, unless the client's body is too
/// large to be worked on again.
pub(in crate::integrate) fn call_again(
    function: &LambdaFunction,
    method: &Method,
    stage: &StageView,
    mapped: Option<Mapped>,
    exchange: &Exchange,
) -> Option<EndpointCall> {
    if !function.is_posted {
        return None;
    }
    let payload = match function.kind {
        Invoked::Mapped => payload(mapped?),
        Invoked::Proxy => {
            let body = exchange.read_body();
            let is_small = body.len() <= EXPLAINED_BODY_BYTES_MAX;
            let body = is_small.then(|| event::of(method, stage, exchange, &body).ok())??;
            Payload { body, headers: Vec::new() }
        }
    };
    let request = request(function, stage, payload).ok()?;
    Some(request.again(stage, exchange))
}

/// The answer that a function's result is under AWS_PROXY; `None` for AWS.
pub(in crate::integrate) fn passed(
    function: &LambdaFunction,
    stage: &StageView,
    exchange: &Exchange,
    reply: &Reply,
) -> Option<Result<Draft, Stop>> {
    match function.kind {
        Invoked::Mapped => None,
        Invoked::Proxy => Some(answer(function, stage, exchange, reply)),
    }
}

/// What a function is given, with the headers that are mapped.
struct Payload {
    body: Bytes,
    headers: Vec<(String, HeaderValue)>,
}

/// What a template made, or the client's body; Lambda takes nothing for an empty object.
fn payload(mapped: Mapped) -> Payload {
    let Mapped { parameters, body, .. } = mapped;
    let body = if body.is_empty() { Bytes::from_static(b"{}") } else { body };
    Payload { body, headers: parameters.headers }
}

fn proxy_event(method: &Method, stage: &StageView, exchange: &Exchange) -> Result<Bytes, Stop> {
    let body = exchange.read_body();
    let made = exchange.pass(body.len(), |exchange| event::of(method, stage, exchange, &body))?;
    exchange.held(made.map_err(|why| refused(why, &method.integration.place))?)
}

fn request(
    function: &LambdaFunction,
    stage: &StageView,
    payload: Payload,
) -> Result<Unsigned, Stop> {
    let misnamed = |why| GatewayError::configuration(why, Some(function.uri_place.clone()));
    let address = function.function.invocation(stage).map_err(misnamed)?;
    let mut headers = HeaderMap::new();
    HeaderRules::Aws.set(&mut headers, payload.headers);
    set_content_type(&mut headers, HeaderValue::from_static("application/json"));
    let method = http::Method::POST;
    Ok(Unsigned { method, address, headers, body: payload.body })
}

/// The answer that a function's result says, or AWS's 502 when it failed or says none.
fn answer(
    function: &LambdaFunction,
    stage: &StageView,
    exchange: &Exchange,
    reply: &Reply,
) -> Result<Draft, Stop> {
    let at = &function.uri_place;
    if !reply.status.starts_with('2') {
        return Err(refusal(reply, at).into());
    }
    if reply.headers.contains_key(FUNCTION_ERROR) {
        return Err(stop(StatusCode::BAD_GATEWAY, function_error(reply), at).into());
    }
    let malformed = |wrong: Wrong| {
        let why = format!("Malformed Lambda proxy response: {}", wrong.what);
        stop(StatusCode::BAD_GATEWAY, why, at).help(Some(wrong.help.into_owned()))
    };
    let wants_bytes = stage.snapshot().binary_media_types.has(exchange.accept());
    let made = exchange.pass(reply.body.len(), |_| {
        result::read(&reply.body).map(|result| result.draft(wants_bytes))
    })?;
    let mut draft = made.map_err(malformed)?.map_err(|error| match error {
        Unanswerable::Malformed(wrong) => malformed(wrong).into(),
        // Recorded on AWS.
        Unanswerable::NotBase64(why) => refused(why, at),
    })?;
    draft.body = exchange.held(draft.body)?;
    Ok(draft)
}

/// What the operator is told of a function that failed, in the words of AWS's execution log.
fn function_error(reply: &Reply) -> String {
    let message = result::error_message(&reply.body).unwrap_or_default();
    let message: String = message.chars().take(SHOWN_CHARS_MAX).collect();
    let id = reply.header("x-amzn-requestid").unwrap_or_else(|| "unknown".into());
    let status = &reply.status;
    format!(
        "Lambda execution failed with status {status} due to customer function error: {message}. \
         Lambda request id: {id}"
    )
}

/// The answer to an invocation that Lambda does not take, with what it says.
fn refusal(reply: &Reply, place: &Place) -> GatewayError {
    let text = String::from_utf8_lossy(&reply.body);
    let shown: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    let why = format!("Lambda refused the invocation with status {}: {shown}", reply.status);
    let help = match reply.status.as_str() {
        "403" => "see that the credentials may invoke the function (`lambda:InvokeFunction`)",
        "404" => "see that the function is there under this name and alias, or correct the URI",
        "413" => "send less: Lambda takes events of up to 6 MB",
        "429" => "raise the function's concurrency, or call it less often",
        _ => return stop(StatusCode::INTERNAL_SERVER_ERROR, why, place),
    };
    stop(StatusCode::INTERNAL_SERVER_ERROR, why, place).help(Some(help.to_owned()))
}

fn refused(why: String, place: &Place) -> Stop {
    stop(StatusCode::INTERNAL_SERVER_ERROR, why, place).into()
}

fn stop(status: StatusCode, why: String, place: &Place) -> GatewayError {
    GatewayError::new(
        GatewayResponseType::IntegrationFailure,
        "InternalServerErrorException",
        "Internal server error",
    )
    .status(status)
    .detail(why, Some(place.clone()))
}
