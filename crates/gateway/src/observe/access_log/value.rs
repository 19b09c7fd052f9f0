//! What an access log may show of a request: `$context` as templates see it, and what is known at the end alone.
//! AWS docs: variables for access logging.
//!
//! A variable is found by its name when a form is read; a line calls what reads its value, and no name is compared then.

use crate::authorize::{Ended, FunctionCall, Phase};
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::map::context;
use crate::observe::completed::Completed;
use crate::respond::error_value;
use crate::site::{IntegrationKind, Serving};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;
use vestibule_restapi::{EndpointType, GatewayResponseType};

/// What stands for a variable in a line.
#[derive(Debug)]
pub(super) enum Value<'e> {
    Text(Cow<'e, str>),
    /// Letters, digits and signs of ours, which break no line.
    Safe(Cow<'e, str>),
    Number(u64),
    /// Milliseconds since 1970, shown in the Common Log Format.
    Time(u64),
    /// The address of the client.
    Address,
}

type Read = for<'c, 'e> fn(&'c Completed<'e>) -> Option<Value<'e>>;

/// A variable and what reads its value.
#[derive(Clone, Copy)]
pub(super) struct Variable {
    name: &'static str,
    read: Read,
}

impl PartialEq for Variable {
    fn eq(&self, other: &Variable) -> bool {
        self.name == other.name
    }
}

impl Eq for Variable {}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Known(Variable),
    /// What an authorizer said under a name of its own.
    Authorizer(String),
    /// Nowhere.
    Unknown,
}

impl Source {
    /// Where the variable of a name comes from.
    pub(super) fn of(name: &str) -> Source {
        match VARIABLES.iter().find(|known| known.name == name) {
            Some(known) => Source::Known(*known),
            None => match name.strip_prefix("authorizer.") {
                Some(own) => Source::Authorizer(own.to_owned()),
                None => Source::Unknown,
            },
        }
    }

    /// The value, where there is one.
    pub(super) fn value<'e>(&self, completed: &Completed<'e>) -> Option<Value<'e>> {
        match self {
            Source::Known(variable) => (variable.read)(completed),
            Source::Authorizer(name) => {
                let said = completed.exchange.identity.authorizer.as_ref()?;
                said.value(name).map(|text| Value::Text(text.into()))
            }
            Source::Unknown => None,
        }
    }
}

/// The names of variables.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    VARIABLES.iter().map(|variable| variable.name)
}

const fn variable(name: &'static str, read: Read) -> Variable {
    Variable { name, read }
}

