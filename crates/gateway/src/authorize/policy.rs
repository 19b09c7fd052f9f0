//! Resource policies and the policies of callers, in AWS's words. Evaluating them is `iam`'s.

use super::explain::Refused;
use crate::error::{BareError, GatewayError, Stop};
use crate::exchange::Exchange;
use crate::route::Target;
use crate::site::Snapshot;
use http::StatusCode;
use http::uri::Scheme;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use vestibule_iam::{
    Clause, Deciding, Facts, Policy, Principal, Refusal, Request, Side, StatementRef, Values,
    Verdict, by_resource_policy,
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

/// The ARNs of an invocation: of the path as it was sent, of the path that was routed, and of the path that a backend may take it for,
/// decoded and without dots; each once.
///
/// AWS evaluates the path as it was sent. A denial of `/admin` would then let `/admin/` and `/%61dmin` pass, and what is allowed below
/// `/public/` would reach `/public/../admin`: here all of them have to be allowed.
pub(super) fn invoked(target: &Target, exchange: &Exchange) -> Result<Vec<String>, Stop> {
    let arn = &target.stage.snapshot().arn;
    let (stage, verb) = (target.stage.name(), exchange.verb());
    let sent = target.sent_path(exchange);
    let mut paths = vec![below_root(sent).to_owned()];
    for path in [below_root(&target.path).to_owned(), resolved(sent)] {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let arns = paths.iter().map(|path| arn.invoke(stage, verb, path).map_err(|_| too_long()));
    arns.collect()
}

fn below_root(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

/// A path decoded, without empty segments, dots and what they take back.
fn resolved(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut segments = Vec::new();
    for segment in decoded.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    segments.join("/")
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

/// Where the statement stands that decided about a caller who signed.
pub(super) fn place(because: Deciding<'_>, snapshot: &Snapshot) -> Option<Place> {
    match because.side {
        Side::Identity | Side::Boundary | Side::Session => {
            snapshot.principals.place(because.statement)
        }
        Side::Resource => snapshot.policy.as_ref()?.place(because.statement),
    }
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
                Side::Boundary => "the caller's permissions boundary",
                Side::Session => "the caller's session policies",
            };
            format!("{statement} of {of} denies {who} `{action}` on `{resource}`")
        }
        (None, Some(statement)) => format!(
            "{statement} of the resource policy lets the account of {who} hand on `{action}` on `{resource}`, \
             and no policy of the caller does"
        ),
        (None, None) => {
            let of = match refusal.clause {
                Clause::NoBoundaryAllows => " of the caller's permissions boundary",
                Clause::NoSessionPolicyAllows => " of the caller's session policies",
                Clause::NoIdentityPolicyAllows
                | Clause::NoResourcePolicyAllows
                | Clause::DenyInIdentityPolicy
                | Clause::DenyInResourcePolicy
                | Clause::DenyInBoundary
                | Clause::DenyInSessionPolicy => "",
            };
            format!("no statement{of} allows {who} `{action}` on `{resource}`")
        }
    }
}

/// What conditions may ask of a request. AWS docs: apigateway-resource-policies-aws-condition-keys.
pub(crate) struct RequestFacts<'e> {
    pub(crate) exchange: &'e Exchange,
}

impl RequestFacts<'_> {
    fn is_signed(&self) -> bool {
        self.exchange.identity.member("accessKey").is_some()
    }

    fn is_of_session(&self) -> bool {
        self.exchange.identity.member("userArn").is_some_and(|arn| arn.contains(":assumed-role/"))
    }
}

impl Facts for RequestFacts<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let exchange = self.exchange;
        let value: Cow<'_, str> = match key {
            "aws:sourceip" => exchange.client.source_ip.to_string().into(),
            "aws:securetransport" => (exchange.client.scheme == Scheme::HTTPS).to_string().into(),
            "aws:currenttime" => iso(exchange.epoch_ms).into(),
            "aws:epochtime" => (exchange.epoch_ms / 1000).to_string().into(),
            // A service that hands a request on would say `true`.
            "aws:viaawsservice" => "false".into(),
            "aws:principalisawsservice" if self.is_signed() => "false".into(),
            "aws:multifactorauthpresent" if self.is_of_session() => "false".into(),
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
