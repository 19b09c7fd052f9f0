//! Parameter mapping of the integration request.
//!
//! DynamoDB and mocks take nothing from mapped parameters but AWS's refusals: a header that no integration may set, and a
//! body that is no JSON where a part of it is mapped.

use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::site::IntegrationKind;
use crate::validate::Valid;
use vestibule_restapi::ParameterLocation;

/// Headers that make a call to an AWS service fail when they are mapped (recorded on AWS; the last two inferred).
const ILLEGAL_FOR_AWS: [&str; 9] = [
    "authorization",
    "connection",
    "content-length",
    "expect",
    "proxy-authenticate",
    "te",
    "transfer-encoding",
    "x-amzn-apigateway-api-id",
    "x-amzn-trace-id",
];

/// Maps the parameters of a request whose body was read.
pub(crate) fn parameters(valid: &Valid<'_>, exchange: &Exchange) -> Result<(), Stop> {
    let integration = &valid.method().integration;
    for mapping in &integration.parameters {
        let Some(_) = mapping.source.of_request_with_body(exchange)? else { continue };
        let is_header = mapping.location == ParameterLocation::Header;
        let is_aws = matches!(integration.kind, IntegrationKind::DynamoDb(_));
        let name = mapping.name.to_ascii_lowercase();
        if is_header && is_aws && ILLEGAL_FOR_AWS.contains(&name.as_str()) {
            let detail = format!("an AWS integration may not set the header `{}`", mapping.name);
            return Err(GatewayError::configuration(detail, Some(mapping.place.clone())).into());
        }
    }
    Ok(())
}