/// The variables, without those below `authorizer` whose names an authorizer chooses.
static VARIABLES: [Variable; 81] = [
    variable("accountId", |c| of_context(c, "accountId")),
    variable("apiId", |c| of_context(c, "apiId")),
    variable("authenticate.error", |c| ended(c, Phase::Authenticate)?.error()),
    variable("authenticate.latency", |c| ended(c, Phase::Authenticate)?.latency()),
    variable("authenticate.status", |c| ended(c, Phase::Authenticate)?.status()),
    variable("authorize.error", |c| ended(c, Phase::Authorize)?.error()),
    variable("authorize.latency", |c| ended(c, Phase::Authorize)?.latency()),
    variable("authorize.status", |c| ended(c, Phase::Authorize)?.status()),
    variable("authorizer.error", |c| ended(c, Phase::Authorizer)?.error()),
    variable("authorizer.integrationLatency", |c| milliseconds(function(c)?.took)),
    variable("authorizer.integrationStatus", |c| {
        let (status, _) = function(c)?.answered.as_ref()?;
        Some(Value::Text(status.as_str().into()))
    }),
    variable("authorizer.latency", |c| ended(c, Phase::Authorizer)?.latency()),
    variable("authorizer.principalId", |c| of_context(c, "authorizer.principalId")),
    variable("authorizer.requestId", |c| {
        let (_, id) = function(c)?.answered.as_ref()?;
        Some(Value::Text(id.as_deref()?.into()))
    }),
    variable("authorizer.status", |c| ended(c, Phase::Authorizer)?.status()),
    variable("awsEndpointRequestId", |c| of_context(c, "awsEndpointRequestId")),
    variable("cipherSuite", |c| Some(Value::Safe(c.exchange.client.tls?.cipher_suite?.into()))),
    variable("customDomain.basePathMatched", |c| Some(Value::Text(c.exchange.base_path()?.into()))),
    // Domains have base paths alone.
    variable("customDomain.routingRuleIdMatched", |_| None),
    variable("deploymentId", |c| of_context(c, "deploymentId")),
    variable("domainName", |c| of_context(c, "domainName")),
    variable("domainPrefix", |c| of_context(c, "domainPrefix")),
    variable("endpointType", |c| Some(Value::Safe(endpoint_type(c.exchange)?.into()))),
    variable("error.message", |c| error(c, "error.message")),
    variable("error.messageString", |c| error(c, "error.messageString")),
    variable("error.responseType", |c| error(c, "error.responseType")),
    variable("error.validationErrorString", |c| error(c, "error.validationErrorString")),
    variable("extendedRequestId", |c| {
        Some(Value::Safe(c.exchange.extended_request_id.as_str().into()))
    }),
    variable("httpMethod", |c| Some(Value::Text(c.exchange.verb().into()))),
    variable("identity.accessKey", |c| of_identity(c, "accessKey")),
    variable("identity.accountId", |c| of_identity(c, "accountId")),
    variable("identity.apiKey", |c| {
        let key = c.exchange.identity.member("apiKey")?;
        Some(Value::Text(masked(key).into()))
    }),
    variable("identity.apiKeyId", |c| of_identity(c, "apiKeyId")),
    variable("identity.caller", |c| of_identity(c, "caller")),
    variable("identity.clientCert.clientCertPem", |c| certificate(c, "clientCertPem")),
    variable("identity.clientCert.issuerDN", |c| certificate(c, "issuerDN")),
    variable("identity.clientCert.serialNumber", |c| certificate(c, "serialNumber")),
    variable("identity.clientCert.subjectDN", |c| certificate(c, "subjectDN")),
    variable("identity.clientCert.validity.notAfter", |c| certificate(c, "validity.notAfter")),
    variable("identity.clientCert.validity.notBefore", |c| certificate(c, "validity.notBefore")),
    // Identity pools and private endpoints are not served: nobody has what these show.
    variable("identity.cognitoAuthenticationProvider", |_| None),
    variable("identity.cognitoAuthenticationType", |_| None),
    variable("identity.cognitoIdentityId", |_| None),
    variable("identity.cognitoIdentityPoolId", |_| None),
    variable("identity.principalOrgId", |_| None),
    variable("identity.sourceIp", |_| Some(Value::Address)),
    variable("identity.user", |c| of_identity(c, "user")),
    variable("identity.userAgent", |c| c.exchange.header("user-agent").map(Value::Text)),
    variable("identity.userArn", |c| of_identity(c, "userArn")),
    variable("identity.vpcId", |_| None),
    variable("identity.vpceId", |_| None),
    variable("integration.error", |c| Some(Value::Text(integration_error(c)?.into()))),
    variable("integration.integrationStatus", |c| service_status(c.exchange)),
    variable("integration.latency", |c| milliseconds(c.exchange.measured.integration?)),
    variable("integration.requestId", |c| of_context(c, "awsEndpointRequestId")),
    variable("integration.responseTransferMode", |c| {
        kind(c.exchange).map(|_| Value::Safe("BUFFERED".into()))
    }),
    variable("integration.status", integration_status),
    // Of answers that are streamed, which are refused.
    variable("integration.timeToAllHeaders", |_| None),
    variable("integration.timeToFirstContent", |_| None),
    variable("integrationErrorMessage", |c| Some(Value::Text(integration_error(c)?.into()))),
    variable("integrationLatency", |c| milliseconds(c.exchange.measured.integration?)),
    variable("integrationStatus", |c| service_status(c.exchange)),
    variable("isCanaryRequest", |c| of_context(c, "isCanaryRequest")),
    variable("path", |c| Some(Value::Text(c.exchange.context_path().into()))),
    variable("protocol", |_| Some(Value::Safe("HTTP/1.1".into()))),
    variable("requestId", |c| Some(Value::Safe(c.exchange.request_id.as_str().into()))),
    variable("requestTime", |c| Some(Value::Time(c.exchange.epoch_ms))),
    variable("requestTimeEpoch", |c| Some(Value::Number(c.exchange.epoch_ms))),
    variable("resourceId", |c| of_context(c, "resourceId")),
    variable("resourcePath", |c| of_context(c, "resourcePath")),
    variable("responseLatency", |c| milliseconds(c.total)),
    variable("responseLength", |c| u64::try_from(c.response_bytes).ok().map(Value::Number)),
    variable("stage", |c| of_context(c, "stage")),
    variable("status", |c| Some(Value::Number(c.status.as_u16().into()))),
    variable("tlsVersion", |c| Some(Value::Safe(c.exchange.client.tls?.version?.into()))),
    // There is no firewall.
    variable("waf.error", |_| None),
    variable("waf.latency", |_| None),
    variable("waf.status", |_| None),
    variable("wafResponseCode", |_| None),
    variable("webaclArn", |_| None),
    variable("xrayTraceId", |c| Some(Value::Text(root(c.exchange)?.into()))),
];

