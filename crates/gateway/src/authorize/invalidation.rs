//! Who may have a cached answer fetched anew, where the stage asks for that: whoever a policy allows `execute-api:InvalidateCache` on the
//! method. AWS docs: api-gateway-caching.
//!
//! AWS's words are of identity policies alone, so of AWS_IAM. That a resource policy and the policy of a function count too is inferred, from
//! how they count for `execute-api:Invoke`; without any policy nobody may.

use super::AuthorizationKind;
use super::facts::RequestFacts;
use super::policy::{self, denied, place};
use crate::error::Stop;
use crate::exchange::Exchange;
use crate::route::Target;
use crate::site::{Method, Snapshot};
use vestibule_iam::{
    Bounds, Holder, Policy, Request, Verdict, by_authorizer, by_identity, by_resource_policy,
};

const INVALIDATE: &str = "execute-api:InvalidateCache";

/// Says why a caller, who was let in, may not have the answer of a method fetched anew.
pub(crate) fn may_invalidate(
    target: &Target,
    method: &Method,
    exchange: &Exchange,
) -> Result<(), Stop> {
    let snapshot = target.stage.snapshot();
    let holder = holder(snapshot, method, exchange);
    let principal = holder.as_ref().map(|holder| holder.principal);
    for arn in policy::invoked(target, exchange)? {
        let facts = RequestFacts::of(exchange);
        let request = Request { principal, action: INVALIDATE, resource: &arn, facts: &facts };
        let verdict = decide(snapshot, method, holder.as_ref(), exchange, &request);
        let Verdict::Refused(refusal) = verdict else { continue };
        let place = refusal.because.and_then(|because| place(because, snapshot));
        let message = match &method.authorization.kind {
            AuthorizationKind::Lambda(_) => refusal.message_of_authorizer(INVALIDATE),
            AuthorizationKind::None | AuthorizationKind::Iam | AuthorizationKind::Cognito(_) => {
                refusal.message(&request)
            }
        };
        return Err(denied(message).detail(refusal.reason(&request), place).into());
    }
    Ok(())
}

/// Who signed the request.
fn holder<'s>(snapshot: &'s Snapshot, method: &Method, exchange: &Exchange) -> Option<Holder<'s>> {
    match &method.authorization.kind {
        AuthorizationKind::Iam => snapshot.principals.find(exchange.identity.member("accessKey")?),
        AuthorizationKind::None | AuthorizationKind::Cognito(_) | AuthorizationKind::Lambda(_) => {
            None
        }
    }
}

fn decide<'p>(
    snapshot: &'p Snapshot,
    method: &Method,
    holder: Option<&Holder<'p>>,
    exchange: &'p Exchange,
    request: &Request<'_>,
) -> Verdict<'p> {
    let account = snapshot.account.as_str();
    let resource = policy::resource_policy(snapshot);
    let nobody = || by_identity(None::<&Policy>, Bounds::default(), None, account, request);
    match &method.authorization.kind {
        AuthorizationKind::Iam => match holder {
            // AWS docs: no other account may, whatever the policies say.
            Some(holder) if holder.principal.account() == account => {
                by_identity(holder.policies(), holder.bounds(), resource, account, request)
            }
            Some(_) | None => nobody(),
        },
        AuthorizationKind::Lambda(_) => {
            let authorizer = exchange.identity.authorizer.as_ref();
            match authorizer.and_then(|authorizer| authorizer.grant.as_ref()) {
                Some(grant) => by_authorizer(grant.policy(), resource, request),
                None => nobody(),
            }
        }
        AuthorizationKind::None | AuthorizationKind::Cognito(_) => match resource {
            Some(_) => by_resource_policy(resource, request),
            None => nobody(),
        },
    }
}
