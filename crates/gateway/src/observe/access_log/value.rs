//! What an access log may show of a request: `$context` as templates see it, and what is known at the end alone.
//! AWS docs: variables for access logging.

use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::map::context;
use crate::observe::completed::Completed;
use crate::respond::error_value;
use crate::site::{IntegrationKind, Serving};
use std::borrow::Cow;
use std::time::Duration;
use vestibule_restapi::{EndpointType, GatewayResponseType};

/// The variables, without those below `authorizer`, whose names an authorizer chooses.
const NAMES: [&str; 75] = [
    "accountId",
    "apiId",
    "authenticate.error",
    "authenticate.latency",
    "authenticate.status",
    "authorize.error",
    "authorize.latency",
    "authorize.status",
    "authorizer.error",
    "authorizer.integrationLatency",
    "authorizer.integrationStatus",
    "authorizer.latency",
    "authorizer.principalId",
    "authorizer.requestId",
    "authorizer.status",
    "awsEndpointRequestId",
    "customDomain.basePathMatched",
    "deploymentId",
    "domainName",
    "domainPrefix",
    "endpointType",
    "error.message",
    "error.messageString",
    "error.responseType",
    "error.validationErrorString",
    "extendedRequestId",
    "httpMethod",
    "identity.accessKey",
    "identity.accountId",
    "identity.apiKey",
    "identity.apiKeyId",
    "identity.caller",
    "identity.clientCert.clientCertPem",
    "identity.clientCert.issuerDN",
    "identity.clientCert.serialNumber",
    "identity.clientCert.subjectDN",
    "identity.clientCert.validity.notAfter",
    "identity.clientCert.validity.notBefore",
    "identity.cognitoAuthenticationProvider",
    "identity.cognitoAuthenticationType",
    "identity.cognitoIdentityId",
    "identity.cognitoIdentityPoolId",
    "identity.principalOrgId",
    "identity.sourceIp",
    "identity.user",
    "identity.userAgent",
    "identity.userArn",
    "identity.vpcId",
    "identity.vpceId",
    "integration.error",
    "integration.integrationStatus",
    "integration.latency",
    "integration.requestId",
    "integration.status",
    "integrationErrorMessage",
    "integrationLatency",
    "integrationStatus",
    "isCanaryRequest",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "resourceId",
    "resourcePath",
    "responseLatency",
    "responseLength",
    "stage",
    "status",
    "waf.error",
    "waf.latency",
    "waf.status",
    "wafResponseCode",
    "webaclArn",
    "xrayTraceId",
];

/// Characters of an API key that are shown, as AWS's execution log shows them.
const SHOWN_OF_KEY: usize = 6;

/// The names of variables.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter()
}

/// Whether there is a variable of this name.
pub(super) fn is_known(name: &str) -> bool {
    let open = ["authorizer.", "requestOverride.", "responseOverride."];
    NAMES.contains(&name) || open.iter().any(|open| name.starts_with(open))
}

/// The value of a variable, where there is one.
pub(super) fn value<'e>(completed: &Completed<'e>, name: &str) -> Option<Cow<'e, str>> {
    let exchange = completed.exchange;
    Some(match name {
        "status" => completed.status.as_str().to_owned().into(),
        "responseLength" => completed.response_bytes.to_string().into(),
        "responseLatency" => milliseconds(completed.total).into(),
        "integrationLatency" | "integration.latency" => {
            milliseconds(exchange.measured.integration?).into()
        }
        "integrationStatus" | "integration.integrationStatus" => service_status(exchange)?,
        "integration.status" => match kind(exchange)? {
            // What the function says, not the service that runs it.
            kind if kind.is_proxy() && kind.is_aws() && exchange.replied.is_some() => {
                completed.status.as_str().to_owned().into()
            }
            _ => service_status(exchange)?,
        },
        "integration.requestId" => context::value(exchange, "awsEndpointRequestId")?,
        "integration.error" | "integrationErrorMessage" => integration_error(completed)?.into(),
        "endpointType" => endpoint_type(exchange)?.into(),
        "identity.apiKey" => masked(&context::value(exchange, name)?).into(),
        "xrayTraceId" => root(exchange.trace_id().to_str().ok()?)?.into(),
        _ => match (name.strip_prefix("error."), completed.stop) {
            (Some(_), Some(Stop::Gateway(error))) => {
                let short = without_what_was_signed(error);
                error_value(name, short.as_ref().unwrap_or(error))?.into()
            }
            (Some(_), Some(Stop::Bare(_)) | None) => return None,
            (None, _) => context::value(exchange, name)?,
        },
    })
}

/// A mismatched signature as a log may tell it: what should have been signed has the client's session token and cookies in it.
fn without_what_was_signed(error: &GatewayError) -> Option<GatewayError> {
    let (sentence, _) = error.message.as_deref()?.split_once("\n\n")?;
    let is_mismatch = error.kind == GatewayResponseType::InvalidSignature;
    is_mismatch.then(|| GatewayError::new(error.kind, error.error_type, sentence.to_owned()))
}

fn milliseconds(took: Duration) -> String {
    took.as_millis().to_string()
}

fn kind(exchange: &Exchange) -> Option<&IntegrationKind> {
    let route = exchange.stage.as_deref()?.snapshot().route(exchange.matched?)?;
    match &route.serving {
        Serving::Served(method) => Some(&method.integration.kind),
        Serving::Refused(_) => None,
    }
}

/// The status that came back over the network, or from the store.
fn service_status(exchange: &Exchange) -> Option<Cow<'_, str>> {
    let reply = exchange.replied.as_ref()?;
    match kind(exchange)? {
        // Its reply is selected by what the function says of an error; Lambda itself had no complaint.
        IntegrationKind::Lambda(_) => Some("200".into()),
        IntegrationKind::DynamoDb(_)
        | IntegrationKind::Http(_)
        | IntegrationKind::Mock
        | IntegrationKind::Service(_) => Some(reply.status.as_str().into()),
    }
}

/// What went wrong between the gateway and the endpoint.
fn integration_error(completed: &Completed<'_>) -> Option<String> {
    let Some(Stop::Gateway(error)) = completed.stop else { return None };
    let is_of_integration = matches!(
        error.kind,
        GatewayResponseType::IntegrationFailure | GatewayResponseType::IntegrationTimeout
    );
    error.message.as_deref().filter(|_| is_of_integration).map(str::to_owned)
}

fn endpoint_type(exchange: &Exchange) -> Option<&'static str> {
    let kind = &exchange.stage.as_deref()?.snapshot().api().endpoint.kind;
    Some(match kind.as_ref().map_or(EndpointType::Edge, |(kind, _)| *kind) {
        EndpointType::Edge => "EDGE",
        EndpointType::Regional => "REGIONAL",
        EndpointType::Private => "PRIVATE",
    })
}

/// `1-67891233-abcdef012345678912345678`
fn root(trace_id: &str) -> Option<String> {
    let mut fields = trace_id.split(';');
    fields.find_map(|field| field.trim().strip_prefix("Root=")).map(str::to_owned)
}

/// Stars, and the end of the key.
fn masked(key: &str) -> String {
    let hidden = key.chars().count().saturating_sub(SHOWN_OF_KEY).max(SHOWN_OF_KEY);
    let shown: String = key.chars().skip(hidden).collect();
    format!("{}{shown}", "*".repeat(SHOWN_OF_KEY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_key_the_end_alone_is_shown() {
        assert_eq!(masked("abcdefghijklmnopqrstuvwxyz"), "******uvwxyz");
        assert_eq!(masked("abcdefgh"), "******gh");
        assert_eq!(masked("abc"), "******");
    }
}