/// Characters of an API key that are shown, as AWS's execution log shows them.
const SHOWN_OF_KEY: usize = 6;

/// As templates see it.
fn of_context<'e>(completed: &Completed<'e>, name: &str) -> Option<Value<'e>> {
    context::value(completed.exchange, name).map(Value::Text)
}

fn of_identity<'e>(completed: &Completed<'e>, name: &str) -> Option<Value<'e>> {
    completed.exchange.identity.member(name).map(|text| Value::Text(text.into()))
}

fn certificate<'e>(completed: &Completed<'e>, path: &str) -> Option<Value<'e>> {
    let shown = completed.exchange.identity.client_certificate.as_ref()?;
    shown.value(path).map(|text| Value::Text(text.into()))
}

fn ended<'e>(completed: &Completed<'e>, phase: Phase) -> Option<&'e Ended> {
    completed.exchange.measured.authorization.as_ref()?.ended(phase)
}

fn function<'e>(completed: &Completed<'e>) -> Option<&'e FunctionCall> {
    completed.exchange.measured.authorization.as_ref()?.function.as_ref()
}

impl Ended {
    fn error(&self) -> Option<Value<'_>> {
        self.error.as_deref().map(|text| Value::Text(text.into()))
    }

    fn latency<'e>(&self) -> Option<Value<'e>> {
        milliseconds(self.took)
    }

    fn status<'e>(&self) -> Option<Value<'e>> {
        Some(Value::Number(self.status.as_u16().into()))
    }
}

fn error<'e>(completed: &Completed<'e>, name: &str) -> Option<Value<'e>> {
    let Some(Stop::Gateway(error)) = completed.stop else { return None };
    let short = without_what_was_signed(error);
    error_value(name, short.as_ref().unwrap_or(error)).map(|text| Value::Text(text.into()))
}

/// A mismatched signature as a log may tell it: what should have been signed has the client's session token and cookies in it.
fn without_what_was_signed(error: &GatewayError) -> Option<GatewayError> {
    let (sentence, _) = error.message.as_deref()?.split_once("\n\n")?;
    let is_mismatch = error.kind == GatewayResponseType::InvalidSignature;
    is_mismatch.then(|| GatewayError::new(error.kind, error.error_type, sentence.to_owned()))
}

fn milliseconds<'e>(took: Duration) -> Option<Value<'e>> {
    u64::try_from(took.as_millis()).ok().map(Value::Number)
}

fn kind(exchange: &Exchange) -> Option<&IntegrationKind> {
    let route = exchange.stage.as_deref()?.snapshot().route(exchange.matched?)?;
    match &route.serving {
        Serving::Served(method) => Some(&method.integration.kind),
        Serving::Refused(_) => None,
    }
}

/// Of AWS_PROXY what the function says, not the service that runs it.
fn integration_status<'e>(completed: &Completed<'e>) -> Option<Value<'e>> {
    let exchange = completed.exchange;
    let kind = kind(exchange)?;
    if kind.is_proxy() && kind.is_aws() && exchange.replied.is_some() {
        return Some(Value::Number(completed.status.as_u16().into()));
    }
    service_status(exchange)
}

/// The status that came back over the network, or from the store.
fn service_status(exchange: &Exchange) -> Option<Value<'_>> {
    let reply = exchange.replied.as_ref()?;
    match kind(exchange)? {
        // Its reply is selected by what the function says of an error; Lambda itself had no complaint.
        IntegrationKind::Lambda(_) => Some(Value::Number(200)),
        IntegrationKind::DynamoDb(_)
        | IntegrationKind::Http(_)
        | IntegrationKind::Mock
        | IntegrationKind::Service(_) => Some(Value::Text(reply.status.as_str().into())),
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
pub(in crate::observe) fn root(exchange: &Exchange) -> Option<&str> {
    let mut fields = exchange.trace_id().to_str().ok()?.split(';');
    fields.find_map(|field| field.trim().strip_prefix("Root="))
}

/// Stars, and the end of the key.
pub(crate) fn masked(key: &str) -> String {
    let hidden = key.chars().count().saturating_sub(SHOWN_OF_KEY).max(SHOWN_OF_KEY);
    let shown: String = key.chars().skip(hidden).collect();
    format!("{}{shown}", "*".repeat(SHOWN_OF_KEY))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Each is listed once, so that the first found is the only one.
    #[test]
    fn names_are_in_order() {
        let listed: Vec<&str> = names().collect();
        let mut sorted = listed.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(listed, sorted);
    }

    #[test]
    fn of_a_key_the_end_alone_is_shown() {
        assert_eq!(masked("abcdefghijklmnopqrstuvwxyz"), "******uvwxyz");
        assert_eq!(masked("abcdefgh"), "******gh");
        assert_eq!(masked("abc"), "******");
    }
}
