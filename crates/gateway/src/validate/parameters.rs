//! Required parameters: missing or blank ones are named in one message, header before path before query string.

use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use vestibule_restapi::{GatewayResponseType, ParameterLocation, RequestParameter};

#[derive(Debug)]
pub(super) struct RequiredParameter {
    location: ParameterLocation,
    name: String,
}

/// The required ones in the order in which AWS names them: by `method.request.{location}.{name}` (recorded).
pub(super) fn required(parameters: &[RequestParameter]) -> Vec<RequiredParameter> {
    let mut required: Vec<_> = parameters
        .iter()
        .filter(|parameter| parameter.is_required)
        .map(|parameter| RequiredParameter {
            location: parameter.location,
            name: parameter.name.clone(),
        })
        .collect();
    required.sort_by(|a, b| (a.location.as_str(), &a.name).cmp(&(b.location.as_str(), &b.name)));
    required
}

pub(super) fn querystring(required: &[RequiredParameter]) -> impl Iterator<Item = &str> {
    let in_query = required.iter().filter(|p| p.location == ParameterLocation::Querystring);
    in_query.map(|parameter| parameter.name.as_str())
}

pub(super) fn check(required: &[RequiredParameter], exchange: &Exchange) -> Result<(), Stop> {
    let missing: Vec<&str> = required
        .iter()
        .filter(|parameter| !is_present(parameter, exchange))
        .map(|parameter| parameter.name.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("Missing required request parameters: [{}]", missing.join(", "));
    Err(GatewayError::new(
        GatewayResponseType::BadRequestParameters,
        "BadRequestException",
        message,
    )
    .into())
}

fn is_present(parameter: &RequiredParameter, exchange: &Exchange) -> bool {
    let name = parameter.name.as_str();
    match parameter.location {
        ParameterLocation::Header => {
            exchange.header(name).is_some_and(|value| !value.trim().is_empty())
        }
        ParameterLocation::Path => {
            exchange.path_parameter(name).is_some_and(|value| !value.trim().is_empty())
        }
        ParameterLocation::Querystring => {
            exchange.query(name).is_some_and(|value| !value.trim().is_empty())
        }
    }
}
