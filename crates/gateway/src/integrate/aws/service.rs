//! Any service of AWS, by its path or by the name of an action. Its status selects the response (AWS docs).

use super::signed::{NotSigned, Signer, Unsigned, set_content_type, signed};
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::integrate::endpoint::{self, takes_body};
use crate::integrate::{EndpointCall, Reply, UriTemplate, Verb};
use crate::map::{HeaderRules, Mapped};
use crate::pipeline::Gateway;
use crate::site::{Integration, StageView};
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
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
    pub(crate) host: Option<HeaderValue>,
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
        self.signer.service()
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
    let not_signed = |not: NotSigned| not.error(&integration.place);
    let ready = service.signer.ready(integration.timeout).await.map_err(not_signed)?;
    let call = signed(gateway, stage, exchange, &ready, request).map_err(not_signed)?;
    endpoint::reply(gateway, call, integration, exchange).await
}

/// The request that was sent, made again without its signature.
pub(in crate::integrate) fn call_again(
    service: &AwsService,
    integration: &Integration,
    stage: &StageView,
    mapped: Mapped,
    exchange: &Exchange,
) -> Option<EndpointCall> {
    let request = request(service, integration, stage, mapped, exchange).ok()?;
    Some(request.unsigned(stage, exchange))
}

fn request(
    service: &AwsService,
    integration: &Integration,
    stage: &StageView,
    mapped: Mapped,
    exchange: &Exchange,
) -> Result<Unsigned, Stop> {
    let Mapped { parameters, body, .. } = mapped;
    let failed = |why: String| GatewayError::configuration(why, Some(integration.place.clone()));
    let method = service.verb.of(exchange).map_err(failed)?;
    let query = parameters.querystring.iter();
    let query = query.map(|(name, value)| (name.as_str(), value.as_str()));
    let mut address = service.uri.fill(stage, &parameters, query).map_err(|why| {
        GatewayError::configuration(why.to_string(), Some(service.uri_place.clone()))
    })?;
    if let Some(host) = &service.host {
        address.host = host.clone();
    }
    let body = if takes_body(&method) { body } else { Bytes::new() };
    let mut headers = HeaderMap::new();
    HeaderRules::Aws.set(&mut headers, parameters.headers);
    if let Some(target) = &service.target {
        headers.insert(TARGET, target.name.clone());
        set_content_type(&mut headers, target.content_type.clone());
    }
    if !body.is_empty() {
        let json = HeaderValue::from_static("application/json");
        let of_client = exchange.headers.get(CONTENT_TYPE).cloned();
        set_content_type(&mut headers, of_client.unwrap_or(json));
    }
    Ok(Unsigned { method, address, headers, body })
}
