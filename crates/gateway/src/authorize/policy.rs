//! Resource policies and the policies of callers, in AWS's words. Evaluating them is `iam`'s.

use super::explain::Refused;
use crate::error::{BareError, GatewayError, Stop};
use crate::exchange::Exchange;
use crate::route::Target;
use crate::site::Snapshot;
use http::StatusCode;
use http::uri::Scheme;
use std::borrow::Cow;
use vestibule_iam::{
    Deciding, Facts, Policy, Principal, Refusal, Request, Side, StatementRef, Values, Verdict,
    by_resource_policy,
};
use vestibule_restapi::{GatewayResponseType, Place, Sourced};
use vestibule_sigv4::Timestamp;

/// What callers ask for.
pub(super) const INVOKE: &str = "execute-api:Invoke";

/// The resource policy of an API.
#[derive(Debug)]
pub(crate) struct ResourcePolicy {
    pub(crate) policy: Policy,
    pub(crate) text: Sourced,
}

impl ResourcePolicy {
    /// Where a statement of it stands.
    pub(super) fn place(&self, statement: StatementRef<'_>) -> Option<Place> {
        let is_own = std::ptr::eq(statement.policy, &raw const self.policy);
        is_own.then(|| self.text.place(statement.range()))
    }
}

/// The ARNs of an invocation: of the path as it was sent, and of the path that was routed where that is another one.
///
/// AWS evaluates the path as it was sent. A denial of `/admin` would then let `/admin/` pass, which is routed to the same method:
/// here both have to be allowed.
pub(super) fn invoked(target: &Target, exchange: &Exchange) -> Result<Vec<String>, Stop> {
    let arn = &target.stage.snapshot().arn;
    let (stage, verb) = (target.stage.name(), exchange.verb());
    let below_root = |path: &'_ str| path.strip_prefix('/').unwrap_or(path).to_owned();
    let sent = below_root(target.sent_path(exchange));
    let routed = below_root(&target.path);
    let mut arns = Vec::with_capacity(1);
    for path in std::iter::once(&sent).chain((routed != sent).then_some(&routed)) {
        arns.push(arn.invoke(stage, verb, path).map_err(|_| too_long())?);
    }
    Ok(arns)
}

fn too_long() -> Stop {
    BareError::new(StatusCode::URI_TOO_LONG, "RequestUriTooLongException", "Request URI too long")
        .into()
}

/// Lets a request in that every verdict about its ARNs allows.
pub(super) fn permit<'p>(
    arns: Vec<String>,
    principal: Option<&Principal>,
    exchange: &mut Exchange,
    mut decide: impl FnMut(&Request<'_>) -> Verdict<'p>,
    refuse: impl FnOnce(Refusal<'p>, &Request<'_>) -> GatewayError,
) -> Result<(), Stop> {
    for arn in arns {
        let facts = RequestFacts { exchange };
        let request = Request { principal, action: INVOKE, resource: &arn, facts: &facts };
        if let Verdict::Refused(refusal) = decide(&request) {
            let error = refuse(refusal, &request);
            exchange.refused = Some(Box::new(Refused::Policy { arn }));
            return Err(error.into());
        }
    }
    Ok(())
}

/// The resource policy alone: of a method without authorization, and of one whose token was good.
pub(super) fn resource_alone(target: &Target, exchange: &mut Exchange) -> Result<(), Stop> {
    let Some(known) = &target.stage.snapshot().policy else { return Ok(()) };
    let decide = |request: &Request<'_>| by_resource_policy(Some(&known.policy), request);
    let arns = invoked(target, exchange)?;
    permit(arns, None, exchange, decide, |refusal, request| {
        let place = refusal.because.and_then(|because| known.place(because.statement));
        denied(refusal.message(request)).detail(reason(&refusal, request), place)
    })
}

/// AWS's 403 with its message.
pub(super) fn denied(message: String) -> GatewayError {
    GatewayError::new(GatewayResponseType::AccessDenied, "AccessDeniedException", message)
}

/// What the operator is told: which statement denies, or that none allows.
pub(super) fn reason(refusal: &Refusal<'_>, request: &Request<'_>) -> String {
    let who = request.principal.map_or("an anonymous caller", |principal| principal.arn());
    let (action, resource) = (request.action, request.resource);
    match (refusal.because, refusal.delegated) {
        (Some(Deciding { side, statement }), _) => {
            let of = match side {
                Side::Identity => "the caller's policies",
                Side::Resource => "the resource policy",
            };
            format!("{statement} of {of} denies {who} `{action}` on `{resource}`")
        }
        (None, Some(statement)) => format!(
            "{statement} of the resource policy lets the account of {who} hand on `{action}` on `{resource}`, \
             and no policy of the caller does"
        ),
        (None, None) => format!("no statement allows {who} `{action}` on `{resource}`"),
    }
}

/// What conditions may ask of a request. AWS docs: apigateway-resource-policies-aws-condition-keys.
pub(crate) struct RequestFacts<'e> {
    pub(crate) exchange: &'e Exchange,
}

impl Facts for RequestFacts<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let exchange = self.exchange;
        let value: Cow<'_, str> = match key {
            "aws:sourceip" => exchange.client.source_ip.to_string().into(),
            "aws:securetransport" => (exchange.client.scheme == Scheme::HTTPS).to_string().into(),
            "aws:currenttime" => iso(exchange.epoch_ms).into(),
            "aws:epochtime" => (exchange.epoch_ms / 1000).to_string().into(),
            "aws:referer" => exchange.header("referer")?,
            "aws:useragent" => exchange.header("user-agent")?,
            "aws:requestedregion" => {
                exchange.stage.as_ref()?.snapshot().arn.region().to_owned().into()
            }
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

/// The policies of a caller and of the API.
pub(super) fn resource_policy(snapshot: &Snapshot) -> Option<&Policy> {
    snapshot.policy.as_ref().map(|policy| &policy.policy)
}
