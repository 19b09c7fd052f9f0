//! A DynamoDB action. Its errors are replies like its results: selection patterns see the status.

use super::Reply;
use crate::error::{GatewayError, Stop};
use crate::pipeline::Gateway;
use crate::site::Integration;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use vestibule_dynamodb::{Action, CallError};
use vestibule_restapi::GatewayResponseType;

pub(super) async fn call(
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
        Ok(reply) => {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
            headers.insert(CONTENT_LENGTH, HeaderValue::from(reply.body.len()));
            Ok(Reply { status: reply.status.to_string(), body: reply.body, headers })
        }
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
