//! The integrations: what answers a method. Each takes the mapped body and gives a reply with a status to select by.

mod dynamodb;
#[expect(
    dead_code,
    reason = "the first integration that calls an endpoint comes with the next change"
)]
mod endpoint;
mod mock;

pub use endpoint::{Calling, EndpointBody, EndpointCall, EndpointError, Endpoints};

use crate::clock::Clock;
use crate::error::Stop;
use crate::exchange::Exchange;
use crate::map::Mapped;
use crate::observe;
use crate::pipeline::Gateway;
use crate::site::IntegrationKind;
use crate::validate::Valid;
use bytes::Bytes;
use std::time::Duration;

/// What an integration answered.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Its status, which selection patterns match.
    pub(crate) status: String,
    pub(crate) body: Bytes,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    /// Every header with its value, in the order of the endpoint.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The last value of a header, in any case.
    pub(crate) fn header<'r>(&'r self, name: &'r str) -> Option<&'r str> {
        self.headers(name).last()
    }

    /// Every value of a header, in any case.
    pub(crate) fn headers<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        let named = self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }
}

/// Calls the integration of a method with the mapped body. How long it took is measured for traces alone.
pub(crate) async fn call(
    gateway: &Gateway,
    valid: &Valid<'_>,
    mapped: Mapped,
    exchange: &mut Exchange,
) -> Result<(Reply, Duration), Stop> {
    let integration = &valid.method().integration;
    let clock = gateway.tracer().is_on().then(|| gateway.clock());
    let called_at = clock.map(Clock::elapsed);
    let reply = match integration.kind {
        IntegrationKind::DynamoDb(action) => {
            observe::called(exchange, action, &mapped.body);
            let reply = dynamodb::call(gateway, action, integration, mapped.body).await?;
            observe::replied(exchange, &reply.status, &reply.body);
            reply
        }
        IntegrationKind::Mock => mock::call(integration, &mapped)?,
    };
    let took = clock.zip(called_at).map(|(clock, at)| clock.elapsed().saturating_sub(at));
    Ok((reply, took.unwrap_or_default()))
}
