//! Any service of AWS, by its path or by the name of an action. Its status selects the response (AWS docs).

use super::signed::{Signer, Unsigned, set_content_type, signed, takes_body};
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::integrate::endpoint::{self, final_status, without_query};
use crate::integrate::{Reply, UriTemplate, Verb};
use crate::map::{HeaderRules, Mapped};
use crate::observe;
use crate::pipeline::Gateway;
use crate::site::{Integration, StageView};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use vestibule_restapi::Place;

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// A service, and what of it is called.
#[derive(Debug)]
pub(crate) struct AwsService {
    pub(crate) verb: Verb,
    /// The endpoint with the path, or with the action in its query.
    pub(crate) uri: UriTemplate,
    pub(crate) uri_place: Place,
    /// `Host`, where it is not the URI's.
    pub(crate) host: Option<String>,
    pub(crate) signer: Signer,
    /// Of an action of the services whose target AWS makes itself.
    pub(crate) target: Option<Target>,
}

/// How a service with a JSON protocol knows what is asked of it.
#[derive(Debug)]
pub(crate) struct Target {
    /// `X-Amz-Target`
    pub(crate) name: HeaderValue,
    /// `Content-Type`
    pub(crate) content_type: HeaderValue,
}

impl AwsService {
    /// The service's name for signing.
    pub(crate) fn name(&self) -> &str {
        &self.signer.service
    }
}

/// Calls the service.
pub(in crate::integrate) async fn call(
    gateway: &Gateway,
    service: &AwsService,
    integration: &Integration,
    stage: &StageView,
    mapped: Mapped,
    exchange: &mut Exchange,
) -> Result<Reply, Stop> {
    let request = request(service, integration, stage, mapped, exchange)?;
    let call = signed(gateway, stage, exchange, &service.signer, request)
        .map_err(|why| GatewayError::configuration(why, Some(integration.place.clone())))?;
    let called = format!("{} {}", call.request.method(), without_query(call.request.uri()));
    observe::called(exchange, &called, call.request.body());
    let answered = endpoint::call(gateway, exchange.share(), call, integration.timeout).await;
    let answer = answered
        .and_then(final_status)
        .map_err(|error| error.stop(&format!("`{called}`"), integration))?;
    let (head, body) = answer.into_parts();
    observe::replied(exchange, head.status.as_str(), &body);
    Ok(Reply { status: head.status.as_str().to_owned(), headers: head.headers, body })
}

fn request(
    service: &AwsService,
    integration: &Integration,
    stage: &StageView,
    mapped: Mapped,
    exchange: &Exchange,
) -> Result<Unsigned, Stop> {
    let Mapped { parameters, body, .. } = mapped;
    let method = match &service.verb {
        Verb::Always(method) => method.clone(),
        Verb::OfClient => Method::from_bytes(exchange.verb().as_bytes()).map_err(|_| {
            let why = "the client's verb is none of HTTP";
            GatewayError::configuration(why, Some(integration.place.clone()))
        })?,
    };
    let query = parameters.querystring.iter();
    let query = query.map(|(name, value)| (name.as_str(), value.as_str()));
    let uri = service.uri.fill(stage, &parameters, query).map_err(|why| {
        GatewayError::configuration(why.to_string(), Some(service.uri_place.clone()))
    })?;
    let body = if takes_body(&method) { body } else { Bytes::new() };
    let mut headers = HeaderMap::new();
    for (name, value) in parameters.headers {
        let Ok(name) = HeaderName::try_from(name) else { continue };
        if !HeaderRules::Aws.is_dropped(name.as_str()) {
            headers.insert(name, value);
        }
    }
    if let Some(target) = &service.target {
        headers.insert(TARGET, target.name.clone());
        set_content_type(&mut headers, target.content_type.clone());
    }
    if !body.is_empty() {
        let json = HeaderValue::from_static("application/json");
        let of_client = exchange.headers.get(CONTENT_TYPE).cloned();
        set_content_type(&mut headers, of_client.unwrap_or(json));
    }
    let host = service.host.clone();
    Ok(Unsigned { method, uri, host, headers, body })
}
