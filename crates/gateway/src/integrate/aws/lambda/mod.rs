//! Lambda functions: AWS_PROXY, whose event and result have AWS's form, and AWS, whose payload templates make.
//!
//! AWS docs (Lambda, "Handling Lambda errors with an API Gateway API"): what Lambda refuses is 500, what a function fails at
//! or returns in another form is 502, both with `Internal server error`.

pub(crate) mod event;
mod function;
mod invocation;
mod result;

pub(crate) use invocation::{
    FUNCTION_ERROR, Invocation, InvokedFunction, Refused, function_error, has_failed,
};
pub(crate) use result::error_message;

use super::signed::{NotSigned, Signer, Unsigned};
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::integrate::endpoint;
use crate::integrate::{EndpointCall, Reply};
use crate::limits::EXPLAINED_BODY_BYTES_MAX;
use crate::map::{HeaderRules, Mapped};
use crate::pipeline::Gateway;
use crate::respond::Draft;
use crate::site::{Method, StageView};
use crate::validate::Valid;
use bytes::Bytes;
use http::header::HeaderValue;
use http::{HeaderMap, StatusCode};
use result::{Unanswerable, Wrong};
use vestibule_restapi::{GatewayResponseType, Place};

/// A function, and how it is invoked.
#[derive(Debug)]
pub(crate) struct LambdaFunction {
    pub(crate) invocation: Invocation,
    pub(crate) uri_place: Place,
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
    let (request, signer) = request(function, stage, payload)?;
    let not_signed = |not: NotSigned| not.error(&integration.place);
    let ready = invocation::ready(signer, integration.timeout).await.map_err(not_signed)?;
    let call = invocation::call(gateway, stage, exchange, ready.as_ref(), request);
    let call = call.map_err(not_signed)?;
    let mut reply = endpoint::reply(gateway, call, integration, exchange).await?;
    match function.kind {
        Invoked::Proxy => Ok(reply),
        // What Lambda says of a payload that is no JSON is seen by the mappings (as users report).
        Invoked::Mapped if reply.status.starts_with('2') || reply.status == "400" => {
            // Recorded on AWS: the text of the error selects the response.
            reply.status = result::error_message(&reply.body).unwrap_or_default();
            Ok(reply)
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
    let (request, _) = request(function, stage, payload).ok()?;
    Some(request.unsigned(stage, exchange))
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

fn request<'f>(
    function: &'f LambdaFunction,
    stage: &StageView,
    payload: Payload,
) -> Result<(Unsigned, Option<&'f Signer>), Stop> {
    let misnamed = |why| GatewayError::configuration(why, Some(function.uri_place.clone()));
    let invoked = function.invocation.of(stage).map_err(misnamed)?;
    let mut headers = HeaderMap::new();
    HeaderRules::Aws.set(&mut headers, payload.headers);
    Ok(invoked.request(headers, payload.body))
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
    if has_failed(reply) {
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

/// The answer to an invocation that Lambda does not take, with what it says.
fn refusal(reply: &Reply, place: &Place) -> GatewayError {
    let Refused { why, help } = Refused::of(reply);
    stop(StatusCode::INTERNAL_SERVER_ERROR, why, place).help(help.map(str::to_owned))
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
