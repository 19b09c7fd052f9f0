//! The integrations: what answers a method. Each takes the mapped request and gives a reply with a status to select by, or
//! an answer that is passed on.

mod aws;
mod dynamodb;
mod endpoint;
mod http;
mod mock;
mod reply;
mod role;

pub(crate) use aws::{
    AwsService, FUNCTION_ERROR, Invocation, Invoked, InvokedFunction, LambdaFunction, NotSigned,
    Signer, Target, lambda,
};
pub(crate) use endpoint::{Called, fetch, unreported, without_query};
pub use endpoint::{Calling, EndpointBody, EndpointCall, EndpointError, Endpoints, answered};
pub(crate) use http::{Address, HttpEndpoint, HttpKind, UriError, UriTemplate, Verb};
pub(crate) use reply::{EndpointRequestId, Reply};
pub use role::SESSION;
pub(crate) use role::{Denied, IntegrationRole};

use crate::error::Stop;
use crate::exchange::Exchange;
use crate::map::Mapped;
use crate::pipeline::Gateway;
use crate::respond::Draft;
use crate::site::{IntegrationKind, Method, StageView};
use crate::validate::Valid;

/// The answer that a proxy's reply is; `None` where replies are mapped.
pub(crate) fn passed(
    valid: &Valid<'_>,
    stage: &StageView,
    exchange: &Exchange,
    reply: &Reply,
) -> Option<Result<Draft, Stop>> {
    let integration = &valid.method().integration;
    match &integration.kind {
        IntegrationKind::DynamoDb(_) | IntegrationKind::Mock | IntegrationKind::Service(_) => None,
        IntegrationKind::Http(endpoint) => http::passed(endpoint, integration, reply),
        IntegrationKind::Lambda(function) => {
            aws::passed_by_lambda(function, stage, exchange, reply)
        }
    }
}

/// The request that was sent to an endpoint of the network, made again of what was mapped; nothing where none is, or it
/// cannot be. It has no signature.
pub(crate) fn call_again(
    method: &Method,
    stage: &StageView,
    mapped: Option<Mapped>,
    exchange: &Exchange,
) -> Option<EndpointCall> {
    let integration = &method.integration;
    match &integration.kind {
        IntegrationKind::DynamoDb(_) | IntegrationKind::Mock => None,
        IntegrationKind::Http(endpoint) => {
            http::call_again(endpoint, integration, stage, mapped?, exchange)
        }
        IntegrationKind::Lambda(function) => {
            aws::call_lambda_again(function, method, stage, mapped, exchange)
        }
        IntegrationKind::Service(service) => {
            aws::call_service_again(service, integration, stage, mapped?, exchange)
        }
    }
}

/// Calls the integration of a method.
pub(crate) async fn call(
    gateway: &Gateway,
    valid: &Valid<'_>,
    stage: &StageView,
    mapped: Mapped,
    exchange: &mut Exchange,
) -> Result<Reply, Stop> {
    let integration = &valid.method().integration;
    let reply = match &integration.kind {
        IntegrationKind::DynamoDb(call) => {
            dynamodb::call(gateway, *call, integration, mapped, exchange).await?
        }
        IntegrationKind::Mock => mock::call(integration, &mapped)?,
        IntegrationKind::Http(endpoint) => {
            http::call(gateway, endpoint, integration, stage, mapped, exchange).await?
        }
        IntegrationKind::Lambda(function) => {
            aws::call_lambda(gateway, function, valid, stage, mapped, exchange).await?
        }
        IntegrationKind::Service(service) => {
            aws::call_service(gateway, service, integration, stage, mapped, exchange).await?
        }
    };
    if integration.kind.is_aws() {
        exchange.endpoint_request_id = reply.request_id();
    }
    Ok(reply)
}
