//! What conditions of policies may ask of a request. AWS docs: apigateway-resource-policies-aws-condition-keys, and "AWS global
//! condition context keys".

use crate::exchange::Exchange;
use http::uri::Scheme;
use std::borrow::Cow;
use std::net::IpAddr;
use vestibule_iam::{Facts, Values};
use vestibule_sigv4::Timestamp;

/// The facts of a request, whichever service it is for.
#[derive(Clone, Debug)]
pub struct RequestFacts<'r> {
    /// The client's address.
    pub source_ip: IpAddr,
    /// Whether it came over TLS.
    pub is_secure: bool,
    /// Milliseconds since 1970-01-01 UTC.
    pub epoch_ms: u64,
    /// `Referer`
    pub referer: Option<Cow<'r, str>>,
    /// `User-Agent`
    pub user_agent: Option<Cow<'r, str>>,
    /// The region that is called.
    pub region: Option<&'r str>,
    /// Whether it was signed with an access key.
    pub is_signed: bool,
    /// Whether that is one of a role's session.
    pub is_of_session: bool,
}

impl<'r> RequestFacts<'r> {
    /// Those of a request for an API.
    pub(crate) fn of(exchange: &'r Exchange) -> RequestFacts<'r> {
        let identity = &exchange.identity;
        let arn = identity.member("userArn");
        RequestFacts {
            source_ip: exchange.client.source_ip,
            is_secure: exchange.client.scheme == Scheme::HTTPS,
            epoch_ms: exchange.epoch_ms,
            referer: exchange.header("referer"),
            user_agent: exchange.header("user-agent"),
            region: exchange.stage.as_ref().map(|stage| stage.snapshot().arn.region()),
            is_signed: identity.member("accessKey").is_some(),
            is_of_session: arn.is_some_and(|arn| arn.contains(":assumed-role/")),
        }
    }
}

impl Facts for RequestFacts<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let value: Cow<'_, str> = match key {
            "aws:sourceip" => self.source_ip.to_string().into(),
            "aws:securetransport" => self.is_secure.to_string().into(),
            "aws:currenttime" => iso(self.epoch_ms).into(),
            "aws:epochtime" => (self.epoch_ms / 1000).to_string().into(),
            // A service that hands a request on would say `true`.
            "aws:viaawsservice" => "false".into(),
            "aws:principalisawsservice" if self.is_signed => "false".into(),
            "aws:multifactorauthpresent" if self.is_of_session => "false".into(),
            "aws:referer" => self.referer.as_deref()?.into(),
            "aws:useragent" => self.user_agent.as_deref()?.into(),
            "aws:requestedregion" => self.region?.into(),
            _ => return None,
        };
        Some(Values::from_iter([value]))
    }
}

/// `2026-01-02T03:04:05Z`.
fn iso(epoch_ms: u64) -> String {
    let Timestamp { year, month, day, hour, minute, second } =
        Timestamp::from_epoch_s(epoch_ms / 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
