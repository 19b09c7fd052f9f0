//! Parameter mapping of the integration request.
//!
//! DynamoDB and mocks take nothing from mapped parameters but AWS's refusals: a header that no integration may set, and a
//! body that is no JSON where a part of it is mapped. So only the lines that can be refused are looked at.

use super::document::BodyDocument;
use crate::error::{GatewayError, Stop};
use crate::exchange::{self, Exchange};
use crate::map::RequestMapping;
use crate::validate::Valid;
use vestibule_restapi::{GatewayResponseType, ParameterLocation};

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

/// Whether a line sets a header that an AWS service refuses.
pub(crate) fn is_illegal_for_aws(mapping: &RequestMapping) -> bool {
    mapping.location == ParameterLocation::Header
        && ILLEGAL_FOR_AWS.iter().any(|illegal| illegal.eq_ignore_ascii_case(&mapping.name))
}

/// Maps the parameters of a request whose body was read.
pub(crate) fn parameters(valid: &Valid<'_>, exchange: &Exchange) -> Result<(), Stop> {
    let integration = &valid.method().integration;
    if integration.refusable.is_empty() {
        return Ok(());
    }
    let body = exchange.read_body();
    exchange.work(body.len(), |exchange| {
        let text = exchange::text(&body);
        let mut document = BodyDocument::new(&text);
        for line in &integration.refusable {
            let value = line.mapping.source.of_request_with_body(exchange, &mut document);
            let value = value.map_err(|reason| invalid_json(reason, line.mapping.place.clone()))?;
            if value.is_some() && line.is_illegal {
                let name = &line.mapping.name;
                let detail = format!("an AWS integration may not set the header `{name}`");
                let place = Some(line.mapping.place.clone());
                return Err(GatewayError::configuration(detail, place).into());
            }
        }
        Ok(())
    })?
}

/// A line of `requestParameters` that can make a request fail.
#[derive(Debug)]
pub(crate) struct Refusable {
    pub(crate) mapping: RequestMapping,
    /// Its header is one that the integration refuses.
    pub(crate) is_illegal: bool,
}

fn invalid_json(reason: String, place: vestibule_restapi::Place) -> Stop {
    GatewayError::new(
        GatewayResponseType::Default4xx,
        "BadRequestException",
        "Invalid JSON in request body",
    )
    .status(http::StatusCode::BAD_REQUEST)
    .detail(reason, Some(place))
    .into()
}
